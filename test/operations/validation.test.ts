import * as Audio from "@effect-cohere/core/Audio"
import * as Batches from "@effect-cohere/core/Batches"
import type { CohereClient } from "@effect-cohere/core/CohereClient"
import type { CohereError } from "@effect-cohere/core/CohereError"
import * as Connectors from "@effect-cohere/core/Connectors"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
import * as Finetuning from "@effect-cohere/core/Finetuning"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as Tokens from "@effect-cohere/core/Tokens"
import * as Upload from "@effect-cohere/core/Upload"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { over } from "../client/support/samples.ts"
import { refused } from "../support/refused.ts"
import * as Transport from "../support/transport.ts"

type Fields = Readonly<Record<string, unknown>>
type Call = Effect.Effect<unknown, CohereError, CohereClient>

/** A request as JavaScript, or a careless cast, may pass it. */
const unchecked = <A>(request: unknown): A => request as A

const file = Upload.make("rivers.csv", "text\nThe Seine\n")
const times = (count: number, text = "x") => Array.from({ length: count }, () => text)

/** Each operation with a good request, of which some fields are otherwise. */
const ops = {
  chat: (fields: Fields): Call => V1.chat(unchecked({ message: "Hi!", ...fields })),
  generate: (fields: Fields): Call => V1.generate(unchecked({ prompt: "Once", ...fields })),
  embed: (fields: Fields): Call => V1.embed(unchecked({ texts: ["a"], model: "m", ...fields })),
  embedV2: (fields: Fields): Call =>
    V2.embed(unchecked({ model: "m", input_type: "search_query", texts: ["a"], ...fields })),
  rerank: (fields: Fields): Call => V1.rerank(unchecked({ query: "q", documents: ["a"], ...fields })),
  classify: (fields: Fields): Call => V1.classify(unchecked({ inputs: ["a"], ...fields })),
  summarize: (fields: Fields): Call => V1.summarize(unchecked({ text: "x".repeat(250), ...fields })),
  tokenize: (fields: Fields): Call => Tokens.tokenize(unchecked({ text: "a", model: "m", ...fields })),
  detokenize: (fields: Fields): Call => Tokens.detokenize(unchecked({ tokens: [1], model: "m", ...fields })),
  parse: (fields: Fields): Call =>
    V2.parse(unchecked({
      model: "m",
      document: { type: "image_url", image_url: "https://example.com/page.png" },
      ...fields
    })),
  createJob: (fields: Fields): Call =>
    EmbedJobs.create(unchecked({ model: "m", dataset_id: "d", input_type: "search_document", ...fields })),
  getJob: (fields: Fields): Call => EmbedJobs.get(unchecked({ id: "j", ...fields })),
  cancelJob: (fields: Fields): Call => EmbedJobs.cancel(unchecked({ id: "j", ...fields })),
  createDataset: (fields: Fields): Call =>
    Datasets.create(unchecked({ name: "rivers", type: "embed-input", data: file, ...fields })),
  listDatasets: (fields: Fields): Call => Datasets.list(unchecked(fields)),
  getDataset: (fields: Fields): Call => Datasets.get(unchecked({ id: "d", ...fields })),
  deleteDataset: (fields: Fields): Call => Datasets.delete(unchecked({ id: "d", ...fields })),
  createConnector: (fields: Fields): Call =>
    Connectors.create(unchecked({ name: "n", url: "https://example.com", ...fields })),
  updateConnector: (fields: Fields): Call => Connectors.update(unchecked({ id: "c", ...fields })),
  listConnectors: (fields: Fields): Call => Connectors.list(unchecked(fields)),
  createModel: (fields: Fields): Call =>
    Finetuning.createFinetunedModel(unchecked({
      name: "n",
      settings: { base_model: { base_type: "BASE_TYPE_CHAT" }, dataset_id: "d" },
      ...fields
    })),
  listEvents: (fields: Fields): Call => Finetuning.listEvents(unchecked({ finetuned_model_id: "f", ...fields })),
  createBatch: (fields: Fields): Call =>
    Batches.create(unchecked({ name: "n", input_dataset_id: "d", model: "m", ...fields })),
  cancelBatch: (fields: Fields): Call => Batches.cancel(unchecked({ id: "b", ...fields })),
  transcribe: (fields: Fields): Call =>
    Audio.createTranscription(unchecked({ model: "m", language: "en", file, ...fields }))
}

