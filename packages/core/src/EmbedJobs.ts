/**
 * Embed jobs: embeddings of a whole dataset, made in the background into another dataset.
 *
 * @see https://docs.cohere.com/docs/embed-jobs-api
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { ApiMeta } from "./ApiMeta.ts"
import type { CohereClient } from "./CohereClient.ts"
import type { CommonError } from "./CohereError.ts"
import { EmbeddingType, InputType } from "./Embed.ts"
import * as Endpoint from "./Endpoint.ts"
import * as Lazy from "./internal/lazy.ts"
import { known, maybe } from "./Wire.ts"

/** How far a job is. `complete`, `cancelled` and `failed` are final. */
export const EmbedJobStatus = Lazy.schema(() => known("processing", "complete", "cancelling", "cancelled", "failed"))
/** See {@link EmbedJobStatus}. */
export type EmbedJobStatus = Schema.Schema.Type<typeof EmbedJobStatus>

/** An embed job. */
export const EmbedJob = Lazy.Struct(() => ({
  job_id: Schema.String,
  name: maybe(Schema.String),
  status: EmbedJobStatus,
  /** When it was created; `Timestamp` decodes it. */
  created_at: maybe(Schema.String),
  input_dataset_id: maybe(Schema.String),
  /** The dataset with the embeddings, once the job is complete. */
  output_dataset_id: maybe(Schema.String),
  model: maybe(Schema.String),
  truncate: maybe(known("START", "END")),
  meta: maybe(ApiMeta)
}))
/** See {@link EmbedJob}. */
export interface EmbedJob extends Schema.Schema.Type<typeof EmbedJob> {}

// ---------------------------------------------------------------------------------------------------------------------
// List
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link list} answers. */
export const ListEmbedJobsResponse = Lazy.Struct(() => ({
  embed_jobs: maybe(Schema.Array(EmbedJob))
}))
/** See {@link ListEmbedJobsResponse}. */
export interface ListEmbedJobsResponse extends Schema.Schema.Type<typeof ListEmbedJobsResponse> {}

/** The descriptor of {@link list} and {@link listAll}. */
export const listEndpoint = Endpoint.paged({
  id: "embedJobs.list",
  method: "GET",
  path: "/v1/embed-jobs",
  success: ListEmbedJobsResponse,
  paging: Endpoint.onePage((page: ListEmbedJobsResponse) => page.embed_jobs),
  docs: "https://docs.cohere.com/reference/list-embed-jobs"
})

/**
 * Lists all embed jobs of your organization: there are no pages.
 *
 * @example
 * ```ts
 * import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
 * import * as Effect from "effect/Effect"
 *
 * const running = EmbedJobs.list.pipe(
 *   Effect.map(({ embed_jobs }) => embed_jobs?.filter((job) => job.status === "processing"))
 * )
 * ```
 *
 * @see https://docs.cohere.com/reference/list-embed-jobs
 */
export const list: Effect.Effect<ListEmbedJobsResponse, CommonError, CohereClient> = Endpoint.call(listEndpoint)({})

/**
 * Streams all embed jobs of your organization.
 *
 * @example
 * ```ts
 * import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
 * import * as Stream from "effect/Stream"
 *
 * const complete = EmbedJobs.listAll.pipe(Stream.filter((job) => job.status === "complete"), Stream.runCollect)
 * ```
 *
 * @see https://docs.cohere.com/reference/list-embed-jobs
 */
export const listAll: Stream.Stream<EmbedJob, CommonError, CohereClient> = Endpoint.items(listEndpoint)({})

// ---------------------------------------------------------------------------------------------------------------------
// Create
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link create} takes. */
export const CreateEmbedJobRequest = Lazy.Struct(() => ({
  /** The model's name, for example `embed-english-v3.0`. */
  model: Schema.String,
  /** A dataset of type `embed-input` whose `validation_status` is `validated`. */
  dataset_id: Schema.String,
  /** What the embeddings are for. */
  input_type: InputType,
  /** A name for the job. */
  name: Schema.optional(Schema.String),
  /** Which forms of each embedding to make. Default `["float"]`. */
  embedding_types: Schema.optional(Schema.Array(EmbeddingType)),
  /** Where to cut texts that are too long. Default `END`; there is no `NONE`. */
  truncate: Schema.optional(Schema.Literal("START", "END"))
}))
/** See {@link CreateEmbedJobRequest}. */
export interface CreateEmbedJobRequest extends Schema.Schema.Type<typeof CreateEmbedJobRequest> {}

