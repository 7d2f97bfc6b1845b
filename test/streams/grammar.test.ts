/** Server-sent events by the grammar of the WHATWG, and JSON lines, through the public function. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { plainText } from "./transcripts.ts"
import { cutAt, decoder, each, encode, frame, jsonLines, sse, upTo } from "./wire.ts"

const start = `{"type":"message-start","id":"g-1"}`
const debug = `{"type":"debug","prompt":"p"}`
const end = `{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}`

/** Decodes a body, uncut and in pieces, to the types of its events; and what it failed with. */
const typesOf = (body: string | Uint8Array, contentType?: string) =>
  Effect.gen(function*() {
    const decode = yield* decoder
    const bytes = typeof body === "string" ? encode(body) : body
    const run = (pieces: ReadonlyArray<Uint8Array>) =>
      Effect.map(decode(pieces, contentType), ({ error, events }) => [
        ...events.map((event) => String(event.type)),
        ...(error === undefined ? [] : [error._tag])
      ])
    const whole = yield* run([bytes])
    // Cut at each place once, many of them together.
    yield* each(upTo(size), (offset) =>
      Effect.map(
        run(cutAt(bytes, upTo(bytes.length).filter((place) => place % size === offset))),
        (types) => assert.deepStrictEqual(types, whole, `cut at ${offset} and every ${size} bytes from there`)
      ))
    return whole
  })

const size = 7
const complete = ["message-start", "debug", "message-end"]

describe("server-sent events", () => {
  const cases: ReadonlyArray<readonly [what: string, body: string | Uint8Array]> = [
    ["a byte order mark at the beginning is skipped", `\ufeffdata: ${start}\n\ndata: ${debug}\n\ndata: ${end}\n\n`],
    ["blank lines at the beginning are no events", `\n\r\n\r\ndata: ${start}\n\ndata: ${debug}\n\ndata: ${end}\n\n`],
    ["blank lines between events are no events", `data: ${start}\n\n\n\n\ndata: ${debug}\n\n\ndata: ${end}\n\n`],
    [
      "comments are skipped, between events and inside of them",
      `: hello\n\ndata: ${start}\n: data: keep-alive\n\n:\n:\n\ndata: ${debug}\n\n:data: {}\ndata: ${end}\n:x\n\n`
    ],
    [
      "several data lines are one event, with line breaks between them",
      `data: {"type":\ndata: "message-start",\ndata: "id":"g-1"}\n\ndata: ${debug}\n\ndata: ${end}\n\n`
    ],
    [
      "a space after the colon belongs to the field, and need not be there",
      `data:${start}\n\ndata:  ${debug}\n\nevent:message-end\ndata:${end}\n\n`
    ],
    [
      "an event may be named after its data",
      `data: ${start}\nevent: message-start\n\ndata: ${debug}\n\ndata: ${end}\nevent: message-end\n\n`
    ],
    [
      "the name of an event does not matter, but for that of an error",
      `data: ${start}\n\nevent: lunch\ndata: ${debug}\n\nevent\ndata: ${end}\n\n`
    ],
    [
      "a name without data is no event, and names no other one",
      `event: error\n\ndata: ${start}\n\nevent: ping\n\ndata: ${debug}\n\nevent: error\nevent: message-end\ndata: ${end}\n\n`
    ],
    [
      "ids are skipped, with NUL inside or without",
      `id: 1\ndata: ${start}\n\nid: a\u0000b\ndata: ${debug}\n\nid\ndata: ${end}\n\n`
    ],
    [
      "unknown fields and fields without a colon are skipped",
      `data: ${start}\nda: 1\nDATA: 2\n data: 3\ndata2: 4\nfoo\n\u0000: 5\n\ndata: ${debug}\n\ndata: ${end}\n\n`
    ],
    [
      "every line may end in another way",
      `data: ${start}\r\n\rdata: ${debug}\n\r\ndata: ${end}\r\r\n`
    ],
    [
      "bytes that are no UTF-8 become replacement characters",
      Uint8Array.from([
        ...encode(`data: ${start}\n\ndata: {"type":"debug","prompt":"`),
        0xff,
        0xc0,
        0xe3,
        0x81,
        ...encode(`"}\n\ndata: ${end}\n\n`)
      ])
    ],
    [
      "line separators of Unicode end no line",
      `data: ${start}\n\ndata: {"type":"debug","prompt":"a\u2028b\u2029c\u0085d"}\n\ndata: ${end}\n\n`
    ]
  ]

  it.effect.each(cases)(
    "%s",
    ([, body]) => Effect.map(typesOf(body), (types) => assert.deepStrictEqual(types, complete))
  )

  it.effect("several data lines are joined with a line feed, whatever ends them", () =>
    Effect.gen(function*() {
      const decode = yield* decoder
      // JSON allows line breaks between tokens only: were the lines joined by nothing, this would be the number 12.
      const outcome = yield* decode([
        encode(`data: ${start}\r\n\r\ndata: {"type":"debug","prompt":1\r\ndata: 2}\r\n\r\n`)
      ])
      assert.strictEqual(outcome.error?._tag, "MalformedEvent")
      assert.include(outcome.error?.message, String.raw`1\n2}`)
    }))

  it.effect("retry never delays anything", () =>
    // Under a clock that stands still: a delay would never end.
    Effect.map(
      typesOf(`retry: 86400000\ndata: ${start}\n\nretry: 1\n\ndata: ${debug}\n\nretry: x\ndata: ${end}\n\n`),
      (types) => assert.deepStrictEqual(types, complete)
    ))

  it.effect("only the first byte order mark is skipped", () =>
    // The field is then called U+FEFF data, which nobody knows.
    Effect.map(
      typesOf(`\ufeff\ufeffdata: ${debug}\n\ndata: ${start}\n\ndata: ${end}\n\n`),
      (types) => assert.deepStrictEqual(types, ["message-start", "message-end"])
    ))

  it.effect.each([
    ["empty data", "data:\n\n"],
    ["data without a colon", "data\n\n"],
    ["text", "data: hello\n\n"],
    ["a NUL", "data: \u0000\n\n"],
    ["a number", "data: 7\n\n"],
    ["null", "data: null\n\n"],
    ["an array", `data: [${debug}]\n\n`],
    ["an object without a type", "data: {}\n\n"],
    ["a type that is no text", `data: {"type":7}\n\n`],
    ["a known type of another shape", `data: {"type":"tool-plan-delta","delta":{"message":{"tool_plan":7}}}\n\n`]
  ])("%s is no event: it fails, after what came before", ([, malformed]) =>
    Effect.map(
      typesOf(`data: ${start}\n\n${malformed}data: ${end}\n\n`),
      (types) => assert.deepStrictEqual(types, ["message-start", "MalformedEvent"])
    ))
})