const answer = Transport.json({
  text: "",
  id: "1",
  job_id: "j",
  embeddings: {},
  results: [],
  classifications: [],
  generations: [],
  tokens: [],
  pages: [],
  connector: { id: "c" },
  dataset: { id: "d" },
  batch: { id: "b" },
  status: "processing"
})

const accepted = (call: Call) =>
  Effect.gen(function*() {
    const transport = Transport.make(() => answer)
    yield* call.pipe(over(transport))
    assert.lengthOf(transport.requests, 1)
  })

const boat = "🚣"

describe("a limit that the server enforces for certain", () => {
  interface Limit {
    readonly name: string
    readonly op: (fields: Fields) => Call
    readonly field: string
    readonly good: ReadonlyArray<unknown>
    readonly bad: ReadonlyArray<{ readonly value: unknown; readonly says: ReadonlyArray<string> }>
  }

  const limits: ReadonlyArray<Limit> = [
    ...([["v1.embed", ops.embed, "texts"], ["v1.classify", ops.classify, "inputs"], [
      "v2.embed",
      ops.embedV2,
      "texts"
    ]] as const)
      .map(([name, op, field]): Limit => ({
        name: `96 ${field} of ${name}`,
        op,
        field,
        good: [times(96), [""]],
        bad: [{ value: times(97), says: ["96", "97"] }, { value: times(1_000), says: ["96", "1000"] }]
      })),
    {
      name: "2,500 examples of v1.classify",
      op: ops.classify,
      field: "examples",
      good: [[], Array.from({ length: 2_500 }, () => ({ text: "a", label: "b" }))],
      bad: [{ value: Array.from({ length: 2_501 }, () => ({ text: "a", label: "b" })), says: ["2500", "2501"] }]
    },
    {
      name: "250 characters to summarize",
      op: ops.summarize,
      field: "text",
      good: ["x".repeat(250), "x".repeat(200_000), boat.repeat(250), "x".repeat(249) + boat],
      bad: [
        { value: "x".repeat(249), says: ["250", "249"] },
        { value: "", says: ["250", "0"] },
        { value: boat.repeat(249), says: ["250", "249"] },
        { value: "x".repeat(200) + boat.repeat(49), says: ["250", "249"] }
      ]
    },
    {
      name: "65,536 characters to tokenize",
      op: ops.tokenize,
      field: "text",
      good: ["x", boat, "x".repeat(65_536), boat.repeat(65_536)],
      bad: [
        { value: "x".repeat(65_537), says: ["65536", "65537"] },
        { value: boat.repeat(65_537), says: ["65536", "65537"] },
        { value: "x".repeat(65_536) + boat, says: ["65536", "65537"] },
        { value: "", says: ["1", "0"] }
      ]
    },
    {
      name: "65,536 tokens to detokenize",
      op: ops.detokenize,
      field: "tokens",
      good: [[0], Array.from({ length: 65_536 }, (_, n) => n)],
      bad: [
        { value: Array.from({ length: 65_537 }, (_, n) => n), says: ["65536", "65537"] },
        { value: [], says: ["1", "0"] }
      ]
    },
    {
      name: "49 characters of a dataset's name",
      op: ops.createDataset,
      field: "name",
      good: ["", "x".repeat(49), boat.repeat(49)],
      bad: [
        { value: "x".repeat(50), says: ["50", "got 50"] },
        { value: boat.repeat(50), says: ["50", "got 50"] },
        { value: "x".repeat(1_000), says: ["50", "1000"] }
      ]
    },
    {
      name: "one character between columns",
      op: ops.createDataset,
      field: "csv_delimiter",
      good: [",", "\t", boat, "\""],
      bad: [{ value: "", says: ["one", "0"] }, { value: ";;", says: ["one", "2"] }]
    },
    ...[ops.getDataset, ops.deleteDataset].map((op, n): Limit => ({
      name: `the id of a dataset to ${["get", "delete"][n]}`,
      op,
      field: "id",
      good: ["usages", "USAGE", "usage "],
      bad: [{ value: "usage", says: ["\"usage\"", "getUsage"] }]
    }))
  ]

  it.effect.each(limits.flatMap(({ bad, name, ...limit }) => bad.map((one) => ({ ...limit, ...one, limit: name }))))(
    "$limit is not passed: $says",
    ({ field, op, says, value }) =>
      Effect.gen(function*() {
        const error = yield* refused(op({ [field]: value }))
        const [issue, ...more] = error.issues
        assert.lengthOf(more, 0, JSON.stringify(error.issues))
        assert.strictEqual(issue?.path, field)
        for (const part of says) assert.include(issue?.message, part)
        assert.include(error.message, `${field}: `)
        assert.isBelow(error.message.length, 500)
      })
  )

  it.effect.each(limits)(
    "$name may be reached",
    ({ field, good, op }) => Effect.forEach(good, (value) => accepted(op({ [field]: value })))
  )
})

