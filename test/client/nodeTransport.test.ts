/** What `CohereNode.layerHttpClient` makes of bodies, for whoever uses it as an HTTP client. */
import * as Transport from "@effect-cohere/core/Transport"
import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Scheduler from "effect/Scheduler"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { AsyncLocalStorage } from "node:async_hooks"
import type { ServerResponse } from "node:http"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Random from "../soak/random.ts"
import { listen } from "./support/server.ts"

const nextTurn = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)))

/** A server that answers in this way. */
const served = (answer: (response: ServerResponse) => Promise<void>) =>
  listen((request, response) => {
    request.resume()
    void answer(response)
  })

setFlagsFromString("--expose-gc")
// What the flag gives to each new context.
const collectGarbage = runInNewContext("gc") as () => void

const pause = () => new Promise((resolve) => setTimeout(resolve, 5))

/** Writes pieces, each by itself. */
const inPieces = (pieces: ReadonlyArray<Uint8Array>) => async (response: ServerResponse) => {
  response.flushHeaders()
  for (const piece of pieces) {
    response.write(piece)
    await pause()
  }
  response.end()
}

const get = (url: string) => HttpClient.get(url)

/** A test with a client of its own. */
const over = <A, E>(self: Effect.Effect<A, E, HttpClient.HttpClient | Scope.Scope>) =>
  Effect.provide(self, CohereNode.layerHttpClient)

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** Cuts bytes at random places. */
const cut = (bytes: Uint8Array, seed: number): ReadonlyArray<Uint8Array> => {
  const pieces: Array<Uint8Array> = []
  for (let from = 0, n = 0; from < bytes.length; n++) {
    const to = from + 1 + Math.floor(Random.at(seed, n) * bytes.length * 0.6)
    pieces.push(bytes.subarray(from, to))
    from = to
  }
  return pieces
}

const joined = (pieces: Iterable<Uint8Array>) => Buffer.concat([...pieces])

const bodies: ReadonlyArray<readonly [what: string, bytes: Uint8Array]> = [
  ["nothing", bytesOf("")],
  ["plain letters", bytesOf("A river in France.")],
  ["letters of several bytes", bytesOf("Où est la Seine? 塞納河 🌊, and plain to the end.")],
  ["a byte order mark", bytesOf("\ufeffSeine \ufeff")],
  ["bytes that are no text", Uint8Array.of(65, 0xc3, 66, 0xf0, 0x9f, 67, 0xe2)],
  ["more than a mebibyte", bytesOf("Seine ".repeat(200_000))],
  ["more than a mebibyte, with one letter of two bytes", bytesOf(`${"Seine ".repeat(200_000)}é`)]
]

