/** What spans and metrics say of a call: names and values by OpenTelemetry's conventions, as pure functions. */
import type { Base } from "../Endpoint.ts"
import { property } from "./json.ts"

/**
 * Every name that spans and metrics use. Those that begin with `gen_ai`, `server` and `error` are OpenTelemetry's, whose
 * conventions for generative AI are still in development; those that begin with `cohere` are ours.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export const names = {
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  /** What `provider` was called until version 1.37 of the conventions; many backends still look for it. */
  system: "gen_ai.system",
  conversationId: "gen_ai.conversation.id",
  outputType: "gen_ai.output.type",
  requestModel: "gen_ai.request.model",
  requestStream: "gen_ai.request.stream",
  maxTokens: "gen_ai.request.max_tokens",
  temperature: "gen_ai.request.temperature",
  topP: "gen_ai.request.top_p",
  topK: "gen_ai.request.top_k",
  stopSequences: "gen_ai.request.stop_sequences",
  seed: "gen_ai.request.seed",
  frequencyPenalty: "gen_ai.request.frequency_penalty",
  presencePenalty: "gen_ai.request.presence_penalty",
  choiceCount: "gen_ai.request.choice.count",
  encodingFormats: "gen_ai.request.encoding_formats",
  dimensions: "gen_ai.embeddings.dimension.count",
  responseId: "gen_ai.response.id",
  responseModel: "gen_ai.response.model",
  finishReasons: "gen_ai.response.finish_reasons",
  /** Seconds. */
  timeToFirstEvent: "gen_ai.response.time_to_first_chunk",
  /** What the model read. */
  inputTokens: "gen_ai.usage.input_tokens",
  /** What the model wrote. */
  outputTokens: "gen_ai.usage.output_tokens",
  cachedTokens: "gen_ai.usage.cache_read.input_tokens",
  imageTokens: "gen_ai.usage.image.input_tokens",
  reasoningTokens: "gen_ai.usage.reasoning.output_tokens",
  tokenType: "gen_ai.token.type",
  errorType: "error.type",
  serverAddress: "server.address",
  serverPort: "server.port",
  /** What each unit is called follows, for example `cohere.billed_units.search_units`. */
  billedUnits: "cohere.billed_units",
  requestId: "cohere.request.id",
  warning: "cohere.warning",
  /** How often the request was sent. */
  attempts: "cohere.attempts",
  /** Seconds before each retry. */
  retryDelays: "cohere.retry.delays",
  /** Seconds that the call waited for its turn. */
  rateLimitWait: "cohere.rate_limit.wait",
  /** The event that holds the content, where it is captured. */
  content: "gen_ai.client.inference.operation.details",
  inputMessages: "gen_ai.input.messages",
  outputMessages: "gen_ai.output.messages",
  systemInstructions: "gen_ai.system_instructions",
  toolDefinitions: "gen_ai.tool.definitions",
  documents: "cohere.documents",
  metricDuration: "gen_ai.client.operation.duration",
  metricTokens: "gen_ai.client.token.usage",
  metricTimeToFirstEvent: "gen_ai.client.operation.time_to_first_chunk",
  metricAttempts: "cohere.client.attempts",
  metricRetries: "cohere.client.retries"
} as const

/** What a span says, by name. */
export type Attributes = Readonly<Record<string, string | number | boolean | ReadonlyArray<string | number>>>

/** What is known of an operation. */
export type Described = Pick<Base<string, never, never>, "id" | "payload"> & { readonly kind: "unary" | "stream" }

/** The conventions' names of operations, where they have one, and ours for what is as much a model's work. */
const inference: { readonly [id: string]: string | undefined } = {
  "v2.chat": "chat",
  "v2.chatStream": "chat",
  "v1.chat": "chat",
  "v1.chatStream": "chat",
  "v1.generate": "text_completion",
  "v1.generateStream": "text_completion",
  "v2.embed": "embeddings",
  "v1.embed": "embeddings",
  "v2.rerank": "rerank",
  "v1.rerank": "rerank",
  "v1.classify": "classify",
  "v1.summarize": "summarize",
  "v2.parse": "parse",
  "audio.createTranscription": "transcribe"
}

/** The name of an operation: the conventions', or else the id. */
export const operationOf = (endpoint: Pick<Described, "id">): string => inference[endpoint.id] ?? endpoint.id

/** The model that a request is made to. Where the model is what is looked up, there is none. */
export const modelOf = (endpoint: Described, request: unknown): string | undefined => {
  if (endpoint.payload === undefined || !Object.hasOwn(endpoint.payload.fields, "model")) return undefined
  return text(property(request, "model"))
}

/** A value, if there is one. */
type Value = Attributes[string] | undefined

const text = (u: unknown): string | undefined => typeof u === "string" && u !== "" ? u : undefined
const number = (u: unknown): number | undefined => typeof u === "number" && Number.isFinite(u) ? u : undefined
const list = (u: unknown): ReadonlyArray<unknown> => Array.isArray(u) ? u : []

const texts = (...lists: ReadonlyArray<unknown>): ReadonlyArray<string> | undefined => {
  const all = lists.flatMap(list).filter((item) => typeof item === "string")
  return all.length === 0 ? undefined : all
}

/** Without what is not there. */
export const present = (entries: ReadonlyArray<readonly [name: string, value: Value]>): Attributes => {
  const out: Record<string, NonNullable<Value>> = {}
  for (const [name, value] of entries) if (value !== undefined) out[name] = value
  return out
}

