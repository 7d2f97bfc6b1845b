/** What spans and metrics say of a call: names and values by OpenTelemetry's conventions, as pure functions. */
import type { Base } from "../Endpoint.ts"
import { property } from "./json.ts"
import * as Names from "./names.ts"

/** What a span says, by name. */
export type Attributes = Readonly<Record<string, string | number | boolean | ReadonlyArray<string | number>>>

/** What is known of an operation. */
export type Described = Pick<Base<string, never, never>, "id" | "inference" | "payload"> & {
  readonly kind: "unary" | "stream"
}

/** The name of an operation: the conventions', or else the id. */
export const operationOf = ({ id, inference }: Pick<Described, "id" | "inference">): string => inference ?? id

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
    [Names.operation, operationOf(endpoint)],
    [Names.provider, "cohere"],
    [Names.system, "cohere"],
    [Names.requestModel, modelOf(endpoint, request)],
    [Names.requestStream, endpoint.kind === "stream" ? true : undefined]
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
      [Names.encodingFormats, texts(of("embedding_types"))],
      [Names.dimensions, number(of("output_dimension"))]
    ])
  }
  if (endpoint.inference === undefined) return {}
  const choices = number(of("num_generations"))
  return present([
    [Names.conversationId, text(of("conversation_id"))],
    [Names.outputType, outputType(of("response_format"))],
    [Names.maxTokens, number(of("max_tokens"))],
    [Names.temperature, number(of("temperature"))],
    [Names.topP, number(of("p"))],
    [Names.topK, number(of("k"))],
    [Names.stopSequences, texts(of("stop_sequences"), of("end_sequences"))],
    [Names.seed, number(of("seed"))],
    [Names.frequencyPenalty, number(of("frequency_penalty"))],
    [Names.presencePenalty, number(of("presence_penalty"))],
    [Names.choiceCount, choices === 1 ? undefined : choices]
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
].map((unit) => [unit, `${Names.billedUnits}.${unit}`] as const)

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
  const isInference = endpoint.inference !== undefined
  const of = (name: string) => isInference ? text(property(answer, name)) : undefined
  const generations = list(property(answer, "generations")).map((one) => property(one, "finish_reason"))
  return present([
    [Names.responseId, of("id") ?? of("generation_id") ?? of("response_id")],
    [Names.responseModel, of("model")],
    [Names.finishReasons, isInference ? texts([property(answer, "finish_reason")]) ?? texts(generations) : undefined],
    [Names.inputTokens, count("input_tokens")],
    [Names.outputTokens, count("output_tokens")],
    [Names.cachedTokens, number(property(usage, "cached_tokens"))],
    [Names.imageTokens, number(property(tokens, "image_tokens"))],
    [Names.reasoningTokens, number(property(tokens, "reasoning_tokens"))],
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
    [Names.serverAddress]: hostname,
    [Names.serverPort]: port === "" ? (protocol === "http:" ? 80 : 443) : Number(port)
  }
}
