/** The library against the tables of the API: nothing is missing, nothing is somewhere else. */
import type * as Endpoint from "@effect-cohere/core/Endpoint"
import * as Endpoints from "@effect-cohere/core/Endpoints"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"
import { fixtures } from "./fixtures.ts"
import { has, valuesAt } from "./paths.ts"
import * as Seed from "./seed.ts"
import * as Shapes from "./shapes.ts"

type Descriptor = Pick<Endpoint.Base<string, never, never>, "params" | "query" | "headers" | "payload" | "form">

const endpointOf = (id: string): (typeof Endpoints.all)[number] => {
  const endpoint = Endpoints.all.find((one) => one.id === id)
  if (endpoint === undefined) throw new Error(`no descriptor has the id ${id}`)
  return endpoint
}

const fixtureOf = (id: string) => {
  const fixture = fixtures.find((one) => one.id === id)
  if (fixture === undefined) throw new Error(`no fixture has the id ${id}`)
  return fixture
}

const sorted = (names: Iterable<string>) => [...names].sort()

const rows = Seed.all.map((operation) => [operation.id, operation] as const)

/** Which names the descriptor has in one part of the request. */
const namesIn = (endpoint: Descriptor, place: Seed.Parameter["in"]): ReadonlyArray<string> => {
  const fieldsOf = (part: { readonly fields: object } | undefined) => sorted(Object.keys(part?.fields ?? {}))
  switch (place) {
    case "path":
      return fieldsOf(endpoint.params)
    case "query":
      return fieldsOf(endpoint.query)
    case "header":
      return fieldsOf(endpoint.headers)
    case "body":
      return endpoint.form === undefined ? fieldsOf(endpoint.payload) : []
    case "form":
      return endpoint.form !== undefined ? fieldsOf(endpoint.payload) : []
  }
}

/** Which names the tables have there; a parameter that is the body itself stands for the fields of that. */
const expectedIn = ({ id, parameters }: Seed.Operation, place: Seed.Parameter["in"]): ReadonlyArray<string> =>
  sorted(
    new Set(
      parameters.filter((parameter) => parameter.in === place).flatMap(({ wire }) =>
        wire === undefined
          ? (Shapes.requests[id] ?? []).map((path) => path.split(".")[0] ?? "")
          : [wire]
      )
    )
  )

describe("the tables", () => {
  it("have the 39 operations and 242 parameters of the reference", () => {
    assert.lengthOf(Seed.seed, 39)
    assert.lengthOf(Seed.seed.flatMap(({ parameters }) => parameters.filter(({ since }) => since === "seed")), 242)
  })

  it("have the 6 operations that came since", () => {
    assert.lengthOf(Seed.since, 6)
  })

  it("have every operation of the library, and no other, once", () => {
    assert.deepStrictEqual(sorted(Seed.all.map(({ id }) => id)), sorted(Endpoints.all.map(({ id }) => id)))
    assert.deepStrictEqual(sorted(fixtures.map(({ id }) => id)), sorted(Endpoints.all.map(({ id }) => id)))
    assert.deepStrictEqual(sorted(Object.keys(Shapes.answers)), sorted(Endpoints.all.map(({ id }) => id)))
    assert.lengthOf(Seed.all, 45)
  })

  it("have 42 operations of HTTP: chat and generate of the first and chat of the second version stream, too", () => {
    assert.strictEqual(new Set(Endpoints.all.map(({ method, path }) => `${method} ${path}`)).size, 42)
  })
})

describe.each(rows)("%s", (id, operation) => {
  it("has the method and the path of the API", () => {
    const { method, path } = endpointOf(id)
    assert.deepStrictEqual({ method, path }, { method: operation.method, path: operation.path })
  })

  it("has each parameter where it travels, and no other", () => {
    for (const place of ["path", "query", "header", "body", "form"] as const) {
      assert.deepStrictEqual(namesIn(endpointOf(id), place), expectedIn(operation, place), place)
    }
  })

  it("has a place in the path for each value that goes there", () => {
    const places = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "")
    assert.deepStrictEqual(sorted(places), namesIn(endpointOf(id), "path"))
  })

  it("says whether it is deprecated", () => {
    assert.strictEqual(endpointOf(id).deprecated !== undefined, operation.deprecated)
  })

  it("says itself whether it streams", () => {
    const streams = /chat|generate/.test(id) ? { stream: /Stream$/.test(id) } : {}
    assert.deepStrictEqual(endpointOf(id).constants, streams)
    assert.strictEqual(endpointOf(id).kind, /Stream$/.test(id) ? "stream" : "unary")
  })

  it("has the fields of the API inside of its parameters", () => {
    for (const path of Shapes.requests[id] ?? []) assert.isTrue(has(endpointOf(id).request, path), path)
  })

  it("has the fields of the API in its answer", () => {
    const endpoint = endpointOf(id)
    const schema: Schema.Schema.All = endpoint.kind === "stream" ? endpoint.events : endpoint.success
    for (const path of Shapes.answers[id] ?? []) assert.isTrue(has(schema, path), path)
  })
})

describe.each(rows)("the fixture of %s", (id, operation) => {
  const fixture = fixtureOf(id)
  const requests = fixture.full.map(({ request }) => request)
  const answers = fixture.kind === "stream" ? fixture.answers.flat() : fixture.answers

  it("sets every parameter", () => {
    const paths = operation.parameters.flatMap(({ wire }) => wire === undefined ? [] : [wire])
    for (const path of [...paths, ...Shapes.requests[id] ?? []]) {
      assert.isNotEmpty(valuesAt(requests, `[].${path}`), path)
    }
  })

  it("answers every field", () => {
    for (const path of Shapes.answers[id] ?? []) assert.isNotEmpty(valuesAt(answers, `[].${path}`), path)
  })

  it("has no field that the library does not know", () => {
    const endpoint = endpointOf(id)
    const exact = (schema: Schema.Schema.All, value: unknown) => {
      // What is a schema of some wire data is one of unknown data, too.
      const result = ParseResult.validateEither(schema as Schema.Schema<unknown>, { onExcessProperty: "error" })(value)
      if (Either.isLeft(result)) assert.fail(String(result.left))
    }
    for (const request of requests) exact(endpoint.request, request)
    for (const answer of answers) exact(endpoint.kind === "stream" ? endpoint.events : endpoint.success, answer)
  })
})

describe("the comparison itself", () => {
  const schema = Schema.Struct({
    list: Schema.optional(Schema.Array(Schema.Union(
      Schema.Struct({ type: Schema.Literal("a"), x: Schema.NullOr(Schema.Number) }),
      Schema.Struct({
        type: Schema.Literal("b"),
        map: Schema.Record({ key: Schema.String, value: Schema.Struct({ y: Schema.Int }) })
      })
    )))
  })
  const value = { list: [{ type: "a", x: null }, { type: "b", map: { k: { y: 1 } } }] }

  it.each(["list", "list[]", "list[]<a>", "list[]<a>.x", "list[].x", "list[]<b>.map.*.y"])("finds %s", (path) => {
    assert.isTrue(has(schema, path))
    assert.isNotEmpty(valuesAt(value, path))
  })

  it.each(["lists", "list.x", "list[]<c>", "list[]<b>.x", "list[]<a>.y", "list[]<b>.map.*.z", "list[]<b>.map.y"])(
    "does not find %s",
    (path) => {
      assert.isFalse(has(schema, path))
      assert.isEmpty(valuesAt(value, path))
    }
  )
})
