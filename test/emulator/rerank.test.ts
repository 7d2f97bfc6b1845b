import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { refusal, rerank } from "./api.ts"

const word = FastCheck.constantFrom("river", "rivers", "France", "Spain", "the", "banana", "Seine", "lies", "東京", "!")
const sentence = FastCheck.array(word, { maxLength: 12 }).map((words) => words.join(" "))

describe("rerank", () => {
  it("orders a permutation of the documents by scores between 0 and 1, ties by position", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(
        word,
        FastCheck.array(sentence, { minLength: 1, maxLength: 20 }),
        async (query, documents) => {
          const { results } = await rerank(query, documents)
          assert.deepStrictEqual(
            results.map((each) => each.index).sort((a, b) => a - b),
            documents.map((_, i) => i)
          )
          results.forEach((each, i) => {
            const before = results[i - 1]
            assert.isTrue(each.relevance_score >= 0 && each.relevance_score <= 1)
            if (before === undefined) return
            assert.isTrue(before.relevance_score >= each.relevance_score)
            if (before.relevance_score === each.relevance_score) assert.isBelow(before.index, each.index)
          })
        }
      )
    ))

  it("finds the document that answers", async () => {
    const { results } = await rerank("What is the capital of the United States?", [
      "Carson City is the capital city of the American state of Nevada.",
      "Capital punishment exists in some countries.",
      "Washington, D.C. is the capital of the United States.",
      "Bananas are yellow."
    ])
    assert.strictEqual(results[0]?.index, 2)
    assert.isAbove(results[0]?.relevance_score ?? 0, 0.8)
    assert.strictEqual(results.at(-1)?.index, 3)
    assert.isBelow(results.at(-1)?.relevance_score ?? 1, 0.1)
  })

  it("scores a document the same whatever stands beside it", async () => {
    const alone = await rerank("rivers of Spain", ["Madrid lies on a river."])
    const beside = await rerank("rivers of Spain", ["Nothing.", "Madrid lies on a river.", "rivers of Spain"])
    assert.strictEqual(
      beside.results.find((each) => each.index === 1)?.relevance_score,
      alone.results[0]?.relevance_score
    )
  })

  it("returns the top n, all when there are fewer, and bills one unit per hundred documents", async () => {
    const documents = Array.from({ length: 101 }, (_, i) => `document ${i}`)
    const some = await rerank("document 7", documents, { top_n: 3 })
    const all = await rerank("a", ["a", "b"], { top_n: 5 })
    assert.strictEqual(some.results.length, 3)
    assert.strictEqual(some.results[0]?.index, 7)
    assert.deepStrictEqual(some.meta?.billed_units, { search_units: 2 })
    assert.strictEqual(all.results.length, 2)
    assert.deepStrictEqual(all.meta?.billed_units, { search_units: 1 })
  })

  it("reads no more of a document than max_tokens_per_doc", async () => {
    const [document] = ["one two three needle"]
    const whole = await rerank("needle", [document ?? ""])
    const cut = await rerank("needle", [document ?? ""], { max_tokens_per_doc: 3 })
    assert.isAbove(whole.results[0]?.relevance_score ?? 0, 0.5)
    assert.isBelow(cut.results[0]?.relevance_score ?? 1, 0.1)
  })

  it("refuses an empty query, no documents, and no results", async () => {
    const base = { model: "rerank-v3.5", query: "a", documents: ["a", "b"] }
    const reason = (more: object) => refusal("/v2/rerank", { ...base, ...more })
    const blank = "400 invalid request: query must not be empty or be only whitespace"
    assert.strictEqual(await reason({ query: "" }), blank)
    assert.strictEqual(await reason({ query: " \n" }), blank)
    assert.strictEqual(await reason({ documents: [] }), "400 invalid request: list of documents must not be empty")
    assert.strictEqual(
      await reason({ top_n: 0 }),
      "400 invalid request: return_top_n is invalid, value must be between 1 and 2"
    )
  })
})
