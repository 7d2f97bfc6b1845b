import * as ApiKey from "@effect-cohere/core/ApiKey"
import * as Models from "@effect-cohere/core/Models"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { type Call, chat, embed, getModel, over, rerank } from "../client/support/samples.ts"
import { changedAt, isObject, type Json } from "../support/json.ts"

/** Everything that an answer may have. */
const answers: ReadonlyArray<{ readonly name: string; readonly call: Call; readonly answer: Json }> = [
  {
    name: "V2.chat",
    call: chat,
    answer: {
      id: "c1",
      finish_reason: "COMPLETE",
      prompt: "<turn>Name a river</turn>",
      message: {
        role: "assistant",
        tool_plan: "I will look it up.",
        tool_calls: [{ id: "find_1", type: "function", function: { name: "find", arguments: "{\"q\":\"Seine\"}" } }],
        content: [{ type: "thinking", thinking: "France …" }, { type: "text", text: "The Seine." }],
        citations: [{
          start: 4,
          end: 9,
          text: "Seine",
          content_index: 1,
          type: "TEXT_CONTENT",
          sources: [
            { type: "tool", id: "find_1:0", tool_output: { river: "Seine", km: 777 } },
            { type: "document", id: "doc:0", document: { id: "doc:0", title: "Rivers" } }
          ]
        }]
      },
      usage: {
        billed_units: { input_tokens: 6, output_tokens: 4.0, search_units: 1, classifications: 0 },
        tokens: { input_tokens: 210, output_tokens: 6, image_tokens: 0, reasoning_tokens: 12 },
        cached_tokens: 128
      },
      logprobs: [{ text: "The", token_ids: [1, 2], logprobs: [-0.125, -2.5e-7] }]
    }
  },
  {
    name: "V2.embed",
    call: embed,
    answer: {
      id: "e1",
      response_type: "embeddings_by_type",
      embeddings: {
        float: [[0.25, -1e-9], [1, 0]],
        int8: [[-128, 127]],
        uint8: [[0, 255]],
        binary: [[-1, 1]],
        ubinary: [[0, 255]],
        base64: ["AACAPw=="]
      },
      texts: ["a river", ""],
      images: [{ width: 400, height: 300, format: "image/png", bit_depth: 0 }],
      meta: {
        api_version: { version: "2", is_deprecated: false, is_experimental: true },
        billed_units: {
          images: 1,
          input_tokens: 2,
          image_tokens: 3,
          output_tokens: 0,
          search_units: 0,
          classifications: 0,
          pages: 0
        },
        tokens: { input_tokens: 2, output_tokens: 0 },
        cached_tokens: 0,
        warnings: ["a field is deprecated, see the docs"]
      }
    }
  },
  {
    name: "V2.rerank",
    call: rerank,
    answer: {
      id: "r1",
      results: [{ index: 1, relevance_score: 0.98, document: { text: "Paris", extra: [1] } }, {
        index: 0,
        relevance_score: 1e-9
      }],
      meta: { api_version: { version: "2" }, billed_units: { search_units: 1 } }
    }
  },
  {
    name: "Models.get",
    call: getModel,
    answer: {
      name: "command-a-03-2025",
      is_deprecated: false,
      endpoints: ["chat", "embed_image"],
      finetuned: false,
      context_length: 288000,
      tokenizer_url: "",
      default_endpoints: ["chat"],
      supports_vision: false,
      features: ["json_schema", "strict_tools"],
      sampling_defaults: {
        temperature: 0.3,
        k: 0,
        p: 0.75,
        frequency_penalty: 0,
        presence_penalty: 0,
        max_tokens_per_doc: 4096
      },
      config: { max_output_tokens: 8192, prompt_templates: { chat: "<turn>" } }
    }
  },
  {
    name: "Models.list",
    call: Models.list({}),
    answer: { models: [{ name: "a", features: null, tokenizer_url: null }, {}], next_page_token: "t" }
  },
  { name: "ApiKey.check", call: ApiKey.check, answer: { valid: true, organization_id: "o", owner_id: "w" } }
]

/** Every object in a JSON value, by the keys that lead to it. */
const objectsIn = (json: Json, path: ReadonlyArray<string> = []): ReadonlyArray<ReadonlyArray<string>> =>
  typeof json !== "object" || json === null
    ? []
    : [
      ...(Array.isArray(json) ? [] : [path]),
      ...Object.entries(json).flatMap(([key, value]) => objectsIn(value, [...path, key]))
    ]

/** The value of a call whose answer is this text. */
const valueOf = (call: Call, body: string) =>
  call.pipe(over(() => ({ headers: { "content-type": "application/json" }, body })))

/** Asserts that an answer arrives as it was sent. */
const unchanged = (call: Call, answer: Json) =>
  Effect.map(valueOf(call, JSON.stringify(answer)), (value) => {
    assert.strictEqual(JSON.stringify(value), JSON.stringify(answer))
  })

