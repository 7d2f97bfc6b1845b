/** What `Embeddings` sends, and what it refuses to send. */
import type * as CohereClient from "@effect-cohere/core/CohereClient"
import type * as CohereError from "@effect-cohere/core/CohereError"
import * as Embeddings from "@effect-cohere/core/Embeddings"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { over } from "../client/support/samples.ts"
import { refused } from "../support/refused.ts"
import * as Server from "./support/server.ts"

const { fields, texts } = Server

describe("What is sent", () => {
  it.effect.each([[1, [1]], [95, [95]], [96, [96]], [97, [96, 1]], [200, [96, 96, 8]]] as const)(
    "of %i texts: calls of %j",
    ([count, sizes]) =>
      Effect.gen(function*() {
        const transport = Server.honest()
        yield* Embeddings.all({ ...fields, inputs: texts(count) }).pipe(over(transport))
        assert.deepStrictEqual(Server.textsOf(transport).map((sent) => sent?.length), [...sizes])
        assert.deepStrictEqual(Server.textsOf(transport).flatMap((sent) => sent ?? []), [...texts(count)])
      })
  )

  it.effect("are batches of as many inputs as wanted", () =>
    Effect.gen(function*() {
      const transport = Server.honest()
      yield* Embeddings.all({ ...fields, inputs: texts(7), batchSize: 3 }).pipe(over(transport))
      assert.deepStrictEqual(Server.textsOf(transport), [
        ["text 0", "text 1", "text 2"],
        ["text 3", "text 4", "text 5"],
        ["text 6"]
      ])
    }))

  it.effect("are the fields of V2.embed, and nothing that is said to the library alone", () =>
    Effect.gen(function*() {
      const transport = Server.honest()
      const rest = { ...fields, truncate: "START", max_tokens: 100, output_dimension: 256, priority: 5 } as const
      yield* Embeddings.all({
        ...rest,
        inputs: ["a", "b", "c"],
        input: (text) => text,
        batchSize: 2,
        concurrency: 2,
        floats: "base64"
      }).pipe(over(transport))
      assert.deepStrictEqual(Server.asked(transport), [
        { ...rest, texts: ["a", "b"], embedding_types: ["base64"] },
        { ...rest, texts: ["c"], embedding_types: ["base64"] }
      ])
      for (const { method, url } of transport.requests) {
        assert.deepStrictEqual([method, url], ["POST", "https://api.cohere.com/v2/embed"])
      }
    }))

  it.effect("are texts as they are", () =>
    Effect.gen(function*() {
      const transport = Server.honest()
      const odd = ["Grüße aus Łódź – 🚣‍♀️", " ", "\u0000\u2028", "\"quoted\" \\", "__proto__"]
      yield* Embeddings.all({ ...fields, inputs: odd }).pipe(over(transport))
      assert.deepStrictEqual(Server.textsOf(transport), [odd])
    }))

  it.effect.each(
    [
      [undefined, undefined, ["base64"]],
      [undefined, "json", ["float"]],
      [["float"], "base64", ["base64"]],
      [["float"], "json", ["float"]],
      [["int8"], undefined, ["int8"]],
      [["int8"], "json", ["int8"]],
      [["ubinary", "float", "int8"], undefined, ["ubinary", "base64", "int8"]],
      [["ubinary", "float", "int8"], "json", ["ubinary", "float", "int8"]],
      [["float", "float"], undefined, ["base64"]]
    ] as const
  )("for forms %j with floats as %j: %j", ([embedding_types, floats, sent]) =>
    Effect.gen(function*() {
      const transport = Server.honest()
      yield* Embeddings.all({ ...fields, inputs: ["a"], embedding_types, floats }).pipe(over(transport))
      assert.deepStrictEqual(Server.asked(transport)[0]?.embedding_types, [...sent])
    }))

  const image = { content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] } as const
  const text = (text: string) => ({ content: [{ type: "text", text }] }) as const

  it.effect("are inputs of texts and images as they are", () =>
    Effect.gen(function*() {
      const transport = Server.honest()
      yield* Embeddings.all({ ...fields, inputs: [image, text("a")] }).pipe(over(transport))
      assert.deepStrictEqual(Server.asked(transport), [
        { ...fields, inputs: [image, text("a")], embedding_types: ["base64"] }
      ])
    }))

  it.effect("is a text among other inputs as an input; where a batch has none of these, as a text", () =>
    Effect.gen(function*() {
      const transport = Server.honest()
      const inputs: ReadonlyArray<Embeddings.Input> = ["a", image, "b", "c", image, image]
      const { values } = yield* Embeddings.all({ ...fields, inputs, batchSize: 2 }).pipe(over(transport))
      assert.deepStrictEqual(Server.asked(transport).map(({ inputs, texts }) => texts ?? inputs), [
        [text("a"), image],
        ["b", "c"],
        [image, image]
      ])
      for (const sent of Server.asked(transport)) assert.notStrictEqual("texts" in sent, "inputs" in sent)
      assert.deepStrictEqual(values, inputs)
    }))

  it.effect("is what `input` makes of values of one's own", () =>
    Effect.gen(function*() {
      const transport = Server.honest()
      const products = [{ sku: "1", name: "tea" }, { sku: "2", name: "coffee", image }]
      yield* Embeddings.all({
        ...fields,
        inputs: products,
        input: ({ image, name }) => image ?? name,
        batchSize: 1
      }).pipe(over(transport))
      assert.deepStrictEqual(Server.asked(transport).map(({ inputs, texts }) => texts ?? inputs), [["tea"], [image]])
    }))

  it.effect("is what `input` makes of texts", () =>
    Effect.gen(function*() {
      const transport = Server.honest()
      const inputs = ["a", "b"]
      const { values } = yield* Embeddings.all({ ...fields, inputs, input: (text) => `title: ${text}` }).pipe(
        over(transport)
      )
      assert.deepStrictEqual(Server.textsOf(transport), [["title: a", "title: b"]])
      assert.deepStrictEqual(values, inputs)
    }))

  it.effect("carries what RequestOptions say, in each call", () =>
    Effect.gen(function*() {
      const transport = Server.honest()
      yield* Embeddings.stream({ ...fields, inputs: ["a", "b"], batchSize: 1 }).pipe(
        RequestOptions.with({ clientName: "my-app" }),
        Stream.runDrain,
        over(transport)
      )
      assert.deepStrictEqual(transport.requests.map(({ headers }) => headers["x-client-name"]), ["my-app", "my-app"])
    }))

  it.effect.each(
    [
      ["a list", []],
      ["a Set", new Set<string>()],
      ["a Chunk", Chunk.empty<string>()],
      ["a Stream", Stream.empty]
    ] as const
  )("is nothing for %s of no inputs", ([, inputs]) =>
    Effect.gen(function*() {
      const transport = Server.honest()
      const request = { ...fields, inputs, embedding_types: ["float", "int8"] } as const
      const items = yield* Stream.runCollect(Embeddings.stream(request)).pipe(over(transport))
      const batches = yield* Stream.runCollect(Embeddings.batches(request)).pipe(over(transport))
      const all = yield* Embeddings.all(request).pipe(over(transport))
      assert.lengthOf(items, 0)
      assert.lengthOf(batches, 0)
      assert.deepStrictEqual(all, { index: 0, id: "", values: [], embeddings: { float: [], int8: [] }, meta: {} })
      assert.lengthOf(transport.requests, 0)
    }))

  it.effect("is nothing before it is run", () =>
    Effect.gen(function*() {
      let made = 0
      const transport = Server.honest()
      const request = { ...fields, inputs: ["a"], input: (text: string) => `${text}${made++}` }
      const idle = [Embeddings.batches(request), Embeddings.stream(request), Embeddings.all(request)]
      yield* Server.quiet
      assert.lengthOf(idle, 3)
      assert.strictEqual(made, 0)
      assert.lengthOf(transport.requests, 0)
    }))
})

