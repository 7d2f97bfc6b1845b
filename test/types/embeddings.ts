/** Embeddings of many inputs: of whatever they are made, and in the forms that were asked for, and in no others. */
import type { CohereClient } from "@effect-cohere/core/CohereClient"
import * as Embeddings from "@effect-cohere/core/Embeddings"
import type * as V2 from "@effect-cohere/core/V2"
import type * as Chunk from "effect/Chunk"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import { expectTypeOf } from "vitest"

interface Product {
  readonly sku: string
  readonly description: string
}

interface Session {
  readonly session: string
}

declare const text: string
declare const texts: ReadonlyArray<string>
declare const inputs: ReadonlyArray<Embeddings.Input>
declare const products: ReadonlyArray<Product>
declare const stored: Stream.Stream<Product, "no disk", Session>
declare const lines: Stream.Stream<string>
declare const forms: ReadonlyArray<Embeddings.Form>

const fields = { model: "m", input_type: "search_document" } as const

// ---------------------------------------------------------------------------------------------------------------------
// What comes of texts
// ---------------------------------------------------------------------------------------------------------------------

expectTypeOf(Embeddings.stream({ ...fields, inputs: texts })).toEqualTypeOf<
  Stream.Stream<Embeddings.Embedded<string, "float">, V2.EmbedError, CohereClient>
>()
expectTypeOf(Embeddings.batches({ ...fields, inputs: texts })).toEqualTypeOf<
  Stream.Stream<Embeddings.Batch<string, "float">, V2.EmbedError, CohereClient>
>()
expectTypeOf(Embeddings.all({ ...fields, inputs: texts })).toEqualTypeOf<
  Effect.Effect<Embeddings.Batch<string, "float">, V2.EmbedError, CohereClient>
>()
expectTypeOf<Embeddings.Embedded<string, "float">>().toEqualTypeOf<{
  readonly index: number
  readonly value: string
  readonly embeddings: { readonly float: Float32Array }
}>()
expectTypeOf<Embeddings.Batch<string, "int8">["embeddings"]>().toEqualTypeOf<
  { readonly int8: ReadonlyArray<Int8Array> }
>()
expectTypeOf<Embeddings.Batch<Product, "int8">["values"]>().toEqualTypeOf<ReadonlyArray<Product>>()

// Inputs are any Iterable, or a Stream.
expectTypeOf(Embeddings.all({ ...fields, inputs: ["a", "b"] })).toEqualTypeOf<
  Effect.Effect<Embeddings.Batch<string, "float">, V2.EmbedError, CohereClient>
>()
expectTypeOf(Embeddings.all({ ...fields, inputs: lines })).toEqualTypeOf<
  Effect.Effect<Embeddings.Batch<string, "float">, V2.EmbedError, CohereClient>
>()
expectTypeOf(Embeddings.all({ ...fields, inputs: new Set(texts) })).toEqualTypeOf<
  Effect.Effect<Embeddings.Batch<string, "float">, V2.EmbedError, CohereClient>
>()
declare const chunk: Chunk.Chunk<string>
expectTypeOf(Embeddings.all({ ...fields, inputs: chunk })).toEqualTypeOf<
  Effect.Effect<Embeddings.Batch<string, "float">, V2.EmbedError, CohereClient>
>()
expectTypeOf(Embeddings.all({ ...fields, inputs })).toEqualTypeOf<
  Effect.Effect<Embeddings.Batch<Embeddings.Input, "float">, V2.EmbedError, CohereClient>
>()
// Literals stay.
expectTypeOf(Embeddings.all({ ...fields, inputs: ["a", "b"] as const })).toEqualTypeOf<
  Effect.Effect<Embeddings.Batch<"a" | "b", "float">, V2.EmbedError, CohereClient>
>()

// ---------------------------------------------------------------------------------------------------------------------
// What comes of values of one's own
// ---------------------------------------------------------------------------------------------------------------------

expectTypeOf(
  Embeddings.stream({
    ...fields,
    inputs: products,
    input: (product) => {
      expectTypeOf(product).toEqualTypeOf<Product>()
      return product.description
    }
  })
).toEqualTypeOf<Stream.Stream<Embeddings.Embedded<Product, "float">, V2.EmbedError, CohereClient>>()
expectTypeOf(
  Embeddings.all({
    ...fields,
    inputs: products,
    input: ({ description }) => ({ content: [{ type: "text", text: description }] })
  })
).toEqualTypeOf<Effect.Effect<Embeddings.Batch<Product, "float">, V2.EmbedError, CohereClient>>()
expectTypeOf(Embeddings.all({ ...fields, inputs: texts, input: (text) => text.trim() })).toEqualTypeOf<
  Effect.Effect<Embeddings.Batch<string, "float">, V2.EmbedError, CohereClient>
>()
expectTypeOf(Embeddings.all({ ...fields, inputs: texts, input: undefined })).toEqualTypeOf<
  Effect.Effect<Embeddings.Batch<string, "float">, V2.EmbedError, CohereClient>
>()

