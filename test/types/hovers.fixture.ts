/** A use of every public function, as an editor would see it: `hovers.test.ts` hovers over each. */
import * as ApiKey from "@effect-cohere/core/ApiKey"
import * as Audio from "@effect-cohere/core/Audio"
import * as Batches from "@effect-cohere/core/Batches"
import * as Chat from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as ChatStreamV1 from "@effect-cohere/core/ChatStreamV1"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Connectors from "@effect-cohere/core/Connectors"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as Embeddings from "@effect-cohere/core/Embeddings"
import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
import * as Finetuning from "@effect-cohere/core/Finetuning"
import * as GenerateStream from "@effect-cohere/core/GenerateStream"
import * as Models from "@effect-cohere/core/Models"
import * as RateLimits from "@effect-cohere/core/RateLimits"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Telemetry from "@effect-cohere/core/Telemetry"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as Timestamp from "@effect-cohere/core/Timestamp"
import * as Tokens from "@effect-cohere/core/Tokens"
import * as Upload from "@effect-cohere/core/Upload"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import * as CohereBrowser from "@effect-cohere/platform-browser/CohereBrowser"
import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
import * as UploadNode from "@effect-cohere/platform-node/UploadNode"
import * as Config from "effect/Config"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

const model = "command-a-03-2025"
const key = Redacted.make("key")
const acquire = Effect.succeed({ token: key })

const request: V2.ChatRequest = {
  model,
  messages: [Chat.system("Be brief."), Chat.user("Hi!"), Chat.assistant("Yes?"), Chat.toolResult("id", [])],
  max_tokens: 100,
  temperature: 0,
  documents: ["A river."],
  citation_options: { mode: "FAST" }
}

const answer = V2.chat(request)
const events = V2.chatStream(request)

export const work = {
  answer,
  texts: Effect.map(answer, (response) => Chat.text(response.message)),
  embeddings: V2.embed({ model: "embed-v4.0", input_type: "search_query", texts: ["a river"] }),
  ranking: V2.rerank({ model: "rerank-v4.0-fast", query: "rivers", documents: ["a river"] }),
  pages: V2.parse({ model: "parse-v5.0", document: { type: "image_url", image_url: "https://example.com/a.png" } }),
  model: Models.get({ model }),
  page: Models.list({ endpoint: "embed" }),
  models: Models.listAll({}),
  key: ApiKey.check
}

const requestMany = { model: "embed-v4.0", input_type: "search_document", inputs: ["a river"] } as const

export const many = {
  embedded: Embeddings.stream(requestMany),
  batches: Embeddings.batches({ ...requestMany, embedding_types: ["int8"] }),
  all: Embeddings.all({ ...requestMany, inputs: [{ name: "Seine" }], input: ({ name }) => name })
}

const requestV1: V1.ChatRequest = {
  model: "command-r-plus-08-2024",
  message: "Hi!",
  chat_history: [{ role: "USER", message: "Hm" }],
  max_input_tokens: 100,
  connectors: [{ id: "web-search" }]
}

const answerV1 = V1.chat(requestV1)
const eventsV1 = V1.chatStream(requestV1)
const pieces = V1.generateStream({ prompt: "Once" })

export const workV1 = {
  answerV1,
  generation: V1.generate({ prompt: "Once" }),
  embeddings: V1.embed({ texts: ["a river"] }),
  floats: Effect.map(V1.embed({ texts: ["a river"] }), V1.isFloats),
  ranking: V1.rerank({ query: "rivers", documents: ["a river"] }),
  labels: V1.classify({ inputs: ["a river"] }),
  summary: V1.summarize({ text: "a river ".repeat(50) })
}

const file = Upload.make("rivers.csv", "text\nThe Seine\n")
const id = "an-id"

export const rest = {
  tokens: Tokens.tokenize({ model, text: "a river" }),
  text: Tokens.detokenize({ model, tokens: [1] }),
  transcription: Audio.createTranscription({ model: "cohere-transcribe-03-2026", language: "en", file }),
  fromDisk: UploadNode.fromPath("rivers.csv"),
  isFile: Upload.isFile(file),
  time: Timestamp.parse("2026-01-31T00:00:00Z"),
  timeText: Timestamp.format(DateTime.unsafeMake(0)),
  jobs: EmbedJobs.list,
  allJobs: EmbedJobs.listAll,
  newJob: EmbedJobs.create({ model, dataset_id: id, input_type: "search_document" }),
  job: EmbedJobs.get({ id }),
  cancelledJob: EmbedJobs.cancel({ id }),
  datasets: Datasets.list({}),
  allDatasets: Datasets.listAll({}),
  newDataset: Datasets.create({ name: "rivers", type: "embed-input", data: file }).pipe(
    Upload.onProgress(({ sent }) => Effect.log(sent))
  ),
  dataset: Datasets.get({ id }),
  deletedDataset: Datasets.delete({ id }),
  usage: Datasets.getUsage,
  batches: Batches.list({}),
  allBatches: Batches.listAll({}),
  newBatch: Batches.create({ name: "b", model, input_dataset_id: id }),
  batch: Batches.retrieve({ id }),
  cancelledBatch: Batches.cancel({ id }),
  connectors: Connectors.list({}),
  allConnectors: Connectors.listAll({}),
  newConnector: Connectors.create({ name: "c", url: "https://example.com/search" }),
  connector: Connectors.get({ id }),
  updatedConnector: Connectors.update({ id }),
  deletedConnector: Connectors.delete({ id }),
  consent: Connectors.oAuthAuthorize({ id }),
  finetunedModels: Finetuning.listFinetunedModels({}),
  allFinetunedModels: Finetuning.listAllFinetunedModels({}),
  newFinetunedModel: Finetuning.createFinetunedModel({
    name: "m",
    settings: { base_model: { base_type: "BASE_TYPE_CHAT" }, dataset_id: id }
  }),
  finetunedModel: Finetuning.getFinetunedModel({ id }),
  updatedFinetunedModel: Finetuning.updateFinetunedModel({
    id,
    name: "m",
    settings: { base_model: { base_type: "BASE_TYPE_CHAT" }, dataset_id: id }
  }),
  deletedFinetunedModel: Finetuning.deleteFinetunedModel({ id }),
  changes: Finetuning.listEvents({ finetuned_model_id: id }),
  allChanges: Finetuning.listAllEvents({ finetuned_model_id: id }),
  metrics: Finetuning.listTrainingStepMetrics({ finetuned_model_id: id }),
  allMetrics: Finetuning.listAllTrainingStepMetrics({ finetuned_model_id: id })
}

