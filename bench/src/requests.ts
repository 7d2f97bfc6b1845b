/** What all clients ask, in the words of the wire. */
import { type EmbeddingType, texts } from "./answers.ts"
import type { Workload } from "./workloads.ts"

export const apiKey = "a-key-for-the-bench"

export const chatModel = "command-a-03-2025"
export const embedModel = "embed-v4.0"
export const rerankModel = "rerank-v4.0-fast"

export const question = "What is the way of the river, and which towns does it pass?"

export const query = "rivers with old bridges"

export const documents: ReadonlyArray<string> = texts(1000)

export const batch: ReadonlyArray<string> = texts(96)

let bulk: ReadonlyArray<string> = []

/** Made when they are needed: they would be a good part of the start of every client. Kept for the next run. */
export const bulkTexts = ({ texts: count = 0 }: Workload): ReadonlyArray<string> =>
  bulk.length === count ? bulk : bulk = texts(count)

export const chatRequest = {
  model: chatModel,
  messages: [{ role: "user", content: question }]
} as const

export const embedRequest = (type: EmbeddingType, job: Workload, texts: ReadonlyArray<string> = batch) => ({
  model: embedModel,
  input_type: "search_document" as const,
  texts,
  embedding_types: [type],
  ...(job.dimension === undefined ? {} : { output_dimension: job.dimension })
})

export const rerankRequest = { model: rerankModel, query, documents }
