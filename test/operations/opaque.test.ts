import * as Audio from "@effect-cohere/core/Audio"
import type { CohereClient } from "@effect-cohere/core/CohereClient"
import type { CohereError } from "@effect-cohere/core/CohereError"
import * as Connectors from "@effect-cohere/core/Connectors"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as Upload from "@effect-cohere/core/Upload"
import * as V1 from "@effect-cohere/core/V1"
import type { JsonObject } from "@effect-cohere/core/Wire"
import { afterEach, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"
import { over } from "../client/support/samples.ts"
import { changedAt, isObject, type Json, key, objectText, oddNames, type Path } from "../support/json.ts"
import * as Transport from "../support/transport.ts"
import { examples, nameOf, type Place, places } from "./places.ts"
import { ending, type Subject, subjects } from "./subjects.ts"

// No test here waits for anything but its own fibers: Vitest's worker has to hear its parent now and then.
afterEach(() => new Promise<void>((resolve) => setImmediate(resolve)))

const given = (text: string): JsonObject => JSON.parse(text)

// ---------------------------------------------------------------------------------------------------------------------
// In requests
// ---------------------------------------------------------------------------------------------------------------------

/** What a call sends, when it is answered so. */
const sent = <A>(call: Effect.Effect<A, CohereError, CohereClient>, reply: Transport.Reply) =>
  Effect.gen(function*() {
    const transport = Transport.make(() => reply)
    yield* call.pipe(over(transport))
    const [request] = transport.requests
    return request ?? assert.fail("nothing was sent")
  })

const ended: Transport.Reply = { body: "{\"event_type\":\"stream-end\",\"is_finished\":true}\n" }

it.effect.prop(
  "v1.chat and v1.chatStream send JSON that belongs to the caller byte for byte, wherever it stands",
  {
    names: FastCheck.uniqueArray(key, { maxLength: 6 }),
    parameters: objectText,
    outputs: FastCheck.array(objectText, { maxLength: 3 }),
    documents: FastCheck.array(objectText, { maxLength: 3 }),
    turn: objectText,
    past: objectText,
    schema: objectText,
    options: objectText,
    extra: objectText
  },
  ({ documents, extra, names, options, outputs, parameters, past, schema, turn }) =>
    Effect.gen(function*() {
      const result = { call: { name: "f", parameters: given(parameters) }, outputs: outputs.map(given) }
      const request: V1.ChatRequest = {
        message: "",
        chat_history: [
          { role: "USER", message: "Hi!", ...{ note: given(turn) } },
          { role: "CHATBOT", tool_calls: [{ name: "f", parameters: given(past) }] },
          { role: "TOOL", tool_results: [result] }
        ],
        connectors: [{ id: "web-search", options: given(options) }],
        documents: documents.map(given),
        tools: [{
          name: "f",
          description: "",
          parameter_definitions: Object.fromEntries(names.map((name) => [name, { type: "str", required: true }]))
        }],
        tool_results: [result],
        response_format: { type: "json_object", schema: given(schema) }
      }
      const withExtra = RequestOptions.with({ body: { extra: given(extra) } })
      const one = yield* sent(V1.chat(request).pipe(withExtra), Transport.json({ text: "" }))
      const streamed = yield* sent(Stream.runDrain(V1.chatStream(request)).pipe(withExtra), ended)

      const text = (json: string) => JSON.stringify(JSON.parse(json))
      const list = (texts: ReadonlyArray<string>) => `[${texts.map(text).join(",")}]`
      const call = `{"call":{"name":"f","parameters":${text(parameters)}},"outputs":${list(outputs)}}`
      for (const { body } of [one, streamed]) {
        assert.include(body, `{"role":"USER","message":"Hi!","note":${text(turn)}}`)
        assert.include(body, `{"role":"CHATBOT","tool_calls":[{"name":"f","parameters":${text(past)}}]}`)
        assert.include(body, `{"role":"TOOL","tool_results":[${call}]}`)
        assert.include(body, `"connectors":[{"id":"web-search","options":${text(options)}}]`)
        assert.include(body, `"documents":${list(documents)}`)
        assert.include(body, `"tool_results":[${call}],"response_format"`)
        assert.include(body, `"response_format":{"type":"json_object","schema":${text(schema)}}`)
        assert.include(body, `"extra":${text(extra)}`)
        const definitions = JSON.parse(body).tools[0].parameter_definitions
        assert.sameMembers(Object.keys(definitions), names)
      }
      assert.strictEqual(one.body, JSON.stringify({ ...request, extra: given(extra), stream: false }))
      assert.strictEqual(streamed.body, JSON.stringify({ ...request, extra: given(extra), stream: true }))
    }),
  { fastCheck: { numRuns: 60 } }
)

it.effect.prop(
  "v1.rerank sends documents byte for byte",
  { documents: FastCheck.array(FastCheck.oneof(objectText, FastCheck.string().map((text) => JSON.stringify(text)))) },
  ({ documents }) =>
    Effect.gen(function*() {
      const request: V1.RerankRequest = { query: "q", documents: documents.map((text) => JSON.parse(text)) }
      const { body } = yield* sent(V1.rerank(request), Transport.json({ results: [] }))
      assert.strictEqual(
        body,
        `{"query":"q","documents":[${documents.map((text) => JSON.stringify(JSON.parse(text))).join(",")}]}`
      )
    }),
  { fastCheck: { numRuns: 60 } }
)

it.effect.prop(
  "fields of RequestOptions join the body of any operation, and win over the request's",
  { extra: objectText },
  ({ extra }) =>
    Effect.gen(function*() {
      const options = RequestOptions.with({ body: given(extra) })
      const merged = (request: object) => JSON.stringify({ ...request, ...given(extra) })
      const connector = {
        name: "n",
        url: "https://example.com/search",
        service_auth: { type: "basic", token: "t" }
      } as const
      const created = yield* sent(
        Connectors.create(connector).pipe(options),
        Transport.json({ connector: { id: "c" } })
      )
      assert.strictEqual(created.body, merged(connector))
      const job = { model: "m", dataset_id: "d", input_type: "clustering" } as const
      const started = yield* sent(EmbedJobs.create(job).pipe(options), Transport.json({ job_id: "j" }))
      assert.strictEqual(started.body, merged(job))
    }),
  { fastCheck: { numRuns: 60 } }
)

// ---------------------------------------------------------------------------------------------------------------------
// In answers
// ---------------------------------------------------------------------------------------------------------------------

const isMap = ({ ast }: Place) => ast._tag === "TypeLiteral" && ast.indexSignatures.length > 0
const isText = ({ ast }: Place) => ast._tag === "StringKeyword"
const isOpaque = ({ ast }: Place) => nameOf(ast) === "JsonObject"

/** A path as the reference would write it: `list[].field`. */
const pathText = (path: Path): string =>
  path.map((part) => typeof part === "number" ? "[]" : `.${part}`).join("").replace(/^\./, "")

/** Where answers carry what belongs to the user: objects and maps. */
const userPlaces = (subject: Subject): ReadonlyArray<string> => [
  ...new Set(
    examples(subject.ast).flatMap((json) =>
      places(subject.ast, json).filter((place) => isMap(place) || isOpaque(place)).map(({ path }) => pathText(path))
    )
  )
]

const history = ["chat_history[].tool_results[].call.parameters", "chat_history[].tool_results[].outputs[]"]
const chatV1 = [
  "documents[]",
  "tool_calls[].parameters",
  "chat_history[].tool_calls[].parameters",
  ...history
]

const expectedPlaces: Readonly<Record<string, ReadonlyArray<string>>> = {
  "v2.chat": ["message.citations[].sources[].tool_output", "message.citations[].sources[].document"],
  "v2.chatStream": [
    "delta.message.content[]",
    "delta.message.tool_calls[]",
    "delta.message.citations[]",
    "delta.message.citations.sources[].tool_output",
    "delta.message.citations.sources[].document"
  ],
  "v2.rerank": ["results[].document"],
  "v1.chat": chatV1,
  "v1.chatStream": ["documents[]", "tool_calls[].parameters", ...chatV1.map((path) => `response.${path}`)],
  "v1.rerank": ["results[].document"],
  "v1.classify": ["classifications[].labels"],
  "finetuning.listTrainingStepMetrics": ["step_metrics[].metrics"],
  "datasets.delete": [""],
  "batches.cancel": [""],
  "connectors.delete": [""],
  "finetuning.deleteFinetunedModel": [""]
}

interface Theirs {
  readonly objects: ReadonlyArray<string>
  readonly names: ReadonlyArray<string>
  readonly texts: ReadonlyArray<string>
}

/** An example with the user's own data at every place for it, and odd texts at every place for a text. */
const filled = (subject: Subject, example: Json, { names, objects, texts }: Theirs): Json => {
  const all = places(subject.ast, example)
  const leaves = all.reduce((json, place, n) =>
    isOpaque(place)
      ? changedAt(json, place.path, () => JSON.parse(objects[n % objects.length] ?? "{}"))
      : isText(place)
      ? changedAt(json, place.path, () => texts[n % texts.length] ?? "")
      : json, example)
  return all.filter(isMap).reduce(
    (json, { path }) =>
      changedAt(json, path, (map) => {
        const [value] = isObject(map) ? Object.values(map) : []
        return value === undefined ? map : Object.fromEntries(names.map((name) => [name, value]))
      }),
    leaves
  )
}

const theirs = FastCheck.record<Theirs>({
  objects: FastCheck.array(objectText, { minLength: 1, maxLength: 6 }),
  names: FastCheck.uniqueArray(key, { minLength: 1, maxLength: 6 }),
  texts: FastCheck.array(
    FastCheck.oneof(
      FastCheck.string({ unit: "binary" }),
      FastCheck.constantFrom("\ud800", "[DONE]", "\n\ndata: {}\n\n")
    ),
    { minLength: 1, maxLength: 6 }
  )
})

describe.each(subjects)("what $id answers", (subject) => {
  it("has the user's own data where the API puts it", () => {
    assert.sameMembers([...userPlaces(subject)], [...expectedPlaces[subject.id] ?? []])
  })

  it.effect.prop(
    "arrives byte for byte, whatever the user's data and the texts are",
    { theirs },
    ({ theirs }) =>
      Effect.forEach(examples(subject.ast), (example) =>
        Effect.gen(function*() {
          const json = filled(subject, example, theirs)
          const texts = [json, ...(subject.isLast(json) ? [] : ending(subject))].map((one) => JSON.stringify(one))
          const { error, values } = yield* subject.receive(texts)
          assert.strictEqual(error?.message, undefined, `of ${texts[0]}`)
          assert.deepStrictEqual(values.map((value) => JSON.stringify(value)), texts)
        }), { discard: true }),
    { fastCheck: { numRuns: 12 } }
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Files
// ---------------------------------------------------------------------------------------------------------------------

const encoder = new TextEncoder()

/** Bytes that look like what stands between the parts of a form, and bytes that are no text. */
const bytes: FastCheck.Arbitrary<Uint8Array> = FastCheck.array(
  FastCheck.oneof(
    FastCheck.uint8Array({ maxLength: 40 }),
    FastCheck.constantFrom(
      "\r\n",
      "\n",
      "\r",
      "\0",
      "--",
      "\r\n--",
      "--\r\n",
      "\r\n--0123456789abcdef0123456789abcdef--\r\n",
      "Content-Disposition: form-data; name=\"data\"\r\n\r\n",
      "\ufeff",
      "🚣"
    ).map((text) => encoder.encode(text)),
    FastCheck.constantFrom(Uint8Array.of(0xff, 0xfe), Uint8Array.of(0xc3), Uint8Array.of(0xed, 0xa0, 0x80))
  ),
  { maxLength: 12 }
).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])))

