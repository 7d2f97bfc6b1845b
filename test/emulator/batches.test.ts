import type { Batch, BatchResponse, ListBatchesResponse } from "@effect-cohere/core/Batches"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import { assert, describe, it } from "@effect/vitest"
import { model, ok, refusal, refused, settled, upload } from "./api.ts"

const world = async () => {
  const emulator = Emulator.make()
  const dataset = await upload(emulator, "{\"custom_id\":\"a\",\"text\":\"Hello!\"}\n{\"text\":\"Bye!\"}", {
    file: "a.jsonl",
    type: "batch-chat-v2-input"
  })
  await settled(emulator, dataset)
  const body = { name: "greetings", input_dataset_id: dataset, model }
  return {
    emulator,
    body,
    create: async (more: object = {}): Promise<Batch> =>
      (await ok<BatchResponse>("/v2/batches", { body: { ...body, ...more } }, emulator)).batch,
    get: async (id = ""): Promise<Batch> => (await ok<BatchResponse>(`/v2/batches/${id}`, {}, emulator)).batch,
    cancel: (id = "") => ok(`/v2/batches/${id}:cancel`, { method: "POST" }, emulator),
    list: async (query = "") => ok<ListBatchesResponse>(`/v2/batches${query}`, {}, emulator)
  }
}

describe("a batch", () => {
  it("is queued, then in progress, then completed, with counters and a dataset of answers", async () => {
    const { body, create, emulator, get } = await world()
    const created = await create()
    assert.deepInclude(created, { ...body, status: "BATCH_STATUS_QUEUED", num_records: 2 })
    assert.deepStrictEqual(await get(created.id ?? ""), created)
    const running = await get(created.id ?? "")
    assert.strictEqual(running.status, "BATCH_STATUS_IN_PROGRESS")
    assert.isAbove(Date.parse(running.updated_at ?? ""), Date.parse(created.updated_at ?? ""))
    assert.isUndefined(running.output_dataset_id)
    const done = await get(created.id ?? "")
    assert.deepInclude(done, { status: "BATCH_STATUS_COMPLETED", num_records: 2, num_successful_records: 2 })
    // 64-bit integers are texts here.
    assert.match(String(done.input_tokens), /^[1-9]\d*$/)
    assert.strictEqual(typeof done.input_tokens, "string")
    assert.strictEqual(typeof done.output_tokens, "string")
    const output = await settled(emulator, done.output_dataset_id ?? "")
    assert.strictEqual(output.dataset_parts?.[0]?.num_rows, 2)
    assert.deepInclude(JSON.parse(output.dataset_parts?.[0]?.samples?.[0] ?? ""), { custom_id: "a" })
    assert.deepStrictEqual(await get(created.id ?? ""), done)
  })

  it("ignores what only the server sets", async () => {
    const { create } = await world()
    const { id, status } = await create({ id: "mine", status: "BATCH_STATUS_COMPLETED", org_id: "mine" })
    assert.notStrictEqual(id, "mine")
    assert.strictEqual(status, "BATCH_STATUS_QUEUED")
  })

  it("is cancelled by a path with a colon, even when its id has one", async () => {
    const { cancel, create, emulator, get } = await world()
    const { id } = await create()
    assert.deepStrictEqual(await cancel(id ?? ""), {})
    assert.strictEqual((await get(id ?? "")).status, "BATCH_STATUS_CANCELING")
    assert.strictEqual((await get(id ?? "")).status, "BATCH_STATUS_CANCELED")
    assert.deepStrictEqual(await cancel(id ?? ""), {})
    assert.strictEqual((await get(id ?? "")).status, "BATCH_STATUS_CANCELED")
    assert.match(await refused("/v2/batches/a%3Ab:cancel", { method: "POST" }, emulator), /^404 .*a:b/)
    const response = await emulator.fetch(
      new Request(`https://api.cohere.com/v2/batches/${id}`, {
        method: "POST",
        headers: { authorization: "Bearer any" }
      })
    )
    assert.strictEqual(await response.text(), "404 page not found")
  })

  it("is listed in pages, in the order that is asked for", async () => {
    const { create, get, list } = await world()
    const ids: Array<string | null | undefined> = []
    for (const name of ["a", "b", "c"]) ids.push((await create({ name })).id)
    const first = await list("?page_size=2&order_by=created_at")
    assert.deepStrictEqual(first.batches?.map(({ id }) => id), ids.slice(0, 2))
    const second = await list(`?page_size=2&order_by=created_at&page_token=${first.next_page_token}`)
    assert.deepStrictEqual(second.batches?.map(({ id }) => id), ids.slice(2))
    assert.notProperty(second, "next_page_token")
    assert.deepStrictEqual((await list("?order_by=created_at%20desc")).batches?.map(({ id }) => id), [...ids].reverse())
    // It moves on with this look.
    await get(ids[0] ?? "")
    assert.deepStrictEqual((await list("?order_by=updated_at")).batches?.map(({ id }) => id), [ids[1], ids[2], ids[0]])
    for (const size of [0, 5_000]) assert.strictEqual((await list(`?page_size=${size}`)).batches?.length, 3)
  })

  it("needs a validated dataset for batches, a model, and an order that there is", async () => {
    const { body, emulator } = await world()
    const reason = (more: object) => refusal("/v2/batches", { ...body, ...more }, emulator)
    assert.strictEqual(await reason({ input_dataset_id: "xyz" }), "404 dataset with id xyz not found")
    const embed = await upload(emulator, "text\na\n")
    await settled(emulator, embed)
    assert.match(await reason({ input_dataset_id: embed }), /^400 .*'embed-input'/)
    const fresh = await upload(emulator, "{\"a\":1}", { file: "a.jsonl", type: "batch-chat-input" })
    assert.match(await reason({ input_dataset_id: fresh }), /^400 .*'processing'/)
    assert.match(await reason({ model: "nope" }), /^404 model 'nope'/)
    assert.match(await refused("/v2/batches?order_by=name", {}, emulator), /^400 .*created_at or updated_at/)
    assert.match(await refused("/v2/batches?page_token=x", {}, emulator), /^400 .*page_token/)
  })
})
