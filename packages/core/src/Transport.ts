/** What a transport of a platform may offer beyond the platform's `HttpClient`: requests that can be given up from outside. */
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"

/** A request on its way, once. */
export interface Exchange {
  /** Sends the request; the response is there when its headers have come. */
  readonly response: Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError>
  /**
   * Instead of the response's stream: the bytes of its body that have come since the last time, at least one piece; fails
   * with nothing at the end.
   */
  readonly bytes: Effect.Effect<ReadonlyArray<Uint8Array>, Option.Option<HttpClientError.ResponseError>>
  /** Gives up what is not over: whoever waits for the response, or for its body, hears of a failure at once. */
  readonly stop: () => void
}

/**
 * Prepares to send a request: without a span, without tracing headers, and without following redirects. The context is
 * the caller's, for options of the transport.
 */
export type Exchanging = (
  request: HttpClientRequest.HttpClientRequest,
  context: Context.Context<never>
) => Exchange

const known = new WeakMap<HttpClient.HttpClient, Exchanging>()

/**
 * Says how else this client's requests can be sent. Where nothing else needs a fiber, calls take this way: their deadlines
 * stop the exchange, and need no fiber to interrupt; for a small call, that is a good part of the cost. A client that is
 * made of this one, such as by `HttpClient.mapRequest`, is another one, and is not known.
 *
 * For authors of platform layers.
 *
 * @example
 * ```ts
 * import * as Transport from "@effect-cohere/core/Transport"
 * import * as HttpClient from "@effect/platform/HttpClient"
 *
 * const withExchanges = (client: HttpClient.HttpClient, exchanging: Transport.Exchanging): HttpClient.HttpClient =>
 *   Transport.offer(client, exchanging)
 * ```
 */
export const offer = (client: HttpClient.HttpClient, exchanging: Exchanging): HttpClient.HttpClient => {
  known.set(client, exchanging)
  return client
}

/**
 * What was offered for a client.
 *
 * @example
 * ```ts
 * import * as Transport from "@effect-cohere/core/Transport"
 * import * as HttpClient from "@effect/platform/HttpClient"
 * import * as Effect from "effect/Effect"
 *
 * const canBeStopped = Effect.map(HttpClient.HttpClient, (client) => Transport.offered(client) !== undefined)
 * ```
 */
export const offered = (client: HttpClient.HttpClient): Exchanging | undefined => known.get(client)
