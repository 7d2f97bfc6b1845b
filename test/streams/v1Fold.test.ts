/** What the events of v1 streams add up to: the whole response, or its parts as they come. */
import * as ChatStreamV1 from "@effect-cohere/core/ChatStreamV1"
import type { GenerationFailed, StreamTruncated } from "@effect-cohere/core/CohereError"
import * as GenerateStream from "@effect-cohere/core/GenerateStream"
import * as V1 from "@effect-cohere/core/V1"
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
import { chatRequest, generateRequest } from "./subjects.ts"
import { chats, generations, oneContinuation, plainText } from "./v1Transcripts.ts"
import { decoderOf, encode, jsonLines, random, upTo } from "./wire.ts"

const linesOf = (body: NonNullable<Transport.Reply["body"]>) => ({ headers: { "content-type": jsonLines }, body })
const written = (data: ReadonlyArray<string>) => data.map((one) => `${one}\n`).join("")

/** The events of a body, by `V1.chatStream`. */
const chat = (body: NonNullable<Transport.Reply["body"]>) =>
  Stream.provideLayer(V1.chatStream(chatRequest), Transport.client(() => linesOf(body)))

/** The events of a body, by `V1.generateStream`. */
const generate = (body: NonNullable<Transport.Reply["body"]>) =>
  Stream.provideLayer(V1.generateStream(generateRequest), Transport.client(() => linesOf(body)))

/** The items of a stream until it ends, and the tag of the error that ends it. */
const itemsOf = <A, E extends { readonly _tag: string }>(stream: Stream.Stream<A, E>) =>
  Effect.gen(function*() {
    const items: Array<A> = []
    const error = yield* stream.pipe(
      Stream.runForEach((item) =>
        Effect.sync(() => {
          items.push(item)
        })
      ),
      Effect.match({ onFailure: (error): string | undefined => error._tag, onSuccess: () => undefined })
    )
    return { items, error }
  })

/** The error of a generation, which must be one that the server reported. */
const expectFailed = <E extends { readonly _tag: string }>(error: E): Extract<E, GenerationFailed> => {
  assert.strictEqual(error._tag, "GenerationFailed")
  // Its tag says so.
  return error as Extract<E, GenerationFailed>
}

/** Freezes a value and all that is in it: to change it is an error from then on. */
const frozen = <A>(value: A): A => {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(frozen)
  return value
}

const chatEvents = (data: ReadonlyArray<string>) => data.map((one): V1.ChatStreamEvent => frozen(JSON.parse(one)))

describe.each(chats)(
  "chat: $name",
  ({ before, citations = [], data, failure, response, text = [], toolCalls = [] }) => {
    const stream = chat(written(data))
    const failed = failure === undefined ? undefined : "GenerationFailed"

    if (failure === undefined) {
      it.effect("adds up to the response", () =>
        Effect.map(ChatStreamV1.collect(stream), (collected) => assert.deepStrictEqual(collected, response)))
    } else {
      it.effect("fails with the reason and the response so far", () =>
        Effect.gen(function*() {
          const error = expectFailed(yield* Effect.flip(ChatStreamV1.collect(stream)))
          assert.strictEqual(error.finishReason, failure.finishReason)
          assert.include(error.message, failure.says)
          assert.strictEqual(error.endpoint, "v1.chatStream")
          assert.deepStrictEqual(error.response, response)
          assert.isFalse(error.isRetryable)
        }))
    }

    it.effect("has these pieces of text, tool calls and citations", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* itemsOf(ChatStreamV1.text(stream)), { items: text, error: failed })
        assert.deepStrictEqual(yield* itemsOf(ChatStreamV1.toolCalls(stream)), { items: toolCalls, error: failed })
        assert.deepStrictEqual(yield* itemsOf(ChatStreamV1.citations(stream)), { items: citations, error: failed })
      }))

    it("is folded without effects to the same, and knows all but the end before it", () => {
      const events = chatEvents(data)
      const fold = (some: ReadonlyArray<V1.ChatStreamEvent>) =>
        ChatStreamV1.toResponse(some.reduce(ChatStreamV1.reduce, ChatStreamV1.empty))
      assert.deepStrictEqual(fold(events), response)
      assert.deepStrictEqual(fold([...events, ...events]), response)
      assert.deepStrictEqual(fold(events.slice(0, -1)), before)
    })

    it("leaves every snapshot as it was", () => {
      const snapshots = chatEvents(data).reduce<ReadonlyArray<ChatStreamV1.Snapshot>>(
        (all, event) => [...all, Object.freeze(ChatStreamV1.reduce(all.at(-1)!, event))],
        [ChatStreamV1.empty]
      )
      const then = chatEvents(data).reduce<Array<V1.ChatResponse>>(
        (
          all,
          _,
          i
        ) => [
          ...all,
          ChatStreamV1.toResponse(chatEvents(data).slice(0, i + 1).reduce(ChatStreamV1.reduce, ChatStreamV1.empty))
        ],
        [{ text: "" }]
      )
      assert.deepStrictEqual(snapshots.map(ChatStreamV1.toResponse), then)
    })
  }
)

