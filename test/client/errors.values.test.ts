import * as CohereError from "@effect-cohere/core/CohereError"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { chat, chatRequest, errorOf } from "./support/samples.ts"

const message = (text: string, more: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({ ...more, message: text })

const place = { endpoint: "v2.chatStream", attempts: 1, status: 200, requestId: "trace-1", delivered: 3 }

const response: V2.ChatResponse = {
  id: "1",
  finish_reason: "ERROR",
  message: { role: "assistant", content: [{ type: "text", text: "The Sei" }] },
  usage: {}
}

/** One error of each class, as the client makes it where it can. */
const errors: ReadonlyArray<Effect.Effect<CohereError.CohereError, V2.ChatResponse>> = [
  errorOf(chat, {
    status: 400,
    headers: { "x-debug-trace-id": "trace-1" },
    body: message("too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292.")
  }),
  errorOf(chat, { status: 422, body: message("No valid response", { error_type: "NO_VALID_RESPONSE_GENERATED" }) }),
  errorOf(chat, { status: 400, body: message("no") }),
  errorOf(V2.chat({ ...chatRequest, messages: [] }), { status: 500 }),
  errorOf(chat, { status: 401, body: message("invalid api token") }),
  errorOf(chat, { status: 402, body: message("Maximum billing reached") }),
  errorOf(chat, { status: 403, body: message("no") }),
  errorOf(chat, { status: 404, body: message("model 'x' was removed on September 15, 2025.") }),
  errorOf(chat, { status: 409, body: message("no") }),
  errorOf(chat, {
    status: 429,
    headers: { "retry-after": "1.5" },
    body: message("You are using a Trial key, which is limited to 40 API calls / minute.")
  }),
  errorOf(chat, { status: 498, body: message("no") }),
  errorOf(chat, { status: 499, body: message("request cancelled") }),
  errorOf(chat, { status: 501, body: message("no") }),
  errorOf(chat, { status: 503, headers: { "retry-after": "0" } }),
  errorOf(chat, { status: 302, headers: { location: "https://elsewhere.example.com" } }),
  errorOf(chat, { status: 200, headers: { "content-type": "text/html" }, body: "<html></html>" }),
  errorOf(chat, { status: 200, body: "{\"id\":7}" }),
  errorOf(chat, { fail: "ECONNREFUSED" }),
  errorOf(chat, { status: 200, body: "{\"id\":", then: "break" }),
  Effect.succeed(CohereError.RequestTimeout.of("v2.chat", 2, "attempt", Duration.seconds(30))),
  Effect.succeed(CohereError.RequestTimeout.of("v2.chat", 3, "total", Duration.minutes(2))),
  Effect.succeed(CohereError.CredentialsError.of("There is no API key: set CO_API_KEY.", "v2.chat")),
  Effect.succeed(CohereError.StreamInterrupted.of(place, "ECONNRESET")),
  Effect.succeed(CohereError.StreamIdle.of(place, Duration.minutes(1))),
  Effect.succeed(CohereError.StreamTruncated.of(place)),
  Effect.succeed(CohereError.MalformedEvent.of(place, "it is not JSON", "<html>")),
  Effect.succeed(CohereError.GenerationFailed.of("v2.chatStream", response, "no luck", "INVALID_TOOL_GENERATION"))
]

const all = Effect.all(errors)

describe("every error", () => {
  it.effect("is there: one of each class at least", () =>
    Effect.map(all, (errors) =>
      assert.sameMembers([...new Set(errors.map((error) => error._tag))], [
        "TooManyTokens",
        "NoValidGeneration",
        "InvalidRequest",
        "Unauthorized",
        "BillingLimitReached",
        "PermissionDenied",
        "NotFound",
        "Conflict",
        "RateLimited",
        "ContentBlocked",
        "RequestCancelled",
        "NotImplemented",
        "ServerError",
        "UnexpectedStatus",
        "UnexpectedResponse",
        "ConnectionFailed",
        "RequestTimeout",
        "CredentialsError",
        "StreamInterrupted",
        "StreamIdle",
        "StreamTruncated",
        "MalformedEvent",
        "GenerationFailed"
      ])))

  it.effect("names its operation, and all but CredentialsError say so in the message", () =>
    Effect.map(all, (errors) => {
      for (const error of errors) {
        assert.match(error.endpoint, /^v2\.chat(Stream)?$/)
        if (error._tag !== "CredentialsError") assert.include(error.message.split("\n")[0], error.endpoint)
      }
    }))

  it.effect("ends with what to do", () =>
    Effect.map(all, (errors) => {
      const advice = new RegExp(
        "(Send|send|Change|Leave out|Use|Correct|Check|Update|Choose|Look|Wait|Remove|Try|Give|Set|set|remove|copy) "
      )
      for (const error of errors) {
        const last = error.message.split("\n").at(-1) ?? ""
        assert.match(last, advice, error._tag)
      }
    }))

  it.effect("is recognised by CohereError.is, and nothing else is", () =>
    Effect.map(all, (errors) => {
      for (const error of errors) assert.isTrue(CohereError.is(error))
      const others = [null, undefined, "ServerError", { _tag: "ServerError" }, new Error("x"), { ...errors[0] }]
      for (const other of others) assert.isFalse(CohereError.is(other))
    }))

  it.effect("is an Error with a stack and its tag as its name", () =>
    Effect.map(all, (errors) => {
      for (const error of errors) {
        assert.instanceOf(error, Error)
        assert.strictEqual(error.name, error._tag)
        assert.isString(error.stack)
        assert.include(Cause.pretty(Cause.fail(error)), error.message.split("\n")[0] ?? "")
      }
    }))

  it.effect("comes back from its schema with the same fields and the same methods", () =>
    Effect.gen(function*() {
      for (const error of yield* all) {
        const encoded = yield* Schema.encode(CohereError.CohereError)(error)
        const stored = JSON.parse(JSON.stringify(encoded))
        const back = yield* Schema.decodeUnknown(CohereError.CohereError)(stored)
        assert.strictEqual(back._tag, error._tag)
        assert.strictEqual(back.message, error.message)
        assert.strictEqual(back.isRetryable, error.isRetryable)
        assert.isTrue(CohereError.is(back))
        const again = yield* Schema.encode(CohereError.CohereError)(back)
        assert.deepStrictEqual(JSON.parse(JSON.stringify(again)), stored)
      }
    }))

  it.effect("shows its tag, message and fields in JSON.stringify", () =>
    Effect.map(all, (errors) => {
      for (const error of errors) {
        const shown = JSON.parse(JSON.stringify(error))
        assert.deepInclude(shown, {
          _tag: error._tag,
          message: error.message,
          endpoint: error.endpoint,
          attempts: error.attempts
        })
        if (error.status !== undefined) assert.strictEqual(shown.status, error.status)
      }
    }))

  it.effect("holds no request, response, headers or nested cause", () =>
    Effect.map(all, (errors) => {
      for (const error of errors) {
        const keys = Object.keys(error)
        for (const key of ["request", "headers", "cause", "body"]) assert.notInclude(keys, key)
        if (error._tag !== "GenerationFailed") assert.notInclude(keys, "response")
      }
    }))
})

it.effect("an absurd Retry-After does not keep the error from being stored and read again", () =>
  Effect.gen(function*() {
    const error = yield* errorOf(chat, { status: 429, headers: { "retry-after": "9".repeat(400) } })
    const encoded = yield* Schema.encode(CohereError.CohereError)(error)
    const back = yield* Schema.decodeUnknown(CohereError.CohereError)(JSON.parse(JSON.stringify(encoded)))
    assert.strictEqual(back._tag, "RateLimited")
  }))
