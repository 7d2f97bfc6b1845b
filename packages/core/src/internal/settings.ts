/** How the settings of a client and those of a call become the ones in force. */
import * as Duration from "effect/Duration"
import type * as RequestOptions from "../RequestOptions.ts"
import type * as Timeouts from "../Timeouts.ts"

/** All deadlines. */
export type Deadlines = { readonly [K in keyof Timeouts.Settings]-?: Duration.Duration }

const defaults: { readonly [K in keyof Timeouts.Settings]-?: Duration.DurationInput } = {
  attempt: "5 minutes",
  headers: Duration.infinity,
  body: "2 minutes",
  firstEvent: "2 minutes",
  idle: "1 minute",
  total: Duration.infinity
}

/** Without the settings that are undefined: these are left out. */
export const defined = <A extends object>(settings: A): A =>
  // Fewer optional properties are still those of `A`.
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as A

/** The later settings win, defaults fill the gaps. */
export const deadlines = (...settings: ReadonlyArray<Timeouts.Settings>): Deadlines => {
  const all: typeof defaults = Object.assign({}, defaults, ...settings.map(defined))
  return {
    attempt: Duration.decode(all.attempt),
    headers: Duration.decode(all.headers),
    body: Duration.decode(all.body),
    firstEvent: Duration.decode(all.firstEvent),
    idle: Duration.decode(all.idle),
    total: Duration.decode(all.total)
  }
}

const lowerCase = (headers: RequestOptions.Settings["headers"] = {}) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** The later settings win, name by name. Names of headers become lower case. */
export const mergeOptions = (
  first: RequestOptions.Settings,
  second: RequestOptions.Settings
): RequestOptions.Settings => ({
  ...defined(first),
  ...defined(second),
  headers: { ...lowerCase(first.headers), ...lowerCase(second.headers) },
  query: { ...first.query, ...second.query },
  body: { ...first.body, ...second.body }
})
