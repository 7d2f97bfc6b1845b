import type { Tool } from "@effect-cohere/core/Chat"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import type { ChatRequest, ChatResponse } from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { ask, call, chat, type ErrorBody, model, reasoningModel, refusal, textOf } from "./api.ts"

const tool = (name: string, description: string, properties: object, required: ReadonlyArray<string>): Tool => ({
  type: "function",
  function: { name, description, parameters: { type: "object", properties, required } }
})

const weather = tool("get_weather", "The weather of a city", {
  city: { type: "string" },
  unit: { type: "string", enum: ["celsius", "fahrenheit"] },
  days: { type: "integer" },
  note: { type: "string" }
}, ["city", "unit", "days"])
const attractions = tool("city_attractions", "What to see", { city: { type: "string" } }, ["city"])
const time = tool("current_time", "The time now", {}, [])

const calls = (response: ChatResponse) =>
  (response.message.tool_calls ?? []).map((each) => [each.function?.name, JSON.parse(each.function?.arguments ?? "")])

const documents = [
  { id: "antarctica", data: { title: "Penguins", text: "Emperor penguins live in Antarctica. They are the tallest." } },
  { data: { text: "Bananas are yellow when they are ripe." } },
  "Kiwis are birds that cannot fly."
]

describe("a chat about nothing in particular", () => {
  it("says what the user said, and what it is", async () => {
    const response = await ask("What is love?")
    assert.match(textOf(response), /“What is love\?”.*emulator/)
    assert.strictEqual(response.finish_reason, "COMPLETE")
    assert.strictEqual(response.message.citations, undefined)
    assert.strictEqual(response.message.tool_calls, undefined)
  })

  it("reads text blocks, and the last user message only", async () => {
    const response = await chat({
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "First question" },
        { role: "assistant", content: "First answer" },
        { role: "user", content: [{ type: "text", text: "Second question" }] }
      ]
    })
    assert.include(textOf(response), "Second question")
    assert.notInclude(textOf(response), "First")
  })

  it("counts what it read and wrote", async () => {
    const response = await ask("Hello there", { max_tokens: 5 })
    assert.deepStrictEqual(response.usage, {
      billed_units: { input_tokens: 2, output_tokens: 5 },
      tokens: { input_tokens: 6, output_tokens: 5 }
    })
  })

  it("ends at max_tokens or before a stop sequence, whatever comes first", async () => {
    const whole = textOf(await ask("one two three"))
    const cut = await ask("one two three", { max_tokens: 6 })
    const stopped = await ask("one two three", { stop_sequences: ["never", " three"] })
    const both = await ask("one two three", { stop_sequences: [" three"], max_tokens: 2 })
    assert.strictEqual(cut.finish_reason, "MAX_TOKENS")
    assert.strictEqual(textOf(cut), whole.slice(0, textOf(cut).length))
    assert.strictEqual(stopped.finish_reason, "STOP_SEQUENCE")
    assert.strictEqual(textOf(stopped), "You said: “one two")
    assert.strictEqual(both.finish_reason, "MAX_TOKENS")
  })

  it("has log probabilities for each piece of its text", async () => {
    const response = await ask("Hello", { logprobs: true })
    assert.strictEqual((response.logprobs ?? []).map((item) => item.text).join(""), textOf(response))
    for (const item of response.logprobs ?? []) {
      assert.isTrue(item.token_ids.every(Number.isInteger))
      assert.isTrue((item.logprobs ?? []).every((logprob) => logprob <= 0))
    }
    assert.strictEqual((await ask("Hello")).logprobs, undefined)
  })
})

