/** effect-cohere as its docs write it, on any layer of the client. */
import * as Chat from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import type * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Embeddings from "@effect-cohere/core/Embeddings"
import * as V2 from "@effect-cohere/core/V2"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Stream from "effect/Stream"
import type { EmbeddingType } from "../answers.ts"
import { type ClientModule, follow, type Many, type StreamSeen } from "../operations.ts"
import { bulkTexts, chatModel, documents, embedModel, embedRequest, query, question, rerankModel } from "../requests.ts"
import type { Workload } from "../workloads.ts"
import { floats } from "./floats.ts"

type Call<A> = (job: Workload) => Effect.Effect<A, unknown, CohereClient.CohereClient>

const chatRequest: V2.ChatRequest = { model: chatModel, messages: [Chat.user(question)] }

const chat = Effect.map(V2.chat(chatRequest), ({ message }) => Chat.text(message))

/** Reads a stream of events, or what was made of it. */
const read =
  <A>(stream: Stream.Stream<A, unknown, CohereClient.CohereClient>, textOf: (a: A) => string | undefined) =>
  (job: Workload): Effect.Effect<StreamSeen, unknown, CohereClient.CohereClient> =>
    Effect.suspend(() => {
      const { piece, seen } = follow(job)
      return (job.take === undefined ? stream : Stream.take(stream, job.take)).pipe(
        Stream.runForEach((a) =>
          Effect.sync(() => {
            const text = textOf(a)
            if (text !== undefined) piece(text)
          })
        ),
        Effect.map(seen)
      )
    })

const events = read(
  V2.chatStream(chatRequest),
  (event) => event.type === "content-delta" ? event.delta?.message?.content?.text ?? undefined : undefined
)

const text = read(ChatStream.text(V2.chatStream(chatRequest)), (text) => text)

const embed = (type: EmbeddingType, job: Workload) =>
  Effect.map(V2.embed(embedRequest(type, job)), ({ embeddings }) => embeddings)

const bulk: Call<ReadonlyArray<Float32Array>> = (job) =>
  Effect.map(
    Embeddings.all({
      model: embedModel,
      input_type: "search_document",
      output_dimension: job.dimension,
      inputs: bulkTexts(job),
      concurrency: job.concurrency
    }),
    ({ embeddings }) => embeddings.float
  )

const rerank = Effect.map(
  V2.rerank({ model: rerankModel, query, documents }),
  ({ results }) => results.map(({ index, relevance_score }) => ({ index, score: relevance_score }))
)

export const connectWith =
  (layer: (base: string) => Layer.Layer<CohereClient.CohereClient, unknown>): ClientModule["connect"] =>
  async (
    base
  ) => {
    const runtime = ManagedRuntime.make(layer(base))
    await runtime.runtime()
    const many = <A>(call: Call<A>): Many<A> => (job, see) =>
      runtime.runPromise(Effect.forEach(
        Array.from({ length: job.count }),
        () =>
          Effect.suspend(() => {
            const started = performance.now()
            return Effect.map(call(job), (answer) => see(answer, performance.now() - started))
          }),
        { concurrency: job.concurrency, discard: true }
      ))
    return {
      chat: many(() => chat),
      events: many(events),
      text: many(text),
      embedFloat: many((job) => Effect.map(embed("float", job), ({ float }) => float ?? [])),
      embedInt8: many((job) => Effect.map(embed("int8", job), ({ int8 }) => int8 ?? [])),
      embedBase64: many((job) => Effect.map(embed("base64", job), ({ base64 }) => (base64 ?? []).map(floats))),
      rerank: many(() => rerank),
      bulk: many(bulk),
      bulkBase64: many(bulk)
    }
  }
