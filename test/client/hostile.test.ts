/** What a broken or hostile peer, and odd input, must not bring about: defects, stalls, miscounts, wrong causes. */
import * as Chat from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import type { CohereError } from "@effect-cohere/core/CohereError"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as Models from "@effect-cohere/core/Models"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as ChatEvents from "@effect-cohere/core/testing/ChatEvents"
import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V2 from "@effect-cohere/core/V2"
import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Transport from "../support/transport.ts"

const request: V2.ChatRequest = { model: "command-a-03-2025", messages: [Chat.user("Hello!")] }

const over = (transport: Transport.Transport) =>
  CohereClient.layer.pipe(
    Layer.provide(Deployment.layerPlatform),
    Layer.provide(Credentials.layer("test-key")),
    Layer.provide(transport.layer),
    Layer.provide(RetryPolicy.layer(RetryPolicy.none)),
    Layer.orDie
  )

const answered = <A, E extends CohereError>(
  effect: Effect.Effect<A, E, CohereClient.CohereClient>,
  reply: Transport.Reply
) => Effect.flip(effect).pipe(Effect.provide(over(Transport.make(() => reply))), Effect.map((error) => error._tag))

const deep = "[".repeat(20_000) + "]".repeat(20_000)
const json = { "content-type": "application/json" }
const sse = { "content-type": "text/event-stream" }

describe("JSON that is nested too deeply to be shown", () => {
  const unary: Effect.Effect<void, V2.ChatStreamError, CohereClient.CohereClient> = Effect.asVoid(V2.chat(request))
  const streamed = Stream.runDrain(V2.chatStream(request))

  it.effect.each([
    { what: "a refusal", call: unary, reply: { status: 400, headers: json, body: deep }, tag: "InvalidRequest" },
    {
      what: "a failure with a message",
      call: unary,
      reply: { status: 500, headers: json, body: `{"message":"no","x":${deep}}` },
      tag: "ServerError"
    },
    { what: "a value of another shape", call: unary, reply: { headers: json, body: deep }, tag: "UnexpectedResponse" },
    {
      what: "a field of another type",
      call: unary,
      reply: { headers: json, body: `{"id":${deep},"finish_reason":"COMPLETE","message":{"role":"assistant"}}` },
      tag: "UnexpectedResponse"
    },
    { what: "no stream", call: streamed, reply: { headers: json, body: deep }, tag: "UnexpectedResponse" },
    { what: "an event", call: streamed, reply: { headers: sse, body: `data: ${deep}\n\n` }, tag: "MalformedEvent" },
    {
      what: "an error in a stream",
      call: streamed,
      reply: { headers: sse, body: `data: {"error":${deep}}\n\n` },
      tag: "StreamInterrupted"
    }
  ])(
    "as $what is $tag",
    ({ call, reply, tag }) => Effect.map(answered(call, reply), (found) => assert.strictEqual(found, tag))
  )
})

describe("an answer that is wrong in many places", () => {
  const millis = (models: number) =>
    Effect.gen(function*() {
      const body = JSON.stringify({ models: Array.from({ length: models }, () => ({ name: 5 })) })
      const before = process.cpuUsage().user
      assert.strictEqual(yield* answered(Models.list({}), { headers: json, body }), "UnexpectedResponse")
      return (process.cpuUsage().user - before) / 1000
    })

  it.effect("takes time in proportion to its size", () =>
    Effect.gen(function*() {
      yield* millis(1_000)
      const small = yield* millis(4_000)
      const large = yield* millis(16_000)
      // Four times the size; were it quadratic, it would be sixteen times the time.
      assert.isBelow(large, 9 * small + 50)
    }))
})

