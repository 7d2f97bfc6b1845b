/**
 * Schemas of wire data as tests see them: values that show every field and variant, and the places of a value with what
 * its schema says there.
 */
import * as Upload from "@effect-cohere/core/Upload"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { isObject, type Json, type JsonObject, type Path } from "../support/json.ts"

/** A part of a value. */
export interface Place {
  readonly path: Path
  /** What it is; of a union, the member that it is. */
  readonly ast: AST.AST
  /** Whether it is a field that need not be there. */
  readonly optional: boolean
  /** Of a union that may grow: the field that names the variant. */
  readonly tag: string | undefined
  /** Whether its type is a union of several types. */
  readonly mixed: boolean
}

const isAbsence = (ast: AST.AST) => ast._tag === "UndefinedKeyword" || (ast._tag === "Literal" && ast.literal === null)

/** The types that a value may have, without `null` and `undefined`. */
const membersOf = (ast: AST.AST): ReadonlyArray<AST.AST> =>
  ast._tag === "Union" ? ast.types.flatMap(membersOf) : isAbsence(ast) ? [] : [ast]

/** What a declared schema is called, for example `JsonObject`. */
export const nameOf = (ast: AST.AST): string | undefined => Option.getOrUndefined(AST.getIdentifierAnnotation(ast))

/** Whether a string has well-known values. */
export const isKnown = (ast: AST.AST): boolean => Option.isSome(AST.getExamplesAnnotation(ast))

const fieldsOf = (ast: AST.AST): ReadonlyArray<AST.PropertySignature> =>
  ast._tag === "TypeLiteral" ? ast.propertySignatures : []

const itemOf = (list: AST.TupleType): AST.AST => {
  const [item] = list.rest
  if (item === undefined || list.elements.length > 0) throw new Error("a tuple, not a list")
  return item.type
}

/** The field that tells the variants of an open union apart. */
const tagOf = (members: ReadonlyArray<AST.AST>): string | undefined => {
  const [first] = members
  return first !== undefined && members.some((member) => nameOf(member) === "Other")
    ? fieldsOf(first).filter((field) => field.type._tag === "Literal").map((field) => String(field.name))[0]
    : undefined
}

/** A variant that nobody knows yet. */
export const unknownVariant = (tag: string): JsonObject => ({ [tag]: "of-tomorrow", payload: { n: [1, null] } })

/** Values of a schema in which, taken together, every field is there and every variant of every union. */
export const examples = (ast: AST.AST): ReadonlyArray<Json> => {
  switch (ast._tag) {
    case "Literal":
      // Of the literals that JSON can hold.
      return [ast.literal as Json]
    case "StringKeyword":
      return [Option.match(AST.getExamplesAnnotation(ast), { onNone: () => "a text", onSome: ([one]) => String(one) })]
    case "NumberKeyword":
      return [7]
    case "BooleanKeyword":
      return [true]
    case "Union": {
      const members = membersOf(ast)
      const tag = tagOf(members)
      return members.flatMap((member) =>
        nameOf(member) === "Other" && tag !== undefined ? [unknownVariant(tag)] : examples(member)
      )
    }
    case "TupleType":
      return [examples(itemOf(ast))]
    case "TypeLiteral": {
      const fields = [
        ...fieldsOf(ast).map((field) => [String(field.name), examples(field.type)] as const),
        ...ast.indexSignatures.map(({ type }) => ["a name", examples(type)] as const)
      ]
      const count = Math.max(1, ...fields.map(([, values]) => values.length))
      return Array.from(
        { length: count },
        (_, n) => Object.fromEntries(fields.map(([name, values]) => [name, values[n % values.length] ?? null]))
      )
    }
    case "Declaration":
      switch (nameOf(ast)) {
        case "JsonObject":
          return [{ "a key": [1, { b: null }] }]
        case "NumberMatrix":
          return [[[1, 2], [3]]]
      }
  }
  throw new Error(`no example of ${ast._tag} ${nameOf(ast)}`)
}

