/**
 * The points of time in answers, which are strings on the wire (RFC 3339, with up to nine digits of a second).
 */
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Lazy from "./internal/lazy.ts"

/**
 * The point of time that a string of the wire means, to the millisecond; none if it means none.
 *
 * @example
 * ```ts
 * import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
 * import * as Timestamp from "@effect-cohere/core/Timestamp"
 * import * as Effect from "effect/Effect"
 *
 * const created = EmbedJobs.get({ id: "my-job-id" }).pipe(Effect.map((job) => Timestamp.parse(job.created_at)))
 * ```
 */
export const parse = (timestamp: string | null | undefined): Option.Option<DateTime.Utc> => {
  const [, day, time, zone] = (typeof timestamp === "string" ? rfc3339.exec(timestamp) : null) ?? []
  if (day === undefined || !isDay(day)) return Option.none()
  const date = new Date(`${day}T${time}${zone?.toUpperCase()}`)
  return Number.isNaN(date.getTime()) ? Option.none() : Option.some(DateTime.unsafeFromDate(date))
}

const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?)([Zz]|[+-]\d\d:\d\d)$/

/** Whether a month has this day. `Date` would go on to the next month. */
const isDay = (day: string): boolean => {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

/**
 * A point of time as the wire wants it, for example `2026-01-31T00:00:00.000Z`.
 *
 * @example
 * ```ts
 * import * as Datasets from "@effect-cohere/core/Datasets"
 * import * as Timestamp from "@effect-cohere/core/Timestamp"
 * import * as DateTime from "effect/DateTime"
 *
 * const before = Datasets.list({ before: Timestamp.format(DateTime.unsafeMake("2026-01-31")) })
 * ```
 */
export const format = (time: DateTime.DateTime): string => DateTime.formatIso(time)

/** Schema that decodes a string of the wire to a point of time, for schemas of your own. */
export const Timestamp: Schema.Schema<DateTime.Utc, string> = Lazy.schema(() =>
  Schema.transformOrFail(Schema.String, Schema.DateTimeUtcFromSelf, {
    strict: true,
    decode: (text, _, ast) =>
      Either.fromOption(
        parse(text),
        () => new ParseResult.Type(ast, text, "expected a time such as 2026-01-31T00:00:00Z")
      ),
    encode: (time) => ParseResult.succeed(format(time))
  })
)
