/**
 * The v2 API: chat, streamed chat, embed, rerank, parse.
 *
 * Names and shapes are the wire's. Fields that were left out of a request are not sent.
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { ApiMeta, Usage } from "./ApiMeta.ts"
import { AssistantReply, Citation, Document, Message, Tool, ToolCall } from "./Chat.ts"
import type { CohereClient } from "./CohereClient.ts"
import { type CommonError, NoValidGeneration, type StreamError, TooManyTokens } from "./CohereError.ts"
import { EmbeddedImage, Embeddings, EmbeddingType, InputType, Truncate } from "./Embed.ts"
import * as Endpoint from "./Endpoint.ts"
import * as Lazy from "./internal/lazy.ts"
import { upTo96 } from "./internal/limits.ts"
import { RerankResult } from "./Rerank.ts"
import { JsonObject, known, maybe, named, openUnion, type Other } from "./Wire.ts"

const priority = () => Schema.optional(Schema.Int)

/** Where Cohere offers chat, embed and rerank of this version; on Azure and AWS beside its own documentation. */
const everywhere = ["platform", "private", "azure", "bedrock", "sagemaker", "oci"] as const

// ---------------------------------------------------------------------------------------------------------------------
// Chat
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link chat} and {@link chatStream} take. */
export const ChatRequest = Lazy.Struct(() => ({
  /** The model's name, for example `command-a-03-2025`. */
  model: Schema.String,
  /** The conversation, oldest first; a system message only at its beginning. At least one. */
  messages: Schema.Array(Message).pipe(Schema.minItems(1, { message: () => "must have at least one message" })),
  /** Functions that the model may call. */
  tools: Schema.optional(Schema.Array(Tool)),
  /**
   * Whether tool calls follow the tools' JSON schemas exactly. Then every tool needs a required parameter, and all
   * together may have 200 fields. Default `false`. Beta.
   */
  strict_tools: Schema.optional(Schema.Boolean),
  /** `REQUIRED` forces a tool call, `NONE` forbids it. Default: the model decides. Command R7B and newer. */
  tool_choice: Schema.optional(Schema.Literal("REQUIRED", "NONE")),
  /** Documents to ground the answer on and to cite. Plain texts get generated ids such as `doc:0`. */
  documents: Schema.optional(Schema.Array(Schema.Union(Schema.String, Document))),
  /** Whether and when the answer is cited. */
  citation_options: Schema.optional(Schema.Struct({
    /** `FAST` cites while the text streams, `ACCURATE` after it, `OFF` and `DISABLED` not at all. */
    mode: Schema.optional(known("ENABLED", "DISABLED", "FAST", "ACCURATE", "OFF"))
  })),
  /** JSON instead of text. The prompt must ask for JSON, too. Not with `documents` or `tools`. */
  response_format: Schema.optional(Schema.Union(
    Schema.Struct({ type: Schema.Literal("text") }),
    Schema.Struct({
      type: Schema.Literal("json_object"),
      /** JSON Schema of the answer; its root is an object, and every object needs a `required` property. */
      json_schema: Schema.optional(JsonObject)
    })
  )),
  /** Default `CONTEXTUAL`. Not with `documents` or `tools`. */
  safety_mode: Schema.optional(Schema.Literal("CONTEXTUAL", "STRICT", "OFF")),
  /** How many tokens the answer may have. Then it ends with `MAX_TOKENS`. Default: the model's output limit. */
  max_tokens: Schema.optional(Schema.Int),
  /** Texts at which the answer ends; they are not part of it. At most 5. */
  stop_sequences: Schema.optional(Schema.Array(Schema.String)),
  /** 0 to 1. Default 0.3; models may differ. */
  temperature: Schema.optional(Schema.JsonNumber),
  /** For repeatable answers, on a best-effort basis. 0 to 2^53 - 1. */
  seed: Schema.optional(Schema.Int),
  /** 0 to 1. Default 0. */
  frequency_penalty: Schema.optional(Schema.JsonNumber),
  /** 0 to 1. Default 0. */
  presence_penalty: Schema.optional(Schema.JsonNumber),
  /** Choose among the `k` likeliest tokens. 0 to 500. Default 0: off. */
  k: Schema.optional(Schema.Int),
  /** Choose among the likeliest tokens of this total probability. 0.01 to 0.99. Default 0.75. */
  p: Schema.optional(Schema.JsonNumber),
  /** Whether the response carries log probabilities. Default `false`. */
  logprobs: Schema.optional(Schema.Boolean),
  /** Whether and how long a reasoning model thinks. Default: enabled on models that can. */
  thinking: Schema.optional(Schema.Struct({
    type: Schema.optional(Schema.Literal("enabled", "disabled")),
    /** At most so many tokens of thought. */
    token_budget: Schema.optional(Schema.Int)
  })),
  /** 0 (first) to 999 (last) when the servers are busy. Default 0. */
  priority: priority(),
  /**
   * Whether the response carries the rendered prompt. Today's platform refuses the field.
   *
   * @deprecated Removed by Cohere; only old private deployments know it.
   */
  return_prompt: Schema.optional(Schema.Boolean)
}))
/** See {@link ChatRequest}. */
export interface ChatRequest extends Schema.Schema.Type<typeof ChatRequest> {}

