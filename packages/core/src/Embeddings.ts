/**
 * Embeddings of any number of inputs, by `V2.embed`: in batches, some of them at once, as typed arrays.
 *
 * `stream` gives each embedding beside what it is of, in order; `all` gives them together; `batches` is what both are made
 * of. Floats travel as base64, which is half of the traffic and a fraction of the work.
 *
 * @see https://docs.cohere.com/docs/embeddings
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { ApiMeta } from "./ApiMeta.ts"
import type { CohereClient } from "./CohereClient.ts"
import { InvalidRequest } from "./CohereError.ts"
import * as Endpoint from "./Endpoint.ts"
import * as Base64 from "./internal/base64.ts"
import { maxInputs } from "./internal/limits.ts"
import { isStream } from "./internal/pull.ts"
import { embedEndpoint, type EmbedError, type EmbedInput, type EmbedRequest, EmbedResponse } from "./V2.ts"
import { maybe } from "./Wire.ts"

/** What gets one embedding: a text, or texts and images together (Embed v4 and newer). */
export type Input = string | EmbedInput

/** An embedding in each of its forms. */
export interface Vectors {
  readonly float: Float32Array
  /** -128 to 127. */
  readonly int8: Int8Array
  /** 0 to 255. */
  readonly uint8: Uint8Array
  /** Eight dimensions in each signed byte. */
  readonly binary: Int8Array
  /** Eight dimensions in each unsigned byte. */
  readonly ubinary: Uint8Array
}

/** The name of a form. */
export type Form = keyof Vectors

/** Fields of the request that are the same for all batches, and how to make the batches. */
export interface Options<F extends Form> extends Omit<EmbedRequest, "texts" | "images" | "inputs" | "embedding_types"> {
  /** Which forms of each embedding to return. Default `["float"]`. */
  readonly embedding_types?: ReadonlyArray<F> | undefined
  /** How many inputs one call embeds: 1 to 96, the most that Cohere takes. Default 96; fewer for large images. */
  readonly batchSize?: number | undefined
  /** How many calls are made at once. Default 4. */
  readonly concurrency?: number | undefined
  /** How floats travel: as `base64`, or as `json` from deployments that do not know that. Default `base64`. */
  readonly floats?: "base64" | "json" | undefined
}

/**
 * What {@link stream}, {@link batches} and {@link all} take: the fields of `V2.embed`, and as `inputs` what to embed, of any
 * number: texts, inputs of texts and images, or values of your own, of which `input` makes either.
 */
export type Request<A, F extends Form, E, R> =
  & Options<F>
  & {
    /** What to embed, in any number. */
    readonly inputs: Iterable<A> | Stream.Stream<A, E, R>
  }
  & ([A] extends [Input] ? {
      /** What is embedded of a value. Default: the value itself. */
      readonly input?: ((value: A) => Input) | undefined
    }
    : {
      /** What is embedded of a value. */
      readonly input: (value: A) => Input
    })

/** What was embedded, and its embedding in the forms that were asked for. */
export interface Embedded<A, F extends Form> {
  /** Its place among all inputs, from 0. */
  readonly index: number
  readonly value: A
  readonly embeddings: { readonly [Name in F]: Vectors[Name] }
}

/** What one call embedded, or several together. */
export interface Batch<A, F extends Form> {
  /** The place of its first value among all inputs, from 0. */
  readonly index: number
  /** Cohere's name for the call; those of several with `", "` between them. */
  readonly id: string
  readonly values: ReadonlyArray<A>
  /** In each form, one for each value. */
  readonly embeddings: { readonly [Name in F]: ReadonlyArray<Vectors[Name]> }
  /** Units and tokens are sums. */
  readonly meta: ApiMeta
}

// ---------------------------------------------------------------------------------------------------------------------
// Forms
// ---------------------------------------------------------------------------------------------------------------------

interface Numbers<F extends Form> {
  readonly low: number
  readonly high: number
  readonly make: (row: ReadonlyArray<number>) => Vectors[F]
}

const maxFloat = (2 - 2 ** -23) * 2 ** 127

