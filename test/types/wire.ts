/** Requests and responses: what the server knows compiles, what it would refuse does not, what it may add fits. */
import * as Chat from "@effect-cohere/core/Chat"
import * as Models from "@effect-cohere/core/Models"
import * as V2 from "@effect-cohere/core/V2"
import { expectTypeOf } from "vitest"

declare const response: V2.ChatResponse
declare const anyString: string

const messages = [Chat.user("Hi!")]

// ---------------------------------------------------------------------------------------------------------------------
// A response goes back as it is
// ---------------------------------------------------------------------------------------------------------------------

expectTypeOf<V2.ChatResponse["message"]>().toExtend<Chat.Message>()
expectTypeOf<V2.ChatResponse["message"]>().toExtend<V2.ChatRequest["messages"][number]>()
expectTypeOf(V2.chat).toBeCallableWith({
  model: "m",
  messages: [
    Chat.system("Be brief."),
    ...messages,
    response.message,
    ...(response.message.tool_calls ?? []).map((call) => Chat.toolResult(call.id ?? "", [{ celsius: 21 }])),
    Chat.assistant("So be it.")
  ]
})
// What is read-only can be passed, and literals are inferred where they stand.
expectTypeOf(V2.chat).toBeCallableWith(
  { model: "m", messages: [{ role: "user", content: [{ type: "text", text: "Hi!" }] }] } as const
)
expectTypeOf<keyof V2.ChatRequest & "stream">().toBeNever()

// ---------------------------------------------------------------------------------------------------------------------
// What a request must not be
// ---------------------------------------------------------------------------------------------------------------------

expectTypeOf(V2.chat({ model: anyString, messages }))
expectTypeOf(V2.chat({ model: "command-of-tomorrow", messages }))

// @ts-expect-error — there is no default model
expectTypeOf(V2.chat({ messages }))
// @ts-expect-error — a conversation is needed
expectTypeOf(V2.chat({ model: "m" }))
// @ts-expect-error — a misspelled field
expectTypeOf(V2.chat({ model: "m", messages, max_token: 5 }))
// @ts-expect-error — names are the wire's
expectTypeOf(V2.chat({ model: "m", messages, maxTokens: 5 }))
// @ts-expect-error — whether to stream is said by the choice of function
expectTypeOf(V2.chat({ model: "m", messages, stream: true }))
// @ts-expect-error — an unknown value of a closed enum
expectTypeOf(V2.chat({ model: "m", messages, safety_mode: "LOOSE" }))
// @ts-expect-error — the case counts
expectTypeOf(V2.chat({ model: "m", messages, tool_choice: "required" }))
// @ts-expect-error — a number is no text
expectTypeOf(V2.chat({ model: "m", messages, temperature: "0.3" }))
// @ts-expect-error — null is not sent
expectTypeOf(V2.chat({ model: "m", messages, seed: null }))
// @ts-expect-error — an unknown format
expectTypeOf(V2.chat({ model: "m", messages, response_format: { type: "xml" } }))
// @ts-expect-error — a schema belongs to json_object
expectTypeOf(V2.chat({ model: "m", messages, response_format: { type: "text", json_schema: {} } }))
// @ts-expect-error — an unknown role
expectTypeOf(V2.chat({ model: "m", messages: [{ role: "robot", content: "Hi!" }] }))
// @ts-expect-error — the user calls no tools
expectTypeOf(V2.chat({ model: "m", messages: [{ role: "user", content: "Hi!", tool_calls: [] }] }))
// @ts-expect-error — a tool message says what it answers
expectTypeOf(V2.chat({ model: "m", messages: [{ role: "tool", content: "{}" }] }))
// @ts-expect-error — a misspelled part of a tool
expectTypeOf(V2.chat({ model: "m", messages, tools: [{ type: "function", function: { name: "f", params: {} } }] }))
// @ts-expect-error — one function for both is asked too much
expectTypeOf(V2.chatStream({ model: "m", messages, strict_tools: "yes" }))