/** Log probabilities of a piece of text. */
export const LogprobItem = Lazy.Struct(() => ({
  text: maybe(Schema.String),
  token_ids: Schema.Array(Schema.Number),
  logprobs: maybe(Schema.Array(Schema.Number))
}))
/** See {@link LogprobItem}. */
export interface LogprobItem extends Schema.Schema.Type<typeof LogprobItem> {}

/** Why a chat turn ended. `ERROR` and `TIMEOUT` mean that it failed. */
export const ChatFinishReason = Lazy.schema(() =>
  known("COMPLETE", "STOP_SEQUENCE", "MAX_TOKENS", "TOOL_CALL", "ERROR", "TIMEOUT")
)
/** See {@link ChatFinishReason}. */
export type ChatFinishReason = Schema.Schema.Type<typeof ChatFinishReason>

/** What {@link chat} answers. */
export const ChatResponse = Lazy.Struct(() => ({
  id: Schema.String,
  finish_reason: ChatFinishReason,
  message: named<AssistantReply>(AssistantReply),
  usage: maybe(Usage),
  logprobs: maybe(Schema.Array(LogprobItem)),
  /** Only where `return_prompt` still works. */
  prompt: maybe(Schema.String)
}))
/** See {@link ChatResponse}. */
export interface ChatResponse extends Schema.Schema.Type<typeof ChatResponse> {}

/** What {@link chat} can fail with. */
export type ChatError = TooManyTokens | NoValidGeneration | CommonError

/** The descriptor of {@link chat}. */
export const chatEndpoint = Endpoint.unary({
  id: "v2.chat",
  inference: "chat",
  method: "POST",
  path: "/v2/chat",
  payload: ChatRequest,
  constants: { stream: false },
  success: ChatResponse,
  error: [TooManyTokens, NoValidGeneration],
  deployments: everywhere,
  docs: "https://docs.cohere.com/reference/chat"
})

/**
 * Answers a conversation.
 *
 * Fails with {@link ChatError}: `TooManyTokens` when the conversation does not fit the model, `NoValidGeneration` when
 * the model produced nothing usable, and the common errors.
 *
 * @example
 * ```ts
 * import * as Chat from "@effect-cohere/core/Chat"
 * import * as V2 from "@effect-cohere/core/V2"
 * import * as Effect from "effect/Effect"
 *
 * const program = V2.chat({
 *   model: "command-a-03-2025",
 *   messages: [Chat.user("Name a river in France.")]
 * }).pipe(
 *   Effect.map((response) => Chat.text(response.message)),
 *   Effect.catchTag("TooManyTokens", (error) => Effect.succeed(`too long by ${error.exceededBy ?? "some"} tokens`))
 * )
 * ```
 *
 * @see https://docs.cohere.com/reference/chat
 */
export const chat: (request: ChatRequest) => Effect.Effect<ChatResponse, ChatError, CohereClient> = Endpoint.call(
  chatEndpoint
)

// ---------------------------------------------------------------------------------------------------------------------
// Streamed chat
// ---------------------------------------------------------------------------------------------------------------------

