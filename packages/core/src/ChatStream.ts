/**
 * What the events of `V2.chatStream` add up to.
 *
 * At the bottom is a pure fold: `events.reduce(ChatStream.reduce, ChatStream.empty)`. On top of it, `collect` gives the
 * response that the same call would have given unstreamed, and `text`, `thinking`, `toolCalls`, `citations` give its
 * parts as they come. Each of these fails with `GenerationFailed` when the turn does, after all that came before.
 *
 * @see https://docs.cohere.com/docs/streaming
 */
import * as Chunk from "effect/Chunk"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { AssistantBlock, Citation, ToolCall } from "./Chat.ts"
import { GenerationFailed, type GenerationFailedWith, type StreamTruncated } from "./CohereError.ts"
import * as Fold from "./internal/fold.ts"
import type { ChatResponse, ChatStreamEvent, LogprobItem, MessageEndEvent } from "./V2.ts"

/** Something that the stream numbers, and its number. */
interface Numbered<A> {
  readonly index: number
  readonly value: A
}

/** What has come so far. */
export interface Snapshot {
  readonly id: string
  readonly content: ReadonlyArray<Numbered<AssistantBlock>>
  readonly toolPlan: string
  readonly toolCalls: ReadonlyArray<Numbered<ToolCall>>
  // Chunks, not arrays: one more costs the same, however many there are.
  readonly citations: Chunk.Chunk<Citation>
  readonly logprobs: Chunk.Chunk<LogprobItem>
  /** The last event, once it has come. */
  readonly end: MessageEndEvent | undefined
}

/** {@link GenerationFailed} with the response so far. */
export interface Failed extends GenerationFailedWith<ChatResponse> {}

/** Nothing has come yet. */
export const empty: Snapshot = {
  id: "",
  content: [],
  toolPlan: "",
  toolCalls: [],
  citations: Chunk.empty(),
  logprobs: Chunk.empty(),
  end: undefined
}

/** Adds what starts. A number that was there before is another item's; without one, it is the next after all others. */
const start = <A>(
  items: ReadonlyArray<Numbered<A>>,
  index: number | null | undefined,
  value: A
): ReadonlyArray<Numbered<A>> => [
  ...items,
  { index: index ?? items.reduce((next, item) => Math.max(next, item.index + 1), 0), value }
]

/** Where the item with this number is, the last that started with it; -1 if there is none. No number means the last. */
const find = (items: ReadonlyArray<Numbered<unknown>>, index: number | null | undefined): number => {
  let at = items.length - 1
  while (at >= 0 && index != null && items[at]?.index !== index) at--
  return at
}

/** Replaces the item with this number, or else adds it. */
const put = <A>(
  items: ReadonlyArray<Numbered<A>>,
  index: number | null | undefined,
  f: (current: A | undefined) => A
): ReadonlyArray<Numbered<A>> => {
  const at = find(items, index)
  return at === -1
    ? start(items, index, f(undefined))
    : items.map((item, i) => i === at ? { index: item.index, value: f(item.value) } : item)
}

const appendBlock = (
  block: AssistantBlock | undefined,
  delta: { readonly text?: string | null | undefined; readonly thinking?: string | null | undefined }
): AssistantBlock => {
  if (block === undefined) {
    return typeof delta.thinking === "string"
      ? { type: "thinking", thinking: delta.thinking }
      : { type: "text", text: delta.text ?? "" }
  }
  switch (block.type) {
    case "thinking":
      return { ...block, thinking: block.thinking + (delta.thinking ?? delta.text ?? "") }
    case "text":
      return { ...block, text: block.text + (delta.text ?? delta.thinking ?? "") }
    default:
      // A kind of block that this version does not know: whatever text it streams, it streams under these names.
      return {
        ...block,
        ...(typeof delta.text === "string" ? { text: String(block["text"] ?? "") + delta.text } : {}),
        ...(typeof delta.thinking === "string" ? { thinking: String(block["thinking"] ?? "") + delta.thinking } : {})
      }
  }
}

/** Adds an event to what has come so far. Unknown events, and any after the last one, change nothing. */
export const reduce = (snapshot: Snapshot, event: ChatStreamEvent): Snapshot => {
  if (snapshot.end !== undefined) return snapshot
  switch (event.type) {
    case "message-start":
      return { ...snapshot, id: event.id ?? snapshot.id }
    case "content-start": {
      const block = event.delta?.message?.content
      return {
        ...snapshot,
        content: start<AssistantBlock>(
          snapshot.content,
          event.index,
          block?.type === "thinking" || (block?.type == null && typeof block?.thinking === "string")
            ? { ...block, type: "thinking", thinking: block.thinking ?? block.text ?? "" }
            : block?.type === "text" || block?.type == null
            ? { ...block, type: "text", text: block?.text ?? block?.thinking ?? "" }
            // The union's last member stands for every other tag.
            : block as AssistantBlock
        )
      }
    }
    case "content-delta": {
      const delta = event.delta?.message?.content
      return {
        ...snapshot,
        content: delta == null
          ? snapshot.content
          : put(snapshot.content, event.index, (block) => appendBlock(block, delta)),
        logprobs: event.logprobs == null ? snapshot.logprobs : Chunk.append(snapshot.logprobs, event.logprobs)
      }
    }
    case "tool-plan-delta":
      return { ...snapshot, toolPlan: snapshot.toolPlan + (event.delta?.message?.tool_plan ?? "") }
    case "tool-call-start":
      return {
        ...snapshot,
        toolCalls: start<ToolCall>(snapshot.toolCalls, event.index, event.delta?.message?.tool_calls ?? {})
      }
    case "tool-call-delta": {
      const piece = event.delta?.message?.tool_calls?.function?.arguments
      return piece == null ? snapshot : {
        ...snapshot,
        toolCalls: put(snapshot.toolCalls, event.index, (call) => ({
          ...call,
          function: { ...call?.function, arguments: (call?.function?.arguments ?? "") + piece }
        }))
      }
    }
    case "citation-start": {
      const citation = event.delta?.message?.citations
      return citation == null ? snapshot : { ...snapshot, citations: Chunk.append(snapshot.citations, citation) }
    }
    case "message-end":
      return { ...snapshot, id: snapshot.id || (event.id ?? ""), end: event }
    default:
      return snapshot
  }
}

