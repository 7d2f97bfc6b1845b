import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { chat, chatAnswer, chatRequest, getModel } from "./support/samples.ts"
import { answerJson, clients, listen, nobody } from "./support/server.ts"

const once = RetryPolicy.with(RetryPolicy.none)

describe.each(clients)("over real sockets with $name", ({ connect }) => {
  it.scopedLive("a call reaches its server, and the answer its caller", () =>
    Effect.gen(function*() {
      const server = yield* listen(answerJson(chatAnswer))
      const answer = yield* chat.pipe(Effect.provide(connect(server.url, "key-of-sockets")))
      assert.deepStrictEqual<unknown>(answer, chatAnswer)
      const [request] = server.requests
      assert.strictEqual(request?.method, "POST")
      assert.strictEqual(request?.url, "/v2/chat")
      assert.strictEqual(request?.headers.authorization, "Bearer key-of-sockets")
      assert.strictEqual(request?.headers["content-type"], "application/json")
    }))

  it.scopedLive("a refused connection is a ConnectionFailed", () =>
    Effect.gen(function*() {
      const error = yield* chat.pipe(once, Effect.provide(connect(yield* nobody)), Effect.flip)
      assert.deepInclude({ ...error }, { _tag: "ConnectionFailed", attempts: 1 })
      assert.include(error.message, "ECONNREFUSED")
    }))

  it.scopedLive("a connection that is reset before the headers is a ConnectionFailed", () =>
    Effect.gen(function*() {
      const server = yield* listen((request) => request.socket.resetAndDestroy())
      const error = yield* chat.pipe(once, Effect.provide(connect(server.url)), Effect.flip)
      assert.strictEqual(error._tag, "ConnectionFailed")
      assert.isUndefined(error.status)
    }))

  it.scopedLive("a connection that is reset inside the body is a ConnectionFailed with its status", () =>
    Effect.gen(function*() {
      const server = yield* listen((request, response) => {
        response.writeHead(200, { "content-type": "application/json" })
        response.write("{\"id\":", () => setTimeout(() => request.socket.resetAndDestroy(), 20))
      })
      const error = yield* chat.pipe(once, Effect.provide(connect(server.url)), Effect.flip)
      assert.deepInclude({ ...error }, { _tag: "ConnectionFailed", status: 200 })
    }))

  it.scopedLive("a body shorter than it was promised is a ConnectionFailed", () =>
    Effect.gen(function*() {
      const server = yield* listen((request, response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": "1000" })
        response.write("{\"id\":", () => setTimeout(() => request.socket.end(), 20))
      })
      const error = yield* chat.pipe(once, Effect.provide(connect(server.url)), Effect.flip)
      assert.strictEqual(error._tag, "ConnectionFailed")
    }))

  it.scopedLive("a server that never answers is a RequestTimeout", () =>
    Effect.gen(function*() {
      const server = yield* listen(() => {})
      const error = yield* chat.pipe(
        once,
        Timeouts.with({ attempt: "100 millis" }),
        Effect.provide(connect(server.url)),
        Effect.flip
      )
      assert.deepInclude({ ...error }, { _tag: "RequestTimeout", phase: "attempt" })
      yield* Effect.promise(() => server.closed)
    }))

  it.scopedLive.each([301, 302, 303, 307, 308])(
    "a redirect by %i is not followed: the other server sees nothing",
    (status) =>
      Effect.gen(function*() {
        const other = yield* listen(answerJson(chatAnswer))
        const server = yield* listen((request, response) => {
          request.resume()
          response.writeHead(status, { location: `${other.url}/v2/chat` })
          response.end("moved")
        })
        yield* Effect.gen(function*() {
          const error = yield* Effect.flip(chat)
          assert.deepInclude({ ...error }, { _tag: "UnexpectedStatus", status, attempts: 1 })
          assert.match(error.message, /redirect/)
          assert.strictEqual((yield* Effect.flip(getModel))._tag, "UnexpectedStatus")
          const events = yield* V2.chatStream(chatRequest).pipe(Stream.runDrain, Effect.flip)
          assert.strictEqual(events._tag, "UnexpectedStatus")
        }).pipe(Effect.provide(connect(server.url, "key-of-sockets")))
        assert.lengthOf(server.requests, 3)
        assert.lengthOf(other.requests, 0)
      })
  )

  it.scopedLive("a redirect to the same server is not followed either", () =>
    Effect.gen(function*() {
      const server = yield* listen((_, response) => {
        response.writeHead(307, { location: "/v3/chat" })
        response.end()
      })
      const error = yield* chat.pipe(Effect.provide(connect(server.url)), Effect.flip)
      assert.strictEqual(error._tag, "UnexpectedStatus")
      assert.lengthOf(server.requests, 1)
    }))

  it.scopedLive("no tracing headers go to the server", () =>
    Effect.gen(function*() {
      const server = yield* listen(answerJson(chatAnswer))
      yield* chat.pipe(Effect.withSpan("outer"), Effect.provide(connect(server.url)))
      const names = Object.keys(server.requests[0]?.headers ?? {})
      for (const name of ["traceparent", "tracestate", "b3"]) assert.notInclude(names, name)
    }))

  it.scopedLive("a large answer arrives whole", () =>
    Effect.gen(function*() {
      const text = "Grüße 🌊 ".repeat(400_000)
      const large = { ...chatAnswer, message: { role: "assistant", content: [{ type: "text", text }] } }
      const server = yield* listen(answerJson(large))
      const answer = yield* chat.pipe(Effect.provide(connect(server.url)))
      assert.deepStrictEqual<unknown>(answer.message, large.message)
    }))
})

it.scopedLive("CohereNode does not ask for compressed answers", () =>
  Effect.gen(function*() {
    const server = yield* listen(answerJson(chatAnswer))
    const [node] = clients
    if (node === undefined) return assert.fail()
    yield* chat.pipe(Effect.provide(node.connect(server.url)))
    assert.notMatch(server.requests[0]?.headers["accept-encoding"] ?? "", /gzip|br|deflate/)
  }))

it.scopedLive("CohereNode keeps its connections from call to call", () =>
  Effect.gen(function*() {
    const server = yield* listen(answerJson(chatAnswer))
    const [node] = clients
    if (node === undefined) return assert.fail()
    yield* Effect.repeatN(chat, 9).pipe(Effect.provide(node.connect(server.url)))
    assert.lengthOf(server.requests, 10)
    // The pool opens a second one when the next call comes before the last answer has been put away.
    assert.isAtMost(new Set(server.requests.map((request) => request.socket)).size, 2)
  }))

it.scopedLive("CohereNode keeps its connections from failed call to call, too", () =>
  Effect.gen(function*() {
    const server = yield* listen(answerJson({ message: "no" }, 404))
    const [node] = clients
    if (node === undefined) return assert.fail()
    yield* Effect.repeatN(Effect.flip(chat), 9).pipe(Effect.provide(node.connect(server.url)))
    // The pool opens a second one when the next call comes before the last answer has been put away.
    assert.isAtMost(new Set(server.requests.map((request) => request.socket)).size, 2)
  }))
