/** `Embeddings` over the fake client, whose functions are written by hand. */
import * as Embeddings from "@effect-cohere/core/Embeddings"
import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { fields, texts } from "./support/server.ts"

const messageOf = (exit: Exit.Exit<unknown, unknown>): string =>
  Exit.isFailure(exit) && Cause.isDie(exit.cause)
    ? String(Cause.squash(exit.cause))
    : assert.fail("it did not die")

describe("The fake client", () => {
  it.effect("may answer floats by hand", () =>
    Effect.gen(function*() {
      const items = yield* Stream.runCollect(Embeddings.stream({ ...fields, inputs: ["a", "bb", "ccc"], batchSize: 2 }))
      assert.deepStrictEqual([...items].map(({ embeddings, value }) => [value, [...embeddings.float]]), [
        ["a", [1, 0.5]],
        ["bb", [2, 0.5]],
        ["ccc", [3, 0.5]]
      ])
      const calls = yield* CohereTest.calls
      assert.deepStrictEqual(
        calls.map((call) => call.endpoint === "v2.embed" ? call.request.texts : undefined),
        [["a", "bb"], ["ccc"]]
      )
    }).pipe(Effect.provide(CohereTest.layer({
      "v2.embed": ({ texts = [] }) => ({ id: "1", embeddings: { float: texts.map(({ length }) => [length, 0.5]) } })
    }))))

  it.effect("may answer other forms beside floats by hand, and by an Effect", () =>
    Effect.gen(function*() {
      const { embeddings } = yield* Embeddings.all({ ...fields, inputs: ["a"], embedding_types: ["int8", "float"] })
      assert.deepStrictEqual(embeddings, { int8: [Int8Array.of(7)], float: [Float32Array.of(0.5)] })
    }).pipe(Effect.provide(CohereTest.layer({
      "v2.embed": () => Effect.succeed({ id: "1", embeddings: { float: [[0.5]], int8: [[7]] } })
    }))))

  it.effect("may fail: what came before is given", () =>
    Effect.gen(function*() {
      const seen: Array<number> = []
      const error = yield* Embeddings.stream({ ...fields, inputs: texts(5), batchSize: 2 }).pipe(
        Stream.runForEach(({ index }) => Effect.sync(() => seen.push(index))),
        Effect.flip
      )
      assert.deepInclude({ ...error }, { _tag: "RateLimited", endpoint: "v2.embed" })
      assert.deepStrictEqual(seen, [0, 1])
    }).pipe(Effect.provide(CohereTest.layer({
      "v2.embed": ({ texts = [] }) =>
        texts.includes("text 2")
          ? Effect.fail(CohereTest.refusal(V2.embedEndpoint, { status: 429 }))
          : Effect.succeed({ id: "1", embeddings: { float: texts.map(() => [1]) } })
    }))))

  it.effect("dies of too few rows, and says which function gave them", () =>
    Effect.gen(function*() {
      const seen: Array<number> = []
      const exit = yield* Embeddings.stream({ ...fields, inputs: texts(3), batchSize: 2, concurrency: 1 }).pipe(
        Stream.runForEach(({ index }) => Effect.sync(() => seen.push(index))),
        Effect.exit
      )
      const message = messageOf(exit)
      assert.include(message, "v2.embed")
      assert.include(message, "embeddings.float")
      assert.include(message, "2 embeddings of one length as float")
      assert.deepStrictEqual(seen, [])
    }).pipe(Effect.provide(CohereTest.layer({ "v2.embed": () => ({ id: "1", embeddings: { float: [[1, 2]] } }) }))))

  it.effect("dies where a form is missing", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Embeddings.all({ ...fields, inputs: ["a"], embedding_types: ["ubinary"] }))
      assert.match(messageOf(exit), /v2\.embed .*\n.*embeddings\.ubinary/)
    }).pipe(Effect.provide(CohereTest.layer({ "v2.embed": () => ({ id: "1", embeddings: { float: [[1, 2]] } }) }))))

  it.effect("gives V2.embed the same answer, which says nothing of how many there are", () =>
    Effect.gen(function*() {
      const { embeddings } = yield* V2.embed({ ...fields, texts: texts(3) })
      assert.deepStrictEqual(embeddings.float, [[1, 2]])
    }).pipe(Effect.provide(CohereTest.layer({ "v2.embed": () => ({ id: "1", embeddings: { float: [[1, 2]] } }) }))))

  it.effect("is not asked for what would not be sent", () =>
    Effect.gen(function*() {
      const inputs: ReadonlyArray<string> = Chunk.toReadonlyArray(Chunk.range(1, 2)) as never
      const error = yield* Effect.flip(Embeddings.all({ ...fields, inputs }))
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.lengthOf(yield* CohereTest.calls, 0)
    }).pipe(Effect.provide(CohereTest.layer({ "v2.embed": () => Effect.dieMessage("it was asked") }))))
})
