/** What the events add up to: the whole response, or its parts as they come. */
import * as ChatStream from "@effect-cohere/core/ChatStream"
import type * as V2 from "@effect-cohere/core/V2"
import { chatStream } from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { seed } from "../support/seed.ts"
import * as Transport from "../support/transport.ts"
import { failed, plainText, transcripts } from "./transcripts.ts"
import { decoder, encode, frame, random, request, sse, streamOf } from "./wire.ts"

/** The events of a body, by `V2.chatStream`. */
const streamed = (body: Transport.Reply["body"]) =>
  Stream.provideLayer(chatStream(request), Transport.client(() => streamOf(body)))

/** The items of a stream until it ends, and the error that ends it. */
const itemsOf = <A, E>(stream: Stream.Stream<A, E>) =>
  Effect.gen(function*() {
    const items: Array<A> = []
    const error = yield* stream.pipe(
      Stream.runForEach((item) =>
        Effect.sync(() => {
          items.push(item)
        })
      ),
      Effect.match({ onFailure: (error): E | undefined => error, onSuccess: () => undefined })
    )
    return { items, error }
  })

describe.each(transcripts)("$name", ({ data, failure, response, text = [], thinking = [] }) => {
  const stream = streamed(sse(data))
  const toolCalls = response.message.tool_calls ?? []
  const citations = response.message.citations ?? []

  if (failure === undefined) {
    it.effect("adds up to the response", () =>
      Effect.map(ChatStream.collect(stream), (collected) => assert.deepStrictEqual(collected, response)))
  } else {
    it.effect("fails with the reason and the response so far", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(ChatStream.collect(stream))
        if (error._tag !== "GenerationFailed") return assert.fail(error.message)
        assert.strictEqual(error.finishReason, failure.finishReason)
        assert.strictEqual(error.errorType, failure.errorType)
        assert.include(error.message, failure.says)
        assert.deepStrictEqual(error.response, response)
        assert.isFalse(error.isRetryable)
      }))
  }

  it.effect("has these pieces of text and thinking, tool calls and citations", () =>
    Effect.gen(function*() {
      const expected = <A>(items: ReadonlyArray<A>) => ({
        items,
        error: failure === undefined ? undefined : "GenerationFailed"
      })
      const actual = <A, E extends { readonly _tag: string }>(parts: Stream.Stream<A, E>) =>
        Effect.map(itemsOf(parts), ({ error, items }) => ({ items, error: error?._tag }))
      assert.deepStrictEqual(yield* actual(ChatStream.text(stream)), expected(text))
      assert.deepStrictEqual(yield* actual(ChatStream.thinking(stream)), expected(thinking))
      assert.deepStrictEqual(yield* actual(ChatStream.toolCalls(stream)), expected(toolCalls))
      assert.deepStrictEqual(yield* actual(ChatStream.citations(stream)), expected(citations))
    }))

  it.effect("is folded without effects to the same", () =>
    Effect.gen(function*() {
      const events = Chunk.toReadonlyArray(yield* Stream.runCollect(stream))
      assert.deepStrictEqual(ChatStream.toResponse(events.reduce(ChatStream.reduce, ChatStream.empty)), response)
    }))

  it.effect("is not changed by events after its last one", () =>
    Effect.gen(function*() {
      const events = Chunk.toReadonlyArray(yield* Stream.runCollect(stream))
      const twice = [...events, ...events].reduce(ChatStream.reduce, ChatStream.empty)
      assert.deepStrictEqual(ChatStream.toResponse(twice), response)
    }))
})