describe("JSON lines", () => {
  const cases: ReadonlyArray<readonly [what: string, body: string]> = [
    ["one event a line", `${start}\n${debug}\n${end}\n`],
    ["blank lines are skipped", `\n\n${start}\n\n  \n${debug}\r\n\r\n${end}\n\n`],
    ["the last line needs no line end", `${start}\n${debug}\n${end}`],
    ["spaces around a line do not matter", `  ${start} \n\t${debug}\n ${end} `],
    ["a byte order mark at the beginning is skipped", `\ufeff${start}\n${debug}\n${end}\n`],
    ["a prefix of data: is skipped, as some proxies write it", `data: ${start}\ndata:${debug}\n\ndata: ${end}\n`],
    [
      "so are the other lines of server-sent events",
      `event: message-start\ndata: ${start}\n\n: hm\nid: 1\nretry: 9\ndata: ${debug}\n\ndata: ${end}\n\ndata: [DONE]\n\n`
    ]
  ]

  it.effect.each(cases)(
    "%s",
    ([, body]) => Effect.map(typesOf(body, jsonLines), (types) => assert.deepStrictEqual(types, complete))
  )

  it.effect("[DONE] before the last event is a truncation", () =>
    Effect.map(
      typesOf(`${start}\n[DONE]\n${end}\n`, jsonLines),
      (types) => assert.deepStrictEqual(types, ["message-start", "StreamTruncated"])
    ))

  it.effect("a line that is no JSON fails, after what came before", () =>
    Effect.map(
      typesOf(`${start}\n${debug}${debug}\n${end}\n`, jsonLines),
      (types) => assert.deepStrictEqual(types, ["message-start", "MalformedEvent"])
    ))
})

describe("the content type chooses between the two", () => {
  const { data, events } = plainText
  const decodes = (body: string, contentType: string) =>
    Effect.gen(function*() {
      const decode = yield* decoder
      assert.deepStrictEqual(yield* decode([encode(body)], contentType), { events, error: undefined } as unknown)
    })

  it.effect.each(["application/stream+json", "application/x-ndjson; charset=utf-8", "Application/JSONL"])(
    "%s is JSON lines",
    (type) => decodes(data.join("\n"), type)
  )

  it.effect.each(["text/event-stream", "TEXT/Event-Stream; charset=utf-8", "text/plain", "application/octet-stream"])(
    "%s is server-sent events",
    (type) => decodes(sse(data), type)
  )

  it.effect("a type that says nothing is server-sent events, with all that these can do", () =>
    Effect.map(
      // Of JSON lines, the first would be none.
      typesOf(`data: {"type":\ndata: "message-start","id":"g-1"}\n\ndata: ${debug}\n\ndata: ${end}\n\n`, "text/plain"),
      (types) => assert.deepStrictEqual(types, complete)
    ))

  it.effect("with both framings, what is written is what arrives", () =>
    Effect.all([
      decodes(data.map((one) => frame(one)).join(""), "text/event-stream"),
      decodes(data.join("\n"), "application/stream+json")
    ]))
})
