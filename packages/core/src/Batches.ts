/**
 * Batches: many chat or embed requests of a dataset, answered in the background into another dataset.
 *
 * @see https://docs.cohere.com/reference/list-batches
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { CohereClient } from "./CohereClient.ts"
import type { CommonError } from "./CohereError.ts"
import * as Endpoint from "./Endpoint.ts"
import * as Lazy from "./internal/lazy.ts"
import { Int64, JsonObject, known, maybe, named } from "./Wire.ts"

/**
 * How far a batch is. `BATCH_STATUS_COMPLETED`, `BATCH_STATUS_FAILED` and `BATCH_STATUS_CANCELED` are final; absent is
 * `BATCH_STATUS_UNSPECIFIED`.
 */
export const BatchStatus = Lazy.schema(() =>
  known(
    "BATCH_STATUS_UNSPECIFIED",
    "BATCH_STATUS_QUEUED",
    "BATCH_STATUS_IN_PROGRESS",
    "BATCH_STATUS_CANCELING",
    "BATCH_STATUS_COMPLETED",
    "BATCH_STATUS_FAILED",
    "BATCH_STATUS_CANCELED"
  )
)
/** See {@link BatchStatus}. */
export type BatchStatus = Schema.Schema.Type<typeof BatchStatus>

/** A batch. Zeros, empty texts and `false` may be left out of answers. */
export const Batch = Lazy.Struct(() => ({
  id: Schema.String,
  name: maybe(Schema.String),
  creator_id: maybe(Schema.String),
  org_id: maybe(Schema.String),
  status: maybe(BatchStatus),
  /** When it was created; `Timestamp` decodes it. */
  created_at: maybe(Schema.String),
  updated_at: maybe(Schema.String),
  input_dataset_id: maybe(Schema.String),
  /** The dataset with the answers, once the batch is completed. */
  output_dataset_id: maybe(Schema.String),
  /** A text on the wire. */
  input_tokens: maybe(Int64),
  /** A text on the wire. */
  output_tokens: maybe(Int64),
  model: maybe(Schema.String),
  num_records: maybe(Schema.Number),
  num_successful_records: maybe(Schema.Number),
  num_failed_records: maybe(Schema.Number),
  /** Why `status` is what it is. */
  status_reason: maybe(Schema.String)
}))
/** See {@link Batch}. */
export interface Batch extends Schema.Schema.Type<typeof Batch> {}

/** What {@link create} and {@link retrieve} answer. */
export const BatchResponse = Lazy.Struct(() => ({ batch: named<Batch>(Batch) }))
/** See {@link BatchResponse}. */
export interface BatchResponse extends Schema.Schema.Type<typeof BatchResponse> {}

// ---------------------------------------------------------------------------------------------------------------------
// List
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link list} and {@link listAll} take. */
export const ListBatchesRequest = Lazy.Struct(() => ({
  /** How many batches on a page. Default 50; more than 1000 become 1000. */
  page_size: Schema.optional(Schema.Int),
  /** The `next_page_token` of the page before. */
  page_token: Schema.optional(Schema.String),
  /** `created_at` or `updated_at`, perhaps with ` desc` behind it. */
  order_by: Schema.optional(Schema.String)
}))
/** See {@link ListBatchesRequest}. */
export interface ListBatchesRequest extends Schema.Schema.Type<typeof ListBatchesRequest> {}

/** A page of batches. */
export const ListBatchesResponse = Lazy.Struct(() => ({
  batches: maybe(Schema.Array(Batch)),
  /** Absent or empty on the last page. */
  next_page_token: maybe(Schema.String)
}))
/** See {@link ListBatchesResponse}. */
export interface ListBatchesResponse extends Schema.Schema.Type<typeof ListBatchesResponse> {}

/** The descriptor of {@link list} and {@link listAll}. */
export const listEndpoint = Endpoint.paged({
  id: "batches.list",
  method: "GET",
  path: "/v2/batches",
  query: ListBatchesRequest,
  success: ListBatchesResponse,
  paging: Endpoint.byToken((page: ListBatchesResponse) => page.batches),
  docs: "https://docs.cohere.com/reference/list-batches"
})

/**
 * Lists one page of the batches of your organization.
 *
 * @example
 * ```ts
 * import * as Batches from "@effect-cohere/core/Batches"
 *
 * const page = Batches.list({ page_size: 10, order_by: "created_at desc" })
 * ```
 *
 * @see https://docs.cohere.com/reference/list-batches
 */
export const list: (request: ListBatchesRequest) => Effect.Effect<ListBatchesResponse, CommonError, CohereClient> =
  Endpoint.call(listEndpoint)

