import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as V2 from "@effect-cohere/core/V2"
import type { JsonObject } from "@effect-cohere/core/Wire"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { chatReply, chatRequest, over } from "../client/support/samples.ts"
import { objectText } from "../support/json.ts"
import * as Transport from "../support/transport.ts"

const given = (text: string): JsonObject => JSON.parse(text)

const bodyOf = (request: V2.ChatRequest, options: RequestOptions.Settings = {}) =>
  Effect.gen(function*() {
    const transport = Transport.make(() => chatReply)
    yield* V2.chat(request).pipe(RequestOptions.with(options), over(transport))
    return transport.requests[0]?.body ?? ""
  })

const written = (text: string) => JSON.stringify(given(text))

it.effect.prop(
  "JSON that belongs to the caller goes on the wire byte for byte, wherever it stands",
  {
    parameters: objectText,
    args: objectText,
    data: objectText,
    result: objectText,
    schema: objectText,
    output: objectText,
    extra: objectText
  },
  (texts) =>
    Effect.gen(function*() {
      const args = ` ${texts.args}\n`
      const request: V2.ChatRequest = {
        ...chatRequest,
        messages: [
          { role: "assistant", tool_calls: [{ id: "1", function: { name: "f", arguments: args } }] },
          {
            role: "tool",
            tool_call_id: "1",
            content: [{ type: "document", document: { data: given(texts.result) } }]
          },
          {
            role: "assistant",
            citations: [{ sources: [{ type: "tool", id: "1:0", tool_output: given(texts.output) }] }]
          }
        ],
        tools: [{ type: "function", function: { name: "f", parameters: given(texts.parameters) } }],
        documents: [{ data: given(texts.data), id: "d" }],
        response_format: { type: "json_object", json_schema: given(texts.schema) }
      }
      const body = yield* bodyOf(request, { body: { extra: given(texts.extra) } })
      assert.include(body, `"function":{"name":"f","parameters":${written(texts.parameters)}}`)
      assert.include(body, `"function":{"name":"f","arguments":${JSON.stringify(args)}}`)
      assert.include(body, `"documents":[{"data":${written(texts.data)},"id":"d"}]`)
      assert.include(body, `"content":[{"type":"document","document":{"data":${written(texts.result)}}}]`)
      assert.include(body, `"response_format":{"type":"json_object","json_schema":${written(texts.schema)}}`)
      assert.include(body, `"sources":[{"type":"tool","id":"1:0","tool_output":${written(texts.output)}}]`)
      assert.include(body, `"extra":${written(texts.extra)}`)
      assert.strictEqual(body, JSON.stringify({ ...request, extra: given(texts.extra), stream: false }))
    }),
  { fastCheck: { numRuns: 150 } }
)

it.effect("a field of the request called __proto__ is a field like any other", () =>
  Effect.gen(function*() {
    const request: V2.ChatRequest = JSON.parse(
      "{\"__proto__\":{\"polluted\":true},\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi!\"}]}"
    )
    const body = yield* bodyOf(request)
    assert.include(body, "\"__proto__\":{\"polluted\":true}")
    assert.notProperty({}, "polluted")
  }))

it.effect("a field of RequestOptions called __proto__ is one, too", () =>
  Effect.gen(function*() {
    const body = yield* bodyOf(chatRequest, { body: JSON.parse("{\"__proto__\":{\"polluted\":true}}") })
    assert.include(body, "\"__proto__\":{\"polluted\":true}")
    assert.notProperty({}, "polluted")
  }))