const fileName = FastCheck.oneof(
  FastCheck.constantFrom(
    "rivers.csv",
    "",
    "a \"quoted\" name.csv",
    "two\r\nlines.csv",
    "a\nb.csv",
    "a\rb.csv",
    "x\r\nContent-Type: text/html\r\n\r\n<p>",
    "Flüsse – 川.jsonl",
    "🚣.csv",
    "folder/rivers.csv",
    "..\\..\\rivers.csv",
    "C:\\rivers.csv",
    "a;b=c.csv",
    "back\\slash\\\".csv",
    "100 %.csv",
    "half \ud800.csv"
  ),
  FastCheck.string({ unit: "grapheme", maxLength: 12 }),
  FastCheck.constantFrom(...oddNames)
  // Browsers do not escape the escapes, so that no server can tell these from what they stand for.
).filter((name) => !/%(0A|0D|22)/i.test(name))

/** The form of a request, as a reader that is not ours finds it. */
const formOf = ({ bytes, headers }: Transport.Exchange) =>
  Effect.promise(() =>
    new Response(Uint8Array.from(bytes), { headers: { "content-type": headers["content-type"] ?? "" } }).formData()
  )

const fileOf = (form: FormData, field: string) => {
  const file = form.get(field)
  return file instanceof File
    ? Effect.promise(async () => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }))
    : assert.fail(`${field} is ${typeof file}`)
}

