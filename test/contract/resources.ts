/** What every client does with the operations beside those of v2: v1, tokens, files, jobs and other things that last. */
import * as Audio from "@effect-cohere/core/Audio"
import * as Batches from "@effect-cohere/core/Batches"
import * as ChatStreamV1 from "@effect-cohere/core/ChatStreamV1"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Connectors from "@effect-cohere/core/Connectors"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
import * as Finetuning from "@effect-cohere/core/Finetuning"
import * as GenerateStream from "@effect-cohere/core/GenerateStream"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as Tokens from "@effect-cohere/core/Tokens"
import * as Upload from "@effect-cohere/core/Upload"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import { assert, type Vitest } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { TestContext } from "vitest"
import { model, requestsV1 } from "./requests.ts"
import { type Ability, key, type Runtime } from "./runtimes.ts"

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const csv = "text,lang\nThe Seine – 東京,fr\nThe Manzanares,es\n"

const jsonl = "{\"custom_id\":\"a\",\"text\":\"Hello!\"}\n{\"custom_id\":\"b\",\"text\":\"Bye!\"}\n"

/** A dataset that is checked. */
const checked = (request: Datasets.CreateDatasetRequest) =>
  Effect.gen(function*() {
    const { id } = yield* Datasets.create(request)
    assert.strictEqual((yield* Datasets.get({ id: id ?? "" })).dataset.validation_status, "processing")
    const { dataset } = yield* Datasets.get({ id: id ?? "" })
    assert.strictEqual(dataset.validation_status, "validated")
    return dataset
  })

const embedInput = { name: "rivers", type: "embed-input", keep_fields: ["lang"], data: Upload.make("rivers.csv", csv) }

/** The same file in each of the forms that an upload can have. */
const uploads: Readonly<Record<string, () => Upload.Upload>> = {
  "a text": () => Upload.make("rivers.csv", csv),
  "bytes": () => Upload.make("rivers.csv", bytes(csv)),
  "a File": () => new File([csv], "rivers.csv", { type: "text/csv" }),
  "a Blob": () => Upload.make("rivers.csv", new Blob([csv])),
  "a Stream of known size": () =>
    Upload.make("rivers.csv", Stream.fromIterable([...csv]).pipe(Stream.map(bytes)), { size: bytes(csv).length }),
  "a Stream of unknown size": () =>
    Upload.make("rivers.csv", Stream.fromIterable([...csv]).pipe(Stream.map(bytes)), { type: "text/csv" })
}

