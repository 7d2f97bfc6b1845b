/** The AI SDK on its provider for Cohere. */
import { embedMany, generateText, rerank, streamText } from "ai"
import type { ClientModule } from "../operations.ts"
import * as Requests from "../requests.ts"
import type { Workload } from "../workloads.ts"
import { embedOptions, providerAt } from "./aiSdkCohere.ts"
import { many, streams } from "./promises.ts"

export const connect: ClientModule["connect"] = async (base) => {
  const provider = providerAt(base)
  const chat = { model: provider.languageModel(Requests.chatModel), prompt: Requests.question }
  const embedding = provider.embeddingModel(Requests.embedModel)
  const reranking = provider.rerankingModel(Requests.rerankModel)
  const embed = async (job: Workload, values: ReadonlyArray<string>) =>
    (await embedMany({ model: embedding, values: [...values], providerOptions: embedOptions(job) })).embeddings
  return {
    chat: many(async () => (await generateText(chat)).text),
    events: streams(async (piece) => {
      for await (const part of streamText(chat).fullStream) {
        if (part.type === "text-delta" && !piece(part.text)) break
      }
    }),
    text: streams(async (piece) => {
      for await (const text of streamText(chat).textStream) {
        if (!piece(text)) break
      }
    }),
    embedFloat: many((job) => embed(job, Requests.batch)),
    rerank: many(async () => {
      const { ranking } = await rerank({
        model: reranking,
        query: Requests.query,
        documents: [...Requests.documents]
      })
      return ranking.map(({ originalIndex, score }) => ({ index: originalIndex, score }))
    }),
    // It cuts into batches by itself, and sends all of them at once.
    bulk: many((job) => embed(job, Requests.bulkTexts(job)))
  }
}
