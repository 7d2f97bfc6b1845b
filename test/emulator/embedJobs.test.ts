import type { CreateEmbedJobResponse, EmbedJob, ListEmbedJobsResponse } from "@effect-cohere/core/EmbedJobs"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import type { EmbedResponse } from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import { ok, refusal, refused, request, settled, upload } from "./api.ts"

const world = async () => {
  const emulator = Emulator.make()
  const dataset = await upload(emulator, "text,lang\nThe Seine,fr\nThe Manzanares,es\nThe Tiber,it\nThe Spree,de\n", {
    query: "&keep_fields=lang"
  })
  await settled(emulator, dataset)
  const body = { model: "embed-english-v3.0", dataset_id: dataset, input_type: "search_document", name: "rivers" }
  return {
    emulator,
    body,
    create: async (more: object = {}) =>
      (await ok<CreateEmbedJobResponse>("/v1/embed-jobs", { body: { ...body, ...more } }, emulator)).job_id,
    get: (id: string) => ok<EmbedJob>(`/v1/embed-jobs/${id}`, {}, emulator)
  }
}

describe("an embed job", () => {
  it("is processing at first, then complete, with a dataset of embeddings", async () => {
    const { body, create, emulator, get } = await world()
    const id = await create({ embedding_types: ["float", "int8"] })
    const first = await get(id)
    assert.deepInclude(first, {
      job_id: id,
      name: "rivers",
      status: "processing",
      input_dataset_id: body.dataset_id,
      model: body.model,
      truncate: "END"
    })
    assert.isUndefined(first.output_dataset_id)
    const second = await get(id)
    assert.strictEqual(second.status, "complete")
    const output = await settled(emulator, second.output_dataset_id ?? "")
    assert.deepInclude(output, { dataset_type: "embed-result", validation_status: "validated" })
    const [part] = output.dataset_parts ?? []
    assert.strictEqual(part?.num_rows, 4)
    assert.isUndefined(part?.url)
    const row = JSON.parse(part?.samples?.[1] ?? "") as { text: string; lang: string; embeddings: object }
    const { embeddings } = await ok<EmbedResponse>("/v2/embed", {
      body: {
        model: body.model,
        input_type: body.input_type,
        texts: ["The Manzanares"],
        embedding_types: ["float", "int8"]
      }
    })
    assert.deepStrictEqual(row, {
      text: "The Manzanares",
      lang: "es",
      embeddings: { float: embeddings.float?.[0], int8: embeddings.int8?.[0] }
    })
    assert.deepStrictEqual(await get(id), second)
  })

  it("is cancelled with an empty answer, which takes a look; a complete one stays complete", async () => {
    const { create, emulator, get } = await world()
    const id = await create()
    const response = await emulator.fetch(request(`/v1/embed-jobs/${id}/cancel`, { method: "POST" }))
    assert.deepStrictEqual([response.status, await response.text()], [200, ""])
    assert.deepStrictEqual([(await get(id)).status, (await get(id)).status, (await get(id)).status], [
      "cancelling",
      "cancelled",
      "cancelled"
    ])
    const complete = await create()
    await get(complete)
    assert.strictEqual((await get(complete)).status, "complete")
    await emulator.fetch(request(`/v1/embed-jobs/${complete}/cancel`, { method: "POST" }))
    assert.strictEqual((await get(complete)).status, "complete")
  })

  it("is listed newest first", async () => {
    const { create, emulator } = await world()
    const ids = [await create(), await create()]
    const { embed_jobs } = await ok<ListEmbedJobsResponse>("/v1/embed-jobs", {}, emulator)
    assert.deepStrictEqual(embed_jobs?.map(({ job_id }) => job_id), ids.reverse())
  })

  it("needs a validated dataset for embeddings and a model that embeds", async () => {
    const { body, emulator } = await world()
    const reason = (more: object) => refusal("/v1/embed-jobs", { ...body, ...more }, emulator)
    assert.strictEqual(await reason({ dataset_id: "xyz" }), "404 dataset with id xyz not found")
    const fresh = await upload(emulator, "text\na\n")
    assert.match(await reason({ dataset_id: fresh }), /^400 invalid request: .* not validated.*'processing'/)
    const broken = await upload(emulator, "other\na\n")
    await settled(emulator, broken)
    assert.match(await reason({ dataset_id: broken }), /^400 invalid request: .*'failed'/)
    const chat = await upload(emulator, "{\"a\":1}", { file: "a.jsonl", type: "batch-chat-v2-input" })
    await settled(emulator, chat)
    assert.match(await reason({ dataset_id: chat }), /^400 invalid request: .*'batch-chat-v2-input'/)
    assert.match(await reason({ model: "rerank-v3.5" }), /^400 .*not supported by the embed API/)
    assert.match(await reason({ model: "nope" }), /^404 model 'nope' not found/)
    assert.match(await reason({ truncate: "NONE" }), /^400 invalid request: truncate: /)
  })

  it("is not found when there is none", async () => {
    assert.match(await refused("/v1/embed-jobs/nope"), /^404 .*nope/)
    assert.match(await refused("/v1/embed-jobs/nope/cancel", { method: "POST" }), /^404 .*nope/)
  })
})