describe("a body", () => {
  it.scopedLive.each(bodies)(
    "of %s is the text that a decoder makes of it, wherever it is cut",
    ([, bytes]) =>
      over(Effect.gen(function*() {
        for (const seed of [1, 2, 3]) {
          const server = yield* served(inPieces(cut(bytes, seed)))
          const response = yield* get(server.url)
          assert.strictEqual(yield* response.text, new TextDecoder().decode(bytes), `seed ${seed}`)
          // It can be asked for again.
          assert.strictEqual(yield* response.text, new TextDecoder().decode(bytes), `seed ${seed}`)
        }
      }))
  )

  it.scopedLive("comes whole, as bytes and as a stream", () =>
    over(Effect.gen(function*() {
      const bytes = Uint8Array.from({ length: 300_000 }, (_, n) => n * 7)
      const server = yield* served(inPieces(cut(bytes, 4)))
      const whole = yield* Effect.flatMap(get(server.url), (response) => response.arrayBuffer)
      const streamed = yield* Effect.flatMap(get(server.url), (response) => Stream.runCollect(response.stream))
      assert.isTrue(Buffer.from(whole).equals(bytes))
      assert.isTrue(joined(streamed).equals(bytes))
    })))

  it.scopedLive("comes in no empty piece", () =>
    over(Effect.gen(function*() {
      const server = yield* served(inPieces([bytesOf("a"), bytesOf("b")]))
      const response = yield* get(server.url)
      const chunks = yield* Stream.runCollect(Stream.chunks(response.stream))
      assert.isTrue(Chunk.every(chunks, (chunk) => chunk.length > 0))
    })))

  it.scopedLive("waits on the server while nobody reads it", () =>
    over(Effect.gen(function*() {
      const total = 64 * 1024 * 1024
      let written = 0
      const server = yield* served(async (response) => {
        const piece = Buffer.alloc(64 * 1024)
        for (; written < total; written += piece.length) {
          if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve))
        }
        response.end()
      })
      const response = yield* get(server.url)
      yield* Effect.sleep("200 millis")
      assert.isBelow(written, total / 2)
      const size = yield* Stream.runFold(response.stream, 0, (size, { length }) => size + length)
      assert.strictEqual(size, total)
    })))

  it.scopedLive("whose text two ask for at once is given to both", () =>
    over(Effect.gen(function*() {
      const server = yield* served(inPieces([bytesOf("Sei"), bytesOf("ne")]))
      const { text } = yield* get(server.url)
      assert.deepStrictEqual(yield* Effect.all([text, text], { concurrency: 2 }), ["Seine", "Seine"])
    })))

  it.scopedLive("is still there when whoever read its text first was interrupted", () =>
    over(Effect.gen(function*() {
      const server = yield* served(inPieces([bytesOf("Sei"), bytesOf("ne")]))
      const { text } = yield* get(server.url)
      yield* Fiber.interrupt(yield* Effect.fork(text))
      assert.strictEqual(yield* text, "Seine")
    })))

  it.scopedLive("is given again as it was read, or not at all: never less, and never others", () =>
    over(Effect.gen(function*() {
      const bytes = Uint8Array.of(1, 2, 0xff, 0xfe, 3)
      const server = yield* served(inPieces([bytes]))
      const asBytes = yield* get(server.url)
      for (const _ of [1, 2]) assert.deepStrictEqual(new Uint8Array(yield* asBytes.arrayBuffer), bytes)
      assert.strictEqual(yield* asBytes.text, new TextDecoder().decode(bytes))

      const asText = yield* get(server.url)
      assert.strictEqual(yield* asText.text, new TextDecoder().decode(bytes))
      assert.isTrue(Exit.isFailure(yield* Effect.exit(asText.arrayBuffer)))

      const asStream = yield* get(server.url)
      assert.isTrue(joined(yield* Stream.runCollect(asStream.stream)).equals(bytes))
      for (const read of ["text", "json", "arrayBuffer"] as const) {
        assert.isTrue(Exit.isFailure(yield* Effect.exit(asStream[read])), read)
      }
    })))

  it.scopedLive("that breaks off is no whole one, however it is read", () =>
    over(Effect.gen(function*() {
      const server = yield* served(async (response) => {
        response.writeHead(200, { "content-length": "10" }).write("Sei")
        await pause()
        response.destroy()
      })
      for (const read of ["text", "arrayBuffer", "json"] as const) {
        const exit = yield* Effect.exit(Effect.flatMap(get(server.url), (response) => response[read]))
        assert.isTrue(Exit.isFailure(exit), read)
      }
      const streamed = yield* Effect.exit(Effect.flatMap(get(server.url), ({ stream }) => Stream.runDrain(stream)))
      assert.isTrue(Exit.isFailure(streamed))
    })))

  it.scopedLive("that nobody reads is let go with its response", () =>
    over(Effect.gen(function*() {
      let open = 0
      const server = yield* served(async (response) => {
        open++
        response.on("close", () => open--)
        response.end(Buffer.alloc(8_000_000))
      })
      const count = 40
      yield* Effect.repeatN(Effect.map(get(server.url), ({ status }) => assert.strictEqual(status, 200)), count - 1)
      for (let turn = 0; turn < 100 && open > count / 4; turn++) {
        collectGarbage()
        yield* nextTurn
      }
      assert.isAtMost(open, count / 4)
    })))

  it.scopedLive("ends its connection when its stream is left early", () =>
    over(Effect.gen(function*() {
      const server = yield* served(async (response) => {
        response.write("first")
      })
      const response = yield* get(server.url)
      const first = yield* Stream.runCollect(Stream.take(response.stream, 1))
      assert.strictEqual(joined(first).toString(), "first")
      yield* Effect.promise(() => server.closed)
    })))
})

describe("a request", () => {
  it.scopedLive("is sent with the options for undici that stand at the platform's tag", () =>
    over(Effect.gen(function*() {
      const server = yield* served(inPieces([]))
      const options = { path: "/", method: "GET", reset: true } as const
      const closing = Effect.provideService(get(server.url), NodeHttpClient.UndiciRequestOptions, options)
      for (const request of [get(server.url), closing]) yield* Effect.flatMap(request, ({ text }) => text)
      assert.deepStrictEqual(server.requests.map(({ headers }) => headers.connection), ["keep-alive", "close"])
    })))
})

