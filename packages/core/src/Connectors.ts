/**
 * Connectors: search services of your own that v1 chat may query.
 *
 * Cohere has deprecated them: give `documents` or `tools` to `V2.chat` instead.
 *
 * @see https://docs.cohere.com/docs/overview-rag-connectors
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { CohereClient } from "./CohereClient.ts"
import type { CommonError } from "./CohereError.ts"
import * as Endpoint from "./Endpoint.ts"
import * as Lazy from "./internal/lazy.ts"
import { JsonObject, known, maybe, named } from "./Wire.ts"

const deprecated = "V2.chat with documents or tools"

// ---------------------------------------------------------------------------------------------------------------------
// A connector
// ---------------------------------------------------------------------------------------------------------------------

/** How Cohere gets the consent of a user of a connector. */
export const ConnectorOAuth = Lazy.Struct(() => ({
  client_id: maybe(Schema.String),
  /** Never returned. */
  client_secret: maybe(Schema.String),
  authorize_url: maybe(Schema.String),
  token_url: maybe(Schema.String),
  scope: maybe(Schema.String)
}))
/** See {@link ConnectorOAuth}. */
export interface ConnectorOAuth extends Schema.Schema.Type<typeof ConnectorOAuth> {}

/** A connector. */
export const Connector = Lazy.Struct(() => ({
  id: Schema.String,
  organization_id: maybe(Schema.String),
  name: maybe(Schema.String),
  description: maybe(Schema.String),
  /** The search endpoint that Cohere calls. */
  url: maybe(Schema.String),
  /** When it was created; `Timestamp` decodes it. */
  created_at: maybe(Schema.String),
  updated_at: maybe(Schema.String),
  /** Fields of documents that the model does not see. */
  excludes: maybe(Schema.Array(Schema.String)),
  auth_type: maybe(known("oauth", "service_auth")),
  oauth: maybe(ConnectorOAuth),
  /** Whether the user has authorized it; absent or empty when not yet. */
  auth_status: maybe(known("valid", "expired")),
  active: maybe(Schema.Boolean),
  /** Whether a chat goes on when the connector fails. */
  continue_on_failure: maybe(Schema.Boolean)
}))
/** See {@link Connector}. */
export interface Connector extends Schema.Schema.Type<typeof Connector> {}

/** What {@link create}, {@link get} and {@link update} answer. */
export const ConnectorResponse = Lazy.Struct(() => ({ connector: named<Connector>(Connector) }))
/** See {@link ConnectorResponse}. */
export interface ConnectorResponse extends Schema.Schema.Type<typeof ConnectorResponse> {}

/** How Cohere gets the consent of a user, for {@link create} and {@link update}. Not together with `service_auth`. */
export const CreateConnectorOAuth = Lazy.Struct(() => ({
  client_id: Schema.optional(Schema.String),
  client_secret: Schema.optional(Schema.String),
  authorize_url: Schema.optional(Schema.String),
  token_url: Schema.optional(Schema.String),
  scope: Schema.optional(Schema.String)
}))
/** See {@link CreateConnectorOAuth}. */
export interface CreateConnectorOAuth extends Schema.Schema.Type<typeof CreateConnectorOAuth> {}

/** How Cohere authenticates itself, for {@link create} and {@link update}. Not together with `oauth`. */
export const CreateConnectorServiceAuth = Lazy.Struct(() => ({
  type: Schema.Literal("bearer", "basic", "noscheme"),
  token: Schema.String
}))
/** See {@link CreateConnectorServiceAuth}. */
export interface CreateConnectorServiceAuth extends Schema.Schema.Type<typeof CreateConnectorServiceAuth> {}

// ---------------------------------------------------------------------------------------------------------------------
// List
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link list} and {@link listAll} take. */
export const ListConnectorsRequest = Lazy.Struct(() => ({
  /** How many connectors on a page, 0 to 100. Default 30. */
  limit: Schema.optional(Schema.Int),
  /** How many connectors to leave out at the beginning. Default 0. */
  offset: Schema.optional(Schema.Int)
}))
/** See {@link ListConnectorsRequest}. */
export interface ListConnectorsRequest extends Schema.Schema.Type<typeof ListConnectorsRequest> {}

/** A page of connectors. */
export const ListConnectorsResponse = Lazy.Struct(() => ({
  connectors: maybe(Schema.Array(Connector)),
  /** Of all pages. */
  total_count: maybe(Schema.Number)
}))
/** See {@link ListConnectorsResponse}. */
export interface ListConnectorsResponse extends Schema.Schema.Type<typeof ListConnectorsResponse> {}

/** The descriptor of {@link list} and {@link listAll}. */
export const listEndpoint = Endpoint.paged({
  id: "connectors.list",
  method: "GET",
  path: "/v1/connectors",
  query: ListConnectorsRequest,
  success: ListConnectorsResponse,
  paging: Endpoint.byOffset((page: ListConnectorsResponse) => page.connectors, (page) => page.total_count),
  docs: "https://docs.cohere.com/reference/list-connectors",
  deprecated
})

