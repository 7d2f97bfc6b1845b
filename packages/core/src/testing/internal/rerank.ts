/** Rerank. */
import type { RerankRequest, RerankResponse } from "../../V2.ts"
import { uuid } from "./hash.ts"
import { invalid, type Rejection, unknownField } from "./rejection.ts"
import * as Tokens from "./tokens.ts"
import { relevance } from "./words.ts"

const defaultMaxTokens = 4_096

/** What the server would refuse. */
export function* problems(request: RerankRequest): Iterable<Rejection> {
  if (request.return_documents !== undefined) yield unknownField("return_documents", "rerank")
  if (request.query.trim() === "") yield invalid("query must not be empty or be only whitespace")
  if (request.documents.length === 0) yield invalid("list of documents must not be empty")
  if (request.top_n !== undefined && request.top_n < 1) {
    yield invalid(`return_top_n is invalid, value must be between 1 and ${request.documents.length}`)
  }
}

/** The documents' positions, best first. */
export const respond = (request: RerankRequest): RerankResponse => {
  const limit = request.max_tokens_per_doc ?? defaultMaxTokens
  const results = request.documents.map((document, index) => ({
    index,
    relevance_score: relevance(request.query, Tokens.first(document, limit))
  }))
  results.sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
  return {
    id: uuid(JSON.stringify(request)),
    results: results.slice(0, request.top_n ?? results.length),
    meta: {
      api_version: { version: "2" },
      billed_units: { search_units: Math.ceil(request.documents.length / 100) }
    }
  }
}
