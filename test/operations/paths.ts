/** Follows the paths of `shapes.ts` through values and through schemas. */
import type * as Schema from "effect/Schema"
import type * as AST from "effect/SchemaAST"

/** `a<tag>.b[]` as `a`, `<tag>`, `b`, `[]`. */
const stepsOf = (path: string): ReadonlyArray<string> => path.match(/<[^>]*>|\[\]|[^.[\]<>]+/g) ?? []

const tagFields = ["type", "event_type", "role"]

/** The values at a path: none if it leads nowhere. */
export const valuesAt = (value: unknown, path: string): ReadonlyArray<unknown> =>
  stepsOf(path).reduce<ReadonlyArray<unknown>>((found, step) =>
    found.flatMap((one) => {
      if (typeof one !== "object" || one === null) return []
      const entries = Object.entries(one)
      if (step.startsWith("<")) {
        return entries.some(([name, tag]) => tagFields.includes(name) && `<${String(tag)}>` === step) ? [one] : []
      }
      if (step === "[]") return Array.isArray(one) ? one : []
      return entries.flatMap(([name, item]) => step === "*" || step === name ? [item] : [])
    }), [value])

const alternatives = (ast: AST.AST): ReadonlyArray<AST.AST> => {
  switch (ast._tag) {
    case "Union":
      return ast.types.flatMap(alternatives)
    case "Refinement":
      return alternatives(ast.from)
    case "Suspend":
      return alternatives(ast.f())
    default:
      return [ast]
  }
}

const literals = (ast: AST.AST): ReadonlyArray<unknown> =>
  alternatives(ast).flatMap((one) => one._tag === "Literal" ? [one.literal] : [])

const step = (ast: AST.AST, name: string): ReadonlyArray<AST.AST> => {
  if (name === "[]") return ast._tag === "TupleType" ? ast.rest.map(({ type }) => type) : []
  if (ast._tag !== "TypeLiteral") return []
  if (name === "*") return ast.indexSignatures.map(({ type }) => type)
  if (!name.startsWith("<")) {
    return ast.propertySignatures.filter((property) => property.name === name).map(({ type }) => type)
  }
  const tags = ast.propertySignatures.filter((property) => tagFields.includes(String(property.name)))
  return tags.some(({ type }) => literals(type).some((tag) => `<${String(tag)}>` === name)) ? [ast] : []
}

/** Whether a schema has a field at a path. */
export const has = (schema: Schema.Schema.All, path: string): boolean =>
  stepsOf(path).reduce<ReadonlyArray<AST.AST>>(
    (found, name) => found.flatMap((ast) => step(ast, name)).flatMap(alternatives),
    alternatives(schema.ast)
  ).length > 0
