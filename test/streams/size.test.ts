/** Big events, many events, and small pieces of both. */
import * as ChatStream from "@effect-cohere/core/ChatStream"

import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Transport from "../support/transport.ts"
import { cutAt, decoder, encode, eventStream, frame, jsonLines, outcomeOf, request, streamOf, upTo } from "./wire.ts"

const start = `{"type":"message-start","id":"s-1"}`
const open = `{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}`
const delta = (text: string) =>
  `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":${JSON.stringify(text)}}}}}`
const end = `{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}`

const MiB = 1024 * 1024

/** The text of a content delta. */
const textOf = (event: V2.ChatStreamEvent | undefined) =>
  event?.type === "content-delta" ? event.delta?.message?.content?.text ?? "" : ""

const inPieces = (bytes: Uint8Array, size: number) =>
  cutAt(bytes, upTo(Math.ceil(bytes.length / size) - 1).map((i) => (i + 1) * size))

it.effect.each([28, 64])("an event of %i MiB and a byte passes", (size) =>
  Effect.gen(function*() {
    const decode = yield* decoder
    const text = "0123456789abcdef".repeat((size ?? 0) * MiB / 16) + "!"
    const bytes = encode([start, open, delta(text), end].map((one) => frame(one)).join(""))
    const outcome = yield* decode(inPieces(bytes, MiB), eventStream)
    assert.isUndefined(outcome.error)
    assert.strictEqual(outcome.events.length, 4)
    assert.isTrue(textOf(outcome.events[2]) === text)
  }), 60_000)

describe("an event of 8 MiB and a byte", () => {
  const text = "0123456789abcdef".repeat(8 * MiB / 16) + "!"
  const data = [start, open, delta(text), end]

  const ways: ReadonlyArray<readonly [what: string, type: string, size: number]> = [
    ["server-sent events, at once", eventStream, Infinity],
    ["server-sent events, in pieces of 64 KiB", eventStream, 65_536],
    ["server-sent events, in pieces of 1,000 bytes", eventStream, 1_000],
    ["JSON lines, in pieces of 64 KiB", jsonLines, 65_536]
  ]

  it.effect.each(ways)("passes: %s", ([, type, size]) =>
    Effect.gen(function*() {
      const decode = yield* decoder
      const bytes = encode(type === jsonLines ? data.join("\n") : data.map((one) => frame(one)).join(""))
      const outcome = yield* decode(size === Infinity ? [bytes] : inPieces(bytes, size), type)
      assert.isUndefined(outcome.error)
      assert.strictEqual(outcome.events.length, 4)
      assert.isTrue(textOf(outcome.events[2]) === text)
    }))

  it.effect("passes as many data lines", () =>
    Effect.gen(function*() {
      const decode = yield* decoder
      const lines = `data: {"type":"debug","trace":[0\n` + "data: ,1234567\n".repeat(MiB) + "data: ]}\n\n"
      const outcome = yield* decode(inPieces(encode(frame(start) + lines + frame(end)), 65_536))
      assert.isUndefined(outcome.error)
      assert.strictEqual(outcome.events.length, 3)
    }))

  it.effect("passes through a real response, too", () =>
    Effect.gen(function*() {
      const body = inPieces(encode(data.map((one) => frame(one)).join("")), 65_536)
      const response = yield* ChatStream.collect(V2.chatStream(request)).pipe(
        Effect.provide(Transport.client(() => streamOf(body)))
      )
      const [block] = response.message.content ?? []
      assert.isTrue(block?.type === "text" && block.text === text)
    }))
})

