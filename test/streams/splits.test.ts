/** Wherever the network cuts a body in two, and byte by byte: the events are the same. */
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Transport from "../support/transport.ts"
import { transcripts } from "./transcripts.ts"
import { cutAt, decoder, each, encode, lineEnds, request, same, sse, streamOf, upTo } from "./wire.ts"

describe.each(transcripts)("$name", ({ data, events }) => {
  it.effect.each(lineEnds)(
    "arrives as written, at once and one byte at a time, with %s",
    ([, eol]) =>
      Effect.gen(function*() {
        const bytes = encode(sse(data, eol))
        const transport = Transport.make((_, attempt) =>
          streamOf(attempt === 1 ? bytes : upTo(bytes.length).map((i) => bytes.subarray(i, i + 1)))
        )
        const run = Effect.provide(Stream.runCollect(V2.chatStream(request)), Transport.client(transport))
        assert.deepStrictEqual(Chunk.toReadonlyArray(yield* run), events)
        assert.deepStrictEqual(Chunk.toReadonlyArray(yield* run), events)
        assert.deepStrictEqual(transport.requests.map(({ response }) => response), ["ended", "ended"])
      })
  )

  it.effect("is the same wherever it is cut in two", () =>
    Effect.gen(function*() {
      const decode = yield* decoder
      const bytes = encode(sse(data))
      const expected = JSON.stringify({ events })
      yield* each(upTo(bytes.length), (place) =>
        Effect.map(
          decode(cutAt(bytes, [place])),
          (outcome) => same(outcome, expected, () => `cut at ${place}`)
        ))
    }), 120_000)
})
