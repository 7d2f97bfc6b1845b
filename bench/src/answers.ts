/**
 * What the server answers. The server makes bodies of it, the clients check what they got against it; both compute it,
 * so that nothing has to be sent between them.
 */
import { sequence } from "./numbers.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Chat
// ---------------------------------------------------------------------------------------------------------------------

const words = ["The", " river", " flows", " past", " Łódź", ",", " then", " south", " to", " the", " sea", "."]

/** The pieces of an answer, as a stream brings them. */
export const pieces = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, i) => words[i % words.length] ?? "")

/** The text of the unstreamed answer: about 1 KB as JSON with all that is around it. */
export const chatText: string = pieces(140).join("")

const usage = {
  billed_units: { input_tokens: 12, output_tokens: 140 },
  tokens: { input_tokens: 78, output_tokens: 142 }
}

export const chatAnswer = (): object => ({
  id: "5b0c1f6e-54f5-4b1c-8a44-0d2f4c1f6e51",
  message: { role: "assistant", content: [{ type: "text", text: chatText }] },
  finish_reason: "COMPLETE",
  usage
})

/** The events of a streamed answer, framed: two before the first piece, two after the last. */
export const chatEvents = (count: number): ReadonlyArray<string> => {
  const framed = (type: string, rest: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`
  const content = (content: object) => ({ index: 0, delta: { message: { content } } })
  return [
    framed("message-start", {
      id: "c9216b71-6f0a-4f0b-9a3b-0b2f4c1f6e51",
      delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } }
    }),
    framed("content-start", content({ type: "text", text: "" })),
    ...pieces(count).map((text) => framed("content-delta", content({ text }))),
    framed("content-end", { index: 0 }),
    framed("message-end", { delta: { finish_reason: "COMPLETE", usage } }) + "data: [DONE]\n\n"
  ]
}

// ---------------------------------------------------------------------------------------------------------------------
// Embed
// ---------------------------------------------------------------------------------------------------------------------

/** As many texts as one call takes. */
export const batchSize = 96

export const embeddingTypes = ["float", "int8", "base64"] as const
export type EmbeddingType = typeof embeddingTypes[number]

/** One embedding: digits as Cohere sends them, or integers of a byte. */
export const vector = (type: EmbeddingType, row: number, dimension: number): ReadonlyArray<number> => {
  const next = sequence(row * 7919 + dimension)
  return Array.from({ length: dimension }, () => {
    const value = (next() - 0.5) / 8
    switch (type) {
      case "float":
        return Number(value.toPrecision(8))
      case "int8":
        return Math.round(value * 2000)
      case "base64":
        return Math.fround(value)
    }
  })
}

export const embedAnswer = (type: EmbeddingType, dimension: number): object => {
  const rows = texts(batchSize).map((_, row) => vector(type, row, dimension))
  return {
    id: "da6e531f-54c5-4a73-bf92-f60566d8d753",
    embeddings: {
      [type]: type === "base64"
        ? rows.map((row) => Buffer.from(Float32Array.from(row).buffer).toString("base64"))
        : rows
    },
    texts: texts(batchSize),
    response_type: "embeddings_by_type",
    meta: { api_version: { version: "2" }, billed_units: { input_tokens: batchSize * 6 } }
  }
}

/** What is embedded, and what is reranked. */
export const texts = (count: number): Array<string> =>
  Array.from({ length: count }, (_, i) => `Paragraph ${i} tells of a river, of its bridges, and of the towns on it.`)

// ---------------------------------------------------------------------------------------------------------------------
// Rerank
// ---------------------------------------------------------------------------------------------------------------------

export const rerankScores = (count: number): ReadonlyArray<number> => {
  const next = sequence(count)
  return Array.from({ length: count }, () => Number(next().toPrecision(8))).sort((a, b) => b - a)
}

export const rerankAnswer = (count: number): object => ({
  id: "07734bd2-2473-4f07-94e1-0d9f0e6843cf",
  results: rerankScores(count).map((relevance_score, i) => ({ index: (i * 7) % count, relevance_score })),
  meta: { api_version: { version: "2", is_experimental: false }, billed_units: { search_units: 10 } }
})