describe("a model that reasons", () => {
  const think = (more: Partial<ChatRequest> = {}) => ask("Hello", { model: reasoningModel, ...more })

  it("thinks first, unless it is told not to", async () => {
    const response = await think()
    assert.deepStrictEqual(response.message.content?.map((block) => block.type as string), ["thinking", "text"])
    assert.isAbove(response.usage?.tokens?.reasoning_tokens ?? 0, 0)
    const silent = await think({ thinking: { type: "disabled" } })
    assert.deepStrictEqual(silent.message.content?.map((block) => block.type as string), ["text"])
    assert.deepStrictEqual((await ask("Hello")).message.content?.map((block) => block.type as string), ["text"])
  })

  it("thinks no more than its budget, and may use up all tokens with it", async () => {
    const budget = await think({ thinking: { type: "enabled", token_budget: 3 } })
    assert.strictEqual(budget.usage?.tokens?.reasoning_tokens, 3)
    const exhausted = await think({ max_tokens: 3 })
    assert.deepStrictEqual(exhausted.message.content?.map((block) => block.type as string), ["thinking"])
    assert.strictEqual(exhausted.finish_reason, "MAX_TOKENS")
  })

  it("puts its plan for tools into its thoughts, and cites in its second block", async () => {
    const calling = await think({ tools: [weather], messages: [{ role: "user", content: "The weather in Oslo?" }] })
    assert.strictEqual(calling.message.tool_plan, undefined)
    assert.deepStrictEqual(calling.message.content?.map((block) => block.type as string), ["thinking"])
    const cited = await ask("Where do penguins live?", { model: reasoningModel, documents })
    assert.strictEqual(cited.message.citations?.[0]?.content_index, 1)
  })
})

describe("a chat with documents", () => {
  it("answers with their most relevant sentences and cites these", async () => {
    const response = await ask("Where do penguins live?", { documents })
    assert.match(textOf(response), /^Emperor penguins live in Antarctica\./)
    assert.notInclude(textOf(response), "Bananas")
    const [citation] = response.message.citations ?? []
    assert.strictEqual(citation?.text, "Emperor penguins live in Antarctica")
    assert.deepStrictEqual(citation?.sources as unknown, [
      {
        type: "document",
        id: "antarctica",
        document: {
          id: "antarctica",
          title: "Penguins",
          text: "Emperor penguins live in Antarctica. They are the tallest."
        }
      }
    ])
  })

  it("names documents without an id after their position", async () => {
    const source = async (question: string) => (await ask(question, { documents })).message.citations?.[0]?.sources?.[0]
    assert.deepInclude(await source("Are bananas yellow?"), { id: "doc:1" })
    assert.deepEqual(await source("Which birds are kiwis?") as unknown, {
      type: "document",
      id: "doc:2",
      document: { id: "doc:2", text: "Kiwis are birds that cannot fly." }
    })
  })

  it("cites all documents that say the same", async () => {
    const response = await ask("What colour is the sky?", {
      documents: ["The sky is blue.", "The sky is blue. Really."]
    })
    assert.deepStrictEqual(
      response.message.citations?.[0]?.sources?.map((source) => "id" in source ? source.id : undefined),
      ["doc:0", "doc:1"]
    )
  })

  it("admits that it found nothing", async () => {
    const response = await ask("Who painted Guernica?", { documents })
    assert.strictEqual(textOf(response), "I could not find an answer in the documents.")
    assert.strictEqual(response.message.citations, undefined)
  })

  it("does not cite when it is told not to, in any case of the letters", async () => {
    for (const mode of ["OFF", "DISABLED", "off"]) {
      const response = await ask("Where do penguins live?", { documents, citation_options: { mode } })
      assert.strictEqual(response.message.citations, undefined)
      assert.include(textOf(response), "Antarctica")
    }
  })

  it("always cites passages of its text", () => {
    const words = FastCheck.constantFrom(
      "Penguin",
      "ice",
      "🐧 fish",
      "swims.",
      "né",
      "Why?",
      "3.5",
      "\n",
      "{\"a\": 1}",
      "…"
    )
    const document = FastCheck.array(words, { minLength: 1, maxLength: 12 }).map((all) => all.join(" "))
    const data = FastCheck.oneof(
      document,
      FastCheck.record({
        data: FastCheck.dictionary(FastCheck.constantFrom("a", "b", "title"), document, { minKeys: 1 })
      })
    )
    return FastCheck.assert(
      FastCheck.asyncProperty(
        FastCheck.array(data, { maxLength: 5 }),
        FastCheck.integer({ min: 0, max: 40 }),
        async (documents, limit) => {
          const response = await ask("Why do penguins swim on ice?", { documents, max_tokens: limit })
          const text = textOf(response)
          for (const citation of response.message.citations ?? []) {
            assert.strictEqual(text.slice(citation.start ?? -1, citation.end ?? -1), citation.text)
            assert.isAbove(citation.sources?.length ?? 0, 0)
          }
        }
      )
    )
  })
})

