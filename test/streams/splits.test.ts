/** However the network cuts a body, and whatever ends its lines: the events are the same. */
import * as Endpoint from "@effect-cohere/core/Endpoint"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Transport from "../support/transport.ts"
import { type Transcript, transcripts } from "./transcripts.ts"
import {
  breath,
  cutAt,
  decoder,
  decoderOf,
  each,
  encode,
  frame,
  lineEnds,
  random,
  request,
  same,
  seed,
  sse,
  streamOf,
  upTo
} from "./wire.ts"

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

  // Each place is a cut once; cuts so far apart do not meddle with each other.
  it.effect.each(lineEnds)(
    "is the same cut into pieces of 17 bytes, from each offset, with %s",
    ([, eol]) =>
      Effect.gen(function*() {
        const decode = yield* decoder
        const bytes = encode(sse(data, eol))
        const expected = JSON.stringify({ events })
        yield* each(upTo(17), (offset) =>
          Effect.map(
            decode(cutAt(bytes, upTo(bytes.length).filter((place) => place % 17 === offset))),
            (outcome) => same(outcome, expected, () => `cut at ${offset} and every 17 bytes from there`)
          ))
      })
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Many thousand cuts
// ---------------------------------------------------------------------------------------------------------------------

/** `V2.chatStream`, but that it goes on after the last event: opening a stream for each cut takes most of the time. */
const chatStreams = Endpoint.stream({ ...V2.chatStreamEndpoint, isLast: () => false })

/** One way to cut one transcript. */
interface Cut {
  readonly transcript: Transcript
  readonly eol: string
  readonly places: ReadonlyArray<number>
}

/** Sends all these in one body, and compares what arrives with what each of them is. */
const check = (cuts: ReadonlyArray<Cut>) =>
  Effect.gen(function*() {
    const decode = yield* decoderOf(chatStreams(request))
    const body = cuts.flatMap(({ eol, places, transcript }) =>
      cutAt(encode(transcript.data.map((data) => frame(data, eol)).join("")), places)
    )
    const { error, events } = yield* decode(body)
    let from = 0
    for (const { eol, places, transcript } of cuts) {
      const what = () => `${transcript.name}, lines end in ${JSON.stringify(eol)}, cut at ${places.join(", ")}`
      same(events.slice(from, from += transcript.events.length), JSON.stringify(transcript.events), what)
    }
    assert.strictEqual(events.length, from)
    assert.strictEqual(error?._tag, "StreamTruncated")
    yield* breath
  })

const lengthOf = (transcript: Transcript, eol: string) =>
  encode(transcript.data.map((data) => frame(data, eol)).join("")).length

it.effect.each(lineEnds)(
  "every transcript is the same wherever it is cut in two, with %s",
  ([, eol]) =>
    each(
      transcripts,
      (transcript) => check(upTo(lengthOf(transcript, eol)).map((place) => ({ transcript, eol, places: [place] })))
    ),
  60_000
)

it.effect("a short transcript is the same wherever it is cut in three", () =>
  Effect.gen(function*() {
    const transcript = transcripts.find(({ name }) => name === "an empty answer")!
    const length = lengthOf(transcript, "\r\n")
    yield* each(upTo(length), (first) =>
      check(upTo(length - first).map((more) => ({ transcript, eol: "\r\n", places: [first, first + more] }))))
  }), 60_000)

it.effect(`10,000 random cuts into up to 17 pieces change nothing (SEED=${seed})`, () =>
  Effect.gen(function*() {
    const next = random()
    yield* each(upTo(50), () =>
      check(
        upTo(200).map((): Cut => {
          const transcript = transcripts[next(transcripts.length)]!
          const [, eol] = lineEnds[next(3)]!
          const length = lengthOf(transcript, eol)
          return {
            transcript,
            eol,
            places: upTo(1 + next(16)).map(() => next(length + 1)).sort((a, b) => a - b)
          }
        })
      ))
  }), 60_000)
