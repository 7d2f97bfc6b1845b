/**
 * Datasets: files of rows that are uploaded, checked and kept for 30 days, for embed jobs and batches; and what those
 * have made.
 *
 * @see https://docs.cohere.com/docs/datasets
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { CohereClient } from "./CohereClient.ts"
import type { CommonError, UploadFailed } from "./CohereError.ts"
import * as Endpoint from "./Endpoint.ts"
import * as Lazy from "./internal/lazy.ts"
import { Upload } from "./Upload.ts"
import { Int64, JsonObject, known, maybe, named } from "./Wire.ts"

/** The known types of datasets. */
export const datasetTypes = [
  "embed-input",
  "embed-result",
  "cluster-result",
  "cluster-outliers",
  "reranker-finetune-input",
  "single-label-classification-finetune-input",
  "chat-finetune-input",
  "multi-label-classification-finetune-input",
  "batch-chat-input",
  "batch-openai-chat-input",
  "batch-embed-v2-input",
  "batch-chat-v2-input"
] as const

/** What the rows of a dataset are for. For new datasets, use `embed-input` or one of the `batch-…` types. */
export const DatasetType = Lazy.schema(() => known(...datasetTypes))
/** See {@link DatasetType}. */
export type DatasetType = Schema.Schema.Type<typeof DatasetType>

/** How far the check of a dataset is. `failed`, `validated` and `skipped` are final. */
export const DatasetValidationStatus = Lazy.schema(() =>
  known("unknown", "queued", "processing", "failed", "validated", "skipped")
)
/** See {@link DatasetValidationStatus}. */
export type DatasetValidationStatus = Schema.Schema.Type<typeof DatasetValidationStatus>

// ---------------------------------------------------------------------------------------------------------------------
// A dataset
// ---------------------------------------------------------------------------------------------------------------------

/** A file of a dataset. */
export const DatasetPart = Lazy.Struct(() => ({
  id: maybe(Schema.String),
  name: maybe(Schema.String),
  /** Where to download it, as an Avro object container file: signed, so that it needs no key and must stay secret. */
  url: maybe(Schema.String),
  index: maybe(Schema.Number),
  size_bytes: maybe(Schema.Number),
  num_rows: maybe(Schema.Number),
  /** Where to download the file as it was uploaded, if `keep_original_file` was set. Signed, too. */
  original_url: maybe(Schema.String),
  /** A few of its rows. */
  samples: maybe(Schema.Array(Schema.String))
}))
/** See {@link DatasetPart}. */
export interface DatasetPart extends Schema.Schema.Type<typeof DatasetPart> {}

/** What was counted in a dataset for fine-tuning. */
export const FinetuneDatasetMetrics = Lazy.Struct(() => ({
  trainable_token_count: maybe(Int64),
  total_examples: maybe(Int64),
  train_examples: maybe(Int64),
  train_size_bytes: maybe(Int64),
  eval_examples: maybe(Int64),
  eval_size_bytes: maybe(Int64),
  reranker_data_metrics: maybe(Schema.Struct({
    num_train_queries: maybe(Int64),
    num_train_relevant_passages: maybe(Int64),
    num_train_hard_negatives: maybe(Int64),
    num_eval_queries: maybe(Int64),
    num_eval_relevant_passages: maybe(Int64),
    num_eval_hard_negatives: maybe(Int64)
  })),
  chat_data_metrics: maybe(Schema.Struct({
    num_train_turns: maybe(Int64),
    num_eval_turns: maybe(Int64),
    preamble: maybe(Schema.String)
  })),
  classify_data_metrics: maybe(Schema.Struct({
    label_metrics: maybe(Schema.Array(Schema.Struct({
      total_examples: maybe(Int64),
      label: maybe(Schema.String),
      samples: maybe(Schema.Array(Schema.String))
    })))
  }))
}))
/** See {@link FinetuneDatasetMetrics}. */
export interface FinetuneDatasetMetrics extends Schema.Schema.Type<typeof FinetuneDatasetMetrics> {}

