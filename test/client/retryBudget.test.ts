/** What bounds the retries of a client while its calls fail. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as Transport from "../support/transport.ts"
import { chat, chatReply } from "./support/samples.ts"

/** A client with a budget: all calls inside share it. */
const client = (respond: Transport.Respond, budget?: RetryPolicy.BudgetOptions) =>
  CohereClient.layer.pipe(
    Layer.provide(Deployment.layerPlatform),
    Layer.provide(Credentials.layer("test-key-of-nobody")),
    Layer.provide(Transport.make(respond).layer),
    Layer.provide(budget === undefined ? Layer.empty : RetryPolicy.layerBudget(budget)),
    Layer.orDie
  )

const eager = RetryPolicy.with(RetryPolicy.make({ retries: 3, baseDelay: 1 }))

/** How often each of some calls is sent, one after the other, each with up to 3 retries. */
const attemptsOf = (outcomes: ReadonlyArray<ReadonlyArray<number>>, budget?: RetryPolicy.BudgetOptions) =>
  Effect.gen(function*() {
    let current: ReadonlyArray<number> = []
    let sent = 0
    const respond: Transport.Respond = () => {
      const status = current[sent++] ?? 500
      return status === 200 ? chatReply : { status }
    }
    const counts: Array<number> = []
    yield* Effect.gen(function*() {
      for (const outcome of outcomes) {
        current = outcome
        sent = 0
        const fiber = yield* Effect.fork(Effect.exit(chat.pipe(eager)))
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        counts.push(sent)
      }
    }).pipe(Effect.provide(client(respond, budget)))
    return counts
  })

const dead = [503, 503, 503, 503]

