import * as Chat from "@effect-cohere/core/Chat"
import * as Models from "@effect-cohere/core/Models"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import {
  type Call,
  chat,
  chatAnswer,
  chatReply,
  chatRequest,
  embedAnswer,
  embedRequest,
  over,
  rerankRequest
} from "../client/support/samples.ts"
import { refused } from "../support/refused.ts"
import * as Transport from "../support/transport.ts"

/** A request as JavaScript, or a careless cast, may pass it. */
const unchecked = <A>(request: unknown): A => request as A

const chatWith = (fields: Readonly<Record<string, unknown>>): Call => V2.chat(unchecked({ ...chatRequest, ...fields }))
const embedWith = (fields: Readonly<Record<string, unknown>>): Call =>
  V2.embed(unchecked({ ...embedRequest, ...fields }))
const rerankWith = (fields: Readonly<Record<string, unknown>>): Call =>
  V2.rerank(unchecked({ ...rerankRequest, ...fields }))

const without = (key: string) => {
  const copy: Record<string, unknown> = { ...chatRequest }
  delete copy[key]
  return copy
}

const cyclic: Record<string, unknown> = { name: "loop" }
cyclic["self"] = cyclic

interface Row {
  readonly name: string
  readonly call: Call
  /** Where the problem is. */
  readonly path: string
}

const rows: ReadonlyArray<Row> = [
  { name: "no messages", call: chatWith({ messages: [] }), path: "messages" },
  { name: "messages that are a text", call: chatWith({ messages: "Hi!" }), path: "messages" },
  { name: "a message that is null", call: chatWith({ messages: [null] }), path: "messages[0]" },
  {
    name: "an unknown role",
    call: chatWith({ messages: [{ role: "bot", content: "Hi!" }] }),
    path: "messages[0].role"
  },
  {
    name: "an upper-case role, as v1 had them",
    call: chatWith({ messages: [Chat.user("Hi!"), { role: "USER", content: "Hi!" }] }),
    path: "messages[1].role"
  },
  {
    name: "a user message without content",
    call: chatWith({ messages: [{ role: "user" }] }),
    path: "messages[0].content"
  },
  {
    name: "content that is a number",
    call: chatWith({ messages: [{ role: "user", content: 7 }] }),
    path: "messages[0].content"
  },
  {
    name: "a tool message without the id of its call",
    call: chatWith({ messages: [{ role: "tool", content: "{}" }] }),
    path: "messages[0].tool_call_id"
  },
  { name: "no model", call: V2.chat(unchecked(without("model"))), path: "model" },
  { name: "a model that is null", call: chatWith({ model: null }), path: "model" },
  { name: "no request", call: V2.chat(unchecked(null)), path: "" },
  { name: "an undefined request", call: V2.chat(unchecked(undefined)), path: "" },
  { name: "a request that is a text", call: V2.chat(unchecked("Hi!")), path: "" },
  { name: "a request that is an array", call: V2.chat(unchecked([chatRequest])), path: "" },
  { name: "a temperature of NaN", call: chatWith({ temperature: Number.NaN }), path: "temperature" },
  { name: "an infinite temperature", call: chatWith({ temperature: Infinity }), path: "temperature" },
  { name: "a temperature of -Infinity", call: chatWith({ temperature: -Infinity }), path: "temperature" },
  { name: "a temperature that is a text", call: chatWith({ temperature: "0.3" }), path: "temperature" },
  { name: "half a token", call: chatWith({ max_tokens: 0.5 }), path: "max_tokens" },
  { name: "NaN tokens", call: chatWith({ max_tokens: Number.NaN }), path: "max_tokens" },
  { name: "a fractional seed", call: chatWith({ seed: 1.5 }), path: "seed" },
  { name: "a fractional k", call: chatWith({ k: 0.5 }), path: "k" },
  { name: "an infinite p", call: chatWith({ p: Infinity }), path: "p" },
  { name: "an unknown tool choice", call: chatWith({ tool_choice: "AUTO" }), path: "tool_choice" },
  { name: "an unknown safety mode", call: chatWith({ safety_mode: "NONE" }), path: "safety_mode" },
  { name: "stop sequences that are a text", call: chatWith({ stop_sequences: "." }), path: "stop_sequences" },
  {
    name: "a stop sequence that is a number",
    call: chatWith({ stop_sequences: ["a", 1] }),
    path: "stop_sequences[1]"
  },
  {
    name: "a tool without a name",
    call: chatWith({ tools: [{ type: "function", function: { parameters: {} } }] }),
    path: "tools[0].function.name"
  },
  {
    name: "parameters that are an array",
    call: chatWith({ tools: [{ type: "function", function: { name: "f", parameters: [] } }] }),
    path: "tools[0].function.parameters"
  },
  { name: "null for an optional field", call: chatWith({ temperature: null }), path: "temperature" },
  {
    name: "97 texts",
    call: embedWith({ texts: Array.from({ length: 97 }, () => "x") }),
    path: "texts"
  },
  {
    name: "97 inputs",
    call: embedWith({
      texts: undefined,
      inputs: Array.from({ length: 97 }, () => ({ content: [{ type: "text", text: "x" }] }))
    }),
    path: "inputs"
  },
  { name: "a text that is a number", call: embedWith({ texts: ["a", "b", 3] }), path: "texts[2]" },
  { name: "an unknown input type", call: embedWith({ input_type: "document" }), path: "input_type" },
  { name: "an unknown truncation", call: embedWith({ truncate: "MIDDLE" }), path: "truncate" },
  {
    name: "an unknown embedding type",
    call: embedWith({ embedding_types: ["float", "float64"] }),
    path: "embedding_types[1]"
  },
  { name: "a fractional dimension", call: embedWith({ output_dimension: 256.5 }), path: "output_dimension" },
  { name: "no query", call: rerankWith({ query: undefined }), path: "query" },
  { name: "a document that is an object", call: rerankWith({ documents: ["a", { text: "b" }] }), path: "documents[1]" },
  { name: "a fractional top_n", call: rerankWith({ top_n: 1.5 }), path: "top_n" },
  { name: "a page size that is a text", call: Models.list(unchecked({ page_size: "100" })), path: "page_size" },
  { name: "an empty name in the path", call: Models.get({ model: "" }), path: "model" },
  { name: "a dot in the path", call: Models.get({ model: "." }), path: "model" },
  { name: "two dots in the path", call: Models.get({ model: ".." }), path: "model" },
  { name: "a way out of the path", call: Models.get({ model: "../datasets/x" }), path: "model" },
  { name: "a way out of the path, with backslashes", call: Models.get({ model: "..\\datasets\\x" }), path: "model" },
  { name: "a detour in the path", call: Models.get({ model: "a/../b" }), path: "model" },
  { name: "a way out at the end of the path", call: Models.get({ model: "a/.." }), path: "model" },
  { name: "half a surrogate pair in the path", call: Models.get({ model: "a\ud800b" }), path: "model" },
  { name: "no name in the path", call: Models.get(unchecked({})), path: "model" },
  { name: "a cyclic document", call: chatWith({ documents: [{ data: cyclic }] }), path: "documents" },
  { name: "a BigInt in a document", call: chatWith({ documents: [{ data: { n: 1n } }] }), path: "documents" },
  { name: "a cyclic body option", call: chat.pipe(RequestOptions.with({ body: { cyclic } })), path: "cyclic" },
  {
    name: "a field whose toJSON throws",
    call: chat.pipe(RequestOptions.with({
      body: {
        toJSON: () => {
          throw new Error("no")
        }
      }
    })),
    path: ""
  }
]

