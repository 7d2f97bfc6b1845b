/** The fake client is typed by endpoint: a test cannot script what the server would never answer. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import type { StreamTruncated, TooManyTokens } from "@effect-cohere/core/CohereError"
import { InvalidRequest } from "@effect-cohere/core/CohereError"
import type * as Endpoints from "@effect-cohere/core/Endpoints"
import type * as Models from "@effect-cohere/core/Models"
import * as ChatEvents from "@effect-cohere/core/testing/ChatEvents"
import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
import type * as V2 from "@effect-cohere/core/V2"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expectTypeOf } from "vitest"

declare const tooMany: TooManyTokens
declare const truncated: StreamTruncated
const invalid = InvalidRequest.local("v2.chat", [])

// What fits: a value, or an Effect of one; events, or a Stream of them.
CohereTest.layer({
  "v2.chat": (request) => {
    expectTypeOf(request).toExtend<V2.ChatRequest>()
    expectTypeOf<V2.ChatRequest>().toExtend<typeof request>()
    return CohereTest.chatResponse("Hello!", { finish_reason: "MAX_TOKENS" })
  },
  "v2.chatStream": () => ChatEvents.fromResponse(CohereTest.chatResponse("Hello!")),
  "v2.embed": () => Effect.fail(tooMany),
  "v2.rerank": ({ documents }) => ({ results: documents.map((_, index) => ({ index, relevance_score: 0.5 })) }),
  "models.get": ({ model }) => Effect.succeed({ name: model }),
  "models.list": () => Effect.delay(Effect.succeed({ models: [{ name: "m" }] }), "1 second"),
  "apiKey.check": () => ({ valid: true })
})
CohereTest.layer({ "v2.chat": () => Effect.fail(tooMany) })
CohereTest.layer({ "v2.chatStream": () => Stream.fail(truncated) })
CohereTest.layer({ "models.get": () => Effect.fail(invalid) })
CohereTest.layer({})

CohereTest.layer({
  // @ts-expect-error — an answer of another operation
  "v2.chat": () => ({ models: [] })
})
CohereTest.layer({
  // @ts-expect-error — an answer without its message
  "v2.chat": () => ({ id: "1", finish_reason: "COMPLETE" })
})
CohereTest.layer({
  // @ts-expect-error — content of a reply is blocks
  "v2.chat": () => ({ id: "1", finish_reason: "COMPLETE", message: { role: "assistant", content: "Hello!" } })
})
CohereTest.layer({
  // @ts-expect-error — an Effect of the wrong answer
  "v2.rerank": () => Effect.succeed({ results: [{ index: "0", relevance_score: 1 }] })
})
CohereTest.layer({
  // @ts-expect-error — a whole response is no stream of events
  "v2.chatStream": () => CohereTest.chatResponse("Hello!")
})
CohereTest.layer({
  // @ts-expect-error — an operation that does not exist
  "v2.chats": () => CohereTest.chatResponse("Hello!")
})
CohereTest.layer({
  // @ts-expect-error — models have no tokens to be too many
  "models.get": () => Effect.fail(tooMany)
})
CohereTest.layer({
  // @ts-expect-error — an answer that comes whole is not truncated
  "v2.chat": () => Effect.fail(truncated)
})
CohereTest.layer({
  // @ts-expect-error — an error that is no CohereError
  "v2.chat": () => Effect.fail("no")
})
CohereTest.layer({
  // @ts-expect-error — a handler has nothing to require
  "apiKey.check": () => Effect.as(CohereClient.CohereClient, { valid: true })
})
CohereTest.layer({
  // @ts-expect-error — a field that the request does not have
  "models.get": (request) => ({ name: request.name })
})

// A recorded call is told apart by its endpoint.
declare const call: CohereTest.Call
expectTypeOf(call.endpoint).toEqualTypeOf<Endpoints.Id>()
if (call.endpoint === "v2.chat") expectTypeOf(call.request).toExtend<V2.ChatRequest>()
if (call.endpoint === "models.list") expectTypeOf(call.request).toExtend<Models.ListModelsRequest>()
expectTypeOf(CohereTest.calls).toEqualTypeOf<
  Effect.Effect<ReadonlyArray<CohereTest.Call>, never, CohereTest.Recorder>
>()
