import * as CohereClient from "@effect-cohere/core/CohereClient"
import type * as CohereError from "@effect-cohere/core/CohereError"
import * as Endpoint from "@effect-cohere/core/Endpoint"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as Transport from "../support/transport.ts"
import { chat, chatAnswer, chatReply, chatRequest, delays, over, settle, settledError } from "./support/samples.ts"

const says = (status: number, message: string, more: Readonly<Record<string, string>> = {}): Transport.Reply => ({
  status,
  body: JSON.stringify({ ...more, message })
})

const month = says(429, "You are past the per-month request limit for this model, please wait and try again later.")

describe("by default", () => {
  const passing: ReadonlyArray<readonly [string, Transport.Reply | Transport.Failure]> = [
    ["408", { status: 408 }],
    ["424", says(424, "model error")],
    ["429 of a minute", says(429, "You are past the per minute request limit, please wait and try again later.")],
    ["429 of a trial key's minute", says(429, "You are using a Trial key, which is limited to 10 API calls / minute.")],
    ["429 without a reason", { status: 429 }],
    ["500", { status: 500 }],
    ["502", { status: 502 }],
    ["503", { status: 503 }],
    ["504", { status: 504 }],
    ["a refused connection", { fail: "ECONNREFUSED" }],
    ["an unknown host", { fail: "ENOTFOUND" }],
    ["a reset connection", { fail: "ECONNRESET" }],
    ["a body that breaks off", { status: 200, body: "{\"id\":", then: "break" }]
  ]

  it.effect.each(passing)("%s is tried three times, and the error says so", ([, reply]) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => reply)
      const error = yield* settledError(chat.pipe(over(transport)))
      assert.lengthOf(transport.requests, 3)
      assert.strictEqual(error.attempts, 3)
      assert.match(error.message, /after 3 attempts/)
      assert.isTrue(error.isRetryable)
    }))

  it.effect.each(passing)("%s, once, is followed by success", ([, reply]) =>
    Effect.gen(function*() {
      const transport = Transport.make((_, attempt) => attempt === 1 ? reply : chatReply)
      const exit = yield* settle(chat.pipe(CohereClient.withResponse, over(transport)))
      assert.isTrue(Exit.isSuccess(exit))
      const { response, value } = yield* exit
      assert.deepStrictEqual(value, chatAnswer as typeof value)
      assert.strictEqual(response.attempts, 2)
    }))

  const lasting: ReadonlyArray<readonly [string, Transport.Reply]> = [
    ["400", says(400, "invalid request: temperature must be between 0 and 1.0 inclusive.")],
    ["400 for too many tokens", says(400, "too many tokens: size limit exceeded by 280 tokens")],
    ["401", says(401, "invalid api token")],
    ["402", { status: 402 }],
    ["403", { status: 403 }],
    ["404", { status: 404 }],
    ["409", { status: 409 }],
    ["413", { status: 413 }],
    ["422", says(422, "unknown field: parameter x is not a valid field.")],
    ["422 without a valid generation", says(422, "no", { error_type: "NO_VALID_RESPONSE_GENERATED" })],
    ["429 of a month", month],
    ["429 of a month with Retry-After", { ...month, headers: { "retry-after": "1" } }],
    ["429 of a trial key's month", says(429, "You are using a Trial key, which is limited to 1000 API calls / month.")],
    ["498", { status: 498 }],
    ["499", { status: 499 }],
    ["501", { status: 501 }],
    ["302", { status: 302, headers: { location: "https://elsewhere.example.com" } }],
    ["418", { status: 418 }],
    ["a success that is HTML", { status: 200, headers: { "content-type": "text/html" }, body: "<html></html>" }],
    ["a success of another shape", { status: 200, body: "{}" }]
  ]

  it.effect.each(lasting)("%s is tried once", ([, reply]) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => reply)
      const error = yield* chat.pipe(over(transport), Effect.flip)
      assert.lengthOf(transport.requests, 1)
      assert.strictEqual(error.attempts, 1)
      assert.isFalse(error.isRetryable)
    }))

  it.effect("each attempt sends the same request", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 500 }))
      yield* settle(chat.pipe(over(transport)))
      const [first, second, third] = transport.requests.map(({ body, headers, method, url }) => ({
        body,
        headers,
        method,
        url
      }))
      assert.deepStrictEqual(second, first)
      assert.deepStrictEqual(third, first)
    }))

  it.effect("the error is that of the last attempt", () =>
    Effect.gen(function*() {
      const transport = Transport.make((_, attempt) => attempt < 3 ? { status: 500 } : { status: 404 })
      const error = yield* settledError(chat.pipe(over(transport)))
      assert.deepInclude({ ...error }, { _tag: "NotFound", attempts: 3 })
    }))

  it.effect("no body of a failed attempt is left open", () =>
    Effect.gen(function*() {
      const endless: Transport.Reply = { status: 503, body: ["{", "x".repeat(2_000_000)], then: "hang" }
      const broken: Transport.Reply = { status: 500, body: "{\"message\":\"", then: "break" }
      const whole = says(500, "no")
      const transport = Transport.make((_, attempt) => [endless, broken, whole][attempt - 1] ?? chatReply)
      const retrying = chat.pipe(RetryPolicy.with(RetryPolicy.make({ retries: 3 })), over(transport))
      assert.isTrue(Exit.isSuccess(yield* settle(retrying)))
      assert.deepStrictEqual(transport.requests.map((request) => request.response), [
        "cancelled",
        "broken",
        "ended",
        "ended"
      ])
    }))
})