describe("while it streams", () => {
  it.effect("the parts are there before the end", () =>
    Effect.gen(function*() {
      const more = yield* Deferred.make<void>()
      const { data } = plainText
      const body: ReadonlyArray<Transport.Piece> = [
        data.slice(0, 3).map((one) => frame(one)).join(""),
        Effect.as(Deferred.await(more), sse(data.slice(3)))
      ]
      const pieces = yield* Queue.unbounded<string>()
      const fiber = yield* streamed(body).pipe(
        ChatStream.text,
        Stream.runForEach((piece) => Queue.offer(pieces, piece)),
        Effect.fork
      )
      // Were the body read to its end first, this would wait for ever.
      assert.strictEqual(yield* Queue.take(pieces), "The")
      assert.strictEqual(yield* Queue.size(pieces), 0)
      yield* Deferred.succeed(more, undefined)
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* Queue.takeAll(pieces)), [" Loire", "."])
    }))

  it.effect("every event gives a response so far", () =>
    Effect.gen(function*() {
      const responses = yield* streamed(sse(plainText.data)).pipe(
        Stream.scan(ChatStream.empty, ChatStream.reduce),
        Stream.map(ChatStream.toResponse),
        Stream.runCollect
      )
      assert.deepStrictEqual(
        Chunk.toReadonlyArray(responses).map(({ finish_reason, message }) => [
          finish_reason,
          ...(message.content ?? []).map((block) => block.type === "text" ? block.text : "")
        ]),
        [
          [""],
          [""],
          ["", ""],
          ["", "The"],
          ["", "The Loire"],
          ["", "The Loire."],
          ["", "The Loire."],
          ["COMPLETE", "The Loire."]
        ]
      )
    }))

  it.effect("each run starts from nothing", () =>
    Effect.gen(function*() {
      const text = ChatStream.text(streamed(sse(plainText.data)))
      assert.strictEqual(yield* Stream.mkString(text), "The Loire.")
      assert.strictEqual(yield* Stream.mkString(text), "The Loire.")
    }))
})

describe("a stream that breaks off", () => {
  const half = streamed(plainText.data.slice(0, 4).map((one) => frame(one)).join(""))

  it.effect("gives its parts, then the error", () =>
    Effect.gen(function*() {
      const { error, items } = yield* itemsOf(ChatStream.text(half))
      assert.deepStrictEqual(items, ["The", " Loire"])
      assert.strictEqual(error?._tag, "StreamTruncated")
    }))

  it.effect("gives no response", () =>
    Effect.map(Effect.flip(ChatStream.collect(half)), (error) => assert.strictEqual(error._tag, "StreamTruncated")))

  it.effect("is truncated, too, when the caller cuts it off before its end", () =>
    Effect.gen(function*() {
      const cut = Stream.take(streamed(sse(plainText.data)), 3)
      const error = yield* Effect.flip(ChatStream.collect(cut))
      if (error._tag !== "StreamTruncated") return assert.fail(error._tag)
      assert.strictEqual(error.delivered, 3)
      assert.strictEqual((yield* itemsOf(ChatStream.text(cut))).error?._tag, "StreamTruncated")
    }))
})

describe("a turn that failed", () => {
  it.effect("is an event as long as nobody asks for its parts", () =>
    Effect.gen(function*() {
      const events = Chunk.toReadonlyArray(yield* Stream.runCollect(streamed(sse(failed.data))))
      assert.deepStrictEqual(events as ReadonlyArray<unknown>, failed.events)
    }))

  it.effect("has failed when there is an error, whatever the reason says", () =>
    Effect.gen(function*() {
      const last = `{"type":"message-end","delta":{"finish_reason":"COMPLETE","error":"out of cheese"}}`
      const error = yield* Effect.flip(ChatStream.collect(streamed(sse([...plainText.data.slice(0, -1), last]))))
      assert.strictEqual(error._tag, "GenerationFailed")
      assert.include(error.message, "out of cheese")
    }))
})

