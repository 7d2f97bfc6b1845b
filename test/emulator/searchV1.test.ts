import type { EmbedByTypeResponse, EmbedFloatsResponse, RerankResponse } from "@effect-cohere/core/V1"
import { assert, describe, it } from "@effect/vitest"
import { embed, ok, refusal, rerank } from "./api.ts"

describe("v1 embed", () => {
  const body = { model: "embed-v4.0", input_type: "search_document", texts: ["a river", "a bread"] }

  it("answers plain floats without embedding_types, the same numbers as v2", async () => {
    const response = await ok<EmbedFloatsResponse>("/v1/embed", { body })
    assert.strictEqual(response.response_type, "embeddings_floats")
    assert.deepStrictEqual(response.embeddings, (await embed({ texts: body.texts })).embeddings.float)
    assert.deepStrictEqual(response.texts, body.texts)
    assert.deepStrictEqual(response.meta?.api_version, { version: "1" })
    assert.isAbove(response.meta?.billed_units?.input_tokens ?? 0, 0)
  })

  it("answers by form with embedding_types", async () => {
    const embedding_types = ["int8", "float"] as const
    const response = await ok<EmbedByTypeResponse>("/v1/embed", { body: { ...body, embedding_types } })
    assert.strictEqual(response.response_type, "embeddings_by_type")
    assert.deepStrictEqual(response.embeddings, (await embed({ texts: body.texts, embedding_types })).embeddings)
  })

  it("takes the default model when none is given", async () => {
    const { model: _, ...rest } = body
    const response = await ok<EmbedFloatsResponse>("/v1/embed", { body: rest })
    assert.strictEqual(response.embeddings[0]?.length, 1536)
  })

  it("refuses what the real server refuses, in its words", async () => {
    const reason = (more: object) => refusal("/v1/embed", { ...body, ...more })
    assert.strictEqual(
      await reason({ input_type: null }),
      "400 invalid request: valid input_type must be provided with the provided model"
    )
    assert.strictEqual(
      await reason({ texts: Array.from({ length: 104 }, () => "a") }),
      "400 invalid request: total number of texts must be at most 96 - received 104"
    )
    assert.strictEqual(
      await reason({ texts: [""] }),
      "400 invalid request: inputs contains a element that is the empty string at index 0"
    )
    assert.strictEqual(
      await reason({ texts: null, images: ["data:image/png;base64,AAAA"] }),
      "400 invalid request: images must be used with input_type=image"
    )
    assert.match(
      await reason({ model: "embed-english-v3.0", texts: ["word ".repeat(600)], truncate: "NONE" }),
      /^400 too many tokens: /
    )
    assert.match(await reason({ model: "rerank-v3.5" }), /^400 .*not supported by the embed API/)
  })
})

describe("v1 rerank", () => {
  const documents = [
    { title: "Paris", text: "Paris lies on the Seine.", n: 1 },
    { title: "Bread", text: "How to bake bread." },
    "Madrid is a city."
  ]
  const body = { model: "rerank-v3.5", query: "Where does Paris lie?", documents }

  it("orders texts and objects by their text, with the scores of v2", async () => {
    const response = await ok<RerankResponse>("/v1/rerank", { body })
    const same = await rerank(body.query, documents.map((each) => typeof each === "string" ? each : each.text))
    assert.deepStrictEqual(response.results, same.results)
    assert.deepStrictEqual(response.meta, { api_version: { version: "1" }, billed_units: { search_units: 1 } })
  })

  it("orders by other fields, whatever is in them", async () => {
    const { results } = await ok<RerankResponse>("/v1/rerank", {
      body: { ...body, documents: documents.slice(0, 2), query: "1", rank_fields: ["n", "title"] }
    })
    assert.strictEqual(results[0]?.index, 0)
    assert.isAbove(results[0]?.relevance_score ?? 0, results[1]?.relevance_score ?? 1)
  })

  it("returns the documents if wanted: objects as they came, texts as objects", async () => {
    const { results } = await ok<RerankResponse>("/v1/rerank", { body: { ...body, return_documents: true } })
    const of = (index: number) => results.find((each) => each.index === index)?.document
    assert.deepStrictEqual([of(0), of(1), of(2)], [documents[0], documents[1], { text: "Madrid is a city." }])
  })

  it("refuses what the real server refuses, in its words", async () => {
    const reason = (more: object) => refusal("/v1/rerank", { ...body, ...more })
    assert.strictEqual(
      await reason({ query: " " }),
      "400 invalid request: query must not be empty or be only whitespace"
    )
    assert.strictEqual(await reason({ documents: [] }), "400 invalid request: list of documents must not be empty")
    assert.strictEqual(
      await reason({ rank_fields: [] }),
      "400 invalid request: rank_fields cannot be empty, it must either contain at least one field or be omitted"
    )
    assert.strictEqual(
      await reason({ documents: Array.from({ length: 1_000 }, () => "a") }),
      "400 invalid request: number of total max chunks (number of documents * max chunks per doc) must be less than 10000"
    )
    assert.strictEqual(
      await reason({ documents: ["a", "b", "c", "d"], top_n: 0 }),
      "400 invalid request: return_top_n is invalid, value must be between 1 and 4"
    )
    assert.match(await reason({ documents: [{ title: "a" }] }), /^400 invalid request: document at index 0 .* text/)
    await ok("/v1/rerank", { body: { ...body, documents: Array.from({ length: 999 }, () => "a") } })
    await ok("/v1/rerank", {
      body: { ...body, documents: Array.from({ length: 1_000 }, () => "a"), max_chunks_per_doc: 9 }
    })
  })
})
