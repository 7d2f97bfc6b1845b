/** Where retries, limits and what is told of them meet odd servers, listeners and settings. */
import * as Audio from "@effect-cohere/core/Audio"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as CohereError from "@effect-cohere/core/CohereError"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as RateLimits from "@effect-cohere/core/RateLimits"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as Upload from "@effect-cohere/core/Upload"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import type * as Tracer from "effect/Tracer"
import * as Transport from "../support/transport.ts"
import { chat, chatAnswer, chatReply, chatRequest, delays, over, settle, settledError } from "./support/samples.ts"

const client = (transport: Transport.Transport, settings: Layer.Layer<never> = Layer.empty) =>
  CohereClient.layer.pipe(
    Layer.provide(Deployment.layerPlatform),
    Layer.provide(Credentials.layer("test-key-of-nobody")),
    Layer.provide(transport.layer),
    Layer.provide(settings)
  )

it.effect(
  "delays never fall back to nothing, and stay random once they are as long as they may be",
  () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 503 }))
      const policy = RetryPolicy.make({ retries: 1_100, maxDelay: "1 second" })
      const fiber = yield* Effect.fork(
        Effect.exit(chat).pipe(
          RetryPolicy.with(policy),
          Effect.provide(client(transport, RetryPolicy.layerBudget({ capacity: Infinity })))
        )
      )
      yield* TestClock.adjust("1 hour")
      yield* Fiber.join(fiber)
      const late = delays(transport.requests).slice(1_020)
      assert.isAbove(late.length, 70)
      assert.isAbove(new Set(late).size, 40)
      assert.isAbove(late.reduce((all, delay) => all + delay, 0) / late.length, 300)
      assert.isAtMost(Math.max(...late), 1_000)
      // The test's clock takes its time for each of the 1,100 delays.
    }),
  120_000
)

describe("a listener of retries that fails", () => {
  const listeners: ReadonlyArray<readonly [string, () => Effect.Effect<void>]> = [
    ["dies", () => Effect.dieMessage("a bug")],
    ["throws", () => {
      throw new Error("a bug")
    }]
  ]
  it.effect.each(listeners)("and %s leaves the budget as it was", ([, listener]) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 503 }))
      const once = RetryPolicy.with(Schedule.recurs(1))
      yield* Effect.gen(function*() {
        for (let i = 0; i < 40; i++) {
          const exit = yield* Effect.exit(chat.pipe(once, RetryPolicy.onRetry(listener)))
          assert.match(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", /a bug/)
        }
        const before = transport.requests.length
        yield* Effect.exit(chat.pipe(once))
        assert.strictEqual(transport.requests.length - before, 2)
      }).pipe(Effect.provide(client(transport)))
    }))

  it.effect("or takes too long is no delay that was waited", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.fork(Effect.flip(chat.pipe(
        RetryPolicy.with(Schedule.spaced("100 millis")),
        RetryPolicy.onRetry(() => Effect.sleep("10 seconds")),
        Timeouts.with({ total: "300 millis" }),
        over(() => ({ status: 503 }))
      )))
      yield* TestClock.adjust("1 second")
      const error = yield* Fiber.join(fiber)
      assert.deepInclude({ ...error }, { _tag: "RequestTimeout", phase: "total", attempts: 1 })
      assert.isUndefined(error.delays)
    }))
})

it.effect("a file that cannot be read is not sent again, whatever the policy says", () =>
  Effect.gen(function*() {
    let opened = 0
    const file = Upload.make("a.mp3", Stream.suspend(() => (opened++, Stream.fail("no disk"))))
    const error = yield* settledError(
      Audio.createTranscription({ model: "m", language: "en", file }).pipe(
        RetryPolicy.with(Schedule.recurs(3)),
        over(() => Transport.json({ text: "" }))
      )
    )
    assert.deepInclude({ ...error }, { _tag: "UploadFailed", attempts: 1 })
    assert.strictEqual(opened, 1)
  }))

it.effect("a stream that breaks after it was opened again tells the delays before", () =>
  Effect.gen(function*() {
    const start = "event: message-start\ndata: {\"type\":\"message-start\",\"id\":\"1\"}\n\n"
    const error = yield* settledError(
      Stream.runDrain(V2.chatStream(chatRequest)).pipe(
        over((_, attempt) =>
          attempt <= 2
            ? { status: 429, headers: { "retry-after": "1" } }
            : { headers: { "content-type": "text/event-stream" }, body: start, then: "break" }
        )
      )
    )
    assert.deepInclude({ ...error }, { _tag: "StreamInterrupted", attempts: 3 })
    assert.deepStrictEqual(error.delays?.map(Duration.toMillis), [1_000, 1_000])
  }))

