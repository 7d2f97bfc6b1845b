/**
 * Where and how calls go on the wire. A deployment takes the canonical request (a path such as `/v2/chat`, no host, no
 * credentials) and makes of it the one that is sent; it does so anew for each attempt.
 */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { CredentialsError } from "./CohereError.ts"
import { Credentials } from "./Credentials.ts"
import * as Ready from "./internal/ready.ts"

/** Turns canonical requests into those of a deployment. */
export interface Service {
  /** Addresses and authorizes the request of one attempt. */
  readonly prepare: (
    request: HttpClientRequest.HttpClientRequest
  ) => Effect.Effect<HttpClientRequest.HttpClientRequest, CredentialsError>
  /**
   * Called with a request, as it was prepared, that the server refused with 401. Answers whether another attempt may
   * carry other credentials.
   */
  readonly renew: (refused: HttpClientRequest.HttpClientRequest) => Effect.Effect<boolean>
}

/** The deployment of a client. */
export class Deployment extends Context.Tag("@effect-cohere/core/Deployment")<Deployment, Service>() {}

/** Where Cohere's own platform is. */
export const platformUrl = "https://api.cohere.com"

/** The base URL without its trailing slashes and without a version, which belongs to the paths. */
const parseBaseUrl = (baseUrl: string | URL): Either.Either<string, ConfigError.ConfigError> => {
  const invalid = (message: string) => Either.left(ConfigError.InvalidData(["baseUrl"], message))
  if (!URL.canParse(baseUrl)) {
    return invalid("baseUrl (or CO_API_URL) is no absolute URL: give one such as https://api.cohere.com")
  }
  const url = new URL(baseUrl)
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return invalid("baseUrl must begin with https:// or http://")
  }
  if (url.username !== "" || url.password !== "") {
    return invalid("baseUrl holds a user or a password: leave them out, and give Credentials instead")
  }
  if (url.search !== "" || url.hash !== "") {
    return invalid("baseUrl has a query or a fragment: leave them out, and give RequestOptions instead")
  }
  return Either.right(url.origin + url.pathname.replace(/\/+$/, "").replace(/\/v[12]$/, ""))
}

const at = (baseUrl: string): Effect.Effect<Service, never, Credentials> =>
  Effect.map(Credentials, (credentials) => ({
    prepare: (request) =>
      Ready.map(credentials.token, (token) => {
        const addressed = HttpClientRequest.prependUrl(request, baseUrl)
        const value = Redacted.value(token)
        return value === "" || "authorization" in request.headers
          ? addressed
          : HttpClientRequest.setHeader(addressed, "authorization", `Bearer ${value}`)
      }),
    renew: (refused) =>
      credentials.renew(Redacted.make((refused.headers["authorization"] ?? "").replace(/^Bearer /, "")))
  }))

/** Cohere's own platform. */
export const layerPlatform: Layer.Layer<Deployment, never, Credentials> = Layer.effect(Deployment, at(platformUrl))

/**
 * A private deployment, a Model Vault, a gateway or a proxy: anything that answers Cohere's own paths. One trailing
 * `/v1` or `/v2` is dropped from the URL, since the paths hold the version.
 *
 * Fails with `ConfigError` when `baseUrl` is not an absolute URL without user, query and fragment.
 *
 * @example
 * ```ts
 * import * as CohereClient from "@effect-cohere/core/CohereClient"
 * import * as Credentials from "@effect-cohere/core/Credentials"
 * import * as Deployment from "@effect-cohere/core/Deployment"
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 *
 * const client = CohereClient.layer.pipe(
 *   Layer.provide(Deployment.layerPrivate({ baseUrl: "https://cohere.internal.example" })),
 *   Layer.provide(Credentials.layerNone),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 */
export const layerPrivate = (options: {
  readonly baseUrl: string | URL
}): Layer.Layer<Deployment, ConfigError.ConfigError, Credentials> =>
  Layer.effect(Deployment, Effect.flatMap(parseBaseUrl(options.baseUrl), at))
