/** Batches: each look at one shows how far it was, and lets it go on. */
import * as Either from "effect/Either"
import type { Batch, BatchStatus } from "../../Batches.ts"
import type * as ModelsApi from "../../Models.ts"
import type { JsonObject } from "../../Wire.ts"
import type { Clock } from "./clock.ts"
import { type Datasets, sampled } from "./datasets.ts"
import type { HandlersOf, IdsOf } from "./handler.ts"
import * as Models from "./models.ts"
import * as Organization from "./organization.ts"
import * as Pages from "./pages.ts"
import { notFound, type Rejection } from "./rejection.ts"
import * as Tokens from "./tokens.ts"

interface Stored {
  batch: Batch
  readonly rows: ReadonlyArray<JsonObject>
}

/** What the emulator says to a record: of their form, nothing is documented that a model could answer. */
const answer = (row: JsonObject, index: number): JsonObject => ({
  custom_id: row["custom_id"] ?? String(index),
  text: `The emulator has read ${Tokens.count(JSON.stringify(row))} tokens of this record.`
})

const sum = (rows: ReadonlyArray<JsonObject>): string =>
  String(rows.reduce((n, row) => n + Tokens.count(JSON.stringify(row)), 0))

const following: { readonly [status: string]: BatchStatus } = {
  BATCH_STATUS_QUEUED: "BATCH_STATUS_IN_PROGRESS",
  BATCH_STATUS_IN_PROGRESS: "BATCH_STATUS_COMPLETED",
  BATCH_STATUS_CANCELING: "BATCH_STATUS_CANCELED"
}

/** The functions behind the operations: no batches at first. */
export const make = (
  models: ReadonlyArray<ModelsApi.Model>,
  clock: Clock,
  datasets: Datasets
): HandlersOf<IdsOf<"batches">> => {
  const all = new Map<string, Stored>()

  const find = (id: string): Either.Either<Stored, Rejection> =>
    Either.fromNullable(all.get(id), () => notFound(`batch with id ${id} not found`))

  const become = (stored: Stored, status: BatchStatus): void => {
    const { batch, rows } = stored
    stored.batch = { ...batch, status, updated_at: clock().at }
    if (status !== "BATCH_STATUS_COMPLETED") return
    const answers = rows.map(answer)
    const type = (datasets.typeOf(batch.input_dataset_id ?? "") ?? "batch-input").replace(/-input$/, "-output")
    stored.batch = {
      ...stored.batch,
      num_successful_records: rows.length,
      input_tokens: sum(rows),
      output_tokens: sum(answers),
      output_dataset_id: datasets.add(`${batch.name}-output`, type, answers.slice(0, sampled), rows.length)
    }
  }

  return {
    "batches.list": ({ order_by, page_size, page_token }) =>
      Pages.ordered([...all.values()].map(({ batch }) => batch), order_by, {
        created_at: (batch) => batch.created_at ?? "",
        updated_at: (batch) => batch.updated_at ?? ""
      }).pipe(
        // As usual behind a gateway, 0 means nothing.
        Either.flatMap((batches) =>
          Pages.byToken(batches, page_token, Math.min(Math.max(page_size ?? 0, 0) || 50, 1_000))
        ),
        Either.map(({ items, next }) => ({ batches: items, ...next }))
      ),
    "batches.create": ({ input_dataset_id, model, name }) =>
      Either.all({
        model: Models.get(models, model),
        rows: datasets.rows(input_dataset_id, (type) => type.startsWith("batch-"))
      }).pipe(Either.map(({ rows }) => {
        const { at, id } = clock()
        const batch: Batch = {
          id,
          name,
          creator_id: Organization.user,
          org_id: Organization.id,
          status: "BATCH_STATUS_QUEUED",
          created_at: at,
          updated_at: at,
          input_dataset_id,
          model,
          num_records: rows.length
        }
        all.set(id, { batch, rows })
        return { batch }
      })),
    "batches.retrieve": ({ id }) =>
      Either.map(find(id), (stored) => {
        const { batch } = stored
        const next = following[batch.status ?? ""]
        if (next !== undefined) become(stored, next)
        return { batch }
      }),
    "batches.cancel": ({ id }) =>
      Either.map(find(id), (stored) => {
        const isOver = following[stored.batch.status ?? ""] === undefined
        if (!isOver) become(stored, "BATCH_STATUS_CANCELING")
        return {}
      })
  }
}
