/**
 * A client for tests: each operation is answered by a function, without a network or a key.
 *
 * Typed by endpoint: an answer of another shape does not compile. Requests are validated as the real client does (what
 * `RequestOptions` add is not), so that a test cannot pass with a request that would never be sent; so are answers.
 */
import * as Headers from "@effect/platform/Headers"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { CohereClient, type Service } from "../CohereClient.ts"
import type { CommonError, InvalidRequest, ResponseErrorClass, StreamError } from "../CohereError.ts"
import type { Base, Streaming, Unary } from "../Endpoint.ts"
import type * as Endpoints from "../Endpoints.ts"
import { classify } from "../internal/classify.ts"
import { isStream } from "../internal/pull.ts"
import { encode } from "../internal/request.ts"
import { notify } from "../internal/response.ts"
import { check } from "../internal/schema.ts"
import type { ChatResponse } from "../V2.ts"

type Handler<Endpoint> = Endpoint extends Unary<string, infer Request, infer Success, infer E>
  ? (request: Request) => Success | Effect.Effect<Success, E | CommonError>
  : Endpoint extends Streaming<string, infer Request, infer Event, infer E>
    ? (request: Request) => Iterable<Event> | Stream.Stream<Event, E | CommonError | StreamError>
  : never

/**
 * What answers each operation, by its id: a value, or an Effect of one; for a stream its events, or a Stream of them.
 */
export type Handlers = { readonly [Id in Endpoints.Id]?: Handler<Endpoints.ById<Id>> }

/** A call that was made. */
export type Call = {
  readonly [Id in Endpoints.Id]: {
    readonly endpoint: Id
    readonly request: Schema.Schema.Type<Endpoints.ById<Id>["request"]>
  }
}[Endpoints.Id]

/** Remembers the calls. */
export class Recorder extends Context.Tag("@effect-cohere/core/testing/CohereTest/Recorder")<Recorder, {
  /** The calls so far, in the order in which they were made. */
  readonly calls: Effect.Effect<ReadonlyArray<Call>>
}>() {}

/** The calls so far, in the order in which they were made. */
export const calls: Effect.Effect<ReadonlyArray<Call>, never, Recorder> = Effect.flatMap(
  Recorder,
  (recorder) => recorder.calls
)

/**
 * The client that these functions answer for, and the record of its calls.
 *
 * An operation without a handler is a mistake of the test, not a failure that the tested program should handle: it
 * dies, with a message that names the operation.
 *
 * @example
 * ```ts
 * import * as Chat from "@effect-cohere/core/Chat"
 * import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
 * import * as V2 from "@effect-cohere/core/V2"
 * import { assert, it } from "@effect/vitest"
 * import * as Effect from "effect/Effect"
 *
 * it.effect("greets", () =>
 *   Effect.gen(function*() {
 *     const response = yield* V2.chat({ model: "command-a-03-2025", messages: [Chat.user("Hi!")] })
 *     assert.strictEqual(Chat.text(response.message), "Hello, 1 message!")
 *     assert.strictEqual((yield* CohereTest.calls).length, 1)
 *   }).pipe(Effect.provide(CohereTest.layer({
 *     "v2.chat": (request) => CohereTest.chatResponse(`Hello, ${request.messages.length} message!`)
 *   }))))
 * ```
 */