/**
 * Lists one page of your connectors.
 *
 * @example
 * ```ts
 * import * as Connectors from "@effect-cohere/core/Connectors"
 *
 * const page = Connectors.list({ limit: 100 })
 * ```
 *
 * @deprecated Use `V2.chat` with `documents` or `tools`.
 * @see https://docs.cohere.com/reference/list-connectors
 */
export const list: (
  request: ListConnectorsRequest
) => Effect.Effect<ListConnectorsResponse, CommonError, CohereClient> = Endpoint.call(listEndpoint)

/**
 * Streams the connectors of all pages. A page is fetched when its connectors are wanted.
 *
 * @example
 * ```ts
 * import * as Connectors from "@effect-cohere/core/Connectors"
 * import * as Stream from "effect/Stream"
 *
 * const names = Connectors.listAll({}).pipe(Stream.map(({ name }) => name), Stream.runCollect)
 * ```
 *
 * @deprecated Use `V2.chat` with `documents` or `tools`.
 * @see https://docs.cohere.com/reference/list-connectors
 */
export const listAll: (request: ListConnectorsRequest) => Stream.Stream<Connector, CommonError, CohereClient> = Endpoint
  .items(listEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// Create
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link create} takes. */
export const CreateConnectorRequest = Lazy.Struct(() => ({
  /** The id is made from it. */
  name: Schema.String,
  /** The search endpoint that Cohere calls. */
  url: Schema.String,
  /** What can be found with it. */
  description: Schema.optional(Schema.String),
  /** Fields of documents that the model does not see. */
  excludes: Schema.optional(Schema.Array(Schema.String)),
  /** How Cohere gets the consent of a user. */
  oauth: Schema.optional(CreateConnectorOAuth),
  /** Default `true`. */
  active: Schema.optional(Schema.Boolean),
  /** Whether a chat goes on when the connector fails. Default `false`. */
  continue_on_failure: Schema.optional(Schema.Boolean),
  /** How Cohere authenticates itself. */
  service_auth: Schema.optional(CreateConnectorServiceAuth)
}))
/** See {@link CreateConnectorRequest}. */
export interface CreateConnectorRequest extends Schema.Schema.Type<typeof CreateConnectorRequest> {}

/** The descriptor of {@link create}. */
export const createEndpoint = Endpoint.unary({
  id: "connectors.create",
  method: "POST",
  path: "/v1/connectors",
  payload: CreateConnectorRequest,
  success: ConnectorResponse,
  retry: "refused",
  docs: "https://docs.cohere.com/reference/create-connector",
  deprecated
})

/**
 * Registers a connector.
 *
 * Fails with the common errors. Sent again only when the server has refused it.
 *
 * @example
 * ```ts
 * import * as Connectors from "@effect-cohere/core/Connectors"
 *
 * const program = Connectors.create({
 *   name: "Handbook",
 *   url: "https://search.example.com/handbook",
 *   service_auth: { type: "bearer", token: "a token that Cohere sends to it" }
 * })
 * ```
 *
 * @deprecated Use `V2.chat` with `documents` or `tools`.
 * @see https://docs.cohere.com/reference/create-connector
 */
export const create: (
  request: CreateConnectorRequest
) => Effect.Effect<ConnectorResponse, CommonError, CohereClient> = Endpoint.call(createEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// One connector
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link get} and {@link delete} take. */
export interface ConnectorRequest {
  /** The connector's id. */
  readonly id: string
}

const params = Lazy.Struct(() => ({
  /** The connector's id. */
  id: Schema.String
}))

/** The descriptor of {@link get}. */
export const getEndpoint = Endpoint.unary({
  id: "connectors.get",
  method: "GET",
  path: "/v1/connectors/{id}",
  params,
  success: ConnectorResponse,
  docs: "https://docs.cohere.com/reference/get-connector",
  deprecated
})

/**
 * Looks up a connector.
 *
 * Fails with `NotFound` when there is none of this id, and with the other common errors.
 *
 * @example
 * ```ts
 * import * as Connectors from "@effect-cohere/core/Connectors"
 *
 * const program = Connectors.get({ id: "handbook-4c2f" })
 * ```
 *
 * @deprecated Use `V2.chat` with `documents` or `tools`.
 * @see https://docs.cohere.com/reference/get-connector
 */
export const get: (request: ConnectorRequest) => Effect.Effect<ConnectorResponse, CommonError, CohereClient> = Endpoint
  .call(getEndpoint)

/** The descriptor of {@link delete}. */
export const deleteEndpoint = Endpoint.unary({
  id: "connectors.delete",
  method: "DELETE",
  path: "/v1/connectors/{id}",
  params,
  success: JsonObject,
  answer: "empty",
  docs: "https://docs.cohere.com/reference/delete-connector",
  deprecated
})

const delete_: (request: ConnectorRequest) => Effect.Effect<JsonObject, CommonError, CohereClient> = Endpoint.call(
  deleteEndpoint
)

