import * as Chat from "@effect-cohere/core/Chat"
import * as V2 from "@effect-cohere/core/V2"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Chunk from "effect/Chunk"
import * as Stream from "effect/Stream"
import * as Transport from "../support/transport.ts"

const wire = [
          {"id":"a","type":"message-start","delta":{"message":{"role":"assistant"}}},
          {"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}},
          {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"LL"}}}},
          {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Ms"}}}},
          {"type":"content-end","index":0},
          {"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{}}}
        ].map((e) => `event: ${e.type}\ndata: ${JSON.stringify(e)}\n\n`).join("") + "data: [DONE]\n\n"
const b = new TextEncoder().encode(wire)

it.live("bench", () => Effect.gen(function*() {
  const t = Transport.make(() => ({ headers: { "content-type": "text/event-stream" }, body: [b.subarray(0, 300), b.subarray(300)] }))
  const run = V2.chatStream({ model: "m", messages: [Chat.user("hi")] }).pipe(Stream.runCollect)
  const N = 5000
  yield* Effect.gen(function*() { 
    const t0 = performance.now()
    for (let i = 0; i < N; i++) yield* run
    console.log("web", (performance.now() - t0) / N * 1000, "us", b.length)
  }).pipe(Effect.provide(Transport.client(t)))
  const fast = Layer.succeed(HttpClient.HttpClient, HttpClient.make((request) => Effect.sync(() =>
    Object.create(HttpClientResponse.fromWeb(request, new Response(null, { headers: { "content-type": "text/event-stream" }})), {
      stream: { get: () => Stream.fromChunks(Chunk.of(b.subarray(0, 300)), Chunk.of(b.subarray(300))) }
    }))))
  const L = CohereClient.layer.pipe(Layer.provide(Deployment.layerPlatform), Layer.provide(Credentials.layer("x")), Layer.provide(fast))
  yield* Effect.gen(function*() { 
    for (const n of [1,2]) {
    const t0 = performance.now()
    for (let i = 0; i < N; i++) yield* run
    console.log("fast", (performance.now() - t0) / N * 1000, "us", n)
    }
  }).pipe(Effect.provide(L))
  
}))
