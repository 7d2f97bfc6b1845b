/** What an operation cannot fail with is not in its type, so that nobody handles it in vain. */
import * as ApiKey from "@effect-cohere/core/ApiKey"
import * as Chat from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import type { CohereClient } from "@effect-cohere/core/CohereClient"
import type {
  CohereError,
  CommonError,
  GenerationFailed,
  NoValidGeneration,
  StreamError,
  StreamTruncated,
  TooManyTokens
} from "@effect-cohere/core/CohereError"
import * as Models from "@effect-cohere/core/Models"
import * as V2 from "@effect-cohere/core/V2"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Match from "effect/Match"
import * as Stream from "effect/Stream"
import { expectTypeOf } from "vitest"

declare const chatRequest: V2.ChatRequest

const chat = V2.chat(chatRequest)
const chatStream = V2.chatStream(chatRequest)

// ---------------------------------------------------------------------------------------------------------------------
// Each operation has exactly its own errors
// ---------------------------------------------------------------------------------------------------------------------

expectTypeOf(chat).toEqualTypeOf<
  Effect.Effect<V2.ChatResponse, TooManyTokens | NoValidGeneration | CommonError, CohereClient>
>()
expectTypeOf(chatStream).toEqualTypeOf<
  Stream.Stream<V2.ChatStreamEvent, TooManyTokens | NoValidGeneration | CommonError | StreamError, CohereClient>
>()
expectTypeOf(V2.embed).returns.toEqualTypeOf<
  Effect.Effect<V2.EmbedResponse, TooManyTokens | CommonError, CohereClient>
>()
expectTypeOf(V2.rerank).returns.toEqualTypeOf<
  Effect.Effect<V2.RerankResponse, TooManyTokens | CommonError, CohereClient>
>()
expectTypeOf(Models.get).returns.toEqualTypeOf<Effect.Effect<Models.Model, CommonError, CohereClient>>()
expectTypeOf(Models.list).returns.toEqualTypeOf<Effect.Effect<Models.ListModelsResponse, CommonError, CohereClient>>()
expectTypeOf(Models.listAll).returns.toEqualTypeOf<Stream.Stream<Models.Model, CommonError, CohereClient>>()
expectTypeOf(ApiKey.check).toEqualTypeOf<Effect.Effect<ApiKey.CheckResponse, CommonError, CohereClient>>()

// Models and keys have no tokens to be too many.
expectTypeOf<Extract<Effect.Effect.Error<ReturnType<typeof Models.get>>, { readonly _tag: "TooManyTokens" }>>()
  .toBeNever()
// Only chat generates.
expectTypeOf<Extract<V2.EmbedError | V2.RerankError, { readonly _tag: "NoValidGeneration" }>>().toBeNever()
// Only streams break off.
expectTypeOf<Extract<V2.ChatError, StreamError>>().toBeNever()

// Whatever any operation fails with is a CohereError.
expectTypeOf<V2.ChatStreamError | V2.EmbedError | V2.RerankError | GenerationFailed>().toExtend<CohereError>()

// ---------------------------------------------------------------------------------------------------------------------
// catchTag takes the tags that can happen, and no others
// ---------------------------------------------------------------------------------------------------------------------

expectTypeOf(chat.pipe(Effect.catchTag("TooManyTokens", (error) => Effect.succeed(error.exceededBy)))).toEqualTypeOf<
  Effect.Effect<V2.ChatResponse | number | undefined, NoValidGeneration | CommonError, CohereClient>
>()

expectTypeOf(
  Models.get({ model: "m" }).pipe(
    // @ts-expect-error — Models.get cannot fail with TooManyTokens
    Effect.catchTag("TooManyTokens", () => Effect.void)
  )
)
expectTypeOf(
  // @ts-expect-error — the same without a pipe
  Effect.catchTag(Models.get({ model: "m" }), "TooManyTokens", () => Effect.void)
)
expectTypeOf(
  Models.listAll({}).pipe(
    // @ts-expect-error — nor can the stream of all models
    Stream.catchTag("TooManyTokens", () => Stream.empty)
  )
)
expectTypeOf(
  V2.embed({ model: "m", input_type: "clustering" }).pipe(
    // @ts-expect-error — an embedding is not generated
    Effect.catchTag("NoValidGeneration", () => Effect.void)
  )
)
expectTypeOf(chat.pipe(
  // @ts-expect-error — an answer that comes whole is not truncated
  Effect.catchTag("StreamTruncated", () => Effect.void)
))
expectTypeOf(chat.pipe(
  // @ts-expect-error — a misspelled tag
  Effect.catchTag("TooManyToken", () => Effect.void)
))

// ---------------------------------------------------------------------------------------------------------------------
// Who handles all tags has none left
// ---------------------------------------------------------------------------------------------------------------------

const handled = () => Effect.succeed("handled" as const)

const common = {
  InvalidRequest: handled,
  Unauthorized: handled,
  BillingLimitReached: handled,
  PermissionDenied: handled,
  NotFound: handled,
  Conflict: handled,
  RateLimited: handled,
  ContentBlocked: handled,
  RequestCancelled: handled,
  NotImplemented: handled,
  ServerError: handled,
  UnexpectedStatus: handled,
  UnexpectedResponse: handled,
  ConnectionFailed: handled,
  RequestTimeout: handled,
  CredentialsError: handled
}

