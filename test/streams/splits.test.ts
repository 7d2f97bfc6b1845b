/** However the network cuts a body, and whatever ends its lines: the events are the same. */
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Transport from "../support/transport.ts"
import { transcripts } from "./transcripts.ts"
import { cutAt, decoder, each, encode, random, request, seed, sse, streamOf } from "./wire.ts"

const lineEnds = [["LF", "\n"], ["CRLF", "\r\n"], ["CR", "\r"]] as const

/** Compares as text: the events are the wire's JSON values, keys in order. Quick, for what is done thousands of times. */
const same = (actual: unknown, expected: string, what: () => string) => {
  const text = JSON.stringify(actual)
  if (text !== expected) assert.deepStrictEqual(JSON.parse(text), JSON.parse(expected), what())
}

describe.each(transcripts)("$name", ({ data, events }) => {
  const expected = JSON.stringify({ events })

  it.effect.each(lineEnds)("arrives as written, one byte at a time, with %s", ([, eol]) =>
    Effect.gen(function*() {
      const bytes = encode(sse(data, eol))
      const transport = Transport.make((_, attempt) =>
        streamOf(attempt === 1 ? bytes : Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)))
      )
      const run = Effect.provide(Stream.runCollect(V2.chatStream(request)), Transport.client(transport))
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* run), events)
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* run), events)
      assert.deepStrictEqual(transport.requests.map(({ response }) => response), ["ended", "ended"])
    }))

  it.effect("is the same wherever it is cut in two", () =>
    Effect.gen(function*() {
      const decode = yield* decoder
      const bytes = encode(sse(data))
      yield* each(Array.from(bytes, (_, i) => i), (place) =>
        Effect.map(
          decode(cutAt(bytes, [place])),
          (outcome) => same(outcome, expected, () => `cut at ${place}`)
        ))
    }), 60_000)

  it.effect.each(lineEnds)(
    "is the same cut into pieces of 61 bytes, from each offset, with %s",
    ([, eol]) =>
      Effect.gen(function*() {
        const decode = yield* decoder
        const bytes = encode(sse(data, eol))
        yield* each(Array.from({ length: 61 }, (_, i) => i), (offset) => {
          const places = Array.from({ length: Math.ceil(bytes.length / 61) }, (_, i) => i * 61 + offset)
            .filter((place) => place < bytes.length)
          return Effect.map(
            decode(cutAt(bytes, places)),
            (outcome) => same(outcome, expected, () => `cut at ${offset} and every 61 bytes from there`)
          )
        })
      })
  )
})

it.effect(`2,000 random cuts into up to 17 pieces change nothing (SEED=${seed})`, () =>
  Effect.gen(function*() {
    const decode = yield* decoder
    const next = random()
    yield* each(Array.from({ length: 2_000 }, (_, i) => i), () => {
      const { data, events, name } = transcripts[next(transcripts.length)]!
      const [ending, eol] = lineEnds[next(3)]!
      const bytes = encode(sse(data, eol))
      const places = Array.from({ length: 1 + next(16) }, () => next(bytes.length + 1)).sort((a, b) => a - b)
      return Effect.map(
        decode(cutAt(bytes, places)),
        (outcome) => same(outcome, JSON.stringify({ events }), () => `${name}, ${ending}, cut at ${places.join(", ")}`)
      )
    })
  }), 60_000)