it.effect("deadlines hold where nobody can interrupt, such as in a finalizer", () =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(Effect.uninterruptible(Effect.flip(chat.pipe(
      Timeouts.with({ attempt: "1 second" }),
      RetryPolicy.with(RetryPolicy.none),
      over(() => Effect.never)
    ))))
    yield* TestClock.adjust("1 second")
    assert.deepInclude({ ...yield* Fiber.join(fiber) }, { _tag: "RequestTimeout", phase: "attempt" })
  }))

it.effect.each([
  { "retry-after": "9999999" },
  { "x-ratelimit-reset": String(2 ** 45) }
])("a limit is closed for a minute at most: %j", (headers) =>
  Effect.gen(function*() {
    const transport = Transport.make((_, attempt) => attempt === 1 ? { status: 429, headers } : chatReply)
    yield* Effect.gen(function*() {
      yield* Effect.exit(chat.pipe(RetryPolicy.with(RetryPolicy.none)))
      const next = yield* Effect.fork(chat)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(next)).finish_reason, "COMPLETE")
    }).pipe(Effect.provide(client(transport, RateLimits.layer(RateLimits.production))))
  }))

it.effect("numbers that are none in a refusal do not spoil the error", () =>
  Effect.gen(function*() {
    const nines = "9".repeat(400)
    const texts = [
      [429, `You are using a Trial key, which is limited to ${nines} API calls / minute.`],
      [400, `too many tokens: total number of tokens in the prompt cannot exceed ${nines} - received ${nines}.`]
    ] as const
    for (const [status, message] of texts) {
      const reply: Transport.Reply = { status, body: JSON.stringify({ message }) }
      const error = yield* settledError(chat.pipe(RetryPolicy.with(RetryPolicy.none), over(() => reply)))
      const json: unknown = JSON.parse(JSON.stringify(yield* Schema.encode(CohereError.CohereError)(error)))
      const back = yield* Schema.decodeUnknown(CohereError.CohereError)(json)
      assert.strictEqual(back.message, error.message)
    }
  }))

it.effect("a getter that throws only when it is read again is no defect", () =>
  Effect.gen(function*() {
    for (let limit = 1; limit < 12; limit++) {
      let reads = 0
      const request = {
        ...chatRequest,
        get model() {
          if (++reads >= limit) throw new Error("enough")
          return "m"
        }
      }
      const exit = yield* Effect.exit(V2.chat(request).pipe(over(() => chatReply)))
      assert.isFalse(Exit.isFailure(exit) && exit.cause._tag === "Die", `read ${limit}`)
    }
  }))

it.effect("the name of a variable of one's own is in the error about its value, whatever default it has", () =>
  Effect.gen(function*() {
    const layer = RetryPolicy.layerConfig(Config.withDefault(Config.integer("RETRIES").pipe(Config.nested("APP")), 3))
    const error = yield* Effect.flip(Effect.provide(Effect.void, layer)).pipe(
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["APP.RETRIES", "-4"]])))
    )
    assert.include(String(error), "(Invalid data at APP.RETRIES: \"must be a whole number from 0 on, got -4\")")
  }))

it.effect.each([[2.5, 2], [0.9, 0], [-1, 0], [NaN, 0], [3, 3]] as const)(
  "%d retries of a policy are %i",
  ([retries, expected]) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 503 }))
      yield* settle(Effect.exit(chat.pipe(RetryPolicy.with(RetryPolicy.make({ retries })), over(transport))))
      assert.lengthOf(transport.requests, expected + 1)
    })
)

it.effect.each([1.5, Infinity, -1, NaN])("%d retries are refused", (count) =>
  Effect.gen(function*() {
    const layer = RetryPolicy.layerConfig(Config.succeed(count))
    assert.isTrue(Exit.isFailure(yield* Effect.exit(Effect.provide(Effect.void, layer))))
  }))

it.effect.each([
  { capacity: NaN },
  { capacity: 42, transientCost: NaN },
  { capacity: 42, transientCost: -1 }
])("a budget of %j is still a budget", (options) =>
  Effect.gen(function*() {
    const transport = Transport.make(() => ({ status: 503 }))
    yield* Effect.exit(chat.pipe(RetryPolicy.with(Schedule.recurs(100)))).pipe(
      Effect.provide(client(transport, RetryPolicy.layerBudget(options)))
    )
    assert.isBelow(transport.requests.length, 40)
  }))

it.effect("what a server repeats in its answer does not show the key in the span, nor fill it", () =>
  Effect.gen(function*() {
    const key = "canary-77-of-a-key"
    const spans: Array<Tracer.Span> = []
    const answer = { ...chatAnswer, id: key, finish_reason: `${key}${"x".repeat(100_000)}` }
    yield* chat.pipe(
      CohereClient.onResponse(() => Effect.ignore(Effect.map(Effect.currentSpan, (span) => spans.push(span)))),
      over(() => Transport.json(answer), { apiKey: key })
    )
    const texts = [...spans[0]?.attributes.values() ?? []].map(String)
    assert.isNotEmpty(texts)
    for (const text of texts) {
      assert.notInclude(text, key)
      assert.isBelow(text.length, 1_000)
    }
  }))