describe("a chat with tools", () => {
  it("calls the tool that the message names, and fills what it requires from the message", async () => {
    const response = await ask("What will the weather in New York be for the next 3 days, in fahrenheit?", {
      tools: [time, weather, attractions]
    })
    assert.deepStrictEqual(calls(response), [["get_weather", { city: "New York", unit: "fahrenheit", days: 3 }]])
    assert.strictEqual(response.finish_reason, "TOOL_CALL")
    assert.strictEqual(response.message.content, undefined)
    assert.match(response.message.tool_plan ?? "", /get_weather/)
    assert.match(response.message.tool_calls?.[0]?.id ?? "", /^get_weather_[a-z0-9]{12}$/)
  })

  it("calls several tools when the message names several", async () => {
    const response = await ask("Weather and attractions in Paris?", { tools: [weather, attractions, time] })
    assert.deepStrictEqual(calls(response).map(([name]) => name as string), ["get_weather", "city_attractions"])
    assert.deepStrictEqual(calls(response)[1]?.[1], { city: "Paris" })
  })

  it("prefers the tool that covers more of the message", async () => {
    const order = (name: string) => tool(name, "", { id: { type: "integer" } }, ["id"])
    const response = await ask("Cancel order 17, please", { tools: [order("get_order"), order("cancel_order")] })
    assert.deepStrictEqual(calls(response), [["cancel_order", { id: 17 }]])
  })

  it("takes dates, quotes and whole questions where they belong", async () => {
    const book = tool("book_room", "", {
      date: { type: "string", format: "date" },
      name: { type: "string" },
      city: { type: "string" }
    }, ["date", "name", "city"])
    const search = tool("web_search", "Searches the web", { query: { type: "string" } }, ["query"])
    assert.deepStrictEqual(
      calls(await ask("Book a room called \"the attic\" in Rome on 2026-12-24", { tools: [book] })),
      [["book_room", { date: "2026-12-24", name: "the attic", city: "Rome" }]]
    )
    const question = "Search the web: who won in 1998?"
    assert.deepStrictEqual(calls(await ask(question, { tools: [search] })), [["web_search", { query: question }]])
  })

  it("calls no tool that has nothing to do with the message, unless it must", async () => {
    assert.strictEqual((await ask("Tell me a joke", { tools: [weather] })).message.tool_calls, undefined)
    const forced = await ask("Tell me a joke", { tools: [weather], tool_choice: "REQUIRED" })
    assert.strictEqual(calls(forced)[0]?.[0], "get_weather")
    const forbidden = await ask("The weather in Oslo?", { tools: [weather], tool_choice: "NONE" })
    assert.strictEqual(forbidden.finish_reason, "COMPLETE")
  })

  it("answers from the results, citing each by call and number", async () => {
    const first = await ask("The weather and the attractions of Oslo?", { tools: [weather, attractions] })
    const [one = "", two = ""] = (first.message.tool_calls ?? []).map((each) => each.id ?? "")
    const second = await chat({
      tools: [weather, attractions],
      messages: [
        { role: "user", content: "The weather and the attractions of Oslo?" },
        first.message,
        { role: "tool", tool_call_id: one, content: "{\"celsius\": 4}" },
        {
          role: "tool",
          tool_call_id: two,
          content: [
            { type: "document", document: { data: { text: "Nothing to say here at all." } } },
            { type: "document", document: { data: { text: "The attractions of Oslo are its museums." } } }
          ]
        }
      ]
    })
    assert.strictEqual(second.finish_reason, "COMPLETE")
    assert.strictEqual(textOf(second), "celsius: 4. The attractions of Oslo are its museums.")
    assert.deepStrictEqual(second.message.citations?.map(({ sources, text }) => [text, sources?.[0]]) as unknown, [
      ["celsius: 4", { type: "tool", id: `${one}:0`, tool_output: { celsius: 4 } }],
      [
        "The attractions of Oslo are its museums",
        { type: "tool", id: `${two}:1`, tool_output: { text: "The attractions of Oslo are its museums." } }
      ]
    ])
  })

  it("keeps plain results under the key that the real server uses", async () => {
    const first = await ask("The weather in Oslo?", { tools: [weather] })
    const second = await chat({
      messages: [
        { role: "user", content: "The weather in Oslo?" },
        first.message,
        { role: "tool", tool_call_id: first.message.tool_calls?.[0]?.id ?? "", content: "Cold and wet." }
      ]
    })
    assert.strictEqual(textOf(second), "Cold and wet.")
    assert.deepInclude(second.message.citations?.[0]?.sources?.[0], { tool_output: { content: "Cold and wet." } })
  })
})

