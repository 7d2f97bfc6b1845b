import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Transport from "../support/transport.ts"
import { type Call, chat, chatReply, embed, errorOf, getModel, over, rerank, settledError } from "./support/samples.ts"

const unusable = (call: Call, reply: Transport.Reply) =>
  Effect.gen(function*() {
    const error = yield* errorOf(call, reply)
    if (error._tag !== "UnexpectedResponse") return assert.fail(error._tag)
    assert.isFalse(error.isRetryable)
    assert.strictEqual(error.attempts, 1)
    assert.match(error.message, /baseUrl/)
    return error
  })

describe("a success that is no JSON is an UnexpectedResponse that shows how the body begins", () => {
  const page = `<!DOCTYPE html><html><head><title>Sign in</title></head><body>${"x".repeat(5_000)}</body></html>`

  it.effect("a proxy's page", () =>
    Effect.gen(function*() {
      const error = yield* unusable(chat, { headers: { "content-type": "text/html; charset=utf-8" }, body: page })
      assert.strictEqual(error.status, 200)
      assert.strictEqual(error.contentType, "text/html; charset=utf-8")
      assert.isTrue(error.excerpt.startsWith("<!DOCTYPE html><html><head><title>Sign in"))
      assert.isAtMost(error.excerpt.length, 201)
      assert.deepStrictEqual(error.issues, [])
      assert.include(error.message, "Sign in")
    }))

  it.effect("nothing", () =>
    Effect.gen(function*() {
      const error = yield* unusable(chat, { body: "" })
      assert.strictEqual(error.excerpt, "")
      assert.match(error.message, /empty/)
    }))

  it.effect("204, which has no body", () =>
    Effect.map(unusable(chat, { status: 204 }), (error) => assert.strictEqual(error.status, 204)))

  it.effect("JSON that breaks off", () =>
    Effect.map(
      unusable(chat, { body: "{\"id\":\"1\",\"finish_rea" }),
      (error) => assert.strictEqual(error.excerpt, "{\"id\":\"1\",\"finish_rea")
    ))

  it.effect("two JSON texts", () => unusable(chat, { body: "{} {}" }))

  it.effect("a stream of events", () =>
    unusable(chat, {
      headers: { "content-type": "text/event-stream" },
      body: "event: message-start\ndata: {\"type\":\"message-start\"}\n\n"
    }))

  it.effect("bytes that are no UTF-8", () => unusable(chat, { body: Uint8Array.of(0xff, 0xfe, 0x00) }))

  it.effect("knows the request's name", () =>
    Effect.map(
      unusable(chat, { headers: { "x-debug-trace-id": "trace-9" }, body: "no" }),
      (error) => assert.strictEqual(error.requestId, "trace-9")
    ))
})

describe("a success of another shape is an UnexpectedResponse that says where it differs", () => {
  const answer = (more: Readonly<Record<string, unknown>>) => ({
    id: "1",
    finish_reason: "COMPLETE",
    message: { role: "assistant" },
    ...more
  })

  const rows: ReadonlyArray<readonly [string, Call, unknown, string]> = [
    ["null", chat, null, ""],
    ["a number", chat, 42, ""],
    ["a text", chat, "Hello", ""],
    ["an array", chat, [answer({})], ""],
    ["true", chat, true, ""],
    ["no id", chat, answer({ id: undefined }), "id"],
    ["a null id", chat, answer({ id: null }), "id"],
    ["a finish reason that is a number", chat, answer({ finish_reason: 1 }), "finish_reason"],
    ["no message", chat, answer({ message: undefined }), "message"],
    ["another role", chat, answer({ message: { role: "user" } }), "message.role"],
    ["content that is a text", chat, answer({ message: { role: "assistant", content: "Hi" } }), "message.content"],
    [
      "a text block without text",
      chat,
      answer({ message: { role: "assistant", content: [{ type: "text" }] } }),
      "message.content[0].text"
    ],
    [
      "a text block whose text is a number",
      chat,
      answer({ message: { role: "assistant", content: [{ type: "text", text: "a" }, { type: "text", text: 7 }] } }),
      "message.content[1].text"
    ],
    [
      "a block that is a text",
      chat,
      answer({ message: { role: "assistant", content: ["Hi"] } }),
      "message.content[0]"
    ],
    [
      "tokens that are texts",
      chat,
      answer({ usage: { tokens: { input_tokens: "12" } } }),
      "usage.tokens.input_tokens"
    ],
    [
      "a v1 answer",
      chat,
      { response_id: "r", text: "Hello", generation_id: "g", finish_reason: "COMPLETE" },
      "message"
    ],
    ["embeddings of v1", embed, { id: "1", embeddings: [[0.1, 0.2]] }, "embeddings"],
    ["no embeddings", embed, { id: "1" }, "embeddings"],
    ["a row that is a number", embed, { id: "1", embeddings: { float: [1, 2] } }, "embeddings.float"],
    ["a text among the numbers", embed, { id: "1", embeddings: { float: [[1, "2"]] } }, "embeddings.float"],
    ["a null among the numbers", embed, { id: "1", embeddings: { int8: [[1], [null]] } }, "embeddings.int8"],
    ["no results", rerank, { id: "1" }, "results"],
    [
      "a score that is a text",
      rerank,
      { results: [{ index: 0, relevance_score: "0.9" }] },
      "results[0].relevance_score"
    ],
    ["a result without its index", rerank, { results: [{ relevance_score: 0.9 }] }, "results[0].index"],
    ["a context length that is a text", getModel, { context_length: "288000" }, "context_length"]
  ]

  it.effect.each(rows)("%s", ([, call, value, path]) =>
    Effect.gen(function*() {
      const error = yield* unusable(call, Transport.json(value))
      assert.include(error.issues.map((issue) => issue.path), path, JSON.stringify(error.issues))
      assert.include(error.message, path)
      assert.strictEqual(error.excerpt, JSON.stringify(value).slice(0, 200))
    }))

  it.effect("in few words, however large it is", () =>
    Effect.gen(function*() {
      const content = Array.from({ length: 2_000 }, () => ({ type: "text", text: 7, filler: "x".repeat(100) }))
      const error = yield* unusable(chat, Transport.json(answer({ message: { role: "assistant", content } })))
      assert.isBelow(JSON.stringify(error).length, 10_000)
    }))
})

