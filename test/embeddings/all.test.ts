/** What `Embeddings.all` says of several calls together. */
import * as Embeddings from "@effect-cohere/core/Embeddings"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { over } from "../client/support/samples.ts"
import * as Transport from "../support/transport.ts"
import * as Server from "./support/server.ts"

const { fields } = Server

/** A server whose answers say these things of themselves, in turn. */
const saying = (...answers: ReadonlyArray<Readonly<Record<string, unknown>>>) =>
  Transport.make(({ body }) => Server.answer(body, answers[Number(/text (\d+)/.exec(body)?.[1])]))

/** What is said of calls whose answers have these `meta`, each for one text. */
const metaOf = (...metas: ReadonlyArray<unknown>) =>
  Embeddings.all({ ...fields, inputs: Server.texts(metas.length), batchSize: 1 }).pipe(
    Effect.map(({ meta }) => meta as unknown),
    over(saying(...metas.map((meta) => ({ meta }))))
  )

describe("All", () => {
  it.effect("has the ids of all calls, in order", () =>
    Effect.gen(function*() {
      const request = { ...fields, inputs: Server.texts(3), batchSize: 1 }
      const { id } = yield* Embeddings.all(request).pipe(over(saying({ id: "b" }, { id: "a" }, { id: "b" })))
      assert.strictEqual(id, "b, a, b")
    }))

  it.effect("of one call is what that says", () =>
    Effect.gen(function*() {
      const meta = {
        api_version: { version: "2", is_experimental: true },
        billed_units: { input_tokens: 5, images: null },
        tokens: null,
        warnings: ["old"]
      }
      const answer = yield* Embeddings.all({ ...fields, inputs: ["text 0"] }).pipe(over(saying({ id: "a", meta })))
      assert.deepStrictEqual([answer.id, answer.index, answer.values], ["a", 0, ["text 0"]])
      assert.deepStrictEqual(answer.meta, { ...meta, billed_units: { input_tokens: 5 } })
    }))

  it.effect("is the batches put together, in each form", () =>
    Effect.gen(function*() {
      const request = {
        ...fields,
        inputs: Server.texts(10),
        embedding_types: ["ubinary", "float"],
        batchSize: 3
      } as const
      const all = yield* Embeddings.all(request).pipe(over(Server.honest()))
      const batches = Chunk.toReadonlyArray(
        yield* Stream.runCollect(Embeddings.batches(request)).pipe(over(Server.honest()))
      )
      assert.deepStrictEqual(all.values, batches.flatMap(({ values }) => values))
      assert.deepStrictEqual(all.embeddings, {
        ubinary: batches.flatMap(({ embeddings }) => embeddings.ubinary),
        float: batches.flatMap(({ embeddings }) => embeddings.float)
      })
      assert.strictEqual(all.id, "call of 3, call of 3, call of 3, call of 1")
    }))
})

describe("Together, calls", () => {
  it.effect("cost the sum of what each costs, unit by unit", () =>
    Effect.gen(function*() {
      const meta = yield* metaOf(
        { billed_units: { input_tokens: 5, images: 1, image_tokens: 100 } },
        { billed_units: { input_tokens: 7, output_tokens: 2, search_units: 1, classifications: 3, pages: 4 } },
        { billed_units: { images: 2, image_tokens: 50, pages: 1, input_tokens: 0.5 } }
      )
      assert.deepStrictEqual(meta, {
        billed_units: {
          input_tokens: 12.5,
          images: 3,
          image_tokens: 150,
          output_tokens: 2,
          search_units: 1,
          classifications: 3,
          pages: 5
        }
      })
    }))

  it.effect("cost what those say that say something", () =>
    Effect.gen(function*() {
      const some = yield* metaOf(
        { billed_units: { input_tokens: null, images: 1 } },
        { billed_units: null },
        null,
        {},
        { billed_units: { input_tokens: 3 } },
        undefined
      )
      assert.deepStrictEqual(some, { billed_units: { images: 1, input_tokens: 3 } })
      const last = yield* metaOf(null, { billed_units: null }, { billed_units: { input_tokens: 3 } })
      assert.deepStrictEqual(last, { billed_units: { input_tokens: 3 } })
      const zero = yield* metaOf({ billed_units: { input_tokens: 0 } }, {})
      assert.deepStrictEqual(zero, { billed_units: { input_tokens: 0 } })
    }))

  it.effect.each([
    [[null, null], {}],
    [[undefined, undefined], {}],
    [[{}, {}], {}],
    [[{ billed_units: null, tokens: null, cached_tokens: null, warnings: null }, {}], {
      billed_units: null,
      tokens: null,
      cached_tokens: null,
      warnings: null
    }]
  ])("say nothing where none does: %j", ([metas, expected]) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* metaOf(...metas as ReadonlyArray<unknown>), expected)
    }))

  it.effect("read the sum of what each reads, also from the cache", () =>
    Effect.gen(function*() {
      const meta = yield* metaOf(
        { tokens: { input_tokens: 10 }, cached_tokens: 1 },
        { tokens: { input_tokens: 20, output_tokens: 1 }, cached_tokens: null },
        { tokens: null, cached_tokens: 4 },
        {}
      )
      assert.deepStrictEqual(meta, { tokens: { input_tokens: 30, output_tokens: 1 }, cached_tokens: 5 })
      assert.deepStrictEqual(yield* metaOf({}, { cached_tokens: 0 }), { cached_tokens: 0 })
    }))

  it.effect("warn of each thing once, in the order in which it was said", () =>
    Effect.gen(function*() {
      const meta = yield* metaOf(
        { warnings: ["b", "a"] },
        { warnings: null },
        { warnings: ["a", "c", "c"] },
        {},
        { warnings: ["b"] }
      )
      assert.deepStrictEqual(meta, { warnings: ["b", "a", "c"] })
      assert.deepStrictEqual(yield* metaOf({ warnings: [] }, {}), { warnings: [] })
    }))

  it.effect("are of the version that the first says", () =>
    Effect.gen(function*() {
      const first = { api_version: { version: "2", is_deprecated: true } }
      assert.deepStrictEqual(yield* metaOf(first, { api_version: { version: "3" } }), first)
    }))

  it.effect("say what is not known yet as the first does; its units are summed", () =>
    Effect.gen(function*() {
      const meta = yield* metaOf(
        { region: "eu", billed_units: { joules: 1 }, tokens: { thoughts: 3 } },
        { region: "us", billed_units: { joules: 2, ["constructor"]: 4 }, tokens: { thoughts: 5, kind: "x" } },
        { billed_units: { ["constructor"]: 5, ["toString"]: 1 } }
      )
      assert.deepStrictEqual(meta, {
        region: "eu",
        billed_units: { joules: 3, ["constructor"]: 9, ["toString"]: 1 },
        tokens: { thoughts: 8 }
      })
    }))

  it.effect("and none of what the answers said is changed", () =>
    Effect.gen(function*() {
      const request = { ...fields, inputs: Server.texts(2), batchSize: 1 }
      const meta = { billed_units: { input_tokens: 1 }, warnings: ["a"] }
      const batches = yield* Stream.runCollect(Embeddings.batches(request)).pipe(over(saying({ meta }, { meta })))
      assert.deepStrictEqual([...batches].map((batch) => batch.meta), [meta, meta])
    }))
})
