/**
 * Schema building blocks for data that keeps its wire shape: what is decoded is what was sent, so that it can be sent
 * back, stored and replayed unchanged. Readers are tolerant (unknown fields stay, unknown enum values and variants
 * pass, `null` counts as absent); writers are strict.
 */
import * as Schema from "effect/Schema"
import { isObject, property } from "./internal/json.ts"
import * as Lazy from "./internal/lazy.ts"

/** A string with well-known values. New values that the server invents are strings, too. */
export type Known<Value extends string> = Value | (string & {})

/** Schema of a {@link Known} string: any string passes. */
export const known = <const Values extends ReadonlyArray<string>>(
  ...values: Values
): Schema.Schema<Known<Values[number]>> =>
  // `Known<V>` is `string` with completions: the two accept the same values, which TypeScript cannot see.
  Schema.String.annotations({ examples: values as unknown as [string] }) as Schema.Schema<Known<Values[number]>>

/** The same schema, by the name of its type: editors then show the name instead of all its fields. */
export const named = <A>(schema: Schema.Schema<A>): Schema.Schema<A> => schema

/** A response field that may be absent or `null`. */
export const maybe = <A>(schema: Schema.Schema<A>): Schema.optional<Schema.NullOr<Schema.Schema<A>>> =>
  Schema.optional(Schema.NullOr(schema))

/** A JSON object whose keys belong to the user: passed through byte for byte. */
export interface JsonObject {
  readonly [key: string]: unknown
}

/** Schema of {@link JsonObject}. Its contents are not looked at. */
export const JsonObject: Schema.Schema<JsonObject> = Lazy.schema(() =>
  Schema.declare(isObject, {
    identifier: "JsonObject",
    arbitrary: () => (fc) =>
      fc.dictionary(fc.string(), fc.jsonValue()).map((json) => JSON.parse(JSON.stringify(json)) as JsonObject)
  })
)

declare const unrecognized: unique symbol

/**
 * The tag of a variant that this version does not know. At runtime it is the string that the server sent; the type
 * only keeps it apart from the known tags, so that a `switch` over them needs a `default`.
 */
export type Unrecognized = typeof unrecognized

/** A variant that this version does not know, untouched. */
export interface Other {
  readonly type: Unrecognized
  readonly [key: string]: unknown
}

type Variant<Tag extends string> = Schema.Schema.All & {
  readonly fields: { readonly [_ in Tag]: { readonly literals: ReadonlyArray<unknown> } }
}

/** Schema of a union that may grow: one of the variants, which differ in their tag, or one of another tag. */
export const openUnionBy =
  <const Tag extends string, Unknown>(tag: Tag) =>
  <const Variants extends ReadonlyArray<Variant<Tag>>>(
    ...variants: Variants
  ): Schema.Schema<Schema.Schema.Type<Variants[number]> | Unknown> =>
    // The union of exactly these, which the types of a rest argument do not say.
    Lazy.schema(() =>
      Schema.Union(
        ...variants,
        other<Unknown>(tag, variants.flatMap(({ fields }) => fields[tag].literals))
      )
    ) as unknown as Schema.Schema<Schema.Schema.Type<Variants[number]> | Unknown>

/** Schema of the variants beside the known ones. */
const other = <Unknown>(tag: string, knownTags: ReadonlyArray<unknown>): Schema.Schema<Unknown> =>
  Schema.declare(
    (u): u is Unknown => {
      const value = property(u, tag)
      return typeof value === "string" && !knownTags.includes(value)
    },
    {
      identifier: "Other",
      description: `an object whose "${tag}" is a string, and well-formed where that is one of ${knownTags.join(", ")}`,
      arbitrary: () => (fc) =>
        fc.record({ [tag]: fc.constantFrom("tomorrow", "x-new"), payload: fc.jsonValue() }).map((o) =>
          // The tag type is a fiction for the compiler (see Unrecognized).
          JSON.parse(JSON.stringify(o)) as Unknown
        )
    }
  )

/** Schema of a union by `type` that may grow: one of the variants, or {@link Other}. */
export const openUnion: <const Variants extends ReadonlyArray<Variant<"type">>>(
  ...variants: Variants
) => Schema.Schema<Schema.Schema.Type<Variants[number]> | Other> = openUnionBy<"type", Other>("type")

/** A 64-bit integer. Some services write it as a number, others as the text of one, which `BigInt` reads exactly. */
export type Int64 = number | string
/** Schema of {@link Int64}. */
export const Int64: Schema.Schema<Int64> = Lazy.schema(() => Schema.Union(Schema.Number, Schema.String))

const isMatrix = (u: unknown): u is ReadonlyArray<ReadonlyArray<number>> => {
  if (!Array.isArray(u)) return false
  for (const row of u) {
    if (!Array.isArray(row)) return false
    // Not `every`, which calls a function for each number, and passes over missing ones.
    for (let i = 0; i < row.length; i++) {
      if (typeof row[i] !== "number") return false
    }
  }
  return true
}

/**
 * Schema of a matrix of numbers: every element is checked, in one tight loop. More than ten times cheaper than
 * `Schema.Array(Schema.Array(Schema.Number))` on 96 rows of 1024.
 */
export const NumberMatrix: Schema.Schema<ReadonlyArray<ReadonlyArray<number>>> = Lazy.schema(() =>
  Schema.declare(isMatrix, {
    identifier: "NumberMatrix",
    description: "an array of arrays of numbers",
    arbitrary: () => (fc) => fc.array(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })))
  })
)
