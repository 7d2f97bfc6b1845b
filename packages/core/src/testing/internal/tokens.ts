/** A tokenizer that is no model's, but of the same kind: words and pieces of long words, each with the space before it. */
import type { Rejection } from "./rejection.ts"

const piece = /\s*(?:[\p{L}\p{M}]{1,6}|\p{N}{1,3}|[^\s\p{L}\p{M}\p{N}])|\s+/gu

/** The pieces of a text. Joined, they are the text. */
export const tokenize = (text: string): ReadonlyArray<string> => text.match(piece) ?? []

/** How many tokens a text has. */
export const count = (text: string): number => tokenize(text).length

/** The first tokens of a text. */
export const first = (text: string, n: number): string => tokenize(text).slice(0, n).join("")

/** The last tokens of a text. */
export const last = (text: string, n: number): string => n <= 0 ? "" : tokenize(text).slice(-n).join("")

/** The server's answer to more tokens than fit. */
export const tooMany = (received: number, limit: number): Rejection => ({
  status: 400,
  message: `too many tokens: size limit exceeded by ${received - limit} tokens. Try using shorter or fewer inputs. ` +
    `The limit for this model is ${limit} tokens.`,
  errorType: "TOO_MANY_TOKENS"
})
