/** What the chat server refuses. */
import type { Message, Tool } from "../../Chat.ts"
import type * as Models from "../../Models.ts"
import type { ChatRequest } from "../../V2.ts"
import { textOf } from "./conversation.ts"
import * as JsonSchema from "./jsonSchema.ts"
import { invalid, type Rejection, unknownField } from "./rejection.ts"
import * as Tokens from "./tokens.ts"

const plainly = (message: string): Rejection => ({ status: 400, message })

const outside = (x: number | undefined, low: number, high: number) => x !== undefined && (x < low || x > high)

function* ofSampling(request: ChatRequest): Iterable<Rejection> {
  if (outside(request.temperature, 0, 1)) yield invalid("temperature must be between 0 and 1.0 inclusive.")
  if (outside(request.presence_penalty, 0, 1)) yield invalid("presence_penalty must be between 0 and 1 inclusive.")
  if (outside(request.frequency_penalty, 0, 1)) yield invalid("frequency_penalty must be between 0 and 1 inclusive.")
  if (outside(request.p, 0.01, 0.99)) yield invalid("p must be between 0.01 and 0.99 inclusive.")
  if (outside(request.k, 0, 500)) yield invalid("k must be between 0 and 500 inclusive.")
  if (outside(request.max_tokens, 0, Infinity)) yield invalid("max_tokens must not be negative.")
  if ((request.stop_sequences?.length ?? 0) > 5) yield invalid("stop_sequences must be at most 5.")
}

function* ofMessages(messages: ReadonlyArray<Message>): Iterable<Rejection> {
  const called = new Set<string>()
  for (const [index, message] of messages.entries()) {
    switch (message.role) {
      case "system":
        if (index > 0) yield plainly("system turn must be the first in the list")
        break
      case "user":
        if (message.content.length === 0) yield plainly("message must not be empty in a turn")
        break
      case "assistant":
        for (const call of message.tool_calls ?? []) {
          const id = call.id ?? ""
          if (called.has(id)) yield plainly("cannot have duplicate tool ids")
          called.add(id)
        }
        break
      case "tool":
        if (message.tool_call_id === "") yield plainly("tool call id must be provided with tool message")
        if (!called.has(message.tool_call_id)) yield plainly("tool call id not found in previous tool calls")
    }
  }
}

function* ofTools(tools: ReadonlyArray<Tool>): Iterable<Rejection> {
  const names = new Set<string>()
  for (const { function: { name } } of tools) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      yield invalid(
        `tool names can only contain certain characters (A-Za-z0-9_) and can't begin with a digit (provided name: '${name}').`
      )
    }
    if (names.has(name)) yield invalid(`tool names must be unique (provided name: '${name}').`)
    names.add(name)
  }
}

function* ofDocuments(documents: Exclude<ChatRequest["documents"], undefined>): Iterable<Rejection> {
  const seen = new Map<string, number>()
  for (const [index, document] of documents.entries()) {
    const data = typeof document === "string" ? document : document.data
    if (data === "" || (typeof data === "object" && Object.keys(data).length === 0)) {
      yield invalid(`document at index ${index} cannot be empty`)
    }
    const id = typeof document === "string" ? undefined : document.id
    if (id === undefined) continue
    const first = seen.get(id)
    if (first !== undefined) yield invalid(`duplicate document ID ${id} at index ${index} and ${first}`)
    seen.set(id, index)
  }
}

function* ofCombinations(request: ChatRequest): Iterable<Rejection> {
  const tools = request.tools ?? []
  const documents = request.documents ?? []
  if (request.tool_choice === "REQUIRED" && tools.length === 0) {
    yield invalid("tool_choice REQUIRED can only be used with tools")
  }
  if (request.response_format?.type !== "json_object") return
  if (documents.length > 0) yield invalid("response_format is not supported with RAG.")
  if (tools.length > 0) yield invalid("response_format is not supported with tools.")
  for (const problem of JsonSchema.problems(request.response_format.json_schema ?? { type: "object" })) {
    yield plainly(problem)
  }
}

/** How many tokens the model would read: billed is the text, the frame around each message is not. */
export const inputTokens = (request: ChatRequest): { readonly billed: number; readonly read: number } => {
  const texts = [
    ...request.messages.map((message) => {
      const calls = message.role === "assistant" ? message.tool_calls : undefined
      const blocks = typeof message.content === "string" ? [] : message.content ?? []
      // What is no text block (documents, calls) is read as JSON.
      const rest = [...blocks.filter((block) => block.type === "document"), ...(calls ?? [])]
      return textOf(message.content ?? "") + (rest.length === 0 ? "" : JSON.stringify(rest))
    }),
    ...(request.documents ?? []).map((document) =>
      typeof document === "string" ? document : JSON.stringify(document.data)
    ),
    ...(request.tools ?? []).map((tool) => JSON.stringify(tool.function))
  ]
  const billed = texts.reduce((n, text) => n + Tokens.count(text), 0)
  return { billed, read: billed + 4 * texts.length }
}

/** What the server refuses before it looks closer. */
export function* preflight(body: Readonly<Record<string, unknown>>): Iterable<Rejection> {
  if (!Array.isArray(body["messages"]) || body["messages"].length === 0) {
    yield invalid("list of messages must not be empty")
  }
  for (const [index, document] of (Array.isArray(body["documents"]) ? body["documents"] : []).entries()) {
    if (typeof document === "object" && (document === null || !("data" in document))) {
      yield invalid(`document at index ${index} cannot be empty`)
    }
  }
}

/** What the server refuses. */
export function* problems(request: ChatRequest, model: Models.Model): Iterable<Rejection> {
  if (request.return_prompt !== undefined) yield unknownField("return_prompt", "chat")
  yield* ofSampling(request)
  yield* ofMessages(request.messages)
  yield* ofTools(request.tools ?? [])
  yield* ofDocuments(request.documents ?? [])
  yield* ofCombinations(request)
  const { read } = inputTokens(request)
  const limit = model.context_length ?? Infinity
  if (read > limit) yield Tokens.tooMany(read, limit)
}
