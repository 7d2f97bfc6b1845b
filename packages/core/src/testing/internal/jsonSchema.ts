/** Values that satisfy a JSON schema, filled from a message where it offers something. */
import { isObject } from "../../internal/json.ts"
import type { JsonObject } from "../../Wire.ts"
import { uuid } from "./hash.ts"
import type { Hints } from "./hints.ts"

interface Options {
  readonly hints: Hints
  /** Leave out properties that are not required, as a model does that has nothing to say about them. */
  readonly onlyRequired: boolean
}

interface At extends Options {
  readonly root: JsonObject
  readonly key: string
  readonly depth: number
}

// From here on, a schema that contains itself gets only what it must have, and then nothing at all.
const deep = 4
const tooDeep = 24

const objects = (u: unknown): ReadonlyArray<JsonObject> => Array.isArray(u) ? u.filter(isObject) : []
const strings = (u: unknown): ReadonlyArray<string> =>
  Array.isArray(u) ? u.filter((each): each is string => typeof each === "string") : []
const numberOf = (u: unknown): number | undefined => typeof u === "number" ? u : undefined

/** A length that a schema asks for: the emulator writes no novels. */
const atMost = (u: unknown): number => Math.min(numberOf(u) ?? 0, 1_000)

/** Follows `#/definitions/Name` and the like. */
const resolve = (root: JsonObject, pointer: string): unknown =>
  pointer.split("/").slice(1).reduce<unknown>((at, step) => {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")
    return isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }, root)

/** The schema without indirection: references followed, `allOf` merged in. */
const flatten = (schema: unknown, at: At): JsonObject => {
  if (!isObject(schema)) return {}
  const { $ref, allOf, ...own } = schema
  const parts = [...objects(allOf), ...(typeof $ref === "string" && at.depth < tooDeep ? [resolve(at.root, $ref)] : [])]
  return parts.reduce<JsonObject>(
    (merged, part) => ({ ...merged, ...flatten(part, { ...at, depth: at.depth + 1 }) }),
    own
  )
}

const typeOf = (schema: JsonObject): unknown => {
  if (schema["type"] !== undefined) return Array.isArray(schema["type"]) ? schema["type"][0] : schema["type"]
  if (schema["properties"] !== undefined || schema["required"] !== undefined) return "object"
  return schema["items"] !== undefined ? "array" : "string"
}

const formats: Readonly<Record<string, (hints: Hints, key: string) => string>> = {
  "date-time": (hints) => `${hints.date() ?? "2025-01-01"}T00:00:00Z`,
  date: (hints) => hints.date() ?? "2025-01-01",
  time: () => "12:00:00Z",
  uuid: (hints, key) => uuid(`${key} ${hints.message}`),
  email: () => "someone@example.com",
  uri: () => "https://example.com/"
}

/** Parameters by these names want the question, not a word of it. */
const wantsAll = /query|question|prompt|message|text|input|content|summary|answer|expression/i

const text = (schema: JsonObject, { hints, key }: At): string => {
  const format = typeof schema["format"] === "string" && Object.hasOwn(formats, schema["format"])
    ? formats[schema["format"]]
    : undefined
  if (format !== undefined) return format(hints, key)
  const pattern = typeof schema["pattern"] === "string" ? new RegExp(schema["pattern"], "u") : undefined
  const looksLikeDate = /date|day/i.test(key) ? hints.date() : undefined
  const found = looksLikeDate ?? (wantsAll.test(key) ? hints.message.trim() : hints.phrase() ?? hints.gist)
  const fitting = pattern === undefined
    ? found
    : [found, ...strings(schema["examples"]), ...hints.message.split(/\s+/), "a", "A", "1", "abc", "ABC", "123"]
      .find((each) => pattern.test(each)) ?? found
  const long = fitting.padEnd(atMost(schema["minLength"]), ".")
  return long.slice(0, numberOf(schema["maxLength"]) ?? long.length)
}

