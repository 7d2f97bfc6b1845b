/**
 * A fast yes to values that fit their schema, which nearly all do: the schema is compiled to predicates, once, and
 * these build nothing. `ParseResult` copies what it validates and says what is wrong with it, at about ten times the
 * price.
 *
 * A yes is certain: `ParseResult` says it, too. A no only means that `ParseResult` must say; so may an exception, which
 * is what a value does whose getters throw, or which is nested deeper than the stack.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"

/** Whether a value fits for certain. */
export type Fits = (u: unknown) => boolean

/** How values are validated: predicates of schemas may look at it, so that here and there it must be the same. */
export const options: AST.ParseOptions = { errors: "all" }

const compiled = new WeakMap<AST.AST, Fits>()

/** Compiles a schema of values as they are: `SchemaAST.typeAST` makes one of any schema. */
export const compile = (ast: AST.AST): Fits => {
  const known = compiled.get(ast)
  if (known !== undefined) return known
  const fits = make(ast)
  compiled.set(ast, fits)
  return fits
}

const make = (ast: AST.AST): Fits => {
  // Options of its own may make it stricter, for example with fields that it does not know.
  if (hasOptions(ast)) return asked(ast)
  switch (ast._tag) {
    case "UnknownKeyword":
    case "AnyKeyword":
    case "VoidKeyword":
      return always
    case "UndefinedKeyword":
      return isUndefined
    case "StringKeyword":
      return isString
    case "NumberKeyword":
      return isNumber
    case "BooleanKeyword":
      return isBoolean
    case "Literal":
      return ast.literal === null ? isNull : equals(ast.literal)
    case "TypeLiteral":
      return struct(ast)
    case "TupleType":
      return list(ast)
    case "Union":
      return union(ast)
    case "Refinement":
      return refinement(ast)
    case "Declaration":
      return declaration(ast)
    case "Suspend":
      return suspended(ast)
    default:
      return asked(ast)
  }
}

const hasOptions = (ast: AST.AST): boolean => Option.isSome(AST.getParseOptionsAnnotation(ast))

const always: Fits = () => true
const never: Fits = () => false
const isUndefined: Fits = (u) => u === undefined
const isNull: Fits = (u) => u === null
const isString: Fits = (u) => typeof u === "string"
const isNumber: Fits = (u) => typeof u === "number"
const isBoolean: Fits = (u) => typeof u === "boolean"
const equals = (literal: AST.LiteralValue): Fits => (u) => u === literal

/** What is not compiled: `ParseResult` is asked of this part alone. */
const asked = (ast: AST.AST): Fits => {
  const validate = ParseResult.validateEither(Schema.make(ast), options)
  return (u) => Either.isRight(validate(u))
}

const declaration = (ast: AST.Declaration): Fits => {
  const parse = ast.decodeUnknown(...ast.typeParameters)
  return (u) => {
    const result = parse(u, options, ast)
    return Either.isEither(result) && Either.isRight(result)
  }
}

const suspended = (ast: AST.Suspend): Fits => {
  // A recursive schema would be compiled for ever, if not when it is needed.
  let fits: Fits | undefined
  return (u) => (fits ??= compile(ast.f()))(u)
}

// ---------------------------------------------------------------------------------------------------------------------
// Objects and lists
// ---------------------------------------------------------------------------------------------------------------------

type Properties = { readonly [key: PropertyKey]: unknown }

const isObject = (u: unknown): u is Properties => typeof u === "object" && u !== null

/** A field, and the one after it: a chain is the cheapest to go through. */
interface Field {
  readonly name: PropertyKey
  readonly fits: Fits
  readonly isOptional: boolean
  readonly next: Field | undefined
}

const struct = (ast: AST.TypeLiteral): Fits => {
  if (ast.propertySignatures.length === 0 && ast.indexSignatures.length === 0) {
    return (u) => u !== null && u !== undefined
  }
  // Which keys a pattern is for must be known exactly: a key that is left out by mistake would be a wrong yes.
  if (ast.indexSignatures.some(({ parameter }) => parameter._tag !== "StringKeyword" || hasOptions(parameter))) {
    return asked(ast)
  }
  const first = ast.propertySignatures.reduceRight<Field | undefined>(
    (next, { isOptional, name, type }) => ({ name, fits: compile(type), isOptional, next }),
    undefined
  )
  const record = all(ast.indexSignatures.map(({ type }) => compile(type)))
  return (u) => {
    if (!isObject(u) || Array.isArray(u)) return false
    for (let field = first; field !== undefined; field = field.next) {
      // What an object inherits counts for a field that must be there, and not for one that need not.
      if (!field.fits(u[field.name]) && !(field.isOptional && !Object.hasOwn(u, field.name))) return false
    }
    if (record !== undefined) {
      for (const key of Object.keys(u)) {
        if (!record(u[key])) return false
      }
    }
    return true
  }
}

const all = ([first, ...rest]: ReadonlyArray<Fits>): Fits | undefined =>
  first === undefined ? undefined : rest.reduce((a, b) => (u) => a(u) && b(u), first)

