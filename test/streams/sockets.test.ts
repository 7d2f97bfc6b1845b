/** Over real sockets: what becomes of the connection, and when events arrive. */
import * as Chat from "@effect-cohere/core/Chat"
import type * as CohereClient from "@effect-cohere/core/CohereClient"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as V2 from "@effect-cohere/core/V2"
import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as http from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { plainText } from "./transcripts.ts"
import { frame, outcomeOf, request, sse, upTo } from "./wire.ts"

const { data, events } = plainText
const frames = data.map((one) => frame(one))
const stream = V2.chatStream(request)

/** A server on 127.0.0.1, the sockets that were opened to it, and a client for it. */
const serve = (handler: (request: http.IncomingMessage, response: http.ServerResponse) => void) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.async<{ readonly server: http.Server; readonly sockets: Array<Socket> }>((resume) => {
        const sockets: Array<Socket> = []
        const server = http.createServer((request, response) => {
          request.resume()
          handler(request, response)
        })
        server.on("connection", (socket) => sockets.push(socket))
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed({ server, sockets })))
      }),
      ({ server }) =>
        Effect.async<void>((resume) => {
          server.closeAllConnections()
          server.close(() => resume(Effect.void))
        })
    ),
    ({ server, sockets }) => ({
      sockets,
      client: CohereNode.layerConfig({
        apiKey: Config.succeed(Redacted.make("test-key-of-nobody")),
        baseUrl: Config.succeed(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
      })
    })
  )

const open = (response: http.ServerResponse) => {
  response.writeHead(200, { "content-type": "text/event-stream" })
  response.flushHeaders()
}

/** Waits for something that a callback says. */
const signal = <A>() => {
  let say: (a: A) => void = () => {}
  const said = new Promise<A>((resolve) => {
    say = resolve
  })
  return { say: (a: A) => say(a), said: Effect.promise(() => said) }
}

describe("a stream that is given up", () => {
  /** How long after `give up` the server's side is closed, in milliseconds: the shortest of five times. */
  const delay = (
    giveUp: (self: typeof stream) => Effect.Effect<unknown, V2.ChatStreamError, CohereClient.CohereClient>
  ) =>
    Effect.gen(function*() {
      let closed = signal<number>()
      const { client } = yield* serve((_, response) => {
        open(response)
        response.write(frames[0]! + frames[1]!)
        const { say } = closed
        response.once("close", () => say(performance.now()))
      })
      const delays: Array<number> = []
      yield* Effect.gen(function*() {
        for (const _ of upTo(5)) {
          closed = signal()
          yield* giveUp(stream)
          const since = performance.now()
          delays.push((yield* closed.said) - since)
        }
      }).pipe(Effect.provide(client))
      return Math.min(...delays)
    })

  it.live("by Stream.take closes its connection within a second", () =>
    Effect.gen(function*() {
      const ms = yield* delay((self) => Stream.runDrain(Stream.take(self, 1)))
      assert.isBelow(ms, 1_000)
    }).pipe(Effect.scoped))

  it.live("by interruption closes its connection within a second", () =>
    Effect.gen(function*() {
      const ms = yield* delay((self) =>
        Effect.gen(function*() {
          const first = yield* Deferred.make<void>()
          const fiber = yield* self.pipe(
            Stream.runForEach(() => Deferred.succeed(first, undefined)),
            Effect.fork
          )
          yield* Deferred.await(first)
          yield* Fiber.interrupt(fiber)
        })
      )
      assert.isBelow(ms, 1_000)
    }).pipe(Effect.scoped))

  it.live("before its headers closes its connection, too", () =>
    Effect.gen(function*() {
      const closed = signal<void>()
      const came = signal<void>()
      const { client } = yield* serve((_, response) => {
        response.once("close", () => closed.say())
        came.say()
      })
      const fiber = yield* Effect.fork(Effect.provide(Stream.runDrain(stream), client))
      yield* came.said
      yield* Fiber.interrupt(fiber)
      yield* closed.said
    }).pipe(Effect.scoped))
})

