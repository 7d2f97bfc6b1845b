import type {
  FinetunedModel,
  FinetunedModelResponse,
  ListEventsResponse,
  ListFinetunedModelsResponse,
  ListTrainingStepMetricsResponse
} from "@effect-cohere/core/Finetuning"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import { assert, describe, it } from "@effect/vitest"
import { ok, refusal, refused, upload } from "./api.ts"

const path = "/v1/finetuning/finetuned-models"

const world = async () => {
  const emulator = Emulator.make()
  const dataset_id = await upload(emulator, "{\"messages\":[]}", { file: "a.jsonl", type: "chat-finetune-input" })
  const settings = { base_model: { base_type: "BASE_TYPE_CHAT" }, dataset_id }
  const modelOf = ({ finetuned_model }: FinetunedModelResponse): FinetunedModel => finetuned_model ?? {}
  return {
    emulator,
    settings,
    create: async (more: object = {}) =>
      modelOf(await ok(path, { body: { name: "support", settings, ...more } }, emulator)),
    get: async (id: string | null | undefined) => modelOf(await ok(`${path}/${id}`, {}, emulator)),
    update: async (id: string | null | undefined, body: object) =>
      modelOf(await ok(`${path}/${id}`, { method: "PATCH", body }, emulator))
  }
}

describe("a fine-tuned model", () => {
  it("is queued, then trained, then ready; its events and metrics tell of it", async () => {
    const { create, emulator, get, settings } = await world()
    const trained = { ...settings, hyperparameters: { train_epochs: 2 } }
    const created = await create({ settings: trained })
    assert.deepInclude(created, { name: "support", settings: trained, status: "STATUS_QUEUED" })
    const metrics = (query = "") =>
      ok<ListTrainingStepMetricsResponse>(`${path}/${created.id}/training-step-metrics${query}`, {}, emulator)
    assert.deepStrictEqual((await metrics()).step_metrics, [])
    assert.deepStrictEqual(await get(created.id), created)
    assert.strictEqual((await get(created.id)).status, "STATUS_FINETUNING")
    const ready = await get(created.id)
    assert.strictEqual(ready.status, "STATUS_READY")
    assert.strictEqual(ready.completed_at, ready.updated_at)
    assert.deepStrictEqual(await get(created.id), ready)

    const { events, total_size } = await ok<ListEventsResponse>(`${path}/${created.id}/events`, {}, emulator)
    assert.deepStrictEqual(events?.map(({ status }) => status), ["STATUS_QUEUED", "STATUS_FINETUNING", "STATUS_READY"])
    assert.strictEqual(total_size, 3)
    const latest = await ok<ListEventsResponse>(
      `${path}/${created.id}/events?order_by=created_at%20desc&page_size=1`,
      {},
      emulator
    )
    assert.deepStrictEqual(latest.events?.map(({ status }) => status), ["STATUS_READY"])

    const all = (await metrics()).step_metrics ?? []
    assert.notProperty(all[0], "step_number")
    assert.deepStrictEqual(all.slice(1).map(({ step_number }) => step_number), all.slice(1).map((_, i) => i + 1))
    const first = await metrics("?page_size=15")
    const second = await metrics(`?page_size=15&page_token=${first.next_page_token}`)
    assert.deepStrictEqual([...first.step_metrics ?? [], ...second.step_metrics ?? []], all)
    assert.isAtMost(second.step_metrics?.length ?? 15, 14)
    assert.notProperty(second, "next_page_token")
  })

  it("keeps what the server sets, and no secret of another service", async () => {
    const { create, settings, update } = await world()
    const wandb = { project: "p", api_key: "hush" }
    const created = await create({
      id: "mine",
      status: "STATUS_READY",
      creator_id: "mine",
      settings: { ...settings, wandb }
    })
    assert.notStrictEqual(created.id, "mine")
    assert.notStrictEqual(created.creator_id, "mine")
    assert.strictEqual(created.status, "STATUS_QUEUED")
    assert.deepStrictEqual(created.settings?.wandb, { project: "p" })
    const updated = await update(created.id, {
      name: "other",
      settings: { ...settings, wandb },
      status: "STATUS_DELETED",
      created_at: "1999-01-01T00:00:00Z"
    })
    assert.deepStrictEqual(updated, { ...created, name: "other", updated_at: updated.updated_at })
  })

  it("is listed in pages with the number of all, and deleted for good", async () => {
    const { create, emulator } = await world()
    const ids: Array<string | null | undefined> = []
    for (const name of ["a", "b", "c"]) ids.push((await create({ name })).id)
    const list = (query: string) => ok<ListFinetunedModelsResponse>(`${path}${query}`, {}, emulator)
    const first = await list("?page_size=2")
    assert.deepStrictEqual(first.finetuned_models?.map(({ id }) => id), ids.slice(0, 2))
    const second = await list(`?page_size=2&page_token=${first.next_page_token}`)
    assert.deepStrictEqual(second.finetuned_models?.map(({ id }) => id), ids.slice(2))
    assert.deepStrictEqual([first.total_size, second.total_size], [3, 3])
    assert.strictEqual((await list("?page_size=0")).finetuned_models?.length, 3)
    assert.deepStrictEqual(
      (await list("?order_by=created_at%20desc")).finetuned_models?.map(({ id }) => id),
      [...ids].reverse()
    )
    assert.match(await refused(`${path}?order_by=name`, {}, emulator), /^400 .*created_at/)

    assert.deepStrictEqual(await ok(`${path}/${ids[0]}`, { method: "DELETE" }, emulator), {})
    const missing = `404 finetuned model ${ids[0]} not found`
    assert.strictEqual(await refused(`${path}/${ids[0]}`, {}, emulator), missing)
    assert.strictEqual(await refused(`${path}/${ids[0]}`, { method: "DELETE" }, emulator), missing)
    assert.strictEqual(await refused(`${path}/${ids[0]}/events`, {}, emulator), missing)
    assert.strictEqual(await refused(`${path}/${ids[0]}/training-step-metrics`, {}, emulator), missing)
  })

  it("needs a dataset that there is", async () => {
    const { create, emulator, settings } = await world()
    const body = { name: "a", settings: { ...settings, dataset_id: "xyz" } }
    assert.match(await refusal(path, body, emulator), /^400 .*dataset with id xyz not found/)
    const { id } = await create()
    assert.match(
      await refused(`${path}/${id}`, { method: "PATCH", body }, emulator),
      /^400 .*dataset with id xyz not found/
    )
  })
})
