/** Finds the passages that answer a question: vectors find candidates among all, the reranker picks the best of them. */
import type { CohereClient } from "@effect-cohere/core/CohereClient"
import type * as Embed from "@effect-cohere/core/Embed"
import * as V2 from "@effect-cohere/core/V2"
import * as Arr from "effect/Array"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as Stream from "effect/Stream"
import * as Models from "./models.ts"
import * as Passages from "./passages.ts"

/** How many texts one call of embed takes. */
const batchSize = 96

/** How many passages the reranker sees. */
const candidates = 20

/** How many passages the answer is written from. */
const best = 5

/** A third of the default: enough to tell passages of one project apart, and a third to send and compare. */
const dimension = 512

/** A passage and its vector. */
interface Entry {
  readonly passage: Passages.Passage
  readonly vector: ReadonlyArray<number>
}

/** What can be searched. */
export type Index = ReadonlyArray<Entry>

/** What the models read of a passage. */
const toText = (passage: Passages.Passage) => `${Passages.title(passage)}\n\n${passage.text}`

const embed = (input_type: Embed.InputType, texts: ReadonlyArray<string>) =>
  V2.embed({ model: Models.embed, input_type, texts, output_dimension: dimension }).pipe(
    Effect.map((response) => response.embeddings.float ?? [])
  )

/** Embeds all passages, some batches at a time. Tells `onProgress` how many a finished batch had. */
export const index = (
  passages: ReadonlyArray<Passages.Passage>,
  onProgress: (count: number) => Effect.Effect<void>
): Effect.Effect<Index, V2.EmbedError, CohereClient> =>
  Stream.fromIterable(passages).pipe(
    Stream.grouped(batchSize),
    Stream.mapEffect(
      (batch) =>
        embed("search_document", Chunk.toReadonlyArray(Chunk.map(batch, toText))).pipe(
          Effect.map((vectors) => Arr.zipWith(batch, vectors, (passage, vector): Entry => ({ passage, vector }))),
          Effect.tap((entries) => onProgress(entries.length))
        ),
      { concurrency: 4 }
    ),
    Stream.runFold<Index, ReadonlyArray<Entry>>([], (all, entries) => [...all, ...entries])
  )

const dot = (a: ReadonlyArray<number>, b: ReadonlyArray<number>) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0)

const cosine = (a: ReadonlyArray<number>, b: ReadonlyArray<number>) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))

/** The passages that answer the question best, best first. */
export const retrieve = (
  index: Index,
  question: string
): Effect.Effect<ReadonlyArray<Passages.Passage>, V2.EmbedError | V2.RerankError, CohereClient> =>
  Effect.gen(function*() {
    const [query = []] = yield* embed("search_query", [question])
    const near = index
      .map(({ passage, vector }) => ({ passage, similarity: cosine(query, vector) }))
      .sort(Order.mapInput(Order.reverse(Order.number), (candidate) => candidate.similarity))
      .slice(0, candidates)
      .map((candidate) => candidate.passage)
    const ranked = yield* V2.rerank({ model: Models.rerank, query: question, documents: near.map(toText), top_n: best })
    return Arr.filterMap(ranked.results, (result) => Arr.get(near, result.index))
  })
