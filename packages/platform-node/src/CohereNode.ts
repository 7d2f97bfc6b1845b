/** The client on Node.js: keep-alive connections, key and address from the environment. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import type { CredentialsError } from "@effect-cohere/core/CohereError"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Agent from "./internal/agent.ts"
import * as Undici from "./internal/undici.ts"

/**
 * The platform's `HttpClient` on undici, whose connections are kept alive and closed with the layer. It follows no
 * redirects. Deadlines are those of `Timeouts`; only a connection that is not made within undici's own 10 seconds fails
 * earlier, as `ConnectionFailed`. It heeds `UndiciRequestOptions` of the platform's `NodeHttpClient`.
 */
export const layerHttpClient: Layer.Layer<HttpClient.HttpClient> = Layer.scoped(
  HttpClient.HttpClient,
  Effect.map(Agent.make, Undici.make)
)

/**
 * The client with key and address from Config, by default from the environment: `CO_API_KEY` (or `COHERE_API_KEY`) and
 * `CO_API_URL`.
 *
 * Fails with `CredentialsError` when there is no key, and with `ConfigError` when the address is not usable.
 *
 * @example
 * ```ts
 * import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
 * import * as Config from "effect/Config"
 *
 * const client = CohereNode.layerConfig({ apiKey: Config.redacted("MY_COHERE_KEY") })
 * ```
 */
export const layerConfig = (
  options?: CohereClient.ConfigOptions
): Layer.Layer<CohereClient.CohereClient, CredentialsError | ConfigError.ConfigError> =>
  CohereClient.layerConfig(options).pipe(Layer.provide(layerHttpClient))

/**
 * The client with key and address from the environment: see {@link layerConfig}. Provide it once, at the edge of the
 * program: it holds the connections.
 *
 * @example
 * ```ts
 * import * as Chat from "@effect-cohere/core/Chat"
 * import * as V2 from "@effect-cohere/core/V2"
 * import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
 * import * as Effect from "effect/Effect"
 *
 * V2.chat({ model: "command-a-03-2025", messages: [Chat.user("Hello!")] }).pipe(
 *   Effect.map((response) => Chat.text(response.message)),
 *   Effect.provide(CohereNode.layer),
 *   Effect.runPromise
 * )
 * ```
 */
export const layer: Layer.Layer<CohereClient.CohereClient, CredentialsError | ConfigError.ConfigError> = layerConfig()
