import * as ApiKey from "@effect-cohere/core/ApiKey"
import * as Chat from "@effect-cohere/core/Chat"
import * as Models from "@effect-cohere/core/Models"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import {
  chat,
  chatReply,
  chatRequest,
  embed,
  embedAnswer,
  embedRequest,
  getModel,
  modelAnswer,
  over,
  rerank,
  rerankAnswer,
  rerankRequest
} from "../client/support/samples.ts"
import * as Transport from "../support/transport.ts"

/** The one request that a call sends. */
const sent = (call: (transport: Transport.Transport) => Effect.Effect<unknown, unknown>, reply: Transport.Reply) =>
  Effect.gen(function*() {
    const transport = Transport.make(() => reply)
    yield* Effect.ignore(call(transport))
    const [request, ...more] = transport.requests
    if (request === undefined) return assert.fail("nothing was sent")
    assert.lengthOf(more, 0)
    return request
  })

const names = (headers: Readonly<Record<string, string>>) => Object.keys(headers).sort()

describe("on the wire", () => {
  it.effect("V2.chat posts its request and the stream flag", () =>
    Effect.gen(function*() {
      const request = yield* sent((transport) => chat.pipe(over(transport)), chatReply)
      assert.strictEqual(request.method, "POST")
      assert.strictEqual(request.url, "https://api.cohere.com/v2/chat")
      assert.strictEqual(
        request.body,
        "{\"model\":\"command-a-03-2025\",\"messages\":[{\"role\":\"user\",\"content\":\"Name a river in France.\"}]," +
          "\"stream\":false}"
      )
      assert.deepInclude(request.headers, {
        authorization: "Bearer test-key-of-nobody",
        accept: "application/json",
        "content-type": "application/json"
      })
    }))

  it.effect("V2.chatStream posts the same with the flag set, and accepts events", () =>
    Effect.gen(function*() {
      const request = yield* sent(
        (transport) => V2.chatStream(chatRequest).pipe(Stream.runDrain, over(transport)),
        { status: 404 }
      )
      assert.strictEqual(request.method, "POST")
      assert.strictEqual(request.url, "https://api.cohere.com/v2/chat")
      assert.deepStrictEqual(JSON.parse(request.body), { ...chatRequest, stream: true })
      assert.match(request.headers["accept"] ?? "", /text\/event-stream/)
    }))

  it.effect("V2.embed posts its request alone", () =>
    Effect.gen(function*() {
      const request = yield* sent((transport) => embed.pipe(over(transport)), Transport.json(embedAnswer))
      assert.strictEqual(request.method, "POST")
      assert.strictEqual(request.url, "https://api.cohere.com/v2/embed")
      assert.strictEqual(request.body, JSON.stringify(embedRequest))
    }))

  it.effect("V2.rerank posts its request alone", () =>
    Effect.gen(function*() {
      const request = yield* sent((transport) => rerank.pipe(over(transport)), Transport.json(rerankAnswer))
      assert.strictEqual(request.method, "POST")
      assert.strictEqual(request.url, "https://api.cohere.com/v2/rerank")
      assert.strictEqual(request.body, JSON.stringify(rerankRequest))
    }))

  it.effect("Models.get asks without a body", () =>
    Effect.gen(function*() {
      const request = yield* sent((transport) => getModel.pipe(over(transport)), Transport.json(modelAnswer))
      assert.strictEqual(request.method, "GET")
      assert.strictEqual(request.url, "https://api.cohere.com/v1/models/command-a-03-2025")
      assert.strictEqual(request.body, "")
      assert.notInclude(names(request.headers), "content-type")
    }))

  it.effect("ApiKey.check posts without a body", () =>
    Effect.gen(function*() {
      const request = yield* sent((transport) => ApiKey.check.pipe(over(transport)), Transport.json({ valid: true }))
      assert.strictEqual(request.method, "POST")
      assert.strictEqual(request.url, "https://api.cohere.com/v1/check-api-key")
      assert.strictEqual(request.body, "")
    }))

  it.effect("there are no headers that nobody asked for", () =>
    Effect.gen(function*() {
      const request = yield* sent((transport) => chat.pipe(Effect.withSpan("parent"), over(transport)), chatReply)
      assert.includeMembers(
        ["accept", "authorization", "content-length", "content-type"],
        names(request.headers)
      )
    }))
})

describe("the query of Models.list", () => {
  const page = Transport.json({ models: [] })
  const rows: ReadonlyArray<readonly [Models.ListModelsRequest, string]> = [
    [{}, ""],
    [{ page_size: 100 }, "?page_size=100"],
    [{ endpoint: "embed", default_only: true }, "?endpoint=embed&default_only=true"],
    [{ default_only: false }, "?default_only=false"],
    [{ endpoint: "a new one" }, "?endpoint=a+new+one"],
    [{ page_token: "a+b/c==&d" }, "?page_token=a%2Bb%2Fc%3D%3D%26d"]
  ]

  it.effect.each(rows)("%j is written %s", ([request, query]) =>
    Effect.gen(function*() {
      const { method, url } = yield* sent((transport) => Models.list(request).pipe(over(transport)), page)
      assert.strictEqual(method, "GET")
      assert.strictEqual(url, `https://api.cohere.com/v1/models${query}`)
    }))
})