/** What {@link create} answers. */
export const CreateEmbedJobResponse = Lazy.Struct(() => ({
  job_id: Schema.String,
  meta: maybe(ApiMeta)
}))
/** See {@link CreateEmbedJobResponse}. */
export interface CreateEmbedJobResponse extends Schema.Schema.Type<typeof CreateEmbedJobResponse> {}

/** The descriptor of {@link create}. */
export const createEndpoint = Endpoint.unary({
  id: "embedJobs.create",
  method: "POST",
  path: "/v1/embed-jobs",
  payload: CreateEmbedJobRequest,
  success: CreateEmbedJobResponse,
  retry: "refused",
  docs: "https://docs.cohere.com/reference/create-embed-job"
})

/**
 * Starts an embed job. Ask {@link get} how far it is.
 *
 * Fails with the common errors. Sent again only when the server has refused it, so that no job is started twice.
 *
 * @example
 * ```ts
 * import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
 *
 * const job = EmbedJobs.create({
 *   model: "embed-english-v3.0",
 *   dataset_id: "my-dataset-id",
 *   input_type: "search_document"
 * })
 * ```
 *
 * @see https://docs.cohere.com/reference/create-embed-job
 */
export const create: (
  request: CreateEmbedJobRequest
) => Effect.Effect<CreateEmbedJobResponse, CommonError, CohereClient> = Endpoint.call(createEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// One job
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link get} and {@link cancel} take. */
export interface EmbedJobRequest {
  /** The `job_id`. */
  readonly id: string
}

const params = Lazy.Struct(() => ({ id: Schema.String }))

/** The descriptor of {@link get}. */
export const getEndpoint = Endpoint.unary({
  id: "embedJobs.get",
  method: "GET",
  path: "/v1/embed-jobs/{id}",
  params,
  success: EmbedJob,
  docs: "https://docs.cohere.com/reference/get-embed-job"
})

/**
 * Looks up an embed job.
 *
 * Fails with `NotFound` when there is none of this id, and with the other common errors.
 *
 * @example
 * ```ts
 * import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
 * import * as Effect from "effect/Effect"
 * import * as Schedule from "effect/Schedule"
 *
 * const done = EmbedJobs.get({ id: "my-job-id" }).pipe(
 *   Effect.repeat(Schedule.recurUntil((job: EmbedJobs.EmbedJob) => job.status !== "processing").pipe(
 *     Schedule.addDelay(() => "10 seconds")
 *   ))
 * )
 * ```
 *
 * @see https://docs.cohere.com/reference/get-embed-job
 */
export const get: (request: EmbedJobRequest) => Effect.Effect<EmbedJob, CommonError, CohereClient> = Endpoint.call(
  getEndpoint
)

/** The descriptor of {@link cancel}. */
export const cancelEndpoint = Endpoint.unary({
  id: "embedJobs.cancel",
  method: "POST",
  path: "/v1/embed-jobs/{id}/cancel",
  params,
  success: Schema.Void,
  answer: "nothing",
  docs: "https://docs.cohere.com/reference/cancel-embed-job"
})

/**
 * Cancels an embed job: it becomes `cancelling`, then `cancelled`. What it has embedded so far is billed.
 *
 * Fails with `NotFound` when there is none of this id, and with the other common errors.
 *
 * @example
 * ```ts
 * import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
 *
 * const program = EmbedJobs.cancel({ id: "my-job-id" })
 * ```
 *
 * @see https://docs.cohere.com/reference/cancel-embed-job
 */
export const cancel: (request: EmbedJobRequest) => Effect.Effect<void, CommonError, CohereClient> = Endpoint.call(
  cancelEndpoint
)
