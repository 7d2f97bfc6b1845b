/** How the settings of a client and those of a call become the ones in force. */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Issue } from "../CohereError.ts"
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

/** The later settings win, defaults fill the gaps; or what is no duration, or none that can pass. */
export const deadlines = (
  ...settings: ReadonlyArray<Timeouts.Settings>
): Either.Either<Deadlines, ReadonlyArray<Issue>> => {
  const all: typeof defaults = Object.assign({}, defaults, ...settings.map(defined))
  const issues: Array<Issue> = []
  const decode = (name: keyof Deadlines): Duration.Duration => {
    const decoded = Duration.decodeUnknown(all[name])
    // A number that is none has become 0 here.
    if (Option.isSome(decoded) && Duration.greaterThan(decoded.value, Duration.zero)) return decoded.value
    issues.push({
      path: `Timeouts.${name}`,
      message: `is ${Option.isSome(decoded) ? "not more than 0" : "no duration"}: ` +
        "give one such as \"10 seconds\", milliseconds, or Infinity for none"
    })
    return Duration.infinity
  }
  const decoded: Deadlines = {
    attempt: decode("attempt"),
    headers: decode("headers"),
    body: decode("body"),
    firstEvent: decode("firstEvent"),
    idle: decode("idle"),
    total: decode("total")
  }
  return issues.length === 0 ? Either.right(decoded) : Either.left(issues)
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