const forms: { readonly [F in Form]: Numbers<F> } = {
  float: { low: -maxFloat, high: maxFloat, make: (row) => Float32Array.from(row) },
  int8: { low: -128, high: 127, make: (row) => Int8Array.from(row) },
  uint8: { low: 0, high: 255, make: (row) => Uint8Array.from(row) },
  binary: { low: -128, high: 127, make: (row) => Int8Array.from(row) },
  ubinary: { low: 0, high: 255, make: (row) => Uint8Array.from(row) }
}

/** Schema of embeddings of so many inputs, all of one length, whose numbers their form can hold. */
const rowsOf = (name: Form | "base64", count: number) => {
  const { high, low } = forms[name === "base64" ? "float" : name]
  const isWhole = name !== "float"
  const isRow = (row: unknown): row is string | ReadonlyArray<unknown> => {
    if (name === "base64") return typeof row === "string" && Base64.isFloats(row)
    if (!Array.isArray(row) || row.length === 0) return false
    // Not `every`, which calls a function for each number, and passes over missing ones.
    for (let i = 0; i < row.length; i++) {
      const n: unknown = row[i]
      if (typeof n !== "number" || n < low || n > high || (isWhole && !Number.isInteger(n))) return false
    }
    return true
  }
  const isOfOneLength = (rows: ReadonlyArray<unknown>) => {
    const [first] = rows
    return isRow(first) && rows.every((row) => isRow(row) && row.length === first.length)
  }
  return Schema.declare(
    (u): u is ReadonlyArray<string> | ReadonlyArray<ReadonlyArray<number>> =>
      Array.isArray(u) && u.length === count && isOfOneLength(u),
    { identifier: `${count} embeddings of one length as ${name}` }
  )
}

/** The operation for a batch of so many inputs: any other answer is none. */
const endpointOf = (names: ReadonlyArray<Form | "base64">, count: number) => {
  const embeddings = (names: ReadonlyArray<Form | "base64">) =>
    Schema.Struct(Object.fromEntries(names.map((name) => [name, rowsOf(name, count)])))
  return {
    ...embedEndpoint,
    success: Schema.Struct({
      ...EmbedResponse.fields,
      embeddings: !names.includes("base64") ? embeddings(names) : Schema.Union(
        embeddings(names),
        // Who answers by hand, as in a test, writes numbers. Forms that are not there may be empty.
        Schema.Struct({
          ...embeddings(names.map((name) => name === "base64" ? "float" : name)).fields,
          base64: maybe(Schema.Tuple())
        })
      )
    })
  }
}

/** One thing for each form. Whoever asks says which: TypeScript loses it. */
const byForm = <F extends Form>(names: ReadonlyArray<F>, of: (name: F) => unknown): unknown =>
  Object.fromEntries(names.map((name) => [name, of(name)]))

/** Floats, if nothing is said: then `F` is "float". */
const namesOf = <F extends Form>({ embedding_types = ["float" as F] }: Options<F>): ReadonlyArray<F> => [
  ...new Set([embedding_types].flat())
]

type Rows = ReadonlyArray<string> | ReadonlyArray<ReadonlyArray<number>>

/** The embeddings in these forms, as arrays of their own. */
const vectorsOf = <F extends Form>(
  names: ReadonlyArray<F>,
  answered: { readonly [name: string]: Rows | null | undefined }
): Batch<never, F>["embeddings"] => {
  const base64 = answered["base64"] ?? []
  const rows = (name: F) => (name === "float" && base64.length > 0 ? base64 : answered[name]) ?? []
  const vector = (name: F) => (row: string | ReadonlyArray<number>) =>
    typeof row === "string" ? Base64.floatsOf(row) : forms[name].make(row)
  return byForm(names, (name) => rows(name).map(vector(name))) as Batch<never, F>["embeddings"]
}

// ---------------------------------------------------------------------------------------------------------------------
// Batches
// ---------------------------------------------------------------------------------------------------------------------

const isFrom1 = (n: unknown) => Number.isInteger(n) && Number(n) >= 1

const refuse = (path: string, message: string): Stream.Stream<never, InvalidRequest> =>
  Stream.fail(InvalidRequest.local(embedEndpoint.id, [{ path, message }]))

