/** The events of a streamed chat turn, made from the whole response: for scripted streams in tests, and the emulator. */
import type { ChatResponse, ChatStreamEvent, LogprobItem } from "../V2.ts"
import { tokenize } from "./internal/tokens.ts"

/** How {@link fromResponse} tells a response. */
export interface Options {
  /**
   * When citations come: all of them `"accurate"`ly at the end of the content, or `"fast"`, each as soon as its passage
   * is there. Default `"accurate"`.
   */
  readonly citations?: "accurate" | "fast"
}

interface Piece {
  readonly text: string
  readonly logprobs?: LogprobItem
}

/** A text in pieces, along the log probabilities as far as these tell the same text. Takes from the front of `items`. */
const split = (text: string, items: Array<LogprobItem>): ReadonlyArray<Piece> => {
  const pieces: Array<Piece> = []
  let rest = text
  for (let item = items[0]; item?.text && rest.startsWith(item.text); item = items[0]) {
    pieces.push({ text: item.text, logprobs: item })
    rest = rest.slice(item.text.length)
    items.shift()
  }
  return [...pieces, ...tokenize(rest).map((text) => ({ text }))]
}

/**
 * The events that a server streams for this response, in the order of the real one, `message-end` last.
 *
 * Law: `ChatStream.collect` of the events is the response again, for every response that a stream can tell:
 *
 * - the turn did not fail (no `ERROR` or `TIMEOUT`: with these, `collect` fails with what it has);
 * - optional fields are absent rather than `null` or empty (`content: []`, `tool_plan: ""`, `tool_calls: []` …);
 * - `content` consists of `text` and `thinking` blocks, and there is one if there are log probabilities;
 * - tool calls are complete, with arguments (`"{}"` rather than `""`);
 * - there is no `prompt` and no field that this version does not know, except inside citations and `usage`, which
 *   pass whole.
 *
 * What else is in a response is left out, or arrives as its nearest equal. Nothing fails.
 *
 * @example
 * ```ts
 * import * as ChatEvents from "@effect-cohere/core/testing/ChatEvents"
 *
 * const events = ChatEvents.fromResponse({
 *   id: "c14c80c3",
 *   finish_reason: "COMPLETE",
 *   message: { role: "assistant", content: [{ type: "text", text: "Hello there." }] }
 * })
 * ```
 */
export const fromResponse = (response: ChatResponse, options: Options = {}): ReadonlyArray<ChatStreamEvent> => {
  const { message } = response
  const content = message.content ?? []
  const citations = (message.citations ?? []).map((citation, index): ReadonlyArray<ChatStreamEvent> => [
    { type: "citation-start", index, delta: { message: { citations: citation } } },
    { type: "citation-end", index }
  ])
  const items = [...response.logprobs ?? []]
  const lastText = content.map((block) => block.type).lastIndexOf("text")
  const events: Array<ChatStreamEvent> = [{
    type: "message-start",
    id: response.id,
    delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } }
  }]
  // Citations keep their order, so that one waits for those before it.
  let cited = 0
  const cite = (until: (end: number, block: number) => boolean) => {
    for (const citation of message.citations?.slice(cited) ?? []) {
      if (!until(citation.end ?? Infinity, citation.content_index ?? lastText)) break
      events.push(...citations[cited++] ?? [])
    }
  }

  content.forEach((block, index) => {
    if (block.type !== "text" && block.type !== "thinking") return
    const isText = block.type === "text"
    const delta = (text: string) => isText ? { text } : { thinking: text }
    const isLast = index === content.length - 1
    const pieces = split(isText ? block.text : block.thinking, isText ? items : [])
    // Log probabilities that tell another text still have to arrive.
    const leftover = isLast ? items.splice(0).map((logprobs): Piece => ({ text: "", logprobs })) : []
    let length = 0
    events.push({ type: "content-start", index, delta: { message: { content: { type: block.type, ...delta("") } } } })
    for (const { logprobs, text } of [...pieces, ...leftover]) {
      length += text.length
      events.push({
        type: "content-delta",
        index,
        delta: { message: { content: delta(text) } },
        ...(logprobs === undefined ? {} : { logprobs })
      })
      if (options.citations === "fast") cite((end, at) => at === index && end <= length)
    }
    if (isLast) cite(() => true)
    events.push({ type: "content-end", index })
  })

  for (const text of tokenize(message.tool_plan ?? "")) {
    events.push({ type: "tool-plan-delta", delta: { message: { tool_plan: text } } })
  }
  message.tool_calls?.forEach((call, index) => {
    const start = { ...call, ...(call.function ? { function: { ...call.function, arguments: "" } } : {}) }
    events.push({ type: "tool-call-start", index, delta: { message: { tool_calls: start } } })
    for (const text of tokenize(call.function?.arguments ?? "")) {
      events.push({
        type: "tool-call-delta",
        index,
        delta: { message: { tool_calls: { function: { arguments: text } } } }
      })
    }
    events.push({ type: "tool-call-end", index })
  })
  cite(() => true)
  events.push({
    type: "message-end",
    delta: {
      finish_reason: response.finish_reason,
      ...(response.usage === undefined ? {} : { usage: response.usage })
    }
  })
  return events
}
