/** In which order `Embeddings` gives what it got, how many calls it makes at once, and how far it runs ahead. */
import type { CohereClient } from "@effect-cohere/core/CohereClient"
import * as Embeddings from "@effect-cohere/core/Embeddings"
import * as RateLimits from "@effect-cohere/core/RateLimits"
import type { EmbedError } from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { over } from "../client/support/samples.ts"
import * as Transport from "../support/transport.ts"
import * as Server from "./support/server.ts"

const { fields, texts } = Server

class Prefix extends Context.Tag("Prefix")<Prefix, string>() {}

/** What an embedding of a text must be. */
const item = (value: string, index: number) => ({
  index,
  value,
  embeddings: { float: Float32Array.from(Server.floatsOf(value)) }
})

/** Seconds that the server needs for the batches that begin with these texts, in this order. */
const orders = { "in order": [1, 2, 3, 4], "in the opposite order": [4, 3, 2, 1], "in any order": [3, 1, 4, 2] }

describe("The order is that of the inputs", () => {
  for (const [name, seconds] of Object.entries(orders)) {
    const slow = () => Server.waiting((first) => Effect.sleep(`${seconds[first / 3] ?? 0} seconds`))
    const request = { ...fields, inputs: texts(11), batchSize: 3 }

    it.effect(`by stream, though answers come ${name}`, () =>
      Effect.gen(function*() {
        const fiber = yield* Embeddings.stream(request).pipe(Stream.runCollect, over(slow()), Effect.fork)
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(Chunk.toReadonlyArray(yield* Fiber.join(fiber)), texts(11).map(item))
      }))

    it.effect(`by batches, though answers come ${name}`, () =>
      Effect.gen(function*() {
        const fiber = yield* Embeddings.batches(request).pipe(Stream.runCollect, over(slow()), Effect.fork)
        yield* TestClock.adjust("1 minute")
        const batches = Chunk.toReadonlyArray(yield* Fiber.join(fiber))
        assert.deepStrictEqual(batches.map(({ index }) => index), [0, 3, 6, 9])
        assert.deepStrictEqual(batches.map(({ values }) => values), [
          texts(11).slice(0, 3),
          texts(11).slice(3, 6),
          texts(11).slice(6, 9),
          texts(11).slice(9)
        ])
        for (const { embeddings, index, values } of batches) {
          assert.deepStrictEqual(embeddings.float, values.map((value, i) => item(value, index + i).embeddings.float))
        }
        assert.deepStrictEqual(batches.map(({ id, meta }) => [id, meta.billed_units?.input_tokens]), [
          ["call of 3", 3],
          ["call of 3", 3],
          ["call of 3", 3],
          ["call of 2", 2]
        ])
      }))

    it.effect(`by all, though answers come ${name}`, () =>
      Effect.gen(function*() {
        const fiber = yield* Embeddings.all(request).pipe(over(slow()), Effect.fork)
        yield* TestClock.adjust("1 minute")
        const { embeddings, index, values } = yield* Fiber.join(fiber)
        assert.strictEqual(index, 0)
        assert.deepStrictEqual(values, texts(11))
        assert.deepStrictEqual(embeddings.float, texts(11).map((value, i) => item(value, i).embeddings.float))
      }))
  }

  it.effect("and embeddings are given as soon as all before them are", () =>
    Effect.gen(function*() {
      const seen: Array<number> = []
      const transport = Server.waiting((first) => Effect.sleep(`${[2, 1, 4][first] ?? 0} seconds`))
      yield* Embeddings.stream({ ...fields, inputs: texts(3), batchSize: 1 }).pipe(
        Stream.runForEach(({ index }) => Effect.sync(() => seen.push(index))),
        over(transport),
        Effect.fork
      )
      yield* TestClock.adjust("1 second")
      yield* Server.quiet
      assert.deepStrictEqual(seen, [])
      yield* TestClock.adjust("1 second")
      yield* Server.quiet
      assert.deepStrictEqual(seen, [0, 1])
      yield* TestClock.adjust("2 seconds")
      yield* Server.quiet
      assert.deepStrictEqual(seen, [0, 1, 2])
    }))
})

