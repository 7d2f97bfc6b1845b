/** JSON: its values, their parts, and the oddest of it that callers may have. */
import * as FastCheck from "effect/FastCheck"

/** A value of JSON. */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject
/** An object of JSON. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** Keys and indexes that lead to a part of a value. */
export type Path = ReadonlyArray<string | number>

/** Whether a value is an object. */
export const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json)

/** A copy with another part at a path; without the field there, if that is `undefined`. */
export const changedAt = (json: Json, path: Path, change: (part: Json) => Json | undefined): Json => {
  const [key, ...rest] = path
  if (key === undefined) return change(json) ?? null
  const inner = (part: Json): Json | undefined => rest.length === 0 ? change(part) : changedAt(part, rest, change)
  if (Array.isArray(json)) {
    return json.map((one: Json, index) => String(index) === String(key) ? inner(one) ?? null : one)
  }
  // Built from entries, so that a key such as `__proto__` is one like any other.
  return Object.fromEntries(
    Object.entries(isObject(json) ? json : {}).flatMap(([name, value]) => {
      const part = name === key ? inner(value) : value
      return part === undefined ? [] : [[name, part]]
    })
  )
}

/** Names that mean something to JavaScript, to this library or to the API. */
export const oddNames = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "toJSON",
  "hasOwnProperty",
  "_tag",
  "model_id",
  "modelId",
  "type",
  "event_type",
  "role",
  "stream",
  "messages",
  "data",
  "id",
  "error",
  "",
  "0",
  "a.b",
  "length"
]

/** A key of an object. */
export const key = FastCheck.oneof(
  FastCheck.constantFrom(...oddNames),
  FastCheck.string({ unit: "binary", maxLength: 6 })
)

const deep = (depth: number) => `${"{\"__proto__\":[".repeat(depth)}null${"]}".repeat(depth)}`

const texts = FastCheck.letrec<{ readonly value: string; readonly object: string }>((tie) => ({
  value: FastCheck.oneof(
    { maxDepth: 3, depthSize: "small" },
    FastCheck.jsonValue({ maxDepth: 0 }).map((value) => JSON.stringify(value)),
    FastCheck.constantFrom(
      "1e-7",
      "5e-324",
      "1.7976931348623157e308",
      "1e21",
      "9007199254740993",
      "18446744073709551615",
      "0.1",
      "-0",
      "\"\\ud800\"",
      "\"\\u2028\"",
      "\"\\u0000\"",
      deep(60)
    ),
    FastCheck.array(tie("value"), { maxLength: 3 }).map((values) => `[${values.join(",")}]`),
    tie("object")
  ),
  object: FastCheck.uniqueArray(FastCheck.tuple(key, tie("value")), { maxLength: 5, selector: ([name]) => name }).map(
    (pairs) => `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`
  )
}))

/** Text of a JSON object whose keys and values are tricky at every depth. */
export const objectText: FastCheck.Arbitrary<string> = texts.object