export const layer = (handlers: Handlers): Layer.Layer<CohereClient | Recorder> =>
  Layer.effectContext(Effect.sync(() => {
    const made: Array<Call> = []

    const received = <Id extends string, Request, E>(
      endpoint: Base<Id, Request, E>,
      request: Request
    ): Effect.Effect<(request: Request) => unknown, InvalidRequest> =>
      Effect.suspend(() => {
        const encoded = encode(endpoint, request, "application/json", {})
        if (Either.isLeft(encoded)) return Effect.fail(encoded.left)
        made.push({ endpoint: endpoint.id, request } as unknown as Call)
        const handler =
          (handlers as { readonly [id: string]: ((request: Request) => unknown) | undefined })[endpoint.id]
        return handler === undefined
          ? Effect.dieMessage(
            `${endpoint.id} was called, but CohereTest.layer has no handler for it: add { "${endpoint.id}": (request) => … }`
          )
          : Effect.succeed(handler)
      })

    // The types of Handlers say what each handler takes and gives; they are lost where a handler is found by its id.
    const client: Service = {
      execute: (endpoint, request) =>
        Effect.flatMap(received(endpoint, request), (handler) => {
          const answer = handler(request)
          return (Effect.isEffect(answer) ? answer : Effect.succeed(answer)).pipe(
            Effect.tap((value) => fitting(endpoint, value)),
            Effect.zipLeft(succeeded)
          ) as never
        }),
      stream: (endpoint, request) =>
        Stream.unwrap(Effect.flatMap(received(endpoint, request), (handler) => {
          const answer = handler(request)
          return Effect.as(
            succeeded,
            (isStream(answer) ? answer : Stream.fromIterable(answer as Iterable<unknown>)) as never
          )
        }))
    }

    return Context.make(CohereClient, client).pipe(
      Context.add(Recorder, { calls: Effect.sync(() => made.slice()) })
    )
  }))

/** Dies of an answer that no server gives. Types see most of it before. */
const fitting = <Id extends string, Request, Success, E>(
  endpoint: Unary<Id, Request, Success, E>,
  answer: unknown
): Effect.Effect<void> => {
  if (endpoint.answer === "nothing") return Effect.void
  const checked = check(endpoint.success, answer)
  return Either.isRight(checked) ? Effect.void : Effect.dieMessage(
    `The handler of CohereTest.layer for ${endpoint.id} gave what is no answer to the request:\n` +
      checked.left.map(({ message, path }) => `  ${path || "(answer)"}: ${message}`).join("\n")
  )
}

const succeeded = Effect.flatMap(
  Effect.context<never>(),
  (caller) => notify(caller, { status: 200, headers: Headers.empty }, 1) ?? Effect.void
)

/** A chat response with this text, and whatever else a test needs. */
export const chatResponse = (text: string, rest?: Partial<ChatResponse>): ChatResponse => ({
  id: "test",
  finish_reason: "COMPLETE",
  message: { role: "assistant", content: [{ type: "text", text }] },
  ...rest
})

/** What a server says with a status that is no success. */
export interface Refusal {
  readonly status: number
  /** Its words: some tell classes apart, as with real servers. Default: none. */
  readonly message?: string | undefined
  /** Its code, such as `NO_VALID_RESPONSE_GENERATED`. */
  readonly errorType?: string | undefined
  readonly requestId?: string | undefined
  /** How long it asks to wait. */
  readonly retryAfter?: Duration.DurationInput | undefined
  /** What it says about another attempt (`x-should-retry`). */
  readonly shouldRetry?: boolean | undefined
  /** How often the request was sent. Default 1. */
  readonly attempts?: number | undefined
}

/**
 * The error that the real client makes for an operation when a server answers with this status.
 *
 * @example
 * ```ts
 * import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
 * import * as V2 from "@effect-cohere/core/V2"
 * import * as Effect from "effect/Effect"
 *
 * const busy = CohereTest.layer({
 *   "v2.chat": () => Effect.fail(CohereTest.refusal(V2.chatEndpoint, { status: 429, retryAfter: "5 seconds" }))
 * })
 * ```
 */
export const refusal = <E = never>(
  endpoint: { readonly id: string; readonly error: ReadonlyArray<ResponseErrorClass<E>> },
  { attempts = 1, errorType, message = "", requestId, retryAfter, shouldRetry, status }: Refusal
): E | CommonError =>
  classify({
    endpoint: endpoint.id,
    attempts,
    status,
    requestId,
    retryAfter: retryAfter === undefined ? undefined : Duration.decode(retryAfter),
    shouldRetry,
    contentType: undefined,
    callLimit: undefined,
    detail: message,
    errorType,
    excerpt: ""
  }, endpoint.error)
