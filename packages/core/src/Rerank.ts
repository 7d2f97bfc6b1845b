/**
 * The results of rerank, the same in both versions of the API.
 *
 * @see https://docs.cohere.com/docs/reranking
 */
import * as Schema from "effect/Schema"
import * as Lazy from "./internal/lazy.ts"
import { JsonObject, maybe } from "./Wire.ts"

/** How well a document answers the query. */
export const RerankResult = Lazy.Struct(() => ({
  /** Position in the request's `documents`. */
  index: Schema.Number,
  /** 0 to 1. */
  relevance_score: Schema.Number,
  /** With `return_documents`, in v1 and where v2 still takes it; a text comes as `{ text }`. */
  document: maybe(JsonObject)
}))
/** See {@link RerankResult}. */
export interface RerankResult extends Schema.Schema.Type<typeof RerankResult> {}
