import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { call, embed, type ErrorBody, refusal } from "./api.ts"

const png = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAYAAAC56t6BAAAAAElFTkSuQmCC"
const gif = "data:image/gif;base64,R0lGODlhAQABAAAAACw="

const dot = (a: ReadonlyArray<number>, b: ReadonlyArray<number>) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0)

const rows = async (texts: ReadonlyArray<string>, more: object = {}) =>
  (await embed({ texts, ...more })).embeddings.float ?? []

const text = FastCheck.fullUnicodeString({ minLength: 1, maxLength: 80 })

describe("embeddings", () => {
  it("have length 1 and the same numbers for the same text", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(text, text, FastCheck.constantFrom(256, 512, 1024, 1536), async (a, b, dimension) => {
        const [x, y] = await rows([a, b], { output_dimension: dimension })
        const [again] = await rows([a], { output_dimension: dimension })
        assert.strictEqual(x?.length, dimension)
        for (const row of [x ?? [], y ?? []]) assert.closeTo(Math.sqrt(dot(row, row)), 1, 1e-5)
        assert.deepStrictEqual(x, again)
      }),
      { numRuns: 50 }
    ))

  it("agree in all their forms", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(text, async (a) => {
        const { embeddings } = await embed({
          texts: [a],
          output_dimension: 256,
          embedding_types: ["float", "int8", "uint8", "binary", "ubinary", "base64"]
        })
        const float = embeddings.float?.[0] ?? []
        const int8 = embeddings.int8?.[0] ?? []
        const ubinary = embeddings.ubinary?.[0] ?? []
        const bytes = Uint8Array.from(atob(embeddings.base64?.[0] ?? ""), (character) => character.charCodeAt(0))
        const view = new DataView(bytes.buffer)
        assert.deepStrictEqual(float.map((_, i) => view.getFloat32(i * 4, true)), [...float])
        assert.isTrue(int8.every((x, i) => Number.isInteger(x) && x >= -128 && x <= 127 && x * (float[i] ?? 0) >= 0))
        assert.deepStrictEqual(embeddings.uint8?.[0], int8.map((x) => x + 128))
        assert.deepStrictEqual(embeddings.binary?.[0], ubinary.map((x) => x - 128))
        float.forEach((x, i) => assert.strictEqual((ubinary[i >> 3] ?? 0) >> (7 - i % 8) & 1, x > 0 ? 1 : 0))
      }),
      { numRuns: 50 }
    ))

  it("are near for similar texts, far for others, in every size", async () => {
    const texts = [
      "How do I reset my password?",
      "To reset your password, click the link on the login page.",
      "Invoices are sent by email each month.",
      "Our office in Lisbon opens at nine."
    ]
    for (const dimension of [256, 1536]) {
      const [question = [], answer = [], ...others] = await rows(texts, { output_dimension: dimension })
      assert.isAbove(dot(question, answer), 0.5)
      for (const other of others) assert.isBelow(Math.abs(dot(question, other)), 0.15)
    }
  })

  it("have the model's own dimension", async () => {
    const dimension = async (model: string) => (await rows(["a"], { model }))[0]?.length
    assert.strictEqual(await dimension("embed-v4.0"), 1536)
    assert.strictEqual(await dimension("embed-english-v3.0"), 1024)
    assert.strictEqual(await dimension("embed-english-light-v3.0"), 384)
  })

  it("come with texts, version and bill, and only in the forms asked for", async () => {
    const response = await embed({ texts: ["foo bar"], embedding_types: ["int8"] })
    assert.deepStrictEqual(Object.keys(response.embeddings), ["int8"])
    assert.deepStrictEqual(response.texts, ["foo bar"])
    assert.strictEqual(response.response_type, "embeddings_by_type")
    assert.deepStrictEqual(response.meta, { api_version: { version: "2" }, billed_units: { input_tokens: 2 } })
  })

  it("of images depend on their content", async () => {
    const response = await embed({ images: [png, gif, png], input_type: "image" })
    const [a, b, c] = response.embeddings.float ?? []
    assert.deepStrictEqual(a, c)
    assert.isBelow(Math.abs(dot(a ?? [], b ?? [])), 0.2)
    assert.deepStrictEqual(response.texts, [])
    assert.deepStrictEqual(response.images?.slice(0, 2), [
      { width: 2, height: 3, format: "image/png", bit_depth: 0 },
      { width: 0, height: 0, format: "image/gif", bit_depth: 0 }
    ])
    assert.deepStrictEqual(response.meta?.billed_units, { images: 3 })
  })

  it("of mixed inputs lie between their parts", async () => {
    const image = { type: "image_url", image_url: { url: png } } as const
    const words = { type: "text", text: "a red bicycle" } as const
    const response = await embed({ inputs: [{ content: [image] }, { content: [words] }, { content: [image, words] }] })
    const [a = [], b = [], both = []] = response.embeddings.float ?? []
    assert.isAbove(dot(a, both), 0.3)
    assert.isAbove(dot(b, both), 0.3)
    assert.deepStrictEqual(response.meta?.billed_units, { images: 2, input_tokens: 8 })
  })

  it("cut long texts at the end or the start, or refuse them", async () => {
    const long = ["one", ...Array.from({ length: 600 }, () => "word"), "last"].join(" ")
    const model = "embed-english-v3.0"
    const [whole, begin, end] = await Promise.all([
      rows([long], { model }),
      rows(["one " + "word ".repeat(511).trim()], { model }),
      rows([long], { model, truncate: "START" })
    ])
    assert.deepStrictEqual(whole, begin)
    assert.notDeepEqual(whole, end)
    const { body, status } = await call<ErrorBody>("/v2/embed", {
      body: { model, input_type: "search_query", texts: ["short", long], truncate: "NONE" }
    })
    assert.strictEqual(status, 400)
    assert.strictEqual(body.error_type, "TOO_MANY_TOKENS")
    assert.strictEqual(
      body.message,
      "too many tokens: size limit exceeded by 90 tokens. Try using shorter or fewer inputs. " +
        "The limit for this model is 512 tokens."
    )
  })

  it("are refused for the reasons of the real server", async () => {
    const base = { model: "embed-v4.0", input_type: "search_query" }
    const cases: ReadonlyArray<readonly [object, string]> = [
      [{ ...base }, "exactly one of texts, images and inputs must be specified"],
      [{ ...base, texts: ["a"], inputs: [] }, "exactly one of texts, images and inputs must be specified"],
      [{ ...base, texts: [] }, "at least one text, image or input must be specified"],
      [{ ...base, texts: Array(104).fill("a") }, "total number of texts must be at most 96 - received 104"],
      [{ ...base, inputs: Array(97).fill({ content: [] }) }, "total number of inputs must be at most 96 - received 97"],
      [{ ...base, texts: ["a", ""] }, "inputs contains a element that is the empty string at index 1"],
      [{ ...base, images: [png] }, "images must be used with input_type=image"],
      [{ ...base, images: ["http://x/y.png"], input_type: "image" }, "image at index 0 must be a base64 data URI"],
      [{ model: "embed-v4.0", texts: ["a"] }, "valid input_type must be provided with the provided model"],
      [
        { ...base, texts: ["a"], output_dimension: 300 },
        "output_dimension must be one of 256, 512, 1024, 1536 - received 300"
      ],
      [
        { ...base, model: "embed-english-v3.0", texts: ["a"], output_dimension: 256 },
        "output_dimension is not supported by model 'embed-english-v3.0'"
      ],
      [
        { ...base, model: "embed-english-v3.0", images: [png, png], input_type: "image" },
        "total number of images must be at most 1"
      ]
    ]
    for (const [body, reason] of cases) {
      assert.strictEqual(await refusal("/v2/embed", body), `400 invalid request: ${reason}`)
    }
  })
})
