/** However the network cuts a body, and whatever ends its lines: the events are the same. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { seed } from "../support/seed.ts"
import * as Transport from "../support/transport.ts"
import { type Subject, subjects } from "./subjects.ts"
import { breath, cutAt, decoderOf, each, encode, lineEnds, random, same, streamOf, upTo } from "./wire.ts"

describe.each(subjects)("$name", ({ body, contentType, stream, transcripts }) => {
  describe.each(transcripts)("$name", ({ data, events }) => {
    it.effect.each(lineEnds)(
      "arrives as written, at once and one byte at a time, with %s",
      ([, eol]) =>
        Effect.gen(function*() {
          const bytes = encode(body(data, eol))
          const transport = Transport.make((_, attempt) =>
            streamOf(attempt === 1 ? bytes : upTo(bytes.length).map((i) => bytes.subarray(i, i + 1)), {
              headers: { "content-type": contentType }
            })
          )
          const run = Effect.provide(Stream.runCollect(stream), Transport.client(transport))
          assert.deepStrictEqual(Chunk.toReadonlyArray(yield* run), events)
          assert.deepStrictEqual(Chunk.toReadonlyArray(yield* run), events)
          assert.deepStrictEqual(transport.requests.map(({ response }) => response), ["ended", "ended"])
        })
    )

    // Each place is a cut once; cuts so far apart do not meddle with each other.
    it.effect.each(lineEnds)(
      "is the same cut into pieces of 17 bytes, from each offset, with %s",
      ([, eol]) =>
        Effect.gen(function*() {
          const decode = yield* decoderOf(stream)
          const bytes = encode(body(data, eol))
          const expected = JSON.stringify({ events })
          yield* each(upTo(17), (offset) =>
            Effect.map(
              decode(cutAt(bytes, upTo(bytes.length).filter((place) => place % 17 === offset)), contentType),
              (outcome) => same(outcome, expected, () => `cut at ${offset} and every 17 bytes from there`)
            ))
        })
    )
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// Many thousand cuts
// ---------------------------------------------------------------------------------------------------------------------

type Transcript = Subject["transcripts"][number]

/** One way to cut one transcript. */
interface Cut {
  readonly transcript: Transcript
  readonly eol: string
  readonly places: ReadonlyArray<number>
}

describe.each(subjects)("$name", ({ contentType, endless, frame, transcripts }) => {
  const bytesOf = (transcript: Transcript, eol: string) =>
    encode(transcript.data.map((data) => frame(data, eol)).join(""))

  /** Sends all these in one body, and compares what arrives with what each of them is. */
  const check = (cuts: ReadonlyArray<Cut>) =>
    Effect.gen(function*() {
      const decode = yield* decoderOf(endless)
      const { error, events } = yield* decode(
        cuts.flatMap(({ eol, places, transcript }) => cutAt(bytesOf(transcript, eol), places)),
        contentType
      )
      let from = 0
      for (const { eol, places, transcript } of cuts) {
        const what = () => `${transcript.name}, lines end in ${JSON.stringify(eol)}, cut at ${places.join(", ")}`
        same(events.slice(from, from += transcript.events.length), JSON.stringify(transcript.events), what)
      }
      assert.strictEqual(events.length, from)
      assert.strictEqual(error?._tag, "StreamTruncated")
      yield* breath
    })

  it.effect.each(lineEnds)(
    "every transcript is the same wherever it is cut in two, with %s",
    ([, eol]) =>
      each(
        transcripts,
        (transcript) =>
          check(upTo(bytesOf(transcript, eol).length).map((place) => ({ transcript, eol, places: [place] })))
      ),
    60_000
  )

  it.effect("a short transcript is the same wherever it is cut in three", () =>
    Effect.gen(function*() {
      const [transcript] = [...transcripts].sort((a, b) => bytesOf(a, "").length - bytesOf(b, "").length)
      if (transcript === undefined) return assert.fail("there are none")
      const { length } = bytesOf(transcript, "\r\n")
      yield* each(upTo(length), (first) =>
        check(upTo(length - first).map((more) => ({ transcript, eol: "\r\n", places: [first, first + more] }))))
    }), 60_000)

  it.effect(`4,000 random cuts into up to 17 pieces change nothing (SEED=${seed})`, () =>
    Effect.gen(function*() {
      const next = random()
      yield* each(upTo(20), () =>
        check(
          upTo(200).map((): Cut => {
            const transcript = transcripts[next(transcripts.length)]!
            const [, eol] = lineEnds[next(3)]!
            const { length } = bytesOf(transcript, eol)
            return {
              transcript,
              eol,
              places: upTo(1 + next(16)).map(() => next(length + 1)).sort((a, b) => a - b)
            }
          })
        ))
    }), 60_000)
})
