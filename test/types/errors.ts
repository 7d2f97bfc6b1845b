/** What an operation cannot fail with is not in its type, so that nobody handles it in vain. */
import * as ApiKey from "@effect-cohere/core/ApiKey"
import * as Audio from "@effect-cohere/core/Audio"
import type * as Batches from "@effect-cohere/core/Batches"
import * as Chat from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as ChatStreamV1 from "@effect-cohere/core/ChatStreamV1"
import type * as ChatV1 from "@effect-cohere/core/ChatV1"
import type { CohereClient } from "@effect-cohere/core/CohereClient"
import type {
  CohereError,
  CommonError,
  GenerationFailed,
  GenerationFailedWith,
  NoValidGeneration,
  StreamError,
  StreamTruncated,
  TooManyTokens,
  UploadFailed
} from "@effect-cohere/core/CohereError"
import type * as Connectors from "@effect-cohere/core/Connectors"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
import type * as Finetuning from "@effect-cohere/core/Finetuning"
import * as GenerateStream from "@effect-cohere/core/GenerateStream"
import * as Models from "@effect-cohere/core/Models"
import * as Tokens from "@effect-cohere/core/Tokens"
import * as Upload from "@effect-cohere/core/Upload"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Match from "effect/Match"
import * as Stream from "effect/Stream"
import { expectTypeOf } from "vitest"

declare const chatRequest: V2.ChatRequest

const chat = V2.chat(chatRequest)
const chatStream = V2.chatStream(chatRequest)
const chatStreamV1 = V1.chatStream({ message: "Hi!" })
const generateStream = V1.generateStream({ prompt: "Once" })
const file = Upload.make("rivers.csv", "text\nThe Seine\n")
const newDataset = Datasets.create({ name: "rivers", type: "embed-input", data: file })

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

expectTypeOf(V2.parse).returns.toEqualTypeOf<Effect.Effect<V2.ParseResponse, CommonError, CohereClient>>()

type Generates = TooManyTokens | NoValidGeneration | CommonError
expectTypeOf(V1.chat).returns.toEqualTypeOf<Effect.Effect<V1.ChatResponse, Generates, CohereClient>>()
expectTypeOf(chatStreamV1).toEqualTypeOf<
  Stream.Stream<V1.ChatStreamEvent, Generates | StreamError, CohereClient>
>()
expectTypeOf(V1.generate).returns.toEqualTypeOf<Effect.Effect<V1.Generation, Generates, CohereClient>>()
expectTypeOf(generateStream).toEqualTypeOf<
  Stream.Stream<V1.GenerateStreamEvent, Generates | StreamError, CohereClient>
>()
expectTypeOf(V1.summarize).returns.toEqualTypeOf<Effect.Effect<V1.SummarizeResponse, Generates, CohereClient>>()

type Reads = TooManyTokens | CommonError
expectTypeOf(V1.embed).returns.toEqualTypeOf<Effect.Effect<V1.EmbedResponse, Reads, CohereClient>>()
expectTypeOf(V1.rerank).returns.toEqualTypeOf<Effect.Effect<V1.RerankResponse, Reads, CohereClient>>()
expectTypeOf(V1.classify).returns.toEqualTypeOf<Effect.Effect<V1.ClassifyResponse, Reads, CohereClient>>()
expectTypeOf(Tokens.tokenize).returns.toEqualTypeOf<Effect.Effect<Tokens.TokenizeResponse, Reads, CohereClient>>()
expectTypeOf(Tokens.detokenize).returns.toEqualTypeOf<Effect.Effect<Tokens.DetokenizeResponse, Reads, CohereClient>>()

type Uploads = UploadFailed | CommonError
expectTypeOf(newDataset).toEqualTypeOf<Effect.Effect<Datasets.CreateDatasetResponse, Uploads, CohereClient>>()
expectTypeOf(Audio.createTranscription).returns.toEqualTypeOf<
  Effect.Effect<Audio.Transcription, Uploads, CohereClient>
>()

// There is nothing to say about a job that was cancelled.
expectTypeOf(EmbedJobs.cancel).returns.toEqualTypeOf<Effect.Effect<void, CommonError, CohereClient>>()

type Fails<R> = R extends Effect.Effect<unknown, infer E, CohereClient> ? E
  : R extends Stream.Stream<unknown, infer E, CohereClient> ? E
  : never
/** What each operation of a module can fail with. */
type ErrorsOf<Module> = {
  readonly [
    Name in keyof Module as Module[Name] extends
      | Effect.Effect<unknown, unknown, CohereClient>
      | Stream.Stream<unknown, unknown, CohereClient>
      | ((request: never) => Effect.Effect<unknown, unknown, CohereClient>)
      | ((request: never) => Stream.Stream<unknown, unknown, CohereClient>) ? Name
      : never
  ]: Module[Name] extends (request: never) => infer R ? Fails<R> : Fails<Module[Name]>
}