/** The bytes in pieces of this size, as a stream may give them. */
const inPieces = (all: Uint8Array, size: number): Stream.Stream<Uint8Array> =>
  Stream.fromIterable(
    Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.subarray(n * size, (n + 1) * size))
  )

it.effect.prop(
  "a file arrives byte for byte under its own name, whether it is given as a whole or as a stream",
  { rows: bytes, evaluation: bytes, name: fileName, size: FastCheck.integer({ min: 1, max: 30 }) },
  ({ evaluation, name, rows, size }) =>
    Effect.gen(function*() {
      const streamed = Upload.make(name, inPieces(rows, size))
      for (const data of [Upload.make(name, Uint8Array.from(rows)), streamed]) {
        const eval_data = Upload.make(`eval ${name}`, inPieces(evaluation, size), { size: evaluation.length })
        const request = yield* sent(
          Datasets.create({ name: "n", type: "embed-input", data, eval_data }),
          Transport.json({ id: "d" })
        )
        const form = yield* formOf(request)
        assert.deepStrictEqual([...form.keys()], ["data", "eval_data"])
        const expected = new TextDecoder().decode(encoder.encode(name))
        assert.deepStrictEqual(yield* fileOf(form, "data"), { name: expected, bytes: rows })
        assert.deepStrictEqual(yield* fileOf(form, "eval_data"), { name: `eval ${expected}`, bytes: evaluation })
      }
    }),
  { fastCheck: { numRuns: 100 } }
)

