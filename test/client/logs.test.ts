/** What is logged, at every level: nothing but what Cohere warns about. */
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import type * as Transport from "../support/transport.ts"
import { chat, chatReply, chatRequest, over } from "./support/samples.ts"

const logged = <A, E>(call: Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const logger = Logger.make(({ cause, message }) => {
      lines.push(`${String(message)} ${Cause.pretty(cause)}`)
    })
    const fiber = yield* Effect.fork(
      Effect.exit(call).pipe(
        Logger.withMinimumLogLevel(LogLevel.All),
        Effect.provide(Layer.mergeAll(Logger.replace(Logger.defaultLogger, logger)))
      )
    )
    yield* TestClock.adjust("10 minutes")
    yield* Fiber.join(fiber)
    return lines
  })

const frame = (event: object) => `data: ${JSON.stringify(event)}\n\n`
const streamReply: Transport.Reply = {
  headers: { "content-type": "text/event-stream" },
  body: [
    frame({ type: "message-start", id: "1", delta: { message: { role: "assistant" } } }),
    frame({ type: "message-end", delta: { finish_reason: "COMPLETE" } })
  ]
}

describe("nothing is logged", () => {
  // Effect itself reports a stream that fails while it is run.
  const stream = Stream.runDrain(Stream.catchAll(V2.chatStream(chatRequest), () => Stream.empty))
  const rows: ReadonlyArray<readonly [string, Effect.Effect<unknown, unknown>]> = [
    ["of a call that succeeds", chat.pipe(over(() => chatReply))],
    ["of a call that fails, and is retried", chat.pipe(over(() => ({ status: 503 })))],
    ["of a call that is too late", chat.pipe(RetryPolicy.with(RetryPolicy.none), over(() => Effect.never))],
    ["of a stream that ends", stream.pipe(over(() => streamReply))],
    ["of a stream that is cut off", stream.pipe(over(() => ({ ...streamReply, body: ["data: {"] })))]
  ]
  it.effect.each(rows)("%s", ([, call]) => Effect.map(logged(call), (lines) => assert.deepStrictEqual(lines, [])))
})