export {
  /**
   * Deletes a connector. Answers an empty object.
   *
   * Fails with `NotFound` when there is none of this id, and with the other common errors.
   *
   * @example
   * ```ts
   * import * as Connectors from "@effect-cohere/core/Connectors"
   *
   * const program = Connectors.delete({ id: "handbook-4c2f" })
   * ```
   *
   * @deprecated Use `V2.chat` with `documents` or `tools`.
   * @see https://docs.cohere.com/reference/delete-connector
   */
  delete_ as delete
}

/** What {@link update} takes: the id, and what is to change. */
export const UpdateConnectorRequest = Lazy.Struct(() => ({
  /** The connector's id. */
  id: Schema.String,
  /** A new name; the id stays. */
  name: Schema.optional(Schema.String),
  /** The search endpoint that Cohere calls. */
  url: Schema.optional(Schema.String),
  /** Fields of documents that the model does not see. */
  excludes: Schema.optional(Schema.Array(Schema.String)),
  /** How Cohere gets the consent of a user. */
  oauth: Schema.optional(CreateConnectorOAuth),
  /** Default `true`. */
  active: Schema.optional(Schema.Boolean),
  /** Whether a chat goes on when the connector fails. Default `false`. */
  continue_on_failure: Schema.optional(Schema.Boolean),
  /** How Cohere authenticates itself. */
  service_auth: Schema.optional(CreateConnectorServiceAuth)
}))

/** See {@link UpdateConnectorRequest}. */
export interface UpdateConnectorRequest extends Schema.Schema.Type<typeof UpdateConnectorRequest> {}

/** The descriptor of {@link update}. */
export const updateEndpoint = Endpoint.unary({
  id: "connectors.update",
  method: "PATCH",
  path: "/v1/connectors/{id}",
  params: Lazy.schema(() => UpdateConnectorRequest.pick("id")),
  payload: Lazy.schema(() => UpdateConnectorRequest.omit("id")),
  success: ConnectorResponse,
  docs: "https://docs.cohere.com/reference/update-connector",
  deprecated
})

/**
 * Changes a connector. What is left out stays as it is; the description cannot be changed.
 *
 * Fails with `NotFound` when there is none of this id, and with the other common errors.
 *
 * @example
 * ```ts
 * import * as Connectors from "@effect-cohere/core/Connectors"
 *
 * const program = Connectors.update({ id: "handbook-4c2f", active: false })
 * ```
 *
 * @deprecated Use `V2.chat` with `documents` or `tools`.
 * @see https://docs.cohere.com/reference/update-connector
 */
export const update: (
  request: UpdateConnectorRequest
) => Effect.Effect<ConnectorResponse, CommonError, CohereClient> = Endpoint.call(updateEndpoint)

// ---------------------------------------------------------------------------------------------------------------------
// Authorize
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link oAuthAuthorize} takes. */
export const OAuthAuthorizeRequest = Lazy.Struct(() => ({
  /** The connector's id. */
  id: Schema.String,
  /** Where the user comes back to. */
  after_token_redirect: Schema.optional(Schema.String)
}))
/** See {@link OAuthAuthorizeRequest}. */
export interface OAuthAuthorizeRequest extends Schema.Schema.Type<typeof OAuthAuthorizeRequest> {}

/** What {@link oAuthAuthorize} answers. */
export const OAuthAuthorizeResponse = Lazy.Struct(() => ({
  /** Where to send the user for consent. */
  redirect_url: maybe(Schema.String)
}))
/** See {@link OAuthAuthorizeResponse}. */
export interface OAuthAuthorizeResponse extends Schema.Schema.Type<typeof OAuthAuthorizeResponse> {}

/** The descriptor of {@link oAuthAuthorize}. */
export const oAuthAuthorizeEndpoint = Endpoint.unary({
  id: "connectors.oAuthAuthorize",
  method: "POST",
  path: "/v1/connectors/{id}/oauth/authorize",
  params: Lazy.schema(() => OAuthAuthorizeRequest.pick("id")),
  query: Lazy.schema(() => OAuthAuthorizeRequest.omit("id")),
  success: OAuthAuthorizeResponse,
  docs: "https://docs.cohere.com/reference/oauthauthorize-connector",
  deprecated
})

/**
 * Begins the consent of a user: answers where to send them.
 *
 * Fails with `NotFound` when there is no connector of this id, and with the other common errors.
 *
 * @example
 * ```ts
 * import * as Connectors from "@effect-cohere/core/Connectors"
 *
 * const program = Connectors.oAuthAuthorize({
 *   id: "handbook-4c2f",
 *   after_token_redirect: "https://app.example.com/done"
 * })
 * ```
 *
 * @deprecated Use `V2.chat` with `documents` or `tools`.
 * @see https://docs.cohere.com/reference/oauthauthorize-connector
 */
export const oAuthAuthorize: (
  request: OAuthAuthorizeRequest
) => Effect.Effect<OAuthAuthorizeResponse, CommonError, CohereClient> = Endpoint.call(oAuthAuthorizeEndpoint)
