/** What every client does, whatever is under it. */
import * as ApiKey from "@effect-cohere/core/ApiKey"
import * as Chat from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as CohereError from "@effect-cohere/core/CohereError"
import * as Embeddings from "@effect-cohere/core/Embeddings"
import * as Models from "@effect-cohere/core/Models"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, layer } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { TestContext } from "vitest"
import { model, requests, rivers, weather } from "./requests.ts"
import { resources } from "./resources.ts"
import { type Ability, key, type Runtime } from "./runtimes.ts"

const png =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="

const textOf = (response: V2.ChatResponse): string => Chat.text(response.message)

const citationsOf = (response: V2.ChatResponse) => response.message.citations ?? []

/** The text of the block that a citation is about. */
const citedBlock = (response: V2.ChatResponse, citation: Chat.Citation): string => {
  const block = response.message.content?.[citation.content_index ?? 0]
  return block?.type === "text" ? block.text : ""
}

const cosine = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number =>
  a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0) / Math.hypot(...a) / Math.hypot(...b)

/** The numbers in the bytes of a base64 embedding. */
const floats = (base64: string): ReadonlyArray<number> => {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  return [...new Float32Array(bytes.buffer)]
}

const long = (words: number): string => Array.from({ length: words }, (_, i) => `w${i % 10}`).join(" ")

/** A text of thousands of tokens, and so a stream of thousands of events. */
const endless: V2.ChatRequest = {
  model,
  messages: [Chat.user("What does the river say?")],
  documents: Array.from({ length: 4 }, (_, i) => `The river says ${i} ${"blah ".repeat(2_000)}.`)
}

