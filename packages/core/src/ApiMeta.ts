/** What Cohere says about a call beside its result: version, billing, tokens, warnings. */
import * as Schema from "effect/Schema"
import * as Lazy from "./internal/lazy.ts"
import { maybe } from "./Wire.ts"

/**
 * The `meta` of embed and rerank answers.
 *
 * @see https://docs.cohere.com/reference/embed
 */
export const ApiMeta = Lazy.Struct(() => ({
  api_version: maybe(Schema.Struct({
    /** `"1"` or `"2"`. */
    version: maybe(Schema.String),
    is_deprecated: maybe(Schema.Boolean),
    is_experimental: maybe(Schema.Boolean)
  })),
  /** What the call costs. */
  billed_units: maybe(Schema.Struct({
    images: maybe(Schema.Number),
    input_tokens: maybe(Schema.Number),
    image_tokens: maybe(Schema.Number),
    output_tokens: maybe(Schema.Number),
    search_units: maybe(Schema.Number),
    classifications: maybe(Schema.Number),
    pages: maybe(Schema.Number)
  })),
  /** What the model read and wrote. */
  tokens: maybe(Schema.Struct({
    input_tokens: maybe(Schema.Number),
    output_tokens: maybe(Schema.Number)
  })),
  /** Prompt tokens that were served from the inference cache. */
  cached_tokens: maybe(Schema.Number),
  warnings: maybe(Schema.Array(Schema.String))
}))
/** See {@link ApiMeta}. */
export interface ApiMeta extends Schema.Schema.Type<typeof ApiMeta> {}

/**
 * The `usage` of a v2 chat answer. `{}` when the turn failed.
 *
 * @see https://docs.cohere.com/reference/chat
 */
export const Usage = Lazy.Struct(() => ({
  /** What the turn costs. */
  billed_units: maybe(Schema.Struct({
    input_tokens: maybe(Schema.Number),
    output_tokens: maybe(Schema.Number),
    search_units: maybe(Schema.Number),
    classifications: maybe(Schema.Number)
  })),
  /** What the model read and wrote. */
  tokens: maybe(Schema.Struct({
    input_tokens: maybe(Schema.Number),
    output_tokens: maybe(Schema.Number),
    image_tokens: maybe(Schema.Number),
    reasoning_tokens: maybe(Schema.Number)
  })),
  /** Prompt tokens that were served from the inference cache. */
  cached_tokens: maybe(Schema.Number)
}))
/** See {@link Usage}. */
export interface Usage extends Schema.Schema.Type<typeof Usage> {}
