/** Requests and responses: what the server knows compiles, what it would refuse does not, what it may add fits. */
import * as Audio from "@effect-cohere/core/Audio"
import * as Batches from "@effect-cohere/core/Batches"
import * as Chat from "@effect-cohere/core/Chat"
import type * as ChatV1 from "@effect-cohere/core/ChatV1"
import * as Connectors from "@effect-cohere/core/Connectors"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
import * as Finetuning from "@effect-cohere/core/Finetuning"
import * as Models from "@effect-cohere/core/Models"
import * as Tokens from "@effect-cohere/core/Tokens"
import * as Upload from "@effect-cohere/core/Upload"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import type * as Stream from "effect/Stream"
import { expectTypeOf } from "vitest"

declare const response: V2.ChatResponse
declare const responseV1: V1.ChatResponse
declare const anyString: string
declare const file: File
declare const bytes: Stream.Stream<Uint8Array, Error>

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
expectTypeOf<keyof (V1.ChatRequest & V1.GenerateRequest) & "stream">().toBeNever()

// The history of a v1 answer, its tool calls and its documents are what the next request takes.
expectTypeOf<NonNullable<V1.ChatResponse["chat_history"]>>().toExtend<NonNullable<V1.ChatRequest["chat_history"]>>()
expectTypeOf(V1.chat).toBeCallableWith({
  message: "And then?",
  chat_history: [
    ...(responseV1.chat_history ?? []),
    { role: "SYSTEM", message: "Be brief." },
    { role: "USER", message: "Hi!" },
    { role: "CHATBOT", message: responseV1.text, tool_calls: responseV1.tool_calls ?? [] },
    { role: "TOOL", tool_results: [] }
  ],
  documents: responseV1.documents ?? [],
  tool_results: (responseV1.tool_calls ?? []).map((call) => ({ call, outputs: [{ celsius: 21 }] }))
})

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

// The same in v1.
expectTypeOf(V1.chat({ message: "Hi!", accepts: "text/event-stream", citation_quality: "fast" }))
// @ts-expect-error — what the user says is needed
expectTypeOf(V1.chat({ model: "m" }))
// @ts-expect-error — v1 has no messages
expectTypeOf(V1.chat({ message: "Hi!", messages }))
// @ts-expect-error — a misspelled field
expectTypeOf(V1.chat({ message: "Hi!", chat_histroy: [] }))
// @ts-expect-error — names are the wire's
expectTypeOf(V1.chat({ message: "Hi!", chatHistory: [] }))
// @ts-expect-error — whether to stream is said by the choice of function
expectTypeOf(V1.chatStream({ message: "Hi!", stream: true }))
// @ts-expect-error — the one other framing
expectTypeOf(V1.chatStream({ message: "Hi!", accepts: "application/json" }))
// @ts-expect-error — v2 says OFF, v1 says NONE
expectTypeOf(V1.chat({ message: "Hi!", safety_mode: "OFF" }))
// @ts-expect-error — an unknown way to truncate
expectTypeOf(V1.chat({ message: "Hi!", prompt_truncation: "END" }))
// @ts-expect-error — roles are in upper case
expectTypeOf(V1.chat({ message: "Hi!", chat_history: [{ role: "user", message: "Hm" }] }))
// @ts-expect-error — the key is schema in v1
expectTypeOf(V1.chat({ message: "Hi!", response_format: { type: "json_object", json_schema: {} } }))
// @ts-expect-error — one output is a list of one
expectTypeOf(V1.chat({ message: "Hi!", tool_results: [{ call: { name: "f", parameters: {} }, outputs: {} }] }))
// @ts-expect-error — tools of v2 are described otherwise
expectTypeOf(V1.chat({ message: "Hi!", tools: [{ type: "function", function: { name: "f" } }] }))
// @ts-expect-error — an unknown likelihood
expectTypeOf(V1.generate({ prompt: "Once", return_likelihoods: "SOME" }))
// @ts-expect-error — whoever generates needs a prompt
expectTypeOf(V1.generate({ message: "Once" }))
expectTypeOf(V1.embed({ texts: ["a"] }))
// @ts-expect-error — v1 has no inputs of mixed kinds
expectTypeOf(V1.embed({ inputs: [] }))
expectTypeOf(V1.rerank({ query: "q", documents: ["a", { title: "b" }], rank_fields: ["title"] }))
// @ts-expect-error — the v2 name of max_chunks_per_doc
expectTypeOf(V1.rerank({ query: "q", documents: ["a"], max_tokens_per_doc: 1 }))
// @ts-expect-error — an unknown format
expectTypeOf(V1.summarize({ text: "a", format: "poem" }))
// @ts-expect-error — a list of texts
expectTypeOf(V1.classify({ inputs: "a" }))