describe("Embeddings", () => {
  it.effect("come in each form that was asked for, as typed arrays with memory of their own", () =>
    Effect.gen(function*() {
      const transport = Server.honest()
      const inputs = texts(200)
      const { embeddings } = yield* Embeddings.all({
        ...fields,
        inputs,
        embedding_types: ["uint8", "float", "binary", "int8", "ubinary"]
      }).pipe(over(transport))
      assert.deepStrictEqual(embeddings, {
        uint8: inputs.map((text) => Uint8Array.from(Server.forms.uint8(text))),
        float: inputs.map((text) => Float32Array.from(Server.forms.float(text))),
        binary: inputs.map((text) => Int8Array.from(Server.forms.binary(text))),
        int8: inputs.map((text) => Int8Array.from(Server.forms.int8(text))),
        ubinary: inputs.map((text) => Uint8Array.from(Server.forms.ubinary(text)))
      })
      for (const vectors of Object.values(embeddings)) {
        for (const vector of vectors) assert.strictEqual(vector.byteLength, vector.buffer.byteLength)
        assert.strictEqual(new Set(vectors.map(({ buffer }) => buffer)).size, inputs.length)
      }
    }))

  it.effect("of a stream have the forms that were asked for, and no others", () =>
    Effect.gen(function*() {
      const items = yield* Embeddings.stream({ ...fields, inputs: ["text 7"], embedding_types: ["int8", "ubinary"] })
        .pipe(Stream.runCollect, over(Server.honest()))
      assert.deepStrictEqual(Chunk.toReadonlyArray(items), [
        {
          index: 0,
          value: "text 7",
          embeddings: { int8: Int8Array.of(7, -128, 127, 0), ubinary: Uint8Array.of(7, 0) }
        }
      ])
    }))

  it.effect("stand beside the very value that `input` was given, be it a list", () =>
    Effect.gen(function*() {
      const values = [["text 1"], ["text 2"], ["text 3"]] as const
      const request = { ...fields, inputs: values, input: ([text]: readonly [string]) => text, batchSize: 2 }
      const items = yield* Stream.runCollect(Embeddings.stream(request)).pipe(over(Server.honest()))
      const all = yield* Embeddings.all(request).pipe(over(Server.honest()))
      assert.lengthOf(items, 3)
      assert.lengthOf(all.values, 3)
      values.forEach((value, i) => {
        assert.strictEqual(Chunk.unsafeGet(items, i).value, value)
        assert.strictEqual(all.values[i], value)
        assert.strictEqual(all.embeddings.float[i]?.[0], i + 1)
      })
    }))

  it.effect("are made anew each time that it runs", () =>
    Effect.gen(function*() {
      const transport = Server.honest()
      const stream = Embeddings.stream({ ...fields, inputs: texts(5), batchSize: 2 })
      const all = Embeddings.all({ ...fields, inputs: new Set(texts(5)), batchSize: 2 })
      const once = yield* Effect.all([Stream.runCollect(stream), all]).pipe(over(transport))
      assert.lengthOf(transport.requests, 6)
      const twice = yield* Effect.all([Stream.runCollect(stream), all]).pipe(over(transport))
      assert.lengthOf(transport.requests, 12)
      assert.deepStrictEqual(twice, once)
    }))
})

/** A server that keeps all answers back, and counts who waits. */
const keeping = Effect.gen(function*() {
  const open = yield* Deferred.make<void>()
  let waiting = 0
  let most = 0
  const transport = Server.waiting(() =>
    Effect.suspend(() => {
      most = Math.max(most, ++waiting)
      return Effect.ensuring(Deferred.await(open), Effect.sync(() => waiting--))
    })
  )
  return { transport, open: Deferred.succeed(open, undefined), waiting: () => waiting, most: () => most }
})

describe("No more calls are made at once than wanted", () => {
  it.effect.each([[undefined, 4], [1, 1], [2, 2], [7, 7], [100, 20]] as const)(
    "of 20, with a concurrency of %j: %i",
    ([concurrency, expected]) =>
      Effect.gen(function*() {
        const server = yield* keeping
        const fiber = yield* Embeddings.all({ ...fields, inputs: texts(20), batchSize: 1, concurrency }).pipe(
          over(server.transport),
          Effect.fork
        )
        yield* Server.quiet
        assert.strictEqual(server.waiting(), expected)
        assert.lengthOf(server.transport.requests, expected)
        yield* server.open
        yield* Fiber.join(fiber)
        assert.strictEqual(server.most(), expected)
        assert.lengthOf(server.transport.requests, 20)
      })
  )

  it.effect("and the next is made as soon as one is answered", () =>
    Effect.gen(function*() {
      const transport = Server.waiting((first) => Effect.sleep(first === 1 ? "2 seconds" : "1 second"))
      yield* Embeddings.all({ ...fields, inputs: texts(6), batchSize: 1, concurrency: 2 }).pipe(
        over(transport),
        Effect.fork
      )
      yield* Server.quiet
      const sent: Array<number> = []
      for (let second = 0; second < 3; second++) {
        sent.push(transport.requests.length)
        yield* TestClock.adjust("1 second")
        yield* Server.quiet
      }
      assert.deepStrictEqual(sent, [2, 3, 5])
    }))

  it.effect("and limits of the client are kept, which count inputs", () =>
    Effect.gen(function*() {
      const transport = Server.honest()
      const fiber = yield* Embeddings.all({ ...fields, inputs: texts(2_100) }).pipe(
        RateLimits.with(yield* RateLimits.make(RateLimits.production)),
        over(transport),
        Effect.fork
      )
      yield* Server.quiet
      assert.lengthOf(transport.requests, Math.floor(2_000 / 96))
      yield* TestClock.adjust("2 minutes")
      assert.lengthOf((yield* Fiber.join(fiber)).values, 2_100)
    }))
})

