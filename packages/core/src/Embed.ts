/**
 * Embeddings and their parts, the same in both versions of the API.
 *
 * @see https://docs.cohere.com/docs/embeddings
 */
import * as Schema from "effect/Schema"
import * as Lazy from "./internal/lazy.ts"
import { maybe, NumberMatrix } from "./Wire.ts"

/** What an embedding is for: documents and queries are embedded differently. */
export const InputType = Lazy.schema(() =>
  Schema.Literal("search_document", "search_query", "classification", "clustering", "image")
)
/** See {@link InputType}. */
export type InputType = Schema.Schema.Type<typeof InputType>

/** In which form embeddings come. */
export const EmbeddingType = Lazy.schema(() => Schema.Literal("float", "int8", "uint8", "binary", "ubinary", "base64"))
/** See {@link EmbeddingType}. */
export type EmbeddingType = Schema.Schema.Type<typeof EmbeddingType>

/** Where inputs that are too long are cut; `NONE` fails instead. */
export const Truncate = Lazy.schema(() => Schema.Literal("NONE", "START", "END"))
/** See {@link Truncate}. */
export type Truncate = Schema.Schema.Type<typeof Truncate>

/** Embeddings by their form, one row for each input. Only the requested forms are there. */
export const Embeddings = Lazy.Struct(() => ({
  float: maybe(NumberMatrix),
  /** -128 to 127. */
  int8: maybe(NumberMatrix),
  /** 0 to 255. */
  uint8: maybe(NumberMatrix),
  /** Eight dimensions in each signed byte. */
  binary: maybe(NumberMatrix),
  /** Eight dimensions in each unsigned byte. */
  ubinary: maybe(NumberMatrix),
  /** The bytes of the 32-bit floats, little endian. */
  base64: maybe(Schema.Array(Schema.String))
}))
/** See {@link Embeddings}. */
export interface Embeddings extends Schema.Schema.Type<typeof Embeddings> {}

/** An image that was embedded. */
export const EmbeddedImage = Lazy.Struct(() => ({
  width: maybe(Schema.Number),
  height: maybe(Schema.Number),
  format: maybe(Schema.String),
  bit_depth: maybe(Schema.Number)
}))
/** See {@link EmbeddedImage}. */
export interface EmbeddedImage extends Schema.Schema.Type<typeof EmbeddedImage> {}