// @ts-expect-error — whose tokens they are must be said
expectTypeOf(Tokens.tokenize({ text: "a" }))
// @ts-expect-error — tokens are numbers
expectTypeOf(Tokens.detokenize({ model: "m", tokens: ["a"] }))
// @ts-expect-error — a job reads a dataset
expectTypeOf(EmbedJobs.create({ model: "m", input_type: "clustering", texts: ["a"] }))
// @ts-expect-error — a job cannot refuse texts that are too long
expectTypeOf(EmbedJobs.create({ model: "m", input_type: "clustering", dataset_id: "d", truncate: "NONE" }))
// @ts-expect-error — the field is called id
expectTypeOf(EmbedJobs.get({ job_id: "j" }))
// @ts-expect-error — names are the wire's, even where it is of two minds
expectTypeOf(Datasets.list({ dataset_type: "embed-input" }))
expectTypeOf(Datasets.list({ datasetType: "of-tomorrow", validationStatus: "validated" }))
// @ts-expect-error — times are strings
expectTypeOf(Datasets.list({ before: new Date() }))
// @ts-expect-error — the dataset's field is called input_dataset_id
expectTypeOf(Batches.create({ name: "b", model: "m", dataset_id: "d" }))
// @ts-expect-error — an unknown kind of token
expectTypeOf(Connectors.create({ name: "c", url: "u", service_auth: { type: "cookie", token: "t" } }))
// @ts-expect-error — the description cannot be changed
expectTypeOf(Connectors.update({ id: "c", description: "d" }))
// @ts-expect-error — a model is made from a dataset
expectTypeOf(Finetuning.createFinetunedModel({ name: "m", settings: { base_model: { base_type: "BASE_TYPE_CHAT" } } }))
// @ts-expect-error — an unknown format
expectTypeOf(V2.parse({ model: "m", document: { type: "image_url", image_url: "u" }, output_format: "html" }))

// ---------------------------------------------------------------------------------------------------------------------
// Files
// ---------------------------------------------------------------------------------------------------------------------

expectTypeOf(Upload.make).returns.toEqualTypeOf<Upload.Upload>()
expectTypeOf(Upload.make).toBeCallableWith("a.csv", "text\n")
expectTypeOf(Upload.make).toBeCallableWith("a.csv", new Uint8Array())
expectTypeOf(Upload.make).toBeCallableWith("a.csv", new Blob([]))
expectTypeOf(Upload.make).toBeCallableWith("a.csv", bytes, { size: 9, type: "text/csv" })
// @ts-expect-error — a file has a name
expectTypeOf(Upload.make(bytes))
// @ts-expect-error — and a content
expectTypeOf(Upload.make("a.csv", 7))

