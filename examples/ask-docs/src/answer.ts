/** Asks the model, and shows its answer as it comes: text, markers of citations, then the sources. */
import * as Chat from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import type { CohereClient } from "@effect-cohere/core/CohereClient"
import type { GenerationFailed } from "@effect-cohere/core/CohereError"
import * as V2 from "@effect-cohere/core/V2"
import type { Terminal } from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Citations from "./citations.ts"
import * as Models from "./models.ts"
import * as Passages from "./passages.ts"
import * as Screen from "./screen.ts"

const instructions = "You answer questions about a software library from its documentation. Be brief and precise. " +
  "If the documents do not tell, say so."

/** The events of the answer. When all passages together are too long for the model, the better half has to do. */
export const ask = (
  question: string,
  passages: ReadonlyArray<Passages.Passage>
): Stream.Stream<V2.ChatStreamEvent, V2.ChatStreamError, CohereClient> =>
  V2.chatStream({
    model: Models.chat,
    messages: [Chat.system(instructions), Chat.user(question)],
    documents: passages.map((passage) => ({
      id: passage.id,
      data: { title: Passages.title(passage), source: passage.file, text: passage.text }
    })),
    // Cites while the text streams, instead of after it.
    citation_options: { mode: "FAST" }
  }).pipe(
    Stream.catchTag("TooManyTokens", (error) =>
      passages.length > 1 ? ask(question, passages.slice(0, Math.ceil(passages.length / 2))) : Stream.fail(error))
  )

/** How far the answer has come, and how much of its text is on the screen. */
export interface Progress {
  readonly snapshot: ChatStream.Snapshot
  readonly shown: number
}

/** Nothing has come yet. */
export const start: Progress = { snapshot: ChatStream.empty, shown: 0 }

/**
 * How many characters are kept back until more come: a citation comes a little after the words that it belongs to, and
 * its marker cannot be put into text that is on the screen. One that comes even later is in the list of sources only.
 */
const keptBack = 40

/** Adds an event; gives what of the answer can be shown now. */
export const advance = (
  progress: Progress,
  event: V2.ChatStreamEvent,
  style: (marker: string) => string = String
): readonly [Progress, string] => {
  const snapshot = ChatStream.reduce(progress.snapshot, event)
  const { message } = ChatStream.toResponse(snapshot)
  const text = Chat.text(message)
  let shown = Math.max(progress.shown, text.length - keptBack)
  // Never between the two halves of a character such as an emoji.
  if (/[\uDC00-\uDFFF]/.test(text.charAt(shown))) shown--
  const to = event.type === "message-end" ? Infinity : shown
  return [{ snapshot, shown }, Citations.mark(text, message.citations ?? [], { from: progress.shown, to, style })]
}

const shorten = (words: string) => {
  const line = words.replace(/\s+/g, " ")
  return line.length <= 96 ? line : `${line.slice(0, 95)}…`
}

const sources = (cited: ReadonlyArray<Citations.Cited>, { bold, dim }: Screen.Style) =>
  cited.map(({ number, passage, words }) =>
    [
      `  ${bold(`[${number}]`)} ${passage.file} ${dim(Passages.title(passage))}`,
      ...words.map((each) => `      ${dim(`“${shorten(each)}”`)}`)
    ].join("\n")
  )

const footer = (response: V2.ChatResponse) => {
  const read = response.usage?.tokens?.input_tokens
  const written = response.usage?.tokens?.output_tokens
  const ending = response.finish_reason === "COMPLETE" ? "" : `, ended by ${response.finish_reason}`
  return `${Models.chat}: ${read ?? "?"} tokens read, ${written ?? "?"} written${ending}`
}

/** Answers a question from passages, on the screen. Gives the whole response and what it cites. */
export const show = (
  question: string,
  passages: ReadonlyArray<Passages.Passage>
): Effect.Effect<
  { readonly response: V2.ChatResponse; readonly cited: ReadonlyArray<Citations.Cited> },
  V2.ChatStreamError | GenerationFailed,
  CohereClient | Terminal
> =>
  Effect.gen(function*() {
    const style = yield* Screen.style
    yield* Screen.write(`\n${style.bold(question)}\n\n`)
    const response = yield* ask(question, passages).pipe(
      Stream.mapAccum(start, (progress, event) => {
        const [next, text] = advance(progress, event, style.cyan)
        return [next, { event, text }]
      }),
      Stream.tap(({ text }) => Screen.write(text)),
      Stream.map(({ event }) => event),
      // Fails if the model gave up in the middle, which is an event among others.
      ChatStream.collect
    )
    const cited = Citations.list(Chat.text(response.message), response.message.citations ?? [], passages)
    const heading = cited.length === 0 ? "No sources." : "Sources"
    const lines = ["\n", heading, ...sources(cited, style), "", style.dim(footer(response)), ""]
    yield* Screen.write(lines.join("\n"))
    return { response, cited }
  })
