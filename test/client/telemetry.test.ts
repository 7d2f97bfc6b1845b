import * as Audio from "@effect-cohere/core/Audio"
import * as Batches from "@effect-cohere/core/Batches"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as Endpoints from "@effect-cohere/core/Endpoints"
import * as Models from "@effect-cohere/core/Models"
import * as Telemetry from "@effect-cohere/core/Telemetry"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import { chatAnswer, chatRequest, embedAnswer, rerankAnswer, rerankRequest } from "./support/samples.ts"

describe("names", () => {
  it("are those of the conventions, or begin with cohere", () => {
    const all: ReadonlyArray<string> = Object.values(Telemetry.names)
    const foreign = all.filter((name) => !/^(gen_ai|server|error|cohere)\.[a-z_.]+$/.test(name))
    assert.deepStrictEqual(foreign, [])
    assert.strictEqual(new Set(all).size, all.length)
  })
})

describe("requestAttributes", () => {
  it("of a chat has its settings under the names of the conventions", () => {
    assert.deepStrictEqual(
      Telemetry.requestAttributes(V2.chatEndpoint, {
        ...chatRequest,
        max_tokens: 100,
        temperature: 0.3,
        p: 0.75,
        k: 40,
        seed: 7,
        frequency_penalty: 0.1,
        presence_penalty: 0.2,
        stop_sequences: ["\n\n"],
        response_format: { type: "json_object" }
      }),
      {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "cohere",
        "gen_ai.system": "cohere",
        "gen_ai.request.model": "command-a-03-2025",
        "gen_ai.request.max_tokens": 100,
        "gen_ai.request.temperature": 0.3,
        "gen_ai.request.top_p": 0.75,
        "gen_ai.request.top_k": 40,
        "gen_ai.request.seed": 7,
        "gen_ai.request.frequency_penalty": 0.1,
        "gen_ai.request.presence_penalty": 0.2,
        "gen_ai.request.stop_sequences": ["\n\n"],
        "gen_ai.output.type": "json"
      }
    )
  })

  it("keeps a zero, and leaves out what was not asked for", () => {
    const attributes = Telemetry.requestAttributes(V2.chatEndpoint, { ...chatRequest, temperature: 0, seed: undefined })
    assert.strictEqual(attributes["gen_ai.request.temperature"], 0)
    assert.notProperty(attributes, "gen_ai.request.seed")
    assert.notProperty(attributes, "gen_ai.request.stream")
  })

  it("of a stream says that it is one", () => {
    for (const endpoint of [V2.chatStreamEndpoint, V1.chatStreamEndpoint, V1.generateStreamEndpoint]) {
      assert.isTrue(Telemetry.requestAttributes(endpoint, {})["gen_ai.request.stream"])
    }
  })

  it("of an embedding has formats and dimensions, but no bound of the output: its max_tokens bounds the input", () => {
    assert.deepStrictEqual(
      Telemetry.requestAttributes(V2.embedEndpoint, {
        model: "embed-v4.0",
        input_type: "search_query",
        texts: ["tea"],
        embedding_types: ["float", "int8"],
        output_dimension: 512,
        max_tokens: 128
      }),
      {
        "gen_ai.operation.name": "embeddings",
        "gen_ai.provider.name": "cohere",
        "gen_ai.system": "cohere",
        "gen_ai.request.model": "embed-v4.0",
        "gen_ai.request.encoding_formats": ["float", "int8"],
        "gen_ai.embeddings.dimension.count": 512
      }
    )
  })

  it("of a generation has both kinds of stop sequences, and how many are asked for unless it is one", () => {
    const attributes = (num_generations: number) =>
      Telemetry.requestAttributes(V1.generateEndpoint, {
        prompt: "Once",
        num_generations,
        stop_sequences: ["."],
        end_sequences: ["!"]
      })
    assert.deepInclude(attributes(3), {
      "gen_ai.operation.name": "text_completion",
      "gen_ai.request.choice.count": 3,
      "gen_ai.request.stop_sequences": [".", "!"]
    })
    assert.notProperty(attributes(1), "gen_ai.request.choice.count")
  })

  it("of a v1 chat names the conversation", () => {
    assert.strictEqual(
      Telemetry.requestAttributes(V1.chatEndpoint, { message: "Hi!", conversation_id: "c-1" })[
        "gen_ai.conversation.id"
      ],
      "c-1"
    )
  })

  it("names each operation: by the conventions where they can, else as we do", () => {
    const named = Endpoints.all.map((endpoint) =>
      [endpoint.id, Telemetry.requestAttributes(endpoint, {})["gen_ai.operation.name"]] as const
    )
    assert.deepStrictEqual(named.filter(([id, name]) => id !== name), [
      ["v2.chat", "chat"],
      ["v2.chatStream", "chat"],
      ["v2.embed", "embeddings"],
      ["v2.rerank", "rerank"],
      ["v2.parse", "parse"],
      ["v1.chat", "chat"],
      ["v1.chatStream", "chat"],
      ["v1.generate", "text_completion"],
      ["v1.generateStream", "text_completion"],
      ["v1.embed", "embeddings"],
      ["v1.rerank", "rerank"],
      ["v1.classify", "classify"],
      ["v1.summarize", "summarize"],
      ["audio.createTranscription", "transcribe"]
    ])
  })

  it("names the model that does the work, not one that is looked up", () => {
    const model = (endpoint: Telemetry.Described) =>
      Telemetry.requestAttributes(endpoint, { model: "m" })["gen_ai.request.model"]
    assert.isUndefined(model(Models.getEndpoint))
    assert.strictEqual(model(Batches.createEndpoint), "m")
    assert.strictEqual(model(Audio.createTranscriptionEndpoint), "m")
  })

  it("holds nothing of the content", () => {
    const canary = "canary-4f1"
    const content = {
      model: "m",
      messages: [{ role: "user", content: canary }],
      message: canary,
      prompt: canary,
      preamble: canary,
      query: canary,
      texts: [canary],
      images: [canary],
      inputs: [{ content: [{ type: "text", text: canary }] }],
      examples: [{ text: canary, label: canary }],
      documents: [canary, { data: { text: canary } }],
      tools: [{ type: "function", function: { name: canary, description: canary, parameters: {} } }],
      tool_results: [{ call: { name: canary, parameters: { a: canary } }, outputs: [{ a: canary }] }],
      chat_history: [{ role: "USER", message: canary }],
      connectors: [{ id: "c", user_access_token: canary }],
      response_format: { type: "json_object", json_schema: { title: canary } },
      name: canary,
      text: canary
    }
    for (const endpoint of Endpoints.all) {
      assert.notInclude(JSON.stringify(Telemetry.requestAttributes(endpoint, content)), canary, endpoint.id)
    }
  })

  it.each([undefined, null, "text", 7, [], { model: 7, temperature: "hot", k: NaN, stop_sequences: [1, null] }])(
    "of %j, which no operation takes, has what is known without it",
    (request) => {
      assert.deepStrictEqual(Telemetry.requestAttributes(V2.chatEndpoint, request), {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "cohere",
        "gen_ai.system": "cohere"
      })
    }
  )
})

