import * as Chat from "@effect-cohere/core/Chat"
import * as V2 from "@effect-cohere/core/V2"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Chunk from "effect/Chunk"
import * as Stream from "effect/Stream"
const wire = [
          {"id":"a","type":"message-start","delta":{"message":{"role":"assistant"}}},
          {"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}},
          {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"LL"}}}},
          {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Ms"}}}},
          {"type":"content-end","index":0},
          {"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{}}}
        ].map((e) => `event: ${e.type}\ndata: ${JSON.stringify(e)}\n\n`).join("") + "data: [DONE]\n\n"
const b = new TextEncoder().encode(wire)
const fast = Layer.succeed(HttpClient.HttpClient, HttpClient.make((request) => Effect.sync(() =>
    Object.create(HttpClientResponse.fromWeb(request, resp0), {
      stream: { get: () => Stream.fromChunks(Chunk.of(b.subarray(0, 300)), Chunk.of(b.subarray(300))) }
    }))))
const L = CohereClient.layer.pipe(Layer.provide(Deployment.layerPlatform), Layer.provide(Credentials.layer("x")), Layer.provide(fast))
const resp0 = new Response(null, { headers: { "content-type": "text/event-stream" }})
const run = V2.chatStream({ model: "m", messages: [Chat.user("hi")] }).pipe(Stream.runCollect)
const inf = { attempt: Infinity, firstEvent: Infinity, idle: Infinity, total: Infinity } as const
const http = Effect.flatMap(HttpClient.HttpClient, (h) => h.get("http://x/y")).pipe(Effect.provide(fast), Effect.scoped)
const variants: Array<readonly [string, Effect.Effect<unknown, any, any>]> = [["plain", run], ["no timeouts", run.pipe(Timeouts.with(inf))], ["no timeouts retries", run.pipe(Timeouts.with(inf), RetryPolicy.with(RetryPolicy.none))], ["http only", http], ["stream only", Stream.fromChunks(Chunk.of(1), Chunk.of(2)).pipe(Stream.runCollect)]]
await Effect.runPromise(Effect.gen(function*() { 
    for (const n of [1,2]) for (const [name, run] of variants) {
    const t0 = performance.now(), c0 = process.cpuUsage()
    for (let i = 0; i < 2000; i++) yield* run
    const c = process.cpuUsage(c0)
    console.log("fast", (performance.now() - t0) / 2000 * 1000, "us wall", (c.user + c.system) / 2000, "us cpu", n, name)
    }
  }).pipe(Effect.provide(L)))
