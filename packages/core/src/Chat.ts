/**
 * Messages of the v2 chat API, and what they are made of: content blocks, documents, tools, citations.
 *
 * Every type is the wire shape: an assistant message of a response can be sent back in the next request as it is.
 *
 * @see https://docs.cohere.com/reference/chat
 */
import * as Schema from "effect/Schema"
import * as Lazy from "./internal/lazy.ts"
import { JsonObject, known, maybe, openUnion, type Other } from "./Wire.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Content blocks
// ---------------------------------------------------------------------------------------------------------------------

/** Text. */
export const TextBlock = Lazy.Struct(() => ({
  type: Schema.Literal("text"),
  text: Schema.String
}))
/** See {@link TextBlock}. */
export interface TextBlock extends Schema.Schema.Type<typeof TextBlock> {}

/** What a reasoning model thought before it answered. */
export const ThinkingBlock = Lazy.Struct(() => ({
  type: Schema.Literal("thinking"),
  thinking: Schema.String
}))
/** See {@link ThinkingBlock}. */
export interface ThinkingBlock extends Schema.Schema.Type<typeof ThinkingBlock> {}

/** An image for a model with vision: at most 20 images or 20 MB in one request; PNG, JPEG, WEBP or still GIF. */
export const ImageBlock = Lazy.Struct(() => ({
  type: Schema.Literal("image_url"),
  image_url: Schema.Struct({
    /** A base64 data URI, or (on the Cohere platform) a web URL. */
    url: Schema.String,
    /**
     * Resolution that the model sees. `low` costs 256 tokens, `high` 256 tokens for each tile of 512 by 512 pixels.
     * Default `auto`: `high` when a side exceeds 768 pixels.
     */
    detail: Schema.optional(known("auto", "low", "high"))
  })
}))
/** See {@link ImageBlock}. */
export interface ImageBlock extends Schema.Schema.Type<typeof ImageBlock> {}

/** A document for the model to ground its answer on and to cite. */
export const Document = Lazy.Struct(() => ({
  /** The contents: any keys, or a text (often JSON). Keep it under about 300 words. */
  data: Schema.Union(Schema.String, JsonObject),
  /** The name by which citations refer to it. Default: a generated one such as `doc:0`. */
  id: Schema.optional(Schema.String)
}))
/** See {@link Document}. */
export interface Document extends Schema.Schema.Type<typeof Document> {}

/** A document inside a tool message: one block for each result, so that each can be cited. */
export const DocumentBlock = Lazy.Struct(() => ({
  type: Schema.Literal("document"),
  document: Document
}))
/** See {@link DocumentBlock}. */
export interface DocumentBlock extends Schema.Schema.Type<typeof DocumentBlock> {}

/** A content block of an assistant message. */
export type AssistantBlock = TextBlock | ThinkingBlock | Other
/** See {@link AssistantBlock}. */
export const AssistantBlock: Schema.Schema<AssistantBlock> = openUnion(TextBlock, ThinkingBlock)

// ---------------------------------------------------------------------------------------------------------------------
// Tools
// ---------------------------------------------------------------------------------------------------------------------

/** A function that the model may call. */
export const Tool = Lazy.Struct(() => ({
  type: Schema.Literal("function"),
  function: Schema.Struct({
    /** Letters, digits and underscores; not beginning with a digit. */
    name: Schema.String,
    /** What it does and when to call it, for the model. */
    description: Schema.optional(Schema.String),
    /** JSON Schema of the arguments. Without arguments: `{ type: "object", properties: {} }`. */
    parameters: JsonObject
  })
}))
/** See {@link Tool}. */
export interface Tool extends Schema.Schema.Type<typeof Tool> {}

/** A call of a {@link Tool} that the model asks for. */
export const ToolCall = Lazy.Struct(() => ({
  /** Refer to it in the {@link ToolMessage} that answers. */
  id: maybe(Schema.String),
  type: maybe(known("function")),
  function: maybe(Schema.Struct({
    name: maybe(Schema.String),
    /** JSON text. `""`, `"{}"` and `"null"` all mean: no arguments. */
    arguments: maybe(Schema.String)
  }))
}))
/** See {@link ToolCall}. */
export interface ToolCall extends Schema.Schema.Type<typeof ToolCall> {}

// ---------------------------------------------------------------------------------------------------------------------
// Citations
// ---------------------------------------------------------------------------------------------------------------------

/** The output of a tool, as the source of a citation. */
export const ToolSource = Lazy.Struct(() => ({
  type: Schema.Literal("tool"),
  /** `<tool call id>:<number>`, unless the document of the tool message had an `id`. */
  id: maybe(Schema.String),
  tool_output: maybe(JsonObject)
}))
/** See {@link ToolSource}. */
export interface ToolSource extends Schema.Schema.Type<typeof ToolSource> {}

/** A document, as the source of a citation. */
export const DocumentSource = Lazy.Struct(() => ({
  type: Schema.Literal("document"),
  id: maybe(Schema.String),
  /** The cited document: its `id` and its data. */
  document: maybe(JsonObject)
}))
/** See {@link DocumentSource}. */
export interface DocumentSource extends Schema.Schema.Type<typeof DocumentSource> {}

/** Where a cited passage comes from. */
export type Source = ToolSource | DocumentSource | Other
/** See {@link Source}. */
export const Source: Schema.Schema<Source> = openUnion(ToolSource, DocumentSource)

