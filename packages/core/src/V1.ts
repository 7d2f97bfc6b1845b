/**
 * The v1 API: chat, generate, embed, rerank, classify, summarize.
 *
 * Cohere recommends `V2` for new programs, and offers its newest models there alone. Names and shapes are the wire's.
 * Fields that were left out of a request are not sent.
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { ApiMeta } from "./ApiMeta.ts"
import {
  ChatCitation,
  ChatConnector,
  ChatDocument,
  ChatSearchQuery,
  ChatSearchResult,
  Message,
  Tool,
  ToolCall,
  ToolResult
} from "./ChatV1.ts"
import type { CohereClient } from "./CohereClient.ts"
import { type CommonError, NoValidGeneration, type StreamError, TooManyTokens } from "./CohereError.ts"
import { EmbeddedImage, Embeddings, EmbeddingType, InputType, Truncate } from "./Embed.ts"
import * as Endpoint from "./Endpoint.ts"
import { isObject, property } from "./internal/json.ts"
import * as Lazy from "./internal/lazy.ts"
import { listOf, textOf, upTo96 } from "./internal/limits.ts"
import { RerankResult } from "./Rerank.ts"
import { JsonObject, known, maybe, named, NumberMatrix, openUnionBy, type Unrecognized } from "./Wire.ts"

/** An event of a type that this version does not know, untouched. */
export interface OtherEvent {
  readonly event_type: Unrecognized
  readonly [key: string]: unknown
}

const openUnion = openUnionBy<"event_type", OtherEvent>("event_type")

/** Why the model stopped. `ERROR`, `ERROR_TOXIC`, `ERROR_LIMIT`, `USER_CANCEL` and `TIMEOUT` mean that it failed. */
export const FinishReason = Lazy.schema(() =>
  known(
    "COMPLETE",
    "STOP_SEQUENCE",
    "ERROR",
    "ERROR_TOXIC",
    "ERROR_LIMIT",
    "USER_CANCEL",
    "MAX_TOKENS",
    "TIMEOUT"
  )
)
/** See {@link FinishReason}. */
export type FinishReason = Schema.Schema.Type<typeof FinishReason>

const everywhere = ["platform", "private", "azure", "bedrock", "sagemaker", "oci"] as const

// ---------------------------------------------------------------------------------------------------------------------
// Chat
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link chat} and {@link chatStream} take. */
export const ChatRequest = Lazy.Struct(() => ({
  /** What the user says now. May be empty with `tool_results`. */
  message: Schema.String,
  /** The model's name, for example `command-r-plus-08-2024`. On clouds, the deployment says it. */
  model: Schema.optional(Schema.String),
  /** Instructions for the model, instead of Cohere's own. */
  preamble: Schema.optional(Schema.String),
  /** The conversation before `message`, oldest first. */
  chat_history: Schema.optional(Schema.Array(Message)),
  /** Lets the server keep the history under this name, instead of `chat_history`. Platform only. */
  conversation_id: Schema.optional(Schema.String),
  /**
   * What is left out when the prompt is too long: `OFF` nothing, so that the call fails with `TooManyTokens`. `AUTO` is
   * for the platform, `AUTO_PRESERVE_ORDER` for the others. Default `OFF`, with `connectors` `AUTO`.
   */
  prompt_truncation: Schema.optional(Schema.Literal("OFF", "AUTO", "AUTO_PRESERVE_ORDER")),
  /**
   * Searches that the model may use. Platform only.
   *
   * @deprecated Give `documents` or `tools` instead.
   */
  connectors: Schema.optional(Schema.Array(ChatConnector)),
  /**
   * Whether to answer only what should be searched for. Default `false`.
   *
   * @deprecated Give the model a search tool instead.
   */
  search_queries_only: Schema.optional(Schema.Boolean),
  /** Documents to ground the answer on and to cite. */
  documents: Schema.optional(Schema.Array(ChatDocument)),
  /** Whether and how the answer is cited. Lower case on old servers. */
  citation_quality: Schema.optional(
    known("ENABLED", "DISABLED", "FAST", "ACCURATE", "OFF", "fast", "accurate", "off")
  ),
  /** 0 to 1. Default 0.3. */
  temperature: Schema.optional(Schema.JsonNumber),
  /** How many tokens the answer may have. */
  max_tokens: Schema.optional(Schema.Int),
  /** How many tokens the prompt may have. Default: what the model can read. Platform only. */
  max_input_tokens: Schema.optional(Schema.Int),
  /** Choose among the `k` likeliest tokens. 0 to 500. Default 0: off. */
  k: Schema.optional(Schema.Int),
  /** Choose among the likeliest tokens of this total probability. 0.01 to 0.99. Default 0.75. */
  p: Schema.optional(Schema.JsonNumber),
  /** For repeatable answers, on a best-effort basis. 0 to 2^53 - 1. */
  seed: Schema.optional(Schema.Int),
  /** Texts at which the answer ends; they are not part of it. At most 5. */
  stop_sequences: Schema.optional(Schema.Array(Schema.String)),
  /** 0 to 1. Default 0. */
  frequency_penalty: Schema.optional(Schema.JsonNumber),
  /** 0 to 1. Default 0. */
  presence_penalty: Schema.optional(Schema.JsonNumber),
  /** Whether `message` goes to the model as it is. Not with connectors, documents, search_queries_only, tools. */
  raw_prompting: Schema.optional(Schema.Boolean),
  /**
   * Whether the response carries the rendered prompt.
   *
   * @deprecated Removed by Cohere; today's platform answers with a warning.
   */
  return_prompt: Schema.optional(Schema.Boolean),
  /** Functions that the model may call. */
  tools: Schema.optional(Schema.Array(Tool)),
  /** What the calls gave that the model has asked for. With the same `message` and `tools` as before. */
  tool_results: Schema.optional(Schema.Array(ToolResult)),
  /** Whether the model may only call tools once. Default `false`. */
  force_single_step: Schema.optional(Schema.Boolean),
  /** JSON instead of text. The prompt must ask for JSON, too. */
  response_format: Schema.optional(Schema.Union(
    Schema.Struct({ type: Schema.Literal("text") }),
    Schema.Struct({
      type: Schema.Literal("json_object"),
      /** JSON Schema of the answer. */
      schema: Schema.optional(JsonObject)
    })
  )),
  /** Default `CONTEXTUAL`. Not with tools, tool_results, documents. */
  safety_mode: Schema.optional(Schema.Literal("CONTEXTUAL", "STRICT", "NONE")),
  /** How a stream is framed: as server-sent events. Default: as JSON, one a line. Both give the same events. */
  accepts: Schema.optional(Schema.Literal("text/event-stream"))
}))