describe("a stream that is read to its end", () => {
  // Undici uses a connection again one turn of the event loop after a response has ended, and opens another until then.
  const aMoment = Effect.sleep("20 millis")

  it.live("leaves its connection to the next call", () =>
    Effect.gen(function*() {
      let requests = 0
      const { client, sockets } = yield* serve((_, response) => {
        requests++
        if (requests === 3) {
          response.writeHead(200, { "content-type": "application/json" })
          return response.end(JSON.stringify(plainText.response))
        }
        open(response)
        for (const one of frames) response.write(one)
        // What follows the last event takes its time, as it may.
        setTimeout(() => response.end("data: [DONE]\n\n"), 30)
      })
      yield* Effect.gen(function*() {
        for (const _ of upTo(2)) {
          const outcome = yield* outcomeOf(stream)
          assert.deepStrictEqual(outcome as unknown, { events, error: undefined })
          yield* aMoment
        }
        assert.strictEqual(Chat.text((yield* V2.chat(request)).message), "The Loire.")
        yield* aMoment
        yield* Stream.runDrain(stream)
      }).pipe(Effect.provide(client))
      assert.strictEqual(requests, 4)
      assert.strictEqual(sockets.length, 1)
    }).pipe(Effect.scoped))

  it.live("is done soon after its last event, though its body never ends", () =>
    Effect.gen(function*() {
      const closed = signal<void>()
      const { client } = yield* serve((_, response) => {
        open(response)
        response.write(frames.join(""))
        response.once("close", () => closed.say())
      })
      const since = performance.now()
      const outcome = yield* Effect.provide(outcomeOf(stream), client)
      assert.deepStrictEqual(outcome as unknown, { events, error: undefined })
      assert.isBelow(performance.now() - since, 5_000)
      yield* closed.said
    }).pipe(Effect.scoped))
})

describe("events", () => {
  it.live("arrive one by one: each before the server writes the next", () =>
    Effect.gen(function*() {
      let write: () => void = () => {}
      const written: Array<number> = []
      const { client } = yield* serve((_, response) => {
        open(response)
        write = () => {
          response.write(frames[written.length]!)
          written.push(written.length)
          if (written.length === frames.length) response.end("data: [DONE]\n\n")
        }
        write()
      })
      const seen: Array<readonly [type: string, written: number]> = []
      yield* stream.pipe(
        Stream.runForEach((event) =>
          Effect.sync(() => {
            seen.push([String(event.type), written.length])
            if (written.length < frames.length) write()
          })
        ),
        Effect.provide(client)
      )
      assert.deepStrictEqual(seen, data.map((one, i) => [JSON.parse(one).type, i + 1]))
    }).pipe(Effect.scoped))

  it.live("arrive although a character is cut in two by the network", () =>
    Effect.gen(function*() {
      const bytes = Buffer.from(sse(
        ["¡", "語", "🌊"].map((text, index) =>
          `{"type":"content-delta","index":${index},"delta":{"message":{"content":{"text":"${text}"}}}}`
        ).concat(data.slice(-1))
      ))
      const { client } = yield* serve((_, response) => {
        open(response)
        response.socket?.setNoDelay(true)
        let at = 0
        const go = () => {
          if (at >= bytes.length) {
            return response.end()
          }
          // Past the ASCII part, one byte at a time.
          const length = bytes.subarray(at, at + 40).every((byte) => byte < 128) ? 40 : 1
          response.write(bytes.subarray(at, at += length))
          setTimeout(go, 1)
        }
        go()
      })
      const { error, events } = yield* Effect.provide(outcomeOf(stream), client)
      assert.isUndefined(error)
      assert.deepStrictEqual(
        events.map((event) => event.type === "content-delta" ? event.delta?.message?.content?.text : ""),
        ["¡", "語", "🌊", ""]
      )
    }).pipe(Effect.scoped))
})

describe("a connection that the server breaks", () => {
  it.live("in the middle interrupts the stream after the events that came", () =>
    Effect.gen(function*() {
      let requests = 0
      const { client } = yield* serve((_, response) => {
        requests++
        open(response)
        response.write(frames.slice(0, 3).join(""), () => setTimeout(() => response.destroy(), 50))
      })
      const outcome = yield* Effect.provide(outcomeOf(stream), client)
      assert.deepStrictEqual(outcome.events as ReadonlyArray<unknown>, events.slice(0, 3))
      if (outcome.error?._tag !== "StreamInterrupted") return assert.fail(String(outcome.error))
      assert.strictEqual(outcome.error.delivered, 3)
      assert.notStrictEqual(outcome.error.reason, "unknown")
      assert.strictEqual(requests, 1)
    }).pipe(Effect.scoped))

  it.live("before the first event is opened again", () =>
    Effect.gen(function*() {
      let requests = 0
      const { client } = yield* serve((_, response) => {
        requests++
        if (requests === 1) return response.destroy()
        open(response)
        if (requests === 2) return setTimeout(() => response.destroy(), 20)
        return response.end(sse(data))
      })
      const outcome = yield* outcomeOf(stream).pipe(
        RetryPolicy.with(RetryPolicy.make({ baseDelay: "10 millis" })),
        Effect.provide(client)
      )
      assert.deepStrictEqual(outcome as unknown, { events, error: undefined })
      assert.strictEqual(requests, 3)
    }).pipe(Effect.scoped))
})
