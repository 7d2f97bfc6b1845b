import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as JSONSchema from "effect/JSONSchema"
import * as Schema from "effect/Schema"
import { ask, textOf } from "./api.ts"

type Json = Readonly<Record<string, unknown>>

const answer = async (question: string, json_schema?: Json): Promise<unknown> =>
  JSON.parse(textOf(
    await ask(question, {
      response_format: json_schema === undefined ? { type: "json_object" } : { type: "json_object", json_schema }
    })
  ))

const object = (properties: Json, more: Json = {}): Json => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  ...more
})

/** A checker of the part of JSON Schema that Cohere supports. */
const satisfies = (value: unknown, schema: Json, root: Json): boolean => {
  if (typeof schema["$ref"] === "string") {
    const name = schema["$ref"].split("/").at(-1) ?? ""
    return satisfies(value, (root["definitions"] as Record<string, Json>)[name] ?? {}, root)
  }
  if ("const" in schema) return value === schema["const"]
  if (Array.isArray(schema["enum"])) return schema["enum"].includes(value)
  if (Array.isArray(schema["anyOf"])) return schema["anyOf"].some((branch: Json) => satisfies(value, branch, root))
  switch (schema["type"]) {
    case "object": {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return false
      const given = value as Json
      const properties = (schema["properties"] ?? {}) as Record<string, Json>
      return ((schema["required"] ?? []) as ReadonlyArray<string>).every((key) => key in given) &&
        Object.entries(given).every(([key, each]) => satisfies(each, properties[key] ?? {}, root))
    }
    case "array":
      return Array.isArray(value) && value.every((each) => satisfies(each, (schema["items"] ?? {}) as Json, root))
    case "integer":
      return Number.isInteger(value)
    case "null":
      return value === null
    case undefined:
      return true
    default:
      return typeof value === schema["type"] && matchesFormat(String(value), schema["format"])
  }
}

const matchesFormat = (value: string, format: unknown): boolean => {
  switch (format) {
    case "date":
      return /^\d{4}-\d{2}-\d{2}$/.test(value)
    case "date-time":
      return /T.*Z$/.test(value) && !Number.isNaN(Date.parse(value))
    case "time":
      return /^\d{2}:\d{2}:\d{2}Z?$/.test(value)
    case "uuid":
      return Schema.is(Schema.UUID)(value)
    default:
      return true
  }
}

const leaf = FastCheck.oneof(
  FastCheck.constantFrom("string", "integer", "number", "boolean", "null").map((type): Json => ({ type })),
  FastCheck.constantFrom("date", "date-time", "time", "uuid").map((format): Json => ({ type: "string", format })),
  FastCheck.array(FastCheck.oneof(FastCheck.string(), FastCheck.integer()), { minLength: 1 }).map((all): Json => ({
    enum: all
  })),
  FastCheck.oneof(FastCheck.string(), FastCheck.boolean(), FastCheck.constant(null)).map((value): Json => ({
    const: value
  })),
  FastCheck.constantFrom("Leaf", "Tree").map((name): Json => ({ $ref: `#/definitions/${name}` }))
)

const { node } = FastCheck.letrec<{ readonly node: Json }>((tie) => ({
  node: FastCheck.oneof(
    { maxDepth: 3 },
    leaf,
    tie("node").map((items): Json => ({ type: "array", items })),
    FastCheck.array(tie("node"), { minLength: 1, maxLength: 3 }).map((anyOf): Json => ({ anyOf })),
    FastCheck.dictionary(FastCheck.constantFrom("name", "date", "query", "n", "__x"), tie("node"), { minKeys: 1 })
      .map((properties) => object(properties)),
    FastCheck.dictionary(FastCheck.constantFrom("name", "age", "items"), tie("node"), { minKeys: 1 })
      .map((properties): Json => ({ type: "object", properties, required: Object.keys(properties).slice(0, 1) }))
  )
}))

const definitions = {
  Leaf: object({ id: { type: "integer" } }),
  Tree: object({ label: { type: "string" }, children: { type: "array", items: { $ref: "#/definitions/Tree" } } })
}

describe("an answer as JSON", () => {
  it("satisfies its schema", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(
        FastCheck.dictionary(FastCheck.constantFrom("a", "b", "city", "when"), node, { minKeys: 1 }),
        FastCheck.constantFrom("Ada Lovelace was 36 on 1852-11-27.", "…", "in for of", "-3.5 and \"x\""),
        async (properties, question) => {
          const schema = object(properties, { definitions })
          const value = await answer(question, schema)
          assert.isTrue(satisfies(value, schema, schema), JSON.stringify(value))
        }
      ),
      { numRuns: 200 }
    ))

  it("satisfies schemas that Effect derives, with bounds, options, tuples and recursion", async () => {
    interface Category {
      readonly name: string
      readonly children: ReadonlyArray<Category>
    }
    const Category = Schema.Struct({
      name: Schema.String,
      children: Schema.Array(Schema.suspend((): Schema.Schema<Category> => Category))
    }).annotations({ identifier: "Category" })
    const Person = Schema.Struct({
      name: Schema.NonEmptyString,
      age: Schema.Int.pipe(Schema.between(0, 150)),
      score: Schema.Number.pipe(Schema.greaterThan(0), Schema.lessThan(1)),
      tags: Schema.NonEmptyArray(Schema.String),
      pair: Schema.Tuple(Schema.String, Schema.Number),
      mood: Schema.Literal("good", "bad"),
      email: Schema.optional(Schema.String),
      partner: Schema.NullOr(Schema.Struct({ name: Schema.String })),
      code: Schema.String.pipe(Schema.minLength(5), Schema.maxLength(6)),
      category: Category
    })
    const value = await answer("Ada Lovelace is 36 and in a bad mood", JSONSchema.make(Person) as unknown as Json)
    const person = Schema.decodeUnknownSync(Person)(value)
    assert.strictEqual(person.name, "Ada Lovelace")
    assert.strictEqual(person.age, 36)
    assert.strictEqual(person.mood, "bad")
  })

  it("is filled from the message", async () => {
    const value = await answer(
      "Ada Lovelace, 36 years old, lives in London since 1852-01-31",
      object({
        name: { type: "string" },
        age: { type: "integer" },
        city: { type: "string" },
        since: { type: "string", format: "date" }
      })
    )
    assert.deepStrictEqual(value, { name: "Ada Lovelace", age: 36, city: "London", since: "1852-01-31" })
  })

  it("is some object without a schema", async () => {
    assert.deepStrictEqual(await answer("Say hello as JSON"), { answer: "Say hello as JSON" })
  })

  it("may be cut by max_tokens, like any text", async () => {
    const response = await ask("Ada", {
      max_tokens: 2,
      response_format: { type: "json_object", json_schema: object({ name: { type: "string" } }) }
    })
    assert.strictEqual(response.finish_reason, "MAX_TOKENS")
    assert.throws(() => JSON.parse(textOf(response)))
  })
})
