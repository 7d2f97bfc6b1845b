import type { DetokenizeResponse, TokenizeResponse } from "@effect-cohere/core/Tokens"
import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { model, ok, refusal } from "./api.ts"

const tokenize = (text: string) => ok<TokenizeResponse>("/v1/tokenize", { body: { text, model } })

const detokenize = (tokens: ReadonlyArray<number>) =>
  ok<DetokenizeResponse>("/v1/detokenize", { body: { tokens, model } })

const text = FastCheck.oneof(
  FastCheck.string({ minLength: 1, maxLength: 40 }),
  FastCheck.string({ unit: "binary", minLength: 1, maxLength: 40 }),
  FastCheck.array(
    FastCheck.constantFrom("river", " rivers", "Łódź", "東京", "🚣🏽‍♀️", "\u0000", "\n", "\ud83d", "  ", "%"),
    {
      minLength: 1,
      maxLength: 20
    }
  ).map((parts) => parts.join(""))
)

describe("tokens", () => {
  it("are whole numbers, one for each piece of the text, and give the text again in another emulator", () =>
    FastCheck.assert(FastCheck.asyncProperty(text, async (given) => {
      const { token_strings, tokens } = await tokenize(given)
      assert.isTrue(tokens.every((token) => Number.isSafeInteger(token) && token >= 0))
      assert.strictEqual(token_strings?.join(""), given)
      assert.strictEqual(token_strings?.length, tokens.length)
      // Each call of this test has an emulator of its own.
      assert.strictEqual((await detokenize(tokens)).text, given)
    })))

  it("mean the same wherever they stand", async () => {
    const { token_strings, tokens } = await tokenize("the river and the river")
    const found = new Map<string, number>()
    token_strings?.forEach((piece, i) => {
      assert.strictEqual(found.get(piece) ?? tokens[i], tokens[i])
      found.set(piece, tokens[i] ?? -1)
    })
    assert.strictEqual(new Set(found.values()).size, found.size)
    assert.isBelow(found.size, tokens.length)
  })

  it("are fewer than the characters of a text in words", async () => {
    const text = "Rivers flow through the cities of France. ".repeat(20)
    assert.isBelow((await tokenize(text)).tokens.length, text.length / 3)
  })

  it("can be of a text as long as is allowed, and not of a longer one or of none", async () => {
    const longest = "東 a".repeat(65_536).slice(0, 65_536)
    assert.strictEqual((await detokenize((await tokenize(longest)).tokens)).text, longest)
    assert.match(await refusal("/v1/tokenize", { text: `${longest}a`, model }), /^400 invalid request: text: /)
    assert.match(await refusal("/v1/tokenize", { text: "", model }), /^400 invalid request: text: /)
    assert.match(await refusal("/v1/detokenize", { tokens: [], model }), /^400 invalid request: tokens/)
  })

  it("are known, or refused with their place", async () => {
    for (const token of [-1, 0x110000, 0x110000 + 128, Number.MAX_SAFE_INTEGER]) {
      assert.strictEqual(
        await refusal("/v1/detokenize", { tokens: [97, token], model }),
        `400 invalid request: token ${token} at index 1 is not in the vocabulary`
      )
    }
  })

  it("need a model that there is, and cost nothing", async () => {
    assert.match(await refusal("/v1/tokenize", { text: "a", model: "nope" }), /^404 model 'nope' not found/)
    assert.match(await refusal("/v1/detokenize", { tokens: [97], model: "nope" }), /^404 model 'nope' not found/)
    assert.strictEqual(
      await refusal("/v1/tokenize", { text: "a" }),
      "400 a model parameter is required for this endpoint."
    )
    assert.deepStrictEqual((await tokenize("a")).meta, { api_version: { version: "1" } })
  })
})