describe("an exchange", () => {
  const begin = (url: string) =>
    Effect.map(HttpClient.HttpClient, (client) => {
      const exchanging = Transport.offered(client)
      assert.isDefined(exchanging)
      return exchanging(HttpClientRequest.get(url), Context.empty())
    })
  const reason = Effect.match({ onSuccess: () => "none", onFailure: ({ reason }: { reason: string }) => reason })

  it.scopedLive("gives what has come so far at once, and the rest as it comes", () =>
    over(Effect.gen(function*() {
      const server = yield* served(inPieces([bytesOf("Sei"), bytesOf("ne")]))
      const { bytes, response } = yield* begin(server.url)
      yield* response
      yield* Effect.sleep("100 millis")
      assert.strictEqual(joined(yield* bytes).toString(), "Seine")
      assert.deepStrictEqual(yield* Effect.flip(bytes), Option.none())
    })))

  it.scopedLive("that is stopped fails at once, before it is sent, before the response, and in the body", () =>
    over(Effect.gen(function*() {
      const silent = yield* served(() => new Promise(() => {}))
      const unsent = yield* begin(silent.url)
      unsent.stop()
      assert.strictEqual(yield* reason(unsent.response), "Transport")

      const waiting = yield* begin(silent.url)
      const waits = yield* Effect.fork(reason(waiting.response))
      yield* nextTurn
      waiting.stop()
      assert.strictEqual(yield* Fiber.join(waits), "Transport")

      const half = yield* served(async (response) => {
        response.write("Sei")
      })
      const reading = yield* begin(half.url)
      yield* reading.response
      yield* reading.bytes
      const reads = yield* Effect.fork(Effect.flip(reading.bytes))
      yield* nextTurn
      reading.stop()
      assert.isTrue(Option.isSome(yield* Fiber.join(reads)))
    })))

  const ways: ReadonlyArray<
    readonly [how: string, of: (exchange: Transport.Exchange) => Effect.Effect<unknown, unknown>]
  > = [
    ["piece by piece", ({ bytes }) => bytes],
    ["as text", ({ response }) => Effect.flatMap(response, ({ text }) => text)]
  ]
  it.scopedLive.each(ways)(
    "that is stopped where its reader pauses, at whatever operation, is heard of: read %s",
    ([, of]) =>
      over(Effect.gen(function*() {
        const usual = new Scheduler.MixedScheduler(2048)
        const silent = yield* served((response) => {
          response.flushHeaders()
          return new Promise(() => {})
        })
        const unheard: Array<number> = []
        for (let n = 1, more = true; more; n++) {
          const exchange = yield* begin(silent.url)
          const response = yield* exchange.response
          let operations = 0
          const reader = Effect.runFork(of({ ...exchange, response: Effect.succeed(response) }), {
            scheduler: {
              scheduleTask: (task, priority, fiber) => usual.scheduleTask(task, priority, fiber),
              shouldYield: () => {
                if (++operations !== n) return false
                exchange.stop()
                return 0
              }
            }
          })
          yield* nextTurn
          more = operations >= n
          exchange.stop()
          yield* nextTurn
          if (reader.unsafePoll() === null) unheard.push(n)
        }
        assert.deepStrictEqual(unheard, [])
      }))
  )

  it.scopedLive("stays in the async context of whoever began it", () =>
    over(Effect.gen(function*() {
      const server = yield* served(inPieces([bytesOf("Sei"), bytesOf("ne")]))
      const storage = new AsyncLocalStorage<string>()
      const read = over(Effect.flatMap(get(server.url), ({ text }) => Effect.map(text, () => storage.getStore())))
      const seen = yield* Effect.promise(() => storage.run("call", () => Effect.runPromise(Effect.scoped(read))))
      assert.strictEqual(seen, "call")
    })))

  it("is known of the client that it was offered for, and of no other", () => {
    const client = HttpClient.make(() => Effect.never)
    const exchanging: Transport.Exchanging = () => ({ response: Effect.never, bytes: Effect.never, stop: () => {} })
    assert.strictEqual(Transport.offered(Transport.offer(client, exchanging)), exchanging)
    assert.isUndefined(Transport.offered(HttpClient.mapRequest(client, (request) => request)))
  })
})