describe("an event that says nothing", () => {
  it.effect.each([
    `{"type":"content-delta","index":0,"delta":null}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":null}}}`,
    `{"type":"tool-call-delta","index":0,"delta":null}`,
    `{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":null}}}`,
    `{"type":"tool-plan-delta"}`,
    `{"type":"citation-start","index":0}`,
    `{"type":"content-end","index":0}`,
    `{"type":"tool-call-end","index":0}`
  ])("adds nothing: %s", (event) =>
    Effect.gen(function*() {
      const body = [
        `{"type":"message-start","id":"n-1"}`,
        event,
        `{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}`
      ]
      const response = yield* ChatStream.collect(streamed(sse(body)))
      assert.deepStrictEqual(response, { id: "n-1", finish_reason: "COMPLETE", message: { role: "assistant" } })
    }))
})

describe("blocks and calls without numbers", () => {
  it.effect("are told apart by where they start", () =>
    Effect.gen(function*() {
      const response = yield* ChatStream.collect(streamed(sse([
        `{"type":"message-start","id":"n-2"}`,
        `{"type":"content-start","delta":{"message":{"content":{"type":"thinking","thinking":"a"}}}}`,
        `{"type":"content-delta","delta":{"message":{"content":{"thinking":"b"}}}}`,
        `{"type":"content-end"}`,
        `{"type":"content-start","delta":{"message":{"content":{"type":"text","text":"c"}}}}`,
        `{"type":"content-delta","delta":{"message":{"content":{"text":"d"}}}}`,
        `{"type":"content-end"}`,
        `{"type":"tool-call-start","delta":{"message":{"tool_calls":{"id":"x","function":{"name":"x","arguments":""}}}}}`,
        `{"type":"tool-call-delta","delta":{"message":{"tool_calls":{"function":{"arguments":"[1]"}}}}}`,
        `{"type":"tool-call-end"}`,
        `{"type":"tool-call-start","delta":{"message":{"tool_calls":{"id":"y","function":{"name":"y","arguments":""}}}}}`,
        `{"type":"tool-call-delta","delta":{"message":{"tool_calls":{"function":{"arguments":"[2]"}}}}}`,
        `{"type":"tool-call-end"}`,
        `{"type":"message-end","delta":{"finish_reason":"TOOL_CALL"}}`
      ])))
      assert.deepStrictEqual(response.message, {
        role: "assistant",
        tool_calls: [
          { id: "x", function: { name: "x", arguments: "[1]" } },
          { id: "y", function: { name: "y", arguments: "[2]" } }
        ],
        content: [{ type: "thinking", thinking: "ab" }, { type: "text", text: "cd" }]
      })
    }))
})

const starts = (index: number | undefined, content: unknown) => ({
  type: "content-start",
  index,
  delta: { message: { content } }
})
const adds = (index: number | undefined, content: unknown) => ({
  type: "content-delta",
  index,
  delta: { message: { content } }
})
const calls = (index: number | undefined, id: string) => ({
  type: "tool-call-start",
  index,
  delta: { message: { tool_calls: { id, function: { name: id, arguments: "" } } } }
})
const passes = (index: number | undefined, text: string) => ({
  type: "tool-call-delta",
  index,
  delta: { message: { tool_calls: { function: { arguments: text } } } }
})
const stops = (index: number | undefined) => ({ type: "tool-call-end", index })
const last = { type: "message-end", delta: { finish_reason: "COMPLETE" } }

/** A stream of these events, as a server would have sent them. */
const eventsOf = (events: ReadonlyArray<unknown>) =>
  Stream.fromIterable(events.map((event): V2.ChatStreamEvent => JSON.parse(JSON.stringify(event))))

/** What all parts together say of a stream. */
const partsOf = (events: ReadonlyArray<unknown>) =>
  Effect.all({
    message: Effect.map(ChatStream.collect(eventsOf(events)), ({ message }) => message),
    text: Effect.map(itemsOf(ChatStream.text(eventsOf(events))), ({ items }) => items),
    thinking: Effect.map(itemsOf(ChatStream.thinking(eventsOf(events))), ({ items }) => items),
    toolCalls: Effect.map(itemsOf(ChatStream.toolCalls(eventsOf(events))), ({ items }) => items)
  })