describe("100,000 events", () => {
  const count = 100_000
  const body = encode([start, open, ...upTo(count).map((i) => delta(`${i} `)), end].map((one) => frame(one)).join(""))

  it.effect("in one piece are all delivered, in order", () =>
    Effect.gen(function*() {
      const decode = yield* decoder
      const { error, events } = yield* decode([body])
      assert.isUndefined(error)
      assert.strictEqual(events.length, count + 3)
      assert.isTrue(events.slice(2, -1).every((event, i) => textOf(event) === `${i} `))
    }))

  it.effect("add up to the whole text", () =>
    Effect.gen(function*() {
      const decode = yield* decoder
      const { events } = yield* decode(inPieces(body, 16_384))
      const response = yield* ChatStream.collect(Stream.fromIterable(events))
      const [block] = response.message.content ?? []
      assert.isTrue(block?.type === "text" && block.text === upTo(count).map((i) => `${i} `).join(""))
      const pieces = yield* Stream.runCount(ChatStream.text(Stream.fromIterable(events)))
      assert.strictEqual(pieces, count)
    }))

  it.effect("in one piece do not hold on to a consumer that has enough", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => streamOf([body], { then: "hang" }))
      const { error, events } = yield* outcomeOf(Stream.take(V2.chatStream(request), 10)).pipe(
        Effect.provide(Transport.client(transport))
      )
      assert.isUndefined(error)
      assert.strictEqual(events.length, 10)
      assert.deepStrictEqual(transport.requests.map(({ response }) => response), ["cancelled"])
    }))
})

describe("work grows with the size, not with its square", () => {
  /** The least CPU time of three runs, in milliseconds. */
  const cost = <E>(self: Effect.Effect<unknown, E>) =>
    Effect.gen(function*() {
      yield* self
      let least = Infinity
      for (const _ of upTo(3)) {
        const since = process.cpuUsage()
        yield* self
        const { system, user } = process.cpuUsage(since)
        least = Math.min(least, (system + user) / 1_000)
      }
      return least
    })

  // Sixteen times as much takes about sixteen times as long; were it the square, 256 times. The bound lies a factor
  // of four from both, which is more than collections and a busy machine make of it.
  const check = <E>(work: (n: number) => Effect.Effect<unknown, E>) =>
    Effect.gen(function*() {
      const once = yield* cost(work(1))
      const sixteenTimes = yield* cost(work(16))
      assert.isBelow(sixteenTimes / once, 64, `${once} ms, then ${sixteenTimes} ms`)
    })

  const bodies: ReadonlyArray<readonly [what: string, body: (n: number) => ReadonlyArray<Uint8Array>]> = [
    [
      "of an event in small pieces",
      (n) => inPieces(encode([start, delta("x".repeat(n * 200_000)), end].map((one) => frame(one)).join("")), 100)
    ],
    [
      "of many events in one piece",
      (n) => [encode([start, ...upTo(n * 4_000).map(() => delta("x")), end].map((one) => frame(one)).join(""))]
    ],
    [
      "of many lines that are no fields",
      (n) => [encode(frame(start) + "x\n".repeat(n * 20_000) + "\n" + frame(end))]
    ],
    [
      "of an event of many data lines",
      (
        n
      ) => [
        encode(frame(start) + `data: {"type":"debug"\n` + "data:\n".repeat(n * 100_000) + "data: }\n\n" + frame(end))
      ]
    ]
  ]

  it.effect.each(bodies)("%s", ([, body]) =>
    Effect.gen(function*() {
      const decode = yield* decoder
      yield* check((n) => {
        const pieces = body(n)
        return Effect.map(decode(pieces), ({ error }) => assert.isUndefined(error))
      })
    }))

  const foldings: ReadonlyArray<readonly [what: string, event: (i: number) => string]> = [
    ["text", () => delta("x")],
    [
      "log probabilities",
      (i) => `${delta("x").slice(0, -1)},"logprobs":{"text":"x","token_ids":[${i}],"logprobs":[-1]}}`
    ],
    [
      "arguments of a tool call",
      () => `{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"x"}}}}}`
    ]
  ]

  it.effect.each(foldings)("of collecting %s", ([, event]) =>
    check((n) => {
      const events = [start, ...upTo(n * 4_000).map(event), end].map((data): V2.ChatStreamEvent => JSON.parse(data))
      return ChatStream.collect(Stream.fromIterable(events))
    }))
})