const list = (ast: AST.TupleType): Fits => {
  const [rest, ...last] = ast.rest
  if (ast.elements.length > 0 || rest === undefined || last.length > 0) return asked(ast)
  const item = compile(rest.type)
  return (u) => {
    if (!Array.isArray(u)) return false
    for (let i = 0; i < u.length; i++) {
      if (!item(u[i])) return false
    }
    return true
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Unions
// ---------------------------------------------------------------------------------------------------------------------

/** The members of a union and of those in it. */
const membersOf = (ast: AST.AST): ReadonlyArray<AST.AST> =>
  ast._tag === "Union" && !hasOptions(ast) ? ast.types.flatMap(membersOf) : [ast]

interface Tag {
  readonly name: PropertyKey
  readonly value: AST.LiteralValue
}

/** By which fields `ParseResult` chooses a member: only those of the value itself count there, not what it inherits. */
const tagsOf = (ast: AST.AST): ReadonlyArray<Tag> => {
  switch (ast._tag) {
    case "TypeLiteral":
      return ast.propertySignatures.flatMap(({ isOptional, name, type }) => isOptional ? [] : tag(name, type))
    case "TupleType":
      return ast.elements.flatMap(({ isOptional, type }, index) => isOptional ? [] : tag(index, type))
    case "Refinement":
      return tagsOf(ast.from)
    case "Suspend":
      return tagsOf(ast.f())
    case "Declaration":
      return Option.match(AST.getSurrogateAnnotation(ast), { onNone: () => [], onSome: tagsOf })
    default:
      return []
  }
}

const tag = (name: PropertyKey, ast: AST.AST): ReadonlyArray<Tag> => {
  const type = AST.encodedAST(ast)
  return AST.isLiteral(type) ? [{ name, value: type.literal }] : []
}

const union = (ast: AST.Union): Fits => {
  const members = membersOf(ast).map((member) => ({ ast: member, tags: tagsOf(member) }))
  const tagged = members.filter(({ tags }) => tags.length > 0)
  const plain = members.filter(({ tags }) => tags.length === 0).map((member) => member.ast)
  const others = anyOf(plain)
  if (tagged.length === 0) return others
  const [name, ...names] = new Set(tagged.flatMap(({ tags }) => tags.map((one) => one.name)))
  const variants = new Map<unknown, Fits>()
  for (const member of tagged) {
    for (const { value } of member.tags) variants.set(value, compile(member.ast))
  }
  if (name === undefined || names.length > 0 || variants.size < tagged.length) {
    // No one field tells them apart.
    return tagged.reduce<Fits>((fits, member) => or(fits, owning(member.tags, compile(member.ast))), others)
  }
  return (u) => {
    if (isObject(u)) {
      const variant = variants.get(u[name])
      if (variant !== undefined && variant(u) && Object.hasOwn(u, name)) return true
    }
    return others(u)
  }
}

const or = (a: Fits, b: Fits): Fits => a === never ? b : b === never ? a : (u) => a(u) || b(u)

const owning = (tags: ReadonlyArray<Tag>, fits: Fits): Fits => (u) =>
  isObject(u) && tags.every(({ name }) => Object.hasOwn(u, name)) && fits(u)

/** Any of these; what is cheap to see comes first. */
const anyOf = (members: ReadonlyArray<AST.AST>): Fits => {
  const ways = new Set(members.map(compile))
  const isAbsence = ways.delete(isUndefined) ? ways.delete(isNull) ? isAbsent : isUndefined : never
  const literals = members.flatMap((member) => {
    if (member._tag !== "Literal" || !ways.delete(compile(member))) return []
    return [member.literal]
  })
  const isOneOf: Fits = literals.length === 0 ? never : among(literals)
  const rest = [...ways].reduce(or, isOneOf)
  return isAbsence === isAbsent ? (u) => u === undefined || u === null || rest(u) : or(isAbsence, rest)
}

const isAbsent: Fits = (u) => u === undefined || u === null

// `indexOf` compares as `===` does, so that NaN is none of them.
const among = (literals: ReadonlyArray<unknown>): Fits => (u) => literals.indexOf(u) !== -1

// ---------------------------------------------------------------------------------------------------------------------
// Refinements
// ---------------------------------------------------------------------------------------------------------------------

/** Annotates a filter of our own that looks at nothing but the length of a list. */
export const OfLengthAnnotationId: unique symbol = Symbol.for("@effect-cohere/core/internal/OfLength")

/** Whether a filter looks at nothing but the length of a list. */
const isOfLength = ({ annotations }: AST.Refinement): boolean => {
  const id = annotations[AST.SchemaIdAnnotationId]
  return annotations[OfLengthAnnotationId] === true ||
    id === Schema.MinItemsSchemaId || id === Schema.MaxItemsSchemaId || id === Schema.ItemsCountSchemaId
}

/** Whether `ParseResult` hands on the value itself, not a copy without the fields that the schema does not know. */
const isKept = (ast: AST.AST): boolean => {
  switch (ast._tag) {
    case "Refinement":
      return isKept(ast.from)
    case "Union":
      return ast.types.every(isKept)
    case "TypeLiteral":
    case "TupleType":
    case "Declaration":
    case "Suspend":
    case "Transformation":
      return false
    default:
      return true
  }
}

const refinement = (ast: AST.Refinement): Fits => {
  const { filter, from } = ast
  const fits = compile(from)
  if (isKept(from) || (from._tag === "TupleType" && isOfLength(ast))) {
    return (u) => fits(u) && Option.isNone(filter(u, options, ast))
  }
  if (from._tag === "TupleType" && [...from.elements, ...from.rest].every(({ type }) => isKept(type))) {
    // The filter sees a plain copy, as it does there: whatever else a list has and overrides stays hidden.
    return (u) => Array.isArray(u) && fits(u) && Option.isNone(filter(copyOf(u), options, ast))
  }
  return asked(ast)
}

const copyOf = (items: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const copy: Array<unknown> = []
  for (let i = 0; i < items.length; i++) copy.push(items[i])
  return copy
}