describe("a text in which secrets are looked for", () => {
  const texts: ReadonlyArray<readonly [what: string, text: (n: number) => string]> = [
    ["the beginnings of addresses", (n) => "http://".repeat(n)],
    ["the name of a secret", (n) => `http://a?${"key".repeat(n)}`],
    ["names of secrets", (n) => `http://a?${";key".repeat(n)}`],
    ["addresses", (n) => "http://example.com/a,".repeat(n)],
    ["queries", (n) => "http://a?b=1&token".repeat(n)]
  ]
  const millis = (text: string) =>
    Effect.gen(function*() {
      const before = process.cpuUsage().user
      const reply = { status: 400, headers: json, body: JSON.stringify({ message: text }) }
      assert.strictEqual(yield* answered(V2.chat(request), reply), "InvalidRequest")
      return (process.cpuUsage().user - before) / 1000
    })
  it.effect.each(texts)(
    "takes time in proportion to its length: %s, again and again",
    ([, text]) =>
      Effect.gen(function*() {
        yield* millis(text(500))
        const small = yield* millis(text(2_000))
        const large = yield* millis(text(32_000))
        // Sixteen times the length; were it quadratic, it would be 256 times the time.
        assert.isBelow(large, 64 * small + 50)
      })
  )
})

describe("a wrapped HTTP client that fails by status itself", () => {
  it.effect("changes no error", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => Transport.json({ message: "invalid api token" }, { status: 401 }))
      const error = yield* Effect.flip(V2.chat(request)).pipe(Effect.provide(
        CohereClient.layerWith({ transformClient: HttpClient.filterStatusOk }).pipe(
          Layer.provide(Deployment.layerPlatform),
          Layer.provide(Credentials.layer("test-key")),
          Layer.provide(transport.layer)
        )
      ))
      assert.strictEqual(error._tag, "Unauthorized")
      assert.strictEqual(error.attempts, 1)
      assert.lengthOf(transport.requests, 1)
    }))
})

describe("attempts", () => {
  it.effect("are 0 when no credentials could be had, however often that was tried", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => Transport.json({}))
      const error = yield* Effect.flip(V2.chat(request)).pipe(
        RetryPolicy.with(RetryPolicy.make({ while: () => true, baseDelay: 0 })),
        Effect.provide(CohereClient.layer.pipe(
          Layer.provide(Deployment.layerPlatform),
          Layer.provide(Credentials.layerRefreshing({ acquire: Effect.fail("the vault is closed") })),
          Layer.provide(transport.layer)
        ))
      )
      assert.strictEqual(error._tag, "CredentialsError")
      assert.strictEqual(error.attempts, 0)
      assert.lengthOf(transport.requests, 0)
    }))
})

describe("a token server that answers nonsense", () => {
  it.effect.each([
    { what: "no token", token: undefined, expiresAt: 1 },
    { what: "an end that is no number", token: Redacted.make("t"), expiresAt: NaN }
  ])("$what is a CredentialsError", ({ expiresAt, token }) =>
    Effect.gen(function*() {
      // What comes from elsewhere has whatever type was hoped for.
      const acquire = Effect.succeed({ token, expiresAt } as Credentials.Token)
      const error = yield* Effect.flip(V2.chat(request)).pipe(Effect.provide(CohereClient.layer.pipe(
        Layer.provide(Deployment.layerPlatform),
        Layer.provide(Credentials.layerRefreshing({ acquire })),
        Layer.provide(Transport.make(() => Transport.json({})).layer)
      )))
      assert.strictEqual(error._tag, "CredentialsError")
    }))
})

describe("settings", () => {
  it.effect("that are undefined are left out", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => Transport.json({ name: "m" }))
      const model = yield* Models.get({ model: "m" }).pipe(
        Timeouts.with({ attempt: undefined, total: undefined }),
        RequestOptions.with({ clientName: undefined, headers: undefined }),
        Effect.provide(over(transport))
      )
      assert.strictEqual(model.name, "m")
    }))

  it.effect("headers of the connection are refused before anything is sent", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => Transport.json({}))
      const error = yield* Effect.flip(Models.get({ model: "m" })).pipe(
        RequestOptions.with({ headers: { "Transfer-Encoding": "chunked" } }),
        Effect.provide(over(transport))
      )
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.lengthOf(transport.requests, 0)
    }))
})

