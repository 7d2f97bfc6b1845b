import * as Chat from "@effect-cohere/core/Chat"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Models from "@effect-cohere/core/Models"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Transport from "../support/transport.ts"
import { chatAnswer, chatReply, chatRequest, over, rerankAnswer } from "./support/samples.ts"

describe("bind", () => {
  it.effect("gives a function whose Effects need no client any more", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => chatReply)
      const chat = yield* CohereClient.bind(V2.chat).pipe(over(transport))
      const answer: V2.ChatResponse = yield* chat(chatRequest)
      assert.deepStrictEqual<unknown>(answer, chatAnswer)
      assert.lengthOf(transport.requests, 1)
    }))

  it.effect("gives a function whose Streams need no client any more", () =>
    Effect.gen(function*() {
      const listAll = yield* CohereClient.bind(Models.listAll).pipe(
        over(() => Transport.json({ models: [{ name: "a" }, { name: "b" }] }))
      )
      const models = yield* Stream.runCollect(listAll({}))
      assert.deepStrictEqual(Chunk.toReadonlyArray(models).map((model) => model.name), ["a", "b"])
    }))

  it.effect("keeps the client at hand when there is another one around the call", () =>
    Effect.gen(function*() {
      const bound = Transport.make(() => chatReply)
      const other = Transport.make(() => chatReply)
      const chat = yield* CohereClient.bind(V2.chat).pipe(over(bound))
      yield* chat(chatRequest).pipe(over(other))
      assert.lengthOf(bound.requests, 1)
      assert.lengthOf(other.requests, 0)
    }))

  it.effect("leaves the settings of each call to the call", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 500 }))
      const chat = yield* CohereClient.bind(V2.chat).pipe(over(transport))
      yield* Effect.flip(chat(chatRequest).pipe(RetryPolicy.with(RetryPolicy.none)))
      assert.lengthOf(transport.requests, 1)
    }))

  it.effect("binds functions of one's own with several arguments and other requirements", () =>
    Effect.gen(function*() {
      const ask = (question: string, times: number) =>
        Effect.gen(function*() {
          const answers: Array<string> = []
          for (let n = 0; n < times; n++) {
            const { message } = yield* V2.chat({ model: "m", messages: [Chat.user(question)] })
            answers.push(Chat.text(message))
          }
          return answers
        })
      const bound = yield* CohereClient.bind(ask).pipe(over(() => chatReply))
      assert.deepStrictEqual(yield* bound("Which river?", 2), ["The Seine.", "The Seine."])
    }))

  it.effect("makes services that need the client only to be built", () =>
    Effect.gen(function*() {
      class Search extends Effect.Service<Search>()("Search", {
        effect: Effect.map(CohereClient.bind(V2.rerank), (rerank) => ({
          best: (query: string, documents: ReadonlyArray<string>) =>
            Effect.map(rerank({ model: "rerank-v4.0-fast", query, documents, top_n: 1 }), ({ results }) =>
              results[0]?.index)
        }))
      }) {}
      const best = yield* Effect.flatMap(Search, (search) =>
        search.best("rivers", ["a", "b"])).pipe(
          Effect.provide(Search.Default.pipe(
            Layer.provide(Layer.orDie(Transport.client(() => Transport.json(rerankAnswer))))
          ))
        )
      assert.strictEqual(best, 1)
    }))
})