// What is required by the API and was in every recorded answer, beside the tags of variants.
const required: ReadonlyArray<string> = [
  "id",
  "finish_reason",
  "message",
  "role",
  "embeddings",
  "results",
  "index",
  "relevance_score",
  "models",
  "valid",
  "token_ids"
]
const isRequired = (name: string, path: ReadonlyArray<string>, key: string) =>
  path.includes("tool_output") || path.includes("document") || path.includes("config")
    ? false
    : path.includes("content") || (path.includes("sources") && key === "type")
    ? true
    : required.includes(key) && !(key === "id" && (path.length > 0 || name === "V2.rerank"))

describe.each(answers)("an answer of $name arrives unchanged", ({ answer, call, name }) => {
  it.effect("complete", () => unchanged(call, answer))

  it.effect("however it is written, a byte order mark included", () =>
    Effect.map(
      valueOf(call, `\ufeff\r\n\t${JSON.stringify(answer, null, 4)} \n`),
      (value) => assert.deepStrictEqual<unknown>(value, answer)
    ))

  const optional = objectsIn(answer).flatMap((path) =>
    Object.keys(path.reduce<Json>((json, key) => (json as Record<string, Json>)[key] ?? null, answer) as object)
      .filter((key) => !isRequired(name, path, key))
      .map((key) => [...path, key])
  )

  it.effect("with null in place of any optional field", () =>
    Effect.forEach(optional, (path) => unchanged(call, changedAt(answer, path, () => null))))

  it.effect("without any of its optional fields", () =>
    Effect.forEach(optional, (path) => unchanged(call, changedAt(answer, path, () => undefined))))

  const addition = FastCheck.record({
    path: FastCheck.constantFrom(...objectsIn(answer)),
    key: FastCheck.oneof(
      FastCheck.constantFrom("__proto__", "constructor", "toJSON", "hasOwnProperty", "_tag", "0"),
      FastCheck.string({ unit: "binary", maxLength: 6 }).map((text) => `x_${text}`)
    ),
    value: FastCheck.jsonValue({ maxDepth: 2 }).map((value): Json => JSON.parse(JSON.stringify(value)))
  })

  it.effect.prop(
    "with unknown fields anywhere",
    { additions: FastCheck.array(addition, { minLength: 1, maxLength: 4 }) },
    ({ additions }) =>
      unchanged(
        call,
        additions.reduce(
          (json, { key, path, value }) =>
            // A computed key, unlike an assignment, makes a property of `__proto__`, too.
            changedAt(json, path, (object) => isObject(object) ? { ...object, [key]: value } : object),
          answer
        )
      ),
    { fastCheck: { numRuns: 40 } }
  )
})

describe("what this version does not know arrives untouched", () => {
  const base = { id: "c1", finish_reason: "COMPLETE", message: { role: "assistant" } }
  const message = (fields: Json): Json => ({ ...base, message: { role: "assistant", ...fields as object } })

  const rows: ReadonlyArray<readonly [string, Call, Json]> = [
    ["a finish reason", chat, { ...base, finish_reason: "OUT_OF_TIME" }],
    ["the finish reason of a failed turn", chat, { ...base, finish_reason: "ERROR", usage: {} }],
    ["a content block", chat, message({ content: [{ type: "audio", audio: { url: "https://a.example.com" } }] })],
    [
      "a content block among known ones",
      chat,
      message({ content: [{ type: "text", text: "a" }, { type: "x", y: [] }] })
    ],
    ["a source", chat, message({ citations: [{ sources: [{ type: "web", url: "https://a.example.com" }] }] })],
    ["a type of citations", chat, message({ citations: [{ type: "TABLE_CELL" }] })],
    ["a type of tool calls", chat, message({ tool_calls: [{ id: "1", type: "mcp", server: "s" }] })],
    [
      "arguments that are no JSON",
      chat,
      message({ tool_calls: [{ id: "1", function: { name: "f", arguments: "null" } }] })
    ],
    ["a form of embeddings", embed, { id: "e", embeddings: { float16: [[1]], float: [] } }],
    ["a response type", embed, { id: "e", response_type: "embeddings_new", embeddings: {} }],
    ["an endpoint of a model", getModel, { endpoints: ["chat", "parse"], default_endpoints: ["x"] }],
    ["a feature of a model", getModel, { features: ["telepathy"] }],
    ["a model about which nothing is known", getModel, {}]
  ]

  it.effect.each(rows)("%s", ([, call, answer]) => unchanged(call, answer))

  it.effect("a message with an unknown block can be sent back as it is", () =>
    Effect.gen(function*() {
      const bodies: Array<string> = []
      const answer = message({ content: [{ type: "audio", audio: { id: 1 } }], annotations: [{ a: 1 }] })
      const reply = { body: JSON.stringify(answer) }
      yield* Effect.gen(function*() {
        const { message } = yield* V2.chat({ model: "m", messages: [{ role: "user", content: "Hi!" }] })
        yield* V2.chat({ model: "m", messages: [message] })
      }).pipe(over((request) => {
        bodies.push(request.body)
        return reply
      }))
      assert.deepStrictEqual(JSON.parse(bodies[1] ?? "").messages, [(answer as { readonly message: Json }).message])
    }))
})
