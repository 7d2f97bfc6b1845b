/** Finds the passages that answer a question: vectors find candidates among all, the reranker picks the best of them. */
import type { CohereClient } from "@effect-cohere/core/CohereClient"
import * as Embeddings from "@effect-cohere/core/Embeddings"
import * as V2 from "@effect-cohere/core/V2"
import * as Arr from "effect/Array"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as Stream from "effect/Stream"
import * as Models from "./models.ts"
import * as Passages from "./passages.ts"

/** How many passages the reranker sees. */
const candidates = 20

/** How many passages the answer is written from. */
const best = 5

/** 512 is a third of the default: enough to tell passages of one project apart, and a third to send and compare. */
const embedding = { model: Models.embed, output_dimension: 512 }

/** A passage and its vector. */
interface Entry {
  readonly passage: Passages.Passage
  readonly vector: Float32Array
}

/** What can be searched. */
export type Index = ReadonlyArray<Entry>

/** What the models read of a passage. */
const toText = (passage: Passages.Passage) => `${Passages.title(passage)}\n\n${passage.text}`

/** Embeds all passages. Tells `onProgress` how many a finished batch had. */
export const index = (
  passages: ReadonlyArray<Passages.Passage>,
  onProgress: (count: number) => Effect.Effect<void>
): Effect.Effect<Index, V2.EmbedError, CohereClient> =>
  Embeddings.batches({ ...embedding, input_type: "search_document", inputs: passages, input: toText }).pipe(
    Stream.tap(({ values }) => onProgress(values.length)),
    Stream.mapConcat(({ embeddings, values }) =>
      Arr.zipWith(values, embeddings.float, (passage, vector): Entry => ({ passage, vector }))
    ),
    Stream.runCollect,
    Effect.map(Chunk.toReadonlyArray)
  )

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0)

const cosine = (a: Float32Array, b: Float32Array) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))

/** The passages that answer the question best, best first. */
export const retrieve = (
  index: Index,
  question: string
): Effect.Effect<ReadonlyArray<Passages.Passage>, V2.EmbedError | V2.RerankError, CohereClient> =>
  Effect.gen(function*() {
    const { embeddings } = yield* Embeddings.all({ ...embedding, input_type: "search_query", inputs: [question] })
    const [query = new Float32Array()] = embeddings.float
    const near = index
      .map(({ passage, vector }) => ({ passage, similarity: cosine(query, vector) }))
      .sort(Order.mapInput(Order.reverse(Order.number), (candidate) => candidate.similarity))
      .slice(0, candidates)
      .map((candidate) => candidate.passage)
    const ranked = yield* V2.rerank({ model: Models.rerank, query: question, documents: near.map(toText), top_n: best })
    return Arr.filterMap(ranked.results, (result) => Arr.get(near, result.index))
  })
