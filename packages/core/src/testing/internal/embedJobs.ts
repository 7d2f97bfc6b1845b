/** Embed jobs: each look at one shows how far it was, and lets it go on. */
import * as Either from "effect/Either"
import type { CreateEmbedJobRequest, EmbedJob } from "../../EmbedJobs.ts"
import type * as ModelsApi from "../../Models.ts"
import type { JsonObject } from "../../Wire.ts"
import type { Clock } from "./clock.ts"
import { type Datasets, sampled } from "./datasets.ts"
import * as Embeddings from "./embeddings.ts"
import type { HandlersOf, IdsOf } from "./handler.ts"
import * as Models from "./models.ts"
import { notFound, type Rejection } from "./rejection.ts"

interface Stored {
  job: EmbedJob
  readonly request: CreateEmbedJobRequest
  readonly model: ModelsApi.Model
  readonly rows: ReadonlyArray<JsonObject>
}

/** The rows of the result that can be seen, each with its embedding beside what it was. */
const embed = ({ model, request, rows }: Stored): ReadonlyArray<JsonObject> =>
  rows.slice(0, sampled).map((row) => {
    const { embeddings } = Embeddings.respond({
      model: request.model,
      input_type: request.input_type,
      texts: [String(row["text"])],
      embedding_types: request.embedding_types ?? ["float"],
      truncate: request.truncate ?? "END"
    }, model)
    return { ...row, embeddings: Object.fromEntries(Object.entries(embeddings).map(([form, all]) => [form, all?.[0]])) }
  })

/** The functions behind the operations: no jobs at first. */
export const make = (
  models: ReadonlyArray<ModelsApi.Model>,
  clock: Clock,
  datasets: Datasets
): HandlersOf<IdsOf<"embedJobs">> => {
  const all = new Map<string, Stored>()

  const find = (id: string): Either.Either<Stored, Rejection> =>
    Either.fromNullable(all.get(id), () => notFound(`embed job with id ${id} not found`))

  const goOn = (stored: Stored): void => {
    const { job } = stored
    if (job.status === "cancelling") stored.job = { ...job, status: "cancelled" }
    if (job.status === "processing") {
      const name = `${job.name ?? job.job_id}-result`
      const output = datasets.add(name, "embed-result", embed(stored), stored.rows.length)
      stored.job = { ...job, status: "complete", output_dataset_id: output }
    }
  }

  return {
    "embedJobs.list": () => Either.right({ embed_jobs: [...all.values()].reverse().map(({ job }) => job) }),
    "embedJobs.create": (request) =>
      Either.all({
        model: Models.serving(models, request.model, "embed"),
        rows: datasets.rows(request.dataset_id, (type) => type === "embed-input")
      }).pipe(Either.map(({ model, rows }) => {
        const { at, id } = clock()
        const job: EmbedJob = {
          job_id: id,
          ...(request.name === undefined ? {} : { name: request.name }),
          status: "processing",
          created_at: at,
          input_dataset_id: request.dataset_id,
          model: request.model,
          truncate: request.truncate ?? "END",
          meta: { api_version: { version: "1" } }
        }
        all.set(id, { job, request, model, rows })
        return { job_id: id, meta: { api_version: { version: "1" } } }
      })),
    "embedJobs.get": ({ id }) =>
      Either.map(find(id), (stored) => {
        const { job } = stored
        goOn(stored)
        return job
      }),
    "embedJobs.cancel": ({ id }) =>
      Either.map(find(id), (stored) => {
        // Too late for a job that has ended; the server says nothing of it.
        if (stored.job.status === "processing") stored.job = { ...stored.job, status: "cancelling" }
      })
  }
}
