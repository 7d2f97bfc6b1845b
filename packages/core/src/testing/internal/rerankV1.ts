/** v1 rerank: also of documents with fields. */
import * as Either from "effect/Either"
import type * as ModelsApi from "../../Models.ts"
import type { RerankRequest, RerankResponse } from "../../V1.ts"
import type { JsonObject } from "../../Wire.ts"
import type { HandlersOf } from "./handler.ts"
import * as Models from "./models.ts"
import { invalid, type Rejection, unless } from "./rejection.ts"
import * as Rerank from "./rerank.ts"

const maxChunks = 10_000
const tokensPerChunk = 512

const chunksOf = (request: RerankRequest): number => request.max_chunks_per_doc ?? 10

/** What of a document counts. */
const textOf = (document: string | JsonObject, fields: ReadonlyArray<string>): string =>
  typeof document === "string"
    ? document
    : fields.flatMap((field) => document[field] === undefined ? [] : [String(document[field])]).join("\n")

function* problems(request: RerankRequest): Iterable<Rejection> {
  const { documents, rank_fields: fields = ["text"] } = request
  if (fields.length === 0) {
    yield invalid("rank_fields cannot be empty, it must either contain at least one field or be omitted")
  }
  if (chunksOf(request) < 1) yield invalid("max_chunks_per_doc must be at least 1")
  if (chunksOf(request) * documents.length >= maxChunks) {
    yield invalid(
      "number of total max chunks (number of documents * max chunks per doc) must be less than " + String(maxChunks)
    )
  }
  for (const [index, document] of documents.entries()) {
    if (typeof document === "object" && fields.every((field) => document[field] === undefined)) {
      yield invalid(`document at index ${index} has none of the fields to rank by: ${fields.join(", ")}`)
    }
  }
}

/** The function behind the operation. */
export const make = (models: ReadonlyArray<ModelsApi.Model>): HandlersOf<"v1.rerank"> => ({
  "v1.rerank": (request) =>
    Either.flatMap(Models.orDefault(models, request.model, "rerank"), (model) => {
      const v2 = {
        model: model.name ?? "",
        query: request.query,
        documents: request.documents.map((document) => textOf(document, request.rank_fields ?? ["text"])),
        max_tokens_per_doc: chunksOf(request) * tokensPerChunk,
        ...(request.top_n === undefined ? {} : { top_n: request.top_n })
      }
      function* all(): Iterable<Rejection> {
        yield* Rerank.problems(v2)
        yield* problems(request)
      }
      return unless(all(), (): RerankResponse => {
        const { results, ...rest } = Rerank.respond(v2)
        return {
          ...rest,
          results: results.map(({ index, relevance_score }) => {
            const document = request.documents[index]
            return {
              index,
              relevance_score,
              ...(request.return_documents === true
                ? { document: typeof document === "string" ? { text: document } : document }
                : {})
            }
          }),
          meta: { ...rest.meta, api_version: { version: "1" } }
        }
      })
    })
})