/** A passage of the answer and the sources that support it. */
export const Citation = Lazy.Struct(() => ({
  /** Index of the passage's first character in its content block. */
  start: maybe(Schema.Number),
  /** Index after the passage's last character: `text.slice(start, end)` is the passage. */
  end: maybe(Schema.Number),
  /** The passage itself. */
  text: maybe(Schema.String),
  sources: maybe(Schema.Array(Source)),
  /** Which content block the passage is in. */
  content_index: maybe(Schema.Number),
  type: maybe(known("TEXT_CONTENT", "THINKING_CONTENT", "PLAN"))
}))
/** See {@link Citation}. */
export interface Citation extends Schema.Schema.Type<typeof Citation> {}

// ---------------------------------------------------------------------------------------------------------------------
// Messages
// ---------------------------------------------------------------------------------------------------------------------

/** What the user says, with images if the model sees. */
export const UserMessage = Lazy.Struct(() => ({
  role: Schema.Literal("user"),
  content: Schema.Union(Schema.String, Schema.Array(Schema.Union(TextBlock, ImageBlock)))
}))
/** See {@link UserMessage}. */
export interface UserMessage extends Schema.Schema.Type<typeof UserMessage> {}

/** An earlier answer of the model. The `message` of a response fits here as it is. */
export const AssistantMessage = Lazy.Struct(() => ({
  role: Schema.Literal("assistant"),
  content: maybe(Schema.Union(Schema.String, Schema.Array(AssistantBlock))),
  tool_calls: maybe(Schema.Array(ToolCall)),
  /** The model's plan in words, when it called tools. */
  tool_plan: maybe(Schema.String),
  citations: maybe(Schema.Array(Citation))
}))
/** See {@link AssistantMessage}. */
export interface AssistantMessage extends Schema.Schema.Type<typeof AssistantMessage> {}

/** Instructions for the model. Only as the first message. */
export const SystemMessage = Lazy.Struct(() => ({
  role: Schema.Literal("system"),
  content: Schema.Union(Schema.String, Schema.Array(TextBlock))
}))
/** See {@link SystemMessage}. */
export interface SystemMessage extends Schema.Schema.Type<typeof SystemMessage> {}

/** The result of a tool call, one message for each call. */
export const ToolMessage = Lazy.Struct(() => ({
  role: Schema.Literal("tool"),
  /** The `id` of the {@link ToolCall} that this answers; it must be in an earlier assistant message. */
  tool_call_id: Schema.String,
  /** JSON text of an object, or blocks; a document block for each result lets the model cite each. */
  content: Schema.Union(Schema.String, Schema.Array(Schema.Union(TextBlock, DocumentBlock)))
}))
/** See {@link ToolMessage}. */
export interface ToolMessage extends Schema.Schema.Type<typeof ToolMessage> {}

/** One turn of a conversation. */
export type Message = UserMessage | AssistantMessage | SystemMessage | ToolMessage
/** See {@link Message}. */
export const Message: Schema.Schema<Message> = Lazy.schema(() =>
  Schema.Union(UserMessage, AssistantMessage, SystemMessage, ToolMessage)
)

/** The message of a chat response. Content is always an array here, and absent when the model only calls tools. */
export const AssistantReply = Lazy.Struct(() => ({
  role: Schema.Literal("assistant"),
  tool_calls: maybe(Schema.Array(ToolCall)),
  tool_plan: maybe(Schema.String),
  content: maybe(Schema.Array(AssistantBlock)),
  citations: maybe(Schema.Array(Citation))
}))
/** See {@link AssistantReply}. */
export interface AssistantReply extends Schema.Schema.Type<typeof AssistantReply> {}

// ---------------------------------------------------------------------------------------------------------------------
// Constructors and readers
// ---------------------------------------------------------------------------------------------------------------------

/** A user message. */
export const user = (content: UserMessage["content"]): UserMessage => ({ role: "user", content })

/** A system message. */
export const system = (content: SystemMessage["content"]): SystemMessage => ({ role: "system", content })

/** An assistant message of your own making, as an example or as history. */
export const assistant = (content: string): AssistantMessage => ({ role: "assistant", content })

/**
 * The answer to a tool call: a text, or the results, each of which becomes a document that the model can cite.
 *
 * @example
 * ```ts
 * import * as Chat from "@effect-cohere/core/Chat"
 *
 * const message = Chat.toolResult("get_weather_qd75j4wsaxkq", [{ city: "Toronto", celsius: 21 }])
 * ```
 */
export const toolResult = (toolCallId: string, result: string | ReadonlyArray<JsonObject>): ToolMessage => ({
  role: "tool",
  tool_call_id: toolCallId,
  content: typeof result === "string"
    ? result
    : result.map((data) => ({ type: "document" as const, document: { data } }))
})

/**
 * The text of a reply: its text blocks joined, without thinking. `""` when there is none.
 *
 * @example
 * ```ts
 * import * as Chat from "@effect-cohere/core/Chat"
 * import * as V2 from "@effect-cohere/core/V2"
 * import * as Effect from "effect/Effect"
 *
 * const program = V2.chat({ model: "command-a-03-2025", messages: [Chat.user("Hello!")] }).pipe(
 *   Effect.map((response) => Chat.text(response.message))
 * )
 * ```
 */
export const text = (message: AssistantMessage | AssistantReply): string => {
  if (typeof message.content === "string") return message.content
  let out = ""
  for (const block of message.content ?? []) {
    if (block.type === "text") out += block.text
  }
  return out
}
