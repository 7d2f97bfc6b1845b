/** Whatever JSON a server answers with: it arrives exactly when it fits its schema, as `ParseResult` sees it. */
import * as Endpoints from "@effect-cohere/core/Endpoints"
import { afterEach, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as ParseResult from "effect/ParseResult"
import { changedAt, isObject, type Json, objectText, oddNames, type Path } from "../support/json.ts"
import { examples, places } from "./places.ts"
import { ending, type Subject, subjects } from "./subjects.ts"

// No test here waits for anything but its own fibers: Vitest's worker has to hear its parent now and then.
afterEach(() => new Promise<void>((resolve) => setImmediate(resolve)))

/** What stands in an event before it is checked. */
const upgraded = (id: string, json: Json): unknown => {
  const endpoint = Endpoints.all.find((one) => one.id === id)
  return endpoint?.kind === "stream" ? endpoint.upgrade(json) : json
}

/** Whether an answer fits. `undefined`: `ParseResult` throws, as a tag can make it do. */
const fits = (subject: Subject) => {
  const validate = ParseResult.validateEither(subject.schema, { errors: "all" })
  return (json: Json): boolean | undefined => {
    try {
      return Either.isRight(validate(upgraded(subject.id, json)))
    } catch {
      return undefined
    }
  }
}

/** Asserts that an answer, or an event before the last one, arrives if it fits, and is refused by name if not. */
const agree = (subject: Subject) => {
  const isFit = fits(subject)
  return (json: Json): Effect.Effect<void> => {
    const expected = isFit(json) ?? false
    const sent = [json, ...(expected && subject.isLast(json) ? [] : ending(subject))].map((one) => JSON.stringify(one))
    return Effect.map(subject.receive(sent), ({ error, values }) => {
      if (expected) {
        assert.strictEqual(error?.message, undefined, `of ${sent[0]}`)
        assert.strictEqual(JSON.stringify(values[0]), JSON.stringify(upgraded(subject.id, json)))
      } else {
        assert.deepStrictEqual(values, [], `of ${sent[0]}`)
        assert.include(["UnexpectedResponse", "MalformedEvent", "StreamInterrupted"], error?._tag)
      }
    })
  }
}

const odds: ReadonlyArray<Json> = [
  null,
  true,
  0,
  -1.5,
  1e300,
  "",
  "text",
  "\ud800",
  [],
  {},
  [null],
  [["1"]],
  [[1, 2], []],
  [{}],
  { type: "of-tomorrow" },
  { type: "text", text: "x" },
  { type: null },
  { type: ["text"], text: "x" },
  { role: ["assistant"] },
  // What cannot be made a text.
  { type: { toString: 1, valueOf: 1 }, event_type: { toString: null, valueOf: null } },
  { length: 1, 0: "x" },
  JSON.parse("{\"__proto__\":{\"type\":\"text\",\"text\":\"x\"}}"),
  { constructor: "x", hasOwnProperty: 1, toString: 1 }
]

type Change = (part: Json) => Json | undefined

const changes: FastCheck.Arbitrary<Change> = FastCheck.oneof(
  FastCheck.constantFrom(...odds).map((odd): Change => () => odd),
  objectText.map((text): Change => () => JSON.parse(text)),
  FastCheck.constantFrom<Change>(
    () => undefined,
    (part) => Array.isArray(part) ? { ...part } : [part],
    (part) => isObject(part) ? Object.fromEntries(Object.entries(part).slice(1)) : String(part),
    (part) => isObject(part) ? Object.entries(part) : part,
    (part) => Array.isArray(part) ? [...part, ...part, null] : part
  ),
  FastCheck.tuple(FastCheck.constantFrom(...oddNames), FastCheck.constantFrom(...odds)).map(
    ([name, odd]): Change => (part) => isObject(part) ? Object.fromEntries([...Object.entries(part), [name, odd]]) : odd
  )
)

const steps = FastCheck.array(FastCheck.record({ at: FastCheck.nat(), change: changes }), {
  minLength: 1,
  maxLength: 3
})

/** All places of a value, also those that its schema says nothing about. */
const pathsOf = (json: Json, path: Path = []): ReadonlyArray<Path> => [
  path,
  ...(Array.isArray(json)
    ? json.flatMap((one: Json, index) => pathsOf(one, [...path, index]))
    : isObject(json) && path.length < 12
    ? Object.entries(json).flatMap(([name, one]) => pathsOf(one, [...path, name]))
    : [])
]

describe.each(subjects)("what $id answers", (subject) => {
  const bases = examples(subject.ast)

  it.effect("arrives exactly when it fits, with something else at each of its places", () =>
    Effect.forEach(
      bases.flatMap((base) =>
        places(subject.ast, base).flatMap(({ path }, index) =>
          // Two for each place: all of them would take too long.
          odds.filter((_, n) => n % 12 === index % 12).map((odd) => changedAt(base, path, () => odd))
        )
      ),
      agree(subject),
      { discard: true }
    ))

  it.effect.prop(
    "arrives exactly when it fits, however it is changed",
    { base: FastCheck.constantFrom(...bases), steps },
    ({ base, steps }) =>
      agree(subject)(
        steps.reduce((json, { at, change }) => {
          const paths = pathsOf(json)
          return changedAt(json, paths[at % paths.length] ?? [], change)
        }, base)
      ),
    { fastCheck: { numRuns: 20 } }
  )
})
