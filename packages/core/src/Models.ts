/** The models that a key can use. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { CohereClient } from "./CohereClient.ts"
import type { CommonError } from "./CohereError.ts"
import * as Endpoint from "./Endpoint.ts"
import * as Lazy from "./internal/lazy.ts"
import { known, maybe } from "./Wire.ts"

/** What a model can be used for. */
export const CompatibleEndpoint = Lazy.schema(() =>
  known(
    "chat",
    "embed",
    "classify",
    "summarize",
    "rerank",
    "rate",
    "generate",
    "embed_image"
  )
)
/** See {@link CompatibleEndpoint}. */
export type CompatibleEndpoint = Schema.Schema.Type<typeof CompatibleEndpoint>

/** A model. */
export const Model = Lazy.Struct(() => ({
  /** By which requests refer to it. */
  name: maybe(Schema.String),
  is_deprecated: maybe(Schema.Boolean),
  endpoints: maybe(Schema.Array(CompatibleEndpoint)),
  /** Whether it was fine-tuned by your organization. */
  finetuned: maybe(Schema.Boolean),
  /** How many tokens it can read and write together. */
  context_length: maybe(Schema.Number),
  /** Where its tokenizer's JSON file is; may be empty. */
  tokenizer_url: maybe(Schema.String),
  /** The endpoints that use it when a request names no model. */
  default_endpoints: maybe(Schema.Array(CompatibleEndpoint)),
  supports_vision: maybe(Schema.Boolean),
  /** For example `json_schema`, `strict_tools`, `tools`, `reasoning`, `vision`. */
  features: maybe(Schema.Array(Schema.String)),
  sampling_defaults: maybe(Schema.Struct({
    temperature: maybe(Schema.Number),
    k: maybe(Schema.Number),
    p: maybe(Schema.Number),
    frequency_penalty: maybe(Schema.Number),
    presence_penalty: maybe(Schema.Number),
    max_tokens_per_doc: maybe(Schema.Number)
  }))
}))
/** See {@link Model}. */
export interface Model extends Schema.Schema.Type<typeof Model> {}

/** What {@link get} takes. */
export interface GetModelRequest {
  /** The model's name. */
  readonly model: string
}

/** The descriptor of {@link get}. */
export const getEndpoint = Endpoint.unary({
  id: "models.get",
  method: "GET",
  path: "/v1/models/{model}",
  params: Lazy.Struct(() => ({ model: Schema.String })),
  success: Model,
  docs: "https://docs.cohere.com/reference/get-model"
})

/**
 * Looks up a model by its name.
 *
 * Fails with `NotFound` when there is none, and with the common errors.
 *
 * @example
 * ```ts
 * import * as Models from "@effect-cohere/core/Models"
 * import * as Effect from "effect/Effect"
 *
 * const contextLength = Models.get({ model: "command-a-03-2025" }).pipe(Effect.map((model) => model.context_length))
 * ```
 *
 * @see https://docs.cohere.com/reference/get-model
 */
export const get: (request: GetModelRequest) => Effect.Effect<Model, CommonError, CohereClient> = Endpoint.call(
  getEndpoint
)

/** What {@link list} and {@link listAll} take. */
export const ListModelsRequest = Lazy.Struct(() => ({
  /** How many models on a page, 1 to 1000. Default 20. */
  page_size: Schema.optional(Schema.Int),
  /** The `next_page_token` of the page before. */
  page_token: Schema.optional(Schema.String),
  /** Only models for this endpoint. */
  endpoint: Schema.optional(CompatibleEndpoint),
  /** Only the default model of `endpoint`. */
  default_only: Schema.optional(Schema.Boolean)
}))
/** See {@link ListModelsRequest}. */
export interface ListModelsRequest extends Schema.Schema.Type<typeof ListModelsRequest> {}

/** A page of models. */
export const ListModelsResponse = Lazy.Struct(() => ({
  models: Schema.Array(Model),
  /** Absent or empty on the last page. */
  next_page_token: maybe(Schema.String)
}))
/** See {@link ListModelsResponse}. */
export interface ListModelsResponse extends Schema.Schema.Type<typeof ListModelsResponse> {}

/** The descriptor of {@link list} and {@link listAll}. */
export const listEndpoint = Endpoint.paged({
  id: "models.list",
  method: "GET",
  path: "/v1/models",
  query: ListModelsRequest,
  success: ListModelsResponse,
  paging: Endpoint.byToken((page: ListModelsResponse) => page.models),
  docs: "https://docs.cohere.com/reference/list-models"
})

/**
 * Lists one page of the models that the key can use.
 *
 * @example
 * ```ts
 * import * as Models from "@effect-cohere/core/Models"
 *
 * const page = Models.list({ endpoint: "embed", page_size: 100 })
 * ```
 *
 * @see https://docs.cohere.com/reference/list-models
 */
export const list: (request: ListModelsRequest) => Effect.Effect<ListModelsResponse, CommonError, CohereClient> =
  Endpoint.call(listEndpoint)

/**
 * Streams the models of all pages. A page is fetched when its models are wanted.
 *
 * @example
 * ```ts
 * import * as Models from "@effect-cohere/core/Models"
 * import * as Stream from "effect/Stream"
 *
 * const reasoning = Models.listAll({ endpoint: "chat" }).pipe(
 *   Stream.filter((model) => model.features?.includes("reasoning") ?? false),
 *   Stream.runCollect
 * )
 * ```
 *
 * @see https://docs.cohere.com/reference/list-models
 */
export const listAll: (request: ListModelsRequest) => Stream.Stream<Model, CommonError, CohereClient> = Endpoint.items(
  listEndpoint
)