describe("a request with accessors", () => {
  it.effect("is sent as it was checked", () =>
    Effect.gen(function*() {
      class Lazy {
        get model(): string {
          return request.model
        }
        get messages(): V2.ChatRequest["messages"] {
          return request.messages
        }
      }
      const transport = Transport.make(() => Transport.json(CohereTest.chatResponse("Hello!")))
      yield* V2.chat(new Lazy()).pipe(Effect.provide(over(transport)))
      assert.deepStrictEqual(JSON.parse(transport.requests[0]?.body ?? ""), { ...request, stream: false })
    }))
})

describe("pages", () => {
  it.effect("that lead in a circle come to an end", () =>
    Effect.gen(function*() {
      const next: Record<string, string> = { "": "a", a: "b", b: "a" }
      const transport = Transport.make(({ url }) =>
        Transport.json({ models: [], next_page_token: next[new URL(url).searchParams.get("page_token") ?? ""] })
      )
      yield* Stream.runDrain(Models.listAll({})).pipe(Effect.provide(over(transport)))
      assert.lengthOf(transport.requests, 3)
    }))
})

describe("a list whose request cannot be written as JSON", () => {
  it.effect("is an InvalidRequest", () =>
    Effect.gen(function*() {
      // @ts-expect-error — a page size is a number
      const models = Models.listAll({ page_size: 1n })
      const error = yield* Effect.flip(Stream.runDrain(models)).pipe(
        Effect.provide(over(Transport.make(() => Transport.json({}))))
      )
      assert.strictEqual(error._tag, "InvalidRequest")
    }))
})

describe("the helpers of a stream", () => {
  it.effect("collect many events of one chunk", () =>
    Effect.gen(function*() {
      const events = ChatEvents.fromResponse(CohereTest.chatResponse("word ".repeat(20_000)))
      assert.isAbove(events.length, 20_000)
      const response = yield* ChatStream.collect(Stream.fromIterable(events).pipe(Stream.rechunk(events.length)))
      assert.strictEqual(Chat.text(response.message), "word ".repeat(20_000))
    }))

  const start = (index: number): V2.ChatStreamEvent => ({
    type: "tool-call-start",
    index,
    delta: { message: { tool_calls: { id: `t${index}`, type: "function", function: { name: "f", arguments: "{}" } } } }
  })
  const end = (index?: number): V2.ChatStreamEvent => ({ type: "tool-call-end", index })
  const last: V2.ChatStreamEvent = { type: "message-end", delta: { finish_reason: "TOOL_CALL" } }

  it.effect.each([
    { what: "ends twice", events: [start(0), end(0), end(0), last] },
    { what: "has no end of its own", events: [start(0), last] },
    { what: "ends without a number", events: [start(0), end(undefined), last] }
  ])("give a tool call once that $what", ({ events }) =>
    Effect.gen(function*() {
      const calls = yield* Stream.runCollect(ChatStream.toolCalls(Stream.fromIterable(events)))
      assert.deepStrictEqual([...calls].map((call) => call.id), ["t0"])
    }))

  it.effect("tell two tool calls apart that end without numbers", () =>
    Effect.gen(function*() {
      const events = [start(0), start(1), end(undefined), end(undefined), last]
      const calls = yield* Stream.runCollect(ChatStream.toolCalls(Stream.fromIterable(events)))
      assert.deepStrictEqual([...calls].map((call) => call.id), ["t0", "t1"])
    }))

  it.effect("let an event pass that is unknown and speaks of an error of its own", () =>
    Effect.gen(function*() {
      const body = [
        { type: "tool-result", error: false },
        { type: "tool-result", error: "none of yours" },
        { type: "message-end", delta: { finish_reason: "COMPLETE" } }
      ].map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")
      const events = yield* Stream.runCollect(V2.chatStream(request)).pipe(
        Effect.provide(over(Transport.make(() => ({ headers: sse, body }))))
      )
      assert.lengthOf([...events], 3)
    }))
})
