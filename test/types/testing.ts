/** The fake client is typed by endpoint: a test cannot script what the server would never answer. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import type { StreamTruncated, TooManyTokens, UploadFailed } from "@effect-cohere/core/CohereError"
import { InvalidRequest } from "@effect-cohere/core/CohereError"
import type * as Datasets from "@effect-cohere/core/Datasets"
import type * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
import type * as Endpoints from "@effect-cohere/core/Endpoints"
import * as Models from "@effect-cohere/core/Models"
import * as ChatEvents from "@effect-cohere/core/testing/ChatEvents"
import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
import type * as Upload from "@effect-cohere/core/Upload"
import type * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expectTypeOf } from "vitest"

declare const tooMany: TooManyTokens
declare const truncated: StreamTruncated
declare const uploadFailed: UploadFailed
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
CohereTest.layer({
  "v1.chat": ({ message }) => ({ text: message }),
  "v1.chatStream": (request) => {
    expectTypeOf(request).toExtend<V1.ChatRequest>()
    return [{ event_type: "text-generation", text: request.message }, { event_type: "stream-end" }]
  },
  "v1.generateStream": ({ prompt }) =>
    Stream.make(
      { event_type: "text-generation", text: prompt, index: 0 } as const,
      { event_type: "stream-error", err: "no GPU" } as const
    ),
  "v1.embed": ({ embedding_types }) =>
    embedding_types === undefined ? { embeddings: [[0.5]] } : { embeddings: { int8: [[5]] } },
  // Nothing is the answer to a cancelled job.
  "embedJobs.cancel": (request) => {
    expectTypeOf(request).toEqualTypeOf<EmbedJobs.EmbedJobRequest>()
  },
  "datasets.create": (request) => {
    expectTypeOf(request).toExtend<Datasets.CreateDatasetRequest>()
    expectTypeOf(request.data).toEqualTypeOf<Upload.Upload>()
    return { id: request.data.name }
  },
  "audio.createTranscription": () => Effect.fail(uploadFailed),
  "datasets.getUsage": () => ({ organization_usage: 0 }),
  "datasets.delete": () => ({}),
  "tokens.tokenize": () => Effect.fail(tooMany)
})
CohereTest.layer({ "embedJobs.cancel": () => Effect.void })
CohereTest.layer({ "v1.chatStream": () => Stream.fail(truncated) })
CohereTest.layer({ "v2.chat": () => Effect.fail(tooMany) })
CohereTest.layer({ "v2.chatStream": () => Stream.fail(truncated) })
CohereTest.layer({ "models.get": () => Effect.fail(invalid) })
CohereTest.layer({})

// The refusals of an operation are what it can fail with.
CohereTest.layer({ "v2.chat": () => Effect.fail(CohereTest.refusal(V2.chatEndpoint, { status: 429 })) })
CohereTest.layer({ "v2.chatStream": () => Stream.fail(CohereTest.refusal(V2.chatStreamEndpoint, { status: 500 })) })
CohereTest.layer({ "models.get": () => Effect.fail(CohereTest.refusal(Models.getEndpoint, { status: 404 })) })
CohereTest.layer({
  // @ts-expect-error — a refusal of another operation, which has more errors
  "models.get": () => Effect.fail(CohereTest.refusal(V2.chatEndpoint, { status: 404 }))
})

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
  // @ts-expect-error — an event of the other API
  "v1.chatStream": () => ChatEvents.fromResponse(CohereTest.chatResponse("Hello!"))
})
CohereTest.layer({
  // @ts-expect-error — an event without its text
  "v1.generateStream": () => [{ event_type: "text-generation" }]
})
CohereTest.layer({
  // @ts-expect-error — only an upload can fail to be read
  "datasets.get": () => Effect.fail(uploadFailed)
})
CohereTest.layer({
  // @ts-expect-error — an upload that is answered by the dataset's whole description
  "datasets.create": () => ({ id: 7 })
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
if (call.endpoint === "datasets.create") expectTypeOf(call.request.data).toEqualTypeOf<Upload.Upload>()
if (call.endpoint === "v1.generateStream") expectTypeOf(call.request).toExtend<V1.GenerateRequest>()
if (call.endpoint === "models.list") expectTypeOf(call.request).toExtend<Models.ListModelsRequest>()
expectTypeOf(CohereTest.calls).toEqualTypeOf<
  Effect.Effect<ReadonlyArray<CohereTest.Call>, never, CohereTest.Recorder>
>()