/** A call without arguments streams none; unstreamed, it has the empty object. */
const withArguments = (call: ToolCall): ToolCall =>
  call.function?.arguments === "" ? { ...call, function: { ...call.function, arguments: "{}" } } : call

/**
 * The response as far as it has come: complete once the last event has. Has the shape that the same call would have
 * had unstreamed; `finish_reason` is `""` before the end.
 */
export const toResponse = (snapshot: Snapshot): ChatResponse => ({
  id: snapshot.id,
  finish_reason: snapshot.end?.delta?.finish_reason ?? "",
  message: {
    role: "assistant",
    ...(snapshot.toolCalls.length === 0
      ? {}
      : { tool_calls: snapshot.toolCalls.map(({ value }) => withArguments(value)) }),
    ...(snapshot.toolPlan === "" ? {} : { tool_plan: snapshot.toolPlan }),
    ...(snapshot.content.length === 0 ? {} : { content: snapshot.content.map(({ value }) => value) }),
    ...(Chunk.isEmpty(snapshot.citations) ? {} : { citations: Chunk.toReadonlyArray(snapshot.citations) })
  },
  ...(snapshot.end?.delta?.usage == null ? {} : { usage: snapshot.end.delta.usage }),
  ...(Chunk.isEmpty(snapshot.logprobs) ? {} : { logprobs: Chunk.toReadonlyArray(snapshot.logprobs) })
})

const fold: Fold.Fold<ChatStreamEvent, Snapshot, ChatResponse, Failed> = {
  endpoint: "v2.chatStream",
  empty,
  reduce,
  toResponse,
  isComplete: (snapshot) => snapshot.end !== undefined,
  failure: (snapshot) => {
    const response = toResponse(snapshot)
    const reason = response.finish_reason
    // An empty text is no error.
    const error = snapshot.end?.delta?.error || undefined
    return reason === "ERROR" || reason === "TIMEOUT" || error !== undefined
      ? GenerationFailed.of(fold.endpoint, response, reason, error, snapshot.end?.delta?.error_type ?? undefined)
      : undefined
  }
}

/**
 * The response that the same call would have given unstreamed.
 *
 * Fails with `GenerationFailed` when the turn ended with `ERROR` or `TIMEOUT`; the error holds the response so far.
 *
 * @example
 * ```ts
 * import * as Chat from "@effect-cohere/core/Chat"
 * import * as ChatStream from "@effect-cohere/core/ChatStream"
 * import * as V2 from "@effect-cohere/core/V2"
 *
 * const response = ChatStream.collect(V2.chatStream({ model: "command-a-03-2025", messages: [Chat.user("Hi!")] }))
 * ```
 */
export const collect: <E, R>(
  self: Stream.Stream<ChatStreamEvent, E, R>
) => Effect.Effect<ChatResponse, E | Failed | StreamTruncated, R> = Fold.collect(fold)

const pick = Fold.pick(fold)

/** What an event adds to the blocks of this kind. */
const pieces = (kind: "text" | "thinking") => () => (event: ChatStreamEvent, snapshot: Snapshot) => {
  if (event.type !== "content-start" && event.type !== "content-delta") return []
  const block = snapshot.content[find(snapshot.content, event.type === "content-start" ? undefined : event.index)]
    ?.value
  const content = event.delta?.message?.content
  const piece = content?.[kind] ?? content?.text ?? content?.thinking
  return block?.type === kind && piece ? [piece] : []
}

/** The text of the answer, piece by piece as it comes; without thinking. */
export const text: <E, R>(
  self: Stream.Stream<ChatStreamEvent, E, R>
) => Stream.Stream<string, E | Failed | StreamTruncated, R> = pick(pieces("text"))

/** What a reasoning model thinks, piece by piece as it comes. */
export const thinking: <E, R>(
  self: Stream.Stream<ChatStreamEvent, E, R>
) => Stream.Stream<string, E | Failed | StreamTruncated, R> = pick(pieces("thinking"))

/** The tool calls, each once, when it is complete: at its own end or, should the server leave that out, at the last. */
export const toolCalls: <E, R>(
  self: Stream.Stream<ChatStreamEvent, E, R>
) => Stream.Stream<ToolCall, E | Failed | StreamTruncated, R> = pick(() => {
  // By their places: a number may stand for several.
  const given = new Set<number>()
  return (event, snapshot) => {
    if (event.type !== "tool-call-end" && event.type !== "message-end") return []
    const open = snapshot.toolCalls.map((item, at) => ({ ...item, at })).filter(({ at }) => !given.has(at))
    const complete = event.type === "message-end"
      ? open
      : event.index == null
      ? open.slice(0, 1)
      : open.filter((item) => item.index === event.index)
    return complete.map(({ at, value }) => {
      given.add(at)
      return withArguments(value)
    })
  }
})

/** The citations, as they come: between the pieces of text (`FAST`) or after them (`ACCURATE`). */
export const citations: <E, R>(
  self: Stream.Stream<ChatStreamEvent, E, R>
) => Stream.Stream<Citation, E | Failed | StreamTruncated, R> = pick(() => (event) => {
  const citation = event.type === "citation-start" ? event.delta?.message?.citations : undefined
  return citation == null ? [] : [citation]
})
