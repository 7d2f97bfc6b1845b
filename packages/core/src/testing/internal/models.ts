/** The models that the emulator has, and the operations on them. */
import * as Either from "effect/Either"
import type * as Models from "../../Models.ts"
import * as Pages from "./pages.ts"
import { invalid, type Rejection, unless } from "./rejection.ts"

const chat = (name: string, contextLength: number, ...features: ReadonlyArray<string>): Models.Model => ({
  name,
  endpoints: ["chat"],
  finetuned: false,
  context_length: contextLength,
  tokenizer_url: `https://storage.googleapis.com/cohere-public/tokenizers/${name}.json`,
  features: ["json_mode", "json_schema", "strict_tools", "safety_modes", "tools", ...features],
  default_endpoints: name === "command-a-03-2025" ? ["chat"] : [],
  supports_vision: features.includes("vision")
})

const embed = (name: string, contextLength: number): Models.Model => ({
  name,
  endpoints: ["embed", "embed_image"],
  finetuned: false,
  context_length: contextLength,
  tokenizer_url: null,
  features: null,
  default_endpoints: name === "embed-v4.0" ? ["embed"] : [],
  supports_vision: true
})

const rerank = (name: string, contextLength: number): Models.Model => ({
  name,
  endpoints: ["rerank"],
  finetuned: false,
  context_length: contextLength,
  tokenizer_url: null,
  features: null,
  default_endpoints: name === "rerank-v4.0-fast" ? ["rerank"] : [],
  supports_vision: false
})

/** Cohere's current models. */
export const defaults: ReadonlyArray<Models.Model> = [
  chat("command-a-plus-05-2026", 128_000, "vision", "reasoning"),
  chat("command-a-03-2025", 288_000, "logprobs"),
  chat("command-a-reasoning-08-2025", 288_768, "reasoning"),
  chat("command-a-vision-07-2025", 128_000, "vision"),
  chat("command-r-plus-08-2024", 128_000, "logprobs"),
  chat("command-r7b-12-2024", 132_000, "logprobs"),
  embed("embed-v4.0", 128_000),
  embed("embed-english-v3.0", 512),
  embed("embed-english-light-v3.0", 512),
  embed("embed-multilingual-v3.0", 512),
  rerank("rerank-v4.0-pro", 32_768),
  rerank("rerank-v4.0-fast", 32_768),
  rerank("rerank-v3.5", 4_096)
]

const removed = new Set(["command", "command-light", "command-r", "command-r-plus"])

const missing = (name: string): Rejection => ({
  status: 404,
  message: removed.has(name)
    ? `model '${name}' was removed on September 15, 2025. See https://docs.cohere.com/docs/models#command for a list ` +
      "of models you can use instead."
    : `model '${name}' not found, make sure the correct model ID was used and that you have access to the model.`
})

/** The model with this name. */
export const get = (models: ReadonlyArray<Models.Model>, name: string): Either.Either<Models.Model, Rejection> =>
  Either.fromNullable(models.find((model) => model.name === name), () => missing(name))

/** The model with this name, if it serves this endpoint. */
export const serving = (
  models: ReadonlyArray<Models.Model>,
  name: string,
  endpoint: Models.CompatibleEndpoint
): Either.Either<Models.Model, Rejection> =>
  Either.filterOrLeft(
    get(models, name),
    (model) => model.endpoints?.includes(endpoint) ?? false,
    () => invalid(`model '${name}' is not supported by the ${endpoint} API`)
  )

function* problems(request: Models.ListModelsRequest): Iterable<Rejection> {
  const size = request.page_size ?? 20
  if (size < 1 || size > 1_000) yield invalid(`page_size must be between 1 and 1000 - received ${size}`)
  if (request.default_only === true && request.endpoint === undefined) {
    yield invalid("default_only can only be used together with endpoint")
  }
}

/** The model that serves an endpoint when a request names none. */
export const orDefault = (
  models: ReadonlyArray<Models.Model>,
  name: string | undefined,
  endpoint: Models.CompatibleEndpoint
): Either.Either<Models.Model, Rejection> =>
  name !== undefined ? serving(models, name, endpoint) : Either.fromNullable(
    models.find((model) => model.default_endpoints?.includes(endpoint)),
    () => ({ status: 400, message: "a model parameter is required for this endpoint." })
  )

/** A page of models. */
export const list = (
  models: ReadonlyArray<Models.Model>,
  request: Models.ListModelsRequest
): Either.Either<Models.ListModelsResponse, Rejection> =>
  unless(problems(request), () => {
    const endpoint = request.endpoint
    return models.filter((model) =>
      endpoint === undefined ||
      ((request.default_only === true ? model.default_endpoints : model.endpoints)?.includes(endpoint) ?? false)
    )
  }).pipe(
    Either.flatMap((fitting) => Pages.byToken(fitting, request.page_token, request.page_size ?? 20)),
    Either.map(({ items, next }) => ({ models: items, ...next }))
  )