/** A dataset. */
export const Dataset = Lazy.Struct(() => ({
  id: Schema.String,
  name: maybe(Schema.String),
  /** When it was created; `Timestamp` decodes it. It is deleted 30 days later. */
  created_at: maybe(Schema.String),
  updated_at: maybe(Schema.String),
  dataset_type: maybe(DatasetType),
  validation_status: maybe(DatasetValidationStatus),
  /** Why `validation_status` is `failed`. */
  validation_error: maybe(Schema.String),
  /** The Avro schema of the rows, as JSON text. */
  schema: maybe(Schema.String),
  required_fields: maybe(Schema.Array(Schema.String)),
  preserve_fields: maybe(Schema.Array(Schema.String)),
  dataset_parts: maybe(Schema.Array(DatasetPart)),
  /** For example about rows that were left out. */
  validation_warnings: maybe(Schema.Array(Schema.String)),
  /** How the file was read. */
  parse_info: maybe(Schema.Struct({ separator: maybe(Schema.String), delimiter: maybe(Schema.String) })),
  metrics: maybe(Schema.Struct({
    finetune_dataset_metrics: maybe(FinetuneDatasetMetrics),
    embed_data: maybe(Schema.Struct({
      fields: maybe(Schema.Array(Schema.Struct({ name: maybe(Schema.String), count: maybe(Int64) })))
    }))
  }))
}))
/** See {@link Dataset}. */
export interface Dataset extends Schema.Schema.Type<typeof Dataset> {}

// ---------------------------------------------------------------------------------------------------------------------
// List
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link list} and {@link listAll} take. Two names are in camel case on the wire, and so here. */
export const ListDatasetsRequest = Lazy.Struct(() => ({
  /** Only datasets of this type. */
  datasetType: Schema.optional(DatasetType),
  /** Only datasets created before this time, for example `2026-01-31T00:00:00Z`; `Timestamp.format` writes one. */
  before: Schema.optional(Schema.String),
  /** Only datasets created after this time. */
  after: Schema.optional(Schema.String),
  /** How many datasets on a page. */
  limit: Schema.optional(Schema.Int),
  /** How many datasets to leave out at the beginning. Default 0. */
  offset: Schema.optional(Schema.Int),
  /** Only datasets whose check is that far. */
  validationStatus: Schema.optional(DatasetValidationStatus)
}))
/** See {@link ListDatasetsRequest}. */
export interface ListDatasetsRequest extends Schema.Schema.Type<typeof ListDatasetsRequest> {}

/** A page of datasets. */
export const ListDatasetsResponse = Lazy.Struct(() => ({
  datasets: maybe(Schema.Array(Dataset))
}))
/** See {@link ListDatasetsResponse}. */
export interface ListDatasetsResponse extends Schema.Schema.Type<typeof ListDatasetsResponse> {}

/** The descriptor of {@link list} and {@link listAll}. */
export const listEndpoint = Endpoint.paged({
  id: "datasets.list",
  method: "GET",
  path: "/v1/datasets",
  query: ListDatasetsRequest,
  success: ListDatasetsResponse,
  paging: Endpoint.byOffset((page: ListDatasetsResponse) => page.datasets),
  docs: "https://docs.cohere.com/reference/list-datasets"
})

/**
 * Lists one page of the datasets of your organization.
 *
 * @example
 * ```ts
 * import * as Datasets from "@effect-cohere/core/Datasets"
 *
 * const page = Datasets.list({ datasetType: "embed-result", limit: 20 })
 * ```
 *
 * @see https://docs.cohere.com/reference/list-datasets
 */
export const list: (request: ListDatasetsRequest) => Effect.Effect<ListDatasetsResponse, CommonError, CohereClient> =
  Endpoint.call(listEndpoint)

/**
 * Streams the datasets of all pages. A page is fetched when its datasets are wanted; `limit` is the size of each.
 *
 * @example
 * ```ts
 * import * as Datasets from "@effect-cohere/core/Datasets"
 * import * as Stream from "effect/Stream"
 *
 * const broken = Datasets.listAll({ validationStatus: "failed" }).pipe(
 *   Stream.map((dataset) => dataset.validation_error),
 *   Stream.runCollect
 * )
 * ```
 *
 * @see https://docs.cohere.com/reference/list-datasets
 */
