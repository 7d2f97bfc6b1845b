/** The client: Cohere if there is a key, else an emulator on a port of this machine. Both are spoken to over HTTP. */
import type { CohereClient } from "@effect-cohere/core/CohereClient"
import type { CredentialsError } from "@effect-cohere/core/CohereError"
import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
import * as EmulatorNode from "@effect-cohere/platform-node/EmulatorNode"
import type { ServeError } from "@effect/platform/HttpServerError"
import type { Terminal } from "@effect/platform/Terminal"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Screen from "./screen.ts"

const emulated = Layer.unwrapEffect(Effect.gen(function*() {
  const { url } = yield* EmulatorNode.EmulatorNode
  yield* Screen.write(
    `CO_API_KEY is not set: an emulator at ${url} answers. It is no model: it quotes what shares words.\n`
  )
  return CohereNode.layerConfig({
    apiKey: Config.succeed(Redacted.make("emulator")),
    baseUrl: Config.succeed(url)
  })
})).pipe(
  // Slow enough that the stream can be watched.
  Layer.provide(EmulatorNode.layer({ latency: { firstByte: "50 millis", betweenEvents: "8 millis" } }))
)

/** See above. Which of the two it is, the environment says when the layer is built. */
export const layer: Layer.Layer<CohereClient, CredentialsError | ConfigError | ServeError, Terminal> = Layer
  .unwrapEffect(
    Config.redacted("CO_API_KEY").pipe(
      Config.withDefault(Redacted.make("")),
      Effect.map((key) => Redacted.value(key) === "" ? emulated : CohereNode.layer)
    )
  )