const call = (id: string, text: string) => ({ id, function: { name: id, arguments: text } })

describe("a number that is given twice", () => {
  const rows: ReadonlyArray<readonly [what: string, events: ReadonlyArray<unknown>]> = [
    ["each after the end of the other", [
      calls(0, "a"),
      passes(0, "[1]"),
      stops(0),
      calls(0, "b"),
      passes(0, "[2]"),
      stops(0)
    ]],
    ["and none has an end", [calls(0, "a"), passes(0, "[1]"), calls(0, "b"), passes(0, "[2]")]],
    ["and only the other has an end", [calls(0, "a"), passes(0, "[1]"), calls(0, "b"), passes(0, "[2]"), stops(0)]],
    ["by the place of one that has no number", [
      calls(1, "a"),
      passes(1, "[1]"),
      stops(1),
      calls(undefined, "b"),
      passes(undefined, "[2]"),
      stops(undefined)
    ]],
    ["by the place of one that has no number, and is named by it later", [
      calls(1, "a"),
      calls(undefined, "b"),
      passes(1, "[1]"),
      passes(2, "[2]"),
      stops(1),
      stops(2)
    ]]
  ]
  it.effect.each(rows)("stands for two calls: %s", ([, events]) =>
    Effect.gen(function*() {
      const { message, toolCalls } = yield* partsOf([...events, last])
      const expected = [call("a", "[1]"), call("b", "[2]")]
      assert.deepStrictEqual(message.tool_calls, expected)
      assert.deepStrictEqual(toolCalls, expected)
    }))

  it.effect("stands for two blocks, which get what comes after their starts", () =>
    Effect.gen(function*() {
      const { message, text, thinking } = yield* partsOf([
        starts(0, { type: "thinking", thinking: "a" }),
        adds(0, { thinking: "b" }),
        { type: "content-end", index: 0 },
        starts(0, { type: "text", text: "c" }),
        adds(0, { text: "d" }),
        last
      ])
      assert.deepStrictEqual(message.content, [{ type: "thinking", thinking: "ab" }, { type: "text", text: "cd" }])
      assert.deepStrictEqual(thinking, ["a", "b"])
      assert.deepStrictEqual(text, ["c", "d"])
    }))
})

it.effect("a block that starts with text under the other name keeps it", () =>
  Effect.gen(function*() {
    const { message, text, thinking } = yield* partsOf([
      starts(0, { type: "text", thinking: "a" }),
      starts(1, { type: "thinking", text: "b" }),
      last
    ])
    const [first, second] = message.content ?? []
    assert.strictEqual(first?.type === "text" && first.text, "a")
    assert.strictEqual(second?.type === "thinking" && second.thinking, "b")
    assert.deepStrictEqual(text, ["a"])
    assert.deepStrictEqual(thinking, ["b"])
  }))

it.effect("whatever the numbers are, the parts are those of the response", () =>
  Effect.gen(function*() {
    const next = random(seed)
    for (let run = 0; run < 200; run++) {
      const index = () => [0, 1, 2, undefined][next(4)]
      const events = Array.from({ length: next(12) }, (_, i) =>
        [
          starts(index(), { type: "text", text: `t${i};` }),
          starts(index(), { type: "thinking", thinking: `h${i};` }),
          starts(index(), null),
          adds(index(), { text: `t${i};` }),
          adds(index(), { thinking: `h${i};` }),
          calls(index(), `c${i}`),
          stops(index())
        ][next(7)])
      const { message, text, thinking, toolCalls } = yield* partsOf([...events, last])
      const all = (pieces: ReadonlyArray<string>) => pieces.join("").split(";").sort()
      const blocks = message.content ?? []
      const where = `seed ${seed}: ${JSON.stringify(events)}`
      assert.deepStrictEqual(all(blocks.map((block) => block.type === "text" ? block.text : "")), all(text), where)
      assert.deepStrictEqual(
        all(blocks.map((block) => block.type === "thinking" ? block.thinking : "")),
        all(thinking),
        where
      )
      const ids = (some: ReadonlyArray<{ readonly id?: string | null | undefined }>) => some.map(({ id }) => id).sort()
      assert.deepStrictEqual(ids(message.tool_calls ?? []), ids(toolCalls), where)
    }
  }))