describe("a chat is refused", () => {
  const base = { model, messages: [{ role: "user", content: "Hi" }] }
  const user = base.messages[0]
  const assistant = (...ids: ReadonlyArray<string>) => ({
    role: "assistant",
    tool_calls: ids.map((id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } }))
  })
  const schema = (json_schema: unknown) => ({ response_format: { type: "json_object", json_schema } })

  const cases: ReadonlyArray<readonly [object, string]> = [
    [{ messages: [] }, "invalid request: list of messages must not be empty"],
    [{ temperature: 1.1 }, "invalid request: temperature must be between 0 and 1.0 inclusive."],
    [{ presence_penalty: -1 }, "invalid request: presence_penalty must be between 0 and 1 inclusive."],
    [{ p: 1 }, "invalid request: p must be between 0.01 and 0.99 inclusive."],
    [{ k: 501 }, "invalid request: k must be between 0 and 500 inclusive."],
    [{ messages: [{ role: "user", content: "" }] }, "message must not be empty in a turn"],
    [{ messages: [user, { role: "system", content: "x" }] }, "system turn must be the first in the list"],
    [
      { messages: [user, { role: "tool", tool_call_id: "", content: "x" }] },
      "tool call id must be provided with tool message"
    ],
    [
      { messages: [user, assistant("a"), { role: "tool", tool_call_id: "b", content: "x" }] },
      "tool call id not found in previous tool calls"
    ],
    [{ messages: [user, assistant("a", "a")] }, "cannot have duplicate tool ids"],
    [
      { tools: [tool("1st", "", {}, [])] },
      "invalid request: tool names can only contain certain characters (A-Za-z0-9_) and can't begin with a digit " +
      "(provided name: '1st')."
    ],
    [{ tools: [time, time] }, "invalid request: tool names must be unique (provided name: 'current_time')."],
    [{ tool_choice: "REQUIRED" }, "invalid request: tool_choice REQUIRED can only be used with tools"],
    [{ documents: [{ text: "no data" }] }, "invalid request: document at index 0 cannot be empty"],
    [{ documents: ["a", ""] }, "invalid request: document at index 1 cannot be empty"],
    [
      { documents: [{ id: "x", data: "a" }, { id: "x", data: "b" }] },
      "invalid request: duplicate document ID x at index 1 and 0"
    ],
    [
      { documents: ["a"], response_format: { type: "json_object" } },
      "invalid request: response_format is not supported with RAG."
    ],
    [
      { tools: [time], response_format: { type: "json_object" } },
      "invalid request: response_format is not supported with tools."
    ],
    [schema({ type: "array" }), "schema must be an object"],
    [schema({ type: "object", properties: {}, required: ["name"] }), "required field name not found in properties"],
    [schema({ type: "object", properties: { title: {} }, required: ["title"] }), "property title must have a type"]
  ]
  for (const [more, reason] of cases) {
    it(`with: ${reason}`, async () => {
      assert.strictEqual(await refusal("/v2/chat", { ...base, ...more }), `400 ${reason}`)
    })
  }

  it("when it is longer than the model's context", async () => {
    const emulator = Emulator.make({ models: [{ name: "small", endpoints: ["chat"], context_length: 10 }] })
    const { body, status } = await call<ErrorBody>("/v2/chat", {
      body: { model: "small", messages: [{ role: "user", content: "a b c d e f g h" }] }
    }, emulator)
    assert.strictEqual(status, 400)
    assert.strictEqual(body.error_type, "TOO_MANY_TOKENS")
    assert.strictEqual(
      body.message,
      "too many tokens: size limit exceeded by 2 tokens. Try using shorter or fewer inputs. " +
        "The limit for this model is 10 tokens."
    )
  })
})
