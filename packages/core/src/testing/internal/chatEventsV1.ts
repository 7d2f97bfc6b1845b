/** The events of a streamed v1 chat turn, made from the whole response. */
import type { ChatResponse, ChatStreamEvent } from "../../V1.ts"
import * as Tokens from "./tokens.ts"

/** What `stream-end` knows of the reasons why a turn ends: it has no word for a stop sequence. */
const lastReason = (reason: string | null | undefined): string =>
  reason == null || reason === "STOP_SEQUENCE" ? "COMPLETE" : reason

/** Plan and calls: in pieces, then whole. */
function* ofCalls({ text, tool_calls }: ChatResponse): Iterable<ChatStreamEvent> {
  const chunk = { is_finished: false, event_type: "tool-calls-chunk" } as const
  for (const piece of Tokens.tokenize(text)) yield { ...chunk, text: piece }
  for (const [index, { name, parameters }] of (tool_calls ?? []).entries()) {
    yield { ...chunk, tool_call_delta: { index, name } }
    for (const piece of Tokens.tokenize(JSON.stringify(parameters ?? {}))) {
      yield { ...chunk, tool_call_delta: { index, parameters: piece } }
    }
  }
  yield {
    is_finished: false,
    event_type: "tool-calls-generation",
    ...(text === "" ? {} : { text }),
    tool_calls: tool_calls ?? []
  }
}

/** Text in pieces, with citations as soon as their passage is there, or after all of it. */
function* ofText({ citations, text }: ChatResponse, mode: "accurate" | "fast"): Iterable<ChatStreamEvent> {
  const waiting = [...citations ?? []]
  let length = 0
  for (const piece of Tokens.tokenize(text)) {
    yield { is_finished: false, event_type: "text-generation", text: piece }
    length += piece.length
    // Citations keep their order, so that one waits for those before it.
    while (mode === "fast" && (waiting[0]?.end ?? Infinity) <= length) {
      yield { is_finished: false, event_type: "citation-generation", citations: waiting.splice(0, 1) }
    }
  }
  for (const citation of waiting) yield { is_finished: false, event_type: "citation-generation", citations: [citation] }
}

/** The events that a server streams for this response, `stream-end` with the response itself last. */
export function* fromResponse(response: ChatResponse, citations: "accurate" | "fast"): Iterable<ChatStreamEvent> {
  const { documents, search_queries, search_results, tool_calls } = response
  yield { is_finished: false, event_type: "stream-start", generation_id: response.generation_id }
  if (search_queries != null) yield { is_finished: false, event_type: "search-queries-generation", search_queries }
  if (documents != null || search_results != null) {
    yield {
      is_finished: false,
      event_type: "search-results",
      ...(search_results == null ? {} : { search_results }),
      ...(documents == null ? {} : { documents })
    }
  }
  yield* tool_calls == null ? ofText(response, citations) : ofCalls(response)
  yield { is_finished: true, event_type: "stream-end", finish_reason: lastReason(response.finish_reason), response }
}