expectTypeOf(V2.embed({ model: "m", input_type: "search_query", texts: ["a"], embedding_types: ["int8", "base64"] }))
// @ts-expect-error — what the embedding is for must be said
expectTypeOf(V2.embed({ model: "m", texts: ["a"] }))
// @ts-expect-error — an unknown purpose
expectTypeOf(V2.embed({ model: "m", input_type: "query", texts: ["a"] }))
// @ts-expect-error — an unknown form
expectTypeOf(V2.embed({ model: "m", input_type: "search_query", texts: ["a"], embedding_types: ["float16"] }))
// @ts-expect-error — one text is a list of one
expectTypeOf(V2.embed({ model: "m", input_type: "search_query", texts: "a" }))

// @ts-expect-error — a query is needed
expectTypeOf(V2.rerank({ model: "m", documents: ["a"] }))
// @ts-expect-error — documents are texts; structured ones are written as YAML
expectTypeOf(V2.rerank({ model: "m", query: "q", documents: [{ text: "a" }] }))
// @ts-expect-error — the v1 name of top_n
expectTypeOf(V2.rerank({ model: "m", query: "q", documents: ["a"], topN: 1 }))

expectTypeOf(Models.get({ model: anyString }))
// @ts-expect-error — the field is called model
expectTypeOf(Models.get({ name: "m" }))
// @ts-expect-error — pages are counted
expectTypeOf(Models.list({ page_size: "20" }))
// @ts-expect-error — even without choices, a list takes an object
expectTypeOf(Models.list())

// ---------------------------------------------------------------------------------------------------------------------
// Open strings
// ---------------------------------------------------------------------------------------------------------------------

expectTypeOf<string>().toExtend<V2.ChatFinishReason>()
expectTypeOf<V2.ChatFinishReason>().toExtend<string>()
expectTypeOf<Models.CompatibleEndpoint>().toExtend<string>()
expectTypeOf(Models.list({ endpoint: "an-endpoint-of-tomorrow" }))
expectTypeOf(V2.chat({ model: "m", messages, citation_options: { mode: "SLOW" } }))
expectTypeOf(response.finish_reason === "OF_TOMORROW").toEqualTypeOf<boolean>()

// A response field may be absent or null: whoever reads it must say what then.
expectTypeOf(response.message.content).toEqualTypeOf<ReadonlyArray<Chat.AssistantBlock> | null | undefined>()
// @ts-expect-error — a reply that only calls tools has no content
expectTypeOf(response.message.content.length)
// @ts-expect-error — a response is not changed in place
expectTypeOf(response.id = "")
// @ts-expect-error — a field that no response has
expectTypeOf(response.text)

// ---------------------------------------------------------------------------------------------------------------------
// Variants of tomorrow
// ---------------------------------------------------------------------------------------------------------------------

// @ts-expect-error — events that this version does not know need a default
const incomplete = (event: V2.ChatStreamEvent): string => {
  switch (event.type) {
    case "message-start":
    case "content-start":
    case "content-delta":
    case "content-end":
    case "tool-plan-delta":
    case "tool-call-start":
    case "tool-call-delta":
    case "tool-call-end":
    case "citation-start":
    case "citation-end":
    case "message-end":
    case "debug":
      return event.type
  }
}
expectTypeOf(incomplete).toBeFunction()

const complete = (event: V2.ChatStreamEvent): unknown => {
  switch (event.type) {
    case "content-delta":
      expectTypeOf(event).toEqualTypeOf<V2.ContentDeltaEvent>()
      return event.delta?.message?.content?.text
    case "citation-start":
      return event.delta?.message?.citations?.sources
    case "message-end":
      expectTypeOf(event.delta?.finish_reason).toEqualTypeOf<V2.ChatFinishReason | null | undefined>()
      return event.delta?.usage?.billed_units?.output_tokens
    // @ts-expect-error — there is no event by this name
    case "text-generation":
      return undefined
    default:
      return undefined
  }
}
expectTypeOf(complete).toBeFunction()

const untouched = (event: V2.ChatStreamEvent): unknown =>
  typeof event.type === "symbol" ? event["whatever the server sent"] : event.type
expectTypeOf(untouched).toBeFunction()

const blocks = (block: Chat.AssistantBlock): string => {
  switch (block.type) {
    case "text":
      return block.text
    case "thinking":
      return block.thinking
    default:
      // @ts-expect-error — nobody knows what is in a block of tomorrow
      return block["text"]
  }
}
expectTypeOf(blocks).toBeFunction()
