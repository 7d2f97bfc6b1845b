/** Tokens as numbers, and back: of every text, in every emulator, without a vocabulary. */
import * as Either from "effect/Either"
import type * as ModelsApi from "../../Models.ts"
import type { HandlersOf, IdsOf } from "./handler.ts"
import * as Models from "./models.ts"
import { invalid, type Rejection, unless } from "./rejection.ts"
import * as Tokens from "./tokens.ts"

/** As many characters of ASCII fit into one number. */
const longest = 7
/** Numbers below are characters. */
const codePoints = 0x110000

const isShortAscii = (piece: string) => piece.length <= longest && /^[\0-\x7f]*$/.test(piece)

/** The texts of the tokens: pieces as the models of the emulator count them, or single characters of rarer ones. */
const split = (text: string): ReadonlyArray<string> =>
  Tokens.tokenize(text).flatMap((piece) => isShortAscii(piece) ? [piece] : [...piece])

/** The number of a character is its code point; that of several has a digit of base 128 for each, behind a leading 1. */
const numberOf = (token: string): number =>
  [...token].length === 1
    ? token.codePointAt(0) ?? 0
    : codePoints + [...token].reduce((n, character) => n * 128 + character.charCodeAt(0), 1)

/** The text of a number, if it has one. */
const textOf = (token: number): string | undefined => {
  if (token >= 0 && token < codePoints) return String.fromCodePoint(token)
  let text = ""
  let rest = token - codePoints
  for (; rest >= 128; rest = Math.floor(rest / 128)) text = String.fromCharCode(rest % 128) + text
  return rest === 1 && text.length > 1 && text.length <= longest ? text : undefined
}

function* problems(tokens: ReadonlyArray<number>): Iterable<Rejection> {
  for (const [index, token] of tokens.entries()) {
    if (textOf(token) === undefined) yield invalid(`token ${token} at index ${index} is not in the vocabulary`)
  }
}

const meta = { api_version: { version: "1" } }

/** The functions behind both operations. */
export const make = (models: ReadonlyArray<ModelsApi.Model>): HandlersOf<IdsOf<"tokens">> => ({
  "tokens.tokenize": ({ model, text }) =>
    Either.map(Models.get(models, model), () => {
      const pieces = split(text)
      return { tokens: pieces.map(numberOf), token_strings: pieces, meta }
    }),
  "tokens.detokenize": ({ model, tokens }) =>
    Either.flatMap(
      Models.get(models, model),
      () => unless(problems(tokens), () => ({ text: tokens.map(textOf).join(""), meta }))
    )
})