expectTypeOf(chat.pipe(Effect.catchTags({ ...common, TooManyTokens: handled, NoValidGeneration: handled })))
  .toEqualTypeOf<Effect.Effect<V2.ChatResponse | "handled", never, CohereClient>>()
expectTypeOf(Models.get({ model: "m" }).pipe(Effect.catchTags(common)))
  .toEqualTypeOf<Effect.Effect<Models.Model | "handled", never, CohereClient>>()

const { Unauthorized: _, ...allButUnauthorized } = common
expectTypeOf(
  Models.get({ model: "m" }).pipe(Effect.catchTags(allButUnauthorized), Effect.flip, Effect.map((e) => e._tag))
)
  .toEqualTypeOf<Effect.Effect<"Unauthorized", Models.Model | "handled", CohereClient>>()

expectTypeOf(chat.pipe(
  // @ts-expect-error — chat does not fail with StreamIdle
  Effect.catchTags({ StreamIdle: handled })
))

const empty = () => Stream.empty
const everyTagOfChatStream = {
  InvalidRequest: empty,
  Unauthorized: empty,
  BillingLimitReached: empty,
  PermissionDenied: empty,
  NotFound: empty,
  Conflict: empty,
  RateLimited: empty,
  ContentBlocked: empty,
  RequestCancelled: empty,
  NotImplemented: empty,
  ServerError: empty,
  UnexpectedStatus: empty,
  UnexpectedResponse: empty,
  ConnectionFailed: empty,
  RequestTimeout: empty,
  CredentialsError: empty,
  TooManyTokens: empty,
  NoValidGeneration: empty,
  StreamInterrupted: empty,
  StreamIdle: empty,
  StreamTruncated: empty,
  MalformedEvent: empty
}
expectTypeOf(chatStream.pipe(Stream.catchTags(everyTagOfChatStream)))
  .toEqualTypeOf<Stream.Stream<V2.ChatStreamEvent, never, CohereClient>>()

// A match over the tags of any error is exhaustive, too.
expectTypeOf(
  Match.type<V2.ChatStreamError>().pipe(
    Match.tag("TooManyTokens", (error) => error.exceededBy ?? 0),
    Match.tag("RateLimited", (error) => error.scope),
    Match.orElse((error) => error._tag)
  )
).returns.toExtend<string | number>()

const remedy = (error: V2.ChatError): string => {
  switch (error._tag) {
    case "TooManyTokens":
      return `${error.exceededBy} too many`
    case "NoValidGeneration":
      return error.errorType
    case "InvalidRequest":
      return error.issues.map((issue) => issue.path).join()
    case "RateLimited":
      return error.scope
    case "NotFound":
      return error.removed ? "removed" : "unknown"
    case "RequestTimeout":
      return error.phase
    case "ConnectionFailed":
      return error.reason
    case "UnexpectedResponse":
      return error.excerpt
    case "CredentialsError":
      return error.message
    case "Unauthorized":
    case "BillingLimitReached":
    case "PermissionDenied":
    case "Conflict":
    case "ContentBlocked":
    case "RequestCancelled":
    case "NotImplemented":
    case "ServerError":
    case "UnexpectedStatus":
      return error.detail
  }
}
expectTypeOf(remedy).toBeFunction()

// All errors share what a generic handler wants to know.
expectTypeOf(chat.pipe(
  Effect.tapError((error) =>
    Effect.log(error.endpoint, error.attempts, error.message, error.isRetryable, error.retryAfter)
  ),
  Effect.either
)).toEqualTypeOf<Effect.Effect<Either.Either<V2.ChatResponse, V2.ChatError>, never, CohereClient>>()

// ---------------------------------------------------------------------------------------------------------------------
// Work on top of a stream adds its failures to those of the stream
// ---------------------------------------------------------------------------------------------------------------------

expectTypeOf(ChatStream.collect(chatStream)).toEqualTypeOf<
  Effect.Effect<V2.ChatResponse, V2.ChatStreamError | GenerationFailed, CohereClient>
>()
expectTypeOf(chatStream.pipe(ChatStream.text)).toEqualTypeOf<
  Stream.Stream<string, V2.ChatStreamError | GenerationFailed, CohereClient>
>()
expectTypeOf(ChatStream.toolCalls(Stream.empty)).toEqualTypeOf<
  Stream.Stream<Chat.ToolCall, GenerationFailed | StreamTruncated>
>()
expectTypeOf(
  chatStream.pipe(
    Stream.mapError((error) => error._tag),
    ChatStream.citations,
    Stream.catchAll((error) => Stream.succeed(typeof error === "string" ? error : error._tag))
  )
).toExtend<Stream.Stream<Chat.Citation | string, never, CohereClient>>()
expectTypeOf(Chat.text).parameter(0).toEqualTypeOf<Chat.AssistantMessage | Chat.AssistantReply>()