describe("responseAttributes", () => {
  it("of a chat has id, reason, what the model read and wrote, and what is billed", () => {
    assert.deepStrictEqual(Telemetry.responseAttributes(V2.chatEndpoint, chatAnswer), {
      "gen_ai.response.id": chatAnswer.id,
      "gen_ai.response.finish_reasons": ["COMPLETE"],
      "gen_ai.usage.input_tokens": 210,
      "gen_ai.usage.output_tokens": 6,
      "cohere.billed_units.input_tokens": 6,
      "cohere.billed_units.output_tokens": 4
    })
  })

  it("of a chat has the tokens of cache, images and thoughts where they are counted", () => {
    const usage = { tokens: { input_tokens: 9, image_tokens: 4, reasoning_tokens: 3 }, cached_tokens: 2 }
    assert.deepInclude(Telemetry.responseAttributes(V2.chatEndpoint, { ...chatAnswer, usage }), {
      "gen_ai.usage.cache_read.input_tokens": 2,
      "gen_ai.usage.image.input_tokens": 4,
      "gen_ai.usage.reasoning.output_tokens": 3
    })
  })

  it("of an embedding takes the billed tokens for the used ones, which it does not say", () => {
    assert.deepStrictEqual(Telemetry.responseAttributes(V2.embedEndpoint, embedAnswer), {
      "gen_ai.response.id": embedAnswer.id,
      "gen_ai.usage.input_tokens": 5,
      "cohere.billed_units.input_tokens": 5
    })
  })

  it("of a reranking has the search units", () => {
    assert.deepStrictEqual(Telemetry.responseAttributes(V2.rerankEndpoint, rerankAnswer), {
      "gen_ai.response.id": rerankAnswer.id,
      "cohere.billed_units.search_units": 1
    })
  })

  it("of a generation has the reason of each continuation", () => {
    const generations = [{ text: "a", finish_reason: "COMPLETE" }, { text: "b", finish_reason: "MAX_TOKENS" }]
    assert.deepStrictEqual(
      Telemetry.responseAttributes(V1.generateEndpoint, { id: "g", generations })["gen_ai.response.finish_reasons"],
      ["COMPLETE", "MAX_TOKENS"]
    )
  })

  it("of a v1 chat has the generation's id", () => {
    const answer = { text: "Hi!", generation_id: "g-1", response_id: "r-1", finish_reason: "COMPLETE" }
    assert.strictEqual(Telemetry.responseAttributes(V1.chatEndpoint, answer)["gen_ai.response.id"], "g-1")
  })

  it("does not take the id of a dataset for that of an answer", () => {
    assert.deepStrictEqual(Telemetry.responseAttributes(Datasets.createEndpoint, { id: "d-1" }), {})
  })

  it("keeps units that are zero, and leaves out those that are null or unknown", () => {
    const meta = { billed_units: { input_tokens: 0, images: null, wonders: 3, pages: 2 } }
    assert.deepStrictEqual(Telemetry.responseAttributes(V2.parseEndpoint, { id: "p", pages: [], meta }), {
      "gen_ai.response.id": "p",
      "gen_ai.usage.input_tokens": 0,
      "cohere.billed_units.input_tokens": 0,
      "cohere.billed_units.pages": 2
    })
  })

  it.each([undefined, null, "text", [], { usage: "none", meta: null, id: 7 }])("of %j has nothing", (answer) => {
    assert.deepStrictEqual(Telemetry.responseAttributes(V2.chatEndpoint, answer), {})
  })

  it("holds nothing of the content", () => {
    const canary = "canary-4f1"
    const answer = {
      id: "i",
      text: canary,
      prompt: canary,
      message: { role: "assistant", content: [{ type: "text", text: canary }], tool_plan: canary },
      generations: [{ text: canary, prompt: canary }],
      results: [{ document: { text: canary } }],
      classifications: [{ input: canary }],
      summary: canary,
      texts: [canary],
      citations: [{ text: canary }]
    }
    for (const endpoint of Endpoints.all) {
      assert.notInclude(JSON.stringify(Telemetry.responseAttributes(endpoint, answer)), canary, endpoint.id)
    }
  })
})

