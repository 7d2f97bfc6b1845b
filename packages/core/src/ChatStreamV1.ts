/**
 * What the events of `V1.chatStream` add up to.
 *
 * At the bottom is a pure fold: `events.reduce(ChatStreamV1.reduce, ChatStreamV1.empty)`. On top of it, `collect` gives
 * the response that the same call would have given unstreamed, and `text`, `toolCalls`, `citations` give its parts as
 * they come. Each of these fails with `GenerationFailed` when the turn does, after all that came before.
 *
 * @see https://docs.cohere.com/v1/reference/chat-stream
 */
import * as Chunk from "effect/Chunk"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { ChatCitation, ChatDocument, ChatSearchQuery, ChatSearchResult, ToolCall } from "./ChatV1.ts"
import { GenerationFailed, type GenerationFailedWith, type StreamTruncated } from "./CohereError.ts"
import { isFailed } from "./internal/failed.ts"
import * as Fold from "./internal/fold.ts"
import { defined } from "./internal/settings.ts"
import type { ChatResponse, ChatStreamEvent, StreamEndEvent } from "./V1.ts"

/** What has come so far. */
export interface Snapshot {
  readonly generationId: string | undefined
  readonly text: string
  // Chunks, not arrays: one more costs the same, however many there are.
  readonly citations: Chunk.Chunk<ChatCitation>
  readonly documents: Chunk.Chunk<ChatDocument>
  readonly searchQueries: Chunk.Chunk<ChatSearchQuery>
  readonly searchResults: Chunk.Chunk<ChatSearchResult>
  /** The plan in words, and the calls once they are complete. */
  readonly plan: string
  readonly toolCalls: Chunk.Chunk<ToolCall>
  /** The last event, once it has come. */
  readonly end: StreamEndEvent | undefined
}

/** {@link GenerationFailed} with the response so far. */
export interface Failed extends GenerationFailedWith<ChatResponse> {}

/** Nothing has come yet. */
export const empty: Snapshot = {
  generationId: undefined,
  text: "",
  citations: Chunk.empty(),
  documents: Chunk.empty(),
  searchQueries: Chunk.empty(),
  searchResults: Chunk.empty(),
  plan: "",
  toolCalls: Chunk.empty(),
  end: undefined
}

const append = <A>(all: Chunk.Chunk<A>, more: ReadonlyArray<A> | null | undefined): Chunk.Chunk<A> =>
  more == null ? all : Chunk.appendAll(all, Chunk.fromIterable(more))

/** Adds an event to what has come so far. Unknown events, and any after the last one, change nothing. */
export const reduce = (snapshot: Snapshot, event: ChatStreamEvent): Snapshot => {
  if (snapshot.end !== undefined) return snapshot
  switch (event.event_type) {
    case "stream-start":
      return { ...snapshot, generationId: event.generation_id ?? snapshot.generationId }
    case "text-generation":
      return { ...snapshot, text: snapshot.text + event.text }
    case "citation-generation":
      return { ...snapshot, citations: append(snapshot.citations, event.citations) }
    case "search-queries-generation":
      return { ...snapshot, searchQueries: append(snapshot.searchQueries, event.search_queries) }
    case "search-results":
      return {
        ...snapshot,
        documents: append(snapshot.documents, event.documents),
        searchResults: append(snapshot.searchResults, event.search_results)
      }
    case "tool-calls-chunk":
      return { ...snapshot, plan: snapshot.plan + (event.text ?? "") }
    case "tool-calls-generation":
      return {
        ...snapshot,
        plan: event.text ?? snapshot.plan,
        toolCalls: append(snapshot.toolCalls, event.tool_calls)
      }
    case "stream-end":
      return { ...snapshot, end: event }
    default:
      return snapshot
  }
}

const nonEmpty = <A>(items: Iterable<A>): ReadonlyArray<A> | undefined => {
  const list = [...items]
  return list.length === 0 ? undefined : list
}

/** The response as far as it has come. Once the last event has, that is the response which it holds. */
export const toResponse = (snapshot: Snapshot): ChatResponse => {
  const finishReason = snapshot.end?.finish_reason
  const response = snapshot.end?.response
  return {
    ...(response ?? {
      text: snapshot.text || snapshot.plan,
      ...defined({
        generation_id: snapshot.generationId,
        citations: nonEmpty(snapshot.citations),
        documents: nonEmpty(snapshot.documents),
        search_queries: nonEmpty(snapshot.searchQueries),
        search_results: nonEmpty(snapshot.searchResults),
        tool_calls: nonEmpty(snapshot.toolCalls)
      })
    }),
    // Old servers say it beside the response alone.
    ...(finishReason == null || response?.finish_reason != null ? {} : { finish_reason: finishReason })
  }
}

const fold: Fold.Fold<ChatStreamEvent, Snapshot, ChatResponse, Failed> = {
  endpoint: "v1.chatStream",
  empty,
  reduce,
  toResponse,
  isComplete: (snapshot) => snapshot.end !== undefined,
  failure: (snapshot) => {
    const { end } = snapshot
    const reason = [end?.finish_reason, end?.response?.finish_reason].find(isFailed)
    return reason == null ? undefined : GenerationFailed.of(fold.endpoint, toResponse(snapshot), reason)
  }
}

/**
 * The response that the same call would have given unstreamed.
 *
 * Fails with `GenerationFailed` when the turn ended with `ERROR`, `ERROR_TOXIC`, `ERROR_LIMIT`, `USER_CANCEL` or
 * `TIMEOUT`; the error holds the response so far.
 *
 * @example
 * ```ts
 * import * as ChatStreamV1 from "@effect-cohere/core/ChatStreamV1"
 * import * as V1 from "@effect-cohere/core/V1"
 *
 * const response = ChatStreamV1.collect(V1.chatStream({ model: "command-r-plus-08-2024", message: "Hi!" }))
 * ```
 */
export const collect: <E, R>(
  self: Stream.Stream<ChatStreamEvent, E, R>
) => Effect.Effect<ChatResponse, E | Failed | StreamTruncated, R> = Fold.collect(fold)

const pick = Fold.pick(fold)

/** The text of the answer, piece by piece as it comes; without the plan of tool calls. */
export const text: <E, R>(
  self: Stream.Stream<ChatStreamEvent, E, R>
) => Stream.Stream<string, E | Failed | StreamTruncated, R> = pick(() => (event) =>
  event.event_type === "text-generation" && event.text !== "" ? [event.text] : []
)

/** The tool calls, once they are complete. */
export const toolCalls: <E, R>(
  self: Stream.Stream<ChatStreamEvent, E, R>
) => Stream.Stream<ToolCall, E | Failed | StreamTruncated, R> = pick(() => (event) =>
  event.event_type === "tool-calls-generation" ? event.tool_calls ?? [] : []
)

/** The citations, as they come. */
export const citations: <E, R>(
  self: Stream.Stream<ChatStreamEvent, E, R>
) => Stream.Stream<ChatCitation, E | Failed | StreamTruncated, R> = pick(() => (event) =>
  event.event_type === "citation-generation" ? event.citations ?? [] : []
)
