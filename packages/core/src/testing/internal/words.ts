/** What the emulator understands of language: which words two texts share. */

const stopWords = new Set(
  ("a about after all also am an and any are as at be been before but by can could did do does for from get had has " +
    "have how i if in into is it its just me my no not of on or our out please shall should so some tell than that " +
    "the their them then there these they this those to up us use used using was we were what when where which who " +
    "why will with would you your").split(" ")
)

// Scripts without spaces: each character counts as a word.
const word = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{M}\p{N}]+/gu

/** The words of a text in lower case. `camelCase` and `snake_case` are several. */
export const words = (text: string): ReadonlyArray<string> =>
  text.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2").toLowerCase().match(word) ?? []

/** A word without its English ending, so that `rivers` meets `river`. Crude, but the same for both. */
export const stem = (text: string): string => {
  const cut = text.replace(/ie[sd]$/, "y").replace(/(?:ings?|ed|ers?|es|(?<!s)s|ly)$/, "").replace(/e$/, "")
  return cut.length < 3 ? text : cut.replace(/(.)\1$/, "$1")
}

/** The stems of the words that carry meaning; of all words, when none does. */
export const stems = (text: string): ReadonlyArray<string> => {
  const all = words(text)
  const telling = all.filter((each) => !stopWords.has(each))
  return (telling.length > 0 ? telling : all).map(stem)
}

const fenced = /^```[^\n]*\n[\s\S]*?^```/gm

/** The sentences and lines of a text. Code is none; a row of a table is one, without its bars. */
export const sentences = (text: string): ReadonlyArray<string> =>
  text.replace(fenced, "").split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim().replace(/^(?:[-*] |\|\s*)/, "").replace(/\s*\|$/, "").replace(/\s+\|\s+/g, ": "))
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence) && !/^[-: ]+$/.test(sentence))

/** The beginning of a text in one line. */
export const gist = (text: string, maxWords = 12): string => {
  const all = text.trim().split(/\s+/)
  return all.length <= maxWords ? all.join(" ") : all.slice(0, maxWords).join(" ") + " …"
}

/**
 * How well a text answers a query, between 0 and 1: shared stems, with less for each repetition and for long texts (as
 * in BM25), squashed. It depends on the two alone, not on other texts, like a cross-encoder's score.
 */
export const relevance = (query: string, text: string): number => {
  const counts = new Map<string, number>()
  const found = stems(text)
  for (const each of found) counts.set(each, (counts.get(each) ?? 0) + 1)
  let reached = 0
  let possible = 0
  for (const each of new Set(stems(query))) {
    // Without a corpus, the length of a word has to tell how rare it is.
    const weight = 1 + Math.min(each.length, 8) / 8
    const frequency = counts.get(each) ?? 0
    possible += weight
    reached += weight * frequency / (frequency + 0.5 * (0.25 + 0.75 * found.length / 40))
  }
  return 1 / (1 + Math.exp(4 - 8 * (possible === 0 ? 0 : reached / possible)))
}