/** See {@link ChatRequest}. */
export interface ChatRequest extends Schema.Schema.Type<typeof ChatRequest> {}

const chatParts = {
  headers: Lazy.schema(() => ChatRequest.pick("accepts")),
  payload: Lazy.schema(() => ChatRequest.omit("accepts"))
}

/** What {@link chat} answers. */
export const ChatResponse = Lazy.Struct(() => ({
  /** The answer. Empty when the model only calls tools. */
  text: Schema.String,
  generation_id: maybe(Schema.String),
  response_id: maybe(Schema.String),
  citations: maybe(Schema.Array(ChatCitation)),
  /** What the citations refer to. */
  documents: maybe(Schema.Array(ChatDocument)),
  is_search_required: maybe(Schema.Boolean),
  search_queries: maybe(Schema.Array(ChatSearchQuery)),
  search_results: maybe(Schema.Array(ChatSearchResult)),
  finish_reason: maybe(FinishReason),
  tool_calls: maybe(Schema.Array(ToolCall)),
  /** The conversation with this turn. */
  chat_history: maybe(Schema.Array(Message)),
  /** Only where `return_prompt` still works. */
  prompt: maybe(Schema.String),
  meta: maybe(ApiMeta),
  /** In old answers. */
  token_count: maybe(Schema.Struct({
    prompt_tokens: maybe(Schema.Number),
    response_tokens: maybe(Schema.Number),
    total_tokens: maybe(Schema.Number),
    billed_tokens: maybe(Schema.Number),
    search_query_tokens: maybe(Schema.Number)
  }))
}))
/** See {@link ChatResponse}. */
export interface ChatResponse extends Schema.Schema.Type<typeof ChatResponse> {}

/** What {@link chat} can fail with. */
export type ChatError = TooManyTokens | NoValidGeneration | CommonError

/** The descriptor of {@link chat}. */
export const chatEndpoint = Endpoint.unary({
  id: "v1.chat",
  inference: "chat",
  method: "POST",
  path: "/v1/chat",
  ...chatParts,
  constants: { stream: false },
  success: ChatResponse,
  error: [TooManyTokens, NoValidGeneration],
  deployments: everywhere,
  docs: "https://docs.cohere.com/v1/reference/chat"
})

/**
 * Answers a message of the user.
 *
 * Fails with {@link ChatError}: `TooManyTokens` when the prompt does not fit the model, `NoValidGeneration` when the
 * model produced nothing usable, and the common errors. The newest models are refused here with `InvalidRequest`: use
 * `V2.chat` with them.
 *
 * @example
 * ```ts
 * import * as V1 from "@effect-cohere/core/V1"
 * import * as Effect from "effect/Effect"
 *
 * const program = V1.chat({ model: "command-r-plus-08-2024", message: "Name a river in France." }).pipe(
 *   Effect.map((response) => response.text)
 * )
 * ```
 *
 * @see https://docs.cohere.com/v1/reference/chat
 */
export const chat: (request: ChatRequest) => Effect.Effect<ChatResponse, ChatError, CohereClient> = Endpoint.call(
  chatEndpoint
)

// ---------------------------------------------------------------------------------------------------------------------
// Streamed chat
// ---------------------------------------------------------------------------------------------------------------------

const isFinished = () => maybe(Schema.Boolean)

