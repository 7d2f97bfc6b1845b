/** Fine-tuned models. Nothing is trained: each look at one shows how far it was, and lets it go on. */
import * as Either from "effect/Either"
import type { CreateFinetunedModelRequest, Event, FinetunedModel, Settings, Status } from "../../Finetuning.ts"
import type { TrainingStepMetrics } from "../../Finetuning.ts"
import type { Clock } from "./clock.ts"
import type { Datasets } from "./datasets.ts"
import type { HandlersOf, IdsOf } from "./handler.ts"
import * as Organization from "./organization.ts"
import * as Pages from "./pages.ts"
import { invalid, notFound, type Rejection } from "./rejection.ts"

interface Stored {
  readonly model: FinetunedModel
  /** What it went through, the last of which it is. */
  readonly events: ReadonlyArray<Event>
}

const following: { readonly [status: string]: Status } = {
  STATUS_QUEUED: "STATUS_FINETUNING",
  STATUS_FINETUNING: "STATUS_READY"
}

const stepsPerEpoch = 10

/** The settings without the secret of another service. */
const visible = ({ wandb, ...rest }: Settings): Settings => {
  if (wandb == null) return rest
  const { api_key: _, ...shown } = wandb
  return { ...rest, wandb: shown }
}

/** What was measured, once it is trained. A step 0 is left out, as everywhere in this service. */
const metricsOf = ({ events, model }: Stored): ReadonlyArray<TrainingStepMetrics> => {
  const trained = events.find(({ status }) => status === "STATUS_READY")
  if (trained === undefined) return []
  const steps = stepsPerEpoch * (model.settings?.hyperparameters?.train_epochs ?? 1)
  return Array.from({ length: steps }, (_, step) => ({
    ...(step === 0 ? {} : { step_number: step }),
    created_at: trained.created_at ?? "",
    metrics: { loss: 1 / (step + 1), accuracy: 1 - 1 / (step + 2) }
  }))
}

/** As usual behind a gateway, 0 means nothing. */
const sizeOf = (pageSize: number | undefined): number => Math.max(pageSize ?? 0, 0) || 50

const byCreation = { created_at: (one: { readonly created_at?: string | null | undefined }) => one.created_at ?? "" }

/** The functions behind the operations: no models at first. */
export const make = (clock: Clock, datasets: Datasets): HandlersOf<IdsOf<"finetuning">> => {
  const all = new Map<string, Stored>()

  const find = (id: string): Either.Either<Stored, Rejection> =>
    Either.fromNullable(all.get(id), () => notFound(`finetuned model ${id} not found`))

  const checkSettings = ({ dataset_id }: CreateFinetunedModelRequest["settings"]) =>
    Either.mapLeft(datasets.check(dataset_id), ({ message }) => invalid(message))

  const goOn = (id: string, { events, model }: Stored): void => {
    const status = following[model.status ?? ""]
    if (status === undefined) return
    const { at } = clock()
    all.set(id, {
      model: { ...model, status, updated_at: at, ...(status === "STATUS_READY" ? { completed_at: at } : {}) },
      events: [...events, { status, created_at: at }]
    })
  }

  return {
    "finetuning.listFinetunedModels": ({ order_by, page_size, page_token }) =>
      Pages.ordered([...all.values()].map(({ model }) => model), order_by, byCreation).pipe(
        Either.flatMap((models) => Pages.byToken(models, page_token, sizeOf(page_size))),
        Either.map(({ items, next }) => ({ finetuned_models: items, ...next, total_size: all.size }))
      ),
    "finetuning.createFinetunedModel": ({ name, settings }) =>
      Either.map(checkSettings(settings), () => {
        const { at, id } = clock()
        const model: FinetunedModel = {
          id,
          name,
          creator_id: Organization.user,
          organization_id: Organization.id,
          settings: visible(settings),
          status: "STATUS_QUEUED",
          created_at: at,
          updated_at: at
        }
        all.set(id, { model, events: [{ user_id: Organization.user, status: "STATUS_QUEUED", created_at: at }] })
        return { finetuned_model: model }
      }),
    "finetuning.getFinetunedModel": ({ id }) =>
      Either.map(find(id), (stored) => {
        goOn(id, stored)
        return { finetuned_model: stored.model }
      }),
    "finetuning.deleteFinetunedModel": ({ id }) =>
      Either.map(find(id), () => {
        all.delete(id)
        return {}
      }),
    "finetuning.updateFinetunedModel": ({ id, name, settings }) =>
      Either.all({ stored: find(id), settings: checkSettings(settings) }).pipe(Either.map(({ stored }) => {
        const model = { ...stored.model, name, settings: visible(settings), updated_at: clock().at }
        all.set(id, { ...stored, model })
        return { finetuned_model: model }
      })),
    "finetuning.listEvents": ({ finetuned_model_id, order_by, page_size, page_token }) =>
      find(finetuned_model_id).pipe(
        Either.flatMap(({ events }) => Pages.ordered(events, order_by, byCreation)),
        Either.flatMap((events) =>
          Either.map(
            Pages.byToken(events, page_token, sizeOf(page_size)),
            ({ items, next }) => ({ events: items, ...next, total_size: events.length })
          )
        )
      ),
    "finetuning.listTrainingStepMetrics": ({ finetuned_model_id, page_size, page_token }) =>
      find(finetuned_model_id).pipe(
        Either.flatMap((stored) => Pages.byToken(metricsOf(stored), page_token, sizeOf(page_size))),
        Either.map(({ items, next }) => ({ step_metrics: items, ...next }))
      )
  }
}
