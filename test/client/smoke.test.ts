import * as Chat from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
import * as Models from "@effect-cohere/core/Models"
import * as V2 from "@effect-cohere/core/V2"
import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import http from "node:http"

const server = (handler: http.RequestListener) => Effect.acquireRelease(
  Effect.async<{ url: string, sockets: Set<unknown>, server: http.Server }>((resume) => {
    const s = http.createServer(handler); const sockets = new Set<unknown>()
    s.on("connection", (c) => { sockets.add(c); })
    s.listen(0, "127.0.0.1", () => { const a = s.address() as any; resume(Effect.succeed({ url: `http://127.0.0.1:${a.port}`, sockets, server: s })) })
  }), ({ server }) => Effect.sync(() => { server.closeAllConnections(); server.close() }))

it.live("smoke", () => Effect.gen(function*() {
  const s = yield* server((req, res) => {
    let b = ""; req.on("data", (d) => b += d); req.on("end", () => {
      console.log(req.method, req.url, JSON.stringify(req.headers), b)
      if (req.url === "/v2/chat" && b.includes('"stream":true')) {
        res.setHeader("content-type", "text/event-stream")
        for (const e of [
          {"id":"a","type":"message-start","delta":{"message":{"role":"assistant"}}},
          {"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}},
          {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"LL"}}}},
          {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Ms"}}}},
          {"type":"content-end","index":0},
          {"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{}}}
        ]) res.write(`event: ${e.type}\ndata: ${JSON.stringify(e)}\n\n`)
        res.end("data: [DONE]\n\n")
      } else if (req.url === "/v2/chat") { res.setHeader("x-debug-trace-id", "t1"); res.end(JSON.stringify({ id: "x", finish_reason: "COMPLETE", message: { role: "assistant", content: [{ type: "text", text: "hi" }] }, usage: {} })) }
      else { res.statusCode = 404; res.end(JSON.stringify({ message: "model 'x' not found, auth " + req.headers.authorization })) }
    })
  })
  const L = Layer.provide(CohereNode.layer, Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["CO_API_KEY", "SECRETKEY"], ["CO_API_URL", s.url + "/v1/"]]))))
  yield* Effect.gen(function*() {
    const r = yield* CohereClient.withResponse(V2.chat({ model: "m", messages: [Chat.user("hi")] }))
    console.log(r.response.requestId, Chat.text(r.value.message))
    const c = yield* ChatStream.collect(V2.chatStream({ model: "m", messages: [Chat.user("hi")] }))
    console.log(JSON.stringify(c))
    const t = yield* V2.chatStream({ model: "m", messages: [Chat.user("hi")] }).pipe(ChatStream.text, Stream.runCollect)
    console.log([...t])
    const e = yield* Effect.flip(Models.get({ model: "x" }))
    console.log(e.message, JSON.stringify(e))
    const e2 = yield* Effect.flip(Models.get({ model: "../x" }))
    console.log(e2.message)
    const e3 = yield* Effect.flip(V2.chat({ model: "m", messages: [] }))
    console.log(e3.message, JSON.stringify(e3))
    const e4 = yield* Effect.flip(V2.embed({ model: "m", input_type: "search_query", texts: Array.from({length: 97}, () => "x") }))
    console.log(e4.message)
    console.log("sockets", s.sockets.size)
  }).pipe(Effect.provide(L))
  yield* V2.chat({ model: "m", messages: [Chat.user("x")] }).pipe(Effect.provide(CohereTest.layer({ "v2.chat": (r) => CohereTest.chatResponse("n" + r.messages.length) })), Effect.map(r => assert.strictEqual(Chat.text(r.message), "n1")))
}).pipe(Effect.scoped))