/** The first event of a stream. */
export const StreamStartEvent = Lazy.Struct(() => ({
  event_type: Schema.Literal("stream-start"),
  is_finished: isFinished(),
  generation_id: maybe(Schema.String)
}))
/** See {@link StreamStartEvent}. */
export interface StreamStartEvent extends Schema.Schema.Type<typeof StreamStartEvent> {}

/** What the model wants to be searched for. */
export const SearchQueriesGenerationEvent = Lazy.Struct(() => ({
  event_type: Schema.Literal("search-queries-generation"),
  is_finished: isFinished(),
  search_queries: maybe(Schema.Array(ChatSearchQuery))
}))
/** See {@link SearchQueriesGenerationEvent}. */
export interface SearchQueriesGenerationEvent extends Schema.Schema.Type<typeof SearchQueriesGenerationEvent> {}

/** What was found, or was given as documents or tool results. */
export const SearchResultsEvent = Lazy.Struct(() => ({
  event_type: Schema.Literal("search-results"),
  is_finished: isFinished(),
  search_results: maybe(Schema.Array(ChatSearchResult)),
  documents: maybe(Schema.Array(ChatDocument))
}))
/** See {@link SearchResultsEvent}. */
export interface SearchResultsEvent extends Schema.Schema.Type<typeof SearchResultsEvent> {}

/** The next piece of the answer. */
export const TextGenerationEvent = Lazy.Struct(() => ({
  event_type: Schema.Literal("text-generation"),
  is_finished: isFinished(),
  text: Schema.String
}))
/** See {@link TextGenerationEvent}. */
export interface TextGenerationEvent extends Schema.Schema.Type<typeof TextGenerationEvent> {}

/** Citations of the answer so far. */
export const CitationGenerationEvent = Lazy.Struct(() => ({
  event_type: Schema.Literal("citation-generation"),
  is_finished: isFinished(),
  citations: maybe(Schema.Array(ChatCitation))
}))
/** See {@link CitationGenerationEvent}. */
export interface CitationGenerationEvent extends Schema.Schema.Type<typeof CitationGenerationEvent> {}

/** The next piece of the plan (`text`), or of a tool call: its name, or a piece of its parameters, which are JSON text. */
export const ToolCallsChunkEvent = Lazy.Struct(() => ({
  event_type: Schema.Literal("tool-calls-chunk"),
  is_finished: isFinished(),
  tool_call_delta: maybe(Schema.Struct({
    name: maybe(Schema.String),
    /** Which call, from 0. */
    index: maybe(Schema.Number),
    parameters: maybe(Schema.String),
    text: maybe(Schema.String)
  })),
  text: maybe(Schema.String)
}))
/** See {@link ToolCallsChunkEvent}. */
export interface ToolCallsChunkEvent extends Schema.Schema.Type<typeof ToolCallsChunkEvent> {}

/** All tool calls, complete. */
export const ToolCallsGenerationEvent = Lazy.Struct(() => ({
  event_type: Schema.Literal("tool-calls-generation"),
  is_finished: isFinished(),
  tool_calls: maybe(Schema.Array(ToolCall)),
  /** The plan in words. */
  text: maybe(Schema.String)
}))
/** See {@link ToolCallsGenerationEvent}. */
export interface ToolCallsGenerationEvent extends Schema.Schema.Type<typeof ToolCallsGenerationEvent> {}

/** The last event of a stream, with the whole response. */
export const StreamEndEvent = Lazy.Struct(() => ({
  event_type: Schema.Literal("stream-end"),
  is_finished: isFinished(),
  finish_reason: maybe(FinishReason),
  response: maybe(ChatResponse)
}))
/** See {@link StreamEndEvent}. */
export interface StreamEndEvent extends Schema.Schema.Type<typeof StreamEndEvent> {}

/** For Cohere's own use. */
export const DebugEvent = Lazy.Struct(() => ({
  event_type: Schema.Literal("debug"),
  is_finished: isFinished(),
  prompt: maybe(Schema.String)
}))
/** See {@link DebugEvent}. */
export interface DebugEvent extends Schema.Schema.Type<typeof DebugEvent> {}

/** An event of {@link chatStream}. A type that this version does not know arrives untouched. */
export type ChatStreamEvent =
  | StreamStartEvent
  | SearchQueriesGenerationEvent
  | SearchResultsEvent
  | TextGenerationEvent
  | CitationGenerationEvent
  | ToolCallsChunkEvent
  | ToolCallsGenerationEvent
  | StreamEndEvent
  | DebugEvent
  | OtherEvent
/** See {@link ChatStreamEvent}. */
export const ChatStreamEvent: Schema.Schema<ChatStreamEvent> = openUnion(
  StreamStartEvent,
  SearchQueriesGenerationEvent,
  SearchResultsEvent,
  TextGenerationEvent,
  CitationGenerationEvent,
  ToolCallsChunkEvent,
  ToolCallsGenerationEvent,
  StreamEndEvent,
  DebugEvent
)

