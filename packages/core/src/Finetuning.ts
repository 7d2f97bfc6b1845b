/**
 * Fine-tuned models. Cohere has retired the service on 2025-09-15: what was fine-tuned can no longer be called.
 *
 * @see https://docs.cohere.com/docs/fine-tuning
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { CohereClient } from "./CohereClient.ts"
import type { CommonError } from "./CohereError.ts"
import * as Endpoint from "./Endpoint.ts"
import * as Lazy from "./internal/lazy.ts"
import { JsonObject, known, maybe, named } from "./Wire.ts"

const deprecated = "nothing: the service is retired"

// ---------------------------------------------------------------------------------------------------------------------
// A fine-tuned model
// ---------------------------------------------------------------------------------------------------------------------

/** What a model is fine-tuned for. */
export const BaseType = Lazy.schema(() =>
  known(
    "BASE_TYPE_UNSPECIFIED",
    "BASE_TYPE_GENERATIVE",
    "BASE_TYPE_CLASSIFICATION",
    "BASE_TYPE_RERANK",
    "BASE_TYPE_CHAT"
  )
)
/** See {@link BaseType}. */
export type BaseType = Schema.Schema.Type<typeof BaseType>

/** How a model is fine-tuned. */
export const Strategy = Lazy.schema(() => known("STRATEGY_UNSPECIFIED", "STRATEGY_VANILLA", "STRATEGY_TFEW"))
/** See {@link Strategy}. */
export type Strategy = Schema.Schema.Type<typeof Strategy>

/** Which parts of a model are fine-tuned. */
export const LoraTargetModules = Lazy.schema(() =>
  known(
    "LORA_TARGET_MODULES_UNSPECIFIED",
    "LORA_TARGET_MODULES_QV",
    "LORA_TARGET_MODULES_QKVO",
    "LORA_TARGET_MODULES_QKVO_FFN"
  )
)
/** See {@link LoraTargetModules}. */
export type LoraTargetModules = Schema.Schema.Type<typeof LoraTargetModules>

/** How far a fine-tuned model is. */
export const Status = Lazy.schema(() =>
  known(
    "STATUS_UNSPECIFIED",
    "STATUS_FINETUNING",
    "STATUS_DEPLOYING_API",
    "STATUS_READY",
    "STATUS_FAILED",
    "STATUS_DELETED",
    "STATUS_TEMPORARILY_OFFLINE",
    "STATUS_PAUSED",
    "STATUS_QUEUED"
  )
)
/** See {@link Status}. */
export type Status = Schema.Schema.Type<typeof Status>

/** How the training goes; what is left out has its default. */
export const Hyperparameters = Lazy.Struct(() => ({
  early_stopping_patience: maybe(Schema.Number),
  early_stopping_threshold: maybe(Schema.Number),
  train_batch_size: maybe(Schema.Number),
  train_epochs: maybe(Schema.Number),
  learning_rate: maybe(Schema.Number),
  lora_alpha: maybe(Schema.Number),
  lora_rank: maybe(Schema.Number),
  lora_target_modules: maybe(LoraTargetModules)
}))
/** See {@link Hyperparameters}. */
export interface Hyperparameters extends Schema.Schema.Type<typeof Hyperparameters> {}

/** What a model is made from, and how. */
export const Settings = Lazy.Struct(() => ({
  base_model: maybe(Schema.Struct({
    name: maybe(Schema.String),
    /** Set by the server. */
    version: maybe(Schema.String),
    base_type: maybe(BaseType),
    /** @deprecated The server chooses. */
    strategy: maybe(Strategy)
  })),
  dataset_id: maybe(Schema.String),
  hyperparameters: maybe(Hyperparameters),
  /** For classification; set by the server. */
  multi_label: maybe(Schema.Boolean),
  /** Where to report metrics, for chat: Weights & Biases. */
  wandb: maybe(Schema.Struct({
    project: maybe(Schema.String),
    /** A secret of that service. */
    api_key: maybe(Schema.String),
    entity: maybe(Schema.String)
  }))
}))
/** See {@link Settings}. */
export interface Settings extends Schema.Schema.Type<typeof Settings> {}

