import type { ClassifyResponse } from "@effect-cohere/core/V1"
import { assert, describe, it } from "@effect/vitest"
import { ok, refusal } from "./api.ts"

const examples = [
  { text: "The river flows through the town", label: "water" },
  { text: "Rivers and lakes are full of water", label: "water" },
  { text: "The bread is baked in an oven", label: "food" },
  { text: "Bake the cake with flour and butter", label: "food" },
  { text: "The train leaves from the station", label: "travel" },
  { text: "A ticket for the night train", label: "travel" }
]

const classify = (inputs: ReadonlyArray<string>, more: object = {}): Promise<ClassifyResponse> =>
  ok("/v1/classify", { body: { inputs, examples, ...more } })

const reason = (body: object) => refusal("/v1/classify", { inputs: ["a"], examples, ...body })

describe("classify", () => {
  it("gives each text the label of the closest example, and how sure it is of each label", async () => {
    const inputs = ["Which river is that?", "How to bake bread", "When does the train leave the station?"]
    const { classifications, meta } = await classify(inputs)
    assert.deepStrictEqual(classifications.map(({ prediction }) => prediction), ["water", "food", "travel"])
    assert.deepStrictEqual(meta?.billed_units, { classifications: 3 })
    for (const [i, each] of classifications.entries()) {
      assert.strictEqual(each.input, inputs[i])
      assert.strictEqual(each.classification_type, "single-label")
      assert.deepStrictEqual(each.predictions, [each.prediction ?? ""])
      assert.deepStrictEqual(each.confidences, [each.confidence ?? -1])
      assert.deepStrictEqual(Object.keys(each.labels ?? {}), ["water", "food", "travel"])
      const confidences = Object.values(each.labels ?? {}).map((label) => label?.confidence ?? -1)
      assert.closeTo(confidences.reduce((sum, x) => sum + x, 0), 1, 1e-9)
      assert.strictEqual(Math.max(...confidences), each.confidence)
    }
    assert.strictEqual(new Set(classifications.map(({ id }) => id)).size, 3)
  })

  it("takes a model that embeds, and none that is not there", async () => {
    assert.strictEqual(
      (await classify(["bread"], { model: "embed-english-v3.0" })).classifications[0]?.prediction,
      "food"
    )
    assert.match(await reason({ model: "my-classifier-ft" }), /^404 model 'my-classifier-ft' not found/)
    assert.match(await reason({ model: "rerank-v3.5" }), /^400 .*not supported by the classify API/)
  })

  it("needs at least two labels, and two examples of each", async () => {
    const least = "400 invalid request: min classes for classify request is 2 - received "
    assert.strictEqual(await reason({ examples: [] }), least + "0")
    assert.strictEqual(await refusal("/v1/classify", { inputs: ["a"] }), least + "0")
    assert.strictEqual(await reason({ examples: examples.slice(0, 2) }), least + "1")
    assert.strictEqual(
      await reason({ examples: [...examples, { text: "x", label: "a" }, { text: "y", label: "b" }] }),
      "400 invalid request: each unique label must have at least 2 examples. Not enough examples for: a, b"
    )
  })

  it("needs 1 to 96 inputs, none of them empty, and not too long if they may not be cut", async () => {
    assert.match(await reason({ inputs: [] }), /^400 invalid request: /)
    assert.strictEqual(
      await reason({ inputs: Array.from({ length: 97 }, () => "a") }),
      "400 invalid request: total number of inputs must be at most 96 - received 97"
    )
    assert.strictEqual(
      await reason({ inputs: ["a", ""] }),
      "400 invalid request: inputs contains a element that is the empty string at index 1"
    )
    const long = "word ".repeat(600)
    assert.match(await reason({ inputs: [long], truncate: "NONE" }), /^400 too many tokens: .* 512 tokens/)
    assert.strictEqual((await classify([`bread ${long}`])).classifications.length, 1)
  })
})