export const listAll: (request: ListDatasetsRequest) => Stream.Stream<Dataset, CommonError, CohereClient> = Endpoint
  .items(listEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// Create
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link create} takes. */
export const CreateDatasetRequest = Lazy.Struct(() => ({
  /** Shorter than 50 characters; need not be unique. */
  name: Schema.String.pipe(
    Schema.filter((name) =>
      [...name].length < 50 ? undefined : `must be shorter than 50 characters, got ${[...name].length}: shorten it`
    )
  ),
  /** What the rows are for; it says which fields they must have. */
  type: DatasetType,
  /** Whether to keep the file as it is uploaded, beside the rows. */
  keep_original_file: Schema.optional(Schema.Boolean),
  /** Whether to leave out broken rows, which then appear in `validation_warnings`, instead of failing. */
  skip_malformed_input: Schema.optional(Schema.Boolean),
  /** Other fields to keep; the check fails when a row lacks one. */
  keep_fields: Schema.optional(Schema.Array(Schema.String)),
  /** Other fields to keep where a row has them. */
  optional_fields: Schema.optional(Schema.Array(Schema.String)),
  /** What separates the rows of a raw `.txt` file. */
  text_separator: Schema.optional(Schema.String),
  /** What separates the columns of a `.csv` file: one character. */
  csv_delimiter: Schema.optional(Schema.String.pipe(
    Schema.filter((delimiter) =>
      [...delimiter].length === 1 ? undefined : `must be one character, got ${[...delimiter].length}`
    )
  )),
  /**
   * Whether only to check the file.
   *
   * @deprecated Removed by Cohere.
   */
  dry_run: Schema.optional(Schema.Boolean),
  /** The rows: a `.csv` or `.jsonl` file, of at most 1.5 GB. */
  data: Upload,
  /** Rows to evaluate with, for fine-tuning. */
  eval_data: Schema.optional(Upload)
}))

/** See {@link CreateDatasetRequest}. */
export interface CreateDatasetRequest extends Schema.Schema.Type<typeof CreateDatasetRequest> {}

/** What {@link create} answers. */
export const CreateDatasetResponse = Lazy.Struct(() => ({
  id: Schema.String
}))
/** See {@link CreateDatasetResponse}. */
export interface CreateDatasetResponse extends Schema.Schema.Type<typeof CreateDatasetResponse> {}

/** What {@link create} can fail with. */
export type CreateDatasetError = UploadFailed | CommonError

/** The descriptor of {@link create}. */
export const createEndpoint = Endpoint.upload({
  id: "datasets.create",
  method: "POST",
  path: "/v1/datasets",
  query: Lazy.schema(() => CreateDatasetRequest.omit("data", "eval_data")),
  payload: Lazy.schema(() => CreateDatasetRequest.pick("data", "eval_data")),
  success: CreateDatasetResponse,
  retry: "refused",
  docs: "https://docs.cohere.com/reference/create-dataset"
})

/**
 * Uploads a file as a dataset, without holding it in memory. The server checks it afterwards: ask {@link get} until
 * `validation_status` is `validated` or `failed`.
 *
 * Fails with {@link CreateDatasetError}: `UploadFailed` when the file cannot be read to its end, and the common errors.
 * Sent again only when the server has refused it, so that no dataset is created twice. An attempt may take as long as
 * `Timeouts.attempt`, 5 minutes by default: give large files more.
 *
 * @example
 * ```ts
 * import * as Datasets from "@effect-cohere/core/Datasets"
 * import * as Timeouts from "@effect-cohere/core/Timeouts"
 * import * as Upload from "@effect-cohere/core/Upload"
 *
 * const program = Datasets.create({
 *   name: "rivers",
 *   type: "embed-input",
 *   data: Upload.make("rivers.jsonl", `{"text":"The Seine flows through Paris.","country":"France"}\n`),
 *   keep_fields: ["country"]
 * }).pipe(Timeouts.with({ attempt: "30 minutes" }))
 * ```
 *
 * @see https://docs.cohere.com/reference/create-dataset
 */
