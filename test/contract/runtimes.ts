/** The clients that have to behave alike, each over the emulator, and what each cannot do. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as Endpoint from "@effect-cohere/core/Endpoint"
import * as Endpoints from "@effect-cohere/core/Endpoints"
import type { ListModelsResponse } from "@effect-cohere/core/Models"
import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
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
  /** The same client, of a server that takes its time between the events of a stream. */
  readonly slow: Layer.Layer<CohereClient.CohereClient>
  /** The same client, with a key that the server does not know. */
  readonly withBadKey: Layer.Layer<CohereClient.CohereClient>
  /** How many responses were cut off by a client that left, so far. */
  readonly cutOff: () => number
  /** The cases that make no sense here, with the reason. Every other case must pass. */
  readonly cannot: { readonly [_ in Ability]?: string }
}

/** The key that the emulators know. */
export const key = "contract-key-4711"

const current = await Emulator.make().fetch(
  new Request("https://api.cohere.com/v1/models?page_size=1000", { headers: { authorization: "Bearer any" } })
)

const fastEmulator: Emulator.Options = {
  apiKeys: [key],
  models: [
    ...(await current.json() as ListModelsResponse).models,
    // Cohere has removed it; without it, some operations could only fail.
    { name: "command", endpoints: ["generate", "summarize"], context_length: 4_096 }
  ]
}
const slowEmulator: Emulator.Options = { ...fastEmulator, latency: { betweenEvents: "5 millis" } }

/** How a client is made: for an emulator, with a key. */
type Make = (emulator: Emulator.Options, key: string) => Layer.Layer<CohereClient.CohereClient>

const runtime = (
  name: string,
  make: Make,
  { cannot = {}, cutOff = () => 0 }: Partial<Pick<Runtime, "cannot" | "cutOff">>
): Runtime => ({
  name,
  layer: make(fastEmulator, key),
  slow: make(slowEmulator, key),
  withBadKey: make(fastEmulator, "wrong-key"),
  cutOff,
  cannot
})

// Every server of this process tells here about its exchanges: those of the emulators, too.
let abandoned = 0
diagnostics.subscribe("http.server.request.start", (message) => {
  const { response } = message as { readonly response: Http.ServerResponse }
  response.once("close", () => {
    if (!response.writableFinished) abandoned++
  })
})

const cutOff = () => abandoned

/** A client of an emulator that listens on a port. */
const onPort =
  <E>(client: (url: string, key: string) => Layer.Layer<CohereClient.CohereClient, E>): Make => (emulator, key) =>
    Layer.unwrapEffect(Effect.map(EmulatorNode.EmulatorNode, ({ url }) => client(url, key))).pipe(
      Layer.provide(EmulatorNode.layer(emulator)),
      Layer.orDie
    )

const node = onPort((url, key) =>
  CohereNode.layerConfig({ apiKey: Config.succeed(Redacted.make(key)), baseUrl: Config.succeed(url) })
)

const throughProxy = onPort((url, key) =>
  Layer.unwrapScoped(Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => listen(relay({ url, key, prefix: "/api/cohere" }))),
      (server) => Effect.promise(server.close)
    ),
    (server) => CohereBrowser.layerProxy({ baseUrl: `${server.url}/api/cohere` })
  ))
)

const withToken = onPort((url, token) =>
  CohereBrowser.layerToken({ baseUrl: url, acquire: Effect.succeed({ token: Redacted.make(token) }) })
)

const inProcess: Make = (emulator, key) =>
  CohereClient.layer.pipe(
    Layer.provide(Deployment.layerPlatform),
    Layer.provide(Credentials.layer(key)),
    Layer.provide(Emulator.layer(emulator)),
    Layer.orDie
  )

/** What an operation gives, whatever it is. */
type Ask = (endpoint: Endpoints.All) => (request: never) => unknown

/** The fake client, whose handlers ask the emulator: all of them alike. */
const fake: Make = (emulator, key) =>
  Layer.unwrapEffect(Effect.map(Effect.context<CohereClient.CohereClient>(), (context) => {
    // TypeScript does not relate the types of one operation among many; its descriptor does.
    const ask: Ask = (endpoint) =>
      endpoint.kind === "stream"
        ? (request) =>
          silent(
            Stream.provideContext(Endpoint.stream<string, never, unknown, never>(endpoint as never)(request), context)
          )
        : (request) =>
          silently(Effect.provide(Endpoint.call<string, never, unknown, never>(endpoint as never)(request), context))
    return CohereTest.layer(
      Object.fromEntries(Endpoints.all.map((endpoint) => [endpoint.id, ask(endpoint)])) as CohereTest.Handlers
    )
  })).pipe(Layer.provide(inProcess(emulator, key)))

// The fake announces its own responses: those of the client behind it are nobody's business.
const silently = <A, E>(self: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.provideService(self, CohereClient.ResponseListener, () => Effect.void)
const silent = <A, E>(self: Stream.Stream<A, E>): Stream.Stream<A, E> =>
  Stream.provideService(self, CohereClient.ResponseListener, () => Effect.void)

const noServer = "The server is in this process and shows nothing of itself."

/** All of them. */
export const runtimes: ReadonlyArray<Runtime> = [
  runtime("CohereNode.layerConfig, over HTTP", node, { cutOff }),
  runtime("CohereBrowser.layerProxy, over fetch and a relay with the key", throughProxy, { cutOff }),
  runtime("CohereBrowser.layerToken, over fetch", withToken, { cutOff }),
  runtime("CohereClient.layer, over the emulator in this process", inProcess, {
    cannot: { "show what the server notices": noServer }
  }),
  runtime("CohereTest.layer, whose handlers ask the emulator", fake, {
    cannot: {
      "refuse a bad key": "The fake client has no key.",
      "tell the request id": "The fake client has no responses, and so no headers.",
      "show what the server notices": noServer
    }
  })
]
