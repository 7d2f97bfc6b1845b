/** The clients that have to behave alike, each over the emulator, and what each cannot do. */
import * as ApiKey from "@effect-cohere/core/ApiKey"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as Models from "@effect-cohere/core/Models"
import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import * as V2 from "@effect-cohere/core/V2"
import * as CohereBrowser from "@effect-cohere/platform-browser/CohereBrowser"
import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
import * as EmulatorNode from "@effect-cohere/platform-node/EmulatorNode"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as diagnostics from "node:diagnostics_channel"
import type * as Http from "node:http"
import { listen, relay } from "./relay.ts"

/** What a runtime cannot do, and why. */
export type Ability = "refuse a bad key" | "tell the request id" | "show what the server notices"

/** A client under test. */
export interface Runtime {
  readonly name: string
  readonly layer: Layer.Layer<CohereClient.CohereClient>
  /** The same client, with a key that the server does not know. */
  readonly withBadKey: Layer.Layer<CohereClient.CohereClient>
  /** How many responses were cut off by a client that left, so far. */
  readonly cutOff: () => number
  /** The cases that make no sense here, with the reason. Every other case must pass. */
  readonly cannot: { readonly [_ in Ability]?: string }
}

/** The key that the emulators know. */
export const key = "contract-key-4711"

const emulator: EmulatorNode.Options = {
  apiKeys: [key],
  // Slow enough that an interruption comes in the middle, quick enough not to wait for.
  latency: { betweenEvents: "1 millis" }
}

// Every server of this process tells here about its exchanges: those of the emulators, too.
let abandoned = 0
diagnostics.subscribe("http.server.request.start", (message) => {
  const { response } = message as { readonly response: Http.ServerResponse }
  response.once("close", () => {
    if (!response.writableFinished) abandoned++
  })
})

const onPort = <E>(
  client: (url: string) => Layer.Layer<CohereClient.CohereClient, E>
): Layer.Layer<CohereClient.CohereClient> =>
  Layer.unwrapEffect(Effect.map(EmulatorNode.EmulatorNode, ({ url }) => client(url))).pipe(
    Layer.provide(EmulatorNode.layer(emulator)),
    Layer.orDie
  )

const node = (apiKey: string) => (url: string) =>
  CohereNode.layerConfig({ apiKey: Config.succeed(Redacted.make(apiKey)), baseUrl: Config.succeed(url) })

const throughProxy = (apiKey: string) => (url: string) =>
  Layer.unwrapScoped(Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => listen(relay({ url, key: apiKey, prefix: "/api/cohere" }))),
      (server) => Effect.promise(server.close)
    ),
    (server) => CohereBrowser.layerProxy({ url: `${server.url}/api/cohere` })
  ))

const withToken = (token: string) => (url: string) =>
  CohereBrowser.layerToken({ url, acquire: Effect.succeed({ token: Redacted.make(token) }) })

const inProcess = (apiKey: string) =>
  CohereClient.layer.pipe(
    Layer.provide(Deployment.layerPlatform),
    Layer.provide(Credentials.layer(apiKey)),
    Layer.provide(Emulator.layer(emulator)),
    Layer.orDie
  )

/** The fake client, whose handlers ask the emulator. */
const fake = Layer.unwrapEffect(Effect.map(Effect.context<CohereClient.CohereClient>(), (context) => {
  // The fake announces its own responses: those of the client behind it are nobody's business.
  const ask = <A, E>(self: Effect.Effect<A, E, CohereClient.CohereClient>): Effect.Effect<A, E> =>
    self.pipe(
      Effect.provide(context),
      Effect.provideService(CohereClient.ResponseListener, () => Effect.void)
    )
  return CohereTest.layer({
    "v2.chat": (request) => ask(V2.chat(request)),
    "v2.chatStream": (request) =>
      V2.chatStream(request).pipe(
        Stream.provideContext(context),
        (events) => Stream.provideService(events, CohereClient.ResponseListener, () => Effect.void)
      ),
    "v2.embed": (request) => ask(V2.embed(request)),
    "v2.rerank": (request) => ask(V2.rerank(request)),
    "models.get": (request) => ask(Models.get(request)),
    "models.list": (request) => ask(Models.list(request)),
    "apiKey.check": () => ask(ApiKey.check)
  })
})).pipe(Layer.provide(inProcess(key)))

const noServer = "The server is in this process and shows nothing of itself."

/** All of them. */
export const runtimes: ReadonlyArray<Runtime> = [
  {
    name: "CohereNode.layerConfig, over HTTP",
    layer: onPort(node(key)),
    withBadKey: onPort(node("wrong-key")),
    cutOff: () => abandoned,
    cannot: {}
  },
  {
    name: "CohereBrowser.layerProxy, over fetch and a relay with the key",
    layer: onPort(throughProxy(key)),
    withBadKey: onPort(throughProxy("wrong-key")),
    cutOff: () => abandoned,
    cannot: {}
  },
  {
    name: "CohereBrowser.layerToken, over fetch",
    layer: onPort(withToken(key)),
    withBadKey: onPort(withToken("wrong-key")),
    cutOff: () => abandoned,
    cannot: {}
  },
  {
    name: "CohereClient.layer, over the emulator in this process",
    layer: inProcess(key),
    withBadKey: inProcess("wrong-key"),
    cutOff: () => 0,
    cannot: { "show what the server notices": noServer }
  },
  {
    name: "CohereTest.layer, whose handlers ask the emulator",
    layer: fake,
    withBadKey: fake,
    cutOff: () => 0,
    cannot: {
      "refuse a bad key": "The fake client has no key.",
      "tell the request id": "The fake client has no responses, and so no headers.",
      "show what the server notices": noServer
    }
  }
]
