import * as CohereError from "@effect-cohere/core/CohereError"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"

const failure = CohereError.ConnectionFailed.of("v2.chat", 1, "ECONNRESET")

/** The delays of a policy for failures that tell no delay of their own. */
const delaysOf = (policy: RetryPolicy.Policy, failures: number, seed: number) =>
  Schedule.run(Schedule.delays(policy), 0, Array.from({ length: failures }, () => failure)).pipe(
    Effect.withRandom(Random.make(seed)),
    Effect.map((delays) => Chunk.toReadonlyArray(delays).map((delay) => Duration.toMillis(delay)).slice(0, -1))
  )

const seeds = { seed: FastCheck.integer() }

describe("the delay before retry n", () => {
  it.effect.prop(
    "is in [0, 500 ms · 2ⁿ) by default, for two retries",
    seeds,
    ({ seed }) =>
      Effect.map(delaysOf(RetryPolicy.standard, 5, seed), (delays) => {
        assert.lengthOf(delays, 2)
        delays.forEach((delay, n) => assert.isTrue(delay >= 0 && delay < 500 * 2 ** n, `${delays}`))
      }),
    { fastCheck: { numRuns: 100 } }
  )

  it.effect.prop(
    "is in [0, base · 2ⁿ) and at most the longest",
    {
      ...seeds,
      base: FastCheck.integer({ min: 1, max: 5_000 }),
      max: FastCheck.integer({ min: 1, max: 60_000 }),
      retries: FastCheck.integer({ min: 0, max: 12 })
    },
    ({ base, max, retries, seed }) =>
      Effect.map(
        delaysOf(
          RetryPolicy.make({ retries, baseDelay: Duration.millis(base), maxDelay: Duration.millis(max) }),
          20,
          seed
        ),
        (delays) => {
          assert.lengthOf(delays, retries)
          delays.forEach((delay, n) => {
            assert.isTrue(delay >= 0 && delay < base * 2 ** n, `${delay} before retry ${n}`)
            assert.isAtMost(delay, max)
          })
        }
      ),
    { fastCheck: { numRuns: 100 } }
  )

  it.effect("takes any part of its range, early and late", () =>
    Effect.gen(function*() {
      const parts = new Set<number>()
      for (let seed = 0; seed < 300; seed++) {
        const [first = 0] = yield* delaysOf(RetryPolicy.standard, 3, seed)
        parts.add(Math.floor(first / 50))
      }
      assert.strictEqual(parts.size, 10)
    }))
})