// @ts-expect-error — what of a product is embedded must be said
expectTypeOf(Embeddings.stream({ ...fields, inputs: products }))
// @ts-expect-error — what of a product is embedded must be said
expectTypeOf(Embeddings.batches({ ...fields, inputs: products }))
// @ts-expect-error — what of a product is embedded must be said
expectTypeOf(Embeddings.all({ ...fields, inputs: products }))
// @ts-expect-error — what of a product is embedded must be said
expectTypeOf(Embeddings.all({ ...fields, inputs: products, input: undefined }))
// @ts-expect-error — not all of these are texts
expectTypeOf(Embeddings.all({ ...fields, inputs: [text, 5] }))
// @ts-expect-error — a product is no input
expectTypeOf(Embeddings.all({ ...fields, inputs: products, input: (product) => product }))
// @ts-expect-error — a text that may not be there is none
expectTypeOf(Embeddings.all({ ...fields, inputs: texts, input: (text) => text.at(0) }))

// ---------------------------------------------------------------------------------------------------------------------
// Errors and requirements of the source
// ---------------------------------------------------------------------------------------------------------------------

const request = { ...fields, inputs: stored, input: ({ description }: Product) => description }

expectTypeOf(Embeddings.stream(request)).toEqualTypeOf<
  Stream.Stream<Embeddings.Embedded<Product, "float">, V2.EmbedError | "no disk", CohereClient | Session>
>()
expectTypeOf(Embeddings.batches(request)).toEqualTypeOf<
  Stream.Stream<Embeddings.Batch<Product, "float">, V2.EmbedError | "no disk", CohereClient | Session>
>()
expectTypeOf(Embeddings.all(request)).toEqualTypeOf<
  Effect.Effect<Embeddings.Batch<Product, "float">, V2.EmbedError | "no disk", CohereClient | Session>
>()

// ---------------------------------------------------------------------------------------------------------------------
// Forms
// ---------------------------------------------------------------------------------------------------------------------

expectTypeOf(Embeddings.stream({ ...fields, inputs: texts, embedding_types: ["int8", "float"] })).toEqualTypeOf<
  Stream.Stream<Embeddings.Embedded<string, "int8" | "float">, V2.EmbedError, CohereClient>
>()
expectTypeOf(Embeddings.all({ ...fields, inputs: texts, embedding_types: ["ubinary"] })).toEqualTypeOf<
  Effect.Effect<Embeddings.Batch<string, "ubinary">, V2.EmbedError, CohereClient>
>()
// Which ones there are is not known, only which there may be.
expectTypeOf(Embeddings.all({ ...fields, inputs: texts, embedding_types: forms })).toEqualTypeOf<
  Effect.Effect<Embeddings.Batch<string, Embeddings.Form>, V2.EmbedError, CohereClient>
>()
expectTypeOf<Embeddings.Embedded<string, Embeddings.Form>["embeddings"]>().toEqualTypeOf<Embeddings.Vectors>()
expectTypeOf<Embeddings.Form>().toEqualTypeOf<"float" | "int8" | "uint8" | "binary" | "ubinary">()
expectTypeOf<Embeddings.Vectors>().toEqualTypeOf<{
  readonly float: Float32Array
  readonly int8: Int8Array
  readonly uint8: Uint8Array
  readonly binary: Int8Array
  readonly ubinary: Uint8Array
}>()

type Bytes = Embeddings.Batch<string, "int8">["embeddings"]
expectTypeOf<Bytes>().toEqualTypeOf<{ readonly int8: ReadonlyArray<Int8Array> }>()
// @ts-expect-error — a form that was not asked for
expectTypeOf<Bytes["float"]>()
// @ts-expect-error — a form that was not asked for
expectTypeOf<Embeddings.Embedded<string, "float">["embeddings"]["int8"]>()

// ---------------------------------------------------------------------------------------------------------------------
// What a request must not be
// ---------------------------------------------------------------------------------------------------------------------

// @ts-expect-error — an unknown form
expectTypeOf(Embeddings.all({ ...fields, inputs: texts, embedding_types: ["float16"] }))
// @ts-expect-error — base64 is how floats travel
expectTypeOf(Embeddings.all({ ...fields, inputs: texts, embedding_types: ["base64"] }))
// @ts-expect-error — floats travel in two ways
expectTypeOf(Embeddings.all({ ...fields, inputs: texts, floats: "hex" }))
// @ts-expect-error — what is embedded is called inputs
expectTypeOf(Embeddings.all({ ...fields, texts }))
// @ts-expect-error — texts and inputs are one
expectTypeOf(Embeddings.all({ ...fields, inputs: texts, texts }))
// @ts-expect-error — one input is a list of one
expectTypeOf(Embeddings.all({ ...fields, inputs: 5 }))
// @ts-expect-error — what the embeddings are for must be said
expectTypeOf(Embeddings.all({ model: "m", inputs: texts }))
// @ts-expect-error — there is no default model
expectTypeOf(Embeddings.all({ input_type: "search_document", inputs: texts }))
// @ts-expect-error — a misspelled field
expectTypeOf(Embeddings.all({ ...fields, inputs: texts, output_dimensions: 256 }))
// @ts-expect-error — calls without bound
expectTypeOf(Embeddings.all({ ...fields, inputs: texts, concurrency: "unbounded" }))
