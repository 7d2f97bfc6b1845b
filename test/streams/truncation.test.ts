/** A body that ends too early never passes for a whole one; what had come before it ended is delivered. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { framings, subjects } from "./subjects.ts"
import { plainText } from "./transcripts.ts"
import { decoder, decoderOf, each, encode, eventStream, frame, lineEnds, type Outcome, upTo } from "./wire.ts"

/** What an outcome says, short enough to compare thousands of them. */
const summary = ({ error, events }: Outcome<unknown>) =>
  `${error?._tag ?? "done"} after ${events.length}` +
  (error !== undefined && "delivered" in error ? `, says ${error.delivered}` : "")

const truncatedAfter = (n: number) => `StreamTruncated after ${n}, says ${n}`

/** How many of these places have been reached. */
const reached = (places: ReadonlyArray<number>, place: number) => places.filter((one) => one <= place).length

const [first] = subjects
const framed = [...subjects, {
  ...first!,
  ...framings["JSON lines"],
  name: "v2.chatStream as JSON lines",
  isUsual: false
}]

describe.each(framed)("$name", ({ body, contentType, frame, isUsual, stream, transcripts }) => {
  describe.each(transcripts)("$name", ({ data, events }) => {
    const bytes = encode(body(data))
    // Where the first events end, line ends included.
    const ends = data.map((_, i) => encode(data.slice(0, i + 1).map((one) => frame(one)).join("")).length)
    const places = upTo(bytes.length + 1).filter((place) =>
      isUsual || place % 13 === 0 || ends.includes(place) || ends.includes(place + 1)
    )

    /** Cuts the body off at these places, and compares what comes of it, and what had come before. */
    const check = (expected: (place: number) => string) =>
      Effect.gen(function*() {
        const decode = yield* decoderOf(stream)
        yield* each(places, (place) =>
          Effect.map(decode([bytes.subarray(0, place)], contentType), (outcome) => {
            assert.strictEqual(summary(outcome), expected(place), `cut off at ${place}`)
            const before = JSON.stringify(events.slice(0, outcome.events.length))
            if (JSON.stringify(outcome.events) !== before) {
              assert.deepStrictEqual(outcome.events, JSON.parse(before), `cut off at ${place}`)
            }
          }))
      })

    if (contentType === eventStream) {
      it.effect("is truncated wherever it is cut off before the last event's blank line", () =>
        check((place) => {
          const whole = reached(ends, place)
          return whole === data.length ? `done after ${whole}` : truncatedAfter(whole)
        }), 60_000)

      it.effect.each(lineEnds.slice(1))(
        "is complete from the last event's blank line on, with %s",
        ([, eol]) =>
          Effect.gen(function*() {
            const decode = yield* decoderOf(stream)
            const bytes = encode(body(data, eol))
            // The blank line ends where its first character does: after a CR there may be a LF, but need not.
            const end = encode(data.map((one) => frame(one, eol)).join("")).length - eol.length + 1
            yield* each(upTo(12), (i) =>
              Effect.map(
                decode([bytes.subarray(0, end - 6 + i)]),
                (outcome) =>
                  assert.strictEqual(
                    summary(outcome),
                    i < 6 ? truncatedAfter(data.length - 1) : `done after ${data.length}`,
                    `${6 - i} bytes before its end`
                  )
              ))
          })
      )
    } else {
      it.effect("is never complete without its last event", () =>
        check((place) => {
          // A line is whole with its last brace: at the end of the body, it needs no line end.
          const whole = reached(ends, place + 1)
          return whole === data.length ? `done after ${whole}` : truncatedAfter(whole)
        }), 60_000)
    }
  })
})

describe("around the last event", () => {
  const { data } = plainText
  const events = data.map((one) => frame(one)).join("")
  const withoutLast = data.slice(0, -1).map((one) => frame(one)).join("")
  const body = (text: string) => Effect.flatMap(decoder, (decode) => Effect.map(decode([encode(text)]), summary))

  it.effect("a missing [DONE] is nothing to complain about", () =>
    Effect.map(body(events), (outcome) => assert.strictEqual(outcome, "done after 7")))

  it.effect("[DONE] before it is a truncation, whatever follows", () =>
    Effect.gen(function*() {
      const early = "data: [DONE]\n\n"
      assert.strictEqual(yield* body(withoutLast + early), truncatedAfter(6))
      assert.strictEqual(yield* body(withoutLast + early + frame(data[6]!)), truncatedAfter(6))
      assert.strictEqual(yield* body(early), truncatedAfter(0))
    }))

  it.effect("[DONE] may have spaces around it", () =>
    Effect.map(body(withoutLast + "data:   [DONE]  \n\n"), (outcome) => assert.strictEqual(outcome, truncatedAfter(6))))

  it.effect("what follows it is ignored, be it an event, an error or garbage", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* body(events + frame(data[2]!)), "done after 7")
      assert.strictEqual(yield* body(events + frame(data[6]!)), "done after 7")
      assert.strictEqual(yield* body(events + `data: {"error":{"message":"late"}}\n\n`), "done after 7")
      assert.strictEqual(yield* body(events + "data: {{{\n\n\u0000\ufffd"), "done after 7")
    }))

  it.effect("a body of nothing is truncated", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* body(""), truncatedAfter(0))
      assert.strictEqual(yield* body("\n\n\n"), truncatedAfter(0))
      assert.strictEqual(yield* body(": still there\n\n"), truncatedAfter(0))
    }))
})