it.effect("what comes after the last event is in no part, as it is not in the response", () =>
  Effect.gen(function*() {
    const citation = { type: "citation-start", index: 0, delta: { message: { citations: { text: "late" } } } }
    const late = [adds(0, { text: "late" }), calls(0, "late"), stops(0), citation, last]
    const events = [starts(0, { type: "text", text: "a" }), last, ...late]
    const { message, text, toolCalls } = yield* partsOf(events)
    assert.deepStrictEqual(message, { role: "assistant", content: [{ type: "text", text: "a" }] })
    assert.deepStrictEqual(text, ["a"])
    assert.deepStrictEqual(toolCalls, [])
    assert.deepStrictEqual((yield* itemsOf(ChatStream.citations(eventsOf(events)))).items, [])
  }))

it.effect.each(["", null])("a turn whose error is %j has not failed", (error) =>
  Effect.gen(function*() {
    const end = { type: "message-end", delta: { finish_reason: "COMPLETE", error } }
    const response = yield* ChatStream.collect(eventsOf([starts(0, { type: "text", text: "a" }), end]))
    assert.deepStrictEqual(response.message.content, [{ type: "text", text: "a" }])
  }))

// ---------------------------------------------------------------------------------------------------------------------
// Any response
// ---------------------------------------------------------------------------------------------------------------------

type Of<A> = A extends FastCheck.Arbitrary<infer T> ? T : never

type Block = { readonly type: "text"; readonly text: string } | { readonly type: "thinking"; readonly thinking: string }

const textArbitrary = FastCheck.oneof(
  FastCheck.string({ minLength: 1 }),
  FastCheck.string({ unit: "binary", minLength: 1 }),
  FastCheck.constantFrom("[DONE]", "\r\n\r\ndata: x\n\n", "👩‍🚀", "null", "\u2028")
)

// JSON knows no negative zero.
const number = FastCheck.oneof(
  FastCheck.nat(),
  FastCheck.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x === 0 ? 0 : x)
)
const dictionary = FastCheck.dictionary(FastCheck.string(), FastCheck.jsonValue(), { maxKeys: 3 })
  .map((value): Record<string, unknown> => JSON.parse(JSON.stringify(value)))

/** A record that has all, some or none of these fields. */
const partial = <T extends object>(fields: { readonly [K in keyof T]: FastCheck.Arbitrary<T[K]> }) =>
  FastCheck.record(fields, { requiredKeys: [] })

const citation = partial({
  start: FastCheck.nat(99),
  end: FastCheck.nat(99),
  text: textArbitrary,
  content_index: FastCheck.nat(3),
  type: FastCheck.constantFrom("TEXT_CONTENT", "PLAN", "NEW"),
  sources: FastCheck.array(
    FastCheck.oneof(
      FastCheck.record({ type: FastCheck.constant("tool" as const), id: textArbitrary, tool_output: dictionary }),
      FastCheck.record({ type: FastCheck.constant("document" as const), id: textArbitrary, document: dictionary })
    ),
    { maxLength: 2 }
  )
})

const toolCall = FastCheck.record({
  id: textArbitrary,
  type: FastCheck.constant("function"),
  function: FastCheck.record({ name: textArbitrary, arguments: dictionary.map((value) => JSON.stringify(value)) })
})

