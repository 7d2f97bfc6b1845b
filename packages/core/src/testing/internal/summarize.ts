/** Summarize: the first sentences. Only for models that a test brings along: Cohere has removed its own. */
import * as Either from "effect/Either"
import type * as ModelsApi from "../../Models.ts"
import type { SummarizeRequest, SummarizeResponse } from "../../V1.ts"
import type { HandlersOf } from "./handler.ts"
import { uuid } from "./hash.ts"
import * as Models from "./models.ts"
import { invalid, type Rejection, unless } from "./rejection.ts"
import * as Tokens from "./tokens.ts"
import { sentences } from "./words.ts"

const shortest = 250

const lengths = { short: 1, medium: 3, long: 5, auto: 3 }

const isOneOf = (value: unknown, values: ReadonlyArray<string>) =>
  value === undefined || values.some((one) => one === value)

/** What the server refuses before it looks closer. */
export function* preflight(body: Readonly<Record<string, unknown>>): Iterable<Rejection> {
  const text = body["text"]
  if (text === undefined || text === "") yield invalid("required 'text' param is missing or empty.")
  if (typeof text === "string" && [...text].length < shortest) {
    yield invalid(`text must be longer than ${shortest} characters`)
  }
  if (!isOneOf(body["length"], Object.keys(lengths))) {
    yield invalid("length must be one of 'short', 'medium', or 'long'.")
  }
  if (!isOneOf(body["format"], ["paragraph", "bullets", "auto"])) {
    yield invalid("format must be one of 'paragraph', or 'bullets'.")
  }
}

function* problems({ temperature, text }: SummarizeRequest, model: ModelsApi.Model): Iterable<Rejection> {
  if (temperature !== undefined && (temperature < 0 || temperature > 5)) {
    yield invalid("temperature must be between 0 and 5.0 inclusive.")
  }
  const [tokens, limit] = [Tokens.count(text), model.context_length ?? Infinity]
  if (tokens > limit) yield Tokens.tooMany(tokens, limit)
}

const respond = (request: SummarizeRequest): SummarizeResponse => {
  const chosen = sentences(request.text).slice(0, lengths[request.length ?? "medium"])
  const summary = request.format === "bullets" ? chosen.map((one) => `- ${one}`).join("\n") : chosen.join(" ")
  return {
    id: uuid(JSON.stringify(request)),
    summary,
    meta: {
      api_version: { version: "1" },
      billed_units: { input_tokens: Tokens.count(request.text), output_tokens: Tokens.count(summary) }
    }
  }
}

/** The function behind the operation. */
export const make = (models: ReadonlyArray<ModelsApi.Model>): HandlersOf<"v1.summarize"> => ({
  "v1.summarize": (request) =>
    Either.flatMap(
      Models.serving(models, request.model ?? "command", "summarize"),
      (model) => unless(problems(request, model), () => respond(request))
    )
})
