/** What an operation requires is one client, and what gives it says with what it may fail. */
import * as ApiKey from "@effect-cohere/core/ApiKey"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import type { CredentialsError } from "@effect-cohere/core/CohereError"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import type * as Models from "@effect-cohere/core/Models"
import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import * as V2 from "@effect-cohere/core/V2"
import * as CohereBrowser from "@effect-cohere/platform-browser/CohereBrowser"
import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
import * as EmulatorNode from "@effect-cohere/platform-node/EmulatorNode"
import type * as HttpClient from "@effect/platform/HttpClient"
import type { ServeError } from "@effect/platform/HttpServerError"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Stream from "effect/Stream"
import { expectTypeOf } from "vitest"

declare const chatRequest: V2.ChatRequest
declare const key: Redacted.Redacted

interface Session {
  readonly session: string
}
declare const acquire: Effect.Effect<Credentials.Token, "no session", Session>

// ---------------------------------------------------------------------------------------------------------------------
// One requirement
// ---------------------------------------------------------------------------------------------------------------------

type Required<T> = T extends Stream.Stream<unknown, unknown, infer R> ? R
  : T extends Effect.Effect<unknown, unknown, infer R> ? R
  : never

expectTypeOf<Required<ReturnType<typeof V2.chat>>>().toEqualTypeOf<CohereClient.CohereClient>()
expectTypeOf<Required<ReturnType<typeof V2.chatStream>>>().toEqualTypeOf<CohereClient.CohereClient>()
expectTypeOf<Required<ReturnType<typeof V2.embed>>>().toEqualTypeOf<CohereClient.CohereClient>()
expectTypeOf<Required<ReturnType<typeof V2.rerank>>>().toEqualTypeOf<CohereClient.CohereClient>()
expectTypeOf<Required<ReturnType<typeof Models.get>>>().toEqualTypeOf<CohereClient.CohereClient>()
expectTypeOf<Required<ReturnType<typeof Models.list>>>().toEqualTypeOf<CohereClient.CohereClient>()
expectTypeOf<Required<ReturnType<typeof Models.listAll>>>().toEqualTypeOf<CohereClient.CohereClient>()
expectTypeOf<Required<typeof ApiKey.check>>().toEqualTypeOf<CohereClient.CohereClient>()

// @ts-expect-error — nothing runs without a client
// @effect-diagnostics-next-line missingEffectContext:off
expectTypeOf(Effect.runPromise(ApiKey.check))

expectTypeOf(V2.chat(chatRequest).pipe(Effect.provide(CohereNode.layer))).toEqualTypeOf<
  Effect.Effect<V2.ChatResponse, V2.ChatError | CredentialsError | ConfigError.ConfigError>
>()

// ---------------------------------------------------------------------------------------------------------------------
// bind
// ---------------------------------------------------------------------------------------------------------------------

expectTypeOf(CohereClient.bind(V2.chat)).toEqualTypeOf<
  Effect.Effect<
    (request: V2.ChatRequest) => Effect.Effect<V2.ChatResponse, V2.ChatError>,
    never,
    CohereClient.CohereClient
  >
>()
expectTypeOf(CohereClient.bind(V2.chatStream)).toEqualTypeOf<
  Effect.Effect<
    (request: V2.ChatRequest) => Stream.Stream<V2.ChatStreamEvent, V2.ChatStreamError>,
    never,
    CohereClient.CohereClient
  >
>()

// Other requirements stay.
declare const withSession: (n: number) => Effect.Effect<string, "broken", CohereClient.CohereClient | Session>
expectTypeOf(CohereClient.bind(withSession)).toEqualTypeOf<
  Effect.Effect<(n: number) => Effect.Effect<string, "broken", Session>, never, CohereClient.CohereClient>
>()
declare const streamWithSession: (
  a: string,
  b?: number
) => Stream.Stream<string, "broken", CohereClient.CohereClient | Session>
expectTypeOf(CohereClient.bind(streamWithSession)).toEqualTypeOf<
  Effect.Effect<(a: string, b?: number) => Stream.Stream<string, "broken", Session>, never, CohereClient.CohereClient>
>()

// ---------------------------------------------------------------------------------------------------------------------
// withResponse
// ---------------------------------------------------------------------------------------------------------------------

