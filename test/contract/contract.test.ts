/** One suite for every client: who passes it can take the place of any other. */
import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as Endpoints from "@effect-cohere/core/Endpoints"
import * as Models from "@effect-cohere/core/Models"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as fs from "node:fs"
import { requests } from "./requests.ts"
import { story } from "./resources.ts"
import { runtimes } from "./runtimes.ts"
import { suite } from "./suite.ts"

for (const runtime of runtimes) suite(runtime)

describe("the contract", () => {
  it.live("has the same answers and errors for every client, to the last field", () =>
    Effect.gen(function*() {
      const everything = Effect.all([
        Effect.forEach(Object.values(requests), V2.chat, { concurrency: 4 }),
        Effect.forEach(Object.values(requests), (request) => ChatStream.collect(V2.chatStream(request)), {
          concurrency: 4
        }),
        V2.embed({
          model: "embed-v4.0",
          input_type: "clustering",
          texts: ["a", "b"],
          embedding_types: ["base64", "int8"]
        }),
        V2.rerank({ model: "rerank-v4.0-pro", query: "a", documents: ["b", "a"] }),
        Models.list({}),
        story,
        Models.get({ model: "nothing" }).pipe(
          Effect.either,
          Effect.map(Either.match({ onLeft: (error) => error._tag + error.message, onRight: () => "" }))
        )
      ])
      const answers = yield* Effect.forEach(runtimes, (runtime) => Effect.provide(everything, runtime.layer), {
        concurrency: "unbounded"
      })
      for (const answer of answers) assert.deepStrictEqual(answer, answers[0])
    }))

  it("covers every operation that there is", () => {
    const code = ["suite", "resources"].map((name) => fs.readFileSync(new URL(`./${name}.ts`, import.meta.url), "utf8"))
      .join()
    const names: Readonly<Record<string, string>> = {
      v2: "V2",
      v1: "V1",
      tokens: "Tokens",
      models: "Models",
      apiKey: "ApiKey",
      datasets: "Datasets",
      embedJobs: "EmbedJobs",
      batches: "Batches",
      audio: "Audio",
      connectors: "Connectors",
      finetuning: "Finetuning"
    }
    for (const { id } of Endpoints.all) {
      const [resource = "", operation = ""] = id.split(".")
      assert.match(code, new RegExp(`\\b${names[resource] ?? resource}\\.${operation}\\b`), id)
    }
  })

  it("leaves out only what makes no sense, and says why", () => {
    const left = runtimes.map((runtime) => [runtime.name.split(",")[0], Object.keys(runtime.cannot)])
    assert.deepStrictEqual(left, [
      ["CohereNode.layerConfig", []],
      ["CohereBrowser.layerProxy", []],
      ["CohereBrowser.layerToken", []],
      ["CohereClient.layer", ["show what the server notices"]],
      ["CohereTest.layer", ["refuse a bad key", "tell the request id", "show what the server notices"]]
    ])
    for (const { cannot } of runtimes) {
      for (const reason of Object.values(cannot)) assert.match(reason, /\.$/)
    }
  })
})