/** What {@link chatStream} can fail with. */
export type ChatStreamError = ChatError | StreamError

/** The descriptor of {@link chatStream}. */
export const chatStreamEndpoint = Endpoint.streaming({
  id: "v1.chatStream",
  inference: "chat",
  method: "POST",
  path: "/v1/chat",
  ...chatParts,
  constants: { stream: true },
  events: ChatStreamEvent,
  isLast: (event) => event.event_type === "stream-end",
  tag: "event_type",
  framing: "ndjson",
  error: [TooManyTokens, NoValidGeneration],
  deployments: everywhere,
  docs: "https://docs.cohere.com/v1/reference/chat-stream"
})

/**
 * Answers a message of the user piece by piece. `ChatStreamV1` turns the events into text, tool calls, citations or the
 * whole response.
 *
 * The stream ends after `stream-end`; that event may report a failed turn. Fails with {@link ChatStreamError}: what
 * {@link chat} can fail with, and `StreamTruncated`, `StreamInterrupted`, `StreamIdle`, `MalformedEvent` once it is
 * open. Nothing is sent again after the first event.
 *
 * @example
 * ```ts
 * import * as ChatStreamV1 from "@effect-cohere/core/ChatStreamV1"
 * import * as V1 from "@effect-cohere/core/V1"
 * import * as Console from "effect/Console"
 * import * as Stream from "effect/Stream"
 *
 * const program = V1.chatStream({ model: "command-r-plus-08-2024", message: "Tell me a story." }).pipe(
 *   ChatStreamV1.text,
 *   Stream.runForEach(Console.log)
 * )
 * ```
 *
 * @see https://docs.cohere.com/v1/reference/chat-stream
 */