/** A fine-tuned model. Zeros, empty texts and `false` may be left out of answers. */
export const FinetunedModel = Lazy.Struct(() => ({
  id: maybe(Schema.String),
  name: maybe(Schema.String),
  settings: maybe(Settings),
  creator_id: maybe(Schema.String),
  organization_id: maybe(Schema.String),
  status: maybe(Status),
  /** When it was created; `Timestamp` decodes it. */
  created_at: maybe(Schema.String),
  updated_at: maybe(Schema.String),
  completed_at: maybe(Schema.String),
  /** @deprecated The server no longer sets it. */
  last_used: maybe(Schema.String)
}))
/** See {@link FinetunedModel}. */
export interface FinetunedModel extends Schema.Schema.Type<typeof FinetunedModel> {}

/** What the operations on one model answer. */
export const FinetunedModelResponse = Lazy.Struct(() => ({
  finetuned_model: maybe(named<FinetunedModel>(FinetunedModel))
}))
/** See {@link FinetunedModelResponse}. */
export interface FinetunedModelResponse extends Schema.Schema.Type<typeof FinetunedModelResponse> {}

/** {@link Settings} as requests have them. */
const settings = Lazy.Struct(() => ({
  /** The model to begin with. */
  base_model: Schema.Struct({
    /** Its name. Default: the current one of this type. */
    name: Schema.optional(Schema.String),
    /** Set by the server. */
    version: Schema.optional(Schema.String),
    /** What it is fine-tuned for. */
    base_type: BaseType,
    /** @deprecated The server chooses. */
    strategy: Schema.optional(Strategy)
  }),
  /** A dataset whose `validation_status` is `validated`. */
  dataset_id: Schema.String,
  /** How the training goes. Default: as the server chooses. */
  hyperparameters: Schema.optional(Schema.Struct({
    /** After how many evaluations without progress the training stops. */
    early_stopping_patience: Schema.optional(Schema.Int),
    /** What counts as progress. */
    early_stopping_threshold: Schema.optional(Schema.JsonNumber),
    /** How many examples a step of the training sees. */
    train_batch_size: Schema.optional(Schema.Int),
    /** How often the training sees all examples. */
    train_epochs: Schema.optional(Schema.Int),
    /** How far a step of the training goes. */
    learning_rate: Schema.optional(Schema.JsonNumber),
    /** How much the fine-tuned part counts. */
    lora_alpha: Schema.optional(Schema.Int),
    /** How large the fine-tuned part is. */
    lora_rank: Schema.optional(Schema.Int),
    /** Which parts of the model are fine-tuned. */
    lora_target_modules: Schema.optional(LoraTargetModules)
  })),
  /** For classification; set by the server. */
  multi_label: Schema.optional(Schema.Boolean),
  /** Where to report metrics, for chat: Weights & Biases. */
  wandb: Schema.optional(Schema.Struct({
    project: Schema.String,
    api_key: Schema.String,
    entity: Schema.optional(Schema.String)
  }))
}))

const path = "/v1/finetuning/finetuned-models"

// ---------------------------------------------------------------------------------------------------------------------
// List
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link listFinetunedModels} and {@link listAllFinetunedModels} take. */
export const ListFinetunedModelsRequest = Lazy.Struct(() => ({
  /** How many on a page. Default, and 0: 50. */
  page_size: Schema.optional(Schema.Int),
  /** The `next_page_token` of the page before. */
  page_token: Schema.optional(Schema.String),
  /** `created_at`, perhaps with ` desc` behind it. */
  order_by: Schema.optional(Schema.String)
}))
/** See {@link ListFinetunedModelsRequest}. */
export interface ListFinetunedModelsRequest extends Schema.Schema.Type<typeof ListFinetunedModelsRequest> {}

/** A page of fine-tuned models. */
export const ListFinetunedModelsResponse = Lazy.Struct(() => ({
  finetuned_models: maybe(Schema.Array(FinetunedModel)),
  /** Absent or empty on the last page. */
  next_page_token: maybe(Schema.String),
  /** Of all pages. */
  total_size: maybe(Schema.Number)
}))
/** See {@link ListFinetunedModelsResponse}. */
export interface ListFinetunedModelsResponse extends Schema.Schema.Type<typeof ListFinetunedModelsResponse> {}

/** The descriptor of {@link listFinetunedModels} and {@link listAllFinetunedModels}. */
export const listFinetunedModelsEndpoint = Endpoint.paged({
  id: "finetuning.listFinetunedModels",
  method: "GET",
  path,
  query: ListFinetunedModelsRequest,
  success: ListFinetunedModelsResponse,
  paging: Endpoint.byToken((page: ListFinetunedModelsResponse) => page.finetuned_models),
  docs: "https://docs.cohere.com/reference/listfinetunedmodels",
  deprecated
})