describe("what cannot be right is refused before it is sent", () => {
  it.effect.each(rows.map((row) => [row.name, row] as const))("%s", ([, row]) =>
    Effect.gen(function*() {
      const error = yield* refused(row.call)
      assert.include(error.issues.map((issue) => issue.path), row.path, JSON.stringify(error.issues))
      assert.isNotEmpty(error.issues[0]?.message)
      assert.match(error.message, /^(v2|models)\.\w+ was not sent/)
      if (row.path !== "") assert.include(error.message, row.path)
    }))

  it.effect("in a stream, too", () =>
    Effect.gen(function*() {
      const error = yield* refused(Stream.runDrain(V2.chatStream({ ...chatRequest, messages: [] })))
      assert.strictEqual(error.endpoint, "v2.chatStream")
    }))

  it.effect("all of it at once", () =>
    Effect.gen(function*() {
      const error = yield* refused(chatWith({ temperature: Number.NaN, max_tokens: 0.5, messages: [] }))
      assert.includeMembers(error.issues.map((issue) => issue.path), ["temperature", "max_tokens", "messages"])
    }))

  it.effect("in few words, however much is wrong", () =>
    Effect.gen(function*() {
      const garbage = Array.from({ length: 96 }, (_, n) => ({ n, text: "x".repeat(10_000) }))
      const error = yield* refused(embedWith({ texts: garbage }))
      assert.isBelow(error.message.length, 4_000)
    }))

  it.effect("not when the call is made, but when it is run", () =>
    Effect.sync(() => {
      assert.doesNotThrow(() => chatWith({ messages: [] }))
      assert.doesNotThrow(() => V2.chat(unchecked(null)))
    }))
})