/**
 * Streams the batches of all pages. A page is fetched when its batches are wanted.
 *
 * @example
 * ```ts
 * import * as Batches from "@effect-cohere/core/Batches"
 * import * as Stream from "effect/Stream"
 *
 * const failed = Batches.listAll({}).pipe(
 *   Stream.filter((batch) => batch.status === "BATCH_STATUS_FAILED"),
 *   Stream.runCollect
 * )
 * ```
 *
 * @see https://docs.cohere.com/reference/list-batches
 */
export const listAll: (request: ListBatchesRequest) => Stream.Stream<Batch, CommonError, CohereClient> = Endpoint.items(
  listEndpoint
)

// ---------------------------------------------------------------------------------------------------------------------
// Create
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link create} takes. */
export const CreateBatchRequest = Lazy.Struct(() => ({
  /** A name for the batch. */
  name: Schema.String,
  /**
   * A dataset of type `batch-chat-v2-input`, `batch-chat-input`, `batch-openai-chat-input` or `batch-embed-v2-input`
   * whose `validation_status` is `validated`.
   */
  input_dataset_id: Schema.String,
  /** The model that answers. */
  model: Schema.String
}))
/** See {@link CreateBatchRequest}. */
export interface CreateBatchRequest extends Schema.Schema.Type<typeof CreateBatchRequest> {}

/** The descriptor of {@link create}. */
export const createEndpoint = Endpoint.unary({
  id: "batches.create",
  method: "POST",
  path: "/v2/batches",
  payload: CreateBatchRequest,
  success: BatchResponse,
  retry: "refused",
  docs: "https://docs.cohere.com/reference/create-batch"
})

/**
 * Starts a batch. Ask {@link retrieve} how far it is.
 *
 * Fails with the common errors. Sent again only when the server has refused it, so that no batch is started twice.
 *
 * @example
 * ```ts
 * import * as Batches from "@effect-cohere/core/Batches"
 *
 * const program = Batches.create({
 *   name: "nightly",
 *   input_dataset_id: "my-dataset-id",
 *   model: "command-a-03-2025"
 * })
 * ```
 *
 * @see https://docs.cohere.com/reference/create-batch
 */
export const create: (request: CreateBatchRequest) => Effect.Effect<BatchResponse, CommonError, CohereClient> = Endpoint
  .call(createEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// One batch
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link retrieve} and {@link cancel} take. */
export interface BatchRequest {
  /** The batch's id. */
  readonly id: string
}

const params = Lazy.Struct(() => ({ id: Schema.String }))

/** The descriptor of {@link retrieve}. */
export const retrieveEndpoint = Endpoint.unary({
  id: "batches.retrieve",
  method: "GET",
  path: "/v2/batches/{id}",
  params,
  success: BatchResponse,
  docs: "https://docs.cohere.com/reference/retrieve-batch"
})

/**
 * Looks up a batch.
 *
 * Fails with `NotFound` when there is none of this id, and with the other common errors.
 *
 * @example
 * ```ts
 * import * as Batches from "@effect-cohere/core/Batches"
 * import * as Effect from "effect/Effect"
 *
 * const progress = Batches.retrieve({ id: "my-batch-id" }).pipe(
 *   Effect.map(({ batch }) => (batch.num_successful_records ?? 0) / (batch.num_records ?? 1))
 * )
 * ```
 *
 * @see https://docs.cohere.com/reference/retrieve-batch
 */
export const retrieve: (request: BatchRequest) => Effect.Effect<BatchResponse, CommonError, CohereClient> = Endpoint
  .call(retrieveEndpoint)

/** The descriptor of {@link cancel}. */
export const cancelEndpoint = Endpoint.unary({
  id: "batches.cancel",
  method: "POST",
  path: "/v2/batches/{id}:cancel",
  params,
  success: JsonObject,
  answer: "empty",
  docs: "https://docs.cohere.com/reference/cancel-batch"
})

/**
 * Cancels a batch: it becomes `BATCH_STATUS_CANCELING`, then `BATCH_STATUS_CANCELED`. Answers an empty object.
 *
 * Fails with `NotFound` when there is none of this id, and with the other common errors.
 *
 * @example
 * ```ts
 * import * as Batches from "@effect-cohere/core/Batches"
 *
 * const program = Batches.cancel({ id: "my-batch-id" })
 * ```
 *
 * @see https://docs.cohere.com/reference/cancel-batch
 */
export const cancel: (request: BatchRequest) => Effect.Effect<JsonObject, CommonError, CohereClient> = Endpoint.call(
  cancelEndpoint
)