describe("the budget", () => {
  it.effect("of 500 pays for 35 retries of a dead server, and then for none", () =>
    Effect.gen(function*() {
      const counts = yield* attemptsOf(Array.from({ length: 14 }, () => dead))
      const retries = counts.map((count) => count - 1)
      assert.deepStrictEqual(retries, [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 0, 0])
    }))

  it.effect("of 500 pays for 100 retries after 429", () =>
    Effect.gen(function*() {
      const counts = yield* attemptsOf(Array.from({ length: 36 }, () => [429, 429, 429, 429]))
      assert.strictEqual(counts.reduce((all, count) => all + count - 1, 0), 100)
    }))

  const vectors: ReadonlyArray<
    readonly [string, RetryPolicy.BudgetOptions, ReadonlyArray<ReadonlyArray<number>>, ReadonlyArray<number>]
  > = [
    ["gives back what a retry cost that succeeds", { capacity: 14 }, [[500, 200], [500, 200], [500, 200]], [2, 2, 2]],
    ["gives back the last of several retries alone", { capacity: 28 }, [[500, 500, 200], [500, 500, 200]], [3, 2]],
    ["gives back nothing for a call that fails", { capacity: 28 }, [[500, 400], [500, 400], [500, 200]], [2, 2, 1]],
    ["gets a token for a call that succeeds at once", { capacity: 14, transientCost: 7 }, [
      ...[[500, 400], [500, 400], [500]],
      ...Array.from({ length: 7 }, () => [200]),
      [500, 200]
    ], [2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2]],
    ["has never more than its capacity", { capacity: 14 }, [
      ...Array.from({ length: 30 }, () => [200]),
      dead
    ], [...Array.from({ length: 30 }, () => 1), 2]],
    ["costs less after 429", { capacity: 14 }, [[429, 429, 429]], [3]],
    ["that is too small for one retry allows none", { capacity: 13 }, [[500, 200]], [1]],
    [
      "of Infinity bounds nothing",
      { capacity: Infinity },
      Array.from({ length: 50 }, () => dead),
      Array.from({ length: 50 }, () => 4)
    ],
    ["has prices of its own", { capacity: 10, transientCost: 5, throttlingCost: 10 }, [[500, 500, 500]], [3]]
  ]

  it.effect.each(vectors)(
    "%s",
    ([, budget, outcomes, expected]) =>
      Effect.map(attemptsOf(outcomes, budget), (counts) => assert.deepStrictEqual(counts, expected))
  )

  it.effect("is one for each host", () =>
    Effect.gen(function*() {
      let host = "a.example.com"
      let sent = 0
      const count = Effect.gen(function*() {
        sent = 0
        const fiber = yield* Effect.fork(Effect.exit(chat.pipe(eager)))
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        return sent
      })
      const deployment = Layer.succeed(Deployment.Deployment, {
        prepare: (request) => Effect.succeed({ ...request, url: `https://${host}/v2/chat` } as typeof request),
        renew: () => Effect.succeed(false)
      })
      const layer = CohereClient.layer.pipe(
        Layer.provide(deployment),
        Layer.provide(Transport.make(() => (sent++, { status: 500 })).layer),
        Layer.provide(RetryPolicy.layerBudget({ capacity: 42 }))
      )
      const counts = yield* Effect.gen(function*() {
        const first = [yield* count, yield* count]
        host = "b.example.com"
        return [...first, yield* count]
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(counts, [4, 1, 4])
    }))

  it.live(
    "keeps an outage from becoming a storm: 1,000 callers, less than 1.1 requests for each call",
    () =>
      Effect.gen(function*() {
        let sent = 0
        let calls = 0
        // Three of the four calls of each caller meet the outage.
        const layer = client(() => (sent++, calls <= 3_000 ? { status: 503 } : chatReply))
        const caller = Effect.repeatN(Effect.suspend(() => (calls++, Effect.exit(chat))), 3).pipe(
          RetryPolicy.with(RetryPolicy.make({ baseDelay: "20 millis" }))
        )
        yield* Effect.all(Array.from({ length: 1_000 }, () => caller), { concurrency: "unbounded", discard: true })
          .pipe(
            Effect.provide(layer)
          )
        assert.strictEqual(calls, 4_000)
        assert.isAbove(sent, calls)
        assert.isBelow(sent / calls, 1.1)
      }),
    60_000
  )

  it.effect("is not charged for a call that is interrupted before its retry is sent", () =>
    Effect.gen(function*() {
      let status = 500
      const layer = client(() => status === 200 ? chatReply : { status, headers: { "retry-after": "60" } }, {
        capacity: 14
      })
      const again = yield* Effect.gen(function*() {
        const fiber = yield* Effect.fork(chat)
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(fiber)
        const next = yield* Effect.fork(Effect.exit(chat))
        yield* TestClock.adjust("1 second")
        status = 200
        yield* TestClock.adjust("2 minutes")
        return yield* Fiber.join(next)
      }).pipe(Effect.provide(layer))
      assert.isTrue(Exit.isSuccess(again))
    }))
})

it.effect("tokens of the budget go back to the host that they were taken for", () =>
  Effect.gen(function*() {
    let prepared = 0
    const transport = Transport.make(({ url }) => url.includes("a.example") ? { status: 500 } : chatReply)
    const alternating = Layer.succeed(Deployment.Deployment, {
      prepare: (request) =>
        Effect.sync(() => HttpClientRequest.prependUrl(request, `https://${prepared++ % 2 === 0 ? "a" : "b"}.example`)),
      renew: () => Effect.succeed(false)
    })
    yield* Effect.gen(function*() {
      for (let i = 0; i < 2; i++) {
        const fiber = yield* Effect.fork(chat.pipe(eager))
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
      }
    }).pipe(Effect.provide(CohereClient.layer.pipe(
      Layer.provide(alternating),
      Layer.provide(transport.layer),
      Layer.provide(RetryPolicy.layerBudget({ capacity: 14 }))
    )))
    assert.deepStrictEqual(transport.requests.map(({ url }) => new URL(url).host), [
      "a.example",
      "b.example",
      "a.example",
      "b.example"
    ])
  }))
