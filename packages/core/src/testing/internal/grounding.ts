/** Answers from documents and tool results: their most relevant sentences, each with a citation. */
import * as Option from "effect/Option"
import type { Citation, Document, Source, ToolMessage } from "../../Chat.ts"
import { isObject, parse } from "../../internal/json.ts"
import type { JsonObject } from "../../Wire.ts"
import { relevance, sentences } from "./words.ts"

/** Something to answer from. */
interface Evidence {
  readonly source: Source
  /** Names what it is about; counts a little for each of its sentences. */
  readonly title: string
  readonly sentences: ReadonlyArray<string>
}

/** An answer and what supports it. */
export interface Grounded {
  readonly text: string
  readonly citations: ReadonlyArray<Citation>
}

const maxSentences = 4
const irrelevant = 0.03

const valueOf = (text: string): unknown => Option.getOrUndefined(parse(text))
const isProse = (u: unknown): u is string => typeof u === "string" && u.trim().split(/\s+/).length > 3
const isLabel = (key: string) => /^(id|name|title|heading|url|source|type)$/i.test(key)
const show = (u: unknown) => typeof u === "string" ? u : JSON.stringify(u)

/** Data in words: its texts' sentences, and one line for the rest. */
const statements = (data: unknown): ReadonlyArray<string> => {
  if (Array.isArray(data)) return data.flatMap(statements)
  if (!isObject(data)) return data === undefined || data === null ? [] : sentences(show(data))
  const entries = Object.entries(data).filter(([, value]) => value !== undefined && value !== null)
  const prose = entries.flatMap(([key, value]) => isProse(value) && !isLabel(key) ? sentences(value) : [])
  const facts = entries.filter(([key, value]) => !isProse(value) && !(prose.length > 0 && isLabel(key)) && key !== "id")
  const line = facts.map(([key, value]) => `${key}: ${show(value)}`).join(", ")
  return line === "" ? prose : [...prose, ...sentences(line)]
}

const titleOf = (data: unknown): string =>
  isObject(data)
    ? ["title", "name", "heading"].flatMap((key) => typeof data[key] === "string" ? [data[key]] : []).join(" ")
    : ""

/** A text that is JSON of an object stands for the object; any other text goes under a key. */
const dataOf = (data: string | JsonObject, key: string): JsonObject => {
  const parsed = typeof data === "string" ? valueOf(data) : data
  return isObject(parsed) ? parsed : { [key]: data }
}

const wordsOf = (data: JsonObject): ReadonlyArray<string> =>
  statements(Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, typeof value === "string" ? valueOf(value) ?? value : value])
  ))

const fromDocument = (given: string | Document, index: number): Evidence => {
  const document = typeof given === "string" ? { data: given } : given
  const data = dataOf(document.data, "text")
  const id = document.id ?? `doc:${index}`
  return { source: { type: "document", id, document: { ...data, id } }, title: titleOf(data), sentences: proseOf(data) }
}

/** A value alone under a key of our own or the tool's needs no label. */
const proseOf = (data: JsonObject): ReadonlyArray<string> => {
  const only = Object.entries(data)
  const value = only.length === 1 ? only[0]?.[1] : undefined
  if (typeof value !== "string") return wordsOf(data)
  const parsed = valueOf(value)
  return typeof parsed === "object" ? statements(parsed) : sentences(value)
}

const fromToolMessage = (message: ToolMessage): ReadonlyArray<Evidence> => {
  const blocks = typeof message.content === "string"
    ? [{ type: "text" as const, text: message.content }]
    : message.content
  return blocks.map((block, index): Evidence => {
    const data = block.type === "text" ? dataOf(block.text, "content") : dataOf(block.document.data, "content")
    const id = (block.type === "document" ? block.document.id : undefined) ?? `${message.tool_call_id}:${index}`
    return { source: { type: "tool", id, tool_output: data }, title: titleOf(data), sentences: proseOf(data) }
  })
}

interface Candidate {
  readonly sentence: string
  readonly score: number
  readonly sources: Array<Source>
}

/** The best sentences, one that several sources share counted once and cited with all of them. */
const choose = (question: string, evidence: ReadonlyArray<Evidence>, least: number): ReadonlyArray<Candidate> => {
  const candidates = new Map<string, Candidate>()
  for (const { sentences, source, title } of evidence) {
    for (const sentence of sentences) {
      const known = candidates.get(sentence)
      const score = relevance(question, sentence) + 0.3 * (title === "" ? 0 : relevance(question, title))
      if (known === undefined) candidates.set(sentence, { sentence, score, sources: [source] })
      else known.sources.push(source)
    }
  }
  const ranked = [...candidates.values()].sort((a, b) => b.score - a.score)
  const bar = Math.max(least, (ranked[0]?.score ?? 0) * 0.4)
  return ranked.filter((candidate) => candidate.score > bar).slice(0, maxSentences)
}

/** Joins sentences to a text. What is cited is the sentence without its full stop. */
const write = (chosen: ReadonlyArray<Candidate>, contentIndex: number): Grounded => {
  let text = ""
  const citations: Array<Citation> = []
  for (const { sentence, sources } of chosen) {
    const cited = sentence.replace(/[.!?:;,\s]+$/, "")
    if (text !== "") text += " "
    citations.push({
      start: text.length,
      end: text.length + cited.length,
      text: cited,
      sources,
      // As on the real server, the index of the first block is left out.
      ...(contentIndex === 0 ? {} : { content_index: contentIndex }),
      type: "TEXT_CONTENT"
    })
    text += /[.!?]$/.test(sentence) ? sentence : `${cited}.`
  }
  return { text, citations }
}

/** Answers a question from tool results if there are any, else from documents. */
export const answer = (
  question: string,
  documents: ReadonlyArray<string | Document>,
  results: ReadonlyArray<ToolMessage>,
  contentIndex: number
): Grounded => {
  // Whoever calls a tool wants its result, in whatever words it comes; of each call, the best.
  const fromTools = results.flatMap((message) => {
    const chosen = choose(question, fromToolMessage(message), 0)
    return results.length === 1 ? chosen : chosen.slice(0, 1)
  })
  const chosen = [...fromTools, ...choose(question, documents.map(fromDocument), irrelevant)].slice(0, maxSentences)
  if (chosen.length > 0) return write(chosen, contentIndex)
  return {
    text: `I could not find an answer in the ${results.length > 0 ? "tool results" : "documents"}.`,
    citations: []
  }
}
