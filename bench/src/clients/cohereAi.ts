/** Cohere's own SDK. */
import { CohereClientV2 } from "cohere-ai"
import type { EmbeddingType } from "../answers.ts"
import type { ClientModule, Rows } from "../operations.ts"
import * as Requests from "../requests.ts"
import type { Workload } from "../workloads.ts"
import { floats } from "./floats.ts"
import { batches, many, streams } from "./promises.ts"

const chatRequest = { model: Requests.chatModel, messages: [{ role: "user" as const, content: Requests.question }] }

export const connect: ClientModule["connect"] = async (base) => {
  const client = new CohereClientV2({ token: Requests.apiKey, baseUrl: base })
  const embed = async (type: EmbeddingType, job: Workload, texts: Array<string> = [...Requests.batch]) => {
    const { embeddings } = await client.embed({
      model: Requests.embedModel,
      inputType: "search_document",
      texts,
      embeddingTypes: [type],
      ...(job.dimension === undefined ? {} : { outputDimension: job.dimension })
    })
    return embeddings
  }
  // It has nothing for many texts; its examples loop over batches, one after the other.
  const inTurn = (embed: (job: Workload, texts: Array<string>) => Promise<Rows>) =>
    many(async (job) => {
      const rows: Array<Rows[number]> = []
      for (const texts of batches(Requests.bulkTexts(job))) rows.push(...await embed(job, texts))
      return rows
    })
  const stream = streams(async (piece) => {
    for await (const event of await client.chatStream(chatRequest)) {
      if (event.type === "content-delta" && !piece(event.delta?.message?.content?.text ?? "")) break
    }
  })
  return {
    chat: many(async () => {
      const { message } = await client.chat(chatRequest)
      const block = message.content?.[0]
      return block?.type === "text" ? block.text : ""
    }),
    events: stream,
    text: stream,
    embedFloat: many(async (job) => (await embed("float", job)).float ?? []),
    embedInt8: many(async (job) => (await embed("int8", job)).int8 ?? []),
    embedBase64: many(async (job) => ((await embed("base64", job)).base64 ?? []).map(floats)),
    rerank: many(async () => {
      const { results } = await client.rerank({
        model: Requests.rerankModel,
        query: Requests.query,
        documents: [...Requests.documents]
      })
      return results.map(({ index, relevanceScore }) => ({ index, score: relevanceScore }))
    }),
    bulk: inTurn(async (job, texts) => (await embed("float", job, texts)).float ?? []),
    bulkBase64: inTurn(async (job, texts) => ((await embed("base64", job, texts)).base64 ?? []).map(floats))
  }
}
