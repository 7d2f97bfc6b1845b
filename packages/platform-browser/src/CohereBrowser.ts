/**
 * The client in the browser, over `fetch`. A key in a page is everybody's key: let calls go through your own server
 * ({@link layerProxy}), or use tokens that it hands out ({@link layerToken}).
 */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import type { CredentialsError } from "@effect-cohere/core/CohereError"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as ConfigError from "effect/ConfigError"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"

/** Options of every layer here. */
export interface Options extends CohereClient.Options {
  /** For `fetch`, for example `{ credentials: "include" }` to send your own cookies. Redirects stay off. */
  readonly requestInit?: RequestInit
}

/** A relative address is one below the page's. */
const absolute = (url: string | URL): string | URL =>
  typeof url === "string" && typeof location !== "undefined" && URL.canParse(url, location.href)
    ? new URL(url, location.href)
    : url

const overFetch = (options: Options) => <E, R>(deployment: Layer.Layer<Deployment.Deployment, E, R>) =>
  CohereClient.layerWith(options).pipe(
    Layer.provide(deployment),
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, options.requestInit ?? {}))
  )

/**
 * Through your own server, which adds the key: no key reaches the page. `baseUrl` is where it answers Cohere's paths, so
 * that a chat goes to `<baseUrl>/v2/chat`; a relative one such as `/api/cohere` is taken from the page.
 *
 * Fails with `ConfigError` when `baseUrl` is not usable.
 *
 * @example
 * ```ts
 * import * as Chat from "@effect-cohere/core/Chat"
 * import * as ChatStream from "@effect-cohere/core/ChatStream"
 * import * as V2 from "@effect-cohere/core/V2"
 * import * as CohereBrowser from "@effect-cohere/platform-browser/CohereBrowser"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * V2.chatStream({ model: "command-a-03-2025", messages: [Chat.user("Hello!")] }).pipe(
 *   ChatStream.text,
 *   Stream.runForEach((text) => Effect.sync(() => document.body.append(text))),
 *   Effect.provide(CohereBrowser.layerProxy({ baseUrl: "/api/cohere" })),
 *   Effect.runFork
 * )
 * ```
 */
export const layerProxy = (
  options: Options & { readonly baseUrl: string | URL }
): Layer.Layer<CohereClient.CohereClient, ConfigError.ConfigError> =>
  Deployment.layerPrivate({ baseUrl: absolute(options.baseUrl) }).pipe(
    Layer.provide(Credentials.layerNone),
    overFetch(options)
  )

/** Options of {@link layerToken}. */
export interface TokenOptions<E, R> extends Options, Credentials.RefreshingOptions<E, R> {
  /** Where the gateway answers Cohere's paths. */
  readonly baseUrl: string | URL
}

/**
 * With short-lived tokens that your server hands out, for a gateway that takes them. `acquire` runs when the first call
 * needs a token, before one expires, and when one is refused.
 *
 * Fails with `ConfigError` when `baseUrl` is not usable.
 */
export const layerToken = <E, R>(
  options: TokenOptions<E, R>
): Layer.Layer<CohereClient.CohereClient, ConfigError.ConfigError, R> =>
  Deployment.layerPrivate({ baseUrl: absolute(options.baseUrl) }).pipe(
    Layer.provide(Credentials.layerRefreshing(options)),
    overFetch(options)
  )

/**
 * With the key itself, to Cohere's platform. Whoever opens the page can read the key and use it at your cost: for local
 * experiments only.
 *
 * Fails with `CredentialsError` when the key contains what no key does.
 */
export const layerUnsafeApiKey = (
  options: Options & { readonly apiKey: Redacted.Redacted }
): Layer.Layer<CohereClient.CohereClient, CredentialsError> =>
  Deployment.layerPlatform.pipe(
    Layer.provide(Credentials.layer(options.apiKey)),
    overFetch(options)
  )