/**
 * Lists one page of the models that your organization has fine-tuned.
 *
 * @example
 * ```ts
 * import * as Finetuning from "@effect-cohere/core/Finetuning"
 *
 * const page = Finetuning.listFinetunedModels({ order_by: "created_at desc" })
 * ```
 *
 * @deprecated The service is retired.
 * @see https://docs.cohere.com/reference/listfinetunedmodels
 */
export const listFinetunedModels: (
  request: ListFinetunedModelsRequest
) => Effect.Effect<ListFinetunedModelsResponse, CommonError, CohereClient> = Endpoint.call(listFinetunedModelsEndpoint)

/**
 * Streams the fine-tuned models of all pages. A page is fetched when its models are wanted.
 *
 * @deprecated The service is retired.
 * @see https://docs.cohere.com/reference/listfinetunedmodels
 */
export const listAllFinetunedModels: (
  request: ListFinetunedModelsRequest
) => Stream.Stream<FinetunedModel, CommonError, CohereClient> = Endpoint.items(listFinetunedModelsEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// Create
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link createFinetunedModel} takes: the model itself. What the server sets can be left out. */
export const CreateFinetunedModelRequest = Lazy.Struct(() => ({
  /** A name for the model. */
  name: Schema.String,
  /** What it is made from, and how. */
  settings,
  /** Set by the server. */
  id: Schema.optional(Schema.String),
  /** Set by the server. */
  creator_id: Schema.optional(Schema.String),
  /** Set by the server. */
  organization_id: Schema.optional(Schema.String),
  /** Set by the server. */
  status: Schema.optional(Status),
  /** Set by the server. */
  created_at: Schema.optional(Schema.String),
  /** Set by the server. */
  updated_at: Schema.optional(Schema.String),
  /** Set by the server. */
  completed_at: Schema.optional(Schema.String),
  /** @deprecated The server no longer sets it. */
  last_used: Schema.optional(Schema.String)
}))
/** See {@link CreateFinetunedModelRequest}. */
export interface CreateFinetunedModelRequest extends Schema.Schema.Type<typeof CreateFinetunedModelRequest> {}

/** The descriptor of {@link createFinetunedModel}. */
export const createFinetunedModelEndpoint = Endpoint.unary({
  id: "finetuning.createFinetunedModel",
  method: "POST",
  path,
  payload: CreateFinetunedModelRequest,
  success: FinetunedModelResponse,
  retry: "refused",
  docs: "https://docs.cohere.com/reference/createfinetunedmodel",
  deprecated
})

/**
 * Starts to fine-tune a model.
 *
 * Fails with the common errors. Sent again only when the server has refused it.
 *
 * @example
 * ```ts
 * import * as Finetuning from "@effect-cohere/core/Finetuning"
 *
 * const program = Finetuning.createFinetunedModel({
 *   name: "support",
 *   settings: { base_model: { base_type: "BASE_TYPE_CHAT" }, dataset_id: "my-dataset-id" }
 * })
 * ```
 *
 * @deprecated The service is retired.
 * @see https://docs.cohere.com/reference/createfinetunedmodel
 */
export const createFinetunedModel: (
  request: CreateFinetunedModelRequest
) => Effect.Effect<FinetunedModelResponse, CommonError, CohereClient> = Endpoint.call(createFinetunedModelEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// One model
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link getFinetunedModel} and {@link deleteFinetunedModel} take. */
export interface FinetunedModelRequest {
  /** The model's id. */
  readonly id: string
}

const params = Lazy.Struct(() => ({ id: Schema.String }))

/** The descriptor of {@link getFinetunedModel}. */
export const getFinetunedModelEndpoint = Endpoint.unary({
  id: "finetuning.getFinetunedModel",
  method: "GET",
  path: `${path}/{id}`,
  params,
  success: FinetunedModelResponse,
  docs: "https://docs.cohere.com/reference/getfinetunedmodel",
  deprecated
})

/**
 * Looks up a fine-tuned model.
 *
 * Fails with `NotFound` when there is none of this id, and with the other common errors.
 *
 * @deprecated The service is retired.
 * @see https://docs.cohere.com/reference/getfinetunedmodel
 */
export const getFinetunedModel: (
  request: FinetunedModelRequest
) => Effect.Effect<FinetunedModelResponse, CommonError, CohereClient> = Endpoint.call(getFinetunedModelEndpoint)