const number = (schema: JsonObject, { hints }: At, integer: boolean): number => {
  const above = numberOf(schema["exclusiveMinimum"])
  const below = numberOf(schema["exclusiveMaximum"])
  const low = Math.max(
    numberOf(schema["minimum"]) ?? -Infinity,
    above === undefined ? -Infinity : above + (integer ? 1 : 0.5)
  )
  const high = Math.min(
    numberOf(schema["maximum"]) ?? Infinity,
    below === undefined ? Infinity : below - (integer ? 1 : 0.5)
  )
  const step = numberOf(schema["multipleOf"]) ?? (integer ? 1 : undefined)
  const wanted = Math.min(high, Math.max(low, hints.number() ?? 1))
  if (step === undefined) return low > high && above !== undefined && below !== undefined ? (above + below) / 2 : wanted
  const down = Math.floor(wanted / step) * step
  return down >= low ? down : Math.ceil(wanted / step) * step
}

const object = (schema: JsonObject, at: At): JsonObject => {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {}
  const required = strings(schema["required"])
  const keys = at.onlyRequired || at.depth > deep ? required : [...new Set([...Object.keys(properties), ...required])]
  return Object.fromEntries(keys.map((key) => {
    const property = Object.hasOwn(properties, key) ? properties[key] : schema["additionalProperties"]
    return [key, value(property, { ...at, key, depth: at.depth + 1 })]
  }))
}

const array = (schema: JsonObject, at: At): ReadonlyArray<unknown> => {
  const inside = { ...at, depth: at.depth + 1 }
  const tuple = Array.isArray(schema["prefixItems"]) ? schema["prefixItems"] : schema["items"]
  if (Array.isArray(tuple)) return tuple.map((item) => value(item, inside))
  const wanted = schema["maxItems"] === 0 || at.depth > deep ? 0 : 1
  return Array.from({ length: Math.max(wanted, atMost(schema["minItems"])) }, () => value(tuple, inside))
}

const value = (unresolved: unknown, at: At): unknown => {
  if (at.depth > tooDeep) return null
  const schema = flatten(unresolved, at)
  if (Object.hasOwn(schema, "const")) return schema["const"]
  if (Array.isArray(schema["enum"])) {
    const mentioned = (each: unknown) => at.hints.message.toLowerCase().includes(String(each).toLowerCase())
    return schema["enum"].find(mentioned) ?? schema["enum"][0]
  }
  const { anyOf, oneOf, ...rest } = schema
  const branches = [...objects(anyOf), ...objects(oneOf)]
  if (branches.length > 0) {
    const simple = branches.find((branch) => branch["$ref"] === undefined && typeOf(branch) !== "object")
    const something = branches.find((branch) => branch["type"] !== "null")
    const branch = (at.depth > deep ? simple : something) ?? branches[0]
    return value({ ...rest, ...flatten(branch, at) }, { ...at, depth: at.depth + 1 })
  }
  switch (typeOf(schema)) {
    case "object":
      return object(schema, at)
    case "array":
      return array(schema, at)
    case "integer":
      return number(schema, at, true)
    case "number":
      return number(schema, at, false)
    case "boolean":
      return true
    case "null":
      return null
    default:
      return text(schema, at)
  }
}

/** A value that satisfies a schema. */
export const sample = (schema: JsonObject, options: Options): unknown =>
  value(schema, { ...options, root: schema, key: "", depth: 0 })

/** What the server refuses about a schema for answers. */
export function* problems(schema: JsonObject): Iterable<string> {
  if (schema["type"] !== "object" && schema["$ref"] === undefined) yield "schema must be an object"
  const properties = isObject(schema["properties"]) ? schema["properties"] : {}
  for (const name of strings(schema["required"])) {
    if (!Object.hasOwn(properties, name)) yield `required field ${name} not found in properties`
  }
  for (const [name, property] of Object.entries(properties)) {
    const typed = ["type", "enum", "const", "anyOf", "$ref"].some((key) => isObject(property) && key in property)
    if (!typed) yield `property ${name} must have a type`
  }
}