describe("what is no file is refused", () => {
  const blob = new Blob(["text\n"])
  const content = Stream.make(new Uint8Array(1))

  const noFiles: ReadonlyArray<readonly [string, unknown]> = [
    ["nothing", undefined],
    ["null", null],
    ["a text", "text\nThe Seine\n"],
    ["a number", 7],
    ["bytes", new Uint8Array(3)],
    ["an empty object", {}],
    ["a name alone", { name: "rivers.csv" }],
    ["a Blob, which has no name", blob],
    ["a stream, which has no name", content],
    ["a content without a name", { content }],
    ["a name that is no text", { name: 7, content }],
    ["a content that is a text", { name: "rivers.csv", content: "text\n" }],
    ["a content that is a Blob", { name: "rivers.csv", content: blob }],
    ["a content that is a ReadableStream", { name: "rivers.csv", content: blob.stream() }],
    ["a content that is null", { name: "rivers.csv", content: null }],
    ["a negative size", { name: "rivers.csv", content, size: -1 }],
    ["a size of NaN", { name: "rivers.csv", content, size: Number.NaN }],
    ["an infinite size", { name: "rivers.csv", content, size: Infinity }],
    ["a fractional size", { name: "rivers.csv", content, size: 0.5 }],
    ["a size that is a text", { name: "rivers.csv", content, size: "1" }],
    ["a size that is null", { name: "rivers.csv", content, size: null }],
    ["a type that is no text", { name: "rivers.csv", content, type: 7 }],
    ["a list of files", [file]],
    ["an Effect of a file", Effect.succeed(file)]
  ]

  it.effect.each(noFiles)("%s", ([, value]) =>
    Effect.gen(function*() {
      const dataset = yield* refused(ops.createDataset({ data: value }))
      assert.deepStrictEqual(dataset.issues.map(({ path }) => path), ["data"])
      assert.match(dataset.message, /^datasets\.create was not sent/)
      const audio = yield* refused(ops.transcribe({ file: value }))
      assert.deepStrictEqual(audio.issues.map(({ path }) => path), ["file"])
      if (value !== undefined) {
        const error = yield* refused(ops.createDataset({ eval_data: value }))
        assert.deepStrictEqual(error.issues.map(({ path }) => path), ["eval_data"])
        assert.match(error.issues[0]?.message ?? "", /Upload/)
      }
    }))

  it.effect("but any file is one", () =>
    Effect.forEach([
      file,
      new File([], ""),
      { name: "rivers.csv", content },
      { name: "rivers.csv", content, size: 1, type: "text/csv" },
      { name: "rivers.csv", content: Stream.empty, size: 0 },
      { name: "rivers.csv", content, size: undefined, type: undefined }
    ], (data) => accepted(ops.createDataset({ data, eval_data: undefined }))))
})

