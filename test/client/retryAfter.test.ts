import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import * as Transport from "../support/transport.ts"
import { chat, chatReply, delays, errorOf, over, settle } from "./support/samples.ts"

const now = Date.UTC(2026, 0, 1, 12, 0, 0)
const date = (ms: number) => new Date(now + ms).toUTCString()
const seconds = (ms: number) => String((now + ms) / 1_000)

/** Half of the first default delay, which the seedless random of these tests chooses. */
const own = 250

interface Row {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  /** Milliseconds until the next request. */
  readonly delay: number
}

const rows: ReadonlyArray<Row> = [
  { name: "seconds", headers: { "retry-after": "2" }, delay: 2_000 },
  { name: "seconds with spaces around", headers: { "retry-after": " 2 " }, delay: 2_000 },
  { name: "fractions of seconds", headers: { "retry-after": "0.25" }, delay: 250 },
  { name: "a fraction without its zero", headers: { "retry-after": ".5" }, delay: 500 },
  { name: "zero", headers: { "retry-after": "0" }, delay: 0 },
  { name: "milliseconds", headers: { "retry-after-ms": "1500" }, delay: 1_500 },
  { name: "zero milliseconds", headers: { "retry-after-ms": "0" }, delay: 0 },
  { name: "milliseconds before seconds", headers: { "retry-after-ms": "1500", "retry-after": "9" }, delay: 1_500 },
  { name: "a name in capitals", headers: { "Retry-After": "3" }, delay: 3_000 },
  { name: "an HTTP date", headers: { "retry-after": date(7_000) }, delay: 7_000 },
  {
    name: "an HTTP date of the old kind",
    headers: { "retry-after": "Thursday, 01-Jan-26 12:00:07 GMT" },
    delay: 7_000
  },
  { name: "an HTTP date of the oldest form", headers: { "retry-after": "Thu Jan  1 12:00:07 2026" }, delay: 7_000 },
  { name: "an HTTP date that is now", headers: { "retry-after": date(0) }, delay: 0 },
  { name: "an HTTP date that is past", headers: { "retry-after": date(-90_000) }, delay: 0 },
  { name: "more than a minute", headers: { "retry-after": "61" }, delay: 60_000 },
  { name: "a day", headers: { "retry-after": "86400" }, delay: 60_000 },
  { name: "a date of next year", headers: { "retry-after": date(365 * 86_400_000) }, delay: 60_000 },
  { name: "more than a number can hold", headers: { "retry-after": "9".repeat(400) }, delay: 60_000 },
  { name: "the reset of a limit", headers: { "x-ratelimit-reset": seconds(4_000) }, delay: 4_000 },
  { name: "a reset that is past", headers: { "x-ratelimit-reset": seconds(-4_000) }, delay: 0 },
  {
    name: "Retry-After before a reset",
    headers: { "retry-after": "1", "x-ratelimit-reset": seconds(9_000) },
    delay: 1_000
  },
  {
    name: "a reset beside a Retry-After that is none",
    headers: { "retry-after": "soon", "x-ratelimit-reset": seconds(3_000) },
    delay: 3_000
  },
  { name: "nothing", headers: {}, delay: own },
  { name: "an empty text", headers: { "retry-after": "" }, delay: own },
  { name: "a word", headers: { "retry-after": "soon" }, delay: own },
  { name: "words with a number", headers: { "retry-after": "tomorrow 5" }, delay: own },
  { name: "a negative number", headers: { "retry-after": "-5" }, delay: own },
  { name: "a signed number", headers: { "retry-after": "+5" }, delay: own },
  { name: "two numbers", headers: { "retry-after": "1, 5" }, delay: own },
  { name: "a number with a unit", headers: { "retry-after": "60s" }, delay: own },
  { name: "a hexadecimal number", headers: { "retry-after": "0x10" }, delay: own },
  { name: "an exponent", headers: { "retry-after": "1e3" }, delay: own },
  { name: "NaN", headers: { "retry-after": "NaN" }, delay: own },
  { name: "Infinity", headers: { "retry-after": "Infinity" }, delay: own },
  { name: "milliseconds that are none", headers: { "retry-after-ms": "abc" }, delay: own },
  { name: "negative milliseconds", headers: { "retry-after-ms": "-1" }, delay: own }
]

/** The delay before the second request of a call whose first is answered so. */
const delayAfter = (reply: Transport.Reply, policy?: RetryPolicy.Policy) =>
  Effect.gen(function*() {
    const transport = Transport.make((_, attempt) => attempt === 1 ? reply : chatReply)
    yield* TestClock.setTime(now)
    const call = policy === undefined ? chat : RetryPolicy.with(policy)(chat)
    yield* settle(call.pipe(over(transport), Effect.withRandom(Random.fixed([0.5]))))
    assert.lengthOf(transport.requests, 2)
    return delays(transport.requests)[0]
  })

describe("how long a retry waits", () => {
  it.effect.each(rows.map((row) => [row.name, row.delay, row] as const))(
    "after 429 with %s: %i ms",
    ([, , row]) =>
      Effect.map(delayAfter({ status: 429, headers: row.headers }), (delay) => assert.strictEqual(delay, row.delay))
  )

  it.effect.each([408, 424, 500, 502, 503, 504])(
    "after %i is what the server asks for, too",
    (status) =>
      Effect.map(delayAfter({ status, headers: { "retry-after": "2" } }), (delay) => assert.strictEqual(delay, 2_000))
  )

  it.effect("is at most the policy's longest delay", () =>
    Effect.gen(function*() {
      const policy = RetryPolicy.make({ maxDelay: "5 seconds" })
      assert.strictEqual(yield* delayAfter({ status: 429, headers: { "retry-after": "30" } }, policy), 5_000)
      assert.strictEqual(yield* delayAfter({ status: 429, headers: { "retry-after": "3" } }, policy), 3_000)
    }))

  it.effect("may be as long as the policy allows", () =>
    Effect.map(
      delayAfter({ status: 429, headers: { "retry-after": "90" } }, RetryPolicy.make({ maxDelay: "2 minutes" })),
      (delay) => assert.strictEqual(delay, 90_000)
    ))

  it.effect("does not change the delays after it: the second is again the policy's own", () =>
    Effect.gen(function*() {
      const transport = Transport.make((_, attempt) =>
        attempt === 1 ? { status: 429, headers: { "retry-after": "3" } } : { status: 500 }
      )
      yield* settle(chat.pipe(over(transport), Effect.withRandom(Random.fixed([0.5]))))
      assert.deepStrictEqual(delays(transport.requests), [3_000, 500])
    }))
})

describe("the error says how long the server asked to wait", () => {
  it.effect.each(
    [
      [{ "retry-after": "2" }, 2_000],
      [{ "retry-after-ms": "20" }, 20],
      [{ "retry-after": "3600" }, 3_600_000]
    ] as const
  )(
    "%j",
    ([headers, ms]) =>
      Effect.map(
        errorOf(chat, { status: 503, headers }),
        (error) => assert.strictEqual(error.retryAfter && Duration.toMillis(error.retryAfter), ms)
      )
  )

  it.effect("and nothing if it did not", () =>
    Effect.map(
      errorOf(chat, { status: 503, headers: { "retry-after": "soon" } }),
      (error) => assert.isUndefined(error.retryAfter)
    ))
})
