import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import * as Transport from "../support/transport.ts"
import { chat, chatReply, delays, over, settle, settledError } from "./support/samples.ts"

const never = () => Effect.never
const millis = (duration: Duration.Duration) => Duration.toMillis(duration)

describe("the deadline of one attempt", () => {
  it.effect("ends a server that never answers, and the error says which deadline it was", () =>
    Effect.gen(function*() {
      const transport = Transport.make(never)
      const error = yield* settledError(
        chat.pipe(RetryPolicy.with(RetryPolicy.none), Timeouts.with({ attempt: "30 seconds" }), over(transport))
      )
      if (error._tag !== "RequestTimeout") return assert.fail(error._tag)
      assert.strictEqual(error.phase, "attempt")
      assert.strictEqual(millis(error.limit), 30_000)
      assert.strictEqual(error.attempts, 1)
      assert.isUndefined(error.status)
      assert.match(error.message, /30s/)
      assert.match(error.message, /Timeouts\.attempt/)
    }))

  it.effect("covers the body, which is then cancelled", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ body: ["{\"id\":"], then: "hang" }))
      const error = yield* settledError(
        chat.pipe(RetryPolicy.with(RetryPolicy.none), Timeouts.with({ attempt: "30 seconds" }), over(transport))
      )
      assert.deepInclude({ ...error }, { _tag: "RequestTimeout", phase: "attempt", status: 200 })
      assert.strictEqual(transport.requests[0]?.response, "cancelled")
    }))

  it.effect("covers a body that drips", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ body: Array.from({ length: 100 }, () => " "), delay: "1 second" }))
      const error = yield* settledError(
        chat.pipe(RetryPolicy.with(RetryPolicy.none), Timeouts.with({ attempt: "5 seconds" }), over(transport))
      )
      assert.deepInclude({ ...error }, { _tag: "RequestTimeout", phase: "attempt" })
    }))

  it.effect("is retried, each attempt with a deadline of its own", () =>
    Effect.gen(function*() {
      const transport = Transport.make((_, attempt) => attempt < 3 ? Effect.never : chatReply)
      const exit = yield* settle(
        chat.pipe(Timeouts.with({ attempt: "10 seconds" }), over(transport), Effect.withRandom(Random.fixed([0.5])))
      )
      assert.isTrue(Exit.isSuccess(exit))
      assert.deepStrictEqual(delays(transport.requests), [10_250, 10_500])
    }))

  it.effect("is five minutes when nothing is set", () =>
    Effect.gen(function*() {
      const transport = Transport.make(never)
      const fiber = yield* Effect.fork(Effect.flip(chat.pipe(RetryPolicy.with(RetryPolicy.none), over(transport))))
      yield* TestClock.adjust("299 seconds")
      assert.isNull(fiber.unsafePoll())
      yield* TestClock.adjust("1 second")
      assert.deepInclude({ ...yield* Fiber.join(fiber) }, { _tag: "RequestTimeout", phase: "attempt" })
    }))

  it.effect("can be switched off", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => Effect.as(Effect.sleep("3 hours"), chatReply))
      const fiber = yield* Effect.fork(chat.pipe(Timeouts.with({ attempt: Duration.infinity }), over(transport)))
      yield* TestClock.adjust("3 hours")
      assert.strictEqual((yield* Fiber.join(fiber)).finish_reason, "COMPLETE")
    }))
})

describe("the deadline of the whole call", () => {
  it.effect("cuts the attempts short", () =>
    Effect.gen(function*() {
      const transport = Transport.make(never)
      const error = yield* settledError(
        chat.pipe(Timeouts.with({ attempt: "10 seconds", total: "15 seconds" }), over(transport))
      )
      if (error._tag !== "RequestTimeout") return assert.fail(error._tag)
      assert.strictEqual(error.phase, "total")
      assert.strictEqual(millis(error.limit), 15_000)
      assert.strictEqual(error.attempts, 2)
      assert.isFalse(error.isRetryable)
      assert.match(error.message, /Timeouts\.total/)
    }))

  it.effect("is not waited for when the delay before the next attempt is longer: the failure comes at once", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 429, headers: { "retry-after": "30" } }))
      const error = yield* Effect.flip(chat.pipe(Timeouts.with({ total: "20 seconds" }), over(transport)))
      assert.deepInclude({ ...error }, { _tag: "RateLimited", attempts: 1, retryAfter: Duration.seconds(30) })
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(transport.requests, 1)
    }))

  it.effect("ends an attempt that it has let begin", () =>
    Effect.gen(function*() {
      const transport = Transport.make((_, attempt) =>
        attempt === 1 ? { status: 429, headers: { "retry-after": "15" } } : { body: [], then: "hang" }
      )
      const fiber = yield* Effect.fork(Effect.flip(chat.pipe(Timeouts.with({ total: "20 seconds" }), over(transport))))
      yield* TestClock.adjust("20 seconds")
      const error = yield* Fiber.join(fiber)
      assert.deepInclude({ ...error }, { _tag: "RequestTimeout", phase: "total", attempts: 2 })
      assert.deepStrictEqual(error.delays?.map(Duration.toMillis), [15_000])
    }))

  it.effect("is none when nothing is set: a policy may go on for hours", () =>
    Effect.gen(function*() {
      const transport = Transport.make((_, attempt) =>
        attempt <= 5 ? { status: 429, headers: { "retry-after": "3600" } } : chatReply
      )
      const fiber = yield* Effect.fork(
        chat.pipe(RetryPolicy.with(RetryPolicy.make({ retries: 9, maxDelay: "2 hours" })), over(transport))
      )
      yield* TestClock.adjust("5 hours")
      assert.strictEqual((yield* Fiber.join(fiber)).finish_reason, "COMPLETE")
    }))

  it.effect("does not disturb a call that is quick enough", () =>
    Effect.gen(function*() {
      const exit = yield* settle(chat.pipe(Timeouts.with({ total: "1 second" }), over(() => chatReply)))
      assert.isTrue(Exit.isSuccess(exit))
    }))
})

