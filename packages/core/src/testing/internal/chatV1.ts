/** v1 chat: the same as v2 chat in other words, with a memory for conversations. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Chat from "../../Chat.ts"
import type { ChatCitation, ChatDocument, ChatSearchQuery, Message, Tool, ToolCall, ToolResult } from "../../ChatV1.ts"
import { isObject, parse } from "../../internal/json.ts"
import type * as ModelsApi from "../../Models.ts"
import type { ChatRequest, ChatResponse } from "../../V1.ts"
import type * as V2 from "../../V2.ts"
import type { JsonObject } from "../../Wire.ts"
import * as ChatV2 from "./chat.ts"
import * as ChatEventsV1 from "./chatEventsV1.ts"
import * as ChatRules from "./chatRules.ts"
import type { Connectors } from "./connectors.ts"
import type { HandlersOf } from "./handler.ts"
import { uuid } from "./hash.ts"
import * as Models from "./models.ts"
import { invalid, type Rejection, unless } from "./rejection.ts"
import { sentences, words } from "./words.ts"

/** These came after v1. */
const newest: ReadonlySet<string> = new Set([
  "command-a-plus-05-2026",
  "command-a-reasoning-08-2025",
  "command-a-vision-07-2025"
])

// ---------------------------------------------------------------------------------------------------------------------
// There
// ---------------------------------------------------------------------------------------------------------------------

const jsonTypes: { readonly [python: string]: string } = {
  str: "string",
  int: "integer",
  float: "number",
  bool: "boolean",
  list: "array",
  dict: "object"
}

/** The JSON schema of a type of Python. */
const schemaOf = (type: string): JsonObject => {
  const name = type.trim()
  const element = /^list\[(.*)\]$/i.exec(name)?.[1]
  if (element !== undefined) return { type: "array", items: schemaOf(element) }
  return { type: jsonTypes[(/^\w+/.exec(name)?.[0] ?? "").toLowerCase()] ?? "string" }
}

const toolOf = ({ description, name, parameter_definitions = {} }: Tool): Chat.Tool => ({
  type: "function",
  function: {
    name,
    description,
    parameters: {
      type: "object",
      properties: Object.fromEntries(
        Object.entries(parameter_definitions).map(([name, { description, type }]) => [
          name,
          { ...schemaOf(type), ...(description === undefined ? {} : { description }) }
        ])
      ),
      required: Object.entries(parameter_definitions).flatMap(([name, { required }]) => required === true ? [name] : [])
    }
  }
})

/** The documents of a request, each with an id. */
const withIds = (documents: ReadonlyArray<ChatDocument>): ReadonlyArray<ChatDocument & { readonly id: string }> =>
  documents.map((document, index) => ({
    ...document,
    id: typeof document["id"] === "string" ? document["id"] : `doc_${index}`
  }))

/** What the model sees of a document. */
const seen = ({ _excludes, id: _, ...fields }: ChatDocument): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => !(Array.isArray(_excludes) && _excludes.includes(key))))

/** The document that an output of a tool becomes. */
const outputId = (call: ToolCall, turn: number, index: number, output: number) =>
  `${call.name}:${turn}:${index}:${output}`

/** Calls and their results, as an assistant turn and the tool turns that answer it. */
const turnsOf = (results: ReadonlyArray<ToolResult>, turn: number): ReadonlyArray<Chat.Message> =>
  results.length === 0 ? [] : [
    {
      role: "assistant",
      tool_calls: results.map(({ call }, index) => ({
        id: `${call.name}:${turn}:${index}`,
        type: "function",
        function: { name: call.name, arguments: JSON.stringify(call.parameters ?? {}) }
      }))
    },
    ...results.map(({ call, outputs }, index): Chat.Message => ({
      role: "tool",
      tool_call_id: `${call.name}:${turn}:${index}`,
      content: outputs.map((data, output) => ({
        type: "document",
        document: { id: outputId(call, turn, index, output), data }
      }))
    }))
  ]

const isSystem = (message: Message) => message.role === "SYSTEM"

const textOf = (message: Message): string => {
  const text = "message" in message ? message.message : undefined
  return typeof text === "string" ? text : ""
}