/** What samplers decide by: a span has it from its beginning. */
export const identity = (endpoint: Described, request: unknown): Attributes =>
  present([
    [names.operation, operationOf(endpoint)],
    [names.provider, "cohere"],
    [names.system, "cohere"],
    [names.requestModel, modelOf(endpoint, request)],
    [names.requestStream, endpoint.kind === "stream" ? true : undefined]
  ])

const outputType = (format: unknown): string | undefined => {
  const type = text(property(format, "type"))
  return type === "json_object" ? "json" : type
}

/** What a span says of a request beside its {@link identity}: settings, and nothing that is content. */
export const requestSettings = (endpoint: Described, request: unknown): Attributes => {
  const operation = operationOf(endpoint)
  const of = (name: string) => property(request, name)
  if (operation === "embeddings") {
    // Its `max_tokens` bounds the input, which is another thing than the convention's.
    return present([
      [names.encodingFormats, texts(of("embedding_types"))],
      [names.dimensions, number(of("output_dimension"))]
    ])
  }
  if (inference[endpoint.id] === undefined) return {}
  const choices = number(of("num_generations"))
  return present([
    [names.conversationId, text(of("conversation_id"))],
    [names.outputType, outputType(of("response_format"))],
    [names.maxTokens, number(of("max_tokens"))],
    [names.temperature, number(of("temperature"))],
    [names.topP, number(of("p"))],
    [names.topK, number(of("k"))],
    [names.stopSequences, texts(of("stop_sequences"), of("end_sequences"))],
    [names.seed, number(of("seed"))],
    [names.frequencyPenalty, number(of("frequency_penalty"))],
    [names.presencePenalty, number(of("presence_penalty"))],
    [names.choiceCount, choices === 1 ? undefined : choices]
  ])
}

const units = [
  "input_tokens",
  "output_tokens",
  "search_units",
  "classifications",
  "images",
  "image_tokens",
  "pages"
].map((unit) => [unit, `${names.billedUnits}.${unit}`] as const)

/** Where an answer says what was used: v2 chat under `usage`, all else under `meta`. */
const usageOf = (answer: unknown): unknown => property(answer, "usage") ?? property(answer, "meta")

/** The tokens that a call is billed for or, should the server not say so, has used. */
export const tokensOf = (
  answer: unknown
): { readonly input: number | undefined; readonly output: number | undefined } => {
  const usage = usageOf(answer)
  const billed = property(usage, "billed_units")
  const used = property(usage, "tokens")
  const count = (name: string) => number(property(billed, name)) ?? number(property(used, name))
  return { input: count("input_tokens"), output: count("output_tokens") }
}

/** What a span says of an answer. */
export const responseAttributes = (endpoint: Described, answer: unknown): Attributes => {
  const usage = usageOf(answer)
  const billed = property(usage, "billed_units")
  const tokens = property(usage, "tokens")
  const count = (name: string) => number(property(tokens, name)) ?? number(property(billed, name))
  // Elsewhere `id` names what was asked for: a dataset, a connector.
  const isInference = inference[endpoint.id] !== undefined
  const of = (name: string) => isInference ? text(property(answer, name)) : undefined
  const generations = list(property(answer, "generations")).map((one) => property(one, "finish_reason"))
  return present([
    [names.responseId, of("id") ?? of("generation_id") ?? of("response_id")],
    [names.responseModel, of("model")],
    [names.finishReasons, isInference ? texts([property(answer, "finish_reason")]) ?? texts(generations) : undefined],
    [names.inputTokens, count("input_tokens")],
    [names.outputTokens, count("output_tokens")],
    [names.cachedTokens, number(property(usage, "cached_tokens"))],
    [names.imageTokens, number(property(tokens, "image_tokens"))],
    [names.reasoningTokens, number(property(tokens, "reasoning_tokens"))],
    ...units.map(([unit, name]) => [name, number(property(billed, unit))] as const)
  ])
}

/** The answer that a stream tells, as far as {@link responseAttributes} needs it. */
export const noAnswer: object = {}

/** Adds an event to the answer so far. The first and the last say something; all others cost a comparison or two. */
export const addEvent = (answer: object, event: unknown): object => {
  switch (property(event, "type") ?? property(event, "event_type")) {
    case "message-start":
      return { ...answer, id: property(event, "id") }
    case "message-end": {
      const delta = property(event, "delta")
      const id = property(event, "id") ?? property(answer, "id")
      return { id, finish_reason: property(delta, "finish_reason"), usage: property(delta, "usage") }
    }
    case "stream-start":
      return { ...answer, generation_id: property(event, "generation_id") }
    case "stream-end": {
      const response = property(event, "response")
      const finished = { finish_reason: property(event, "finish_reason") ?? property(response, "finish_reason") }
      return typeof response === "object" ? { ...answer, ...response, ...finished } : { ...answer, ...finished }
    }
    case "stream-error":
      return { ...answer, finish_reason: property(event, "finish_reason") }
    default:
      return answer
  }
}

/** Host and port of an address, and no more of it. */
export const serverAttributes = (url: string | undefined): Attributes => {
  if (url === undefined || !URL.canParse(url)) return {}
  const { hostname, port, protocol } = new URL(url)
  return {
    [names.serverAddress]: hostname,
    [names.serverPort]: port === "" ? (protocol === "http:" ? 80 : 443) : Number(port)
  }
}
