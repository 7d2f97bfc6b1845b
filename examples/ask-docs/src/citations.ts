/** Puts the numbers of sources into an answer, behind the words that they support. */
import type { Citation } from "@effect-cohere/core/Chat"
import type { Passage } from "./passages.ts"

/** A passage that the answer cites. */
export interface Cited {
  readonly number: number
  readonly passage: Passage
  /** The words of the answer that it supports. */
  readonly words: ReadonlyArray<string>
}

const documentIds = (citation: Citation): ReadonlyArray<string> =>
  (citation.sources ?? []).flatMap((source) => source.type === "document" && source.id != null ? [source.id] : [])

/** The ids of the cited documents, in the order in which they are cited first: the first is number 1. */
const numbered = (citations: ReadonlyArray<Citation>): ReadonlyArray<string> => [
  ...new Set(citations.flatMap(documentIds))
]

/** Which part of a text to mark, and how markers look. */
export interface MarkOptions {
  readonly from?: number
  readonly to?: number
  readonly style?: (marker: string) => string
}

/**
 * The text from one position up to, but not including, another, with markers such as `[1]`. A marker stands behind the
 * words that it belongs to: before the character at `citation.end`.
 */
export const mark = (text: string, citations: ReadonlyArray<Citation>, options: MarkOptions = {}): string => {
  const { from = 0, style = String, to = Infinity } = options
  const ids = numbered(citations)
  const ends = citations.map((citation) => Math.min(citation.end ?? text.length, text.length))
  let out = ""
  let position = from
  for (const end of [...new Set(ends)].filter((end) => from <= end && end < to).sort((a, b) => a - b)) {
    // Several may end here, and may have the same source.
    const here = citations.filter((_, i) => ends[i] === end).flatMap(documentIds)
    const markers = ids.flatMap((id, i) => here.includes(id) ? [style(`[${i + 1}]`)] : [])
    out += text.slice(position, end) + markers.join("")
    position = end
  }
  return out + text.slice(position, to)
}

/** The passages that are cited, by number. */
export const list = (
  text: string,
  citations: ReadonlyArray<Citation>,
  passages: ReadonlyArray<Passage>
): ReadonlyArray<Cited> =>
  numbered(citations).flatMap((id, index) => {
    const passage = passages.find((passage) => passage.id === id)
    if (passage === undefined) return []
    const words = citations
      .filter((citation) => documentIds(citation).includes(id))
      .map((citation) => citation.text ?? text.slice(citation.start ?? 0, citation.end ?? text.length))
    return [{ number: index + 1, passage, words: [...new Set(words)] }]
  })