/** The first event of a stream. */
export const MessageStartEvent = Lazy.Struct(() => ({
  type: Schema.Literal("message-start"),
  /** Becomes the `id` of the response. */
  id: maybe(Schema.String),
  delta: maybe(Schema.Struct({
    message: maybe(Schema.Struct({
      role: maybe(known("assistant")),
      content: maybe(Schema.Array(JsonObject)),
      tool_plan: maybe(Schema.String),
      tool_calls: maybe(Schema.Array(JsonObject)),
      citations: maybe(Schema.Array(JsonObject))
    }))
  }))
}))
/** See {@link MessageStartEvent}. */
export interface MessageStartEvent extends Schema.Schema.Type<typeof MessageStartEvent> {}

/** A content block begins. */
export const ContentStartEvent = Lazy.Struct(() => ({
  type: Schema.Literal("content-start"),
  /** Which block, from 0. */
  index: maybe(Schema.Number),
  delta: maybe(Schema.Struct({
    message: maybe(Schema.Struct({
      content: maybe(Schema.Struct({
        type: maybe(known("text", "thinking")),
        text: maybe(Schema.String),
        thinking: maybe(Schema.String)
      }))
    }))
  }))
}))
/** See {@link ContentStartEvent}. */
export interface ContentStartEvent extends Schema.Schema.Type<typeof ContentStartEvent> {}

/** The next piece of a content block. */
export const ContentDeltaEvent = Lazy.Struct(() => ({
  type: Schema.Literal("content-delta"),
  index: maybe(Schema.Number),
  delta: maybe(Schema.Struct({
    message: maybe(Schema.Struct({
      content: maybe(Schema.Struct({
        text: maybe(Schema.String),
        thinking: maybe(Schema.String)
      }))
    }))
  })),
  /** With `logprobs: true`. */
  logprobs: maybe(LogprobItem)
}))
/** See {@link ContentDeltaEvent}. */
export interface ContentDeltaEvent extends Schema.Schema.Type<typeof ContentDeltaEvent> {}

/** A content block is complete. */
export const ContentEndEvent = Lazy.Struct(() => ({
  type: Schema.Literal("content-end"),
  index: maybe(Schema.Number)
}))
/** See {@link ContentEndEvent}. */
export interface ContentEndEvent extends Schema.Schema.Type<typeof ContentEndEvent> {}

/** The next piece of the plan that precedes tool calls. */
export const ToolPlanDeltaEvent = Lazy.Struct(() => ({
  type: Schema.Literal("tool-plan-delta"),
  delta: maybe(Schema.Struct({
    message: maybe(Schema.Struct({ tool_plan: maybe(Schema.String) }))
  }))
}))
/** See {@link ToolPlanDeltaEvent}. */
export interface ToolPlanDeltaEvent extends Schema.Schema.Type<typeof ToolPlanDeltaEvent> {}

/** A tool call begins. In spite of its name, `tool_calls` is one call. */
export const ToolCallStartEvent = Lazy.Struct(() => ({
  type: Schema.Literal("tool-call-start"),
  /** Which call, from 0. */
  index: maybe(Schema.Number),
  delta: maybe(Schema.Struct({
    message: maybe(Schema.Struct({ tool_calls: maybe(ToolCall) }))
  }))
}))
/** See {@link ToolCallStartEvent}. */
export interface ToolCallStartEvent extends Schema.Schema.Type<typeof ToolCallStartEvent> {}

/** The next piece of a tool call's arguments, which are JSON text. */
export const ToolCallDeltaEvent = Lazy.Struct(() => ({
  type: Schema.Literal("tool-call-delta"),
  index: maybe(Schema.Number),
  delta: maybe(Schema.Struct({
    message: maybe(Schema.Struct({
      tool_calls: maybe(Schema.Struct({
        function: maybe(Schema.Struct({ arguments: maybe(Schema.String) }))
      }))
    }))
  }))
}))
/** See {@link ToolCallDeltaEvent}. */
export interface ToolCallDeltaEvent extends Schema.Schema.Type<typeof ToolCallDeltaEvent> {}

/** A tool call is complete. */
export const ToolCallEndEvent = Lazy.Struct(() => ({
  type: Schema.Literal("tool-call-end"),
  index: maybe(Schema.Number)
}))
/** See {@link ToolCallEndEvent}. */
export interface ToolCallEndEvent extends Schema.Schema.Type<typeof ToolCallEndEvent> {}

