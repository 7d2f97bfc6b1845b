import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Transport from "../support/transport.ts"
import { chat, chatReply } from "./support/samples.ts"

const unauthorized: Transport.Reply = { status: 401, body: "{\"message\":\"invalid api token\"}" }

/** A client whose tokens are `token-1`, `token-2` …, and how many were acquired. */
const setup = (options: {
  /** Which tokens the server takes; default: all. */
  readonly accepts?: (token: string) => boolean
  readonly lifetime?: Duration.DurationInput
  readonly margin?: Duration.DurationInput
  /** How long it takes to acquire one. */
  readonly takes?: Duration.DurationInput
  /** How long the server thinks. */
  readonly thinks?: Duration.DurationInput
  /** Whether acquiring the nth one fails. */
  readonly fails?: (n: number) => boolean
} = {}) => {
  const acquired = { count: 0 }
  const acquire = Effect.gen(function*() {
    const n = ++acquired.count
    yield* Effect.sleep(options.takes ?? 0)
    if (options.fails?.(n) ?? false) return yield* Effect.fail({ vault: "says: s3cr3t" })
    const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
    const token = { token: Redacted.make(`token-${n}`) }
    return options.lifetime === undefined
      ? token
      : { ...token, expiresAt: now + Duration.toMillis(options.lifetime) }
  })
  const transport = Transport.make((request) =>
    Effect.as(
      Effect.sleep(options.thinks ?? 0),
      options.accepts?.((request.headers["authorization"] ?? "").replace("Bearer ", "")) ?? true
        ? chatReply
        : unauthorized
    )
  )
  const layer = CohereClient.layer.pipe(
    Layer.provide(Deployment.layerPlatform),
    Layer.provide(
      Credentials.layerRefreshing({ acquire, ...options.margin === undefined ? {} : { margin: options.margin } })
    ),
    Layer.provide(transport.layer),
    Layer.orDie
  )
  const tokens = () => transport.requests.map((request) => request.headers["authorization"]?.replace("Bearer ", ""))
  return { acquired, layer, tokens }
}

/** Runs something to its end in virtual time. */
const settle = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(effect)
    yield* TestClock.adjust("20 seconds")
    return yield* Fiber.join(fiber)
  })