describe("of several deadlines in force", () => {
  const client = (settings: Timeouts.Settings) =>
    Effect.provide(Layer.orDie(Transport.client(never)).pipe(Layer.provide(Timeouts.layer(settings))))

  const limitOf = (error: { readonly _tag: string; readonly limit?: unknown }) =>
    Duration.isDuration(error.limit) ? millis(error.limit) : error._tag

  it.effect("the client's win over the defaults", () =>
    Effect.map(
      settledError(chat.pipe(RetryPolicy.with(RetryPolicy.none), client({ attempt: "7 seconds" }))),
      (error) => assert.strictEqual(limitOf(error), 7_000)
    ))

  it.effect("the call's own win over the client's", () =>
    Effect.map(
      settledError(chat.pipe(
        RetryPolicy.with(RetryPolicy.none),
        Timeouts.with({ attempt: "3 seconds" }),
        client({ attempt: "7 seconds" })
      )),
      (error) => assert.strictEqual(limitOf(error), 3_000)
    ))

  it.effect("the others stay as they are", () =>
    Effect.map(
      settledError(
        chat.pipe(Timeouts.with({ idle: "3 seconds" }), client({ attempt: "7 seconds", total: "9 seconds" }))
      ),
      (error) => assert.deepInclude({ ...error }, { phase: "total", attempts: 2 })
    ))
})

describe("the deadlines of parts of an attempt", () => {
  const hanging: Transport.Reply = {
    headers: { "content-type": "application/json", "x-debug-trace-id": "begun" },
    body: ["{\"id\":"],
    then: "hang"
  }

  it.effect("headers bounds the time until the response begins", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => Effect.never)
      const fiber = yield* Effect.fork(Effect.flip(
        chat.pipe(Timeouts.with({ headers: "3 seconds" }), RetryPolicy.with(RetryPolicy.none), over(transport))
      ))
      yield* TestClock.adjust("2999 millis")
      assert.isNull(fiber.unsafePoll())
      yield* TestClock.adjust("1 millis")
      const error = yield* Fiber.join(fiber)
      assert.deepInclude({ ...error }, { _tag: "RequestTimeout", phase: "headers", attempts: 1 })
      assert.isTrue(error.isRetryable)
      assert.match(error.message, /Timeouts\.headers/)
    }))

  it.effect("headers does not count the body", () =>
    Effect.gen(function*() {
      const slow: Transport.Reply = { ...chatReply, body: [" ", String(chatReply.body)], delay: "1 minute" }
      const exit = yield* settle(chat.pipe(Timeouts.with({ headers: "3 seconds" }), over(() => slow)))
      assert.isTrue(Exit.isSuccess(exit))
    }))

  it.effect.each([["2 minutes", {}], ["5 seconds", { body: "5 seconds" }]] as const)(
    "body bounds the time until the response has come, by default 2 minutes: %s",
    ([limit, settings]) =>
      Effect.gen(function*() {
        const transport = Transport.make(() => hanging)
        const fiber = yield* Effect.fork(Effect.flip(
          chat.pipe(Timeouts.with(settings), RetryPolicy.with(RetryPolicy.none), over(transport))
        ))
        yield* TestClock.adjust(Duration.subtract(limit, 1))
        assert.isNull(fiber.unsafePoll())
        yield* TestClock.adjust(1)
        const error = yield* Fiber.join(fiber)
        assert.deepInclude({ ...error }, { _tag: "RequestTimeout", phase: "body", attempts: 1 })
        // What began is known by its name, for whoever asks Cohere about it.
        assert.deepInclude({ ...error }, { status: 200, requestId: "begun" })
        assert.match(error.message, /request id begun/)
        assert.strictEqual(transport.requests[0]?.response, "cancelled")
      })
  )

  it.effect("total names the response that was awaited, and none between two attempts", () =>
    Effect.gen(function*() {
      const settled = (reply: Transport.Reply) =>
        settledError(chat.pipe(Timeouts.with({ total: "9 seconds" }), over(() => reply)))
      assert.deepInclude({ ...yield* settled(hanging) }, { phase: "total", status: 200, requestId: "begun" })
      const transport = Transport.make((_, attempt) => attempt === 1 ? { ...hanging, status: 503 } : Effect.never)
      const error = yield* settledError(
        chat.pipe(Timeouts.with({ total: "9 seconds", attempt: "2 seconds" }), over(transport))
      )
      assert.deepInclude({ ...error }, { _tag: "RequestTimeout", status: undefined, requestId: undefined })
    }))
})