export const chatStream: (request: ChatRequest) => Stream.Stream<ChatStreamEvent, ChatStreamError, CohereClient> =
  Endpoint.stream(chatStreamEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// Generate
// ---------------------------------------------------------------------------------------------------------------------

const useChat = "V2.chat"

/** What {@link generate} and {@link generateStream} take. */
export const GenerateRequest = Lazy.Struct(() => ({
  /** What the model continues. */
  prompt: Schema.String,
  /** The model's name. Default `command`, which was removed on 2025-09-15. */
  model: Schema.optional(Schema.String),
  /** How many continuations. 1 to 5. Default 1. */
  num_generations: Schema.optional(Schema.Int),
  /** How many tokens each may have. 0 only with `return_likelihoods: "ALL"`. Default: until the model ends. */
  max_tokens: Schema.optional(Schema.Int),
  /** Where to cut a prompt that is too long; `NONE` fails instead. Default `END`. */
  truncate: Schema.optional(Truncate),
  /** 0 to 5. Default 0.75. */
  temperature: Schema.optional(Schema.JsonNumber),
  /** For repeatable answers, on a best-effort basis. 0 to 2^53 - 1. */
  seed: Schema.optional(Schema.Int),
  /** Id of a preset made in the playground; what is given here wins over it. */
  preset: Schema.optional(Schema.String),
  /** Texts before which the continuation ends. */
  end_sequences: Schema.optional(Schema.Array(Schema.String)),
  /** Texts after which the continuation ends. */
  stop_sequences: Schema.optional(Schema.Array(Schema.String)),
  /** Choose among the `k` likeliest tokens. 0 to 500. Default 0: off. */
  k: Schema.optional(Schema.Int),
  /** Choose among the likeliest tokens of this total probability. 0.01 to 0.99. Default 0.75. */
  p: Schema.optional(Schema.JsonNumber),
  /** Not together with `presence_penalty` on newer models. */
  frequency_penalty: Schema.optional(Schema.JsonNumber),
  /** 0 to 1. Default 0. */
  presence_penalty: Schema.optional(Schema.JsonNumber),
  /** For which tokens the response carries likelihoods. Default `NONE`. */
  return_likelihoods: Schema.optional(Schema.Literal("GENERATION", "ALL", "NONE")),
  /** Whether the prompt goes to the model as it is. Default `false`. */
  raw_prompting: Schema.optional(Schema.Boolean)
}))
/** See {@link GenerateRequest}. */
export interface GenerateRequest extends Schema.Schema.Type<typeof GenerateRequest> {}

/** A continuation. */
export const SingleGeneration = Lazy.Struct(() => ({
  id: maybe(Schema.String),
  text: Schema.String,
  index: maybe(Schema.Number),
  finish_reason: maybe(FinishReason),
  /** Of the whole. */
  likelihood: maybe(Schema.Number),
  /** The first token has no likelihood. */
  token_likelihoods: maybe(Schema.Array(Schema.Struct({
    token: maybe(Schema.String),
    likelihood: maybe(Schema.Number)
  })))
}))
/** See {@link SingleGeneration}. */
export interface SingleGeneration extends Schema.Schema.Type<typeof SingleGeneration> {}

/** What {@link generate} answers. */
export const Generation = Lazy.Struct(() => ({
  id: maybe(Schema.String),
  prompt: maybe(Schema.String),
  generations: Schema.Array(SingleGeneration),
  meta: maybe(ApiMeta)
}))
/** See {@link Generation}. */
export interface Generation extends Schema.Schema.Type<typeof Generation> {}

/** What {@link generate} can fail with. */
export type GenerateError = TooManyTokens | NoValidGeneration | CommonError

const generateDeployments = ["platform", "private", "azure", "bedrock", "sagemaker"] as const

/** The descriptor of {@link generate}. */
export const generateEndpoint = Endpoint.unary({
  id: "v1.generate",
  inference: "text_completion",
  method: "POST",
  path: "/v1/generate",
  payload: GenerateRequest,
  constants: { stream: false },
  success: Generation,
  error: [TooManyTokens, NoValidGeneration],
  deployments: generateDeployments,
  docs: "https://docs.cohere.com/reference/generate",
  deprecated: useChat
})

/**
 * Continues a prompt.
 *
 * Fails with {@link GenerateError}. Its models are gone from the platform: there, it fails with `NotFound`.
 *
 * @example
 * ```ts
 * import * as V1 from "@effect-cohere/core/V1"
 * import * as Effect from "effect/Effect"
 *
 * const program = V1.generate({ prompt: "Once upon a time", max_tokens: 50 }).pipe(
 *   Effect.map(({ generations }) => generations.map(({ text }) => text))
 * )
 * ```
 *
 * @deprecated Use `V2.chat`.
 * @see https://docs.cohere.com/reference/generate
 */
export const generate: (request: GenerateRequest) => Effect.Effect<Generation, GenerateError, CohereClient> = Endpoint
  .call(generateEndpoint)

/** The next piece of a continuation. */
export const GenerateTextEvent = Lazy.Struct(() => ({
  event_type: Schema.Literal("text-generation"),
  text: Schema.String,
  /** Which continuation, from 0. Only when there are several. */
  index: maybe(Schema.Number),
  is_finished: isFinished()
}))
/** See {@link GenerateTextEvent}. */
export interface GenerateTextEvent extends Schema.Schema.Type<typeof GenerateTextEvent> {}

/** The last event of a stream, with everything. */
export const GenerateEndEvent = Lazy.Struct(() => ({
  event_type: Schema.Literal("stream-end"),
  is_finished: isFinished(),
  finish_reason: maybe(FinishReason),
  response: maybe(Schema.Struct({
    id: maybe(Schema.String),
    prompt: maybe(Schema.String),
    generations: maybe(Schema.Array(SingleGeneration)),
    meta: maybe(ApiMeta)
  }))
}))
/** See {@link GenerateEndEvent}. */
export interface GenerateEndEvent extends Schema.Schema.Type<typeof GenerateEndEvent> {}

/** The last event of a stream that failed. */
export const GenerateErrorEvent = Lazy.Struct(() => ({
  event_type: Schema.Literal("stream-error"),
  is_finished: isFinished(),
  finish_reason: maybe(FinishReason),
  /** What went wrong. */
  err: maybe(Schema.String),
  index: maybe(Schema.Number)
}))
/** See {@link GenerateErrorEvent}. */
export interface GenerateErrorEvent extends Schema.Schema.Type<typeof GenerateErrorEvent> {}

/** An event of {@link generateStream}. A type that this version does not know arrives untouched. */
export type GenerateStreamEvent = GenerateTextEvent | GenerateEndEvent | GenerateErrorEvent | OtherEvent
/** See {@link GenerateStreamEvent}. */
export const GenerateStreamEvent: Schema.Schema<GenerateStreamEvent> = openUnion(
  GenerateTextEvent,
  GenerateEndEvent,
  GenerateErrorEvent
)

/** What {@link generateStream} can fail with. */
export type GenerateStreamError = GenerateError | StreamError

/** Older servers leave out `event_type`. */
const withEventType = (json: unknown): unknown => {
  if (!isObject(json) || "event_type" in json) return json
  const eventType = property(json, "err") != null
    ? "stream-error"
    : property(json, "is_finished") === true
    ? "stream-end"
    : "text" in json
    ? "text-generation"
    : undefined
  return eventType === undefined ? json : { event_type: eventType, ...json }
}

/** The descriptor of {@link generateStream}. */
export const generateStreamEndpoint = Endpoint.streaming({
  id: "v1.generateStream",
  inference: "text_completion",
  method: "POST",
  path: "/v1/generate",
  payload: GenerateRequest,
  constants: { stream: true },
  events: GenerateStreamEvent,
  isLast: (event) => event.event_type === "stream-end" || event.event_type === "stream-error",
  tag: "event_type",
  framing: "ndjson",
  upgrade: withEventType,
  error: [TooManyTokens, NoValidGeneration],
  deployments: generateDeployments,
  docs: "https://docs.cohere.com/reference/generate-stream",
  deprecated: "V2.chatStream"
})

/**
 * Continues a prompt piece by piece. `GenerateStream` turns the events into text or the whole answer.
 *
 * The stream ends after `stream-end`, or after `stream-error`, which reports a failure. Fails with
 * {@link GenerateStreamError}. Its models are gone from the platform: there, it fails with `NotFound`.
 *
 * @example
 * ```ts
 * import * as GenerateStream from "@effect-cohere/core/GenerateStream"
 * import * as V1 from "@effect-cohere/core/V1"
 * import * as Console from "effect/Console"
 * import * as Stream from "effect/Stream"
 *
 * const program = V1.generateStream({ prompt: "Once upon a time" }).pipe(
 *   GenerateStream.text,
 *   Stream.runForEach(Console.log)
 * )
 * ```
 *
 * @deprecated Use `V2.chatStream`.
 * @see https://docs.cohere.com/reference/generate-stream
 */
export const generateStream: (
  request: GenerateRequest
) => Stream.Stream<GenerateStreamEvent, GenerateStreamError, CohereClient> = Endpoint.stream(generateStreamEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// Embed
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link embed} takes: either `texts` or `images`. */
export const EmbedRequest = Lazy.Struct(() => ({
  /** 1 to 96 texts, none of them empty. */
  texts: Schema.optional(upTo96(Schema.String)),
  /** Images as base64 data URIs, with `input_type: "image"`. Embed v3: one of 5 MB; Embed v4: 20 MB together. */
  images: Schema.optional(Schema.Array(Schema.String)),
  /** The model's name, for example `embed-v4.0`. On clouds, the deployment says it; elsewhere, always give one. */
  model: Schema.optional(Schema.String),
  /** What the embeddings are for. Needed by all models since v3. */
  input_type: Schema.optional(InputType),
  /** Which forms of each embedding to return. Without it, the answer has floats alone, and another shape. */
  embedding_types: Schema.optional(Schema.Array(EmbeddingType)),
  /** Where to cut inputs that are too long; `NONE` fails instead. Default `END`. */
  truncate: Schema.optional(Truncate)
}))
/** See {@link EmbedRequest}. */
export interface EmbedRequest extends Schema.Schema.Type<typeof EmbedRequest> {}

/** Embeddings as floats. */
export const EmbedFloatsResponse = Lazy.Struct(() => ({
  id: maybe(Schema.String),
  response_type: maybe(known("embeddings_floats", "embeddings_by_type")),
  /** The embedded texts; `[]` for images. */
  texts: maybe(Schema.Array(Schema.String)),
  images: maybe(Schema.Array(EmbeddedImage)),
  meta: maybe(ApiMeta),
  /** One row for each input. */
  embeddings: NumberMatrix
}))
/** See {@link EmbedFloatsResponse}. */
export interface EmbedFloatsResponse extends Schema.Schema.Type<typeof EmbedFloatsResponse> {}

/** Embeddings in the forms that were asked for. */
export const EmbedByTypeResponse = Lazy.Struct(() => ({
  id: maybe(Schema.String),
  response_type: maybe(known("embeddings_floats", "embeddings_by_type")),
  /** The embedded texts; `[]` for images. */
  texts: maybe(Schema.Array(Schema.String)),
  images: maybe(Schema.Array(EmbeddedImage)),
  meta: maybe(ApiMeta),
  embeddings: Embeddings
}))
/** See {@link EmbedByTypeResponse}. */
export interface EmbedByTypeResponse extends Schema.Schema.Type<typeof EmbedByTypeResponse> {}

/** What {@link embed} answers: {@link isFloats} tells which. */
export type EmbedResponse = EmbedFloatsResponse | EmbedByTypeResponse
/** See {@link EmbedResponse}. */
export const EmbedResponse: Schema.Schema<EmbedResponse> = Lazy.schema(() =>
  Schema.Union(EmbedFloatsResponse, EmbedByTypeResponse)
)

/** Whether an answer has floats alone: it does if the request had no `embedding_types`. */
export const isFloats = (response: EmbedResponse): response is EmbedFloatsResponse => Array.isArray(response.embeddings)

/** What {@link embed} can fail with. */
export type EmbedError = TooManyTokens | CommonError

/** The descriptor of {@link embed}. */
export const embedEndpoint = Endpoint.unary({
  id: "v1.embed",
  inference: "embeddings",
  method: "POST",
  path: "/v1/embed",
  payload: EmbedRequest,
  success: EmbedResponse,
  error: [TooManyTokens],
  deployments: everywhere,
  docs: "https://docs.cohere.com/v1/reference/embed"
})

/**
 * Turns texts or images into vectors, up to 96 in one call. Similar inputs have similar vectors.
 *
 * Fails with {@link EmbedError}: `TooManyTokens` with `truncate: "NONE"`, and the common errors.
 *
 * @example
 * ```ts
 * import * as V1 from "@effect-cohere/core/V1"
 * import * as Effect from "effect/Effect"
 *
 * const program = V1.embed({ model: "embed-v4.0", input_type: "search_query", texts: ["rivers of France"] }).pipe(
 *   Effect.map((response) => V1.isFloats(response) ? response.embeddings : response.embeddings.float)
 * )
 * ```
 *
 * @see https://docs.cohere.com/v1/reference/embed
 */
export const embed: (request: EmbedRequest) => Effect.Effect<EmbedResponse, EmbedError, CohereClient> = Endpoint.call(
  embedEndpoint
)

// ---------------------------------------------------------------------------------------------------------------------
// Rerank
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link rerank} takes. */
export const RerankRequest = Lazy.Struct(() => ({
  /** What is searched for. Not empty. */
  query: Schema.String,
  /** What to order: texts, or objects of texts. At most 1,000 are recommended. */
  documents: Schema.Array(Schema.Union(Schema.String, JsonObject)),
  /** The model's name, for example `rerank-v3.5`. */
  model: Schema.optional(Schema.String),
  /** How many results to return. Default: all. */
  top_n: Schema.optional(Schema.Int),
  /** Which keys of documents that are objects count, in this order. Default `["text"]`. */
  rank_fields: Schema.optional(Schema.Array(Schema.String)),
  /** Whether results carry their documents. Default `false`. */
  return_documents: Schema.optional(Schema.Boolean),
  /** Into how many pieces a long document may be cut. Times the documents, less than 10,000. Default 10. */
  max_chunks_per_doc: Schema.optional(Schema.Int)
}))
/** See {@link RerankRequest}. */
export interface RerankRequest extends Schema.Schema.Type<typeof RerankRequest> {}