describe.each(generations)("generate: $name", ({ data, failure, response, text = [] }) => {
  const stream = generate(written(data))
  const failed = failure === undefined ? undefined : "GenerationFailed"

  if (failure === undefined) {
    it.effect("adds up to the answer", () =>
      Effect.map(GenerateStream.collect(stream), (collected) => assert.deepStrictEqual(collected, response)))
  } else {
    it.effect("fails with the reason and the answer so far", () =>
      Effect.gen(function*() {
        const error = expectFailed(yield* Effect.flip(GenerateStream.collect(stream)))
        assert.strictEqual(error.finishReason, failure.finishReason)
        assert.include(error.message, failure.says)
        assert.strictEqual(error.endpoint, "v1.generateStream")
        assert.deepStrictEqual(error.response, response)
      }))
  }

  it.effect("has these pieces of text", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* itemsOf(GenerateStream.text(stream)), { items: text, error: failed })
    }))

  it.effect("is folded without effects to the same, and not changed by what follows", () =>
    Effect.gen(function*() {
      const decode = yield* decoderOf(V1.generateStream(generateRequest))
      const { events } = yield* decode([encode(written(data))], jsonLines)
      const fold = (some: ReadonlyArray<V1.GenerateStreamEvent>) =>
        GenerateStream.toResponse(frozen(some).reduce(GenerateStream.reduce, GenerateStream.empty))
      assert.deepStrictEqual(fold(events), response)
      assert.deepStrictEqual(fold([...events, ...events]), response)
    }))
})

describe("while it streams", () => {
  it.effect("the parts are there before the end", () =>
    Effect.gen(function*() {
      const more = yield* Deferred.make<void>()
      const pieces = yield* Queue.unbounded<string>()
      const fiber = yield* chat([
        written(plainText.data.slice(0, 2)),
        Effect.as(Deferred.await(more), written(plainText.data.slice(2)))
      ]).pipe(ChatStreamV1.text, Stream.runForEach((piece) => Queue.offer(pieces, piece)), Effect.fork)
      // Were the body read to its end first, this would wait for ever.
      assert.strictEqual(yield* Queue.take(pieces), "The")
      assert.strictEqual(yield* Queue.size(pieces), 0)
      yield* Deferred.succeed(more, undefined)
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* Queue.takeAll(pieces)), [" Loire."])
    }))

  it.effect("every event gives a response so far", () =>
    Effect.gen(function*() {
      const responses = yield* chat(written(plainText.data)).pipe(
        Stream.scan(ChatStreamV1.empty, ChatStreamV1.reduce),
        Stream.map(ChatStreamV1.toResponse),
        Stream.runCollect
      )
      assert.deepStrictEqual(
        Chunk.toReadonlyArray(responses).map(({ finish_reason, text }) => [text, finish_reason]),
        [
          ["", undefined],
          ["", undefined],
          ["The", undefined],
          ["The", undefined],
          ["The Loire.", undefined],
          ["The Loire.", "COMPLETE"]
        ]
      )
    }))

  it("the plan of tool calls is the text until there is one", () => {
    const events = chatEvents([
      `{"event_type":"stream-start","generation_id":"g"}`,
      `{"event_type":"tool-calls-chunk","text":"I lo"}`,
      `{"event_type":"tool-calls-chunk","text":"ok."}`
    ])
    assert.deepStrictEqual(ChatStreamV1.toResponse(events.reduce(ChatStreamV1.reduce, ChatStreamV1.empty)), {
      text: "I look.",
      generation_id: "g"
    })
  })

  it.effect("each run starts from nothing", () =>
    Effect.gen(function*() {
      const told = ChatStreamV1.text(chat(written(plainText.data)))
      assert.strictEqual(yield* Stream.mkString(told), "The Loire.")
      assert.strictEqual(yield* Stream.mkString(told), "The Loire.")
      const continued = GenerateStream.text(generate(written(oneContinuation.data)))
      assert.strictEqual(yield* Stream.mkString(continued), "Once upon")
      assert.strictEqual(yield* Stream.mkString(continued), "Once upon")
    }))
})