expectTypeOf<File>().toExtend<Upload.Upload>()
expectTypeOf(Datasets.create({ name: "n", type: "embed-input", data: file, eval_data: Upload.make("a.csv", bytes) }))
expectTypeOf(Audio.createTranscription({ model: "m", language: "en", file }))
expectTypeOf(Audio.createTranscription({ model: "m", language: "en", file: Upload.make("a.wav", bytes) }))
// @ts-expect-error — a path is no file
expectTypeOf(Audio.createTranscription({ model: "m", language: "en", file: "a.wav" }))
// @ts-expect-error — nor is a content without a name
expectTypeOf(Audio.createTranscription({ model: "m", language: "en", file: new Blob([]) }))
// @ts-expect-error — nor are bytes
expectTypeOf(Datasets.create({ name: "n", type: "embed-input", data: new Uint8Array() }))
// @ts-expect-error — a dataset is made from a file
expectTypeOf(Datasets.create({ name: "n", type: "embed-input" }))
// @ts-expect-error — one file, not several
expectTypeOf(Datasets.create({ name: "n", type: "embed-input", data: [file] }))

// ---------------------------------------------------------------------------------------------------------------------
// Two shapes
// ---------------------------------------------------------------------------------------------------------------------

const floats = (embedded: V1.EmbedResponse) => {
  // @ts-expect-error — whether there are floats alone is not known yet
  expectTypeOf(embedded.embeddings.float)
  if (V1.isFloats(embedded)) {
    expectTypeOf(embedded).toEqualTypeOf<V1.EmbedFloatsResponse>()
    return embedded.embeddings
  }
  expectTypeOf(embedded).toEqualTypeOf<V1.EmbedByTypeResponse>()
  return embedded.embeddings.float
}
expectTypeOf(floats).returns.toEqualTypeOf<ReadonlyArray<ReadonlyArray<number>> | null | undefined>()

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

// @ts-expect-error — events of v1 that this version does not know need a default
const incompleteV1 = (event: V1.ChatStreamEvent): string => {
  switch (event.event_type) {
    case "stream-start":
    case "search-queries-generation":
    case "search-results":
    case "text-generation":
    case "citation-generation":
    case "tool-calls-chunk":
    case "tool-calls-generation":
    case "stream-end":
    case "debug":
      return event.event_type
  }
}
expectTypeOf(incompleteV1).toBeFunction()

// @ts-expect-error — and so do those of generate
const incompleteGenerate = (event: V1.GenerateStreamEvent): string => {
  switch (event.event_type) {
    case "text-generation":
    case "stream-end":
    case "stream-error":
      return event.event_type
  }
}
expectTypeOf(incompleteGenerate).toBeFunction()

const completeV1 = (event: V1.ChatStreamEvent): unknown => {
  switch (event.event_type) {
    case "text-generation":
      expectTypeOf(event).toEqualTypeOf<V1.TextGenerationEvent>()
      return event.text
    case "tool-calls-chunk":
      // @ts-expect-error — a piece of a plan has no delta
      expectTypeOf(event.tool_call_delta.index)
      return event.tool_call_delta?.parameters
    case "stream-end":
      expectTypeOf(event.finish_reason).toEqualTypeOf<V1.FinishReason | null | undefined>()
      return event.response?.meta?.billed_units?.output_tokens
    // @ts-expect-error — there is no event by this name
    case "message-end":
      return undefined
    default:
      return undefined
  }
}
expectTypeOf(completeV1).toBeFunction()

const completeGenerate = (event: V1.GenerateStreamEvent): unknown => {
  switch (event.event_type) {
    case "text-generation":
      return event.index
    case "stream-end":
      return event.response?.generations
    case "stream-error":
      return event.err
    default:
      expectTypeOf(event).toEqualTypeOf<V1.OtherEvent>()
      return event["whatever the server sent"]
  }
}
expectTypeOf(completeGenerate).toBeFunction()

const turn = (message: ChatV1.Message): unknown => {
  switch (message.role) {
    case "USER":
    case "SYSTEM":
      return message.message.length
    case "CHATBOT":
      // @ts-expect-error — who only calls tools says nothing
      expectTypeOf(message.message.length)
      return message.tool_calls
    case "TOOL":
      // @ts-expect-error — results are no words
      expectTypeOf(message.message)
      return message.tool_results
    default:
      return message["whatever"]
  }
}
expectTypeOf(turn).toBeFunction()
