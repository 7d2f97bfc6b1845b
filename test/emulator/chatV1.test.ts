import * as ChatStreamV1 from "@effect-cohere/core/ChatStreamV1"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import type { ChatRequest, ChatResponse, ChatStreamEvent } from "@effect-cohere/core/V1"
import type { JsonObject } from "@effect-cohere/core/Wire"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { lines, ok, refusal, request } from "./api.ts"

const model = "command-r-plus-08-2024"

const chat = (body: Partial<ChatRequest>, emulator?: Emulator.Emulator): Promise<ChatResponse> =>
  ok("/v1/chat", { body: { model, ...body } }, emulator)

const stream = async (
  body: Partial<ChatRequest>,
  emulator = Emulator.make()
): Promise<ReadonlyArray<ChatStreamEvent>> => {
  const response = await emulator.fetch(request("/v1/chat", { body: { model, stream: true, ...body } }))
  return lines(await response.text()) as ReadonlyArray<ChatStreamEvent>
}

/** What the events say without the whole response in the last one. */
const fold = (events: ReadonlyArray<ChatStreamEvent>): ChatResponse =>
  ChatStreamV1.toResponse(
    events.map((event) => event.event_type === "stream-end" ? { ...event, response: null } : event)
      .reduce(ChatStreamV1.reduce, ChatStreamV1.empty)
  )

/** The kinds of events in their order, each run of equal ones once. */
const order = (events: ReadonlyArray<ChatStreamEvent>): ReadonlyArray<string> =>
  events.map((event) => String(event.event_type)).filter((type, i, all) => type !== all[i - 1])

const weather = {
  name: "get_weather",
  description: "The current weather of a city",
  parameter_definitions: {
    city: { type: "str", description: "The city", required: true },
    days: { type: "int", required: true },
    hours: { type: "List[int]" }
  }
}

const rivers: readonly [JsonObject, JsonObject] = [
  { title: "Paris", text: "Paris lies on the river Seine. It is the capital of France." },
  { id: "madrid", title: "Madrid", text: "Madrid lies on the river Manzanares." }
]

const result = {
  call: { name: "get_weather", parameters: { city: "Toronto", days: 3 } },
  outputs: [{ forecast: "It will be sunny in Toronto." }, { forecast: "Bring a hat." }]
}

const requests: Readonly<Record<string, Partial<ChatRequest>>> = {
  "a reply": { message: "Grüße aus Łódź – 日本語 🚣‍♀️!" },
  "a conversation": {
    message: "And Spain?",
    preamble: "Be brief.",
    chat_history: [
      { role: "SYSTEM", message: "Name rivers." },
      { role: "USER", message: "France?" },
      { role: "CHATBOT", message: "The Seine." }
    ]
  },
  "accurate citations": { message: "On which river does Paris lie?", documents: rivers },
  "fast citations": { message: "On which river do Paris and Madrid lie?", documents: rivers, citation_quality: "fast" },
  "a tool call": { message: "How is the weather in Toronto for 3 days?", tools: [weather] },
  "tool results": { message: "How is the weather in Toronto?", tools: [weather], tool_results: [result] },
  "search queries": { message: "Who won? Who lost?", search_queries_only: true },
  "a cut": { message: "Hello!", max_tokens: 3 },
  "a stop": { message: "Hello!", stop_sequences: ["emulator"] },
  "JSON": {
    message: "Tell me about the city of Paris.",
    response_format: {
      type: "json_object",
      schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
    }
  }
}

