import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
import { afterEach, assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Hash from "effect/Hash"
import { over } from "../client/support/samples.ts"
import { changedAt, isObject, type Json, type Path } from "../support/json.ts"
import { demands, examples, isKnown, nameOf, type Place, places as placesOf, unknownVariant } from "./places.ts"
import { ending, openings, type Subject, subjects } from "./subjects.ts"

// No test here waits for anything but its own fibers: Vitest's worker has to hear its parent now and then.
afterEach(() => new Promise<void>((resolve) => setImmediate(resolve)))

/** Asserts that a value, or an event before the last one, arrives as it was sent. */
const survives = (subject: Subject, json: Json) =>
  Effect.gen(function*() {
    const sent = [json, ...(subject.isLast(json) ? [] : ending(subject))].map((one) => JSON.stringify(one))
    const { error, values } = yield* subject.receive(sent)
    assert.strictEqual(error?.message, undefined, `of ${sent[0]}`)
    assert.deepStrictEqual(values.map((value) => JSON.stringify(value)), sent)
  })

// ---------------------------------------------------------------------------------------------------------------------
// What answers may be otherwise
// ---------------------------------------------------------------------------------------------------------------------

/** Fields that are in no schema. */
const strangers: ReadonlyArray<readonly [string, Json]> = [
  "x_new",
  "__proto__",
  "constructor",
  "toJSON",
  "_tag",
  "",
  "0"
]
  .map((name) => [name, { n: [null, 1] }])

/** A record has fields of one type alone. */
const isStruct = ({ ast }: Place) => ast._tag === "TypeLiteral" && ast.indexSignatures.length === 0

/** A change that no client may mind. */
interface Change {
  readonly name: string
  readonly applies: (place: Place) => boolean
  readonly change: (part: Json, place: Place) => Json | undefined
}

const changes: ReadonlyArray<Change> = [
  {
    name: "unknown fields",
    applies: isStruct,
    change: (part) => Object.fromEntries([...Object.entries(part as object), ...strangers])
  },
  { name: "a value of an enumeration that nobody knows yet", applies: ({ ast }) => isKnown(ast), change: () => "NEW" },
  { name: "an optional field left out", applies: ({ optional }) => optional, change: () => undefined },
  { name: "null in place of an optional field", applies: ({ optional }) => optional, change: () => null },
  {
    name: "a fraction",
    applies: ({ ast }) => ast._tag === "NumberKeyword" || nameOf(ast) === "NumberMatrix",
    change: (_, { ast }) => ast._tag === "NumberKeyword" ? 18.5 : [[18.5], [], [-1e-9, 7]]
  },
  { name: "an empty text", applies: ({ ast }) => ast._tag === "StringKeyword", change: () => "" },
  { name: "an empty list", applies: ({ ast }) => ast._tag === "TupleType", change: () => [] },
  {
    name: "its fields in another order",
    applies: isStruct,
    change: (part) => Object.fromEntries(Object.entries(part as object).reverse())
  },
  {
    name: "a variant that nobody knows yet",
    applies: ({ tag }) => tag !== undefined,
    change: (_, { tag = "" }) => unknownVariant(tag)
  }
]

const changedBy = ({ change }: Change, json: Json, place: Place): Json =>
  changedAt(json, place.path, (part) => change(part, place))

/** The examples of a schema, changed at all places of one depth at once, so that no change hides another one. */
const changed = (subject: Subject, change: Change): ReadonlyArray<Json> =>
  examples(subject.ast).flatMap((example) => {
    const places = placesOf(subject.ast, example).filter(change.applies)
    return [...new Set(places.map(({ path }) => path.length))].map((depth) =>
      places.filter(({ path }) => path.length === depth).reduce(
        (json, place) => changedBy(change, json, place),
        example
      )
    )
  })

/** JSON has no other numbers than finite ones, and no `undefined`. */
const asJson = (value: unknown): Json =>
  JSON.parse(JSON.stringify(value, (_, one: unknown) => typeof one === "number" && !Number.isFinite(one) ? 18.5 : one))

/** The fields of all objects in another order. */
const shuffled = (json: Json, seed: number): Json =>
  Array.isArray(json)
    ? json.map((one: Json) => shuffled(one, seed))
    : isObject(json)
    ? Object.fromEntries(
      Object.entries(json)
        .map(([name, value]) => [name, shuffled(value, seed)] as const)
        .sort(([a], [b]) => Hash.string(`${seed}${a}`) - Hash.string(`${seed}${b}`))
    )
    : json

/** Changes a value once more, at one of the places where that is possible. */
const step = (subject: Subject, json: Json, { at, change }: { readonly at: number; readonly change: Change }): Json => {
  const choices = placesOf(subject.ast, json).filter(change.applies)
  const place = choices[at % choices.length]
  return place === undefined ? json : changedBy(change, json, place)
}

const steps = FastCheck.array(
  FastCheck.record({ change: FastCheck.constantFrom(...changes), at: FastCheck.nat() }),
  { maxLength: 6 }
)

describe.each(subjects)("what $id answers arrives as it was sent", (subject) => {
  const anything: FastCheck.Arbitrary<Json> = Arbitrary.make(subject.schema).map(asJson)

  it.effect("with every field and variant", () =>
    Effect.forEach(examples(subject.ast), (json) => survives(subject, json)))

  const rows = changes
    .map((change) => [change.name, changed(subject, change)] as const)
    .filter(([, values]) => values.length > 0)

  it.effect.each(rows)(
    "with %s at every place",
    ([, values]) => Effect.forEach(values, (json) => survives(subject, json))
  )

  it.effect.prop(
    "whatever fits its schema, changed here and there",
    { value: anything, steps, seed: FastCheck.nat() },
    ({ seed, steps, value }) =>
      survives(subject, steps.reduce((json, one) => step(subject, json, one), shuffled(value, seed))),
    { fastCheck: { numRuns: 20 } }
  )
})

describe.each(subjects.filter(({ kind }) => kind === "stream"))("the events of $id", (subject) => {
  it.effect.prop(
    "arrive in the order in which they were sent, none of them twice",
    {
      events: FastCheck.array(
        Arbitrary.make(subject.schema).map(asJson).filter((event) => !subject.isLast(event)),
        { maxLength: 12 }
      )
    },
    ({ events }) =>
      Effect.gen(function*() {
        const sent = [...events, ...ending(subject)].map((one) => JSON.stringify(one))
        const { error, values } = yield* subject.receive(sent)
        assert.strictEqual(error?.message, undefined)
        assert.deepStrictEqual(values.map((value) => JSON.stringify(value)), sent)
      }),
    { fastCheck: { numRuns: 20 } }
  )
})

it.each(changes)("some answer can have $name", (change) => {
  assert.isAbove(subjects.flatMap((subject) => changed(subject, change)).length, 10)
})

// ---------------------------------------------------------------------------------------------------------------------
// What answers may not be
// ---------------------------------------------------------------------------------------------------------------------

/** A value of another type than the API promises. */
const wrong = ({ ast, mixed }: Place): Json => {
  if (mixed) return true
  switch (ast._tag) {
    case "NumberKeyword":
      return "7"
    case "BooleanKeyword":
      return "true"
    case "TupleType":
      return { 0: "a" }
    case "Declaration":
      return nameOf(ast) === "NumberMatrix" ? [["1"]] : ["a"]
    default:
      return 7
  }
}

const pathText = (path: Path): string =>
  path.map((key) => typeof key === "number" ? `[${key}]` : `.${key}`).join("").replace(/^\./, "")

describe.each(subjects)("what $id answers is refused", (subject) => {
  const before = openings(subject).slice(0, 2)

  const rows = examples(subject.ast).flatMap((json) =>
    placesOf(subject.ast, json).map((place) => ({ place, json: changedAt(json, place.path, () => wrong(place)) }))
  )

  it.effect("with a value of another type at any place", () =>
    Effect.forEach(rows, ({ json, place }) =>
      Effect.gen(function*() {
        const { error, values } = yield* subject.receive([...before, json].map((one) => JSON.stringify(one)))
        const at = pathText(place.path)
        assert.deepStrictEqual<unknown>(values, before, at)
        if (subject.kind === "unary") {
          if (error?._tag !== "UnexpectedResponse") return assert.fail(`${error?._tag} at ${at}`)
          assert.strictEqual(error.status, 200)
          assert.include(error.issues.map((issue) => issue.path), at, JSON.stringify(error.issues))
        } else {
          if (error?._tag !== "MalformedEvent") return assert.fail(`${error?._tag} at ${at}`)
          assert.strictEqual(error.delivered, before.length)
          assert.include(error.message, `${at || "(event)"}: `)
        }
        assert.isFalse(error.isRetryable)
      })))
})

// ---------------------------------------------------------------------------------------------------------------------
// What the API promises
// ---------------------------------------------------------------------------------------------------------------------

const connector = ["connector", "connector.id"]
const embedJob = ["job_id", "status"]
const toolCalls = ["tool_calls[].name"]
const history = [
  "chat_history[].message",
  "chat_history[].tool_calls[].name",
  "chat_history[].tool_results[].call",
  "chat_history[].tool_results[].call.name",
  "chat_history[].tool_results[].outputs"
]
const chatV1 = ["text", ...toolCalls, ...history]
const rerank = ["results", "results[].index", "results[].relevance_score"]

/**
 * The fields that the API's reference calls required and that no recorded answer lacks, and the ids without which what was
 * made cannot be found again; of all others, none is needed.
 */
const promised: Readonly<Record<string, ReadonlyArray<string>>> = {
  "v2.chat": [
    "id",
    "finish_reason",
    "message",
    "message.role",
    "message.content[].text",
    "message.content[].thinking",
    "logprobs[].token_ids"
  ],
  "v2.chatStream": ["logprobs.token_ids"],
  "v2.embed": ["id", "embeddings"],
  "v2.rerank": rerank,
  "v2.parse": ["id", "pages"],
  "v1.chat": chatV1,
  "v1.chatStream": ["text", ...toolCalls, ...chatV1.map((path) => `response.${path}`)],
  "v1.generate": ["generations", "generations[].text"],
  "v1.generateStream": ["text", "response.generations[].text"],
  "v1.embed": ["embeddings"],
  "v1.rerank": rerank,
  "v1.classify": ["classifications"],
  "tokens.tokenize": ["tokens"],
  "tokens.detokenize": ["text"],
  "models.list": ["models"],
  "apiKey.check": ["valid"],
  "datasets.list": ["datasets[].id"],
  "datasets.create": ["id"],
  "datasets.get": ["dataset", "dataset.id"],
  "embedJobs.list": embedJob.map((path) => `embed_jobs[].${path}`),
  "embedJobs.create": ["job_id"],
  "embedJobs.get": embedJob,
  "batches.list": ["batches[].id"],
  "batches.create": ["batch", "batch.id"],
  "batches.retrieve": ["batch", "batch.id"],
  "connectors.list": ["connectors[].id"],
  "connectors.create": connector,
  "connectors.get": connector,
  "connectors.update": connector,
  "audio.createTranscription": ["text"]
}

describe.each(subjects)("$id", ({ ast, id }) => {
  it("needs no field that the API does not promise", () => {
    assert.includeMembers([...promised[id] ?? []], [...demands(ast).required])
  })

  it("has no enumeration that could not grow", () => {
    assert.deepStrictEqual(demands(ast).fixed, id === "v2.chat" ? ["message.role"] : [])
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// No value
// ---------------------------------------------------------------------------------------------------------------------

describe("an operation that is answered by nothing", () => {
  it.effect.each(["", " \n", "{}", "null", "{\"status\":\"cancelling\"}"])(
    "takes %j for that",
    (body) =>
      Effect.gen(function*() {
        const exit = yield* Effect.exit(EmbedJobs.cancel({ id: "j" }).pipe(over(() => ({ body }))))
        assert.deepStrictEqual(exit, Exit.succeed(undefined))
      })
  )

  it.effect("does not take a page of a proxy for that", () =>
    Effect.gen(function*() {
      const error = yield* EmbedJobs.cancel({ id: "j" }).pipe(over(() => ({ body: "<html></html>" })), Effect.flip)
      assert.strictEqual(error._tag, "UnexpectedResponse")
    }))
})