/** A citation. In spite of its name, `citations` is one citation. */
export const CitationStartEvent = Lazy.Struct(() => ({
  type: Schema.Literal("citation-start"),
  /** Which citation, from 0. */
  index: maybe(Schema.Number),
  delta: maybe(Schema.Struct({
    message: maybe(Schema.Struct({ citations: maybe(Citation) }))
  }))
}))
/** See {@link CitationStartEvent}. */
export interface CitationStartEvent extends Schema.Schema.Type<typeof CitationStartEvent> {}

/** A citation is complete. */
export const CitationEndEvent = Lazy.Struct(() => ({
  type: Schema.Literal("citation-end"),
  index: maybe(Schema.Number)
}))
/** See {@link CitationEndEvent}. */
export interface CitationEndEvent extends Schema.Schema.Type<typeof CitationEndEvent> {}

/** The last event of a stream. */
export const MessageEndEvent = Lazy.Struct(() => ({
  type: Schema.Literal("message-end"),
  id: maybe(Schema.String),
  delta: maybe(Schema.Struct({
    finish_reason: maybe(ChatFinishReason),
    usage: maybe(Usage),
    /** Why the turn failed, if it did. */
    error: maybe(Schema.String),
    /** The code of that failure, for example `INVALID_TOOL_GENERATION`. */
    error_type: maybe(Schema.String)
  }))
}))
/** See {@link MessageEndEvent}. */
export interface MessageEndEvent extends Schema.Schema.Type<typeof MessageEndEvent> {}

/** For Cohere's own use. */
export const DebugEvent = Lazy.Struct(() => ({
  type: Schema.Literal("debug"),
  prompt: maybe(Schema.String)
}))
/** See {@link DebugEvent}. */
export interface DebugEvent extends Schema.Schema.Type<typeof DebugEvent> {}

/** An event of {@link chatStream}. A type that this version does not know arrives untouched. */
export type ChatStreamEvent =
  | MessageStartEvent
  | ContentStartEvent
  | ContentDeltaEvent
  | ContentEndEvent
  | ToolPlanDeltaEvent
  | ToolCallStartEvent
  | ToolCallDeltaEvent
  | ToolCallEndEvent
  | CitationStartEvent
  | CitationEndEvent
  | MessageEndEvent
  | DebugEvent
  | Other
/** See {@link ChatStreamEvent}. */
export const ChatStreamEvent: Schema.Schema<ChatStreamEvent> = openUnion(
  MessageStartEvent,
  ContentStartEvent,
  ContentDeltaEvent,
  ContentEndEvent,
  ToolPlanDeltaEvent,
  ToolCallStartEvent,
  ToolCallDeltaEvent,
  ToolCallEndEvent,
  CitationStartEvent,
  CitationEndEvent,
  MessageEndEvent,
  DebugEvent
)

/** What {@link chatStream} can fail with. */
export type ChatStreamError = ChatError | StreamError

/** The descriptor of {@link chatStream}. */
export const chatStreamEndpoint = Endpoint.streaming({
  id: "v2.chatStream",
  inference: "chat",
  method: "POST",
  path: "/v2/chat",
  payload: ChatRequest,
  constants: { stream: true },
  events: ChatStreamEvent,
  isLast: (event) => event.type === "message-end",
  tag: "type",
  framing: "sse",
  error: [TooManyTokens, NoValidGeneration],
  deployments: everywhere,
  docs: "https://docs.cohere.com/reference/chat-stream"
})

/**
 * Answers a conversation piece by piece. `ChatStream` turns the events into text, tool calls, citations or the whole
 * response.
 *
 * The stream ends after `message-end`; that event may report a failed turn. Fails with {@link ChatStreamError}: what
 * {@link chat} can fail with, and `StreamTruncated`, `StreamInterrupted`, `StreamIdle`, `MalformedEvent` once it is
 * open. Nothing is sent again after the first event.
 *
 * @example
 * ```ts
 * import * as Chat from "@effect-cohere/core/Chat"
 * import * as ChatStream from "@effect-cohere/core/ChatStream"
 * import * as V2 from "@effect-cohere/core/V2"
 * import * as Console from "effect/Console"
 * import * as Stream from "effect/Stream"
 *
 * const program = V2.chatStream({
 *   model: "command-a-03-2025",
 *   messages: [Chat.user("Tell me a story.")]
 * }).pipe(ChatStream.text, Stream.runForEach(Console.log))
 * ```
 *
 * @see https://docs.cohere.com/reference/chat-stream
 */