describe("v1 chat", () => {
  it("answers with ids, the conversation, and what it costs", async () => {
    const response = await chat({ message: "Hello!" })
    assert.include(response.text, "Hello!")
    assert.strictEqual(response.finish_reason, "COMPLETE")
    assert.notStrictEqual(response.response_id, response.generation_id)
    assert.deepStrictEqual(response.chat_history, [
      { role: "USER", message: "Hello!" },
      { role: "CHATBOT", message: response.text }
    ])
    assert.deepStrictEqual(response.meta?.api_version, { version: "1" })
    for (const units of [response.meta?.billed_units, response.meta?.tokens]) {
      assert.isAbove(units?.input_tokens ?? 0, 0)
      assert.isAbove(units?.output_tokens ?? 0, 0)
    }
    for (const absent of ["citations", "documents", "tool_calls", "search_queries"]) {
      assert.notProperty(response, absent)
    }
  })

  it("takes the default model when none is given", async () => {
    const { text } = await ok<ChatResponse>("/v1/chat", { body: { message: "Hello!" } })
    assert.include(text, "Hello!")
    const emulator = Emulator.make({ models: [{ name: "a", endpoints: ["chat"] }] })
    assert.strictEqual(
      await refusal("/v1/chat", { message: "Hello!" }, emulator),
      "400 a model parameter is required for this endpoint."
    )
  })

  it("cites documents by ids, which it gives to those without; each citation is a slice of the text", async () => {
    const { citations, documents, text } = await chat(requests["accurate citations"] ?? {})
    assert.deepStrictEqual(documents, [{ ...rivers[0], id: "doc_0" }, rivers[1]])
    assert.isNotEmpty(citations)
    for (const citation of citations ?? []) {
      assert.strictEqual(text.slice(citation.start ?? -1, citation.end ?? -1), citation.text)
    }
    assert.deepStrictEqual(citations?.[0]?.document_ids, ["doc_0"])
    assert.notProperty(await chat({ ...requests["accurate citations"], citation_quality: "off" }), "citations")
  })

  it("does not see what a document excludes", async () => {
    const { documents, text } = await chat({
      message: "On which river does Paris lie?",
      documents: [{
        text: "Paris lies on the river Seine.",
        note: "Paris lies on the river Nile.",
        _excludes: ["note"]
      }]
    })
    assert.include(text, "Seine")
    assert.notInclude(text, "Nile")
    assert.deepStrictEqual(documents, [
      { id: "doc_0", text: "Paris lies on the river Seine.", note: "Paris lies on the river Nile." }
    ])
  })

  it("calls tools with parameters of the types of their definitions", async () => {
    const { chat_history, finish_reason, text, tool_calls } = await chat(requests["a tool call"] ?? {})
    assert.deepStrictEqual(tool_calls, [{ name: "get_weather", parameters: { city: "Toronto", days: 3 } }])
    assert.strictEqual(finish_reason, "COMPLETE")
    assert.notStrictEqual(text, "")
    assert.deepStrictEqual(chat_history?.at(-1), { role: "CHATBOT", message: text, tool_calls })
  })

  it("answers from tool results, and cites them as documents", async () => {
    const { citations, documents, text } = await chat(requests["tool results"] ?? {})
    assert.include(text, "sunny in Toronto")
    assert.deepStrictEqual(documents, [
      { id: "get_weather:0:0:0", tool_name: "get_weather", forecast: "It will be sunny in Toronto." },
      { id: "get_weather:0:0:1", tool_name: "get_weather", forecast: "Bring a hat." }
    ])
    assert.isTrue(citations?.some(({ document_ids }) => document_ids?.includes("get_weather:0:0:0")))
  })

  it("goes on with its own history after a tool call, without a message", async () => {
    const asks = await chat(requests["a tool call"] ?? {})
    const answer = await chat({
      message: "",
      tools: [weather],
      chat_history: asks.chat_history ?? [],
      tool_results: [result]
    })
    assert.include(answer.text, "sunny in Toronto")
    assert.deepStrictEqual(answer.chat_history?.map(({ role }) => role as string), [
      "USER",
      "CHATBOT",
      "TOOL",
      "CHATBOT"
    ])
    const next = await chat({ message: "Thanks!", chat_history: answer.chat_history ?? [] })
    assert.include(next.text, "Thanks!")
    assert.strictEqual(next.chat_history?.length, 6)
  })

  it("remembers conversations by their id, streamed or not", async () => {
    const emulator = Emulator.make()
    const say = (message: string, id = "c1") => chat({ message, conversation_id: id }, emulator)
    await say("One.")
    await stream({ message: "Two.", conversation_id: "c1" }, emulator)
    const third = await say("Three.")
    const said = (response: ChatResponse) =>
      response.chat_history?.flatMap((message) => message.role === "USER" ? [message.message] : [])
    assert.deepStrictEqual(said(third), ["One.", "Two.", "Three."])
    assert.deepStrictEqual(said(await say("Other.", "c2")), ["Other."])
    assert.deepStrictEqual(said(await chat({ message: "Alone.", conversation_id: "c1" })), ["Alone."])
  })

  it("says what to search for, and whether at all", async () => {
    const asks = await chat(requests["search queries"] ?? {})
    assert.strictEqual(asks.text, "")
    assert.isTrue(asks.is_search_required)
    assert.deepStrictEqual(asks.search_queries?.map(({ text }) => text), ["Who won?", "Who lost?"])
    const greets = await chat({ message: "Hi!", search_queries_only: true })
    assert.isFalse(greets.is_search_required)
    assert.notProperty(greets, "search_queries")
  })

  it("knows connectors, but cannot reach them", async () => {
    const emulator = Emulator.make()
    const { connector: { id } } = await ok<{ connector: { id: string } }>("/v1/connectors", {
      body: { name: "Handbook", url: "https://search.example.com" }
    }, emulator)
    const message = "Who is who?"
    assert.match(
      await refusal("/v1/chat", { model, message, connectors: [{ id: "web-search" }] }, emulator),
      /^404 connector 'web-search' not found\./
    )
    assert.match(
      await refusal("/v1/chat", { model, message, connectors: [{ id }] }, emulator),
      /^400 connectors failed with continue on failure disabled: connector handbook-\w+ failed with message '/
    )
    const connectors = [{ id, continue_on_failure: true }]
    const response = await chat({ message, connectors }, emulator)
    assert.deepStrictEqual(response.search_results?.map(({ connector }) => connector), [{ id }])
    assert.isNotEmpty(response.search_results?.[0]?.error_message)
    assert.deepStrictEqual(order(await stream({ message, connectors }, emulator)).slice(0, 4), [
      "stream-start",
      "search-queries-generation",
      "search-results",
      "text-generation"
    ])
  })

  it("fails when the prompt is too long, unless it may be truncated", async () => {
    const chat_history = Array.from({ length: 200 }, (_, i) => ({
      role: i % 2 === 0 ? "USER" as const : "CHATBOT" as const,
      message: `${i} ${"word ".repeat(1_000)}`
    }))
    const request = { message: "Hello!", chat_history }
    assert.match(await refusal("/v1/chat", { model, ...request }), /^400 too many tokens: .* exceeded by \d+ tokens/)
    assert.match(
      await refusal("/v1/chat", { model, ...request, prompt_truncation: "OFF" }),
      /^400 too many tokens: /
    )
    const cut = await chat({ ...request, prompt_truncation: "AUTO" })
    assert.isBelow(cut.meta?.tokens?.input_tokens ?? Infinity, 128_000)
    assert.strictEqual(cut.chat_history?.length, 202)
    const small = await chat({ ...request, prompt_truncation: "AUTO_PRESERVE_ORDER", max_input_tokens: 5_000 })
    assert.isBelow(small.meta?.tokens?.input_tokens ?? Infinity, 5_001)
    assert.match(
      await refusal("/v1/chat", { model, message: "word ".repeat(50), max_input_tokens: 20 }),
      /^400 too many/
    )
    const documents = Array.from({ length: 10 }, (_, i) => ({ text: `${i} ${"word ".repeat(100)}` }))
    const fewer = await chat({ message: "word?", documents, prompt_truncation: "AUTO", max_input_tokens: 500 })
    assert.isBelow(fewer.meta?.tokens?.input_tokens ?? Infinity, 501)
  })

  it("fills a JSON schema", async () => {
    const { text } = await chat(requests["JSON"] ?? {})
    assert.deepStrictEqual(JSON.parse(text), { city: "Paris" })
  })

  it("refuses the newest models, and says where they are", async () => {
    for (const name of ["command-a-plus-05-2026", "command-a-reasoning-08-2025", "command-a-vision-07-2025"]) {
      assert.match(
        await refusal("/v1/chat", { model: name, message: "Hello!" }),
        /^400 .*is not supported with '\/v1\/chat'.*\/v2\/chat/
      )
    }
  })

  it("refuses what the real server refuses, in its words", async () => {
    const reason = async (body: object) => (await refusal("/v1/chat", { model, message: "Hello!", ...body })).slice(4)
    const cases: ReadonlyArray<readonly [object, string]> = [
      [{ message: "" }, "invalid request: message must be at least 1 token long or tool results must be specified."],
      [{ temperature: 1.1 }, "invalid request: temperature must be between 0 and 1.0 inclusive."],
      [{ presence_penalty: 2 }, "invalid request: presence_penalty must be between 0 and 1 inclusive."],
      [
        { chat_history: [{ role: "USER", message: "" }] },
        "invalid request: all elements in history must have a message."
      ],
      [
        { chat_history: [{ role: "USER", message: "a" }, { role: "CHATBOT", message: "b" }, { role: "Robot" }] },
        "invalid request: Invalid role in chat_history at index 2. Role must be one of the following: User, Chatbot, " +
        "System, Tool"
      ],
      [{ documents: [{}] }, "invalid request: document at index 0 cannot be empty"],
      [
        { documents: [{ id: "a", text: "a" }, { id: "a", text: "b" }] },
        "invalid request: duplicate document ID a at index 1 and 0"
      ],
      [
        { documents: [{ text: "a" }], response_format: { type: "json_object" } },
        "invalid request: response_format is not supported with RAG."
      ],
      [{ tools: [{ name: "", description: "a" }] }, "invalid request: all elements in tools must have a name."],
      [
        { tools: [{ name: "1a", description: "a" }] },
        "invalid request: tool names can only contain certain characters (A-Za-z0-9_) and can't begin with a digit " +
        "(provided name: '1a')."
      ],
      [
        { tools: [{ name: "a", description: "" }] },
        "invalid request: the 'a' tool must have at least a description, input, or output."
      ],
      [
        { raw_prompting: true, documents: [{ text: "a" }], tools: [weather] },
        "invalid request: raw prompting is not supported with the following parameter(s): documents, tools."
      ]
    ]
    for (const [body, text] of cases) assert.strictEqual(await reason(body), text)
    assert.match(await reason({ stop_sequences: ["a", "b", "c", "d", "e", "f"] }), /stop_sequences must be at most 5/)
    assert.match(await reason({ tool_results: [result] }), /tool_results/)
    assert.match(await reason({ conversation_id: "" }), /conversation_id/)
  })
})