describe("a token", () => {
  it.effect("is acquired by the first call, not before", () =>
    Effect.gen(function*() {
      const { acquired, layer, tokens } = setup()
      yield* Effect.gen(function*() {
        yield* CohereClient.CohereClient
        assert.strictEqual(acquired.count, 0)
        yield* chat
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(tokens(), ["token-1"])
    }))

  it.effect("without an end serves all calls", () =>
    Effect.gen(function*() {
      const { layer, tokens } = setup()
      yield* Effect.gen(function*() {
        yield* chat
        yield* TestClock.adjust("1000 days")
        yield* chat
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(tokens(), ["token-1", "token-1"])
    }))

  it.effect("is replaced a minute before its end, and not earlier", () =>
    Effect.gen(function*() {
      const { layer, tokens } = setup({ lifetime: "10 minutes" })
      yield* Effect.gen(function*() {
        yield* chat
        yield* TestClock.adjust("539999 millis")
        yield* chat
        yield* TestClock.adjust("1 millis")
        yield* chat
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(tokens(), ["token-1", "token-1", "token-2"])
    }))

  it.effect("is replaced as early as the margin says", () =>
    Effect.gen(function*() {
      const { layer, tokens } = setup({ lifetime: "10 minutes", margin: "4 minutes" })
      yield* Effect.gen(function*() {
        yield* chat
        yield* TestClock.adjust("359999 millis")
        yield* chat
        yield* TestClock.adjust("1 millis")
        yield* chat
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(tokens(), ["token-1", "token-1", "token-2"])
    }))

  it.effect("that lives shorter than the margin serves its own call", () =>
    Effect.gen(function*() {
      const { layer, tokens } = setup({ lifetime: "10 seconds" })
      yield* Effect.zipRight(chat, chat).pipe(Effect.provide(layer))
      assert.deepStrictEqual(tokens(), ["token-1", "token-2"])
    }))

  it.effect("is acquired once for calls that need it at the same time", () =>
    Effect.gen(function*() {
      const { acquired, layer, tokens } = setup({ takes: "1 second", lifetime: "1 hour" })
      yield* settle(
        Effect.all(Array.from({ length: 50 }, () => chat), { concurrency: "unbounded" }).pipe(Effect.provide(layer))
      )
      assert.strictEqual(acquired.count, 1)
      assert.deepStrictEqual([...new Set(tokens())], ["token-1"])
    }))

  it.effect("is acquired for the others when the call that began it is interrupted", () =>
    Effect.gen(function*() {
      const { layer, tokens } = setup({ takes: "1 second" })
      yield* Effect.gen(function*() {
        const first = yield* Effect.fork(chat)
        const second = yield* Effect.fork(chat)
        yield* TestClock.adjust("500 millis")
        yield* Fiber.interrupt(first)
        yield* TestClock.adjust("2 seconds")
        assert.isTrue(Exit.isSuccess(yield* Fiber.await(second)))
      }).pipe(Effect.provide(layer))
      assert.lengthOf(tokens(), 1)
    }))
})

describe("a refused token", () => {
  it.effect("is renewed, and the call is tried once more", () =>
    Effect.gen(function*() {
      const { layer, tokens } = setup({ accepts: (token) => token === "token-2", thinks: "1 second" })
      const answer = yield* settle(chat.pipe(Effect.provide(layer)))
      assert.strictEqual(answer.finish_reason, "COMPLETE")
      assert.deepStrictEqual(tokens(), ["token-1", "token-2"])
    }))

  it.effect("is renewed even if it took its time to come", () =>
    Effect.gen(function*() {
      const { layer, tokens } = setup({
        accepts: (token) => token === "token-2",
        takes: "2 seconds",
        thinks: "1 second"
      })
      yield* settle(Effect.exit(chat.pipe(Effect.provide(layer))))
      assert.deepStrictEqual(tokens(), ["token-1", "token-2"])
    }))

  it.effect("is renewed once, and only once", () =>
    Effect.gen(function*() {
      const { layer, tokens } = setup({ accepts: () => false, thinks: "1 second" })
      const error = yield* settle(Effect.flip(chat.pipe(Effect.provide(layer))))
      assert.deepInclude({ ...error }, { _tag: "Unauthorized", attempts: 2 })
      assert.deepStrictEqual(tokens(), ["token-1", "token-2"])
    }))

  it.effect("is renewed again for a later call", () =>
    Effect.gen(function*() {
      const refused = new Set(["token-1"])
      const { layer, tokens } = setup({ accepts: (token) => !refused.has(token), thinks: "1 second" })
      yield* settle(
        Effect.gen(function*() {
          yield* chat
          refused.add("token-2")
          yield* chat
        }).pipe(Effect.provide(layer))
      )
      assert.deepStrictEqual(tokens(), ["token-1", "token-2", "token-2", "token-3"])
    }))

  it.effect("of two calls at the same time is renewed once", () =>
    Effect.gen(function*() {
      const { acquired, layer } = setup({ accepts: (token) => token === "token-2", thinks: "1 second" })
      const answers = yield* settle(
        Effect.all([chat, chat], { concurrency: 2 }).pipe(Effect.provide(layer))
      )
      assert.lengthOf(answers, 2)
      assert.strictEqual(acquired.count, 2)
    }))

  it.effect("of many calls that began at different times is renewed once", () =>
    Effect.gen(function*() {
      const { acquired, layer } = setup({
        accepts: (token) => token === "token-2",
        takes: "100 millis",
        thinks: "1 second"
      })
      const calls = Array.from({ length: 10 }, (_, n) => Effect.delay(chat, Duration.millis(n * 70)))
      yield* settle(Effect.all(calls, { concurrency: "unbounded" }).pipe(Effect.exit, Effect.provide(layer)))
      assert.strictEqual(acquired.count, 2)
    }))

  it.effect("of one's own, from RequestOptions, is not", () =>
    Effect.gen(function*() {
      const { acquired, layer, tokens } = setup({ accepts: () => false })
      yield* Effect.flip(chat.pipe(
        RequestOptions.with({ headers: { authorization: "Bearer mine" } }),
        Effect.provide(layer)
      ))
      assert.deepStrictEqual([...new Set(tokens())], ["mine"])
      assert.isAtMost(acquired.count, 2)
    }))

  it.effect("that is static is not tried again", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => unauthorized)
      const error = yield* Effect.flip(chat.pipe(Effect.provide(Transport.client(transport))))
      assert.deepInclude({ ...error }, { _tag: "Unauthorized", attempts: 1 })
      assert.lengthOf(transport.requests, 1)
    }))
})

describe("a token that cannot be had", () => {
  it.effect("is a CredentialsError of the operation, without its cause, and nothing is sent", () =>
    Effect.gen(function*() {
      const { acquired, layer, tokens } = setup({ fails: () => true })
      const error = yield* Effect.flip(chat.pipe(Effect.provide(layer)))
      assert.deepInclude({ ...error }, { _tag: "CredentialsError", endpoint: "v2.chat" })
      assert.notInclude(JSON.stringify(error), "s3cr3t")
      assert.isFalse(error.isRetryable)
      assert.strictEqual(acquired.count, 1)
      assert.lengthOf(tokens(), 0)
    }))

  it.effect("counts no attempt: nothing was sent", () =>
    Effect.gen(function*() {
      const { layer } = setup({ fails: () => true })
      assert.strictEqual((yield* Effect.flip(chat.pipe(Effect.provide(layer)))).attempts, 0)
    }))

  it.effect("is tried again by the next call", () =>
    Effect.gen(function*() {
      const { layer, tokens } = setup({ fails: (n) => n === 1 })
      yield* Effect.gen(function*() {
        yield* Effect.flip(chat)
        yield* chat
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(tokens(), ["token-2"])
    }))

  it.effect("does not leave calls waiting that wait for it", () =>
    Effect.gen(function*() {
      const { layer } = setup({ fails: () => true, takes: "1 second" })
      const exits = yield* settle(
        Effect.all([chat, chat, chat].map(Effect.exit), { concurrency: 3 }).pipe(Effect.provide(layer))
      )
      assert.isTrue(exits.every(Exit.isFailure))
    }))

  it.effect("because it holds a line break is a CredentialsError without it", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => chatReply)
      const error = yield* Effect.flip(chat.pipe(Effect.provide(CohereClient.layer.pipe(
        Layer.provide(Deployment.layerPlatform),
        Layer.provide(Credentials.layerRefreshing({ acquire: Effect.succeed({ token: Redacted.make("s3cr3t\n") }) })),
        Layer.provide(transport.layer)
      ))))
      assert.strictEqual(error._tag, "CredentialsError")
      assert.notInclude(JSON.stringify(error), "s3cr3t")
      assert.lengthOf(transport.requests, 0)
    }))
})
