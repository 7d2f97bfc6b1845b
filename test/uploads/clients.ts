/** The clients that send uploads over real sockets. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Config from "effect/Config"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const config = (url: string) => ({
  apiKey: Config.succeed(Redacted.make("test-key-of-nobody")),
  baseUrl: Config.succeed(url)
})

/** By name, for an address. */
export const clients = {
  "CohereNode": (url: string) => Layer.orDie(CohereNode.layerConfig(config(url))),
  "CohereClient over fetch": (url: string) =>
    CohereClient.layerConfig(config(url)).pipe(Layer.provide(FetchHttpClient.layer), Layer.orDie)
} satisfies Record<string, (url: string) => Layer.Layer<CohereClient.CohereClient>>