it.effect.prop(
  "texts of a form arrive byte for byte, and JSON as JSON",
  { language: FastCheck.string({ unit: "grapheme" }), extra: objectText, prompt: fileName },
  ({ extra, language, prompt }) =>
    Effect.gen(function*() {
      const file = Upload.make("a.wav", "RIFF")
      const request = yield* sent(
        Audio.createTranscription({ model: "m\r\n--x", language, temperature: 1e-7, file }).pipe(
          RequestOptions.with({ body: { prompt, extra: given(extra), tags: ["a", "", "b"] } })
        ),
        Transport.json({ text: "" })
      )
      const form = yield* formOf(request)
      assert.strictEqual(form.get("model"), "m\r\n--x")
      assert.strictEqual(form.get("language"), new TextDecoder().decode(encoder.encode(language)))
      assert.strictEqual(form.get("temperature"), "1e-7")
      assert.strictEqual(form.get("prompt"), new TextDecoder().decode(encoder.encode(prompt)))
      assert.strictEqual(form.get("extra"), JSON.stringify(given(extra)))
      assert.deepStrictEqual(form.getAll("tags"), ["a", "", "b"])
      assert.deepStrictEqual(yield* fileOf(form, "file"), { name: "a.wav", bytes: encoder.encode("RIFF") })
    }),
  { fastCheck: { numRuns: 60 } }
)
