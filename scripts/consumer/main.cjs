// What a user of the published packages writes, as a CommonJS module.
const V2 = require("@effect-cohere/core/V2")
const CohereNode = require("@effect-cohere/platform-node/CohereNode")
const { Effect } = require("effect")

V2.chat({ model: "m", messages: [{ role: "user", content: "hi" }] }).pipe(
  Effect.provide(CohereNode.layer),
  Effect.map((response) => console.log(JSON.stringify(response.message.content))),
  Effect.runPromise
)