export const create: (
  request: CreateDatasetRequest
) => Effect.Effect<CreateDatasetResponse, CreateDatasetError, CohereClient> = Endpoint.call(createEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// Usage
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link getUsage} answers. */
export const GetUsageResponse = Lazy.Struct(() => ({
  /** Bytes of all datasets of your organization, of at most 10 GB. */
  organization_usage: maybe(Int64)
}))
/** See {@link GetUsageResponse}. */
export interface GetUsageResponse extends Schema.Schema.Type<typeof GetUsageResponse> {}

/** The descriptor of {@link getUsage}. */
export const getUsageEndpoint = Endpoint.unary({
  id: "datasets.getUsage",
  method: "GET",
  path: "/v1/datasets/usage",
  success: GetUsageResponse,
  docs: "https://docs.cohere.com/reference/get-dataset-usage"
})

/**
 * Tells how much storage the datasets of your organization take.
 *
 * @example
 * ```ts
 * import * as Datasets from "@effect-cohere/core/Datasets"
 * import * as Effect from "effect/Effect"
 *
 * const gigabytes = Datasets.getUsage.pipe(Effect.map(({ organization_usage }) => Number(organization_usage ?? 0) / 1e9))
 * ```
 *
 * @see https://docs.cohere.com/reference/get-dataset-usage
 */
export const getUsage: Effect.Effect<GetUsageResponse, CommonError, CohereClient> = Endpoint.call(getUsageEndpoint)({})

// ---------------------------------------------------------------------------------------------------------------------
// One dataset
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link get} and {@link delete} take. */
export interface DatasetRequest {
  /** The dataset's id. */
  readonly id: string
}

const params = Lazy.Struct(() => ({
  id: Schema.String.pipe(
    Schema.filter((id) => id === "usage" ? "must not be \"usage\", which is no dataset: call getUsage" : undefined)
  )
}))

/** What {@link get} answers. */
export const GetDatasetResponse = Lazy.Struct(() => ({ dataset: named<Dataset>(Dataset) }))
/** See {@link GetDatasetResponse}. */
export interface GetDatasetResponse extends Schema.Schema.Type<typeof GetDatasetResponse> {}

/** The descriptor of {@link get}. */
export const getEndpoint = Endpoint.unary({
  id: "datasets.get",
  method: "GET",
  path: "/v1/datasets/{id}",
  params,
  success: GetDatasetResponse,
  docs: "https://docs.cohere.com/reference/get-dataset"
})

/**
 * Looks up a dataset.
 *
 * Fails with `NotFound` when there is none of this id, and with the other common errors.
 *
 * @example
 * ```ts
 * import * as Datasets from "@effect-cohere/core/Datasets"
 * import * as Effect from "effect/Effect"
 *
 * const status = Datasets.get({ id: "my-dataset-id" }).pipe(Effect.map(({ dataset }) => dataset.validation_status))
 * ```
 *
 * @see https://docs.cohere.com/reference/get-dataset
 */
export const get: (request: DatasetRequest) => Effect.Effect<GetDatasetResponse, CommonError, CohereClient> = Endpoint
  .call(getEndpoint)

/** The descriptor of {@link delete}. */
export const deleteEndpoint = Endpoint.unary({
  id: "datasets.delete",
  method: "DELETE",
  path: "/v1/datasets/{id}",
  params,
  success: JsonObject,
  answer: "empty",
  docs: "https://docs.cohere.com/reference/delete-dataset"
})

const delete_: (request: DatasetRequest) => Effect.Effect<JsonObject, CommonError, CohereClient> = Endpoint.call(
  deleteEndpoint
)

export {
  /**
   * Deletes a dataset. Answers an empty object.
   *
   * Fails with `NotFound` when there is none of this id, and with the other common errors.
   *
   * @example
   * ```ts
   * import * as Datasets from "@effect-cohere/core/Datasets"
   *
   * const program = Datasets.delete({ id: "my-dataset-id" })
   * ```
   *
   * @see https://docs.cohere.com/reference/delete-dataset
   */
  delete_ as delete
}