describe("v1 chat, streamed", () => {
  for (const [name, body] of Object.entries(requests)) {
    it(`adds up to the answer at once: ${name}`, async () => {
      const whole = await chat(body)
      const events = await stream(body)
      assert.deepStrictEqual(await Effect.runPromise(ChatStreamV1.collect(Stream.fromIterable(events))), whole)
      // The pieces alone tell what can be told without the last event's response.
      const { chat_history: _, is_search_required: __, meta: ___, response_id: ____, ...told } = whole
      const reason = told.finish_reason === "STOP_SEQUENCE" ? "COMPLETE" : told.finish_reason
      assert.deepStrictEqual(fold(events), { ...told, finish_reason: reason })
      assert.deepStrictEqual(
        events.map((event) => event["is_finished"]),
        events.map((_, i) => i === events.length - 1)
      )
    })
  }

  it("has its events in the order of the real server's", async () => {
    const expected: Readonly<Record<string, ReadonlyArray<string>>> = {
      "a reply": ["stream-start", "text-generation", "stream-end"],
      "accurate citations": ["stream-start", "search-results", "text-generation", "citation-generation", "stream-end"],
      "a tool call": ["stream-start", "tool-calls-chunk", "tool-calls-generation", "stream-end"],
      "tool results": ["stream-start", "search-results", "text-generation", "citation-generation", "stream-end"],
      "search queries": ["stream-start", "search-queries-generation", "stream-end"]
    }
    for (const [name, types] of Object.entries(expected)) {
      assert.deepStrictEqual(order(await stream(requests[name] ?? {})), types, name)
    }
    assert.isAbove(order(await stream(requests["fast citations"] ?? {})).length, 5)
  })

  it("tells a tool call as plan, name and pieces of JSON", async () => {
    const chunks = (await stream(requests["a tool call"] ?? {})).flatMap((event) =>
      event.event_type === "tool-calls-chunk" ? [event] : []
    )
    const plan = chunks.flatMap(({ text, tool_call_delta }) => tool_call_delta == null ? [text] : [])
    const deltas = chunks.flatMap(({ tool_call_delta }) => tool_call_delta ?? [])
    assert.strictEqual(plan.join(""), (await chat(requests["a tool call"] ?? {})).text)
    assert.deepStrictEqual(deltas[0], { index: 0, name: "get_weather" })
    assert.isAbove(deltas.length, 3)
    assert.deepStrictEqual(JSON.parse(deltas.slice(1).map(({ parameters }) => parameters).join("")), {
      city: "Toronto",
      days: 3
    })
  })

  it("is refused with a status, as the whole answer is", async () => {
    assert.match(
      await refusal("/v1/chat", { model: "command-a-reasoning-08-2025", message: "a", stream: true }),
      /^400 .*is not supported with '\/v1\/chat'/
    )
  })
})