describe("events that stop early", () => {
  it.effect("give their parts, then the error, and no response", () =>
    Effect.gen(function*() {
      const told = chat(written(plainText.data.slice(0, -1)))
      assert.deepStrictEqual(yield* itemsOf(ChatStreamV1.text(told)), {
        items: ["The", " Loire."],
        error: "StreamTruncated"
      })
      assert.strictEqual((yield* Effect.flip(ChatStreamV1.collect(told)))._tag, "StreamTruncated")
      const continued = generate(written(oneContinuation.data.slice(0, -1)))
      assert.deepStrictEqual(yield* itemsOf(GenerateStream.text(continued)), {
        items: ["Once", " upon"],
        error: "StreamTruncated"
      })
      assert.strictEqual((yield* Effect.flip(GenerateStream.collect(continued)))._tag, "StreamTruncated")
    }))

  it.effect("are truncated, too, when the caller cuts them off, or when there are none", () =>
    Effect.gen(function*() {
      const expected = (error: StreamTruncated | { readonly _tag: string }, endpoint: string, delivered: number) =>
        assert.deepInclude(error, { _tag: "StreamTruncated", endpoint, delivered })
      const told = Stream.take(chat(written(plainText.data)), 3)
      expected(yield* Effect.flip(ChatStreamV1.collect(told)), "v1.chatStream", 3)
      expected(yield* Effect.flip(Stream.runDrain(ChatStreamV1.citations(told))), "v1.chatStream", 3)
      expected(yield* Effect.flip(ChatStreamV1.collect(Stream.empty)), "v1.chatStream", 0)
      const continued = Stream.take(generate(written(oneContinuation.data)), 2)
      expected(yield* Effect.flip(GenerateStream.collect(continued)), "v1.generateStream", 2)
      expected(yield* Effect.flip(Stream.runDrain(GenerateStream.text(continued))), "v1.generateStream", 2)
    }))
})