/** What {@link rerank} answers. */
export const RerankResponse = Lazy.Struct(() => ({
  id: maybe(Schema.String),
  /** Best first. */
  results: Schema.Array(named<RerankResult>(RerankResult)),
  meta: maybe(ApiMeta)
}))
/** See {@link RerankResponse}. */
export interface RerankResponse extends Schema.Schema.Type<typeof RerankResponse> {}

/** What {@link rerank} can fail with. */
export type RerankError = TooManyTokens | CommonError

/** The descriptor of {@link rerank}. */
export const rerankEndpoint = Endpoint.unary({
  id: "v1.rerank",
  inference: "rerank",
  method: "POST",
  path: "/v1/rerank",
  payload: RerankRequest,
  success: RerankResponse,
  error: [TooManyTokens],
  deployments: ["platform", "private", "azure", "bedrock", "sagemaker"],
  docs: "https://docs.cohere.com/v1/reference/rerank"
})

/**
 * Orders documents by how well they answer a query.
 *
 * Fails with {@link RerankError}.
 *
 * @example
 * ```ts
 * import * as V1 from "@effect-cohere/core/V1"
 *
 * const program = V1.rerank({
 *   model: "rerank-v3.5",
 *   query: "rivers of France",
 *   documents: [{ title: "Paris", text: "It lies on the Seine." }, "Madrid lies on the Manzanares."],
 *   rank_fields: ["title", "text"],
 *   top_n: 1
 * })
 * ```
 *
 * @see https://docs.cohere.com/v1/reference/rerank
 */