expectTypeOf(CohereClient.withResponse(V2.rerank({ model: "m", query: "q", documents: [] }))).toEqualTypeOf<
  Effect.Effect<
    { readonly value: V2.RerankResponse; readonly response: CohereClient.ResponseInfo },
    V2.RerankError,
    CohereClient.CohereClient
  >
>()
expectTypeOf<CohereClient.ResponseInfo["requestId"]>().toEqualTypeOf<string | undefined>()
expectTypeOf<CohereClient.ResponseInfo["headers"][string]>().toEqualTypeOf<string | undefined>()

expectTypeOf(
  // @ts-expect-error — a stream has no one value; it takes onResponse
  CohereClient.withResponse(V2.chatStream(chatRequest))
)

// ---------------------------------------------------------------------------------------------------------------------
// Layers
// ---------------------------------------------------------------------------------------------------------------------

type Client<E = never, R = never> = Layer.Layer<CohereClient.CohereClient, E, R>

expectTypeOf(CohereNode.layer).toEqualTypeOf<Client<CredentialsError | ConfigError.ConfigError>>()
expectTypeOf(CohereNode.layerConfig({})).toEqualTypeOf<Client<CredentialsError | ConfigError.ConfigError>>()
expectTypeOf(CohereNode.layerHttpClient).toEqualTypeOf<Layer.Layer<HttpClient.HttpClient>>()

expectTypeOf(CohereBrowser.layerProxy({ baseUrl: "/api/cohere" })).toEqualTypeOf<Client<ConfigError.ConfigError>>()
expectTypeOf(CohereBrowser.layerToken({ baseUrl: "/api", acquire })).toEqualTypeOf<
  Client<ConfigError.ConfigError, Session>
>()
expectTypeOf(CohereBrowser.layerUnsafeApiKey({ apiKey: key })).toEqualTypeOf<Client<CredentialsError>>()
// A page has no environment to take a key from, and a key has no name there that does not warn.
expectTypeOf<keyof typeof CohereBrowser>().toEqualTypeOf<"layerProxy" | "layerToken" | "layerUnsafeApiKey">()
// @ts-expect-error — a page takes no key from Config
expectTypeOf(CohereBrowser.layerConfig)
expectTypeOf(
  // @ts-expect-error — a key is Redacted
  CohereBrowser.layerUnsafeApiKey({ apiKey: "key" })
)
expectTypeOf(
  // @ts-expect-error — a proxy is somewhere
  CohereBrowser.layerProxy({})
)
expectTypeOf(
  // @ts-expect-error — a proxy has the key: the page gives none
  CohereBrowser.layerProxy({ baseUrl: "/api", apiKey: key })
)

expectTypeOf(CohereClient.layer).toEqualTypeOf<
  Client<never, Deployment.Deployment | HttpClient.HttpClient>
>()
expectTypeOf(CohereClient.layerConfig()).toEqualTypeOf<
  Client<CredentialsError | ConfigError.ConfigError, HttpClient.HttpClient>
>()
expectTypeOf(Deployment.layerPlatform).toEqualTypeOf<
  Layer.Layer<Deployment.Deployment, never, Credentials.Credentials>
>()
expectTypeOf(Deployment.layerPrivate({ baseUrl: "https://cohere.example" })).toEqualTypeOf<
  Layer.Layer<Deployment.Deployment, ConfigError.ConfigError, Credentials.Credentials>
>()
expectTypeOf(Credentials.layer(key)).toEqualTypeOf<Layer.Layer<Credentials.Credentials, CredentialsError>>()
expectTypeOf(Credentials.layerConfig()).toEqualTypeOf<Layer.Layer<Credentials.Credentials, CredentialsError>>()
expectTypeOf(Credentials.layerNone).toEqualTypeOf<Layer.Layer<Credentials.Credentials>>()
// What acquire fails with becomes CredentialsError, when it happens.
expectTypeOf(Credentials.layerRefreshing({ acquire })).toEqualTypeOf<
  Layer.Layer<Credentials.Credentials, never, Session>
>()

expectTypeOf(CohereTest.layer({})).toEqualTypeOf<
  Layer.Layer<CohereClient.CohereClient | CohereTest.Recorder>
>()
expectTypeOf(Emulator.layer()).toEqualTypeOf<Layer.Layer<HttpClient.HttpClient>>()
expectTypeOf(EmulatorNode.layer()).toEqualTypeOf<Layer.Layer<EmulatorNode.EmulatorNode, ServeError>>()