describe("what cannot be right is refused before it is sent", () => {
  interface Row {
    readonly what: string
    readonly call: Call
    readonly at: string
  }

  const row = (what: string, at: string, call: Call): Row => ({ what, at, call })

  const rows: ReadonlyArray<Row> = [
    row("no message", "message", ops.chat({ message: undefined })),
    row("null for a message", "message", ops.chat({ message: null })),
    row("an unknown truncation of prompts", "prompt_truncation", ops.chat({ prompt_truncation: "auto" })),
    row("the safety mode of v2", "safety_mode", ops.chat({ safety_mode: "OFF" })),
    row("another framing", "accepts", ops.chat({ accepts: "application/json" })),
    row("a document that is a text", "documents[1]", ops.chat({ documents: [{}, "a"] })),
    row(
      "parameters that are a text",
      "tool_results[0].call.parameters",
      ops.chat({
        tool_results: [{ call: { name: "f", parameters: "{}" }, outputs: [] }]
      })
    ),
    row(
      "outputs that are one object",
      "tool_results[0].outputs",
      ops.chat({
        tool_results: [{ call: { name: "f", parameters: {} }, outputs: {} }]
      })
    ),
    row(
      "an output that is a text",
      "tool_results[0].outputs[0]",
      ops.chat({
        tool_results: [{ call: { name: "f", parameters: {} }, outputs: ["5"] }]
      })
    ),
    row("a tool without a description", "tools[0].description", ops.chat({ tools: [{ name: "f" }] })),
    row(
      "a parameter without a type",
      "tools[0].parameter_definitions.q.type",
      ops.chat({
        tools: [{ name: "f", description: "", parameter_definitions: { q: { required: true } } }]
      })
    ),
    row("a connector without an id", "connectors[0].id", ops.chat({ connectors: [{ options: {} }] })),
    row("options that are a list", "connectors[0].options", ops.chat({ connectors: [{ id: "c", options: [] }] })),
    row("an unknown response format", "response_format.type", ops.chat({ response_format: { type: "json" } })),
    row("half a token", "max_input_tokens", ops.chat({ max_input_tokens: 0.5 })),
    row("a temperature of NaN", "temperature", ops.chat({ temperature: Number.NaN })),
    row("no prompt", "prompt", ops.generate({ prompt: undefined })),
    row("half a generation", "num_generations", ops.generate({ num_generations: 1.5 })),
    row("unknown likelihoods", "return_likelihoods", ops.generate({ return_likelihoods: "all" })),
    row("a truncation of v2 chat", "truncate", ops.generate({ truncate: "AUTO" })),
    row("an embedding type that is none", "embedding_types[0]", ops.embed({ embedding_types: ["double"] })),
    row("an input type that is none", "input_type", ops.embed({ input_type: "query" })),
    row("a document that is a number", "documents[1]", ops.rerank({ documents: ["a", 7] })),
    row("a document that is a list", "documents[0]", ops.rerank({ documents: [["a"]] })),
    row("no documents", "documents", ops.rerank({ documents: undefined })),
    row("half a result", "top_n", ops.rerank({ top_n: 0.5 })),
    row("inputs that are a text", "inputs", ops.classify({ inputs: "a" })),
    row("an example that is a text", "examples[0]", ops.classify({ examples: ["a"] })),
    row("a label that is a number", "examples[0].label", ops.classify({ examples: [{ text: "a", label: 1 }] })),
    row("a length that is none", "length", ops.summarize({ length: "tiny" })),
    row("a format that is none", "format", ops.summarize({ format: "markdown" })),
    row("an extractiveness that is none", "extractiveness", ops.summarize({ extractiveness: 0.5 })),
    row("a text that is a list", "text", ops.summarize({ text: times(250) })),
    row("no model to tokenize for", "model", ops.tokenize({ model: undefined })),
    row("a text that is a number", "text", ops.tokenize({ text: 7 })),
    row("a token that is a text", "tokens[1]", ops.detokenize({ tokens: [1, "2"] })),
    row("half a token of a list", "tokens[0]", ops.detokenize({ tokens: [1.5] })),
    row("no document to parse", "document", ops.parse({ document: undefined })),
    row(
      "a document of chat",
      "document.image_url",
      ops.parse({
        document: { type: "image_url", image_url: { url: "https://example.com/page.png" } }
      })
    ),
    row("an output format that is none", "output_format", ops.parse({ output_format: "html" })),
    row("no dataset to embed", "dataset_id", ops.createJob({ dataset_id: undefined })),
    row("no input type of a job", "input_type", ops.createJob({ input_type: undefined })),
    row("a job that truncates nothing", "truncate", ops.createJob({ truncate: "NONE" })),
    row("an empty id of a job", "id", ops.getJob({ id: "" })),
    row("a way out of the path", "id", ops.cancelJob({ id: "../datasets" })),
    row("no id", "id", ops.getJob({ id: undefined })),
    row("no name of a dataset", "name", ops.createDataset({ name: undefined })),
    row("no type of a dataset", "type", ops.createDataset({ type: undefined })),
    row("fields that are one text", "keep_fields", ops.createDataset({ keep_fields: "title" })),
    row("a field that is a number", "optional_fields[0]", ops.createDataset({ optional_fields: [7] })),
    row("a text for a boolean", "skip_malformed_input", ops.createDataset({ skip_malformed_input: "true" })),
    row("a date that is no text", "before", ops.listDatasets({ before: new Date(0) })),
    row("half a page", "limit", ops.listDatasets({ limit: 0.5 })),
    row("an offset that is a text", "offset", ops.listDatasets({ offset: "10" })),
    row("no url of a connector", "url", ops.createConnector({ url: undefined })),
    row(
      "an unknown kind of token",
      "service_auth.type",
      ops.createConnector({ service_auth: { type: "Bearer", token: "t" } })
    ),
    row("no token", "service_auth.token", ops.createConnector({ service_auth: { type: "bearer" } })),
    row("excludes that are a text", "excludes", ops.updateConnector({ excludes: "_id" })),
    row("half a connector", "limit", ops.listConnectors({ limit: 1.5 })),
    row("no settings", "settings", ops.createModel({ settings: undefined })),
    row("no base model", "settings.base_model", ops.createModel({ settings: { dataset_id: "d" } })),
    row(
      "no base type",
      "settings.base_model.base_type",
      ops.createModel({
        settings: { base_model: {}, dataset_id: "d" }
      })
    ),
    row(
      "half an epoch",
      "settings.hyperparameters.train_epochs",
      ops.createModel({
        settings: {
          base_model: { base_type: "BASE_TYPE_CHAT" },
          dataset_id: "d",
          hyperparameters: { train_epochs: 0.5 }
        }
      })
    ),
    row(
      "no key of Weights & Biases",
      "settings.wandb.api_key",
      ops.createModel({
        settings: { base_model: { base_type: "BASE_TYPE_CHAT" }, dataset_id: "d", wandb: { project: "p" } }
      })
    ),
    row("no model whose events are wanted", "finetuned_model_id", ops.listEvents({ finetuned_model_id: undefined })),
    row("a page size that is a text", "page_size", ops.listEvents({ page_size: "50" })),
    row("no dataset of a batch", "input_dataset_id", ops.createBatch({ input_dataset_id: undefined })),
    row("no model of a batch", "model", ops.createBatch({ model: undefined })),
    row("two dots for the id of a batch", "id", ops.cancelBatch({ id: ".." })),
    row("no language", "language", ops.transcribe({ language: undefined })),
    row("an infinite temperature", "temperature", ops.transcribe({ temperature: Infinity }))
  ]

  it.effect.each(rows)("$what", ({ at, call }) =>
    Effect.gen(function*() {
      const error = yield* refused(call)
      assert.include(error.issues.map((issue) => issue.path), at, JSON.stringify(error.issues))
      assert.include(error.message, `${at}: `)
      assert.match(error.message, /^[\w.]+ was not sent/)
    }))

  it.effect.each(Object.entries(ops).filter(([name]) => !name.startsWith("list")))(
    "null for every field of %s",
    ([, op]) =>
      Effect.gen(function*() {
        const names = [
          "model",
          "id",
          "name",
          "text",
          "texts",
          "message",
          "prompt",
          "query",
          "inputs",
          "tokens",
          "limit"
        ]
        const error = yield* refused(op(Object.fromEntries(names.map((name) => [name, null]))))
        assert.isNotEmpty(error.issues)
        for (const { path } of error.issues) assert.oneOf(path, [...names, "finetuned_model_id"])
      })
  )

  it.effect("in streams of v1, too", () =>
    Effect.gen(function*() {
      const chat = yield* refused(Stream.runDrain(V1.chatStream(unchecked({ message: 7 }))))
      assert.strictEqual(chat.endpoint, "v1.chatStream")
      const generate = yield* refused(Stream.runDrain(V1.generateStream(unchecked({}))))
      assert.strictEqual(generate.endpoint, "v1.generateStream")
      const items = yield* refused(Stream.runDrain(Datasets.listAll(unchecked({ limit: "10" }))))
      assert.strictEqual(items.endpoint, "datasets.list")
    }))

  it.effect("without the contents of files in the message", () =>
    Effect.gen(function*() {
      const error = yield* refused(ops.createDataset({ data: { name: "a.csv", content: "s3cr3t ".repeat(100_000) } }))
      assert.isBelow(error.message.length, 1_000)
    }))
})

