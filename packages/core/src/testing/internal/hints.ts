/** What a message offers to fill in: dates, numbers, quoted and capitalised phrases, or what follows a preposition. */
import { gist, stems } from "./words.ts"

/** What a message offers. Each find is handed out once, so that two values do not get the same. */
export interface Hints {
  readonly message: string
  readonly date: () => string | undefined
  readonly number: () => number | undefined
  readonly phrase: () => string | undefined
  /** The whole message, shortened: when nothing better is left. */
  readonly gist: string
}

const date = /\b\d{4}-\d{2}-\d{2}\b/g
const number = /(?<![\w.])-?\d+(?:\.\d+)?/g
const quoted = /"([^"]+)"|“([^”]+)”|(?<!\w)'([^']+)'(?!\w)/gu
const capitalised = /(?<!\p{L})\p{Lu}[\p{L}\p{N}][\p{L}\p{N}'’-]*(?:\s+\p{Lu}[\p{L}\p{N}'’-]*)*/gu
// A sentence begins with a capital letter, whatever its first words are.
const openers =
  "what which who when where why how is are was were do does did can could will would should please in on " +
  "at for from the a an my show tell give list find search get look compare book cancel convert translate write extract " +
  "call send create make check add set calculate summarize"
const opening = new RegExp(
  `(^\\s*|[.!?]\\s+)(?:(?:${openers.replaceAll(" ", "|")})(?:['’]s)?(?!\\p{L})\\s*|i['’]\\p{L}+)+`,
  "giu"
)
const trailing = /\b(?:in|for|of|about|to|from|at|named|called)\s+([^,.!?;]+)/giu

const all = (text: string, pattern: RegExp): ReadonlyArray<string> =>
  Array.from(
    text.matchAll(pattern),
    (match) => (match.slice(1).find((group) => group !== undefined) ?? match[0]).trim()
  )

const phrases = (message: string): ReadonlyArray<string> => {
  const names = [...all(message, quoted), ...all(message.replace(quoted, " ").replace(opening, "$1"), capitalised)]
  // The last preposition is the one that no other follows.
  return names.length > 0
    ? names
    : all(message, trailing).slice(-1).map((text) => text.replace(/^.*\b(?:in|for|of)\s+/i, ""))
}

const queue = <A>(items: ReadonlyArray<A>): () => A | undefined => {
  let next = 0
  return () => items[next++]
}

/** Reads a message. Phrases that only say what is `known`, such as the name of the tool that is asked for, are no find. */
export const make = (message: string, known = ""): Hints => {
  const said = new Set(stems(known))
  return {
    message,
    date: queue(all(message, date)),
    number: queue(all(message.replace(date, " "), number).map(Number)),
    phrase: queue(phrases(message).filter((phrase) => !stems(phrase).every((stem) => said.has(stem)))),
    gist: gist(message, 8)
  }
}