describe("a header that cannot be sent is refused, without its value in the error", () => {
  const secret = "s3cr3t-value"

  it.effect.each([
    { name: "x-team", value: `${secret}\r\nx-injected: 1` },
    { name: "x-team", value: `${secret}\n` },
    { name: "x-team", value: `${secret}\r` },
    { name: "x-team", value: `${secret}\u0000` },
    { name: "x-team", value: `${secret} 🌊` },
    { name: "x-team", value: `${secret} Ā` },
    { name: "x team", value: secret },
    { name: "", value: secret },
    { name: "x-team:", value: secret },
    { name: "x-tëam", value: secret },
    { name: "x-team\r\n", value: secret }
  ])("%j", ({ name, value }) =>
    Effect.gen(function*() {
      const error = yield* refused(chat.pipe(RequestOptions.with({ headers: { [name]: value } })))
      assert.notInclude(JSON.stringify(error), secret)
      assert.notInclude(String(error), secret)
      assert.match(error.issues[0]?.path ?? "", /^headers\[/)
    }))

  it.effect("the name of the project is a header, too", () =>
    Effect.gen(function*() {
      const error = yield* refused(chat.pipe(RequestOptions.with({ clientName: `${secret}\r\nx: y` })))
      assert.notInclude(JSON.stringify(error), secret)
    }))
})

describe("what the server may accept is left to the server", () => {
  const accepted: ReadonlyArray<readonly [string, Call]> = [
    ["a temperature of 5", chatWith({ temperature: 5 })],
    ["a negative temperature", chatWith({ temperature: -1 })],
    ["six stop sequences", chatWith({ stop_sequences: ["1", "2", "3", "4", "5", "6"] })],
    ["an unknown model", chatWith({ model: "command-of-tomorrow" })],
    ["an empty model", chatWith({ model: "" })],
    ["empty content", chatWith({ messages: [Chat.user("")] })],
    ["content without blocks", chatWith({ messages: [Chat.user([])] })],
    [
      "tool names with dashes",
      chatWith({ tools: [{ type: "function", function: { name: "get-weather", parameters: {} } }] })
    ],
    ["extra fields", chatWith({ web_search: { on: true } })],
    ["extra fields in a message", chatWith({ messages: [{ role: "user", content: "Hi!", name: "Zoë" }] })],
    ["a system message that is not the first", chatWith({ messages: [Chat.user("Hi!"), Chat.system("Be brief.")] })],
    [
      "documents together with a response format",
      chatWith({ documents: ["a"], response_format: { type: "json_object" } })
    ],
    ["the citation modes in lower case", chatWith({ citation_options: { mode: "fast" } })],
    ["no documents", chatWith({ documents: [] })],
    ["a priority of 1000", chatWith({ priority: 1000 })],
    ["a k of 501", chatWith({ k: 501 })],
    ["a token budget alone", chatWith({ thinking: { token_budget: 64 } })],
    ["half a surrogate pair in a text", chatWith({ messages: [Chat.user("\ud800")] })],
    ["an assistant message without content", chatWith({ messages: [Chat.user("Hi!"), { role: "assistant" }] })],
    ["the message of a response", chatWith({ messages: [Chat.user("Hi!"), chatAnswer.message] })]
  ]

  it.effect.each(accepted)("%s", ([, call]) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => chatReply)
      assert.isTrue(Exit.isSuccess(yield* Effect.exit(call.pipe(over(transport)))))
      assert.lengthOf(transport.requests, 1)
    }))

  const embeds: ReadonlyArray<readonly [string, Call]> = [
    ["96 texts", embedWith({ texts: Array.from({ length: 96 }, () => "x") })],
    ["an empty text", embedWith({ texts: [""] })],
    ["neither texts nor images", embedWith({ texts: undefined })],
    ["an odd dimension", embedWith({ output_dimension: 1000 })],
    ["no embedding types", embedWith({ embedding_types: [] })]
  ]

  it.effect.each(embeds)("%s", ([, call]) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => Transport.json(embedAnswer))
      assert.isTrue(Exit.isSuccess(yield* Effect.exit(call.pipe(over(transport)))))
    }))
})
