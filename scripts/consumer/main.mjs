// What a user of the published packages writes, as an ES module.
import * as V2 from "@effect-cohere/core/V2"
import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
import { Effect } from "effect"

const response = await V2.chat({ model: "m", messages: [{ role: "user", content: "hi" }] }).pipe(
  Effect.provide(CohereNode.layer),
  Effect.runPromise
)
console.log(JSON.stringify(response.message.content))