describe("a turn that failed", () => {
  const reasons = ["ERROR", "ERROR_TOXIC", "ERROR_LIMIT", "USER_CANCEL", "TIMEOUT"] as const
  const fine = ["COMPLETE", "MAX_TOKENS", "STOP_SEQUENCE", "OF_TOMORROW"] as const

  const start = `{"event_type":"stream-start","generation_id":"g"}`
  const text = `{"event_type":"text-generation","text":"Hm"}`
  const ends = (reason: string): ReadonlyArray<readonly [where: string, data: string]> => [
    [
      "on both",
      `{"event_type":"stream-end","finish_reason":"${reason}","response":{"text":"Hm","finish_reason":"${reason}"}}`
    ],
    ["on the event", `{"event_type":"stream-end","finish_reason":"${reason}","response":{"text":"Hm"}}`],
    ["on the response", `{"event_type":"stream-end","response":{"text":"Hm","finish_reason":"${reason}"}}`]
  ]

  it.effect.each(reasons)(
    "says %s on its last event, in the response, or on both",
    (reason) =>
      Effect.forEach(ends(reason), ([where, end]) =>
        Effect.gen(function*() {
          const events = chatEvents([start, text, end])
          const error = expectFailed(yield* Effect.flip(ChatStreamV1.collect(Stream.fromIterable(events))))
          assert.strictEqual(error.finishReason, reason, where)
          assert.deepStrictEqual(error.response, { text: "Hm", finish_reason: reason }, where)
          assert.deepStrictEqual(
            yield* itemsOf(ChatStreamV1.text(Stream.fromIterable(events))),
            { items: ["Hm"], error: "GenerationFailed" },
            where
          )
        }))
  )

  it.effect.each(fine)(
    "does not say %s",
    (reason) =>
      Effect.forEach(ends(reason), ([where, end]) =>
        Effect.gen(function*() {
          const collected = yield* ChatStreamV1.collect(Stream.fromIterable(chatEvents([start, text, end])))
          assert.deepStrictEqual(collected, { text: "Hm", finish_reason: reason }, where)
        }))
  )

  it.effect("has failed when its last event says so, whatever the response says", () =>
    Effect.gen(function*() {
      const end =
        `{"event_type":"stream-end","finish_reason":"ERROR","response":{"text":"Hm","finish_reason":"COMPLETE"}}`
      const error = yield* Effect.flip(ChatStreamV1.collect(Stream.fromIterable(chatEvents([start, text, end]))))
      assert.strictEqual(expectFailed(error).finishReason, "ERROR")
    }))

  it.effect("is an event as long as nobody asks for its parts", () =>
    Effect.gen(function*() {
      const failed = [...chats, ...generations].filter(({ failure }) => failure !== undefined)
      assert.strictEqual(failed.length, 5)
      yield* Effect.forEach(chats.filter(({ failure }) => failure !== undefined), ({ data, events }) =>
        Effect.map(Stream.runCollect(chat(written(data))), (all) =>
          assert.deepStrictEqual<ReadonlyArray<unknown>>(Chunk.toReadonlyArray(all), events)))
    }))

  it.effect.each(reasons)("of generate says %s on its last event", (reason) =>
    Effect.gen(function*() {
      const ended = (end: V1.GenerateStreamEvent) =>
        Stream.make<Array<V1.GenerateStreamEvent>>({ event_type: "text-generation", text: "Hm" }, end)
      const end = ended({ event_type: "stream-end", finish_reason: reason })
      const error = expectFailed(yield* Effect.flip(GenerateStream.collect(end)))
      assert.strictEqual(error.finishReason, reason)
      assert.deepStrictEqual(error.response, { generations: [{ text: "Hm", finish_reason: reason }] })
      assert.deepStrictEqual(yield* itemsOf(GenerateStream.text(end)), { items: ["Hm"], error: "GenerationFailed" })
    }))

  it.effect("of generate has failed with stream-error, whatever else that says", () =>
    Effect.forEach(
      [
        { event_type: "stream-error", err: "no GPU", finish_reason: "COMPLETE" },
        { event_type: "stream-error", err: "no GPU", finish_reason: null },
        { event_type: "stream-error", err: "no GPU" }
      ] satisfies ReadonlyArray<V1.GenerateStreamEvent>,
      (event) =>
        Effect.map(Effect.flip(GenerateStream.collect(Stream.make<Array<V1.GenerateStreamEvent>>(event))), (error) => {
          assert.include(expectFailed(error).message, "no GPU")
        })
    ))
})

// ---------------------------------------------------------------------------------------------------------------------
// Any response
// ---------------------------------------------------------------------------------------------------------------------

const textArbitrary = FastCheck.oneof(
  FastCheck.string({ minLength: 1 }),
  FastCheck.string({ unit: "binary", minLength: 1 }),
  FastCheck.constantFrom("[DONE]", "\r\ndata: x\n\n", "👩‍🚀", "null", "\u2028")
)
const dictionary = FastCheck.dictionary(FastCheck.string(), FastCheck.jsonValue(), { maxKeys: 3 })
  .map((value): Record<string, unknown> => JSON.parse(JSON.stringify(value)))

/** A list of up to three, which is absent where it is empty. */
const some = <A>(item: FastCheck.Arbitrary<A>) => FastCheck.array(item, { maxLength: 3 })

