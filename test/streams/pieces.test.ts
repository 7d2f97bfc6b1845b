/** Cut into many pieces, at every place and at random ones, whatever ends the lines: the events are the same. */
import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { transcripts } from "./transcripts.ts"
import { cutAt, decoder, each, encode, lineEnds, random, same, seed, sse, upTo } from "./wire.ts"

const size = 31

describe.each(transcripts)("$name", ({ data, events }) => {
  // Each place is a cut once; cuts so far apart do not meddle with each other.
  it.effect.each(lineEnds)(
    `is the same cut into pieces of ${size} bytes, from each offset, with %s`,
    ([, eol]) =>
      Effect.gen(function*() {
        const decode = yield* decoder
        const bytes = encode(sse(data, eol))
        const expected = JSON.stringify({ events })
        yield* each(upTo(size), (offset) =>
          Effect.map(
            decode(cutAt(bytes, upTo(bytes.length).filter((place) => place % size === offset))),
            (outcome) => same(outcome, expected, () => `cut at ${offset} and every ${size} bytes from there`)
          ))
      })
  )
})

it.effect(`2,000 random cuts into up to 17 pieces change nothing (SEED=${seed})`, () =>
  Effect.gen(function*() {
    const decode = yield* decoder
    const next = random()
    yield* each(upTo(2_000), () => {
      const { data, events, name } = transcripts[next(transcripts.length)]!
      const [ending, eol] = lineEnds[next(3)]!
      const bytes = encode(sse(data, eol))
      const places = upTo(1 + next(16)).map(() => next(bytes.length + 1)).sort((a, b) => a - b)
      return Effect.map(
        decode(cutAt(bytes, places)),
        (outcome) => same(outcome, JSON.stringify({ events }), () => `${name}, ${ending}, cut at ${places.join(", ")}`)
      )
    })
  }), 120_000)