const block: FastCheck.Arbitrary<Block> = FastCheck.oneof(
  FastCheck.record({
    type: FastCheck.constant("text" as const),
    text: FastCheck.oneof(textArbitrary, FastCheck.constant(""))
  }),
  FastCheck.record({ type: FastCheck.constant("thinking" as const), thinking: textArbitrary })
)

const logprob = FastCheck.record({
  text: textArbitrary,
  token_ids: FastCheck.array(FastCheck.nat(), { maxLength: 2 }),
  logprobs: FastCheck.array(number, { maxLength: 2 })
})

interface Told {
  readonly id: string
  readonly finish_reason: string
  readonly content: ReadonlyArray<Block>
  readonly tool_plan: string
  readonly tool_calls: ReadonlyArray<Of<typeof toolCall>>
  readonly citations: ReadonlyArray<Of<typeof citation>>
  readonly logprobs: ReadonlyArray<Of<typeof logprob>>
  readonly usage: V2.ChatResponse["usage"]
}

/** All that a stream can tell; what is empty here is absent from the response. */
const told: FastCheck.Arbitrary<Told> = FastCheck.record({
  id: textArbitrary,
  finish_reason: FastCheck.constantFrom("COMPLETE", "STOP_SEQUENCE", "MAX_TOKENS", "TOOL_CALL", "NEW"),
  content: FastCheck.array(block, { maxLength: 4 }),
  tool_plan: FastCheck.oneof(FastCheck.constant(""), textArbitrary),
  tool_calls: FastCheck.array(toolCall, { maxLength: 3 }),
  citations: FastCheck.array(citation, { maxLength: 3 }),
  logprobs: FastCheck.array(logprob, { maxLength: 4 }),
  usage: FastCheck.option(
    partial({
      billed_units: partial({ input_tokens: number, output_tokens: number }),
      tokens: partial({ input_tokens: number, output_tokens: number, reasoning_tokens: number }),
      cached_tokens: number
    }),
    { nil: undefined }
  )
}).map((all) => all.content.length === 0 ? { ...all, logprobs: [] } : all)

/** The response as it would have come unstreamed. */
const responseOf = (all: Told): V2.ChatResponse => ({
  id: all.id,
  finish_reason: all.finish_reason,
  message: {
    role: "assistant",
    ...(all.content.length > 0 && { content: all.content }),
    ...(all.tool_plan !== "" && { tool_plan: all.tool_plan }),
    ...(all.tool_calls.length > 0 && { tool_calls: all.tool_calls }),
    ...(all.citations.length > 0 && { citations: all.citations })
  },
  ...(all.usage !== undefined && { usage: all.usage }),
  ...(all.logprobs.length > 0 && { logprobs: all.logprobs })
})