describe("a body", () => {
  const bodyOf = (request: V2.ChatRequest) =>
    Effect.map(sent((transport) => V2.chat(request).pipe(over(transport)), chatReply), ({ body }) => body)

  it.effect("has every field as it was given", () =>
    Effect.gen(function*() {
      const request: V2.ChatRequest = {
        model: "command-a-03-2025",
        messages: [
          Chat.system("Answer briefly."),
          {
            role: "user",
            content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==", detail: "low" } }]
          },
          {
            role: "assistant",
            tool_plan: "I will look it up.",
            tool_calls: [{ id: "t1", type: "function", function: { name: "find", arguments: "{\"q\": \"Seine\"}" } }]
          },
          Chat.toolResult("t1", [{ river: "Seine", "length-km": 777 }]),
          { role: "tool", tool_call_id: "t1", content: "{\"river\":\"Seine\"}" },
          { role: "assistant", content: [{ type: "thinking", thinking: "…" }, { type: "text", text: "The Seine." }] }
        ],
        tools: [{
          type: "function",
          function: { name: "find", description: "Finds", parameters: { type: "object", properties: {} } }
        }],
        strict_tools: true,
        tool_choice: "REQUIRED",
        documents: ["plain", { id: "d1", data: { title: "Rivers" } }, { data: "a text" }],
        citation_options: { mode: "FAST" },
        response_format: { type: "json_object", json_schema: { type: "object", required: [] } },
        safety_mode: "STRICT",
        max_tokens: 0,
        stop_sequences: ["\n\n", ""],
        temperature: 0,
        seed: 9007199254740991,
        frequency_penalty: 0.5,
        presence_penalty: 0,
        k: 0,
        p: 0.01,
        logprobs: false,
        thinking: { type: "enabled", token_budget: 100 },
        priority: 999,
        return_prompt: false
      }
      assert.strictEqual(yield* bodyOf(request), JSON.stringify({ ...request, stream: false }))
    }))

  it.effect("keeps the caller's order of keys", () =>
    Effect.gen(function*() {
      const request: V2.ChatRequest = {
        temperature: 0.1,
        messages: [{ content: "Hi!", role: "user" }],
        k: 3,
        model: "command-a-03-2025",
        documents: [{ id: "d", data: { z: 1, a: 2, "10": 3, "9": 4 } }]
      }
      assert.strictEqual(yield* bodyOf(request), JSON.stringify({ ...request, stream: false }))
    }))

  it.effect("leaves out what is undefined, at any depth", () =>
    Effect.gen(function*() {
      const partly = {
        ...chatRequest,
        temperature: undefined,
        tools: undefined,
        thinking: { type: "enabled" as const, token_budget: undefined }
      }
      assert.deepStrictEqual(JSON.parse(yield* bodyOf(partly)), {
        ...chatRequest,
        thinking: { type: "enabled" },
        stream: false
      })
    }))

  it.effect("keeps fields that the schema does not know, at any depth", () =>
    Effect.gen(function*() {
      const message = { role: "user" as const, content: "Hi!", cache: { ttl: 5 } }
      const request = { model: "m", messages: [message], new_field: [1, { a: null }] }
      assert.deepStrictEqual(JSON.parse(yield* bodyOf(request)), { ...request, stream: false })
    }))

  it.effect("streams or not as the operation says, not as an extra field says", () =>
    Effect.gen(function*() {
      const request = { ...chatRequest, stream: true }
      assert.deepStrictEqual(JSON.parse(yield* bodyOf(request)), { ...chatRequest, stream: false })
    }))

  it.effect("is not changed by the call", () =>
    Effect.gen(function*() {
      const request = { ...chatRequest, messages: [...chatRequest.messages] }
      const before = JSON.stringify(request)
      yield* bodyOf(request)
      assert.strictEqual(JSON.stringify(request), before)
    }))

  it.effect("may be frozen", () =>
    Effect.gen(function*() {
      const request = Object.freeze({ ...chatRequest, messages: Object.freeze([...chatRequest.messages]) })
      assert.deepStrictEqual(JSON.parse(yield* bodyOf(request)), { ...chatRequest, stream: false })
    }))

  it.effect("is UTF-8, with half surrogates escaped as JSON escapes them", () =>
    Effect.gen(function*() {
      const text = "Grüße 🌊 \u2028 \u0000 \ud83c"
      const body = yield* bodyOf({ ...chatRequest, messages: [Chat.user(text)] })
      assert.deepStrictEqual(JSON.parse(body).messages, [{ role: "user", content: text }])
    }))
})
