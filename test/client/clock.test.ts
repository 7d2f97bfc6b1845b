/** Deadlines count time that passes: not the time of day, which may be set meanwhile. */
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Transport from "../support/transport.ts"
import { chat, chatAnswer, chatReply, over } from "./support/samples.ts"

/** The time of day is set by so many milliseconds, as long as the scope lives. */
const setBy = (millis: number) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const { now } = Date
      Date.now = () => now.call(Date) + millis
      return now
    }),
    (now) =>
      Effect.sync(() => {
        Date.now = now
      })
  )

const hour = 3_600_000

describe("a clock that is set while a call runs", () => {
  it.scopedLive("back by an hour, holds up no deadline", () =>
    Effect.gen(function*() {
      const call = yield* Effect.fork(Effect.flip(chat.pipe(
        RetryPolicy.with(RetryPolicy.none),
        Timeouts.with({ attempt: "100 millis" }),
        over(Transport.make(() => Effect.never))
      )))
      yield* Effect.sleep("20 millis")
      yield* setBy(-hour)
      const error = yield* Effect.timeout(Fiber.join(call), "10 seconds")
      assert.strictEqual(error._tag, "RequestTimeout")
    }))

  it.scopedLive("forward by an hour, brings none nearer", () =>
    Effect.gen(function*() {
      const text = JSON.stringify(chatAnswer)
      const call = yield* Effect.fork(chat.pipe(
        RetryPolicy.with(RetryPolicy.none),
        // The timer of the nearer one is there when the clock is set, and looks at the other.
        Timeouts.with({ headers: "50 millis", attempt: "1 minute" }),
        over(() => ({ ...chatReply, body: [text.slice(0, 10), text.slice(10)], delay: "200 millis" }))
      ))
      yield* Effect.sleep("20 millis")
      yield* setBy(hour)
      const { id } = yield* Fiber.join(call)
      assert.strictEqual(id, chatAnswer.id)
    }))
})