expectTypeOf<ErrorsOf<typeof Datasets>>().toEqualTypeOf<{
  readonly list: CommonError
  readonly listAll: CommonError
  readonly create: Uploads
  readonly getUsage: CommonError
  readonly get: CommonError
  readonly delete: CommonError
}>()
expectTypeOf<ErrorsOf<typeof EmbedJobs>>().toEqualTypeOf<{
  readonly list: CommonError
  readonly listAll: CommonError
  readonly create: CommonError
  readonly get: CommonError
  readonly cancel: CommonError
}>()
expectTypeOf<ErrorsOf<typeof Batches>>().toEqualTypeOf<{
  readonly list: CommonError
  readonly listAll: CommonError
  readonly create: CommonError
  readonly retrieve: CommonError
  readonly cancel: CommonError
}>()
expectTypeOf<ErrorsOf<typeof Connectors>>().toEqualTypeOf<{
  readonly list: CommonError
  readonly listAll: CommonError
  readonly create: CommonError
  readonly get: CommonError
  readonly delete: CommonError
  readonly update: CommonError
  readonly oAuthAuthorize: CommonError
}>()
expectTypeOf<ErrorsOf<typeof Finetuning>>().toEqualTypeOf<{
  readonly listFinetunedModels: CommonError
  readonly listAllFinetunedModels: CommonError
  readonly createFinetunedModel: CommonError
  readonly getFinetunedModel: CommonError
  readonly deleteFinetunedModel: CommonError
  readonly updateFinetunedModel: CommonError
  readonly listEvents: CommonError
  readonly listAllEvents: CommonError
  readonly listTrainingStepMetrics: CommonError
  readonly listAllTrainingStepMetrics: CommonError
}>()

// Models and keys have no tokens to be too many.
expectTypeOf<Extract<Effect.Effect.Error<ReturnType<typeof Models.get>>, { readonly _tag: "TooManyTokens" }>>()
  .toBeNever()
// Only chat generates.
expectTypeOf<Extract<V2.EmbedError | V2.RerankError, { readonly _tag: "NoValidGeneration" }>>().toBeNever()
// Only streams break off.
expectTypeOf<Extract<V2.ChatError, StreamError>>().toBeNever()

// Whatever any operation fails with is a CohereError.
expectTypeOf<V2.ChatStreamError | V2.EmbedError | V2.RerankError | GenerationFailed>().toExtend<CohereError>()
expectTypeOf<V1.ChatStreamError | V1.GenerateStreamError | Datasets.CreateDatasetError | Audio.AudioError>()
  .toExtend<CohereError>()
expectTypeOf<V1.EmbedError | V1.SummarizeError | Tokens.TokensError>().toExtend<CohereError>()

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
expectTypeOf(newDataset.pipe(Effect.catchTag("UploadFailed", (error) => Effect.succeed(error.file)))).toEqualTypeOf<
  Effect.Effect<Datasets.CreateDatasetResponse | string, CommonError, CohereClient>
