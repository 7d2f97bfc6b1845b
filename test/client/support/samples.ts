/** Requests, answers and shorthands that the client tests share. */
import * as Chat from "@effect-cohere/core/Chat"
import type * as CohereClient from "@effect-cohere/core/CohereClient"
import type * as CohereError from "@effect-cohere/core/CohereError"
import * as Models from "@effect-cohere/core/Models"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as V2 from "@effect-cohere/core/V2"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as Transport from "../../support/transport.ts"

export const chatRequest: V2.ChatRequest = {
  model: "command-a-03-2025",
  messages: [Chat.user("Name a river in France.")]
}

export const chatAnswer = {
  id: "0f8d3f1e-5b2c-4f0e-9a53-1f1f7f0f6a11",
  finish_reason: "COMPLETE",
  message: { role: "assistant", content: [{ type: "text", text: "The Seine." }] },
  usage: {
    billed_units: { input_tokens: 6, output_tokens: 4 },
    tokens: { input_tokens: 210, output_tokens: 6 }
  }
}

export const embedRequest: V2.EmbedRequest = {
  model: "embed-v4.0",
  input_type: "search_document",
  texts: ["a river in France"]
}

export const embedAnswer = {
  id: "5d1f9c0a-77d2-4a5c-8a0b-8e1b0b2f6c33",
  response_type: "embeddings_by_type",
  embeddings: { float: [[0.25, -0.5, 0.125]] },
  texts: ["a river in France"],
  meta: { api_version: { version: "2" }, billed_units: { input_tokens: 5 } }
}

export const rerankRequest: V2.RerankRequest = {
  model: "rerank-v4.0-fast",
  query: "rivers of France",
  documents: ["Madrid lies on the Manzanares.", "Paris lies on the Seine."],
  top_n: 1
}

export const rerankAnswer = {
  id: "b1c6b6a2-2a0f-4d55-b2c4-0a5b9c0f7d44",
  results: [{ index: 1, relevance_score: 0.875 }],
  meta: { api_version: { version: "2" }, billed_units: { search_units: 1 } }
}

export const modelAnswer = {
  name: "command-a-03-2025",
  endpoints: ["generate", "chat", "summarize"],
  finetuned: false,
  context_length: 288000,
  tokenizer_url: "https://storage.example.com/tokenizers/command-a-03-2025.json",
  default_endpoints: []
}

/** Any call, for tables of them. */
export type Call = Effect.Effect<unknown, CohereError.CohereError, CohereClient.CohereClient>

export const chat = V2.chat(chatRequest)
export const embed = V2.embed(embedRequest)
export const rerank = V2.rerank(rerankRequest)
export const getModel = Models.get({ model: "command-a-03-2025" })

export const chatReply = Transport.json(chatAnswer)

/** Runs calls over a transport. */
export const over = (
  transport: Transport.Transport | Transport.Respond,
  options?: { readonly apiKey?: string; readonly baseUrl?: string }
) => Effect.provide(Layer.orDie(Transport.client(transport, options)))

/** The error that one attempt at a call ends with, when the server answers so. */
export const errorOf = <A, E>(
  call: Effect.Effect<A, E, CohereClient.CohereClient>,
  reply: Transport.Reply | Transport.Failure
): Effect.Effect<E, A> => call.pipe(RetryPolicy.with(RetryPolicy.none), over(() => reply), Effect.flip)

/** How a call ends when virtual time passes: long enough for default retries, too short for default deadlines. */
export const settle = <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<Exit.Exit<A, E>, never, R> =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(call)
    yield* TestClock.adjust("4 minutes")
    return yield* Fiber.await(fiber)
  })

/** The error that a call ends with when virtual time passes. */
export const settledError = <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<E, A, R> =>
  Effect.flip(Effect.flatten(settle(call)))

/** How many milliseconds each request after the first came after the one before. */
export const delays = (requests: ReadonlyArray<Transport.Exchange>): ReadonlyArray<number> =>
  requests.slice(1).map((request, index) => request.at - (requests[index]?.at ?? 0))