// What types forbid, programs in JavaScript and values from outside do.
const ways: Readonly<
  Record<string, (request: never) => Effect.Effect<unknown, CohereError.CohereError, CohereClient.CohereClient>>
> = {
  batches: (request) => Stream.runDrain(Embeddings.batches(request)),
  stream: (request) => Stream.runDrain(Embeddings.stream(request)),
  all: (request) => Embeddings.all(request)
}

describe("Nothing is sent, and InvalidRequest says where,", () => {
  const cases: ReadonlyArray<readonly [what: string, change: object, path: string | RegExp]> = [
    ["for inputs that are one text", { inputs: "text" }, "inputs"],
    ["for inputs that are the empty text", { inputs: "" }, "inputs"],
    ["for inputs that are null", { inputs: null }, "inputs"],
    ["for inputs that are not there", { inputs: undefined }, "inputs"],
    ["for inputs that are a number", { inputs: 5 }, "inputs"],
    ["for inputs that are one input", { inputs: { content: [] } }, "inputs"],
    ["for inputs that are a function", { inputs: () => ["a"] }, "inputs"],
    ["for batches of none", { batchSize: 0 }, "batchSize"],
    ["for batches of less than none", { batchSize: -1 }, "batchSize"],
    ["for batches of 97", { batchSize: 97 }, "batchSize"],
    ["for batches of 1.5", { batchSize: 1.5 }, "batchSize"],
    ["for batches of NaN", { batchSize: NaN }, "batchSize"],
    ["for batches of Infinity", { batchSize: Infinity }, "batchSize"],
    ["for batches of a text", { batchSize: "10" }, "batchSize"],
    ["for batches of null", { batchSize: null }, "batchSize"],
    ["for no calls at once", { concurrency: 0 }, "concurrency"],
    ["for 1.5 calls at once", { concurrency: 1.5 }, "concurrency"],
    ["for NaN calls at once", { concurrency: NaN }, "concurrency"],
    ["for calls without bound", { concurrency: Infinity }, "concurrency"],
    ["for \"unbounded\" calls", { concurrency: "unbounded" }, "concurrency"],
    ["for no forms", { embedding_types: [] }, "embedding_types"],
    ["for a form that does not exist", { embedding_types: ["float16"] }, "embedding_types"],
    ["for such a form among others", { embedding_types: ["float", "toString"] }, "embedding_types"],
    ["for the form base64, which floats travel in", { embedding_types: ["base64"] }, "embedding_types"],
    ["for forms that are null", { embedding_types: null }, "embedding_types"],
    ["for forms that are a number", { embedding_types: 8 }, "embedding_types"],
    ["for forms with null", { embedding_types: ["float", null] }, "embedding_types"],
    ["for floats that travel in another way", { floats: "hex" }, "floats"],
    ["for floats that travel as null", { floats: null }, "floats"],
    ["for an `input` that is no function", { input: "name" }, "input"],
    ["for an `input` that gives undefined", { input: () => undefined }, /^inputs\[0\]/],
    ["for an `input` that gives null", { input: () => null }, /^inputs\[0\]/],
    ["for an `input` that gives a number", { input: () => 1 }, /^inputs\[0\]/],
    ["for an `input` that gives a list of texts", { input: () => ["a"] }, /^inputs\[0\]/],
    ["for inputs with undefined in them", { inputs: ["a", undefined] }, /^inputs\[1\]/],
    ["for values of one's own without `input`", { inputs: [{ name: "a" }] }, /^inputs\[0\]/],
    ["for a purpose that does not exist", { input_type: "search" }, "input_type"],
    ["without a model", { model: undefined }, "model"],
    ["for a dimension that is none", { output_dimension: "256" }, "output_dimension"]
  ]
  for (const [name, run] of Object.entries(ways)) {
    it.effect.each(cases)(`by ${name}: %s`, ([, change, path]) =>
      Effect.gen(function*() {
        const error = yield* refused(run({ ...fields, inputs: ["a"], ...change } as never))
        assert.strictEqual(error.endpoint, "v2.embed")
        const [issue] = error.issues
        if (typeof path === "string") assert.strictEqual(issue?.path, path)
        else assert.match(issue?.path ?? "", path)
        assert.include(error.message, String(issue?.message))
      }))

    it.effect.each([[null], [undefined], [5], ["text"]])(
      `by ${name}: for a request that is %j`,
      ([request]) =>
        Effect.gen(function*() {
          const error = yield* refused(run(request as never))
          assert.strictEqual(error.endpoint, "v2.embed")
        })
    )
  }
})