>()
expectTypeOf(
  Datasets.get({ id: "d" }).pipe(
    // @ts-expect-error — only a file can fail to be uploaded
    Effect.catchTag("UploadFailed", () => Effect.void)
  )
)
expectTypeOf(
  V2.embed({ model: "m", input_type: "clustering" }).pipe(
    // @ts-expect-error — nor can an operation without files
    Effect.catchTag("UploadFailed", () => Effect.void)
  )
)
expectTypeOf(
  EmbedJobs.create({ model: "m", dataset_id: "d", input_type: "clustering" }).pipe(
    // @ts-expect-error — a job that is started has not read a token yet
    Effect.catchTag("TooManyTokens", () => Effect.void)
  )
)
expectTypeOf(
  V1.embed({ texts: ["a"] }).pipe(
    // @ts-expect-error — an embedding is not generated in v1, either
    Effect.catchTag("NoValidGeneration", () => Effect.void)
  )
)
expectTypeOf(chatStreamV1.pipe(
  // @ts-expect-error — a failed turn is an event, as long as nobody asks for its parts
  Stream.catchTag("GenerationFailed", () => Stream.empty)
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

expectTypeOf(
  V1.chat({ message: "Hi!" }).pipe(
    Effect.catchTags({ ...common, TooManyTokens: handled, NoValidGeneration: handled })
  )
).toEqualTypeOf<Effect.Effect<V1.ChatResponse | "handled", never, CohereClient>>()
expectTypeOf(Tokens.tokenize({ model: "m", text: "a" }).pipe(Effect.catchTags({ ...common, TooManyTokens: handled })))
  .toEqualTypeOf<Effect.Effect<Tokens.TokenizeResponse | "handled", never, CohereClient>>()
expectTypeOf(newDataset.pipe(Effect.catchTags({ ...common, UploadFailed: handled })))
  .toEqualTypeOf<Effect.Effect<Datasets.CreateDatasetResponse | "handled", never, CohereClient>>()
expectTypeOf(EmbedJobs.cancel({ id: "j" }).pipe(Effect.catchTags(common)))
  .toEqualTypeOf<Effect.Effect<void | "handled", never, CohereClient>>()
// What `common` lacks is left.
expectTypeOf(newDataset.pipe(Effect.catchTags(common)))
  .toEqualTypeOf<Effect.Effect<Datasets.CreateDatasetResponse | "handled", UploadFailed, CohereClient>>()

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
expectTypeOf(chatStreamV1.pipe(Stream.catchTags(everyTagOfChatStream)))
  .toEqualTypeOf<Stream.Stream<V1.ChatStreamEvent, never, CohereClient>>()
expectTypeOf(generateStream.pipe(Stream.catchTags(everyTagOfChatStream)))
  .toEqualTypeOf<Stream.Stream<V1.GenerateStreamEvent, never, CohereClient>>()
expectTypeOf(generateStream.pipe(
  GenerateStream.text,
  Stream.catchTags({ ...everyTagOfChatStream, GenerationFailed: empty })
)).toEqualTypeOf<Stream.Stream<string, never, CohereClient>>()

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
  Effect.Effect<V2.ChatResponse, V2.ChatStreamError | GenerationFailedWith<V2.ChatResponse>, CohereClient>
>()
expectTypeOf(chatStream.pipe(ChatStream.text)).toEqualTypeOf<
  Stream.Stream<string, V2.ChatStreamError | GenerationFailedWith<V2.ChatResponse>, CohereClient>
>()
expectTypeOf(ChatStream.toolCalls(Stream.empty)).toEqualTypeOf<
  Stream.Stream<Chat.ToolCall, GenerationFailedWith<V2.ChatResponse> | StreamTruncated>
>()
expectTypeOf(
  chatStream.pipe(
    Stream.mapError((error) => error._tag),
    ChatStream.citations,
    Stream.catchAll((error) => Stream.succeed(typeof error === "string" ? error : error._tag))
  )
).toExtend<Stream.Stream<Chat.Citation | string, never, CohereClient>>()
expectTypeOf(Chat.text).parameter(0).toEqualTypeOf<Chat.AssistantMessage | Chat.AssistantReply>()

// The error holds the response of the operation that failed, as far as it had come.
expectTypeOf(ChatStreamV1.collect(chatStreamV1)).toEqualTypeOf<
  Effect.Effect<V1.ChatResponse, V1.ChatStreamError | GenerationFailedWith<V1.ChatResponse>, CohereClient>
>()
expectTypeOf(GenerateStream.collect(generateStream)).toEqualTypeOf<
  Effect.Effect<V1.Generation, V1.GenerateStreamError | GenerationFailedWith<V1.Generation>, CohereClient>
>()
expectTypeOf(ChatStreamV1.toolCalls(Stream.empty)).toEqualTypeOf<
  Stream.Stream<ChatV1.ToolCall, GenerationFailedWith<V1.ChatResponse> | StreamTruncated>
>()
expectTypeOf(ChatStreamV1.citations(chatStreamV1)).toEqualTypeOf<
  Stream.Stream<ChatV1.ChatCitation, V1.ChatStreamError | GenerationFailedWith<V1.ChatResponse>, CohereClient>
>()
expectTypeOf(
  ChatStream.collect(chatStream).pipe(
    Effect.catchTag("GenerationFailed", ({ response }) => Effect.succeed(response.message))
  )
).toEqualTypeOf<Effect.Effect<V2.ChatResponse | V2.ChatResponse["message"], V2.ChatStreamError, CohereClient>>()
expectTypeOf(
  ChatStreamV1.collect(chatStreamV1).pipe(
    Effect.catchTag("GenerationFailed", ({ response }) => Effect.succeed(response.text))
  )
).toEqualTypeOf<Effect.Effect<V1.ChatResponse | string, V1.ChatStreamError, CohereClient>>()
expectTypeOf(
  GenerateStream.collect(generateStream).pipe(
    Effect.catchTag("GenerationFailed", ({ response }) => Effect.succeed(response.generations.length))
  )
).toEqualTypeOf<Effect.Effect<V1.Generation | number, V1.GenerateStreamError, CohereClient>>()
// @ts-expect-error — the events of one API are not those of the other
expectTypeOf(ChatStream.collect(chatStreamV1))
// @ts-expect-error — nor are those of chat those of generate
expectTypeOf(GenerateStream.collect(chatStreamV1))
