/** Whatever becomes of the bytes: the stream ends, without a defect, in a way that its type declares. */
import * as CohereError from "@effect-cohere/core/CohereError"
import type * as V2 from "@effect-cohere/core/V2"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { seed } from "../support/seed.ts"
import { subjects } from "./subjects.ts"
import { cutAt, decoderOf, each, encode, random, upTo } from "./wire.ts"

/** What the bytes of an open stream can fail with: each a tag of the declared type. */
const declared: ReadonlyArray<V2.ChatStreamError["_tag"]> = ["StreamTruncated", "StreamInterrupted", "MalformedEvent"]

/** Changes a few bytes: flips bits, drops, inserts or repeats some. */
const mutate = (bytes: Uint8Array, next: (n: number) => number): Uint8Array => {
  const out = Array.from(bytes)
  for (const _ of upTo(1 + next(4))) {
    const at = next(out.length)
    switch (next(4)) {
      case 0:
        out[at] = (out[at] ?? 0) ^ (1 << next(8))
        break
      case 1:
        out.splice(at, 1 + next(20))
        break
      case 2:
        out.splice(at, 0, ...upTo(1 + next(4)).map(() => next(256)))
        break
      default:
        out.splice(next(out.length), 0, ...out.slice(at, at + 1 + next(120)))
    }
  }
  return Uint8Array.from(out)
}

it.effect.each(subjects)(
  `$name: 4,000 mutated bodies never hang, never die, and fail as declared (SEED=${seed})`,
  ({ body, contentType, isLast, stream, transcripts }) =>
    Effect.gen(function*() {
      const decode = yield* decoderOf(stream)
      const next = random(1)
      const seen = new Map<string, number>()
      yield* each(upTo(4_000), (i) => {
        const { data, name } = transcripts[next(transcripts.length)]!
        const bytes = mutate(encode(body(data)), next)
        const places = upTo(next(4)).map(() => next(bytes.length + 1)).sort((a, b) => a - b)
        return Effect.map(decode(cutAt(bytes, places), contentType), ({ error, events }) => {
          const what = () => `case ${i}, ${name}: ${JSON.stringify(new TextDecoder().decode(bytes))}`
          const tag = error?._tag ?? "done"
          seen.set(tag, (seen.get(tag) ?? 0) + 1)
          if (error === undefined) {
            if (!isLast(events.at(-1))) assert.fail(`complete without its last event: ${what()}`)
          } else {
            if (!declared.includes(error._tag)) assert.fail(`${error._tag} is not declared: ${what()}`)
            if (!CohereError.is(error)) assert.fail(`not a CohereError: ${what()}`)
            if (!("delivered" in error) || error.delivered !== events.length) {
              assert.fail(`${events.length} delivered, but it says ${JSON.stringify(error)}: ${what()}`)
            }
          }
        })
      })
      // The mutations reach all ways to end.
      assert.sameMembers([...seen.keys()], ["done", "StreamTruncated", "MalformedEvent"])
    }),
  60_000
)