describe("the delays by default", () => {
  it.effect.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "are random, below 500 ms and then below 1 s (seed %i)",
    (seed) =>
      Effect.gen(function*() {
        const transport = Transport.make(() => ({ status: 500 }))
        yield* settle(chat.pipe(over(transport), Effect.withRandom(Random.make(seed))))
        const [first = -1, second = -1] = delays(transport.requests)
        assert.isTrue(first >= 0 && first < 500, `${first}`)
        assert.isTrue(second >= 0 && second < 1_000, `${second}`)
      })
  )

  it.effect("differ from client to client", () =>
    Effect.gen(function*() {
      const seen = new Set<number>()
      for (let seed = 0; seed < 10; seed++) {
        const transport = Transport.make((_, attempt) => attempt === 1 ? { status: 500 } : chatReply)
        yield* settle(chat.pipe(over(transport), Effect.withRandom(Random.make(seed))))
        seen.add(delays(transport.requests)[0] ?? -1)
      }
      assert.isAbove(seen.size, 5)
    }))
})

describe("an operation that creates something", () => {
  const create = Endpoint.call(Endpoint.unary({
    id: "test.create",
    method: "POST",
    path: "/v1/things",
    payload: Schema.Struct({ name: Schema.String }),
    success: Schema.Struct({ id: Schema.String }),
    retry: "refused",
    docs: "https://docs.example.com/create"
  }))({ name: "x" })

  it.effect.each<Transport.Reply | Transport.Failure>([
    { fail: "ECONNRESET" },
    { fail: "ETIMEDOUT" },
    { status: 200, body: "{\"id\":", then: "break" },
    { status: 500 },
    { status: 502 },
    { status: 504 },
    { status: 408 }
  ])("is not repeated when it may have been done: %j", (reply) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => reply)
      const error = yield* settledError(create.pipe(over(transport)))
      assert.lengthOf(transport.requests, 1)
      assert.strictEqual(error.attempts, 1)
    }))

  it.effect("is not repeated after its deadline", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => Effect.never)
      const fiber = yield* Effect.fork(Effect.flip(create.pipe(over(transport))))
      yield* TestClock.adjust("1 hour")
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error._tag, "RequestTimeout")
      assert.lengthOf(transport.requests, 1)
    }))

  it.effect.each([429, 503])("is repeated when the server has refused it: %i", (status) =>
    Effect.gen(function*() {
      const transport = Transport.make((_, attempt) => attempt === 1 ? { status } : Transport.json({ id: "1" }))
      assert.isTrue(Exit.isSuccess(yield* settle(create.pipe(over(transport)))))
      assert.lengthOf(transport.requests, 2)
    }))

  it.effect("is not repeated even if the policy repeats everything", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 500 }))
      yield* settle(create.pipe(RetryPolicy.with(Schedule.recurs(5)), over(transport)))
      assert.lengthOf(transport.requests, 1)
    }))
})