const citation = FastCheck.record({
  start: FastCheck.nat(99),
  end: FastCheck.nat(99),
  text: textArbitrary,
  document_ids: some(textArbitrary)
})
const query = FastCheck.record({ text: textArbitrary, generation_id: textArbitrary })
const result = FastCheck.record({ search_query: query, connector: FastCheck.record({ id: textArbitrary }) })

/** What the events before the last one can tell. */
const told = FastCheck.record({
  generation_id: textArbitrary,
  text: FastCheck.oneof(textArbitrary, FastCheck.constant("")),
  citations: some(citation),
  documents: some(dictionary),
  search_queries: some(query),
  search_results: some(result),
  tool_calls: some(FastCheck.record({ name: textArbitrary, parameters: dictionary }))
})

const withoutEmpty = (all: object): object =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => !Array.isArray(value) || value.length > 0))

/** Cuts a list or a text into parts, of which some may be empty. */
const parts = <A extends string | ReadonlyArray<unknown>>(whole: A, next: (n: number) => number): ReadonlyArray<A> => {
  const places = upTo(next(4)).map(() => next(whole.length + 1)).sort((a, b) => a - b)
  // Slices of a text are texts, those of a list are lists.
  return [...places, whole.length].map((end, i) => whole.slice(i === 0 ? 0 : places[i - 1], end) as A)
}

it(`chat: any response that is told in pieces adds up to itself (SEED=${seed})`, () => {
  FastCheck.assert(
    FastCheck.property(told, dictionary, FastCheck.nat(1_000_000), (all, usage, salt) => {
      const next = random(salt)
      const before: ReadonlyArray<unknown> = [
        { event_type: "stream-start", generation_id: all.generation_id },
        ...parts(all.search_queries, next).map((search_queries) => ({
          event_type: "search-queries-generation",
          search_queries
        })),
        ...parts(all.search_results, next).map((search_results) => ({ event_type: "search-results", search_results })),
        ...parts(all.documents, next).map((documents) => ({ event_type: "search-results", documents })),
        { event_type: "of-tomorrow", text: "x" },
        ...parts(all.text, next).map((text) => ({ event_type: "text-generation", text })),
        ...parts(all.citations, next).map((citations) => ({ event_type: "citation-generation", citations })),
        ...(all.tool_calls.length === 0
          ? []
          : [{ event_type: "tool-calls-generation", tool_calls: all.tool_calls }])
      ]
      const response = { ...withoutEmpty(all), finish_reason: "COMPLETE", usage }
      const end = { event_type: "stream-end", response, finish_reason: "COMPLETE" }
      // As they come over the wire.
      const fold = (events: ReadonlyArray<unknown>) =>
        ChatStreamV1.toResponse(
          chatEvents(events.map((one) => JSON.stringify(one))).reduce(
            ChatStreamV1.reduce,
            ChatStreamV1.empty
          )
        )
      assert.deepStrictEqual<unknown>(fold(before), withoutEmpty(all))
      assert.deepStrictEqual<unknown>(fold([...before, end]), JSON.parse(JSON.stringify(response)))
    }),
    { seed, numRuns: 500 }
  )
})