export const streamsV1 = {
  response: eventsV1.pipe(ChatStreamV1.collect),
  text: eventsV1.pipe(ChatStreamV1.text),
  toolCalls: eventsV1.pipe(ChatStreamV1.toolCalls),
  citations: eventsV1.pipe(ChatStreamV1.citations),
  snapshot: Stream.runFold(eventsV1, ChatStreamV1.empty, ChatStreamV1.reduce).pipe(Effect.map(ChatStreamV1.toResponse)),
  generation: pieces.pipe(GenerateStream.collect),
  continuation: pieces.pipe(GenerateStream.text),
  soFar: Stream.runFold(pieces, GenerateStream.empty, GenerateStream.reduce).pipe(Effect.map(GenerateStream.toResponse))
}

export const streams = {
  response: events.pipe(ChatStream.collect),
  text: events.pipe(ChatStream.text),
  thinking: events.pipe(ChatStream.thinking),
  toolCalls: events.pipe(ChatStream.toolCalls),
  citations: events.pipe(ChatStream.citations),
  snapshot: Stream.runFold(events, ChatStream.empty, ChatStream.reduce).pipe(Effect.map(ChatStream.toResponse))
}

// Called, a generic function is shown with the types that it got.
export const called = {
  response: ChatStream.collect(events),
  text: ChatStream.text(events),
  thinking: ChatStream.thinking(events),
  toolCalls: ChatStream.toolCalls(events),
  citations: ChatStream.citations(events)
}

export const settings = answer.pipe(
  RetryPolicy.with(RetryPolicy.make({ retries: 3 })),
  Timeouts.with({ total: "1 minute" }),
  RequestOptions.with({ clientName: "app" }),
  RetryPolicy.onRetry(({ delay }) => Effect.log(delay)),
  RateLimits.with(RateLimits.unlimited),
  Telemetry.captureContent(true),
  CohereClient.onResponse((response) => Effect.log(response.requestId)),
  CohereClient.withResponse
)

export const metrics = [
  Telemetry.operationDuration,
  Telemetry.timeToFirstEvent,
  Telemetry.tokenUsage,
  Telemetry.attempts,
  Telemetry.retries
]

export const attributes = [
  Telemetry.requestAttributes(V2.chatEndpoint, request),
  Telemetry.responseAttributes(V2.embedEndpoint, { id: "e", embeddings: {} }),
  Telemetry.streamAttributes(V2.chatStreamEndpoint, [])
]

export const resolved = [RetryPolicy.standard] as const

export const bound = CohereClient.bind(V2.chat)

export const layers = {
  settings: Layer.mergeAll(RetryPolicy.layer(RetryPolicy.none), Timeouts.layer({}), RequestOptions.layer({})),
  retries: [RetryPolicy.layerConfig(), RetryPolicy.layerBudget({ capacity: 100 })],
  timeouts: Timeouts.layerConfig({ total: Config.duration("TIMEOUT") }),
  limits: [
    RateLimits.layer(RateLimits.production),
    Layer.effect(RateLimits.RateLimits, RateLimits.make(RateLimits.trial))
  ],
  telemetry: [Telemetry.layerCaptureContent(true), Telemetry.layerPropagation(true)],
  node: [CohereNode.layer, CohereNode.layerConfig({ apiKey: Config.redacted("KEY") }), CohereNode.layerHttpClient],
  proxy: CohereBrowser.layerProxy({ baseUrl: "/api/cohere" }),
  token: CohereBrowser.layerToken({ baseUrl: "https://gateway.example", acquire }),
  unsafe: CohereBrowser.layerUnsafeApiKey({ apiKey: key }),
  credentials: [
    Credentials.layer(key),
    Credentials.layerConfig(),
    Credentials.layerRefreshing({ acquire }),
    Credentials.layerNone
  ],
  deployments: [Deployment.layerPlatform, Deployment.layerPrivate({ baseUrl: "https://cohere.example" })],
  client: CohereClient.layer,
  clientWith: CohereClient.layerWith({}),
  clientConfig: CohereClient.layerConfig(),
  made: CohereClient.make({})
}