/** The cases, for the suite of a client. */
export const resources = (
  it: Vitest.MethodsNonLive<CohereClient.CohereClient, true>,
  runtime: Runtime,
  needs: (ability: Ability, context: TestContext) => void
): void => {
  // -------------------------------------------------------------------------------------------------------------------
  // v1
  // -------------------------------------------------------------------------------------------------------------------

  for (const [name, request] of Object.entries(requestsV1)) {
    it.effect(`v1 chatStream adds up to the answer of chat, in both framings: ${name}`, () =>
      Effect.gen(function*() {
        const whole = yield* V1.chat(request)
        assert.deepStrictEqual(yield* ChatStreamV1.collect(V1.chatStream(request)), whole)
        const framed = V1.chatStream({ ...request, accepts: "text/event-stream" })
        assert.deepStrictEqual(yield* ChatStreamV1.collect(framed), whole)
        assert.deepStrictEqual([...yield* Stream.runCollect(framed)], [
          ...yield* Stream.runCollect(V1.chatStream(request))
        ])
      }))
  }

  it.effect("v1 chat calls a tool, takes its result, and cites it", () =>
    Effect.gen(function*() {
      const request = requestsV1["a tool call"]
      const asks = yield* V1.chat(request)
      const [call] = asks.tool_calls ?? []
      assert.deepStrictEqual(call, { name: "get_weather", parameters: { city: "Toronto" } })
      const answer = yield* V1.chat({
        ...request,
        tool_results: call === undefined ? [] : [{ call, outputs: [{ weather: "It is sunny in Toronto." }] }]
      })
      const [citation] = answer.citations ?? []
      assert.strictEqual(answer.text.slice(citation?.start ?? -1, citation?.end ?? -1), citation?.text)
      assert.strictEqual(citation?.document_ids?.[0], answer.documents?.[0]?.["id"])
      assert.strictEqual(citation?.document_ids?.length, answer.documents?.length)
    }))

  it.effect("v1 chat keeps a conversation under its name", () =>
    Effect.gen(function*() {
      const say = (message: string) => V1.chat({ model, message, conversation_id: `of ${runtime.name}` })
      yield* say("One.")
      const { chat_history } = yield* say("Two.")
      assert.deepStrictEqual(chat_history?.map(({ role }) => role as string), ["USER", "CHATBOT", "USER", "CHATBOT"])
    }))

  it.effect("v1 embed answers plain floats, or the forms that it is asked for", () =>
    Effect.gen(function*() {
      const request = { model: "embed-v4.0", input_type: "clustering", texts: ["a", "b"] } as const
      const floats = yield* V1.embed(request)
      const byType = yield* V1.embed({ ...request, embedding_types: ["float", "ubinary"] })
      const { embeddings } = yield* V2.embed({ ...request, embedding_types: ["float", "ubinary"] })
      assert.deepStrictEqual(V1.isFloats(floats) ? floats.embeddings : undefined, embeddings.float)
      assert.deepStrictEqual(V1.isFloats(byType) ? undefined : byType.embeddings, embeddings)
    }))

  it.effect("v1 rerank orders objects, and returns them if wanted", () =>
    Effect.gen(function*() {
      const documents = [{ text: "How to bake bread." }, { text: "The Seine flows through Paris." }]
      const { results } = yield* V1.rerank({
        model: "rerank-v3.5",
        query: "Which river flows through Paris?",
        documents,
        return_documents: true
      })
      assert.deepStrictEqual(results.map(({ document, index }) => [index, document]), [
        [1, documents[1]],
        [0, documents[0]]
      ])
    }))

  it.effect("v1 classify finds labels by examples", () =>
    Effect.gen(function*() {
      const { classifications } = yield* V1.classify({
        inputs: ["a long river", "baking bread"],
        examples: [
          { text: "rivers of France", label: "water" },
          { text: "a river in Spain", label: "water" },
          { text: "how to bake", label: "food" },
          { text: "bread and butter", label: "food" }
        ]
      })
      assert.deepStrictEqual(classifications.map(({ predictions }) => predictions), [["water"], ["food"]])
    }))

  it.effect("v1 generate and summarize answer with a model that still can, and generateStream adds up to it", () =>
    Effect.gen(function*() {
      const request = { model: "command", prompt: "Once upon a time", num_generations: 2 }
      const whole = yield* V1.generate(request)
      assert.strictEqual(whole.generations.length, 2)
      assert.deepStrictEqual(yield* GenerateStream.collect(V1.generateStream(request)), whole)
      const { summary } = yield* V1.summarize({
        model: "command",
        text: "This is a sentence. ".repeat(20),
        length: "short"
      })
      assert.strictEqual(summary, "This is a sentence.")
    }))

  it.effect("a field that v1 does not know is ignored, with a warning", (context) =>
    Effect.gen(function*() {
      needs("tell the request id", context)
      const { response } = yield* V1.chat({ model, message: "Hello!" }).pipe(
        RequestOptions.with({ body: { tempreature: 1 } }),
        CohereClient.withResponse
      )
      assert.strictEqual(
        response.headers["x-api-warning"],
        "unknown field: parameter tempreature is not a valid field"
      )
    }))

  // -------------------------------------------------------------------------------------------------------------------
  // Tokens, audio, parse
  // -------------------------------------------------------------------------------------------------------------------

  it.effect("tokens.detokenize gives the text of tokens.tokenize again", () =>
    Effect.gen(function*() {
      const text = "Grüße aus Łódź – 日本語 🚣‍♀️ \u0000 \u2028 \"quoted\" \\ end"
      const { token_strings, tokens } = yield* Tokens.tokenize({ text, model })
      assert.strictEqual(token_strings?.join(""), text)
      assert.strictEqual((yield* Tokens.detokenize({ tokens, model })).text, text)
    }))

  it.effect("audio.createTranscription sends a recording, and settings beside it", () =>
    Effect.gen(function*() {
      const content = new Uint8Array(300_000).map((_, i) => i % 251)
      const request = { model: "cohere-transcribe-03-2026", language: "fr", temperature: 0.25 }
      const { text } = yield* Audio.createTranscription({ ...request, file: Upload.make("ça \"va\".mp3", content) })
      for (const part of ["300000 bytes", "“fr”", "ça \"va\".mp3"]) assert.include(text, part)
      const streamed = Upload.make("ça \"va\".mp3", Stream.rechunk(Stream.make(content, content.slice(0, 7)), 1))
      assert.include((yield* Audio.createTranscription({ ...request, file: streamed })).text, "300007 bytes")
      const wrong = yield* Effect.flip(
        Audio.createTranscription({ ...request, file: Upload.make("a.txt", content) })
      )
      assert.deepStrictEqual([wrong._tag, wrong.status], ["InvalidRequest", 400])
    }))

  it.effect("v2 parse reads a page as markdown or as blocks", () =>
    Effect.gen(function*() {
      const request: V2.ParseRequest = {
        model: "parse-v5.0",
        document: { type: "image_url", image_url: "https://example.com/invoice.png" }
      }
      assert.strictEqual((yield* V2.parse(request)).pages[0]?.type, "markdown")
      assert.strictEqual((yield* V2.parse({ ...request, output_format: "blocks" })).pages[0]?.type, "blocks")
    }))

  // -------------------------------------------------------------------------------------------------------------------
  // Datasets
  // -------------------------------------------------------------------------------------------------------------------

  for (const [name, upload] of Object.entries(uploads)) {
    it.effect(`datasets.create uploads ${name}, whose rows are there once it is checked`, () =>
      Effect.gen(function*() {
        const dataset = yield* checked({ ...embedInput, name: "łódź & co", data: upload() })
        assert.strictEqual(dataset.name, "łódź & co")
        const [part] = dataset.dataset_parts ?? []
        assert.deepStrictEqual([part?.name, part?.num_rows, part?.size_bytes], ["rivers.csv", 2, bytes(csv).length])
        assert.deepStrictEqual((part?.samples ?? []).map((row) => JSON.parse(row) as unknown), [
          { text: "The Seine – 東京", lang: "fr" },
          { text: "The Manzanares", lang: "es" }
        ])
      }))
  }

  it.effect("datasets are created, listed, counted, and deleted", () =>
    Effect.gen(function*() {
      const before = Number((yield* Datasets.getUsage).organization_usage)
      const dataset = yield* checked({
        name: "both",
        type: "chat-finetune-input",
        data: Upload.make("a.jsonl", jsonl),
        eval_data: Upload.make("b.jsonl", jsonl)
      })
      assert.deepStrictEqual(dataset.dataset_parts?.map(({ name }) => name), ["a.jsonl", "b.jsonl"])
      assert.strictEqual(Number((yield* Datasets.getUsage).organization_usage), before + 2 * jsonl.length)
      const { datasets } = yield* Datasets.list({ datasetType: "chat-finetune-input", validationStatus: "validated" })
      assert.deepStrictEqual(datasets?.[0], dataset)
      assert.deepStrictEqual(yield* Datasets.delete({ id: dataset.id }), {})
      const gone = yield* Effect.flip(Datasets.get({ id: dataset.id }))
      assert.deepStrictEqual([gone._tag, gone.status], ["NotFound", 404])
      assert.include(gone.message, dataset.id)
      assert.strictEqual(Number((yield* Datasets.getUsage).organization_usage), before)
    }))

  it.effect("datasets.listAll gives what one large page has, over several pages", () =>
    Effect.gen(function*() {
      yield* Effect.forEach(["a", "b", "c"], (name) => Datasets.create({ ...embedInput, name }))
      const { datasets = [] } = yield* Datasets.list({ datasetType: "embed-input", limit: 1000 })
      let pages = 0
      const all = yield* Datasets.listAll({ datasetType: "embed-input", limit: 2 }).pipe(
        CohereClient.onResponse(() => Effect.sync(() => void pages++)),
        Stream.runCollect
      )
      assert.deepStrictEqual([...all], datasets)
      assert.isAtLeast(pages, 2)
    }))

  it.effect("a dataset that does not fit its type fails its check, and says why", () =>
    Effect.gen(function*() {
      const { id } = yield* Datasets.create({ ...embedInput, data: Upload.make("a.csv", "a,lang\n1,2\n") })
      yield* Datasets.get({ id: id ?? "" })
      const { dataset } = yield* Datasets.get({ id: id ?? "" })
      assert.strictEqual(dataset.validation_status, "failed")
      assert.include(dataset.validation_error ?? "", "text")
    }))

  it.effect("a file that cannot be read fails with UploadFailed, and makes no dataset", () =>
    Effect.gen(function*() {
      const count = Effect.map(Stream.runCount(Datasets.listAll({})), Number)
      const before = yield* count
      const broken = Upload.make(
        "a.csv",
        Stream.concat(Stream.make(bytes(csv)), Stream.fail("disk on fire"))
      )
      const error = yield* Effect.flip(Datasets.create({ ...embedInput, data: broken }))
      assert.strictEqual(error._tag, "UploadFailed")
      assert.include(error.message, "disk on fire")
      assert.strictEqual(yield* count, before)
    }))

  // -------------------------------------------------------------------------------------------------------------------
  // Jobs
  // -------------------------------------------------------------------------------------------------------------------

  it.effect("embedJobs embed a dataset, and can be cancelled", () =>
    Effect.gen(function*() {
      const dataset = yield* checked(embedInput)
      const request = { model: "embed-v4.0", dataset_id: dataset.id, input_type: "search_document" } as const
      const { job_id: id } = yield* EmbedJobs.create(request)
      assert.strictEqual((yield* EmbedJobs.get({ id })).status, "processing")
      const done = yield* EmbedJobs.get({ id })
      assert.strictEqual(done.status, "complete")
      const output = yield* Datasets.get({ id: done.output_dataset_id ?? "" })
      assert.strictEqual(output.dataset.dataset_type, "embed-result")

      const { job_id: other } = yield* EmbedJobs.create(request)
      assert.isUndefined(yield* EmbedJobs.cancel({ id: other }))
      assert.strictEqual((yield* EmbedJobs.get({ id: other })).status, "cancelling")
      assert.strictEqual((yield* EmbedJobs.get({ id: other })).status, "cancelled")

      const { embed_jobs = [] } = yield* EmbedJobs.list
      assert.deepStrictEqual(embed_jobs?.slice(0, 2).map(({ job_id }) => job_id), [other, id])
      assert.deepStrictEqual([...yield* Stream.runCollect(EmbedJobs.listAll)], embed_jobs)

      const fresh = yield* Datasets.create(embedInput)
      const early = yield* Effect.flip(EmbedJobs.create({ ...request, dataset_id: fresh.id ?? "" }))
      assert.deepStrictEqual([early._tag, early.status], ["InvalidRequest", 400])
    }))

  it.effect("batches answer the records of a dataset, and can be cancelled", () =>
    Effect.gen(function*() {
      const dataset = yield* checked({ name: "r", type: "batch-chat-v2-input", data: Upload.make("r.jsonl", jsonl) })
      const request = { name: "greetings", model, input_dataset_id: dataset.id }
      const { batch } = yield* Batches.create(request)
      const id = batch.id ?? ""
      const look = Effect.map(Batches.retrieve({ id }), ({ batch }) => batch)
      const looks = yield* Effect.all([look, look, look])
      assert.deepStrictEqual(looks.map(({ status }) => status), [
        "BATCH_STATUS_QUEUED",
        "BATCH_STATUS_IN_PROGRESS",
        "BATCH_STATUS_COMPLETED"
      ])
      assert.isAbove(Number(BigInt(looks[2].input_tokens ?? 0)), 0)
      assert.strictEqual(looks[2].num_successful_records, 2)
      assert.isDefined((yield* Datasets.get({ id: looks[2].output_dataset_id ?? "" })).dataset)

      const others = yield* Effect.forEach(["a", "b"], (name) => Batches.create({ ...request, name }))
      const cancelled = others[0]?.batch.id ?? ""
      assert.deepStrictEqual(yield* Batches.cancel({ id: cancelled }), {})
      assert.strictEqual((yield* Batches.retrieve({ id: cancelled })).batch.status, "BATCH_STATUS_CANCELING")
      assert.strictEqual((yield* Batches.retrieve({ id: cancelled })).batch.status, "BATCH_STATUS_CANCELED")

      const whole = yield* Batches.list({ order_by: "created_at desc" })
      const all = yield* Stream.runCollect(Batches.listAll({ order_by: "created_at desc", page_size: 1 }))
      assert.deepStrictEqual([...all], whole.batches)
      assert.isAtLeast(all.length, 3)
    }))

  it.effect("finetuning keeps models, with events and metrics, in pages", () =>
    Effect.gen(function*() {
      const dataset = yield* checked({ name: "t", type: "chat-finetune-input", data: Upload.make("t.jsonl", jsonl) })
      const settings = { base_model: { base_type: "BASE_TYPE_CHAT" }, dataset_id: dataset.id }
      const create = (name: string) =>
        Effect.map(Finetuning.createFinetunedModel({ name, settings }), ({ finetuned_model }) =>
          finetuned_model?.id ?? "")
      const id = yield* create("support")
      const look = Effect.map(Finetuning.getFinetunedModel({ id }), ({ finetuned_model }) =>
        finetuned_model?.status)
      assert.deepStrictEqual(yield* Effect.all([look, look, look]), [
        "STATUS_QUEUED",
        "STATUS_FINETUNING",
        "STATUS_READY"
      ])
      const { events = [], total_size } = yield* Finetuning.listEvents({ finetuned_model_id: id })
      assert.strictEqual(total_size, 3)
      const allEvents = yield* Stream.runCollect(Finetuning.listAllEvents({ finetuned_model_id: id, page_size: 2 }))
      assert.deepStrictEqual([...allEvents], events)
      const { step_metrics = [] } = yield* Finetuning.listTrainingStepMetrics({ finetuned_model_id: id })
      const allMetrics = yield* Stream.runCollect(
        Finetuning.listAllTrainingStepMetrics({ finetuned_model_id: id, page_size: 3 })
      )
      assert.deepStrictEqual([...allMetrics], step_metrics)
      assert.isAbove(allMetrics.length, 3)

      const { finetuned_model } = yield* Finetuning.updateFinetunedModel({ id, name: "sales", settings })
      assert.strictEqual(finetuned_model?.name, "sales")
      const other = yield* create("other")
      const { finetuned_models = [] } = yield* Finetuning.listFinetunedModels({})
      const all = yield* Stream.runCollect(Finetuning.listAllFinetunedModels({ page_size: 1 }))
      assert.deepStrictEqual([...all], finetuned_models)
      assert.includeMembers([...all].map((each) => each.id), [id, other])
      assert.deepStrictEqual(yield* Finetuning.deleteFinetunedModel({ id }), {})
      assert.strictEqual((yield* Effect.flip(Finetuning.getFinetunedModel({ id })))._tag, "NotFound")
    }))

  it.effect("connectors are created, changed, listed, authorized and deleted, and tell no secret", () =>
    Effect.gen(function*() {
      const oauth = { client_id: "me", client_secret: "hush", authorize_url: "https://example.com/authorize" }
      const { connector } = yield* Connectors.create({ name: "Our Handbook", url: "https://search.example.com", oauth })
      assert.notInclude(JSON.stringify(connector), "hush")
      const { id } = connector
      assert.deepStrictEqual((yield* Connectors.get({ id })).connector, connector)
      assert.isFalse((yield* Connectors.update({ id, active: false })).connector.active)
      const { redirect_url } = yield* Connectors.oAuthAuthorize({
        id,
        after_token_redirect: "https://app.example.com/done?a=b&c=d"
      })
      assert.strictEqual(
        new URL(redirect_url ?? "").searchParams.get("after_token_redirect"),
        "https://app.example.com/done?a=b&c=d"
      )
      yield* Connectors.create({ name: "Other", url: "https://search.example.com" })
      const { connectors = [], total_count } = yield* Connectors.list({ limit: 100 })
      assert.strictEqual(total_count, connectors?.length)
      assert.deepStrictEqual([...yield* Stream.runCollect(Connectors.listAll({ limit: 1 }))], connectors)
      assert.deepStrictEqual(yield* Connectors.delete({ id }), {})
      assert.strictEqual((yield* Effect.flip(Connectors.get({ id })))._tag, "NotFound")
    }))

  // -------------------------------------------------------------------------------------------------------------------
  // Errors
  // -------------------------------------------------------------------------------------------------------------------

  const id = "no/such id"

  it.effect("what is not there fails with NotFound, which names the operation", () =>
    Effect.gen(function*() {
      const settings = { base_model: { base_type: "BASE_TYPE_CHAT" }, dataset_id: id }
      const lost = { model: "no-such-model" }
      const errors = yield* Effect.all([
        Effect.flip(V1.chat({ ...lost, message: "a" })),
        Effect.flip(Stream.runDrain(V1.chatStream({ ...lost, message: "a" }))),
        Effect.flip(V1.generate({ ...lost, prompt: "a" })),
        Effect.flip(Stream.runDrain(V1.generateStream({ ...lost, prompt: "a" }))),
        Effect.flip(V1.summarize({ ...lost, text: "a".repeat(300) })),
        Effect.flip(V1.classify({ ...lost, inputs: ["a"] })),
        Effect.flip(V1.embed({ ...lost, texts: ["a"], input_type: "clustering" })),
        Effect.flip(V1.rerank({ ...lost, query: "a", documents: ["a"] })),
        Effect.flip(Tokens.tokenize({ ...lost, text: "a" })),
        Effect.flip(Tokens.detokenize({ ...lost, tokens: [1] })),
        Effect.flip(V2.parse({ ...lost, document: { type: "image_url", image_url: "https://example.com/a.png" } })),
        Effect.flip(Audio.createTranscription({ ...lost, language: "en", file: Upload.make("a.mp3", "a") })),
        Effect.flip(Datasets.get({ id })),
        Effect.flip(Datasets.delete({ id })),
        Effect.flip(EmbedJobs.create({ model: "embed-v4.0", dataset_id: id, input_type: "clustering" })),
        Effect.flip(EmbedJobs.get({ id })),
        Effect.flip(EmbedJobs.cancel({ id })),
        Effect.flip(Batches.create({ name: "a", model, input_dataset_id: id })),
        Effect.flip(Batches.retrieve({ id })),
        Effect.flip(Batches.cancel({ id })),
        Effect.flip(Connectors.get({ id })),
        Effect.flip(Connectors.update({ id, active: true })),
        Effect.flip(Connectors.delete({ id })),
        Effect.flip(Connectors.oAuthAuthorize({ id })),
        Effect.flip(Finetuning.getFinetunedModel({ id })),
        Effect.flip(Finetuning.deleteFinetunedModel({ id })),
        Effect.flip(Finetuning.listEvents({ finetuned_model_id: id })),
        Effect.flip(Finetuning.listTrainingStepMetrics({ finetuned_model_id: id }))
      ])
      for (const error of errors) {
        assert.deepStrictEqual([error._tag, error.status, error.attempts], ["NotFound", 404, 1], error.message)
        assert.match(error.message, /no-such-model|no\/such id/)
      }
      assert.strictEqual(new Set(errors.map((error) => error.endpoint)).size, errors.length)
      const noDataset = yield* Effect.flip(Finetuning.createFinetunedModel({ name: "a", settings }))
      assert.strictEqual(noDataset._tag, "InvalidRequest")
    }))

  it.effect("too many tokens fail with TooManyTokens, streamed or not", () =>
    Effect.gen(function*() {
      const long = Array.from(
        { length: 300 },
        (_, i) => ({ role: "USER" as const, message: `${i} ${"w ".repeat(1_000)}` })
      )
      const chat = { model: "command-r7b-12-2024", message: "Hello!", chat_history: long }
      const errors = [
        yield* Effect.flip(V1.chat(chat)),
        yield* Effect.flip(Stream.runDrain(V1.chatStream(chat))),
        yield* Effect.flip(V1.embed({
          model: "embed-english-v3.0",
          input_type: "clustering",
          texts: ["w ".repeat(600)],
          truncate: "NONE"
        }))
      ]
      for (const error of errors) {
        assert.strictEqual(error._tag, "TooManyTokens")
        if (error._tag === "TooManyTokens") assert.isAbove(error.exceededBy ?? 0, 0)
      }
    }))

  it.effect("a model that v1 does not have fails with InvalidRequest, which says where it is", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(V1.chat({ model: "command-a-reasoning-08-2025", message: "a" }))
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.include(error.message, "V2.chat")
    }))

  it.effect("what is wrong with other requests at first sight is refused before it is sent, too", () =>
    Effect.gen(function*() {
      const errors = [
        yield* Effect.flip(Datasets.create({ ...embedInput, name: "a".repeat(50) })),
        yield* Effect.flip(Datasets.get({ id: "usage" })),
        yield* Effect.flip(EmbedJobs.get({ id: "" })),
        yield* Effect.flip(V1.summarize({ text: "short" })),
        yield* Effect.flip(Tokens.tokenize({ text: "", model })),
        yield* Effect.flip(V1.classify({ inputs: Array.from({ length: 97 }, () => "a") }))
      ]
      for (const error of errors) {
        assert.deepStrictEqual([error._tag, error.status, error.attempts], ["InvalidRequest", undefined, 0])
      }
    }))

  it.effect("a bad key fails with Unauthorized here, too, and is nowhere in the error", (context) =>
    Effect.gen(function*() {
      needs("refuse a bad key", context)
      const errors = yield* Effect.all([
        Effect.flip(V1.chat({ model, message: "a" })),
        Effect.flip(Stream.runDrain(V1.chatStream({ model, message: "a" }))),
        Effect.flip(Datasets.create(embedInput)),
        Effect.flip(
          Datasets.create({ ...embedInput, data: uploads["a Stream of unknown size"]?.() ?? embedInput.data })
        ),
        Effect.flip(Stream.runDrain(Batches.listAll({}))),
        Effect.flip(EmbedJobs.cancel({ id: "a" })),
        Effect.flip(Connectors.update({ id: "a" })),
        Effect.flip(Finetuning.deleteFinetunedModel({ id: "a" }))
      ]).pipe(Effect.provide(runtime.withBadKey))
      for (const error of errors) {
        assert.deepStrictEqual([error._tag, error.status], ["Unauthorized", 401])
        for (const secret of ["wrong-key", key]) assert.notInclude(error.message + JSON.stringify(error), secret)
      }
    }))
}

/** The same story for every client, each with an emulator of its own: all that it is told. */
export const story = Effect.gen(function*() {
  const dataset = yield* checked(embedInput)
  const { job_id } = yield* EmbedJobs.create({ model: "embed-v4.0", dataset_id: dataset.id, input_type: "clustering" })
  yield* EmbedJobs.get({ id: job_id })
  const { connector } = yield* Connectors.create({ name: "Handbook", url: "https://search.example.com" })
  return yield* Effect.all([
    Effect.succeed(dataset),
    EmbedJobs.get({ id: job_id }),
    Datasets.list({}),
    Connectors.get({ id: connector.id }),
    Effect.forEach(Object.values(requestsV1), V1.chat),
    Tokens.tokenize({ model, text: "a river" })
  ])
})