const sourceOf = <A, E, R>(
  inputs: Iterable<A> | Stream.Stream<A, E, R>,
  size: number
): Stream.Stream<A, E | InvalidRequest, R> => {
  if (isStream(inputs)) return inputs
  // A text is iterable, too, but not by texts.
  if (typeof inputs === "object" && inputs !== null && Symbol.iterator in inputs) {
    // `Stream.fromIterable` takes thousands at once, which a generator would have to make. Only `next` is called.
    return Stream.fromIteratorSucceed(inputs[Symbol.iterator]() as IterableIterator<A>, size)
  }
  return refuse("inputs", "Expected a list, another Iterable, or a Stream of what to embed")
}

/** Every model takes texts, only some take inputs of parts. */
const fieldOf = (inputs: ReadonlyArray<Input>): Pick<EmbedRequest, "texts" | "inputs"> => {
  const texts = inputs.filter((input) => typeof input === "string")
  return texts.length === inputs.length ? { texts } : {
    inputs: inputs.map((input) => typeof input === "string" ? { content: [{ type: "text", text: input }] } : input)
  }
}

/**
 * Embeds inputs in batches, some of them at once, and gives each batch in order, with its id and what it costs. No more
 * batches are made ahead of their reader than are made at once.
 *
 * Fails with {@link EmbedError} where a batch does, after all batches before it, so that a program can go on from there.
 * Also fails as `inputs` does.
 *
 * @example
 * ```ts
 * import * as Embeddings from "@effect-cohere/core/Embeddings"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const costs = Embeddings.batches({
 *   model: "embed-v4.0",
 *   input_type: "search_document",
 *   inputs: ["a river in France", "a river in Spain"]
 * }).pipe(
 *   Stream.runForEach(({ meta, values }) => Effect.log(values.length, meta.billed_units))
 * )
 * ```
 *
 * @see https://docs.cohere.com/reference/embed
 */
export const batches = <A, const F extends Form = "float", E = never, R = never>(
  request: Request<A, F, E, R>
): Stream.Stream<Batch<A, F>, E | EmbedError, R | CohereClient> =>
  Stream.suspend(() => {
    if (typeof request !== "object" || request === null) return refuse("", "Expected an object")
    const { batchSize = maxInputs, concurrency = 4, floats = "base64", input, inputs, ...rest } = request
    const names = namesOf(request)
    const known = Object.keys(forms)
    if (names.length === 0 || !names.every((name) => known.includes(name))) {
      return refuse("embedding_types", `Expected some of ${known.join(", ")}`)
    }
    if (!isFrom1(batchSize) || batchSize > maxInputs) {
      return refuse("batchSize", `Expected a whole number from 1 to ${maxInputs}`)
    }
    if (!isFrom1(concurrency)) return refuse("concurrency", "Expected a whole number from 1 on")
    if (floats !== "base64" && floats !== "json") return refuse("floats", "Expected base64 or json")

    const asked = names.map((name) => name === "float" && floats === "base64" ? floats : name)
    const inputOf = input ?? (identity as (value: A) => Input)
    if (typeof inputOf !== "function") return refuse("input", "Expected a function")
    const calls = new Map<number, ReturnType<typeof callOf>>()
    const callOf = (count: number) => Endpoint.call(endpointOf(asked, count))

    const embed = (index: number, values: ReadonlyArray<A>) => {
      const call = calls.get(values.length) ?? callOf(values.length)
      calls.set(values.length, call)
      return Effect.map(
        call({ ...rest, ...fieldOf(values.map(inputOf)), embedding_types: asked }),
        ({ embeddings, id, meta }): Batch<A, F> => ({
          index,
          id,
          values,
          embeddings: vectorsOf(names, embeddings),
          meta: meta ?? {}
        })
      )
    }
    let next = 0
    return sourceOf(inputs, batchSize).pipe(
      Stream.grouped(batchSize),
      Stream.map((chunk) => {
        const index = next
        next += chunk.length
        // A failure waits for its turn: at once, it would take away the batches before it.
        return Effect.exit(embed(index, Chunk.toReadonlyArray(chunk)))
      }),
      Stream.flattenEffect({ concurrency }),
      Stream.flattenEffect()
    )
  })

