/** The AI SDK's provider for Cohere alone, called as the AI SDK calls it. It embeds as floats only. */
import { createCohere } from "@ai-sdk/cohere"
import type { ClientModule } from "../operations.ts"
import * as Requests from "../requests.ts"
import type { Workload } from "../workloads.ts"
import { many, pooled, streams } from "./promises.ts"

const chatRequest = {
  prompt: [{ role: "user" as const, content: [{ type: "text" as const, text: Requests.question }] }]
}

/** What goes into the request beside the values. */
export const embedOptions = (job: Workload) => ({
  cohere: {
    inputType: "search_document",
    ...(job.dimension === undefined ? {} : { outputDimension: job.dimension })
  }
})

export const providerAt = (base: string) => createCohere({ apiKey: Requests.apiKey, baseURL: `${base}/v2` })

export const connect: ClientModule["connect"] = async (base) => {
  const provider = providerAt(base)
  const chat = provider.languageModel(Requests.chatModel)
  const embedding = provider.embeddingModel(Requests.embedModel)
  const reranking = provider.rerankingModel(Requests.rerankModel)
  const embed = async (job: Workload, values: Array<string>) =>
    (await embedding.doEmbed({ values, providerOptions: embedOptions(job) })).embeddings
  const stream = streams(async (piece) => {
    for await (const part of (await chat.doStream(chatRequest)).stream) {
      if (part.type === "text-delta" && !piece(part.delta)) break
    }
  })
  return {
    chat: many(async () => {
      const [block] = (await chat.doGenerate(chatRequest)).content
      return block?.type === "text" ? block.text : ""
    }),
    events: stream,
    text: stream,
    embedFloat: many((job) => embed(job, [...Requests.batch])),
    rerank: many(async () => {
      const { ranking } = await reranking.doRerank({
        query: Requests.query,
        documents: { type: "text", values: [...Requests.documents] }
      })
      return ranking.map(({ index, relevanceScore }) => ({ index, score: relevanceScore }))
    }),
    bulk: many((job) => pooled(Requests.bulkTexts(job), job.concurrency, (texts) => embed(job, texts)))
  }
}