export const chatStream: (request: ChatRequest) => Stream.Stream<ChatStreamEvent, ChatStreamError, CohereClient> =
  Endpoint.stream(chatStreamEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// Embed
// ---------------------------------------------------------------------------------------------------------------------

/** An input of texts and images that get one embedding together. */
export const EmbedInput = Lazy.Struct(() => ({
  content: Schema.Array(Schema.Union(
    Schema.Struct({ type: Schema.Literal("text"), text: Schema.String }),
    Schema.Struct({
      type: Schema.Literal("image_url"),
      /** A base64 data URI. */
      image_url: Schema.Struct({ url: Schema.String })
    })
  ))
}))
/** See {@link EmbedInput}. */
export interface EmbedInput extends Schema.Schema.Type<typeof EmbedInput> {}

/** What {@link embed} takes: exactly one of `texts`, `images` and `inputs`. */
export const EmbedRequest = Lazy.Struct(() => ({
  /** The model's name, for example `embed-v4.0`. */
  model: Schema.String,
  /** What the embeddings are for: documents and queries are embedded differently. */
  input_type: InputType,
  /** 1 to 96 texts, none of them empty. */
  texts: Schema.optional(upTo96(Schema.String)),
  /** Images as base64 data URIs, with `input_type: "image"`. Embed v3: one of 5 MB; Embed v4: 20 MB together. */
  images: Schema.optional(Schema.Array(Schema.String)),
  /** 1 to 96 inputs of mixed texts and images. Embed v4 and newer. */
  inputs: Schema.optional(upTo96(EmbedInput)),
  /** Which forms of each embedding to return. Default `["float"]`. */
  embedding_types: Schema.optional(Schema.Array(EmbeddingType)),
  /** Where to cut inputs that are too long; `NONE` fails instead. Default `END`. */
  truncate: Schema.optional(Truncate),
  /** How many tokens of each input count. */
  max_tokens: Schema.optional(Schema.Int),
  /** 256, 512, 1024 or 1536. Default 1536. Embed v4 and newer. */
  output_dimension: Schema.optional(Schema.Int),
  /** 0 (first) to 999 (last) when the servers are busy. Default 0. */
  priority: priority()
}))
/** See {@link EmbedRequest}. */
export interface EmbedRequest extends Schema.Schema.Type<typeof EmbedRequest> {}

/** What {@link embed} answers. */
export const EmbedResponse = Lazy.Struct(() => ({
  id: Schema.String,
  response_type: maybe(known("embeddings_by_type")),
  embeddings: Embeddings,
  /** The embedded texts; `[]` for images. */
  texts: maybe(Schema.Array(Schema.String)),
  images: maybe(Schema.Array(EmbeddedImage)),
  meta: maybe(ApiMeta)
}))
/** See {@link EmbedResponse}. */
export interface EmbedResponse extends Schema.Schema.Type<typeof EmbedResponse> {}

/** What {@link embed} can fail with. */
export type EmbedError = TooManyTokens | CommonError

/** The descriptor of {@link embed}. */
export const embedEndpoint = Endpoint.unary({
  id: "v2.embed",
  inference: "embeddings",
  method: "POST",
  path: "/v2/embed",
  payload: EmbedRequest,
  success: EmbedResponse,
  error: [TooManyTokens],
  deployments: everywhere,
  docs: "https://docs.cohere.com/reference/embed"
})

/**
 * Turns texts or images into vectors, up to 96 in one call. Similar inputs have similar vectors.
 *
 * Fails with {@link EmbedError}: `TooManyTokens` with `truncate: "NONE"`, and the common errors.
 *
 * @example
 * ```ts
 * import * as V2 from "@effect-cohere/core/V2"
 * import * as Effect from "effect/Effect"
 *
 * const program = V2.embed({
 *   model: "embed-v4.0",
 *   input_type: "search_document",
 *   texts: ["a river in France", "a river in Spain"]
 * }).pipe(Effect.map((response) => response.embeddings.float ?? []))
 * ```
 *
 * @see https://docs.cohere.com/reference/embed
 */
export const embed: (request: EmbedRequest) => Effect.Effect<EmbedResponse, EmbedError, CohereClient> = Endpoint.call(
  embedEndpoint
)

// ---------------------------------------------------------------------------------------------------------------------
// Rerank
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link rerank} takes. */
export const RerankRequest = Lazy.Struct(() => ({
  /** The model's name, for example `rerank-v4.0-fast`. */
  model: Schema.String,
  /** What is searched for. Not empty. */
  query: Schema.String,
  /** The texts to order; structured data as YAML. At least one; at most 1,000 are recommended. */
  documents: Schema.Array(Schema.String),
  /** How many results to return. Default: all. */
  top_n: Schema.optional(Schema.Int),
  /** How many tokens of each document count. Default 4096. */
  max_tokens_per_doc: Schema.optional(Schema.Int),
  /** 0 (first) to 999 (last) when the servers are busy. Default 0. */
  priority: priority(),
  /**
   * Whether results carry their documents. Today's platform refuses the field.
   *
   * @deprecated Removed by Cohere; use `index` to find the document.
   */
  return_documents: Schema.optional(Schema.Boolean)
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
  id: "v2.rerank",
  inference: "rerank",
  method: "POST",
  path: "/v2/rerank",
  payload: RerankRequest,
  success: RerankResponse,
  error: [TooManyTokens],
  deployments: ["platform", "private", "azure", "bedrock", "sagemaker"],
  docs: "https://docs.cohere.com/reference/rerank"
})

/**
 * Orders texts by how well they answer a query.
 *
 * Fails with {@link RerankError}.
 *
 * @example
 * ```ts
 * import * as V2 from "@effect-cohere/core/V2"
 * import * as Effect from "effect/Effect"
 *
 * const documents = ["Paris lies on the Seine.", "Madrid lies on the Manzanares."]
 *
 * const program = V2.rerank({ model: "rerank-v4.0-fast", query: "rivers of France", documents, top_n: 1 }).pipe(
 *   Effect.map((response) => response.results.map((result) => documents[result.index]))
 * )
 * ```
 *
 * @see https://docs.cohere.com/reference/rerank
 */
export const rerank: (request: RerankRequest) => Effect.Effect<RerankResponse, RerankError, CohereClient> = Endpoint
  .call(rerankEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// Parse
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link parse} takes. */
export const ParseRequest = Lazy.Struct(() => ({
  /** The model's name, for example `parse-v5.0`. */
  model: Schema.String,
  /**
   * The page to read, as an image: a web URL or a base64 data URI; at most 20 MB, and 50 megapixels or 200 MB when
   * decompressed.
   */
  document: Schema.Struct({ type: Schema.Literal("image_url"), image_url: Schema.String }),
  /** `markdown` is one text a page, `blocks` its parts in reading order. Default `markdown`. */
  output_format: Schema.optional(Schema.Literal("markdown", "blocks"))
}))
/** See {@link ParseRequest}. */
export interface ParseRequest extends Schema.Schema.Type<typeof ParseRequest> {}

/** Where something is on a page: in pixels of the source, or, normalized, in parts of its size, 0 to 1. */
export const BoundingBox = Lazy.Struct(() => ({
  top_left_x: maybe(Schema.Number),
  top_left_y: maybe(Schema.Number),
  bottom_right_x: maybe(Schema.Number),
  bottom_right_y: maybe(Schema.Number)
}))
/** See {@link BoundingBox}. */
export interface BoundingBox extends Schema.Schema.Type<typeof BoundingBox> {}

/** A picture on a page. */
export const ParseImageBlock = Lazy.Struct(() => ({
  /** For example `img-0`: the name by which a markdown text refers to it. */
  id: maybe(Schema.String),
  description: maybe(Schema.String),
  category: maybe(known("other", "flowchart", "logo", "signature")),
  bounding_box: maybe(BoundingBox),
  bounding_box_normalized: maybe(BoundingBox)
}))
/** See {@link ParseImageBlock}. */
export interface ParseImageBlock extends Schema.Schema.Type<typeof ParseImageBlock> {}

/** A table on a page. */
export const ParseTableBlock = Lazy.Struct(() => ({
  type: maybe(known("html")),
  html: maybe(Schema.String),
  title: maybe(Schema.String),
  description: maybe(Schema.String),
  bounding_box: maybe(BoundingBox),
  bounding_box_normalized: maybe(BoundingBox)
}))
/** See {@link ParseTableBlock}. */
export interface ParseTableBlock extends Schema.Schema.Type<typeof ParseTableBlock> {}

const TextParseBlock = Lazy.Struct(() => ({
  type: Schema.Literal("text"),
  text: maybe(Schema.Struct({ content: maybe(Schema.String) }))
}))
interface TextParseBlock extends Schema.Schema.Type<typeof TextParseBlock> {}

const ImageParseBlock = Lazy.Struct(() => ({ type: Schema.Literal("image"), image: maybe(ParseImageBlock) }))
interface ImageParseBlock extends Schema.Schema.Type<typeof ImageParseBlock> {}

const TableParseBlock = Lazy.Struct(() => ({ type: Schema.Literal("table"), table: maybe(ParseTableBlock) }))
interface TableParseBlock extends Schema.Schema.Type<typeof TableParseBlock> {}

/** A part of a page, by `type`: `text`, `image` or `table`. */
export type ParseBlock = TextParseBlock | ImageParseBlock | TableParseBlock | Other
/** See {@link ParseBlock}. */
export const ParseBlock: Schema.Schema<ParseBlock> = openUnion(TextParseBlock, ImageParseBlock, TableParseBlock)

/** A page as one text. */
export const MarkdownPage = Lazy.Struct(() => ({
  type: Schema.Literal("markdown"),
  /** Position in the document, from 0. */
  index: maybe(Schema.Number),
  markdown: maybe(Schema.Struct({
    /** Refers to images as `![description](id)`; tables are HTML. */
    content: maybe(Schema.String),
    images: maybe(Schema.Array(ParseImageBlock))
  }))
}))
/** See {@link MarkdownPage}. */
export interface MarkdownPage extends Schema.Schema.Type<typeof MarkdownPage> {}

/** A page as its parts, in reading order. */
export const BlocksPage = Lazy.Struct(() => ({
  type: Schema.Literal("blocks"),
  /** Position in the document, from 0. */
  index: maybe(Schema.Number),
  blocks: maybe(Schema.Array(ParseBlock))
}))
/** See {@link BlocksPage}. */
export interface BlocksPage extends Schema.Schema.Type<typeof BlocksPage> {}

/** A page, by `type` as `output_format` asked for. */
export type ParsePage = MarkdownPage | BlocksPage | Other
/** See {@link ParsePage}. */
export const ParsePage: Schema.Schema<ParsePage> = openUnion(MarkdownPage, BlocksPage)

/** What {@link parse} answers. */
export const ParseResponse = Lazy.Struct(() => ({
  id: Schema.String,
  /** In the document's order. */
  pages: Schema.Array(ParsePage),
  /** Its billed units count `pages`. */
  meta: maybe(ApiMeta)
}))
/** See {@link ParseResponse}. */
export interface ParseResponse extends Schema.Schema.Type<typeof ParseResponse> {}

/** The descriptor of {@link parse}. */
export const parseEndpoint = Endpoint.unary({
  id: "v2.parse",
  inference: "parse",
  method: "POST",
  path: "/v2/parse",
  payload: ParseRequest,
  success: ParseResponse,
  docs: "https://docs.cohere.com/reference/parse"
})

/**
 * Reads a document, given as an image, into markdown or into its texts, images and tables.
 *
 * Fails with the common errors.
 *
 * @example
 * ```ts
 * import * as V2 from "@effect-cohere/core/V2"
 * import * as Effect from "effect/Effect"
 *
 * const program = V2.parse({
 *   model: "parse-v5.0",
 *   document: { type: "image_url", image_url: "https://example.com/invoice.png" }
 * }).pipe(
 *   Effect.map(({ pages }) => pages.map((page) => page.type === "markdown" ? page.markdown?.content : undefined))
 * )
 * ```
 *
 * @see https://docs.cohere.com/reference/parse
 */
export const parse: (request: ParseRequest) => Effect.Effect<ParseResponse, CommonError, CohereClient> = Endpoint.call(
  parseEndpoint
)
