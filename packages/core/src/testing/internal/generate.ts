/** Generate: continuations that continue nothing. Only for models that a test brings along: Cohere has removed its own. */
import * as Either from "effect/Either"
import type * as ModelsApi from "../../Models.ts"
import type { GenerateRequest, GenerateStreamEvent, Generation, SingleGeneration } from "../../V1.ts"
import type { HandlersOf } from "./handler.ts"
import { hash, uuid } from "./hash.ts"
import * as Models from "./models.ts"
import { invalid, type Rejection, unless } from "./rejection.ts"
import * as Tokens from "./tokens.ts"
import { gist } from "./words.ts"

const outside = (x: number | undefined, low: number, high: number) => x !== undefined && (x < low || x > high)

function* problems(request: GenerateRequest, model: ModelsApi.Model): Iterable<Rejection> {
  const { frequency_penalty: frequency = 0, presence_penalty: presence = 0, prompt } = request
  const promptTokens = Tokens.count(prompt)
  if (prompt === "" && request.preset === undefined) yield invalid("prompt must be at least 1 token long.")
  if (outside(request.num_generations, 1, 5)) yield invalid("num_generations must be between 1 and 5 inclusive.")
  if (outside(request.temperature, 0, 5)) yield invalid("temperature must be between 0 and 5.0 inclusive.")
  if (outside(request.k, 0, 500)) yield invalid("k must be between 0 and 500 inclusive.")
  if (outside(request.p, 0.01, 0.99)) yield invalid("p must be between 0.01 and 0.99 inclusive.")
  if (outside(presence, 0, 1)) yield invalid("presence_penalty must be between 0 and 1 inclusive.")
  if (frequency !== 0 && presence !== 0) yield invalid("cannot specify both frequency_penalty and presence_penalty.")
  if (outside(request.max_tokens, 0, Infinity)) yield invalid("max_tokens must not be negative.")
  if (request.max_tokens === 0 && !(request.return_likelihoods === "ALL" && promptTokens > 1)) {
    yield invalid(
      "max_tokens can only be 0 if return_likelihoods is set to 'ALL' and prompt is longer than 1 token."
    )
  }
  const limit = model.context_length ?? Infinity
  if (request.truncate === "NONE" && promptTokens > limit) yield Tokens.tooMany(promptTokens, limit)
}

/** Ends a text before an end sequence or behind a stop sequence, whichever comes first. */
const stop = (text: string, { end_sequences = [], stop_sequences = [] }: GenerateRequest): string => {
  const ends = [
    ...end_sequences.map((sequence) => [text.indexOf(sequence), 0, sequence] as const),
    ...stop_sequences.map((sequence) => [text.indexOf(sequence), sequence.length, sequence] as const)
  ].filter(([at, , sequence]) => at >= 0 && sequence !== "").map(([at, length]) => at + length)
  return text.slice(0, Math.min(text.length, ...ends))
}

const likelihoodOf = (token: string): number => -(hash(token, 1) % 2_000) / 1_000

const likelihoods = (request: GenerateRequest, text: string): Partial<SingleGeneration> => {
  if (request.return_likelihoods === undefined || request.return_likelihoods === "NONE") return {}
  const prompt = request.return_likelihoods === "ALL" ? Tokens.tokenize(request.prompt) : []
  const token_likelihoods = [...prompt, ...Tokens.tokenize(text)].map((token, index) =>
    // Before the first token of all there is nothing that it could follow.
    prompt.length > 0 && index === 0 ? { token } : { token, likelihood: likelihoodOf(token) }
  )
  const known = token_likelihoods.flatMap((one) => "likelihood" in one ? [one.likelihood] : [])
  return { likelihood: known.reduce((sum, x) => sum + x, 0) / Math.max(1, known.length), token_likelihoods }
}

const single = (request: GenerateRequest, prompt: string, index: number): SingleGeneration => {
  const whole = ` … and so on, says the emulator of Cohere's API. This is continuation ${index + 1} of “${
    gist(prompt)
  }”.`
  const stopped = stop(whole, request)
  const text = Tokens.first(stopped, request.max_tokens ?? Infinity)
  return {
    id: uuid(`${index} ${JSON.stringify(request)}`),
    text,
    ...((request.num_generations ?? 1) > 1 ? { index } : {}),
    finish_reason: text.length < stopped.length
      ? "MAX_TOKENS"
      : stopped.length < whole.length
      ? "STOP_SEQUENCE"
      : "COMPLETE",
    ...likelihoods(request, text)
  }
}

const respond = (request: GenerateRequest, model: ModelsApi.Model): Generation => {
  const cut = request.truncate === "START" ? Tokens.last : Tokens.first
  const prompt = cut(request.prompt, model.context_length ?? Infinity)
  const generations = Array.from({ length: request.num_generations ?? 1 }, (_, index) => single(request, prompt, index))
  return {
    id: uuid(JSON.stringify(request)),
    prompt: request.prompt,
    generations,
    meta: {
      api_version: { version: "1" },
      billed_units: {
        input_tokens: Tokens.count(prompt),
        output_tokens: generations.reduce((n, { text }) => n + Tokens.count(text), 0)
      }
    }
  }
}

/** The events that a server streams for this response: all continuations at once, then everything. */
function* eventsOf(response: Generation): Iterable<GenerateStreamEvent> {
  const all = response.generations.map(({ index, text }) => ({
    pieces: Tokens.tokenize(text),
    which: index == null ? {} : { index }
  }))
  for (let i = 0; all.some(({ pieces }) => i < pieces.length); i++) {
    for (const { pieces, which } of all) {
      const text = pieces[i]
      if (text !== undefined) yield { event_type: "text-generation", text, ...which, is_finished: false }
    }
  }
  yield {
    event_type: "stream-end",
    is_finished: true,
    finish_reason: response.generations[0]?.finish_reason,
    response
  }
}

/** The functions behind both operations. */
export const make = (models: ReadonlyArray<ModelsApi.Model>): HandlersOf<"v1.generate" | "v1.generateStream"> => {
  const generate = (request: GenerateRequest): Either.Either<Generation, Rejection> =>
    Either.flatMap(
      Models.serving(models, request.model ?? "command", "generate"),
      (model) => unless(problems(request, model), () => respond(request, model))
    )
  return {
    "v1.generate": generate,
    "v1.generateStream": (request) => Either.map(generate(request), eventsOf)
  }
}