// ---------------------------------------------------------------------------------------------------------------------
// One by one, and all together
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Embeds inputs and gives each beside its embedding, in order: {@link batches}, one value at a time. For what is too
 * much to hold at once: no more of it is in memory than the batches at hand.
 *
 * Fails with {@link EmbedError} where a batch does, after all embeddings before it, so that a program can go on from there.
 * Also fails as `inputs` does.
 *
 * @example
 * ```ts
 * import * as Embeddings from "@effect-cohere/core/Embeddings"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * interface Product {
 *   readonly sku: string
 *   readonly description: string
 * }
 *
 * declare const products: Stream.Stream<Product>
 * declare const store: (sku: string, vector: Float32Array) => Effect.Effect<void>
 *
 * const program = Embeddings.stream({
 *   model: "embed-v4.0",
 *   input_type: "search_document",
 *   inputs: products,
 *   input: (product) => product.description
 * }).pipe(
 *   Stream.runForEach(({ embeddings, value }) => store(value.sku, embeddings.float))
 * )
 * ```
 *
 * @see https://docs.cohere.com/reference/embed
 */
export const stream = <A, const F extends Form = "float", E = never, R = never>(
  request: Request<A, F, E, R>
): Stream.Stream<Embedded<A, F>, E | EmbedError, R | CohereClient> =>
  Stream.mapConcat(batches(request), ({ embeddings, index, values }) => {
    const names = namesOf(request)
    return values.map((value, i): Embedded<A, F> => ({
      index: index + i,
      value,
      embeddings: byForm(names, (name) => embeddings[name][i]) as Embedded<A, F>["embeddings"]
    }))
  })

/**
 * Embeds inputs and gives all at once: {@link batches}, put together. Of no inputs, nothing is sent.
 *
 * Fails with {@link EmbedError} where a batch does, and then gives nothing: {@link stream} gives what came before. Also
 * fails as `inputs` does.
 *
 * @example
 * ```ts
 * import * as Embeddings from "@effect-cohere/core/Embeddings"
 * import * as Effect from "effect/Effect"
 *
 * declare const texts: ReadonlyArray<string>
 *
 * const program = Embeddings.all({ model: "embed-v4.0", input_type: "search_document", inputs: texts }).pipe(
 *   Effect.map(({ embeddings }) => embeddings.float)
 * )
 * ```
 *
 * @see https://docs.cohere.com/reference/embed
 */
export const all = <A, const F extends Form = "float", E = never, R = never>(
  request: Request<A, F, E, R>
): Effect.Effect<Batch<A, F>, E | EmbedError, R | CohereClient> =>
  Effect.map(Stream.runCollect(batches(request)), (chunk): Batch<A, F> => {
    const parts = Chunk.toReadonlyArray(chunk)
    return {
      index: 0,
      id: parts.map(({ id }) => id).join(", "),
      values: parts.flatMap(({ values }) => values),
      embeddings: byForm(
        namesOf(request),
        (name) => parts.flatMap(({ embeddings }) => embeddings[name])
      ) as Batch<A, F>["embeddings"],
      meta: metaOf(parts.map(({ meta }) => meta))
    }
  })

interface Counts {
  readonly [name: string]: number | null | undefined
}

/** Adds up what was counted. */
const sum = (all: ReadonlyArray<Counts | null | undefined>): Counts => {
  const totals = new Map<string, number>()
  for (const [name, n] of all.flatMap((counts) => Object.entries(counts ?? {}))) {
    if (typeof n === "number") totals.set(name, (totals.get(name) ?? 0) + n)
  }
  return Object.fromEntries(totals)
}

/** What several calls say together: in all else, what the first says. */
const metaOf = (all: ReadonlyArray<ApiMeta>): ApiMeta => {
  const given = <A>(name: keyof ApiMeta, value: A) =>
    all.some((meta) => meta[name] !== undefined && meta[name] !== null) ? { [name]: value } : {}
  return {
    ...all[0],
    ...given("billed_units", sum(all.map((meta) => meta.billed_units))),
    ...given("tokens", sum(all.map((meta) => meta.tokens))),
    ...given("cached_tokens", sum(all.map(({ cached_tokens }) => ({ cached_tokens })))["cached_tokens"]),
    ...given("warnings", [...new Set(all.flatMap(({ warnings }) => warnings ?? []))])
  }
}
