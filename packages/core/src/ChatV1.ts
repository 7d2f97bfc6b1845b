/**
 * Messages of the v1 chat API, and what they are made of: documents, tools, citations.
 *
 * Every type is the wire shape: the `chat_history` of a response can be sent back in the next request as it is.
 *
 * @see https://docs.cohere.com/v1/reference/chat
 */
import * as Schema from "effect/Schema"
import * as Lazy from "./internal/lazy.ts"
import { JsonObject, known, maybe, openUnionBy, type Unrecognized } from "./Wire.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Tools
// ---------------------------------------------------------------------------------------------------------------------

/** A function that the model may call. */
export const Tool = Lazy.Struct(() => ({
  /** Letters, digits and underscores; not beginning with a digit. */
  name: Schema.String,
  /** What it does and when to call it, for the model. */
  description: Schema.String,
  /** By name. */
  parameter_definitions: Schema.optional(Schema.Record({
    key: Schema.String,
    value: Schema.Struct({
      /** A type of Python: `str`, `int`, `float`, `bool`, `List[str]`, `dict` … */
      type: Schema.String,
      description: Schema.optional(Schema.String),
      /** Default `false`. */
      required: Schema.optional(Schema.Boolean)
    })
  }))
}))
/** See {@link Tool}. */
export interface Tool extends Schema.Schema.Type<typeof Tool> {}

/** A call of a {@link Tool} that the model asks for. */
export const ToolCall = Lazy.Struct(() => ({
  name: Schema.String,
  /** Absent or `null` in some histories. */
  parameters: maybe(JsonObject)
}))
/** See {@link ToolCall}. */
export interface ToolCall extends Schema.Schema.Type<typeof ToolCall> {}

/** What a tool call gave. */
export const ToolResult = Lazy.Struct(() => ({
  call: ToolCall,
  /** One object for each result; a single one in a list, too. */
  outputs: Schema.Array(JsonObject)
}))
/** See {@link ToolResult}. */
export interface ToolResult extends Schema.Schema.Type<typeof ToolResult> {}

// ---------------------------------------------------------------------------------------------------------------------
// Messages
// ---------------------------------------------------------------------------------------------------------------------

/** What the user said. */
export const UserMessage = Lazy.Struct(() => ({
  role: Schema.Literal("USER"),
  message: Schema.String,
  tool_calls: maybe(Schema.Array(ToolCall))
}))
/** See {@link UserMessage}. */
export interface UserMessage extends Schema.Schema.Type<typeof UserMessage> {}

/** What the model said. */
export const ChatbotMessage = Lazy.Struct(() => ({
  role: Schema.Literal("CHATBOT"),
  /** Absent when it only called tools. */
  message: maybe(Schema.String),
  tool_calls: maybe(Schema.Array(ToolCall))
}))
/** See {@link ChatbotMessage}. */
export interface ChatbotMessage extends Schema.Schema.Type<typeof ChatbotMessage> {}

/** Instructions for the model. At the beginning, `preamble` is the better place for them. */
export const SystemMessage = Lazy.Struct(() => ({
  role: Schema.Literal("SYSTEM"),
  message: Schema.String,
  tool_calls: maybe(Schema.Array(ToolCall))
}))
/** See {@link SystemMessage}. */
export interface SystemMessage extends Schema.Schema.Type<typeof SystemMessage> {}

/** The results of tool calls. */
export const ToolMessage = Lazy.Struct(() => ({
  role: Schema.Literal("TOOL"),
  tool_results: maybe(Schema.Array(ToolResult))
}))
/** See {@link ToolMessage}. */
export interface ToolMessage extends Schema.Schema.Type<typeof ToolMessage> {}

/** A turn of a role that this version does not know, untouched. */
export interface OtherMessage {
  readonly role: Unrecognized
  readonly [key: string]: unknown
}

/** One turn of a conversation, by `role`. */
export type Message = UserMessage | ChatbotMessage | SystemMessage | ToolMessage | OtherMessage
/** See {@link Message}. */
export const Message: Schema.Schema<Message> = openUnionBy<"role", OtherMessage>("role")(
  UserMessage,
  ChatbotMessage,
  SystemMessage,
  ToolMessage
)

// ---------------------------------------------------------------------------------------------------------------------
// Search
// ---------------------------------------------------------------------------------------------------------------------

/** A connector that a chat may query. */
export const ChatConnector = Lazy.Struct(() => ({
  /** `web-search`, or the id of a connector of your own. */
  id: Schema.String,
  /** For the connector, instead of Cohere's. */
  user_access_token: Schema.optional(Schema.String),
  /** Whether the chat goes on when the connector fails. Default `false`. */
  continue_on_failure: Schema.optional(Schema.Boolean),
  /** What the connector understands, for example `site` of `web-search`. */
  options: Schema.optional(JsonObject)
}))
/** See {@link ChatConnector}. */
export interface ChatConnector extends Schema.Schema.Type<typeof ChatConnector> {}

/**
 * A document to ground the answer on: texts by name. `id` names it in citations, `_excludes` lists keys that the model
 * does not see. Keep it under about 300 words.
 */
export type ChatDocument = JsonObject
/** See {@link ChatDocument}. */
export const ChatDocument: Schema.Schema<ChatDocument> = JsonObject

/** A query that the model wants to be searched for. */
export const ChatSearchQuery = Lazy.Struct(() => ({
  text: maybe(Schema.String),
  generation_id: maybe(Schema.String)
}))
/** See {@link ChatSearchQuery}. */
export interface ChatSearchQuery extends Schema.Schema.Type<typeof ChatSearchQuery> {}

/** What a connector found. */
export const ChatSearchResult = Lazy.Struct(() => ({
  search_query: maybe(ChatSearchQuery),
  connector: maybe(Schema.Struct({ id: maybe(Schema.String) })),
  document_ids: maybe(Schema.Array(Schema.String)),
  error_message: maybe(Schema.String),
  continue_on_failure: maybe(Schema.Boolean)
}))
/** See {@link ChatSearchResult}. */
export interface ChatSearchResult extends Schema.Schema.Type<typeof ChatSearchResult> {}

/** A passage of the answer and the documents that support it. */
export const ChatCitation = Lazy.Struct(() => ({
  /** Index of the passage's first character in the answer. */
  start: maybe(Schema.Number),
  /** Index after the passage's last character: `text.slice(start, end)` is the passage. */
  end: maybe(Schema.Number),
  /** The passage itself. */
  text: maybe(Schema.String),
  /** Ids of `documents`. */
  document_ids: maybe(Schema.Array(Schema.String)),
  type: maybe(known("TEXT_CONTENT", "PLAN"))
}))
/** See {@link ChatCitation}. */
export interface ChatCitation extends Schema.Schema.Type<typeof ChatCitation> {}