describe("streamAttributes", () => {
  const usage = chatAnswer.usage

  it("of a chat are those of the same chat unstreamed", () => {
    const events = [
      { type: "message-start", id: chatAnswer.id, delta: { message: { role: "assistant" } } },
      { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
      { type: "content-delta", index: 0, delta: { message: { content: { text: "The Seine." } } } },
      { type: "content-end", index: 0 },
      { type: "message-end", delta: { finish_reason: "COMPLETE", usage } }
    ]
    assert.deepStrictEqual(
      Telemetry.streamAttributes(V2.chatStreamEndpoint, events),
      Telemetry.responseAttributes(V2.chatEndpoint, chatAnswer)
    )
  })

  it("of a chat that breaks off have what came before", () => {
    assert.deepStrictEqual(
      Telemetry.streamAttributes(V2.chatStreamEndpoint, [
        { type: "message-start", id: "m-1" },
        { type: "content-delta", id: "no", usage, finish_reason: "no" }
      ]),
      { "gen_ai.response.id": "m-1" }
    )
  })

  it("of a v1 chat are those of the response that its last event holds", () => {
    const response = { text: "Hi!", generation_id: "g-1", finish_reason: "MAX_TOKENS", meta: usage }
    assert.deepStrictEqual(
      Telemetry.streamAttributes(V1.chatStreamEndpoint, [
        { event_type: "stream-start", generation_id: "g-1" },
        { event_type: "text-generation", text: "Hi!" },
        { event_type: "stream-end", finish_reason: "MAX_TOKENS", response }
      ]),
      Telemetry.responseAttributes(V1.chatEndpoint, response)
    )
  })

  it("of a generation that fails name the reason", () => {
    assert.deepStrictEqual(
      Telemetry.streamAttributes(V1.generateStreamEndpoint, [
        { event_type: "text-generation", text: "On" },
        { event_type: "stream-error", finish_reason: "ERROR_TOXIC", err: "toxic" }
      ]),
      { "gen_ai.response.finish_reasons": ["ERROR_TOXIC"] }
    )
  })

  it("of no events, or of unknown ones, have nothing", () => {
    assert.deepStrictEqual(Telemetry.streamAttributes(V2.chatStreamEndpoint, []), {})
    assert.deepStrictEqual(Telemetry.streamAttributes(V2.chatStreamEndpoint, [null, 7, { type: "surprise" }]), {})
  })
})

it("what is asked of a reranking besides the model is content or nobody's convention", () => {
  assert.hasAllKeys(Telemetry.requestAttributes(V2.rerankEndpoint, rerankRequest), [
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.system",
    "gen_ai.request.model"
  ])
})
