import { Usage } from "@effect-cohere/core/ApiMeta"
import { Citation } from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as ChatEvents from "@effect-cohere/core/testing/ChatEvents"
import { ChatResponse } from "@effect-cohere/core/V2"
import { LogprobItem } from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"

const text = FastCheck.oneof(FastCheck.fullUnicodeString({ maxLength: 40 }), FastCheck.lorem({ maxCount: 12 }))

const optional = <A, K extends string>(key: K, arbitrary: FastCheck.Arbitrary<A>) =>
  FastCheck.option(arbitrary, { nil: undefined }).map((value) => value === undefined ? {} : { [key]: value })

const nonEmpty = <A>(arbitrary: FastCheck.Arbitrary<A>) => FastCheck.array(arbitrary, { minLength: 1, maxLength: 4 })

const content = nonEmpty(FastCheck.oneof(
  text.map((text) => ({ type: "text" as const, text })),
  text.map((thinking) => ({ type: "thinking" as const, thinking }))
))

const toolCall = FastCheck.record({
  id: FastCheck.string(),
  type: FastCheck.constant("function"),
  function: FastCheck.record({ name: FastCheck.string(), arguments: FastCheck.json() })
})

const merge = (...parts: ReadonlyArray<FastCheck.Arbitrary<object>>): FastCheck.Arbitrary<object> =>
  FastCheck.tuple(...parts).map((all) => Object.assign({}, ...all) as object)

/** Responses that can be streamed: see the law. */
const streamable: FastCheck.Arbitrary<ChatResponse> = FastCheck.record({
  id: FastCheck.string({ minLength: 1 }),
  finish_reason: FastCheck.constantFrom("COMPLETE", "MAX_TOKENS", "STOP_SEQUENCE", "TOOL_CALL"),
  message: merge(
    optional("content", content),
    optional("tool_plan", FastCheck.string({ minLength: 1 })),
    optional("tool_calls", nonEmpty(toolCall)),
    optional("citations", nonEmpty(Arbitrary.make(Citation)))
  ),
  rest: merge(optional("usage", Arbitrary.make(Usage)), optional("logprobs", nonEmpty(Arbitrary.make(LogprobItem))))
}).map(({ message, rest, ...response }): ChatResponse => ({
  ...response,
  message: { role: "assistant", ...message },
  // Without a block, there is nothing that log probabilities could arrive on.
  ...("content" in message ? rest : "usage" in rest ? { usage: rest.usage as Usage } : {})
}))

const collect = (response: ChatResponse, options?: ChatEvents.Options) =>
  Effect.runSync(ChatStream.collect(Stream.fromIterable(ChatEvents.fromResponse(response, options))))

const response = (message: Partial<ChatResponse["message"]>, more: Partial<ChatResponse> = {}): ChatResponse => ({
  id: "1",
  finish_reason: "COMPLETE",
  message: { role: "assistant", ...message },
  ...more
})

const types = (response: ChatResponse, options?: ChatEvents.Options) =>
  ChatEvents.fromResponse(response, options).map((event) => event.type as string)

describe("the events of a response", () => {
  it("fold to the response again", () => {
    FastCheck.assert(
      FastCheck.property(
        streamable,
        FastCheck.constantFrom("accurate" as const, "fast" as const),
        (response, citations) => {
          assert.deepStrictEqual(collect(response, { citations }), response)
        }
      ),
      { numRuns: 500 }
    )
  })

  it("exist for every response, and end in message-end", () => {
    FastCheck.assert(
      FastCheck.property(Arbitrary.make(ChatResponse), (response) => {
        const all = types(response)
        assert.strictEqual(all[0], "message-start")
        assert.strictEqual(all.indexOf("message-end"), all.length - 1)
      })
    )
  })

  it("follow the grammar of an answer with a citation", () => {
    assert.deepStrictEqual(
      types(
        response({ content: [{ type: "text", text: "A river." }], citations: [{ start: 0, end: 7, text: "A river" }] })
      ),
      [
        "message-start",
        "content-start",
        "content-delta",
        "content-delta",
        "content-delta",
        "citation-start",
        "citation-end",
        "content-end",
        "message-end"
      ]
    )
  })

  it("bring fast citations as soon as their passage is there", () => {
    const all = types(
      response({
        content: [{ type: "thinking", thinking: "Hm" }, { type: "text", text: "A river." }],
        citations: [{ start: 0, end: 1, text: "A", content_index: 1 }]
      }),
      { citations: "fast" }
    )
    assert.deepStrictEqual(all.slice(4), [
      "content-start",
      "content-delta",
      "citation-start",
      "citation-end",
      "content-delta",
      "content-delta",
      "content-end",
      "message-end"
    ])
  })

  it("follow the grammar of tool calls, one without arguments", () => {
    assert.deepStrictEqual(
      types(response({
        tool_plan: "I will.",
        tool_calls: [
          { id: "a", type: "function", function: { name: "f", arguments: "{}" } },
          { id: "b", type: "function", function: { name: "g", arguments: "" } }
        ]
      })),
      [
        "message-start",
        "tool-plan-delta",
        "tool-plan-delta",
        "tool-plan-delta",
        "tool-call-start",
        "tool-call-delta",
        "tool-call-delta",
        "tool-call-end",
        "tool-call-start",
        "tool-call-end",
        "message-end"
      ]
    )
  })

  it("carry log probabilities on the pieces that they are about", () => {
    const logprobs = ["A ", "river"].map((text, i) => ({ text, token_ids: [i], logprobs: [-i] }))
    const deltas = ChatEvents.fromResponse(response({ content: [{ type: "text", text: "A river." }] }, { logprobs }))
      .flatMap((event) => event.type === "content-delta" ? [event] : [])
    assert.deepStrictEqual(deltas.map((event) => [event.delta?.message?.content?.text, event.logprobs?.text]), [
      ["A ", "A "],
      ["river", "river"],
      [".", undefined]
    ])
  })
})