describe("what the server may accept is left to the server", () => {
  const rows: ReadonlyArray<readonly [string, Call]> = [
    ["six stop sequences", ops.chat({ stop_sequences: times(6) })],
    ["a temperature of 5", ops.chat({ temperature: 5 })],
    ["a negative temperature", ops.generate({ temperature: -1 })],
    ["an empty message", ops.chat({ message: "" })],
    ["an empty conversation id", ops.chat({ conversation_id: "" })],
    ["citation qualities in both cases", ops.chat({ citation_quality: "accurate" })],
    ["a citation quality of tomorrow", ops.chat({ citation_quality: "BEST" })],
    ["tool results without tools", ops.chat({ tool_results: [] })],
    ["documents that are no texts", ops.chat({ documents: [{ id: 7, _excludes: ["id"], nested: { a: [] } }] })],
    ["a history with a role of tomorrow", ops.chat({ chat_history: [{ role: "CRITIC", remark: "no" }] })],
    ["an unknown key", ops.chat({ web_search: { on: true } })],
    ["an unknown key in a tool", ops.chat({ tools: [{ name: "f", description: "", strict: true }] })],
    [
      "a Python type of tomorrow",
      ops.chat({
        tools: [{ name: "f", description: "", parameter_definitions: { q: { type: "Path" } } }]
      })
    ],
    ["zero generations", ops.generate({ num_generations: 0 })],
    ["no tokens", ops.generate({ max_tokens: 0 })],
    ["an empty prompt", ops.generate({ prompt: "" })],
    ["nothing to embed", ops.embed({ texts: undefined })],
    ["no texts", ops.embed({ texts: [] })],
    ["97 images", ops.embed({ images: times(97, "data:image/png;base64,AA==") })],
    ["an empty query", ops.rerank({ query: "" })],
    ["nothing to rerank", ops.rerank({ documents: [] })],
    ["10,001 documents", ops.rerank({ documents: times(10_001) })],
    ["a top_n of 0", ops.rerank({ top_n: 0 })],
    ["an example without a label", ops.classify({ examples: [{ text: "a" }] })],
    ["nothing to classify", ops.classify({ inputs: [] })],
    ["a length of auto", ops.summarize({ length: "auto", format: "auto", extractiveness: "auto" })],
    ["100,001 characters to summarize", ops.summarize({ text: "x".repeat(100_001) })],
    ["half a surrogate pair", ops.tokenize({ text: "\ud800" })],
    ["a negative token", ops.detokenize({ tokens: [-1] })],
    ["an unknown type of datasets", ops.createDataset({ type: "batch-of-tomorrow" })],
    ["an extension that Cohere does not read", ops.createDataset({ data: Upload.make("rivers.parquet", "") })],
    ["an empty separator", ops.createDataset({ text_separator: "" })],
    ["no fields to keep", ops.createDataset({ keep_fields: [] })],
    ["an unknown filter", ops.listDatasets({ datasetType: "x", validationStatus: "y", tag: "z" })],
    ["a date that is none", ops.listDatasets({ before: "yesterday" })],
    ["an id with a slash", ops.getDataset({ id: "a/b" })],
    ["a page of 101 connectors", ops.listConnectors({ limit: 101 })],
    ["both ways to authorize", ops.createConnector({ oauth: {}, service_auth: { type: "noscheme", token: "" } })],
    ["a url that is none", ops.updateConnector({ url: "example" })],
    [
      "a base type of tomorrow",
      ops.createModel({
        settings: { base_model: { base_type: "BASE_TYPE_PARSE" }, dataset_id: "d" }
      })
    ],
    ["read-only fields", ops.createModel({ status: "STATUS_NEW", creator_id: "", created_at: "" })],
    ["a page size of 0", ops.listEvents({ page_size: 0, order_by: "status" })],
    ["an unknown field of a batch", ops.createBatch({ status: "BATCH_STATUS_QUEUED" })],
    ["an id with a colon", ops.cancelBatch({ id: "a:b" })],
    ["a language of three letters", ops.transcribe({ language: "deu", temperature: 2 })],
    ["a recording without an extension", ops.transcribe({ file: Upload.make("recording", "") })],
    ["more than the API knows, by RequestOptions", ops.parse({}).pipe(RequestOptions.with({ body: { ocr: null } }))]
  ]

  it.effect.each(rows)("%s", ([, call]) => accepted(call))
})