/** All cases, against one client. */
export const suite = (runtime: Runtime): void => {
  /** Leaves a case out where the runtime says that it cannot do it; the report shows why. */
  const needs = (ability: Ability, context: TestContext): void => {
    const reason = runtime.cannot[ability]
    if (reason !== undefined) context.skip(reason)
  }

  describe(runtime.name, () => {
    layer(runtime.layer, { excludeTestServices: true, timeout: "20 seconds" })((it) => {
      resources(it, runtime, needs)

      // ---------------------------------------------------------------------------------------------------------------
      // Chat
      // ---------------------------------------------------------------------------------------------------------------

      it.effect("chat answers, and says why the answer ends and what it costs", () =>
        Effect.gen(function*() {
          const response = yield* V2.chat(requests["a question"])
          assert.include(textOf(response), "river in France")
          assert.strictEqual(response.finish_reason, "COMPLETE")
          assert.notStrictEqual(response.id, "")
          assert.isAbove(response.usage?.tokens?.output_tokens ?? 0, 0)
          assert.isAbove(response.usage?.billed_units?.input_tokens ?? 0, 0)
        }))

      it.effect("chat answers the same request in the same way, and another one differently", () =>
        Effect.gen(function*() {
          const once = yield* V2.chat(requests["a question"])
          assert.deepStrictEqual(yield* V2.chat(requests["a question"]), once)
          assert.notStrictEqual((yield* V2.chat(requests["a conversation"])).id, once.id)
        }))

      it.effect("chat stops at max_tokens and at stop sequences", () =>
        Effect.gen(function*() {
          const limited = yield* V2.chat(requests["a limited answer"])
          assert.strictEqual(limited.finish_reason, "MAX_TOKENS")
          assert.strictEqual(limited.usage?.tokens?.output_tokens, 5)
          const stopped = yield* V2.chat(requests["an answer with a stop sequence"])
          assert.strictEqual(stopped.finish_reason, "STOP_SEQUENCE")
          assert.notInclude(textOf(stopped), "emulator")
        }))

      it.effect("chat carries text beyond ASCII there and back", () =>
        Effect.gen(function*() {
          const text = textOf(yield* V2.chat(requests["text beyond ASCII"]))
          for (const part of ["Grüße aus Łódź –", "日本語 и 🚣‍♀️", "\"quoted\" \\ end"]) assert.include(text, part)
        }))

      it.effect("chat gives log probabilities that spell the text", () =>
        Effect.gen(function*() {
          const response = yield* V2.chat(requests["log probabilities"])
          assert.strictEqual(response.logprobs?.map((item) => item.text).join(""), textOf(response))
        }))

      it.effect("chat answers a conversation that contains its own answers as they came", () =>
        Effect.gen(function*() {
          const first = yield* V2.chat(requests["a question"])
          const second = yield* V2.chat({
            model,
            messages: [...requests["a question"].messages, first.message, Chat.user("And in Spain?")]
          })
          assert.include(textOf(second), "And in Spain?")
        }))

      it.effect("chat answers from documents, and cites them: each citation is the slice that it names", () =>
        Effect.gen(function*() {
          for (const name of ["accurate citations", "fast citations", "documents that are plain texts"] as const) {
            const response = yield* V2.chat(requests[name])
            assert.isNotEmpty(citationsOf(response), name)
            for (const citation of citationsOf(response)) {
              assert.strictEqual(
                citedBlock(response, citation).slice(citation.start ?? -1, citation.end ?? -1),
                citation.text
              )
              assert.isNotEmpty(citation.sources)
            }
          }
          const [citation] = citationsOf(yield* V2.chat(requests["accurate citations"]))
          assert.strictEqual(citation?.text, "Paris lies on the river Seine")
          assert.deepStrictEqual(citation?.sources, [
            { type: "document", id: "paris", document: { id: "paris", ...Object(rivers[0]?.data) } }
          ])
          const [plain] = citationsOf(yield* V2.chat(requests["documents that are plain texts"]))
          assert.deepStrictEqual(plain?.sources?.map((source) => source["id"]), ["doc:0"])
        }))

      it.effect("chat cites nothing when it shall not", () =>
        Effect.gen(function*() {
          const response = yield* V2.chat(requests["no citations"])
          assert.include(textOf(response), "Seine")
          assert.isUndefined(response.message.citations)
        }))

      it.effect("chat calls a tool, takes its result, and answers with citations of it", () =>
        Effect.gen(function*() {
          const request = requests["a tool call"]
          const asks = yield* V2.chat(request)
          assert.strictEqual(asks.finish_reason, "TOOL_CALL")
          assert.isNotEmpty(asks.message.tool_plan)
          const [call] = asks.message.tool_calls ?? []
          assert.strictEqual(call?.function?.name, "get_weather")
          assert.deepStrictEqual(JSON.parse(call?.function?.arguments ?? ""), { city: "Toronto" })

          const id = call?.id ?? ""
          const answer = yield* V2.chat({
            ...request,
            messages: [
              ...request.messages,
              asks.message,
              Chat.toolResult(id, [{ city: "Toronto", weather: "It is sunny in Toronto." }])
            ]
          })
          assert.strictEqual(answer.finish_reason, "COMPLETE")
          assert.include(textOf(answer), "sunny in Toronto")
          const [citation] = citationsOf(answer)
          assert.strictEqual(textOf(answer).slice(citation?.start ?? -1, citation?.end ?? -1), citation?.text)
          assert.deepStrictEqual(citation?.sources, [
            { type: "tool", id: `${id}:0`, tool_output: { city: "Toronto", weather: "It is sunny in Toronto." } }
          ])
        }))

      it.effect("chat calls a tool when it must, and none when it must not", () =>
        Effect.gen(function*() {
          const messages = [Chat.user("Hello!")]
          const must = yield* V2.chat({ model, messages, tools: [weather], tool_choice: "REQUIRED" })
          assert.strictEqual(must.finish_reason, "TOOL_CALL")
          const mustNot = yield* V2.chat({ ...requests["a tool call"], tool_choice: "NONE" })
          assert.strictEqual(mustNot.finish_reason, "COMPLETE")
        }))

      it.effect("chat answers in JSON of the schema that was asked for", () =>
        Effect.gen(function*() {
          const City = Schema.Struct({ city: Schema.String, population: Schema.Int, capital: Schema.Boolean })
          const city = yield* Schema.decode(Schema.parseJson(City))(textOf(yield* V2.chat(requests["JSON"])))
          assert.strictEqual(city.population, 2102650)
        }))

      it.effect("chat thinks before it answers, unless told not to", () =>
        Effect.gen(function*() {
          const thinks = yield* V2.chat(requests["thinking"])
          assert.deepStrictEqual(thinks.message.content?.map((block) => block.type), ["thinking", "text"])
          assert.isAbove(thinks.usage?.tokens?.reasoning_tokens ?? 0, 0)
          const doesNot = yield* V2.chat(requests["no thinking"])
          assert.deepStrictEqual(doesNot.message.content?.map((block) => block.type), ["text"])
        }))

      // ---------------------------------------------------------------------------------------------------------------
      // Streamed chat
      // ---------------------------------------------------------------------------------------------------------------

      for (const [name, request] of Object.entries(requests)) {
        it.effect(`chatStream adds up to the answer of chat: ${name}`, () =>
          Effect.gen(function*() {
            const [whole, collected] = yield* Effect.all([
              V2.chat(request),
              ChatStream.collect(V2.chatStream(request))
            ], { concurrency: 2 })
            assert.deepStrictEqual(collected, whole)
          }))
      }

      it.effect("chatStream begins with message-start, ends with message-end, and gives the text in pieces", () =>
        Effect.gen(function*() {
          const events = Chunk.toReadonlyArray(yield* Stream.runCollect(V2.chatStream(requests["a question"])))
          assert.strictEqual(events[0]?.type, "message-start")
          assert.strictEqual(events.at(-1)?.type, "message-end")
          assert.strictEqual(events.filter((event) => event.type === "message-end").length, 1)
          const pieces = yield* V2.chatStream(requests["a question"]).pipe(ChatStream.text, Stream.runCollect)
          assert.isAbove(pieces.length, 10)
          assert.strictEqual(Chunk.join(pieces, ""), textOf(yield* V2.chat(requests["a question"])))
        }))

      it.effect("chatStream gives thoughts, tool calls and citations as the whole answer has them", () =>
        Effect.gen(function*() {
          const thinking = V2.chatStream(requests["thinking"])
          const [block] = (yield* V2.chat(requests["thinking"])).message.content ?? []
          assert.strictEqual(
            Chunk.join(yield* thinking.pipe(ChatStream.thinking, Stream.runCollect), ""),
            block?.type === "thinking" ? block.thinking : "no thoughts"
          )
          const calls = yield* V2.chatStream(requests["a tool call"]).pipe(ChatStream.toolCalls, Stream.runCollect)
          assert.deepStrictEqual([...calls], (yield* V2.chat(requests["a tool call"])).message.tool_calls)
          for (const name of ["accurate citations", "fast citations"] as const) {
            const citations = yield* V2.chatStream(requests[name]).pipe(ChatStream.citations, Stream.runCollect)
            assert.deepStrictEqual([...citations], citationsOf(yield* V2.chat(requests[name])))
          }
        }))

      it.effect("chatStream cites between the pieces with FAST, and after them with ACCURATE", () =>
        Effect.gen(function*() {
          const order = (request: V2.ChatRequest) =>
            V2.chatStream(request).pipe(
              Stream.map((event) => event.type),
              Stream.filter((type) => type === "content-delta" || type === "citation-start"),
              Stream.changes,
              Stream.runCollect,
              Effect.map(Chunk.toReadonlyArray)
            )
          assert.deepStrictEqual(yield* order(requests["accurate citations"]), ["content-delta", "citation-start"])
          assert.isAbove((yield* order(requests["fast citations"])).length, 2)
        }))

      it.effect("chatStream opens anew each time it runs", () =>
        Effect.gen(function*() {
          const opened: Array<number> = []
          const stream = V2.chatStream(requests["a limited answer"]).pipe(
            CohereClient.onResponse((response) => Effect.sync(() => opened.push(response.status)))
          )
          const first = yield* Stream.runCollect(stream)
          assert.deepStrictEqual([...(yield* Stream.runCollect(stream))], [...first])
          assert.deepStrictEqual(opened, [200, 200])
        }))

      // ---------------------------------------------------------------------------------------------------------------
      // Embed
      // ---------------------------------------------------------------------------------------------------------------

      const texts = ["a river in France", "rivers of France", "how to bake bread"]
      const embedding = { model: "embed-v4.0", input_type: "search_document" } as const

      it.effect("embed gives one vector for each text, closer for closer texts", () =>
        Effect.gen(function*() {
          const response = yield* V2.embed({ ...embedding, texts })
          const [a = [], b = [], c = []] = response.embeddings.float ?? []
          assert.strictEqual(response.embeddings.float?.length, 3)
          assert.strictEqual(a.length, 1536)
          assert.isAbove(cosine(a, b), cosine(a, c))
          assert.deepStrictEqual(response.texts, texts)
          assert.deepStrictEqual(Object.keys(response.embeddings), ["float"])
        }))

      for (const dimension of [256, 512, 1024, 1536]) {
        it.effect(`embed gives ${dimension} dimensions in every form at once`, () =>
          Effect.gen(function*() {
            const types = ["float", "int8", "uint8", "binary", "ubinary", "base64"] as const
            const { embeddings } = yield* V2.embed({
              ...embedding,
              texts,
              embedding_types: types,
              output_dimension: dimension
            })
            assert.deepStrictEqual(Object.keys(embeddings).sort(), [...types].sort())
            const rows = <A>(matrix: ReadonlyArray<A> | null | undefined): ReadonlyArray<A> => {
              assert.strictEqual(matrix?.length, 3)
              return matrix ?? []
            }
            const all = (matrix: typeof embeddings.float, length: number, low: number, high: number) => {
              for (const row of rows(matrix)) {
                assert.strictEqual(row.length, length)
                assert.isTrue(row.every((x) => Number.isInteger(x) && x >= low && x <= high))
              }
            }
            all(embeddings.int8, dimension, -128, 127)
            all(embeddings.uint8, dimension, 0, 255)
            all(embeddings.binary, dimension / 8, -128, 127)
            all(embeddings.ubinary, dimension / 8, 0, 255)
            assert.isTrue(rows(embeddings.float).every((row) => row.length === dimension))
            // The bytes are those of the floats, exactly.
            assert.deepStrictEqual(rows(embeddings.base64).map(floats), rows(embeddings.float))
          }))
      }

      for (const type of ["float", "int8", "uint8", "binary", "ubinary", "base64"] as const) {
        it.effect(`embed gives ${type} alone where that is all that is wanted`, () =>
          Effect.gen(function*() {
            const { embeddings } = yield* V2.embed({ ...embedding, texts, embedding_types: [type] })
            assert.deepStrictEqual(Object.keys(embeddings), [type])
          }))
      }

      it.effect("embed takes images, mixed inputs, and 96 texts", () =>
        Effect.gen(function*() {
          const images = yield* V2.embed({ model: "embed-v4.0", input_type: "image", images: [png] })
          assert.strictEqual(images.embeddings.float?.length, 1)
          assert.strictEqual(images.images?.[0]?.width, 1)
          const inputs = yield* V2.embed({
            ...embedding,
            inputs: [{ content: [{ type: "text", text: "a dot" }, { type: "image_url", image_url: { url: png } }] }]
          })
          assert.strictEqual(inputs.embeddings.float?.length, 1)
          const many = yield* V2.embed({ ...embedding, texts: Array.from({ length: 96 }, (_, i) => `text ${i}`) })
          assert.strictEqual(many.embeddings.float?.length, 96)
        }))

      it.effect("Embeddings gives any number of texts the vectors that embed gives them, in order", () =>
        Effect.gen(function*() {
          const inputs = Array.from({ length: 200 }, (_, i) => `river ${i}`)
          const request = { ...embedding, inputs, embedding_types: ["float", "int8"], output_dimension: 256 } as const
          let calls = 0
          const all = yield* Embeddings.all(request).pipe(
            CohereClient.onResponse(() => Effect.sync(() => void calls++))
          )
          assert.strictEqual(calls, 3)
          assert.deepStrictEqual(all.values, inputs)
          const items = [...yield* Stream.runCollect(Embeddings.stream({ ...request, floats: "json", batchSize: 70 }))]
          assert.deepStrictEqual(items.map(({ embeddings }) => embeddings.float), all.embeddings.float)
          assert.deepStrictEqual(items.map(({ embeddings }) => embeddings.int8), all.embeddings.int8)
          for (const place of [0, 95, 96, 199]) {
            const { embeddings } = yield* V2.embed({
              ...embedding,
              texts: [inputs[place] ?? ""],
              embedding_types: ["float", "int8"],
              output_dimension: 256
            })
            assert.deepStrictEqual([...all.embeddings.float[place] ?? []], embeddings.float?.[0])
            assert.deepStrictEqual([...all.embeddings.int8[place] ?? []], embeddings.int8?.[0])
          }
          const error = yield* Effect.flip(Embeddings.all({ ...request, model: "embed-none" }))
          assert.strictEqual(error._tag, "NotFound")
        }))

      // ---------------------------------------------------------------------------------------------------------------
      // Rerank, models, key
      // ---------------------------------------------------------------------------------------------------------------

      it.effect("rerank orders documents, best first, and returns as many as wanted", () =>
        Effect.gen(function*() {
          const documents = ["How to bake bread.", "The Seine flows through Paris.", "Paris is a city."]
          const request = { model: "rerank-v4.0-fast", query: "Which river flows through Paris?", documents }
          const { results } = yield* V2.rerank(request)
          assert.strictEqual(results[0]?.index, 1)
          assert.deepStrictEqual(results.map((result) => result.index).sort(), [0, 1, 2])
          const scores = results.map((result) => result.relevance_score)
          assert.deepStrictEqual(scores, [...scores].sort((a, b) => b - a))
          assert.isTrue(scores.every((score) => score >= 0 && score <= 1))
          const best = yield* V2.rerank({ ...request, top_n: 1 })
          assert.deepStrictEqual(best.results, results.slice(0, 1))
        }))

      it.effect("models.get tells about a model", () =>
        Effect.gen(function*() {
          const found = yield* Models.get({ model })
          assert.strictEqual(found.name, model)
          assert.include(found.endpoints ?? [], "chat")
          assert.isAbove(found.context_length ?? 0, 0)
        }))

      it.effect("models.listAll gives what one large page of models.list has, over several pages", () =>
        Effect.gen(function*() {
          const whole = yield* Models.list({ page_size: 1000 })
          assert.notProperty(whole, "next_page_token")
          let pages = 0
          const all = yield* Models.listAll({ page_size: 3 }).pipe(
            CohereClient.onResponse(() => Effect.sync(() => void pages++)),
            Stream.runCollect
          )
          assert.deepStrictEqual([...all], whole.models)
          assert.strictEqual(pages, Math.ceil(whole.models.length / 3))
          assert.isAbove(pages, 3)
        }))

      it.effect("models.listAll fetches a page when its models are wanted", () =>
        Effect.gen(function*() {
          let pages = 0
          const some = yield* Models.listAll({ page_size: 3 }).pipe(
            CohereClient.onResponse(() => Effect.sync(() => void pages++)),
            Stream.take(4),
            Stream.runCollect
          )
          assert.strictEqual(some.length, 4)
          assert.strictEqual(pages, 2)
        }))

      it.effect("models.list chooses by endpoint", () =>
        Effect.gen(function*() {
          const { models } = yield* Models.list({ endpoint: "rerank" })
          assert.isNotEmpty(models)
          assert.isTrue(models.every((one) => one.endpoints?.includes("rerank")))
          const defaults = yield* Models.list({ endpoint: "embed", default_only: true })
          assert.deepStrictEqual(defaults.models.map((one) => one.name), ["embed-v4.0"])
        }))

      it.effect("apiKey.check says that the key works", () =>
        Effect.gen(function*() {
          assert.isTrue((yield* ApiKey.check).valid)
        }))

      // ---------------------------------------------------------------------------------------------------------------
      // Errors
      // ---------------------------------------------------------------------------------------------------------------

      const unknownModel = "no-such-model"

      it.effect("every operation fails with NotFound when there is no such model", () =>
        Effect.gen(function*() {
          const errors = yield* Effect.all([
            Effect.flip(V2.chat({ ...requests["a question"], model: unknownModel })),
            Effect.flip(Stream.runDrain(V2.chatStream({ ...requests["a question"], model: unknownModel }))),
            Effect.flip(V2.embed({ ...embedding, model: unknownModel, texts })),
            Effect.flip(V2.rerank({ model: unknownModel, query: "q", documents: texts })),
            Effect.flip(Models.get({ model: unknownModel }))
          ])
          assert.deepStrictEqual(
            errors.map((error) => [error._tag, error.endpoint, error.status, error.attempts]),
            ["v2.chat", "v2.chatStream", "v2.embed", "v2.rerank", "models.get"].map((id) => ["NotFound", id, 404, 1])
          )
          for (const error of errors) assert.match(error.message, /no-such-model.*\n.*Models\.list/)
        }))

      it.effect("NotFound tells a model that was removed from one that never was", () =>
        Effect.gen(function*() {
          const removed = (name: string) =>
            Models.get({ model: name }).pipe(
              Effect.catchTag("NotFound", (error) => Effect.succeed(error.removed))
            )
          assert.strictEqual(yield* removed("command-r"), true)
          assert.strictEqual(yield* removed(unknownModel), false)
        }))

      it.effect("too many tokens fail with TooManyTokens, which says how many", () =>
        Effect.gen(function*() {
          const error = yield* Effect.flip(
            V2.embed({ ...embedding, model: "embed-english-v3.0", texts: [long(400)], truncate: "NONE" })
          )
          assert.strictEqual(error._tag, "TooManyTokens")
          if (error._tag !== "TooManyTokens") return
          assert.strictEqual(error.limit, 512)
          assert.isAbove(error.exceededBy ?? 0, 0)
          assert.include(error.message, `${error.exceededBy} tokens shorter`)
          assert.isFalse(error.isRetryable)

          const chat = { model: "command-a-03-2025", messages: [Chat.user(long(300_000))] }
          for (const call of [V2.chat(chat), Stream.runDrain(V2.chatStream(chat))]) {
            const tooLong = yield* Effect.flip(call)
            assert.strictEqual(tooLong._tag, "TooManyTokens")
            if (tooLong._tag === "TooManyTokens") assert.isAbove(tooLong.exceededBy ?? 0, 0)
          }
        }))

      it.effect("a field that the server does not know fails with InvalidRequest, which names it", () =>
        Effect.gen(function*() {
          const call = <A, E, R>(self: Effect.Effect<A, E, R>) =>
            self.pipe(RequestOptions.with({ body: { tempreature: 1 } }), Effect.flip)
          const errors = [
            yield* call(V2.chat(requests["a question"])),
            yield* call(Stream.runDrain(V2.chatStream(requests["a question"]))),
            yield* call(V2.embed({ ...embedding, texts })),
            yield* call(V2.rerank({ model: "rerank-v4.0-fast", query: "q", documents: texts }))
          ]
          for (const error of errors) {
            assert.strictEqual(error._tag, "InvalidRequest")
            assert.strictEqual(error.status, 422)
            assert.strictEqual(error._tag === "InvalidRequest" ? error.issues[0]?.path : "", "tempreature")
            assert.include(error.message, "Leave out \"tempreature\"")
          }
        }))

      it.effect("a model that does something else fails with InvalidRequest", () =>
        Effect.gen(function*() {
          const error = yield* Effect.flip(V2.chat({ ...requests["a question"], model: "embed-v4.0" }))
          assert.strictEqual(error._tag, "InvalidRequest")
          assert.strictEqual(error.status, 400)
        }))

      it.effect("what is wrong at first sight is refused before it is sent", () =>
        Effect.gen(function*() {
          const errors = [
            yield* Effect.flip(V2.chat({ model, messages: [] })),
            yield* Effect.flip(Stream.runDrain(V2.chatStream({ model, messages: [] }))),
            yield* Effect.flip(V2.embed({ ...embedding, texts: Array.from({ length: 97 }, () => "a") })),
            yield* Effect.flip(Models.get({ model: "" }))
          ]
          for (const error of errors) {
            assert.strictEqual(error._tag, "InvalidRequest")
            assert.strictEqual(error.attempts, 0)
            assert.isUndefined(error.status)
          }
        }))

      it.effect("an error can be stored and read again, and says nothing of the key", () =>
        Effect.gen(function*() {
          const error = yield* Effect.flip(V2.chat({ ...requests["a question"], model: unknownModel }))
          const json = JSON.stringify(yield* Schema.encode(CohereError.CohereError)(error))
          const again = yield* Schema.decode(Schema.parseJson(CohereError.CohereError))(json)
          assert.deepStrictEqual(
            [again._tag, again.message, again.endpoint],
            [error._tag, error.message, error.endpoint]
          )
          for (const text of [json, String(error), JSON.stringify(error)]) assert.notInclude(text, key)
        }))

      it.effect("a bad key fails with Unauthorized, everywhere", (context) =>
        Effect.gen(function*() {
          needs("refuse a bad key", context)
          const errors = yield* Effect.all([
            Effect.flip(ApiKey.check),
            Effect.flip(V2.chat(requests["a question"])),
            Effect.flip(Stream.runDrain(V2.chatStream(requests["a question"]))),
            Effect.flip(V2.embed({ ...embedding, texts })),
            Effect.flip(V2.rerank({ model: "rerank-v4.0-fast", query: "q", documents: texts })),
            Effect.flip(Stream.runDrain(Models.listAll({})))
          ], { concurrency: 6 }).pipe(Effect.provide(runtime.withBadKey))
          for (const error of errors) {
            assert.strictEqual(error._tag, "Unauthorized")
            assert.strictEqual(error.status, 401)
            assert.notInclude(error.message + JSON.stringify(error), "wrong-key")
          }
        }))

      // ---------------------------------------------------------------------------------------------------------------
      // Around calls
      // ---------------------------------------------------------------------------------------------------------------

      it.effect("withResponse tells the status and the attempts beside the value", () =>
        Effect.gen(function*() {
          const { response, value } = yield* CohereClient.withResponse(Models.get({ model }))
          assert.strictEqual(value.name, model)
          assert.deepStrictEqual([response.status, response.attempts], [200, 1])
        }))

      it.effect("withResponse tells the request id, and so does an error", (context) =>
        Effect.gen(function*() {
          needs("tell the request id", context)
          const { response } = yield* CohereClient.withResponse(V2.chat(requests["a question"]))
          assert.isNotEmpty(response.requestId)
          assert.match(response.headers["content-type"] ?? "", /^application\/json/)
          const error = yield* Effect.flip(Models.get({ model: unknownModel }))
          assert.isNotEmpty(error.requestId)
          assert.include(error.message, error.requestId ?? "no id")
        }))

      it.effect("a bound operation needs no client any more", () =>
        Effect.gen(function*() {
          const bound = yield* Effect.all({
            chat: CohereClient.bind(V2.chat),
            chatStream: CohereClient.bind(V2.chatStream)
          })
          const use: Effect.Effect<readonly [V2.ChatResponse, V2.ChatResponse], CohereError.CohereError> = Effect.all([
            bound.chat(requests["a question"]),
            ChatStream.collect(bound.chatStream(requests["a question"]))
          ])
          const [whole, collected] = yield* use
          assert.deepStrictEqual(collected, whole)
        }))

      it.effect("settings of a call change nothing about its answer", () =>
        Effect.gen(function*() {
          const settled = V2.chat(requests["a question"]).pipe(
            RetryPolicy.with(RetryPolicy.none),
            Timeouts.with({ total: "10 seconds", attempt: "5 seconds" }),
            RequestOptions.with({ clientName: "contract", headers: { "x-team": "contract" } })
          )
          assert.deepStrictEqual(yield* settled, yield* V2.chat(requests["a question"]))
        }))

      it.effect("twenty calls at once get each its own answer, streamed or not", () =>
        Effect.gen(function*() {
          const answers = yield* Effect.forEach(
            Array.from({ length: 20 }, (_, i) => i),
            (i) => {
              const request = { model, messages: [Chat.user(`This is question ${i}.`)] }
              return i % 2 === 0 ? V2.chat(request) : ChatStream.collect(V2.chatStream(request))
            },
            { concurrency: "unbounded" }
          )
          answers.forEach((response, i) => assert.include(textOf(response), `This is question ${i}.`))
          assert.strictEqual(new Set(answers.map((response) => response.id)).size, 20)
        }))

      it.effect("who takes only the beginning of a stream does not wait for its end", () =>
        Effect.gen(function*() {
          const [elapsed, pieces] = yield* V2.chatStream(endless).pipe(
            ChatStream.text,
            Stream.take(3),
            Stream.runCollect,
            Effect.timed
          )
          assert.strictEqual(pieces.length, 3)
          assert.isBelow(Duration.toSeconds(elapsed), 5)
        }).pipe(Effect.provide(runtime.slow)))

      it.effect("an interrupted stream ends at once, and the client goes on working", () =>
        Effect.gen(function*() {
          const begun = yield* Deferred.make<void>()
          const fiber = yield* V2.chatStream(endless).pipe(
            ChatStream.text,
            Stream.tap(() => Deferred.succeed(begun, undefined)),
            Stream.runDrain,
            Effect.fork
          )
          yield* Deferred.await(begun)
          const [elapsed, exit] = yield* Effect.timed(Fiber.interrupt(fiber))
          assert.isBelow(Duration.toSeconds(elapsed), 2)
          assert.isTrue(exit._tag === "Failure" && exit.cause._tag !== "Fail")
          assert.strictEqual((yield* V2.chat(requests["a question"])).finish_reason, "COMPLETE")
        }).pipe(Effect.provide(runtime.slow)))

      it.effect("the server notices that a stream was interrupted", (context) =>
        Effect.gen(function*() {
          needs("show what the server notices", context)
          const before = runtime.cutOff()
          yield* V2.chatStream(endless).pipe(Stream.take(5), Stream.runDrain)
          yield* Effect.sync(() => runtime.cutOff() > before).pipe(
            Effect.repeat({ until: (noticed) => noticed, schedule: Schedule.spaced("10 millis") }),
            Effect.timeout("3 seconds")
          )
        }).pipe(Effect.provide(runtime.slow)))
    })
  })
}