describe("a connection", () => {
  it.effect.each(["ECONNREFUSED", "ENOTFOUND", "ECONNRESET", "UND_ERR_SOCKET", "DEPTH_ZERO_SELF_SIGNED_CERT"])(
    "that fails with %s is a ConnectionFailed that says so",
    (code) =>
      Effect.gen(function*() {
        const error = yield* errorOf(chat, { fail: code })
        if (error._tag !== "ConnectionFailed") return assert.fail(error._tag)
        assert.match(error.reason, new RegExp(`^${code}\\b`))
        assert.strictEqual(error.attempts, 1)
        assert.isUndefined(error.status)
        assert.isTrue(error.isRetryable)
        assert.include(error.message, code)
      })
  )

  it.effect("that fails without a code says its innermost reason", () =>
    Effect.map(
      errorOf(chat, { fail: new TypeError("fetch failed", { cause: new Error("the network is down") }) }),
      (error) => {
        assert.strictEqual(error._tag, "ConnectionFailed")
        assert.include(error.message, "the network is down")
      }
    ))

  it.effect("that breaks inside a body knows its status", () =>
    Effect.map(errorOf(chat, { body: ["{\"id\":"], then: "break" }), (error) => {
      assert.deepInclude({ ...error }, { _tag: "ConnectionFailed", status: 200 })
      assert.include(error.message, "ECONNRESET")
    }))
})

describe("an error whose body never ends", () => {
  it.effect("arrives all the same, with its status and what came of its words", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 404, body: ["model 'x' not ", "found"], then: "hang" }))
      const error = yield* settledError(chat.pipe(over(transport)))
      assert.deepInclude({ ...error }, { _tag: "NotFound", status: 404, detail: "model 'x' not found" })
      assert.strictEqual(transport.requests[0]?.response, "cancelled")
    }))

  it.effect("arrives with its status even if not a byte comes", () =>
    Effect.map(
      settledError(chat.pipe(over(() => ({ status: 401, body: [Effect.never] })))),
      (error) => assert.deepInclude({ ...error }, { _tag: "Unauthorized", status: 401, detail: "" })
    ))

  it.effect("arrives with its status when the body breaks", () =>
    Effect.map(
      settledError(chat.pipe(over(() => ({ status: 403, body: ["you may "], then: "break" })))),
      (error) => assert.deepInclude({ ...error }, { _tag: "PermissionDenied", status: 403, detail: "you may" })
    ))

  it.effect("is retried like any other", () =>
    Effect.gen(function*() {
      const transport = Transport.make((_, attempt) =>
        attempt === 1 ? { status: 503, body: ["busy"], then: "hang" } : chatReply
      )
      const exit = yield* Effect.flip(settledError(chat.pipe(over(transport))))
      assert.strictEqual(exit.finish_reason, "COMPLETE")
    }))

  it.effect("does not outlive the deadline of the attempt", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 500, body: ["x"], then: "hang" }))
      const error = yield* settledError(
        chat.pipe(RetryPolicy.with(RetryPolicy.none), Timeouts.with({ attempt: "1 second" }), over(transport))
      )
      assert.include(["RequestTimeout", "ServerError"], error._tag)
      assert.strictEqual(transport.requests[0]?.response, "cancelled")
    }))

  it.effect("is read to one megabyte at most", () =>
    Effect.gen(function*() {
      let sent = 0
      const piece = Effect.sync(() => {
        sent++
        return "x".repeat(100_000)
      })
      const transport = Transport.make(() => ({ status: 500, body: Array.from({ length: 1_000 }, () => piece) }))
      yield* chat.pipe(RetryPolicy.with(RetryPolicy.none), over(transport), Effect.flip)
      assert.isAtMost(sent, 20)
      assert.strictEqual(transport.requests[0]?.response, "cancelled")
    }))
})
