/** What a model read and wrote, in the shape that OpenTelemetry's conventions give messages. Only where it is wanted. */
import * as Option from "effect/Option"
import * as ChatStream from "../ChatStream.ts"
import type { ChatStreamEvent } from "../V2.ts"
import { isObject, parse, property, show } from "./json.ts"
import * as Names from "./names.ts"
import { type Attributes, type Described, operationOf } from "./telemetry.ts"

/** A part of a message; which fields it has depends on its type. */
interface Part {
  readonly type: string
  readonly [key: string]: unknown
}

const list = (u: unknown): ReadonlyArray<unknown> => Array.isArray(u) ? u : []
const textPart = (content: unknown): ReadonlyArray<Part> =>
  typeof content === "string" && content !== "" ? [{ type: "text", content }] : []

const block = (u: unknown): Part => {
  const type = String(property(u, "type"))
  switch (type) {
    case "text":
      return { type, content: property(u, "text") }
    case "thinking":
      return { type: "reasoning", content: property(u, "thinking") }
    case "document":
      return { type, document: property(u, "document") }
    default:
      // An image is too much, and its address may let whoever has it see more than this.
      return { type }
  }
}

const blocks = (content: unknown): ReadonlyArray<Part> =>
  typeof content === "string" ? textPart(content) : list(content).map(block)

/** The arguments are JSON text in v2, and an object in v1. */
const toolCall = (u: unknown): Part => {
  const called = property(u, "function") ?? u
  const given = property(called, "arguments") ?? property(called, "parameters")
  return {
    type: "tool_call",
    id: property(u, "id"),
    name: property(called, "name"),
    arguments: typeof given === "string" ? Option.getOrElse(parse(given), () => given) : given
  }
}

const plan = (u: unknown): ReadonlyArray<Part> => textPart(u).map(({ content }) => ({ type: "reasoning", content }))

/** A message of v2. */
const message = (u: unknown) => {
  const role = property(u, "role")
  const content = property(u, "content")
  return {
    role,
    parts: role === "tool"
      ? [{
        type: "tool_call_response",
        id: property(u, "tool_call_id"),
        response: typeof content === "string" ? content : blocks(content)
      }]
      : [...plan(property(u, "tool_plan")), ...blocks(content), ...list(property(u, "tool_calls")).map(toolCall)]
  }
}

const toolResult = (u: unknown): Part => ({
  type: "tool_call_response",
  name: property(property(u, "call"), "name"),
  response: property(u, "outputs")
})

const roles: { readonly [role: string]: string | undefined } = {
  USER: "user",
  CHATBOT: "assistant",
  SYSTEM: "system",
  TOOL: "tool"
}

/** A message of v1. */
const messageV1 = (u: unknown) => {
  const role = String(property(u, "role"))
  return {
    role: roles[role] ?? role,
    parts: [
      ...textPart(property(u, "message")),
      ...list(property(u, "tool_calls")).map(toolCall),
      ...list(property(u, "tool_results")).map(toolResult)
    ]
  }
}

const input = (request: unknown) => {
  const messages = property(request, "messages")
  if (messages !== undefined) return list(messages).map(message)
  const said = property(request, "message") ?? property(request, "prompt")
  const results = list(property(request, "tool_results")).map(toolResult)
  return [
    ...list(property(request, "chat_history")).map(messageV1),
    ...(textPart(said).length === 0 ? [] : [{ role: "user", parts: textPart(said) }]),
    ...(results.length === 0 ? [] : [{ role: "tool", parts: results }])
  ]
}

const output = (answer: unknown) => {
  const reason = (u: unknown) => ({ finish_reason: property(u, "finish_reason") ?? property(answer, "finish_reason") })
  const reply = property(answer, "message")
  if (reply !== undefined) return [{ ...message(reply), ...reason(answer) }]
  const choices = Array.isArray(property(answer, "generations"))
    ? list(property(answer, "generations"))
    : property(answer, "text") === undefined
    ? []
    : [answer]
  return choices.map((choice) => ({
    role: "assistant",
    parts: [...textPart(property(choice, "text")), ...list(property(choice, "tool_calls")).map(toolCall)],
    ...reason(choice)
  }))
}

const attributes: Capture["attributes"] = (endpoint, request, answer) => {
  const operation = operationOf(endpoint)
  if ((operation !== "chat" && operation !== "text_completion") || !isObject(request)) return undefined
  const out: Record<string, string> = {}
  const add = (name: string, items: ReadonlyArray<unknown>) => {
    if (items.length > 0) out[name] = show(items)
  }
  add(Names.systemInstructions, textPart(property(request, "preamble")))
  add(Names.inputMessages, input(request))
  add(Names.toolDefinitions, list(property(request, "tools")))
  add(Names.documents, list(property(request, "documents")))
  add(Names.outputMessages, output(answer))
  return out
}

/** The answer that a stream tells; v1 sends it again in its last event. */
interface Told {
  readonly add: (event: unknown) => void
  readonly answer: () => unknown
}

const told = ({ id }: Described): Told | undefined => {
  if (id !== "v2.chatStream") return undefined
  let chat = ChatStream.empty
  return {
    // The endpoint whose events these are says that they are such.
    add: (event) => {
      chat = ChatStream.reduce(chat, event as ChatStreamEvent)
    },
    answer: () => ChatStream.toResponse(chat)
  }
}

/** What captures content. */
export interface Capture {
  /** The content of a call, each attribute as JSON text; none for operations that are no conversations. */
  readonly attributes: (endpoint: Described, request: unknown, answer: unknown) => Attributes | undefined
  readonly told: (endpoint: Described) => Told | undefined
}

export const capture: Capture = { attributes, told }