const own = (json: Json, name: string): Json | undefined =>
  isObject(json) && Object.hasOwn(json, name) ? json[name] : undefined

/** Every part of a value that its schema says something about. */
export const places = (
  type: AST.AST,
  json: Json | undefined,
  path: Path = [],
  optional = false
): ReadonlyArray<Place> => {
  if (json === null || json === undefined) return []
  const members = membersOf(type)
  const ast = members.length === 1 ? members[0] : members.find((member) => Schema.is(Schema.make(member))(json))
  if (ast === undefined) throw new Error(`${JSON.stringify(json)} does not fit at ${path.join(".")}`)
  const tag = tagOf(members)
  const place = { path, ast, optional, tag, mixed: tag === undefined && members.length > 1 }
  if (ast._tag === "TupleType" && Array.isArray(json)) {
    return [place, ...json.flatMap((one: Json, index) => places(itemOf(ast), one, [...path, index]))]
  }
  if (ast._tag === "TypeLiteral") {
    const names = fieldsOf(ast).map((field) => String(field.name))
    return [
      place,
      ...fieldsOf(ast).flatMap(({ isOptional, name, type }) =>
        places(type, own(json, String(name)), [...path, String(name)], isOptional)
      ),
      ...ast.indexSignatures.flatMap(({ type }) =>
        Object.entries(isObject(json) ? json : {})
          .filter(([name]) => !names.includes(name))
          .flatMap(([name, value]) => places(type, value, [...path, name]))
      )
    ]
  }
  return [place]
}

/** What a schema demands of a value. */
export interface Demands {
  /** Fields that must be there, beside those that name a variant; with `[]` for the items of a list. */
  readonly required: ReadonlyArray<string>
  /** Places of fixed texts, beside those that name a variant. */
  readonly fixed: ReadonlyArray<string>
}

const all = (parts: ReadonlyArray<Demands>): Demands => ({
  required: [...new Set(parts.flatMap((one) => one.required))],
  fixed: [...new Set(parts.flatMap((one) => one.fixed))]
})

/** What a schema demands, at every depth. */
export const demands = (type: AST.AST, path = ""): Demands => {
  const members = membersOf(type)
  const tag = tagOf(members)
  return all(members.map((ast) => {
    switch (ast._tag) {
      case "Literal":
        return { required: [], fixed: [path] }
      case "TupleType":
        return demands(itemOf(ast), `${path}[]`)
      case "TypeLiteral":
        return all([
          ...fieldsOf(ast).filter(({ name }) => name !== tag).map(({ isOptional, name, type }) => {
            const at = path === "" ? String(name) : `${path}.${String(name)}`
            return all([{ required: isOptional ? [] : [at], fixed: [] }, demands(type, at)])
          }),
          ...ast.indexSignatures.map(({ type }) => demands(type, `${path}{}`))
        ])
      default:
        return all([])
    }
  }))
}

/** More than any text must have. */
const longText = "x".repeat(250)

/** The least that a request must say. */
export const minimal = (ast: AST.AST): unknown => {
  switch (ast._tag) {
    case "Refinement": {
      // A list may have to have an item, a text some length.
      const others = ast.from._tag === "TupleType" ? [[minimal(itemOf(ast.from))]] : [longText]
      return [minimal(ast.from), ...others].find(Schema.is(Schema.make(ast)))
    }
    case "Literal":
      return ast.literal
    case "StringKeyword":
      return "x"
    case "NumberKeyword":
      return 1
    case "Union": {
      const [first] = membersOf(ast)
      return first === undefined ? undefined : minimal(first)
    }
    case "TupleType":
      return []
    case "TypeLiteral":
      return Object.fromEntries(
        fieldsOf(ast).filter(({ isOptional }) => !isOptional).map(({ name, type }) => [name, minimal(type)])
      )
    case "Declaration":
      switch (nameOf(ast)) {
        case "JsonObject":
          return {}
        case "Upload":
          return Upload.make("rows.jsonl", "{}\n")
      }
  }
  throw new Error(`no request with ${ast._tag} ${nameOf(ast)}`)
}
