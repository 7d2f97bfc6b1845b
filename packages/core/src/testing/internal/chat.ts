/** Chat: from documents, with tools, as JSON, or a short reply. */
import type { AssistantBlock, AssistantReply } from "../../Chat.ts"
import type * as Models from "../../Models.ts"
import type { ChatFinishReason, ChatRequest, ChatResponse, LogprobItem } from "../../V2.ts"
import { inputTokens } from "./chatRules.ts"
import * as Conversation from "./conversation.ts"
import * as Grounding from "./grounding.ts"
import { hash, uuid } from "./hash.ts"
import * as Hints from "./hints.ts"
import * as JsonSchema from "./jsonSchema.ts"
import * as Tokens from "./tokens.ts"
import * as ToolCalls from "./toolCalls.ts"
import { gist } from "./words.ts"

/** What the model means to say, before limits cut it. */
interface Draft {
  readonly thought: string
  readonly text: string
  readonly citations: Exclude<AssistantReply["citations"], null | undefined>
  readonly calls: Exclude<AssistantReply["tool_calls"], null | undefined>
}

const json = (question: string, schema: Readonly<Record<string, unknown>> | undefined): string =>
  JSON.stringify(
    schema === undefined
      ? { answer: gist(question) }
      : JsonSchema.sample(schema, { hints: Hints.make(question), onlyRequired: false })
  )

const reply = (question: string): string =>
  question.trim() === ""
    ? "I am the emulator of Cohere's API. You said nothing that I could repeat."
    : `You said: “${
      gist(question, 40)
    }” I am the emulator of Cohere's API, so I can repeat that, but not think about it. ` +
      "Give me documents to cite, tools to call or a JSON schema to fill, and I will."

const compose = (request: ChatRequest, thinks: boolean): Draft => {
  const { calls: made, question, results } = Conversation.read(request.messages)
  const documents = request.documents ?? []
  const about = `The user says “${gist(question)}”`
  const nothing = { citations: [], calls: [] }
  if (request.response_format?.type === "json_object") {
    return {
      ...nothing,
      thought: `${about} and wants JSON.`,
      text: json(question, request.response_format.json_schema)
    }
  }
  const calls = request.tool_choice === "NONE" ? [] : ToolCalls.plan({
    tools: request.tools ?? [],
    question,
    required: request.tool_choice === "REQUIRED",
    made: results.length === 0 ? [] : made,
    turn: request.messages.length
  })
  if (calls.length > 0) {
    const names = calls.map((call) => call.function?.name).join(" and ")
    return { ...nothing, thought: `I will use ${names} to answer “${gist(question)}”.`, text: "", calls }
  }
  if (documents.length === 0 && results.length === 0) {
    return { ...nothing, thought: `${about}. I have neither documents nor tools for that.`, text: reply(question) }
  }
  const grounded = Grounding.answer(question, documents, results, thinks ? 1 : 0)
  const mode = request.citation_options?.mode?.toUpperCase()
  return {
    ...nothing,
    thought: `${about}. I look into ${documents.length} documents and ${results.length} tool results.`,
    text: grounded.text,
    citations: mode === "OFF" || mode === "DISABLED" ? [] : grounded.citations
  }
}

/** Ends a text before the first stop sequence. */
const stop = (text: string, sequences: ReadonlyArray<string>): string => {
  const found = sequences.map((sequence) => sequence === "" ? -1 : text.indexOf(sequence)).filter((at) => at >= 0)
  return text.slice(0, Math.min(text.length, ...found))
}

const logprobsOf = (text: string): ReadonlyArray<LogprobItem> =>
  Tokens.tokenize(text).map((token) => ({
    text: token,
    token_ids: [hash(token) % 255_000],
    logprobs: [-(hash(token, 1) % 2_000) / 1_000]
  }))

const nonEmpty = <K extends string, A>(key: K, list: ReadonlyArray<A>): { readonly [_ in K]?: ReadonlyArray<A> } =>
  // TypeScript widens a computed key to `string`.
  (list.length === 0 ? {} : { [key]: list }) as { readonly [_ in K]?: ReadonlyArray<A> }

/** The model's turn. */
export const respond = (request: ChatRequest, model: Models.Model): ChatResponse => {
  const thinks = (model.features?.includes("reasoning") ?? false) && request.thinking?.type !== "disabled"
  const limit = request.max_tokens ?? Infinity
  const draft = compose(request, thinks)
  const isCall = draft.calls.length > 0
  const thought = thinks ? Tokens.first(draft.thought, Math.min(limit, request.thinking?.token_budget ?? Infinity)) : ""
  const thoughtTokens = Tokens.count(thought)
  const stopped = stop(draft.text, request.stop_sequences ?? [])
  const text = Tokens.first(stopped, limit - thoughtTokens)
  const content: ReadonlyArray<AssistantBlock> = [
    ...(thinks ? [{ type: "thinking" as const, thinking: thought }] : []),
    ...(isCall || (thinks && thoughtTokens >= limit) ? [] : [{ type: "text" as const, text }])
  ]
  const finishReason: ChatFinishReason = isCall
    ? "TOOL_CALL"
    : text.length < stopped.length
    ? "MAX_TOKENS"
    : stopped.length < draft.text.length
    ? "STOP_SEQUENCE"
    : "COMPLETE"
  const plan = isCall && !thinks ? draft.thought : ""
  const written = Tokens.count(text) + Tokens.count(plan) +
    draft.calls.reduce((n, call) => n + Tokens.count(call.function?.arguments ?? ""), 0)
  const input = inputTokens(request)
  return {
    id: uuid(JSON.stringify(request)),
    message: {
      role: "assistant",
      ...(plan === "" ? {} : { tool_plan: plan }),
      ...nonEmpty("tool_calls", draft.calls),
      ...nonEmpty("content", content),
      ...nonEmpty("citations", draft.citations.filter((citation) => (citation.end ?? 0) <= text.length))
    },
    finish_reason: finishReason,
    usage: {
      billed_units: { input_tokens: input.billed, output_tokens: written + thoughtTokens },
      tokens: {
        input_tokens: input.read,
        output_tokens: written + thoughtTokens,
        ...(thinks ? { reasoning_tokens: thoughtTokens } : {})
      }
    },
    ...(request.logprobs === true ? nonEmpty("logprobs", logprobsOf(text)) : {})
  }
}