/** The descriptor of {@link deleteFinetunedModel}. */
export const deleteFinetunedModelEndpoint = Endpoint.unary({
  id: "finetuning.deleteFinetunedModel",
  method: "DELETE",
  path: `${path}/{id}`,
  params,
  success: JsonObject,
  answer: "empty",
  docs: "https://docs.cohere.com/reference/deletefinetunedmodel",
  deprecated
})

/**
 * Deletes a fine-tuned model. Answers an empty object.
 *
 * Fails with `NotFound` when there is none of this id, and with the other common errors.
 *
 * @deprecated The service is retired.
 * @see https://docs.cohere.com/reference/deletefinetunedmodel
 */
export const deleteFinetunedModel: (
  request: FinetunedModelRequest
) => Effect.Effect<JsonObject, CommonError, CohereClient> = Endpoint.call(deleteFinetunedModelEndpoint)

/** What {@link updateFinetunedModel} takes. The server ignores changes of what it sets itself. */
export const UpdateFinetunedModelRequest = Lazy.Struct(() => ({
  /** The model's id. */
  id: Schema.String,
  /** The model's name. */
  name: Schema.String,
  /** What it is made from, and how. */
  settings,
  /** Set by the server. */
  creator_id: Schema.optional(Schema.String),
  /** Set by the server. */
  organization_id: Schema.optional(Schema.String),
  /** Set by the server. */
  status: Schema.optional(Status),
  /** Set by the server. */
  created_at: Schema.optional(Schema.String),
  /** Set by the server. */
  updated_at: Schema.optional(Schema.String),
  /** Set by the server. */
  completed_at: Schema.optional(Schema.String),
  /** @deprecated The server no longer sets it. */
  last_used: Schema.optional(Schema.String)
}))

/** See {@link UpdateFinetunedModelRequest}. */
export interface UpdateFinetunedModelRequest extends Schema.Schema.Type<typeof UpdateFinetunedModelRequest> {}

/** The descriptor of {@link updateFinetunedModel}. */
export const updateFinetunedModelEndpoint = Endpoint.unary({
  id: "finetuning.updateFinetunedModel",
  method: "PATCH",
  path: `${path}/{id}`,
  params: Lazy.schema(() => UpdateFinetunedModelRequest.pick("id")),
  payload: Lazy.schema(() => UpdateFinetunedModelRequest.omit("id")),
  success: FinetunedModelResponse,
  docs: "https://docs.cohere.com/reference/updatefinetunedmodel",
  deprecated
})

/**
 * Changes a fine-tuned model.
 *
 * Fails with `NotFound` when there is none of this id, and with the other common errors.
 *
 * @deprecated The service is retired.
 * @see https://docs.cohere.com/reference/updatefinetunedmodel
 */
export const updateFinetunedModel: (
  request: UpdateFinetunedModelRequest
) => Effect.Effect<FinetunedModelResponse, CommonError, CohereClient> = Endpoint.call(updateFinetunedModelEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// Events of a model
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link listEvents} and {@link listAllEvents} take. */
export const ListEventsRequest = Lazy.Struct(() => ({
  /** The model's id. */
  finetuned_model_id: Schema.String,
  /** How many on a page. Default, and 0: 50. */
  page_size: Schema.optional(Schema.Int),
  /** The `next_page_token` of the page before. */
  page_token: Schema.optional(Schema.String),
  /** `created_at`, perhaps with ` desc` behind it. */
  order_by: Schema.optional(Schema.String)
}))
/** See {@link ListEventsRequest}. */
export interface ListEventsRequest extends Schema.Schema.Type<typeof ListEventsRequest> {}

/** A change of a model's status. */
export const Event = Lazy.Struct(() => ({
  /** Who changed it; empty or absent when the system did. */
  user_id: maybe(Schema.String),
  status: maybe(Status),
  created_at: maybe(Schema.String)
}))
/** See {@link Event}. */
export interface Event extends Schema.Schema.Type<typeof Event> {}

/** A page of events. */
export const ListEventsResponse = Lazy.Struct(() => ({
  events: maybe(Schema.Array(Event)),
  /** Absent or empty on the last page. */
  next_page_token: maybe(Schema.String),
  /** Of all pages. */
  total_size: maybe(Schema.Number)
}))
/** See {@link ListEventsResponse}. */
export interface ListEventsResponse extends Schema.Schema.Type<typeof ListEventsResponse> {}