it(`generate: any texts that take turns add up to themselves (SEED=${seed})`, () => {
  FastCheck.assert(
    FastCheck.property(
      FastCheck.array(textArbitrary, { minLength: 2, maxLength: 5 }),
      FastCheck.nat(1_000_000),
      (texts, salt) => {
        const next = random(salt)
        const left = texts.map((text, index) => parts(text, next).map((text) => ({ text, index })))
        const events: Array<V1.GenerateStreamEvent> = []
        while (left.some((pieces) => pieces.length > 0)) {
          const at = next(left.length)
          const [piece, ...rest] = left[at]!
          left[at] = rest
          if (piece !== undefined) events.push({ event_type: "text-generation", ...piece })
        }
        const snapshot = events.reduce(GenerateStream.reduce, GenerateStream.empty)
        assert.deepStrictEqual(GenerateStream.toResponse(snapshot), {
          generations: texts.map((text, index) => ({ text, index }))
        })
      }
    ),
    { seed, numRuns: 500 }
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Many
// ---------------------------------------------------------------------------------------------------------------------

describe("100,000 events in one piece", () => {
  const count = 100_000
  // Copying what came before for each event would make this 5,000,000,000 copies, which no test waits for.
  const kinds: ReadonlyArray<readonly [what: string, event: string, sum: (response: V1.ChatResponse) => unknown]> = [
    ["text", `{"event_type":"text-generation","text":"x"}`, ({ text }) => text.length],
    [
      "citations",
      `{"event_type":"citation-generation","citations":[{"start":0,"end":1}]}`,
      ({ citations }) => citations?.length
    ],
    ["documents", `{"event_type":"search-results","documents":[{"id":"d"}]}`, ({ documents }) => documents?.length],
    [
      "search results",
      `{"event_type":"search-results","search_results":[{"document_ids":[]}]}`,
      ({ search_results }) => search_results?.length
    ],
    [
      "search queries",
      `{"event_type":"search-queries-generation","search_queries":[{"text":"q"}]}`,
      ({ search_queries }) => search_queries?.length
    ],
    ["the plan", `{"event_type":"tool-calls-chunk","text":"x"}`, ({ text }) => text.length]
  ]

  it.effect.each(kinds)("of %s add up", ([, event, sum]) =>
    Effect.gen(function*() {
      const decode = yield* decoderOf(V1.chatStream(chatRequest))
      const { error, events } = yield* decode(
        [encode(`${event}\n`.repeat(count) + `{"event_type":"stream-end","finish_reason":"COMPLETE"}\n`)],
        jsonLines
      )
      assert.isUndefined(error)
      assert.strictEqual(events.length, count + 1)
      assert.strictEqual(sum(yield* ChatStreamV1.collect(Stream.fromIterable(events))), count)
    }), 10_000)

  it.effect("of text are picked one by one", () =>
    Effect.gen(function*() {
      const event: V1.ChatStreamEvent = { event_type: "text-generation", text: "x" }
      const events: ReadonlyArray<V1.ChatStreamEvent> = [...upTo(count).map(() => event), { event_type: "stream-end" }]
      assert.strictEqual(yield* Stream.runCount(ChatStreamV1.text(Stream.fromIterable(events))), count)
    }), 10_000)

  it.effect("of continuations add up, even if each were one of its own", () =>
    Effect.gen(function*() {
      const events: ReadonlyArray<V1.GenerateStreamEvent> = [
        ...upTo(count).map((index) => ({ event_type: "text-generation", text: "x", index }) as const),
        { event_type: "stream-end" }
      ]
      const { generations } = yield* GenerateStream.collect(Stream.fromIterable(events))
      assert.strictEqual(generations.length, count)
      assert.isTrue(generations.every(({ index }, i) => index === i))
    }), 10_000)
})

const completed = { event_type: "stream-end", finish_reason: "COMPLETE" } as const

it.effect("tool calls that come in several events are all in the response", () =>
  Effect.gen(function*() {
    const calling = (name: string): V1.ChatStreamEvent => ({
      event_type: "tool-calls-generation",
      tool_calls: [{ name, parameters: {} }]
    })
    const events = frozen([calling("a"), calling("b"), completed])
    const expected = [{ name: "a", parameters: {} }, { name: "b", parameters: {} }]
    const stream = Stream.fromIterable(events)
    assert.deepStrictEqual((yield* ChatStreamV1.collect(stream)).tool_calls, expected)
    assert.deepStrictEqual((yield* itemsOf(ChatStreamV1.toolCalls(stream))).items, expected)
  }))

it.effect("what comes after the last event is in no part", () =>
  Effect.gen(function*() {
    const late = { event_type: "text-generation", text: "late" } as const
    const text = { event_type: "text-generation", text: "a" } as const
    const events = frozen([text, completed, late])
    assert.deepStrictEqual((yield* itemsOf(ChatStreamV1.text(Stream.fromIterable(events)))).items, ["a"])
    assert.deepStrictEqual((yield* itemsOf(GenerateStream.text(Stream.fromIterable(events)))).items, ["a"])
  }))
