/**
 * Whatever JavaScript makes a request of: it is sent exactly when it fits its schema. What fits is for `ParseResult` to
 * say, which the SDK asks itself only of what looks wrong.
 */
import * as Endpoint from "@effect-cohere/core/Endpoint"
import * as Endpoints from "@effect-cohere/core/Endpoints"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Upload from "@effect-cohere/core/Upload"
import * as V1 from "@effect-cohere/core/V1"
import { afterEach, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { errorOf, over } from "../client/support/samples.ts"
import { minimal, nameOf } from "../operations/places.ts"
import * as Transport from "../support/transport.ts"

// No test here waits for anything but its own fibers: Vitest's worker has to hear its parent now and then.
afterEach(() => new Promise<void>((resolve) => setImmediate(resolve)))

// One client for all calls: to make one anew would take most of the time.
const client = Effect.runSync(Effect.scoped(Layer.build(Layer.orDie(Transport.client(() => Transport.json({}))))))

/** Whether a request with this value in its query is taken for one that fits. */
const taken = (schema: Schema.Schema<unknown>) => {
  // In a query nothing becomes JSON, which would make another value of many.
  const endpoint = Endpoint.unary({
    id: "test.value",
    method: "GET",
    path: "/v1/value",
    query: Schema.Struct({ value: schema }),
    success: Schema.Unknown,
    docs: "https://example.com"
  })
  return (value: unknown): Effect.Effect<boolean> =>
    Endpoint.call(endpoint)({ value }).pipe(
      RetryPolicy.with(RetryPolicy.none),
      Effect.provide(client),
      Effect.match({
        onSuccess: () => true,
        onFailure: (error) => {
          if (error._tag !== "InvalidRequest") return assert.fail(error.message)
          // It fits, and has no text: a URL cannot hold everything.
          return error.issues.some(({ message }) => message.startsWith("cannot be written"))
        }
      })
    )
}

/** What `ParseResult` says. `undefined`: it throws, as values can make it do. */
const fits = (schema: Schema.Schema<unknown>) => {
  const validate = ParseResult.validateEither(schema, { errors: "all" })
  return (value: unknown): boolean | undefined => {
    try {
      return Either.isRight(validate(value))
    } catch {
      return undefined
    }
  }
}

/** Asserts that exactly those of some values are taken that fit. Made anew each time: a value may change what it says. */
const agree = (
  schema: Schema.Schema<unknown>,
  values: Iterable<readonly [name: string, make: () => unknown]>
): Effect.Effect<void> => {
  const isTaken = taken(schema)
  const isFit = fits(schema)
  return Effect.forEach(values, ([name, make]) => {
    const expected = isFit(make())
    return Effect.map(isTaken(make()), (found) => {
      // Where `ParseResult` throws, it is enough that this is no defect.
      if (expected !== undefined) assert.strictEqual(found, expected, `${name} for ${String(schema.ast)}`)
    })
  }, { discard: true })
}

// ---------------------------------------------------------------------------------------------------------------------
// Values
// ---------------------------------------------------------------------------------------------------------------------

type Odd = readonly [name: string, make: () => unknown]

const text = { type: "text", text: "x", n: 1 }

const getters = (object: object): object =>
  Object.defineProperties(
    {},
    Object.fromEntries(Object.entries(object).map(([name, value]) => [name, { get: () => value, enumerable: true }]))
  )

const revoked = (target: object): unknown => {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

class List extends Array<unknown> {}

const odds: ReadonlyArray<Odd> = [
  ...[
    undefined,
    null,
    true,
    0,
    -0,
    7,
    1.5,
    Number.NaN,
    Infinity,
    5e-324,
    Number.MAX_SAFE_INTEGER,
    2 ** 53,
    -1e308,
    1n,
    "",
    "x",
    "1",
    "text",
    "\ud800",
    "x".repeat(300)
  ].map((value): Odd => [`${typeof value} ${String(value)}`, () => value]),
  ["a symbol", () => Symbol.for("odd")],
  ["no fields", () => ({})],
  ["no prototype", () => Object.create(null)],
  ["fields without a prototype", () => Object.assign(Object.create(null), text)],
  ["all fields", () => ({ ...text, kind: "k", a: 1, b: "b", inner: { a: 1 } })],
  ["fields that are undefined", () => ({ type: undefined, text: undefined, n: undefined, a: undefined })],
  ["fields that are null", () => ({ type: null, text: null, n: null, a: null })],
  ["too many fields", () => ({ ...text, a: 1, extra: 1 })],
  ["inherited fields", () => Object.create({ ...text, a: 1, kind: "k" })],
  ["an inherited tag", () => Object.assign(Object.create({ type: "text" }), { text: "x", n: 1 })],
  ["an inherited field that is wrong", () => Object.assign(Object.create({ n: "x" }), { type: "text", text: "x" })],
  ["hidden fields", () => Object.defineProperty({ text: "x" }, "type", { value: "text", enumerable: false })],
  ["a field __proto__", () => JSON.parse(`{"__proto__":${JSON.stringify(text)}}`)],
  ["a field __proto__ beside others", () => JSON.parse("{\"type\":\"text\",\"text\":\"x\",\"__proto__\":1}")],
  ["fields with the names of methods", () => ({ constructor: "x", toString: "x", hasOwnProperty: 1 })],
  ["a tag of tomorrow", () => ({ type: "of-tomorrow" })],
  ["a boxed tag", () => ({ ...text, type: new String("text") })],
  ["a tag in a list", () => ({ ...text, type: ["text"] })],
  ["a tag that pretends", () => ({ ...text, type: { toString: () => "text" } })],
  ["a tag that cannot be a text", () => ({ ...text, type: { toString: 1, valueOf: 1 } })],
  ["a tag that is a symbol", () => ({ ...text, type: Symbol.iterator })],
  ["a tag that is a number", () => ({ type: 1, n: 1 })],
  ["a tag that is the text of a number", () => ({ type: "1", n: 1 })],
  ["the second tag", () => ({ type: "other", kind: "k", n: 1 })],
  ["two tags", () => ({ type: "text", kind: "l", text: "x" })],
  ["getters", () => getters(text)],
  ["a getter that throws", () => ({
    get type(): string {
      throw new Error("no")
    }
  })],
  ["an inherited getter that throws", () =>
    Object.assign(
      Object.create({
        get n(): number {
          throw new Error("no")
        }
      }),
      { type: "text", text: "x" }
    )],
  ["a Proxy", () => new Proxy(text, {})],
  ["a Proxy that throws", () =>
    new Proxy(text, {
      get: () => {
        throw new Error("no")
      }
    })],
  ["a revoked Proxy", () => revoked({})],
  ["a revoked Proxy of a list", () => revoked([])],
  ["a Proxy of a list", () => new Proxy(["a"], {})],
  ["boxed values", () => new String("x")],
  ["a boxed number", () => new Number(1)],
  ["a Date", () => new Date(0)],
  ["a Map", () => new Map([["type", "text"]])],
  ["an empty list", () => []],
  ["a list of texts", () => ["a", "b"]],
  ["a list of numbers", () => [1, Number.NaN, 2]],
  ["a list of both", () => ["a", 1]],
  ["a pair and more", () => ["a", 1, true]],
  ["a list of undefined", () => [undefined]],
  ["a list with holes", () => Object.assign([], { 2: "x" })],
  ["nothing but holes", () => new Array(3)],
  ["a list in a list", () => [[1, 2], [3]]],
  ["a list of objects", () => [{ a: 1 }, { a: 1, extra: 1 }]],
  ["a list of a class of its own", () => List.from(["a", "b"])],
  ["a list with fields", () => Object.assign([1, 2], { extra: 1, ...text })],
  ["a list that iterates otherwise", () => Object.assign([1, 2], { [Symbol.iterator]: () => [].values() })],
  ["what is like a list", () => ({ 0: "a", length: 1 })],
  ["bytes", () => new Uint8Array(2)],
  ["an upload", () => Upload.make("a.csv", "a")]
]

// ---------------------------------------------------------------------------------------------------------------------
// Schemas
// ---------------------------------------------------------------------------------------------------------------------

interface Tree {
  readonly a: number
  readonly inner?: Tree | undefined
}
const Tree: Schema.Schema<Tree> = Schema.Struct({
  a: Schema.Number,
  inner: Schema.optional(Schema.suspend((): Schema.Schema<Tree> => Tree))
})

class Text extends Schema.Class<Text>("Text")({ type: Schema.Literal("text"), text: Schema.String }) {}

const A = Schema.Struct({ a: Schema.Number })
const strict = A.annotations({ parseOptions: { onExcessProperty: "error" } })
const variant = <const Tag extends string | number>(tag: Tag, fields: Schema.Struct.Fields = {}) =>
  Schema.Struct({ type: Schema.Literal(tag), ...fields })

/** Schemas of all kinds, also of those that no operation has. */
const kinds: Readonly<Record<string, { readonly ast: AST.AST }>> = {
  unknown: Schema.Unknown,
  undefined: Schema.Undefined,
  never: Schema.Never,
  bigint: Schema.BigIntFromSelf,
  symbol: Schema.SymbolFromSelf,
  "any object": Schema.Object,
  "not nothing": Schema.Struct({}),
  "an enumeration": Schema.Enums({ x: "x", one: 1 }),
  "a pattern of texts": Schema.TemplateLiteral("te", Schema.String),
  literals: Schema.Literal("text", 7, true, null),
  NaN: Schema.Union(Schema.Literal(Number.NaN), Schema.Literal(0)),
  "an integer": Schema.Int,
  "a number of JSON": Schema.JsonNumber,
  "a filtered text": Schema.String.pipe(Schema.minLength(1), Schema.maxLength(4)),
  fields: Schema.Struct({ type: Schema.String, text: Schema.String, n: Schema.optional(Schema.Number) }),
  "fields that may be left out, and not undefined": Schema.Struct({
    n: Schema.optionalWith(Schema.Number, { exact: true })
  }),
  "fields that must be there, or undefined": Schema.Struct({ text: Schema.UndefinedOr(Schema.String) }),
  "fields with the names of methods": Schema.Struct({
    constructor: Schema.optional(Schema.String),
    hasOwnProperty: Schema.optional(Schema.Number)
  }),
  "any constructor": Schema.Struct({ constructor: Schema.Unknown }),
  "a record": Schema.Record({ key: Schema.String, value: Schema.Union(Schema.String, Schema.Number) }),
  "a record of some keys": Schema.Record({ key: Schema.String.pipe(Schema.minLength(2)), value: Schema.String }),
  "a record of symbols": Schema.Record({ key: Schema.SymbolFromSelf, value: Schema.String }),
  "fields and a record": Schema.Struct(
    { text: Schema.String },
    Schema.Record({ key: Schema.String, value: Schema.Union(Schema.String, Schema.Number) })
  ),
  "no other fields": strict,
  "no other fields inside": Schema.Struct({ inner: Schema.optional(strict) }),
  "no other fields in a union": Schema.Union(strict, Schema.String),
  "a list": Schema.Array(Schema.String),
  "a list of anything": Schema.Array(Schema.Unknown),
  "a list that may have holes": Schema.Array(Schema.UndefinedOr(Schema.String)),
  "a list of some length": Schema.Array(A).pipe(Schema.minItems(1), Schema.maxItems(2)),
  "a list by what it has beside": Schema.Array(Schema.Number).pipe(Schema.filter((list) => "extra" in list)),
  "a list by how it iterates": Schema.Array(Schema.Number).pipe(Schema.filter((list) => [...list].length === 0)),
  "objects by what they have beside": Schema.Array(A).pipe(Schema.filter((list) => list.some((one) => "extra" in one))),
  "an object by what it has beside": A.pipe(Schema.filter((one) => "extra" in one)),
  "a pair": Schema.Tuple(Schema.String, Schema.Number),
  "a pair that may be a single": Schema.Tuple(Schema.String, Schema.optionalElement(Schema.Number)),
  "a list after a text": Schema.Tuple([Schema.String], Schema.Number),
  "a list before a flag": Schema.Tuple([Schema.String], Schema.Number, Schema.Boolean),
  "a list that is not empty": Schema.NonEmptyArray(Schema.String),
  variants: Schema.Union(variant("text", { text: Schema.String }), variant("other")),
  "variants or nothing": Schema.NullOr(Schema.Union(variant("text", { text: Schema.String }), Schema.Undefined)),
  "variants of one tag": Schema.Union(variant("text", { text: Schema.Number }), variant("text", { n: Schema.Number })),
  "variants of two tags": Schema.Union(
    variant("text", { kind: Schema.Literal("k") }),
    variant("text", { kind: Schema.Literal("l") }),
    Schema.Struct({ kind: Schema.Literal("k") })
  ),
  "variants of numbers": Schema.Union(variant(1), variant("1", { n: Schema.Number })),
  "filtered variants": Schema.Union(variant("text").pipe(Schema.filter(() => true)), variant("other")),
  "variants with filtered tags": Schema.Union(
    Schema.Struct({ type: Schema.Literal("text").pipe(Schema.filter(() => true)) }),
    variant("other")
  ),
  "pairs with tags": Schema.Union(Schema.Tuple(Schema.Literal("a"), Schema.Number), Schema.Tuple(Schema.Literal("b"))),
  "a class": Text,
  "a class among variants": Schema.Union(Text, variant("other")),
  "a recursive schema": Tree,
  "a point of time": Schema.DateFromSelf,
  "a Map": Schema.MapFromSelf({ key: Schema.String, value: Schema.String }),
  "what is decoded": Schema.Struct({ n: Schema.NumberFromString })
}

/** A schema of which nothing is decoded. */
const typeOf = (schema: { readonly ast: AST.AST }): Schema.Schema<unknown> => Schema.make(AST.typeAST(schema.ast))

describe("a value is sent exactly when it fits", () => {
  it.effect.each(Object.entries(kinds))("%s", ([, kind]) => agree(typeOf(kind), odds))

  it("which most kinds of values do for some schema, and for most schemas some kinds of values", () => {
    const fitting = Object.values(kinds).map((kind) => odds.filter(([, make]) => fits(typeOf(kind))(make()) === true))
    assert.isAbove(fitting.filter((some) => some.length > 0).length, 0.9 * fitting.length)
    // Nearly anything fits only where that is the point.
    assert.isBelow(fitting.filter((some) => some.length > odds.length / 2).length, 5)
  })

  it.effect("and what says something else each time is no defect", () =>
    Effect.forEach(["variants", "variants of two tags", "a class among variants", "fields", "a record"], (name) => {
      const isTaken = taken(typeOf(kinds[name] ?? Schema.Never))
      return Effect.forEach(odds, ([other, make]) => {
        let reads = 0
        const value = {
          get type() {
            return reads++ === 0 ? "text" : make()
          },
          get text() {
            return reads++ % 2 === 0 ? "x" : make()
          }
        }
        return Effect.map(isTaken(value), (found) => assert.isBoolean(found, other))
      })
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

/** A request with all fields; of unions, the n-th member. */
const whole = (ast: AST.AST, n: number): unknown => {
  switch (ast._tag) {
    case "Refinement": {
      const inner = whole(ast.from, n)
      return Schema.is(Schema.make(ast))(inner) ? inner : minimal(ast)
    }
    case "Union": {
      const members = ast.types.filter(({ _tag }) => _tag !== "UndefinedKeyword")
      const member = members[n % members.length]
      return member === undefined ? undefined : whole(member, n)
    }
    case "TupleType":
      return ast.rest.map(({ type }) => whole(type, n))
    case "TypeLiteral":
      return Object.fromEntries([
        ...ast.propertySignatures.map(({ name, type }) => [name, whole(type, n)] as const),
        ...ast.indexSignatures.map(({ type }) => ["a name", whole(type, n)] as const)
      ])
    case "BooleanKeyword":
      return true
    case "Declaration":
      if (nameOf(ast) === "Other") return { type: "of-tomorrow", role: "of-tomorrow", event_type: "of-tomorrow" }
      if (nameOf(ast) === "NumberMatrix") return [[1]]
  }
  return minimal(ast)
}

const isPlain = (u: unknown): u is object => typeof u === "object" && u !== null && !Array.isArray(u)

interface Change {
  readonly name: string
  readonly change: (part: unknown) => unknown
}

const ofObjects = (name: string, change: (part: object, entries: Array<[string, unknown]>) => unknown): Change => ({
  name,
  change: (part) => isPlain(part) ? change(part, Object.entries(part)) : part
})

const ofLists = (name: string, change: (list: ReadonlyArray<unknown>) => unknown): Change => ({
  name,
  change: (part) => Array.isArray(part) ? change(part) : part
})

const changes: ReadonlyArray<Change> = [
  ...odds.map(([name, make]): Change => ({ name, change: make })),
  ofObjects("inherited", (part) => Object.create(part)),
  ofObjects("half inherited", (_, entries) =>
    Object.assign(
      Object.create(Object.fromEntries(entries.filter((_, index) => index % 2 === 0))),
      Object.fromEntries(entries.filter((_, index) => index % 2 === 1))
    )),
  ofObjects("without the first field", (_, entries) => Object.fromEntries(entries.slice(1))),
  ofObjects("without the last field", (_, entries) => Object.fromEntries(entries.slice(0, -1))),
  ofObjects("with the last field alone", (_, entries) => Object.fromEntries(entries.slice(-1))),
  ofObjects("with undefined fields", (_, entries) => Object.fromEntries(entries.map(([name]) => [name, undefined]))),
  ofObjects("with another field", (part) => ({ ...part, extra: 1 })),
  ofObjects("with a field __proto__", (_, entries) => Object.fromEntries([...entries, ["__proto__", { type: "x" }]])),
  ofObjects("as a list", (part) => Object.assign([], part)),
  ofObjects("with getters", getters),
  ofObjects("as a Proxy", (part) => new Proxy(part, {})),
  ofObjects(
    "with boxed fields",
    (_, entries) => Object.fromEntries(entries.map(([name, value]) => [name, Object(value)]))
  ),
  ofLists("as an object", (list) => ({ ...list })),
  ofLists("with holes", (list) => Object.assign([], { 3: list[0] })),
  ofLists("of 97", (list) => Array.from({ length: 97 }, () => list[0])),
  ofLists("of none", () => []),
  ofLists("as a Proxy", (list) => new Proxy(list, {}))
]

/** Changes a part somewhere, in a copy. */
const changedSomewhere = (
  value: unknown,
  change: Change["change"],
  [turn, ...turns]: ReadonlyArray<number>
): unknown => {
  const keys = typeof value === "object" && value !== null && Object.getPrototypeOf(value) !== null &&
      (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)
    ? Object.keys(value)
    : []
  const key = turn === undefined ? undefined : keys[turn % keys.length]
  if (key === undefined) return change(value)
  // One of its own keys.
  const inner = changedSomewhere((value as Readonly<Record<string, unknown>>)[key], change, turns)
  return Array.isArray(value)
    ? value.map((one: unknown, index) => String(index) === key ? inner : one)
    : Object.fromEntries(Object.entries(value as object).map(([name, one]) => [name, name === key ? inner : one]))
}

const steps = FastCheck.array(
  FastCheck.record({
    change: FastCheck.constantFrom(...changes),
    turns: FastCheck.array(FastCheck.nat(), { minLength: 1, maxLength: 7 })
  }),
  { maxLength: 3 }
)

describe.each(Endpoints.all)("a request of $id", ({ request }) => {
  const schema = typeOf(request)

  it.effect("is sent with all of its fields", () =>
    Effect.gen(function*() {
      for (let n = 0; n < 6; n++) assert.isTrue(yield* taken(schema)(whole(request.ast, n)), `variants ${n}`)
    }))

  it.effect.prop(
    "is sent exactly when it fits, whatever its parts are",
    { n: FastCheck.nat(20), steps },
    ({ n, steps }) => {
      const make = () =>
        steps.reduce((value, { change: { change }, turns }) => {
          try {
            return changedSomewhere(value, change, turns)
          } catch {
            // What an earlier change has made cannot be read.
            return value
          }
        }, whole(request.ast, n))
      return agree(schema, [[steps.map(({ change }) => change.name).join(), make]])
    },
    { fastCheck: { numRuns: 20 } }
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Large and deep
// ---------------------------------------------------------------------------------------------------------------------

const documents = 1_000_000
const many = (last: unknown): V1.RerankRequest =>
  // More than the type allows.
  ({ query: "q", documents: [...Array.from({ length: documents - 1 }, () => "x"), last] }) as V1.RerankRequest

it.effect("of a million documents, the one that does not fit is found", () =>
  Effect.gen(function*() {
    const answer = Transport.json({ results: [] })
    yield* V1.rerank(many("x")).pipe(over(() => answer))
    const error = yield* errorOf(V1.rerank(many(7)), answer)
    if (error._tag !== "InvalidRequest") return assert.fail(error._tag)
    assert.deepStrictEqual(error.issues.map(({ path }) => path), [`documents[${documents - 1}]`])
  }))

const nested = (depth: number, innermost: unknown): unknown => {
  let value = innermost
  for (let n = 0; n < depth; n++) value = { a: n, inner: value }
  return value
}

it.effect.each([100, 10_000, 100_000])(
  "a request that is nested %d deep is sent or refused, never a defect",
  (depth) =>
    Effect.gen(function*() {
      const isTaken = taken(typeOf(Tree))
      assert.isFalse(yield* isTaken(nested(depth, { a: "x" })))
      const found = yield* isTaken(nested(depth, { a: 1 }))
      // Beyond the stack nothing can be said.
      if (depth === 100) assert.isTrue(found)
    })
)

it.effect("what nobody looks into may be as deep as it likes", () =>
  Effect.gen(function*() {
    const request = { query: "q", documents: [nested(10_000, 1)] }
    assert.isTrue(yield* taken(typeOf(V1.rerankEndpoint.request))(request))
  }))