export const rerank: (request: RerankRequest) => Effect.Effect<RerankResponse, RerankError, CohereClient> = Endpoint
  .call(rerankEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// Classify
// ---------------------------------------------------------------------------------------------------------------------

/** A text and the label that it should get. */
export const ClassifyExample = Lazy.Struct(() => ({
  text: Schema.optional(Schema.String),
  label: Schema.optional(Schema.String)
}))
/** See {@link ClassifyExample}. */
export interface ClassifyExample extends Schema.Schema.Type<typeof ClassifyExample> {}

/** What {@link classify} takes. */
export const ClassifyRequest = Lazy.Struct(() => ({
  /** 1 to 96 texts, none of them empty. */
  inputs: upTo96(Schema.String),
  /** At most 2,500, with at least two labels and two for each. Not needed with a fine-tuned model. */
  examples: Schema.optional(
    listOf(ClassifyExample, { max: 2_500, remedy: "choose the most telling ones" })
  ),
  /** The id of a fine-tuned classifier; old deployments: an embed model. */
  model: Schema.optional(Schema.String),
  /**
   * Id of a preset made in the playground.
   *
   * @deprecated Give `examples` instead.
   */
  preset: Schema.optional(Schema.String),
  /** Where to cut texts that are too long; `NONE` fails instead. Default `END`. */
  truncate: Schema.optional(Truncate)
}))
/** See {@link ClassifyRequest}. */
export interface ClassifyRequest extends Schema.Schema.Type<typeof ClassifyRequest> {}

/** The labels of one text. */
export const Classification = Lazy.Struct(() => ({
  id: maybe(Schema.String),
  input: maybe(Schema.String),
  /** @deprecated Read `predictions`. */
  prediction: maybe(Schema.String),
  predictions: maybe(Schema.Array(Schema.String)),
  /** @deprecated Read `confidences`. */
  confidence: maybe(Schema.Number),
  /** In the order of `predictions`. */
  confidences: maybe(Schema.Array(Schema.Number)),
  /** By label. */
  labels: maybe(Schema.Record({
    key: Schema.String,
    value: Schema.NullOr(Schema.Struct({ confidence: maybe(Schema.Number) }))
  })),
  classification_type: maybe(known("single-label", "multi-label"))
}))
/** See {@link Classification}. */
export interface Classification extends Schema.Schema.Type<typeof Classification> {}

/** What {@link classify} answers. */
export const ClassifyResponse = Lazy.Struct(() => ({
  id: maybe(Schema.String),
  /** One for each input. */
  classifications: Schema.Array(Classification),
  meta: maybe(ApiMeta)
}))
/** See {@link ClassifyResponse}. */
export interface ClassifyResponse extends Schema.Schema.Type<typeof ClassifyResponse> {}

/** What {@link classify} can fail with. */
export type ClassifyError = TooManyTokens | CommonError

/** The descriptor of {@link classify}. */
export const classifyEndpoint = Endpoint.unary({
  id: "v1.classify",
  inference: "classify",
  method: "POST",
  path: "/v1/classify",
  payload: ClassifyRequest,
  success: ClassifyResponse,
  error: [TooManyTokens],
  deployments: ["platform", "private"],
  docs: "https://docs.cohere.com/reference/classify",
  deprecated: useChat
})

/**
 * Labels texts, by examples.
 *
 * Fails with {@link ClassifyError}.
 *
 * @example
 * ```ts
 * import * as V1 from "@effect-cohere/core/V1"
 * import * as Effect from "effect/Effect"
 *
 * const program = V1.classify({
 *   inputs: ["Where is my parcel?"],
 *   examples: [
 *     { text: "When does it arrive?", label: "delivery" },
 *     { text: "It has not come.", label: "delivery" },
 *     { text: "I want my money back.", label: "refund" },
 *     { text: "Cancel the order.", label: "refund" }
 *   ]
 * }).pipe(Effect.map(({ classifications }) => classifications.map(({ predictions }) => predictions)))
 * ```
 *
 * @deprecated Use `V2.chat`.
 * @see https://docs.cohere.com/reference/classify
 */
export const classify: (request: ClassifyRequest) => Effect.Effect<ClassifyResponse, ClassifyError, CohereClient> =
  Endpoint.call(classifyEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// Summarize
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link summarize} takes. */
export const SummarizeRequest = Lazy.Struct(() => ({
  /** At least 250 characters. */
  text: textOf({ min: 250, remedy: "a shorter text needs no summary" }),
  /** Default `medium`. */
  length: Schema.optional(Schema.Literal("short", "medium", "long", "auto")),
  /** Default `paragraph`. */
  format: Schema.optional(Schema.Literal("paragraph", "bullets", "auto")),
  /** The model's name. Default `command`, which was removed on 2025-09-15. */
  model: Schema.optional(Schema.String),
  /** How close the summary stays to the words of the text. Default `low`. */
  extractiveness: Schema.optional(Schema.Literal("low", "medium", "high", "auto")),
  /** 0 to 5. Default 0.3. */
  temperature: Schema.optional(Schema.JsonNumber),
  /** Completes “Generate a summary …”, for example `of the numbers`. */
  additional_command: Schema.optional(Schema.String)
}))
/** See {@link SummarizeRequest}. */
export interface SummarizeRequest extends Schema.Schema.Type<typeof SummarizeRequest> {}

/** What {@link summarize} answers. */
export const SummarizeResponse = Lazy.Struct(() => ({
  id: maybe(Schema.String),
  summary: maybe(Schema.String),
  meta: maybe(ApiMeta)
}))
/** See {@link SummarizeResponse}. */
export interface SummarizeResponse extends Schema.Schema.Type<typeof SummarizeResponse> {}

/** What {@link summarize} can fail with. */
export type SummarizeError = TooManyTokens | NoValidGeneration | CommonError

/** The descriptor of {@link summarize}. */
export const summarizeEndpoint = Endpoint.unary({
  id: "v1.summarize",
  inference: "summarize",
  method: "POST",
  path: "/v1/summarize",
  payload: SummarizeRequest,
  success: SummarizeResponse,
  error: [TooManyTokens, NoValidGeneration],
  deployments: ["platform", "private"],
  docs: "https://docs.cohere.com/reference/summarize",
  deprecated: useChat
})

/**
 * Summarizes a text.
 *
 * Fails with {@link SummarizeError}. Its models are gone from the platform: there, it fails with `NotFound`.
 *
 * @example
 * ```ts
 * import * as V1 from "@effect-cohere/core/V1"
 * import * as Effect from "effect/Effect"
 *
 * const summary = (text: string) =>
 *   V1.summarize({ text, length: "short", format: "bullets" }).pipe(Effect.map((response) => response.summary))
 * ```
 *
 * @deprecated Use `V2.chat`.
 * @see https://docs.cohere.com/reference/summarize
 */
export const summarize: (request: SummarizeRequest) => Effect.Effect<SummarizeResponse, SummarizeError, CohereClient> =
  Endpoint.call(summarizeEndpoint)
