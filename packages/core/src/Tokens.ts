/** Texts as the tokens of a model, and back. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ApiMeta } from "./ApiMeta.ts"
import type { CohereClient } from "./CohereClient.ts"
import { type CommonError, TooManyTokens } from "./CohereError.ts"
import * as Endpoint from "./Endpoint.ts"
import * as Lazy from "./internal/lazy.ts"
import { listOf, textOf } from "./internal/limits.ts"
import { maybe } from "./Wire.ts"

const limit = 65_536

/** What {@link tokenize} takes. */
export const TokenizeRequest = Lazy.Struct(() => ({
  /** 1 to 65,536 characters. */
  text: textOf({ min: 1, max: limit, remedy: "split the text" }),
  /** The model whose tokens are wanted. */
  model: Schema.String
}))
/** See {@link TokenizeRequest}. */
export interface TokenizeRequest extends Schema.Schema.Type<typeof TokenizeRequest> {}

/** What {@link tokenize} answers. */
export const TokenizeResponse = Lazy.Struct(() => ({
  tokens: Schema.Array(Schema.Number),
  /** The text of each token. */
  token_strings: maybe(Schema.Array(Schema.String)),
  meta: maybe(ApiMeta)
}))
/** See {@link TokenizeResponse}. */
export interface TokenizeResponse extends Schema.Schema.Type<typeof TokenizeResponse> {}

/** What {@link tokenize} and {@link detokenize} can fail with. */
export type TokensError = TooManyTokens | CommonError

/** The descriptor of {@link tokenize}. */
export const tokenizeEndpoint = Endpoint.unary({
  id: "tokens.tokenize",
  method: "POST",
  path: "/v1/tokenize",
  payload: TokenizeRequest,
  success: TokenizeResponse,
  error: [TooManyTokens],
  docs: "https://docs.cohere.com/reference/tokenize"
})

/**
 * Cuts a text into the tokens of a model.
 *
 * Fails with {@link TokensError}.
 *
 * @example
 * ```ts
 * import * as Tokens from "@effect-cohere/core/Tokens"
 * import * as Effect from "effect/Effect"
 *
 * const count = Tokens.tokenize({ model: "command-a-03-2025", text: "How long is this?" }).pipe(
 *   Effect.map(({ tokens }) => tokens.length)
 * )
 * ```
 *
 * @see https://docs.cohere.com/reference/tokenize
 */
export const tokenize: (request: TokenizeRequest) => Effect.Effect<TokenizeResponse, TokensError, CohereClient> =
  Endpoint.call(tokenizeEndpoint)

/** What {@link detokenize} takes. */
export const DetokenizeRequest = Lazy.Struct(() => ({
  /** 1 to 65,536 tokens. */
  tokens: listOf(Schema.Int, { min: 1, max: limit, remedy: "split the list" }),
  /** The model whose tokens they are. */
  model: Schema.String
}))
/** See {@link DetokenizeRequest}. */
export interface DetokenizeRequest extends Schema.Schema.Type<typeof DetokenizeRequest> {}

/** What {@link detokenize} answers. */
export const DetokenizeResponse = Lazy.Struct(() => ({
  text: Schema.String,
  meta: maybe(ApiMeta)
}))
/** See {@link DetokenizeResponse}. */
export interface DetokenizeResponse extends Schema.Schema.Type<typeof DetokenizeResponse> {}

/** The descriptor of {@link detokenize}. */
export const detokenizeEndpoint = Endpoint.unary({
  id: "tokens.detokenize",
  method: "POST",
  path: "/v1/detokenize",
  payload: DetokenizeRequest,
  success: DetokenizeResponse,
  error: [TooManyTokens],
  docs: "https://docs.cohere.com/reference/detokenize"
})

/**
 * Makes the text that some tokens of a model stand for.
 *
 * Fails with {@link TokensError}.
 *
 * @example
 * ```ts
 * import * as Tokens from "@effect-cohere/core/Tokens"
 *
 * const program = Tokens.detokenize({ model: "command-a-03-2025", tokens: [10104, 12221, 1315] })
 * ```
 *
 * @see https://docs.cohere.com/reference/detokenize
 */
export const detokenize: (request: DetokenizeRequest) => Effect.Effect<DetokenizeResponse, TokensError, CohereClient> =
  Endpoint.call(detokenizeEndpoint)