describe("No more batches are made ahead of their reader than are made at once", () => {
  for (const concurrency of [1, 2, 5]) {
    for (const name of ["batches", "stream"] as const) {
      it.effect(`by ${name}: ${concurrency}`, () =>
        Effect.gen(function*() {
          const transport = Server.honest()
          let pulled = 0
          const inputs = Stream.repeatEffect(Effect.sync(() => `text ${pulled++}`))
          const request = { ...fields, inputs, batchSize: 2, concurrency }
          const read: Stream.Stream<{ readonly index: number }, EmbedError, CohereClient> = name === "batches"
            ? Embeddings.batches(request)
            : Embeddings.stream(request)
          const ahead: Array<number> = []
          yield* read.pipe(
            Stream.take(name === "batches" ? 6 : 12),
            Stream.runForEach(({ index }) =>
              Effect.gen(function*() {
                yield* Server.quiet
                // Without that which the reader has.
                ahead.push(transport.requests.length - Math.floor(index / 2) - 1)
              })
            ),
            over(transport)
          )
          assert.isAtMost(Math.max(...ahead), concurrency)
          // A reader who is slow finds what is next.
          if (concurrency > 1) assert.isAtLeast(Math.min(...ahead), concurrency - 1)
          // And nothing of an endless source is taken that nobody needs.
          assert.isAtMost(pulled, 2 * (6 + concurrency + 2))
        }))
    }
  }

  it.effect("and a generator makes no more than that, either", () =>
    Effect.gen(function*() {
      let made = 0
      const numbers = function*() {
        for (;;) yield made++
      }
      const transport = Server.honest()
      const request = { ...fields, inputs: numbers(), input: (n: number) => `text ${n}`, batchSize: 3, concurrency: 2 }
      const items = yield* Embeddings.stream(request).pipe(Stream.take(7), Stream.runCollect, over(transport))
      assert.deepStrictEqual([...items].map(({ value }) => value), [0, 1, 2, 3, 4, 5, 6])
      assert.isAtMost(made, 3 * (3 + 2 + 2))
    }))
})

describe("Inputs may be", () => {
  const chunks: ReadonlyArray<ReadonlyArray<number>> = [[10], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [3, 3, 4], [4, 6], [
    7,
    0,
    3
  ]]

  for (const sizes of chunks) {
    it.effect(`a Stream in chunks of ${sizes.join(", ")}`, () =>
      Effect.gen(function*() {
        const transport = Server.honest()
        const rest = [...texts(10)]
        const inputs = Stream.fromChunks(...sizes.map((size) => Chunk.fromIterable(rest.splice(0, size))))
        const items = yield* Embeddings.stream({ ...fields, inputs, batchSize: 3 }).pipe(
          Stream.runCollect,
          over(transport)
        )
        assert.deepStrictEqual(Chunk.toReadonlyArray(items), texts(10).map(item))
        assert.deepStrictEqual(Server.textsOf(transport).map((sent) => sent?.length), [3, 3, 3, 1])
      }))
  }

  it.effect.each(
    [
      ["a list", () => texts(7)],
      ["a Set", () => new Set(texts(7))],
      ["a Chunk", () => Chunk.fromIterable(texts(7))],
      ["the keys of a Map", () => new Map(texts(7).map((text) => [text, 0])).keys()],
      ["what has but an iterator", () => ({ [Symbol.iterator]: () => texts(7)[Symbol.iterator]() })],
      ["a Stream", () => Stream.fromIterable(texts(7))]
    ] as const
  )("%s", ([, inputs]) =>
    Effect.gen(function*() {
      const items = yield* Stream.runCollect(Embeddings.stream({ ...fields, inputs: inputs(), batchSize: 2 })).pipe(
        over(Server.honest())
      )
      assert.deepStrictEqual(Chunk.toReadonlyArray(items), texts(7).map(item))
    }))

  it.effect("a Stream that needs a service, which it is given with the client", () =>
    Effect.gen(function*() {
      const inputs = Stream.fromIterableEffect(Effect.map(Prefix, (prefix) => [`${prefix} 1`, `${prefix} 2`]))
      const { values } = yield* Embeddings.all({ ...fields, inputs }).pipe(
        Effect.provideService(Prefix, "text"),
        over(Server.honest())
      )
      assert.deepStrictEqual(values, ["text 1", "text 2"])
    }))

  it.effect("a Stream without end, of which is taken what is needed: then it is closed, with all calls", () =>
    Effect.gen(function*() {
      let isClosed = false
      const transport = Transport.make(({ body }, attempt) =>
        attempt <= 2 ? Server.answer(body) : { ...Server.answer(body), then: "hang" }
      )
      const inputs = Stream.iterate(0, (n) => n + 1).pipe(
        Stream.map((n) => `text ${n}`),
        Stream.ensuring(Effect.sync(() => {
          isClosed = true
        }))
      )
      const items = yield* Embeddings.stream({ ...fields, inputs, batchSize: 4 }).pipe(
        Stream.take(6),
        Stream.runCollect,
        over(transport)
      )
      assert.deepStrictEqual(Chunk.toReadonlyArray(items), texts(6).map(item))
      assert.isTrue(isClosed)
      yield* Server.quiet
      for (const { response } of transport.requests) assert.notStrictEqual(response, "open")
    }))
})
