import type { ListDatasetsResponse } from "@effect-cohere/core/Datasets"
import type { ChatStreamEvent } from "@effect-cohere/core/V2"
import * as EmulatorNode from "@effect-cohere/platform-node/EmulatorNode"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Http from "node:http"
import { vi } from "vitest"
import { events, form, model } from "./api.ts"

const headers = { authorization: "Bearer any", "content-type": "application/json" }

const streamed = JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "Hello!" }] })

/** A POST whose response is at hand as soon as its head is. */
const post = (url: string, body: string) =>
  Effect.async<readonly [Http.ClientRequest, Http.IncomingMessage], Error>((resume) => {
    const request = Http.request(
      url,
      { method: "POST", headers, agent: false },
      (response) => resume(Effect.succeed([request, response]))
    )
    request.on("error", (error) => resume(Effect.fail(error)))
    request.end(body)
  })

const firstChunk = (response: Http.IncomingMessage) =>
  Effect.async<string>((resume) => {
    response.once("data", (chunk: Buffer) => resume(Effect.succeed(chunk.toString())))
  })

const closed = (response: Http.IncomingMessage) =>
  Effect.async<void>((resume) => {
    response.on("error", () => undefined)
    response.once("close", () => resume(Effect.void))
  })

describe("the emulator on a port", () => {
  it.live("answers over sockets, with its statuses and headers", () =>
    Effect.gen(function*() {
      const { url } = yield* EmulatorNode.EmulatorNode
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
      const right = yield* Effect.promise(() => fetch(`${url}/v1/models/embed-v4.0`, { headers }))
      assert.strictEqual(right.status, 200)
      assert.match(right.headers.get("x-debug-trace-id") ?? "", /^[0-9a-f]{32}$/)
      assert.deepInclude(yield* Effect.promise(() => right.json()), { name: "embed-v4.0" })
      const wrong = yield* Effect.promise(() => fetch(`${url}/v1/models/nope`, { headers }))
      assert.strictEqual(wrong.status, 404)
      const broken = yield* Effect.promise(() => fetch(`${url}/v2/chat`, { method: "POST", headers, body: "{" }))
      assert.strictEqual(broken.status, 400)
    }).pipe(Effect.provide(EmulatorNode.layer())))

  it.live("sends each event when it is due, not when all are there", () =>
    Effect.gen(function*() {
      const { url } = yield* EmulatorNode.listen({ latency: { betweenEvents: "1 hour" } })
      const [request, response] = yield* post(`${url}/v2/chat`, streamed)
      const [first] = events(yield* firstChunk(response))
      assert.strictEqual((JSON.parse(first?.[1] ?? "") as ChatStreamEvent).type, "message-start")
      request.destroy()
    }).pipe(Effect.scoped))

  it.live("streams to the end", () =>
    Effect.gen(function*() {
      const { url } = yield* EmulatorNode.listen()
      const response = yield* Effect.promise(() => fetch(`${url}/v2/chat`, { method: "POST", headers, body: streamed }))
      const all = events(yield* Effect.promise(() => response.text()))
      assert.deepStrictEqual(all.slice(-2).map(([name, data]) => name ?? data), ["message-end", "[DONE]"])
    }).pipe(Effect.scoped))

  it.live("stops its stream when the client leaves", () =>
    Effect.gen(function*() {
      const hour = 3_600_000
      const set = vi.spyOn(globalThis, "setTimeout")
      const clear = vi.spyOn(globalThis, "clearTimeout")
      const { url } = yield* EmulatorNode.listen({ latency: { betweenEvents: hour } })
      const [request, response] = yield* post(`${url}/v2/chat`, streamed)
      yield* firstChunk(response)
      const waits = set.mock.results.filter((_, i) => set.mock.calls[i]?.[1] === hour).map((result) => result.value)
      assert.strictEqual(waits.length, 1)
      assert.isFalse(clear.mock.calls.some(([timer]) => timer === waits[0]))
      request.destroy()
      yield* Effect.sleep("100 millis")
      assert.isTrue(clear.mock.calls.some(([timer]) => timer === waits[0]))
      assert.strictEqual(set.mock.calls.filter(([, ms]) => ms === hour).length, 1)
    }).pipe(Effect.ensuring(Effect.sync(() => vi.restoreAllMocks())), Effect.scoped))

  it.live("closes at once with its scope, even in the middle of a stream", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { url } = yield* Scope.extend(EmulatorNode.listen({ latency: { betweenEvents: "1 hour" } }), scope)
      const [, response] = yield* post(`${url}/v2/chat`, streamed)
      yield* firstChunk(response)
      const gone = yield* Effect.fork(closed(response))
      const [time] = yield* Effect.timed(Scope.close(scope, Exit.void))
      assert.isBelow(Duration.toMillis(time), 1_000)
      yield* gone
      assert.isTrue(Exit.isFailure(yield* Effect.exit(post(`${url}/v2/chat`, streamed))))
    }))

  it.live("takes a form, and forgets what it has made when it starts again", () =>
    Effect.gen(function*() {
      const layer = EmulatorNode.layer()
      const count = (url: string) =>
        Effect.promise(() => fetch(`${url}/v1/datasets`, { headers }).then((response) => response.json())).pipe(
          Effect.map((body) => (body as ListDatasetsResponse).datasets?.length)
        )
      const first = Effect.gen(function*() {
        const { url } = yield* EmulatorNode.EmulatorNode
        const created = yield* Effect.promise(() =>
          fetch(`${url}/v1/datasets?name=a&type=embed-input`, {
            method: "POST",
            headers: { authorization: "Bearer any" },
            body: form({ data: new File(["text\na"], "a.csv") })
          })
        )
        assert.strictEqual(created.status, 200)
        assert.strictEqual(yield* count(url), 1)
      })
      const second = Effect.gen(function*() {
        const { url } = yield* EmulatorNode.EmulatorNode
        assert.strictEqual(yield* count(url), 0)
      })
      yield* Effect.provide(first, layer)
      yield* Effect.provide(second, layer)
    }))

  it.live("fails when the port is taken", () =>
    Effect.gen(function*() {
      const { url } = yield* EmulatorNode.listen()
      const error = yield* Effect.flip(EmulatorNode.listen({ port: Number(new URL(url).port) }))
      assert.strictEqual(error._tag, "ServeError")
    }).pipe(Effect.scoped))
})