/** The descriptor of {@link listEvents} and {@link listAllEvents}. */
export const listEventsEndpoint = Endpoint.paged({
  id: "finetuning.listEvents",
  method: "GET",
  path: `${path}/{finetuned_model_id}/events`,
  params: Lazy.schema(() => ListEventsRequest.pick("finetuned_model_id")),
  query: Lazy.schema(() => ListEventsRequest.omit("finetuned_model_id")),
  success: ListEventsResponse,
  paging: Endpoint.byToken((page: ListEventsResponse) => page.events),
  docs: "https://docs.cohere.com/reference/listevents",
  deprecated
})

/**
 * Lists one page of the changes of a model's status.
 *
 * @deprecated The service is retired.
 * @see https://docs.cohere.com/reference/listevents
 */
export const listEvents: (request: ListEventsRequest) => Effect.Effect<ListEventsResponse, CommonError, CohereClient> =
  Endpoint.call(listEventsEndpoint)

/**
 * Streams the events of all pages. A page is fetched when its events are wanted.
 *
 * @deprecated The service is retired.
 * @see https://docs.cohere.com/reference/listevents
 */
export const listAllEvents: (request: ListEventsRequest) => Stream.Stream<Event, CommonError, CohereClient> = Endpoint
  .items(listEventsEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// Metrics of a model
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link listTrainingStepMetrics} and {@link listAllTrainingStepMetrics} take. */
export const ListTrainingStepMetricsRequest = Lazy.Struct(() => ({
  /** The model's id. */
  finetuned_model_id: Schema.String,
  /** How many on a page. Default, and 0: 50. */
  page_size: Schema.optional(Schema.Int),
  /** The `next_page_token` of the page before. */
  page_token: Schema.optional(Schema.String)
}))
/** See {@link ListTrainingStepMetricsRequest}. */
export interface ListTrainingStepMetricsRequest extends Schema.Schema.Type<typeof ListTrainingStepMetricsRequest> {}

/** What was measured at a step of the training. */
export const TrainingStepMetrics = Lazy.Struct(() => ({
  created_at: maybe(Schema.String),
  /** From 0, which may be left out. */
  step_number: maybe(Schema.Number),
  /** By name, for example `loss`. */
  metrics: maybe(Schema.Record({ key: Schema.String, value: Schema.NullOr(Schema.Number) }))
}))
/** See {@link TrainingStepMetrics}. */
export interface TrainingStepMetrics extends Schema.Schema.Type<typeof TrainingStepMetrics> {}

/** A page of metrics. */
export const ListTrainingStepMetricsResponse = Lazy.Struct(() => ({
  step_metrics: maybe(Schema.Array(TrainingStepMetrics)),
  /** Absent or empty on the last page. */
  next_page_token: maybe(Schema.String)
}))
/** See {@link ListTrainingStepMetricsResponse}. */
export interface ListTrainingStepMetricsResponse extends Schema.Schema.Type<typeof ListTrainingStepMetricsResponse> {}

/** The descriptor of {@link listTrainingStepMetrics} and {@link listAllTrainingStepMetrics}. */
export const listTrainingStepMetricsEndpoint = Endpoint.paged({
  id: "finetuning.listTrainingStepMetrics",
  method: "GET",
  path: `${path}/{finetuned_model_id}/training-step-metrics`,
  params: Lazy.schema(() => ListTrainingStepMetricsRequest.pick("finetuned_model_id")),
  query: Lazy.schema(() => ListTrainingStepMetricsRequest.omit("finetuned_model_id")),
  success: ListTrainingStepMetricsResponse,
  paging: Endpoint.byToken((page: ListTrainingStepMetricsResponse) => page.step_metrics),
  docs: "https://docs.cohere.com/reference/listtrainingstepmetrics",
  deprecated
})

/**
 * Lists one page of what was measured while a model was trained.
 *
 * @deprecated The service is retired.
 * @see https://docs.cohere.com/reference/listtrainingstepmetrics
 */
export const listTrainingStepMetrics: (
  request: ListTrainingStepMetricsRequest
) => Effect.Effect<ListTrainingStepMetricsResponse, CommonError, CohereClient> = Endpoint.call(
  listTrainingStepMetricsEndpoint
)

/**
 * Streams the metrics of all pages. A page is fetched when its metrics are wanted.
 *
 * @deprecated The service is retired.
 * @see https://docs.cohere.com/reference/listtrainingstepmetrics
 */
export const listAllTrainingStepMetrics: (
  request: ListTrainingStepMetricsRequest
) => Stream.Stream<TrainingStepMetrics, CommonError, CohereClient> = Endpoint.items(listTrainingStepMetricsEndpoint)