describe("a policy", () => {
  it.effect("none sends once", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 500 }))
      const error = yield* chat.pipe(RetryPolicy.with(RetryPolicy.none), over(transport), Effect.flip)
      assert.strictEqual(error.attempts, 1)
      assert.lengthOf(transport.requests, 1)
      assert.notMatch(error.message, /attempts\)/)
    }))

  it.effect.each([0, 1, 5])("sends %i times more", (retries) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 500 }))
      const error = yield* settledError(
        chat.pipe(RetryPolicy.with(RetryPolicy.make({ retries, baseDelay: "10 millis" })), over(transport))
      )
      assert.lengthOf(transport.requests, retries + 1)
      assert.strictEqual(error.attempts, retries + 1)
    }))

  it.effect("may repeat what produced no valid generation", () =>
    Effect.gen(function*() {
      const policy = RetryPolicy.make({ while: (error) => error.isRetryable || error._tag === "NoValidGeneration" })
      const transport = Transport.make((_, attempt) =>
        attempt === 1 ? says(422, "no", { error_type: "NO_VALID_RESPONSE_GENERATED" }) : chatReply
      )
      assert.isTrue(Exit.isSuccess(yield* settle(chat.pipe(RetryPolicy.with(policy), over(transport)))))
      assert.lengthOf(transport.requests, 2)
    }))

  it.effect("may narrow what is repeated", () =>
    Effect.gen(function*() {
      const policy = RetryPolicy.make({ while: (error) => error._tag === "RateLimited" })
      const transport = Transport.make((_, attempt) => attempt === 1 ? { status: 429 } : { status: 500 })
      const error = yield* settledError(chat.pipe(RetryPolicy.with(policy), over(transport)))
      assert.deepInclude({ ...error }, { _tag: "ServerError", attempts: 2 })
    }))

  it.effect("may be any Schedule over the error", () =>
    Effect.gen(function*() {
      const policy: RetryPolicy.Policy = Schedule.spaced("3 seconds").pipe(
        Schedule.intersect(Schedule.recurs(4)),
        Schedule.whileInput((error: CohereError.CohereError) => error.status === 418)
      )
      const transport = Transport.make(() => ({ status: 418 }))
      const error = yield* settledError(chat.pipe(RetryPolicy.with(policy), over(transport)))
      assert.strictEqual(error.attempts, 5)
      assert.deepStrictEqual(delays(transport.requests), [3_000, 3_000, 3_000, 3_000])
    }))

  it.effect("starts anew with each call", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 500 }))
      yield* Effect.gen(function*() {
        for (let call = 0; call < 3; call++) assert.strictEqual((yield* settledError(chat)).attempts, 3)
      }).pipe(over(transport))
      assert.lengthOf(transport.requests, 9)
    }))

  it.effect("never sends what was refused here, even if it repeats everything", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => chatReply)
      const error = yield* settledError(
        V2.chat({ ...chatRequest, messages: [] }).pipe(RetryPolicy.with(Schedule.recurs(3)), over(transport))
      )
      assert.deepInclude({ ...error }, { _tag: "InvalidRequest", attempts: 0 })
      assert.lengthOf(transport.requests, 0)
    }))
})

describe("of several policies in force", () => {
  const retries = (count: number) => RetryPolicy.make({ retries: count, baseDelay: "10 millis" })
  const client = (transport: Transport.Transport, settings: Layer.Layer<never>) =>
    Effect.provide(Layer.orDie(Transport.client(transport)).pipe(Layer.provide(settings)))

  it.effect("the client's layer wins over the default", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 500 }))
      yield* settle(chat.pipe(client(transport, RetryPolicy.layer(retries(4)))))
      assert.lengthOf(transport.requests, 5)
    }))

  it.effect("the call's own wins over the client's layer", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 500 }))
      yield* settle(chat.pipe(RetryPolicy.with(retries(1)), client(transport, RetryPolicy.layer(retries(4)))))
      assert.lengthOf(transport.requests, 2)
    }))

  it.effect("the innermost of a call wins", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 500 }))
      yield* settle(chat.pipe(RetryPolicy.with(RetryPolicy.none), RetryPolicy.with(retries(4)), over(transport)))
      assert.lengthOf(transport.requests, 1)
    }))

  it.effect("a layer around the program wins over the client's", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 500 }))
      yield* settle(
        chat.pipe(
          Effect.provide(RetryPolicy.layer(RetryPolicy.none)),
          client(transport, RetryPolicy.layer(retries(4)))
        )
      )
      assert.lengthOf(transport.requests, 1)
    }))

  it.effect("each holds for its own calls only", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 500 }))
      const both = Effect.flip(chat.pipe(RetryPolicy.with(RetryPolicy.none))).pipe(
        Effect.zipRight(Effect.flip(chat))
      )
      yield* settle(both.pipe(client(transport, RetryPolicy.layer(retries(3)))))
      assert.lengthOf(transport.requests, 5)
    }))
})

it.effect("interrupting a delay ends the call at once, and nothing more is sent", () =>
  Effect.gen(function*() {
    const transport = Transport.make(() => ({ status: 429, headers: { "retry-after": "30" } }))
    const fiber = yield* Effect.fork(chat.pipe(over(transport)))
    yield* TestClock.adjust("10 seconds")
    assert.lengthOf(transport.requests, 1)
    const exit = yield* Fiber.interrupt(fiber)
    assert.isTrue(Exit.isInterrupted(exit))
    yield* TestClock.adjust("1 hour")
    assert.lengthOf(transport.requests, 1)
  }))
