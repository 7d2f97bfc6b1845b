/** effect-cohere on Node.js: `CohereNode`, with its defaults. */
import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
import * as Config from "effect/Config"
import * as Redacted from "effect/Redacted"
import { apiKey } from "../requests.ts"
import * as EffectClient from "./effect.ts"

export const connect = EffectClient.connectWith((base) =>
  CohereNode.layerConfig({ apiKey: Config.succeed(Redacted.make(apiKey)), baseUrl: Config.succeed(base) })
)
