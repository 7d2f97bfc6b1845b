/**
 * The client: the one service that every operation needs, and the one path to the wire.
 *
 * From outside in: a span; the deadline of the whole call; the retries; for each attempt its own deadline, the
 * deployment (which addresses and authorizes), the platform's `HttpClient`, and the status. Then the body, decoded
 * whole or event by event. Each layer is a service and can be swapped.
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Stream from "effect/Stream"
import type { CommonError, CredentialsError, StreamError } from "./CohereError.ts"
import * as Credentials from "./Credentials.ts"
import * as Deployment from "./Deployment.ts"
import type { Streaming, Unary } from "./Endpoint.ts"
import * as Engine from "./internal/engine.ts"
import * as Provide from "./internal/provide.ts"
import { type ResponseInfo, ResponseListener } from "./internal/response.ts"

/** Performs operations, described by their endpoints. Use the functions of `V2`, `Models` … instead of these two. */
export interface Service {
  /** Performs an operation that is answered by one JSON value. */
  readonly execute: <Id extends string, Request, Success, E>(
    endpoint: Unary<Id, Request, Success, E>,
    request: Request
  ) => Effect.Effect<Success, E | CommonError>
  /** Performs an operation that is answered by a stream of events. */
  readonly stream: <Id extends string, Request, Event, E>(
    endpoint: Streaming<Id, Request, Event, E>,
    request: Request
  ) => Stream.Stream<Event, E | CommonError | StreamError>
}

/** The client that every operation needs. */
export class CohereClient extends Context.Tag("@effect-cohere/core/CohereClient")<CohereClient, Service>() {}

// ---------------------------------------------------------------------------------------------------------------------
// Responses beside their values
// ---------------------------------------------------------------------------------------------------------------------

export { type ResponseInfo, ResponseListener } from "./internal/response.ts"

/**
 * Runs an Effect on each successful response of the calls inside: of a stream, when its first event has come.
 *
 * @example
 * ```ts
 * import * as Chat from "@effect-cohere/core/Chat"
 * import * as CohereClient from "@effect-cohere/core/CohereClient"
 * import * as V2 from "@effect-cohere/core/V2"
 * import * as Effect from "effect/Effect"
 *
 * const events = V2.chatStream({ model: "command-a-03-2025", messages: [Chat.user("Hi!")] }).pipe(
 *   CohereClient.onResponse((response) => Effect.logDebug(`request ${response.requestId}`))
 * )
 * ```
 */
export const onResponse = (
  listener: (response: ResponseInfo) => Effect.Effect<void>
): <Self extends Provide.Runnable>(self: Self) => Self =>
  Provide.update(ResponseListener, (outer) => (response) => Effect.zipRight(listener(response), outer(response)))

const noResponse: ResponseInfo = { status: 0, headers: {}, requestId: undefined, warning: undefined, attempts: 0 }

/** What {@link withResponse} gives. */
export interface WithResponse<A> {
  readonly value: A
  readonly response: ResponseInfo
}

/**
 * Gives the value of a call together with its status, headers, request id and warning. With several calls inside, those
 * of the last; with none, status and attempts are 0.
 *
 * @example
 * ```ts
 * import * as CohereClient from "@effect-cohere/core/CohereClient"
 * import * as Models from "@effect-cohere/core/Models"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const { response, value } = yield* CohereClient.withResponse(Models.get({ model: "embed-v4.0" }))
 *   return [value.context_length, response.requestId, response.warning] as const
 * })
 * ```
 */
export const withResponse = <A, E, R>(
  self: Effect.Effect<A, E, R>
): Effect.Effect<WithResponse<A>, E, R> =>
  Effect.suspend(() => {
    let response = noResponse
    return self.pipe(
      onResponse((latest) =>
        Effect.sync(() => {
          response = latest
        })
      ),
      Effect.map((value) => ({ value, response }))
    )
  })

// ---------------------------------------------------------------------------------------------------------------------
// Binding
// ---------------------------------------------------------------------------------------------------------------------

