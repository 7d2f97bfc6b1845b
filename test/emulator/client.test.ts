import * as ApiKey from "@effect-cohere/core/ApiKey"
import * as Chat from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as Models from "@effect-cohere/core/Models"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { model, reasoningModel } from "./api.ts"

const client = (options?: Emulator.Options) =>
  CohereClient.layer.pipe(
    Layer.provide(Deployment.layerPlatform),
    Layer.provide(Credentials.layer("test-key")),
    Layer.provide(Emulator.layer(options))
  )

const tools: ReadonlyArray<Chat.Tool> = [{
  type: "function",
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
  }
}]

const requests: Readonly<Record<string, V2.ChatRequest>> = {
  "a reply": { model, messages: [Chat.user("Hello! 👋🏽")] },
  "an answer with citations": { model, messages: [Chat.user("Where is Oslo?")], documents: ["Oslo is in Norway."] },
  "fast citations": {
    model,
    messages: [Chat.user("Where is Oslo?")],
    documents: ["Oslo is in Norway.", "Where it rains, there is Oslo."],
    citation_options: { mode: "FAST" }
  },
  "a tool call": { model, messages: [Chat.user("The weather in Oslo?")], tools },
  "thoughts and citations": {
    model: reasoningModel,
    messages: [Chat.user("Where is Oslo?")],
    documents: ["Oslo is here."]
  },
  "thoughts and a tool call": { model: reasoningModel, messages: [Chat.user("The weather in Oslo?")], tools },
  "log probabilities": { model, messages: [Chat.user("Hello!")], logprobs: true },
  "a cut": { model: reasoningModel, messages: [Chat.user("Hello!")], max_tokens: 2 }
}

describe("the client of this SDK on the emulator", () => {
  for (const [name, request] of Object.entries(requests)) {
    it.effect(`streams what it answers at once: ${name}`, () =>
      Effect.gen(function*() {
        const whole = yield* V2.chat(request)
        assert.deepStrictEqual(yield* ChatStream.collect(V2.chatStream(request)), whole)
      }).pipe(Effect.provide(client())))
  }

  it.effect("gets typed errors for what the emulator refuses", () =>
    Effect.gen(function*() {
      const messages = [Chat.user("word ".repeat(300_000))]
      const tooLong = yield* Effect.flip(V2.chat({ model, messages }))
      assert.strictEqual(tooLong._tag, "TooManyTokens")
      assert.strictEqual(tooLong._tag === "TooManyTokens" && tooLong.limit, 288_000)
      assert.strictEqual((yield* Effect.flip(Models.get({ model: "nope" })))._tag, "NotFound")
      assert.strictEqual(
        (yield* Effect.flip(V2.rerank({ model: "rerank-v3.5", query: " ", documents: ["a"] })))._tag,
        "InvalidRequest"
      )
    }).pipe(Effect.provide(client())))

  it.effect("is refused with a key that does not work", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* Effect.flip(ApiKey.check))._tag, "Unauthorized")
    }).pipe(Effect.provide(client({ apiKeys: ["other"] }))))

  it.effect("lists models page by page", () =>
    Effect.gen(function*() {
      const names = yield* Stream.runCollect(Models.listAll({ page_size: 2 }))
      assert.isAbove(names.length, 8)
    }).pipe(Effect.provide(client())))

  it.effect("may leave a stream early", () =>
    Effect.gen(function*() {
      const pieces = yield* V2.chatStream({ model, messages: [Chat.user("Hello!")] }).pipe(
        ChatStream.text,
        Stream.take(2),
        Stream.runCollect
      )
      assert.deepStrictEqual([...pieces], ["You", " said"])
    }).pipe(Effect.provide(client())))
})
