/** effect-cohere over fetch, as it runs anywhere: the core with the platform's `FetchHttpClient`. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Config from "effect/Config"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { apiKey } from "../requests.ts"
import * as EffectClient from "./effect.ts"

export const connect = EffectClient.connectWith((base) =>
  CohereClient.layerConfig({ apiKey: Config.succeed(Redacted.make(apiKey)), baseUrl: Config.succeed(base) }).pipe(
    Layer.provide(FetchHttpClient.layer)
  )
)
