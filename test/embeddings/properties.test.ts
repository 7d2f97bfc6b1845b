/** Whatever is embedded, in whatever batches: it is as if each input had been embedded alone. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as Embeddings from "@effect-cohere/core/Embeddings"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import * as V2 from "@effect-cohere/core/V2"
import { afterEach, assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { seed } from "../support/seed.ts"
import { fields } from "./support/server.ts"

afterEach(() => new Promise<void>((resolve) => setImmediate(resolve)))

// One client for all calls: to make one anew would take most of the time.
const client = Effect.runSync(Effect.scoped(Layer.build(
  CohereClient.layer.pipe(
    Layer.provide(Deployment.layerPlatform),
    Layer.provide(Credentials.layer("a-key")),
    Layer.provide(Emulator.layer()),
    Layer.orDie
  )
)))

const run = <A, E>(call: Effect.Effect<A, E, CohereClient.CohereClient>): Promise<A> =>
  Effect.runPromise(Effect.provide(call, client))

const text = FastCheck.oneof(
  FastCheck.constantFrom("a river in France", "Łódź", "🚣‍♀️", " ", "\u0000", "__proto__"),
  FastCheck.string({ unit: "binary", minLength: 1, maxLength: 20 })
)

const image = FastCheck.uint8Array({ minLength: 1, maxLength: 9 }).map((bytes) =>
  `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`
)

const part = FastCheck.oneof(
  text.map((text) => ({ type: "text", text }) as const),
  image.map((url) => ({ type: "image_url", image_url: { url } }) as const)
)

const input: FastCheck.Arbitrary<Embeddings.Input> = FastCheck.oneof(
  { weight: 3, arbitrary: text },
  { weight: 1, arbitrary: FastCheck.array(part, { minLength: 1, maxLength: 3 }).map((content) => ({ content })) }
)

/** What is embedded, in chunks, and how. */
const plan = FastCheck.record({
  chunks: FastCheck.array(FastCheck.array(input, { maxLength: 6 }), { maxLength: 4 }),
  batchSize: FastCheck.oneof(FastCheck.integer({ min: 1, max: 7 }), FastCheck.constant(96)),
  concurrency: FastCheck.integer({ min: 1, max: 6 }),
  floats: FastCheck.constantFrom("base64" as const, "json" as const, undefined),
  isStream: FastCheck.boolean()
})

const timeout = 60_000

const settings = { ...fields, output_dimension: 256 } as const

/** The floats of one input, by a call for it alone. */
const alone = (input: Embeddings.Input) =>
  V2.embed({ ...settings, ...typeof input === "string" ? { texts: [input] } : { inputs: [input] } }).pipe(
    Effect.map(({ embeddings }) => Float32Array.from(embeddings.float?.[0] ?? []))
  )

describe("Over the emulator, for any inputs, batches, chunks and numbers of calls at once,", () => {
  it(
    "stream gives what one call of V2.embed for each input does; batches and all give the same",
    { timeout },
    async () => {
      await FastCheck.assert(
        FastCheck.asyncProperty(plan, async ({ chunks, isStream, ...how }) => {
          const values = chunks.flat()
          const inputs = isStream ? Stream.fromChunks(...chunks.map((chunk) => Chunk.fromIterable(chunk))) : values
          const request = { ...settings, ...how, inputs }
          const [singles, items, batches, all] = await run(Effect.all([
            Effect.forEach(values, alone),
            Stream.runCollect(Embeddings.stream(request)),
            Stream.runCollect(Embeddings.batches(request)),
            Embeddings.all(request)
          ]))
          assert.deepStrictEqual(
            Chunk.toReadonlyArray(items),
            values.map((value, index) => ({
              index,
              value,
              embeddings: { float: singles[index] ?? new Float32Array() }
            }))
          )
          assert.deepStrictEqual([...batches].flatMap(({ values }) => values), values)
          assert.deepStrictEqual([...batches].flatMap(({ embeddings }) => embeddings.float), singles)
          assert.deepStrictEqual(
            [...batches].map(({ index }) => index),
            values.flatMap((_, index) => index % how.batchSize === 0 ? [index] : [])
          )
          const { embeddings, id, index, meta, ...rest } = all
          assert.deepStrictEqual({ embeddings, index, ...rest }, { embeddings: { float: singles }, index: 0, values })
          assert.strictEqual(id, [...batches].map(({ id }) => id).join(", "))
          const units = [...batches].map(({ meta }) => meta.billed_units)
          for (const unit of ["input_tokens", "images"] as const) {
            assert.strictEqual(meta.billed_units?.[unit] ?? 0, units.reduce((n, one) => n + (one?.[unit] ?? 0), 0))
          }
        }),
        { seed, numRuns: 30 }
      )
    }
  )

  it("every form is that of V2.embed", { timeout }, async () => {
    const form = FastCheck.constantFrom<Array<Embeddings.Form>>("float", "int8", "uint8", "binary", "ubinary")
    await FastCheck.assert(
      FastCheck.asyncProperty(
        FastCheck.uniqueArray(form, { minLength: 1 }),
        FastCheck.array(text, { minLength: 1, maxLength: 9 }),
        FastCheck.integer({ min: 1, max: 5 }),
        async (embedding_types, texts, batchSize) => {
          const request = { ...settings, embedding_types, inputs: texts, batchSize }
          const [{ embeddings }, items, whole] = await run(Effect.all([
            Embeddings.all(request),
            Stream.runCollect(Embeddings.stream(request)),
            V2.embed({ ...settings, embedding_types, texts })
          ]))
          assert.deepStrictEqual(Object.keys(embeddings), embedding_types)
          for (const name of embedding_types) {
            assert.deepStrictEqual(embeddings[name].map((vector) => [...vector]), whole.embeddings[name])
            assert.deepStrictEqual([...items].map((one) => one.embeddings[name]), [...embeddings[name]])
          }
        }
      ),
      { seed, numRuns: 20 }
    )
  })
})