describe("what is no duration", () => {
  it.effect.each([["attempt", "soon"], ["headers", {}], ["total", "5 fortnights"], ["idle", null]] as const)(
    "is named, and nothing is sent: %s",
    ([name, value]) =>
      Effect.gen(function*() {
        const transport = Transport.make(() => chatReply)
        // What JavaScript, or a value of `any`, can set.
        const settings = { [name]: value } as unknown as Timeouts.Settings
        const error = yield* settledError(chat.pipe(Timeouts.with(settings), over(transport)))
        if (error._tag !== "InvalidRequest") return assert.fail(error._tag)
        assert.deepStrictEqual(error.issues.map(({ path }) => path), [`Timeouts.${name}`])
        assert.strictEqual(error.attempts, 0)
        assert.deepStrictEqual(transport.requests, [])
      })
  )
})

describe("a deadline that is not more than 0", () => {
  it.effect.each(
    [["attempt", 0], ["headers", -1], ["body", NaN], ["firstEvent", "-5 seconds"], ["idle", Duration.zero], [
      "total",
      "0 millis"
    ]] as const
  )("is named, and nothing is sent: %s", ([name, value]) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => chatReply)
      const error = yield* settledError(chat.pipe(Timeouts.with({ [name]: value }), over(transport)))
      if (error._tag !== "InvalidRequest") return assert.fail(error._tag)
      assert.deepStrictEqual(error.issues.map(({ path }) => path), [`Timeouts.${name}`])
      assert.match(error.message, /not more than 0.*Infinity for none/)
      assert.deepStrictEqual(transport.requests, [])
    }))

  it.effect("may be as short as time goes", () =>
    Effect.map(
      settledError(chat.pipe(Timeouts.with({ total: "1 nano" }), over(() => Effect.never))),
      (error) => assert.strictEqual(error._tag, "RequestTimeout")
    ))
})

describe("deadlines from Config", () => {
  const timeouts = Timeouts.layerConfig({
    total: Config.withDefault(Config.duration("COHERE_TIMEOUT"), "2 minutes")
  })
  const limitWith = (variables: ReadonlyArray<readonly [string, string]>) =>
    settledError(chat).pipe(
      Effect.provide(Layer.provide(Transport.client(never), timeouts)),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(variables)))
    )

  it.effect("are those of the client", () =>
    Effect.gen(function*() {
      const named = yield* limitWith([["COHERE_TIMEOUT", "3 seconds"]])
      assert.deepInclude({ ...named }, { phase: "total", limit: Duration.seconds(3) })
      assert.deepInclude({ ...yield* limitWith([]) }, { phase: "total", limit: Duration.minutes(2) })
    }))

  it.effect.each(["soon", "300", "0 seconds", "-5 seconds"])(
    "fail as Config where they are none, or not more than 0: %s",
    (value) =>
      Effect.map(Effect.exit(limitWith([["COHERE_TIMEOUT", value]])), (exit) => {
        const error = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.failureOption(exit.cause)) : undefined
        assert.isTrue(ConfigError.isConfigError(error))
        assert.match(String(error), /COHERE_TIMEOUT/)
      })
  )

  it.effect("name the variable of the deadline that is wrong, not that of another", () =>
    Effect.gen(function*() {
      const layer = Timeouts.layerConfig({
        total: Config.duration("TOTAL"),
        attempt: Config.duration("ATTEMPT"),
        idle: Config.duration("IDLE")
      })
      const variables = new Map([["TOTAL", "1 minute"], ["ATTEMPT", "-1 seconds"], ["IDLE", "1 second"]])
      const error = yield* Effect.flip(Effect.provide(Effect.void, layer)).pipe(
        Effect.withConfigProvider(ConfigProvider.fromMap(variables))
      )
      assert.include(String(error), "Invalid data at ATTEMPT: \"Timeouts.attempt is not more than 0")
    }))
})