const messagesOf = (history: ReadonlyArray<Message>): ReadonlyArray<Chat.Message> =>
  history.flatMap((message, index): ReadonlyArray<Chat.Message> => {
    switch (message.role) {
      case "USER":
        return [{ role: "user", content: message.message }]
      case "CHATBOT":
        // Its calls come again with their results.
        return [{ role: "assistant", content: message.message ?? "" }]
      case "TOOL":
        return turnsOf(message.tool_results ?? [], index + 1)
      default:
        return []
    }
  })

/** The request in the words of v2. The turn of the given results is number 0. */
const translate = (request: ChatRequest, model: string, history: ReadonlyArray<Message>): V2.ChatRequest => {
  const system = [request.preamble ?? "", ...history.filter(isSystem).map(textOf)].filter((text) => text !== "")
  const { citation_quality, frequency_penalty, k, max_tokens, p, presence_penalty, response_format, seed } = request
  return {
    model,
    messages: [
      ...(system.length > 0 ? [{ role: "system" as const, content: system.join("\n\n") }] : []),
      ...messagesOf(history),
      ...(request.message === "" ? [] : [{ role: "user" as const, content: request.message }]),
      ...turnsOf(request.tool_results ?? [], 0)
    ],
    ...(request.tools === undefined ? {} : { tools: request.tools.map(toolOf) }),
    ...(request.documents === undefined
      ? {}
      : { documents: withIds(request.documents).map((document) => ({ id: document.id, data: seen(document) })) }),
    ...(citation_quality === undefined ? {} : { citation_options: { mode: citation_quality.toUpperCase() } }),
    ...(response_format?.type === "json_object"
      ? {
        response_format: {
          type: "json_object",
          ...(response_format.schema === undefined ? {} : { json_schema: response_format.schema })
        }
      }
      : {}),
    ...(max_tokens === undefined ? {} : { max_tokens }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.stop_sequences === undefined ? {} : { stop_sequences: request.stop_sequences }),
    ...(k === undefined ? {} : { k }),
    ...(p === undefined ? {} : { p }),
    ...(seed === undefined ? {} : { seed }),
    ...(frequency_penalty === undefined ? {} : { frequency_penalty }),
    ...(presence_penalty === undefined ? {} : { presence_penalty })
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Refusals
// ---------------------------------------------------------------------------------------------------------------------

const rawOnly = ["connectors", "documents", "search_queries_only", "tools"] as const

function* ofHistory(history: ReadonlyArray<Message>): Iterable<Rejection> {
  for (const [index, message] of history.entries()) {
    switch (message.role) {
      case "USER":
      case "SYSTEM":
        if (message.message === "") yield invalid("all elements in history must have a message.")
        break
      case "CHATBOT":
        if ((message.message ?? "") === "" && (message.tool_calls ?? []).length === 0) {
          yield invalid("all elements in history must have a message.")
        }
        break
      case "TOOL":
        break
      default:
        yield invalid(
          `Invalid role in chat_history at index ${index}. Role must be one of the following: User, Chatbot, System, Tool`
        )
    }
  }
}

function* problems(request: ChatRequest): Iterable<Rejection> {
  const { tool_results: results = [], tools = [] } = request
  if (request.message === "" && results.length === 0) {
    yield invalid("message must be at least 1 token long or tool results must be specified.")
  }
  if (request.conversation_id === "") yield invalid("conversation_id must not be empty")
  yield* ofHistory(request.chat_history ?? [])
  const notRaw = rawOnly.filter((name) => {
    const value = request[name]
    return Array.isArray(value) ? value.length > 0 : value === true
  })
  if (request.raw_prompting === true && notRaw.length > 0) {
    yield invalid(`raw prompting is not supported with the following parameter(s): ${notRaw.join(", ")}.`)
  }
  for (const { description, name, parameter_definitions } of tools) {
    if (name === "") yield invalid("all elements in tools must have a name.")
    if (description === "" && parameter_definitions === undefined) {
      yield invalid(`the '${name}' tool must have at least a description, input, or output.`)
    }
  }
  if (results.length > 0 && tools.length === 0) yield invalid("tool_results can only be used with tools")
}

/** What a connector says when it is asked: the emulator reaches nobody. */
const unreachable = "the emulator does not call connectors"

/** What the server refuses about connectors. */
function* ofConnectors(request: ChatRequest, connectors: Connectors): Iterable<Rejection> {
  for (const { continue_on_failure, id } of request.connectors ?? []) {
    const found = connectors.find(id)
    if (Either.isLeft(found)) yield found.left
    else if (!(continue_on_failure ?? found.right.continue_on_failure ?? false)) {
      yield {
        status: 400,
        message: "connectors failed with continue on failure disabled: " +
          `connector ${id} failed with message '${unreachable}'`
      }
    }
  }
}

/** The least number up to `most` that is enough, if more always is. */
const least = (most: number, isEnough: (n: number) => boolean): number => {
  let [low, high] = [0, most]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (isEnough(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** What of a request fits into the context: whoever allows it loses first the oldest turns, then the last documents. */
const fit = (
  request: ChatRequest,
  model: ModelsApi.Model,
  history: ReadonlyArray<Message>
): { readonly v2: V2.ChatRequest; readonly model: ModelsApi.Model } => {
  const limit = Math.min(model.context_length ?? Infinity, request.max_input_tokens ?? Infinity)
  const limited = limit === Infinity ? model : { ...model, context_length: limit }
  const truncation = request.prompt_truncation ?? ((request.connectors ?? []).length > 0 ? "AUTO" : "OFF")
  const without = (turns: number, documents: number) =>
    translate(
      {
        ...request,
        ...(request.documents && { documents: request.documents.slice(0, request.documents.length - documents) })
      },
      model.name ?? "",
      history.filter((message, i) => i >= turns || isSystem(message))
    )
  if (truncation === "OFF") return { v2: without(0, 0), model: limited }
  const fits = (turns: number, documents: number) => ChatRules.inputTokens(without(turns, documents)).read <= limit
  const turns = least(history.length, (n) => fits(n, 0))
  return { v2: without(turns, least(request.documents?.length ?? 0, (n) => fits(turns, n))), model: limited }
}

// ---------------------------------------------------------------------------------------------------------------------
// Back
// ---------------------------------------------------------------------------------------------------------------------

const callOf = (call: Chat.ToolCall): ToolCall => {
  const parameters = Option.getOrUndefined(parse(call.function?.arguments ?? ""))
  return { name: call.function?.name ?? "", parameters: isObject(parameters) ? parameters : {} }
}

const citationOf = ({ end, sources, start, text }: Chat.Citation): ChatCitation => ({
  start,
  end,
  text,
  document_ids: (sources ?? []).flatMap((source) => typeof source["id"] === "string" ? [source["id"]] : [])
})

/** What the model has seen beside the conversation. */
const documentsOf = (request: ChatRequest): ReadonlyArray<ChatDocument> => [
  ...withIds(request.documents ?? []).map(({ _excludes: _, ...document }) => document),
  ...(request.tool_results ?? []).flatMap(({ call, outputs }, index) =>
    outputs.map((output, i) => ({ ...output, id: outputId(call, 0, index, i), tool_name: call.name }))
  )
]

/** What to search for: the questions, or anything that is more than a greeting. */
const queriesOf = (message: string): ReadonlyArray<ChatSearchQuery> => {
  const questions = sentences(message).filter((sentence) => sentence.endsWith("?"))
  const wanted = questions.length > 0 ? questions : words(message).length > 2 ? [message] : []
  return wanted.map((text) => ({ text, generation_id: uuid(`query ${text}`) }))
}

const nonEmpty = <K extends string, A>(key: K, list: ReadonlyArray<A>): { readonly [_ in K]?: ReadonlyArray<A> } =>
  // TypeScript widens a computed key to `string`.
  (list.length === 0 ? {} : { [key]: list }) as { readonly [_ in K]?: ReadonlyArray<A> }

/** The conversation with this turn. */
const historyOf = (
  request: ChatRequest,
  before: ReadonlyArray<Message>,
  answer: Message | undefined
): ReadonlyArray<Message> => {
  const results = request.tool_results ?? []
  const last = before.at(-1)
  const asked = request.message === "" && last?.role === "CHATBOT" && (last.tool_calls ?? []).length > 0
  return [
    ...before,
    ...(request.message === "" ? [] : [{ role: "USER" as const, message: request.message }]),
    ...(results.length === 0 || asked
      ? []
      : [{ role: "CHATBOT" as const, tool_calls: results.map(({ call }) => call) }]),
    ...(results.length === 0 ? [] : [{ role: "TOOL" as const, tool_results: results }]),
    ...(answer === undefined ? [] : [answer])
  ]
}

/** How the search went that nobody made. */
const searchOf = (
  request: ChatRequest
): Pick<ChatResponse, "is_search_required" | "search_queries" | "search_results"> => {
  if (request.search_queries_only !== true && (request.connectors ?? []).length === 0) return {}
  const queries = queriesOf(request.message)
  return {
    is_search_required: queries.length > 0,
    ...nonEmpty("search_queries", queries),
    ...(request.search_queries_only === true ? {} : nonEmpty(
      "search_results",
      queries.flatMap((search_query) =>
        (request.connectors ?? []).map(({ id }) => ({
          search_query,
          connector: { id },
          document_ids: [],
          error_message: unreachable,
          continue_on_failure: true
        }))
      )
    ))
  }
}

const finishReasonOf = (reason: string): string => reason === "TOOL_CALL" ? "COMPLETE" : reason

const respond = (
  request: ChatRequest,
  before: ReadonlyArray<Message>,
  v2: V2.ChatRequest,
  model: ModelsApi.Model
): ChatResponse => {
  const turn = ChatV2.respond(v2, model)
  const ids = { response_id: turn.id, generation_id: uuid(`generation ${turn.id}`) }
  const { usage } = turn
  const meta = { api_version: { version: "1" } }
  if (request.search_queries_only === true) {
    return {
      ...ids,
      text: "",
      ...searchOf(request),
      finish_reason: "COMPLETE",
      chat_history: historyOf(request, before, undefined),
      meta: { ...meta, billed_units: usage?.billed_units }
    }
  }
  const { message } = turn
  const text = message.tool_plan ??
    (message.content ?? []).map((block) => block.type === "text" ? block.text : "").join("")
  const calls = nonEmpty("tool_calls", (message.tool_calls ?? []).map(callOf))
  return {
    ...ids,
    text,
    ...searchOf(request),
    ...nonEmpty("citations", (message.citations ?? []).map(citationOf)),
    ...nonEmpty("documents", documentsOf(request)),
    ...calls,
    finish_reason: finishReasonOf(turn.finish_reason),
    chat_history: historyOf(request, before, { role: "CHATBOT", message: text, ...calls }),
    meta: {
      ...meta,
      billed_units: usage?.billed_units,
      tokens: { input_tokens: usage?.tokens?.input_tokens, output_tokens: usage?.tokens?.output_tokens }
    }
  }
}

/** The functions behind both operations: no conversations at first. */
export const make = (
  models: ReadonlyArray<ModelsApi.Model>,
  connectors: Connectors
): HandlersOf<"v1.chat" | "v1.chatStream"> => {
  const conversations = new Map<string, ReadonlyArray<Message>>()

  const chat = (request: ChatRequest): Either.Either<ChatResponse, Rejection> =>
    Models.orDefault(models, request.model, "chat").pipe(
      Either.filterOrLeft(
        (model) => !newest.has(model.name ?? ""),
        (model) => invalid(`model '${model.name}' is not supported with '/v1/chat', use '/v2/chat' instead.`)
      ),
      Either.flatMap((model) => {
        const id = request.conversation_id
        const before = [...(id === undefined ? [] : conversations.get(id) ?? []), ...request.chat_history ?? []]
        const fitting = fit(request, model, before)
        function* all(): Iterable<Rejection> {
          yield* problems(request)
          yield* ofConnectors(request, connectors)
          yield* ChatRules.problems(fitting.v2, fitting.model)
        }
        return unless(all(), () => {
          const response = respond(request, before, fitting.v2, fitting.model)
          if (id !== undefined) conversations.set(id, response.chat_history ?? [])
          return response
        })
      })
    )

  return {
    "v1.chat": chat,
    "v1.chatStream": (request) =>
      Either.map(
        chat(request),
        (response) =>
          ChatEventsV1.fromResponse(response, request.citation_quality?.toUpperCase() === "FAST" ? "fast" : "accurate")
      )
  }
}