/** Tells a response as the server would, in pieces of random sizes, as JSON texts. */
const split = (all: Told, next: (n: number) => number): ReadonlyArray<string> => {
  const events: Array<unknown> = []
  const say = (type: string, rest: object) => events.push({ type, ...rest })
  const piecesOf = (text: string): Array<string> => {
    const pieces: Array<string> = []
    for (let rest = text; rest !== "";) {
      const length = 1 + next(8)
      pieces.push(rest.slice(0, length))
      rest = rest.slice(length)
    }
    // A piece may be empty.
    if (next(3) === 0) pieces.splice(next(pieces.length + 1), 0, "")
    return pieces
  }
  /** The beginning may stand in the start event already. */
  const opened = (pieces: Array<string>) => next(2) === 0 ? "" : pieces.shift() ?? ""

  const citations = all.citations.map((one, index) => () => {
    say("citation-start", { index, delta: { message: { citations: one } } })
    say("citation-end", { index })
  })
  const cite = (n: number) => citations.splice(0, n).forEach((tell) => tell())
  const logprobs = [...all.logprobs]

  say("message-start", { id: all.id, delta: { message: { role: "assistant", content: [], tool_plan: "" } } })
  all.content.forEach((one, i) => {
    const field = one.type
    const pieces = piecesOf(one.type === "text" ? one.text : one.thinking)
    const first = opened(pieces)
    const isLast = i === all.content.length - 1
    // The number may be missing when there is but one block.
    const index = all.content.length === 1 && next(3) === 0 ? {} : { index: i }
    say("content-start", { ...index, delta: { message: { content: { type: field, [field]: first } } } })
    for (const piece of pieces) {
      const item = next(2) === 0 ? logprobs.shift() : undefined
      say("content-delta", {
        ...index,
        delta: { message: { content: { [field]: piece } } },
        ...(item === undefined ? {} : { logprobs: item })
      })
      cite(next(2))
    }
    if (isLast) {
      for (const item of logprobs.splice(0)) {
        say("content-delta", { ...index, delta: { message: { content: { [field]: "" } } }, logprobs: item })
      }
      cite(next(4))
    }
    say("content-end", index)
    if (next(4) === 0) say("telemetry", { index: i, delta: { load: 1 } })
  })
  for (const piece of all.tool_plan === "" ? [] : piecesOf(all.tool_plan)) {
    say("tool-plan-delta", { delta: { message: { tool_plan: piece } } })
  }
  all.tool_calls.forEach((call, index) => {
    // No pieces at all would be a call without arguments, which has the empty object.
    const pieces = call.function.arguments === "{}" && next(2) === 0 ? [] : piecesOf(call.function.arguments)
    const start = { ...call, function: { ...call.function, arguments: opened(pieces) } }
    say("tool-call-start", { index, delta: { message: { tool_calls: start } } })
    for (const piece of pieces) {
      say("tool-call-delta", { index, delta: { message: { tool_calls: { function: { arguments: piece } } } } })
    }
    say("tool-call-end", { index })
  })
  cite(all.citations.length)
  say("message-end", {
    delta: { finish_reason: all.finish_reason, ...(all.usage === undefined ? {} : { usage: all.usage }) }
  })
  return events.map((event) => JSON.stringify(event))
}

const cases = FastCheck.tuple(told, FastCheck.nat(1_000_000))

it(`any response that is told in pieces adds up to itself (SEED=${seed})`, () => {
  FastCheck.assert(
    FastCheck.property(cases, ([all, salt]) => {
      const events = split(all, random(salt)).map((data): V2.ChatStreamEvent => JSON.parse(data))
      const response = ChatStream.toResponse(events.reduce(ChatStream.reduce, ChatStream.empty))
      assert.deepStrictEqual(response, responseOf(all))
    }),
    { seed, numRuns: 1_000 }
  )
})

it(`and so it does over the wire, part by part (SEED=${seed})`, () =>
  FastCheck.assert(
    FastCheck.asyncProperty(cases, ([all, salt]) =>
      Effect.gen(function*() {
        const decode = yield* decoder
        const { error, events } = yield* decode([encode(sse(split(all, random(salt))))])
        assert.isUndefined(error)
        const stream = Stream.fromIterable(events)
        assert.deepStrictEqual(yield* ChatStream.collect(stream), responseOf(all))
        const joined = (kind: "text" | "thinking") =>
          all.content.map((one) => one.type === kind ? Object.values(one)[1] : "").join("")
        assert.strictEqual(yield* Stream.mkString(ChatStream.text(stream)), joined("text"))
        assert.strictEqual(yield* Stream.mkString(ChatStream.thinking(stream)), joined("thinking"))
        assert.deepStrictEqual(
          Chunk.toReadonlyArray(yield* Stream.runCollect(ChatStream.toolCalls(stream))) as ReadonlyArray<unknown>,
          all.tool_calls
        )
        assert.deepStrictEqual(
          Chunk.toReadonlyArray(yield* Stream.runCollect(ChatStream.citations(stream))) as ReadonlyArray<unknown>,
          all.citations
        )
      }).pipe(Effect.runPromise)),
    { seed, numRuns: 200 }
  ))