/** Binds operations to the client at hand, so that what they return no longer requires it. */
export const bind: {
  /**
   * Binds operations to the client at hand, so that what they return no longer requires it.
   *
   * @example
   * ```ts
   * import * as CohereClient from "@effect-cohere/core/CohereClient"
   * import * as V2 from "@effect-cohere/core/V2"
   * import * as Effect from "effect/Effect"
   *
   * class Search extends Effect.Service<Search>()("Search", {
   *   effect: Effect.gen(function*() {
   *     const rerank = yield* CohereClient.bind(V2.rerank)
   *     return {
   *       best: (query: string, documents: ReadonlyArray<string>) =>
   *         rerank({ model: "rerank-v4.0-fast", query, documents, top_n: 1 })
   *     }
   *   })
   * }) {}
   * ```
   */
  <Args extends ReadonlyArray<unknown>, A, E, R>(
    operation: (...args: Args) => Effect.Effect<A, E, R>
  ): Effect.Effect<(...args: Args) => Effect.Effect<A, E, Exclude<R, CohereClient>>, never, CohereClient>
  /** Binds an operation that gives a stream to the client at hand. */
  <Args extends ReadonlyArray<unknown>, A, E, R>(
    operation: (...args: Args) => Stream.Stream<A, E, R>
  ): Effect.Effect<(...args: Args) => Stream.Stream<A, E, Exclude<R, CohereClient>>, never, CohereClient>
} = (operation: (...args: ReadonlyArray<unknown>) => Provide.Runnable) =>
  Effect.map(CohereClient, (client) => (...args: ReadonlyArray<unknown>) =>
    // The overloads say what this does to each of the two kinds; one implementation cannot.
    Provide.provide(CohereClient, client)(operation(...args)) as never)

// ---------------------------------------------------------------------------------------------------------------------
// Layers
// ---------------------------------------------------------------------------------------------------------------------

/** Options of {@link make} and {@link layerWith}. */
export interface Options {
  /**
   * Wraps the HTTP client. It sees the canonical request (`/v2/chat`, no host, no credentials), the same on every
   * deployment; to see what goes on the wire, wrap the platform's `HttpClient` instead. It may read a body by
   * `response.text`, but not that of a stream of events. What it forks ends with the attempt; of a stream, with the
   * first event: fork into the scope (`Effect.forkScoped`) what must live on.
   */
  readonly transformClient?: (client: Engine.CanonicalClient) => Engine.CanonicalClient
}

/** Makes a client of a deployment and the platform's `HttpClient`. */
export const make = (
  options: Options = {}
): Effect.Effect<Service, never, Deployment.Deployment | HttpClient.HttpClient> => Engine.make(options)

/** The client on a deployment and the platform's `HttpClient`, with options. */
export const layerWith = (
  options: Options
): Layer.Layer<CohereClient, never, Deployment.Deployment | HttpClient.HttpClient> =>
  Layer.effect(CohereClient, make(options))

/**
 * The client on a deployment and the platform's `HttpClient`.
 *
 * Settings that are provided to it (`RetryPolicy.layer`, `Timeouts.layer`, `RequestOptions.layer`) hold for all its
 * calls, unless a call has its own. Redirects are not followed: should you configure `fetch` by
 * `FetchHttpClient.RequestInit`, provide that to this layer, too, so that it can be merged.
 */
export const layer: Layer.Layer<CohereClient, never, Deployment.Deployment | HttpClient.HttpClient> = layerWith({})

/** Options of {@link layerConfig}. */
export interface ConfigOptions extends Options {
  /** Default: `CO_API_KEY`, else `COHERE_API_KEY`. An empty variable counts as none. */
  readonly apiKey?: Config.Config<Redacted.Redacted>
  /** Default: `CO_API_URL`, else Cohere's platform. One trailing `/v1` or `/v2` is dropped. */
  readonly baseUrl?: Config.Config<string>
}

const baseUrlFromEnvironment = Config.withDefault(Config.nonEmptyString("CO_API_URL"), Deployment.platformUrl)

/**
 * The client with key and address from Config.
 *
 * Fails with `CredentialsError` when there is no key, and with `ConfigError` when the address is not usable.
 *
 * @example
 * ```ts
 * import * as CohereClient from "@effect-cohere/core/CohereClient"
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 *
 * const client = CohereClient.layerConfig().pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 */
export const layerConfig = (
  options: ConfigOptions = {}
): Layer.Layer<CohereClient, CredentialsError | ConfigError.ConfigError, HttpClient.HttpClient> =>
  layerWith(options).pipe(
    // Not `Layer.unwrapEffect`, which needs more of Effect than all other layers do.
    Layer.provide(Layer.scopedContext(
      Effect.flatMap(
        options.baseUrl ?? baseUrlFromEnvironment,
        (baseUrl) => Layer.build(Deployment.layerPrivate({ baseUrl }))
      )
    )),
    Layer.provide(Credentials.layerConfig(options.apiKey))
  )
