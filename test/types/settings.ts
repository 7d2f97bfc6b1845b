/** A setting of a call changes what the call does, never what it is: an Effect stays that Effect, a Stream that Stream. */
import * as Chat from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import type { CohereError, CommonError } from "@effect-cohere/core/CohereError"
import * as Models from "@effect-cohere/core/Models"
import * as RateLimits from "@effect-cohere/core/RateLimits"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V2 from "@effect-cohere/core/V2"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { expectTypeOf } from "vitest"

declare const chatRequest: V2.ChatRequest

const chat = V2.chat(chatRequest)
const chatStream = V2.chatStream(chatRequest)
type ChatEffect = Effect.Effect<V2.ChatResponse, V2.ChatError, CohereClient.CohereClient>
type ChatEvents = Stream.Stream<V2.ChatStreamEvent, V2.ChatStreamError, CohereClient.CohereClient>

// Each setting keeps the exact type of an Effect …
expectTypeOf(RetryPolicy.with(RetryPolicy.none)(chat)).toEqualTypeOf<ChatEffect>()
expectTypeOf(Timeouts.with({ total: "10 seconds" })(chat)).toEqualTypeOf<ChatEffect>()
expectTypeOf(RequestOptions.with({ clientName: "app" })(chat)).toEqualTypeOf<ChatEffect>()
expectTypeOf(CohereClient.onResponse(() => Effect.void)(chat)).toEqualTypeOf<ChatEffect>()

// … and of a Stream …
expectTypeOf(RetryPolicy.with(RetryPolicy.none)(chatStream)).toEqualTypeOf<ChatEvents>()
expectTypeOf(Timeouts.with({ idle: 500 })(chatStream)).toEqualTypeOf<ChatEvents>()
expectTypeOf(RequestOptions.with({ headers: { "x-team": "search" } })(chatStream)).toEqualTypeOf<ChatEvents>()
expectTypeOf(CohereClient.onResponse((response) => Effect.log(response.attempts))(chatStream)).toEqualTypeOf<
  ChatEvents
>()

// … piped one after the other, too.
expectTypeOf(chat.pipe(
  RetryPolicy.with(RetryPolicy.make({ retries: 5, maxDelay: Duration.seconds(20) })),
  Timeouts.with({ attempt: "10 seconds" }),
  RequestOptions.with({ body: { new_field: true }, query: { tag: ["a", "b"] } }),
  CohereClient.onResponse(() => Effect.void)
)).toEqualTypeOf<ChatEffect>()
expectTypeOf(chatStream.pipe(
  RetryPolicy.with(RetryPolicy.standard),
  Timeouts.with({ firstEvent: Duration.infinity, idle: Infinity }),
  RequestOptions.with({}),
  CohereClient.onResponse(() => Effect.void)
)).toEqualTypeOf<ChatEvents>()
expectTypeOf(Models.listAll({}).pipe(Timeouts.with({ total: 1000 }), Stream.map((model) => model.name))).toEqualTypeOf<
  Stream.Stream<string | null | undefined, CommonError, CohereClient.CohereClient>
>()

// A whole program takes a setting as a single call does.
const program = Effect.gen(function*() {
  const models = yield* Stream.runCount(Models.listAll({}))
  const { message } = yield* V2.chat({ model: "m", messages: [Chat.user(`There are ${models}.`)] })
  return Chat.text(message)
})
expectTypeOf(program.pipe(RetryPolicy.with(RetryPolicy.none))).toEqualTypeOf<
  Effect.Effect<string, V2.ChatError, CohereClient.CohereClient>
>()
expectTypeOf(
  chatStream.pipe(Timeouts.with({ idle: 1 }), ChatStream.text, RetryPolicy.with(RetryPolicy.none), Stream.runDrain)
).toExtend<Effect.Effect<void, CohereError, CohereClient.CohereClient>>()

// Any schedule over the errors is a policy.
expectTypeOf(
  RetryPolicy.with(Schedule.recurs(3).pipe(Schedule.whileInput((error: CohereError) => error._tag === "RateLimited")))(
    chat
  )
).toEqualTypeOf<ChatEffect>()
expectTypeOf(RetryPolicy.with(Schedule.exponential("1 second"))(chat)).toEqualTypeOf<ChatEffect>()

// As layers they fail never and need nothing.
expectTypeOf(RetryPolicy.layer(RetryPolicy.none)).toEqualTypeOf<Layer.Layer<never>>()
expectTypeOf(Timeouts.layer({})).toEqualTypeOf<Layer.Layer<never>>()
expectTypeOf(RequestOptions.layer({})).toEqualTypeOf<Layer.Layer<never>>()

// Mistakes.
expectTypeOf(
  // @ts-expect-error — there is no such deadline
  Timeouts.with({ connect: "1 second" })
)
expectTypeOf(
  // @ts-expect-error — no deadline is Duration.infinity or Infinity; Effect's type of durations has no such string
  Timeouts.with({ total: "Infinity" })
)
expectTypeOf(
  // @ts-expect-error — a duration has a unit
  Timeouts.with({ total: "10" })
)
expectTypeOf(
  // @ts-expect-error — header values are strings
  RequestOptions.with({ headers: { "x-n": 1 } })
)
expectTypeOf(
  // @ts-expect-error — retries are counted
  RetryPolicy.make({ retries: "2" })
)
expectTypeOf(chat.pipe(
  // @ts-expect-error — a listener cannot fail
  // @effect-diagnostics-next-line missingEffectError:off
  CohereClient.onResponse(() => Effect.fail("no"))
))
expectTypeOf(
  // @ts-expect-error — a promise is no call
  RetryPolicy.with(RetryPolicy.none)(Promise.resolve())
)

// Limits are for operations that there are, or for what begins like them.
RateLimits.layer([{ endpoints: ["v2.chat", "embedJobs.*", "*"], requests: 1 }])
// @ts-expect-error — an operation that does not exist
RateLimits.layer([{ endpoints: ["v2.chats"], requests: 1 }])
