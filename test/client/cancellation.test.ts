import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type * as Http from "node:http"
import * as Transport from "../support/transport.ts"
import { chat, chatAnswer, chatReply, chatRequest, over } from "./support/samples.ts"
import { answerJson, clients, listen, type Server } from "./support/server.ts"

/** Milliseconds: at once, also on a machine that is busy; who waits for a deadline or a collector takes far longer. */
const atOnce = 3_000

/** Answers nothing. */
const silent: Http.RequestListener = (request) => {
  request.resume()
}

/** Answers headers and half of a body. */
const half: Http.RequestListener = (request, response) => {
  request.resume()
  response.writeHead(200, { "content-type": "application/json" })
  response.write("{\"id\":\"1\",")
}

/** How many milliseconds after this moment the server's side of the connection was closed. */
const closedAfter = (server: Server, moment: number) =>
  Effect.promise(() => server.closed).pipe(
    Effect.timeout("5 seconds"),
    Effect.map((closed) => closed - moment)
  )

describe.each(clients)("with $name", ({ connect }) => {
  it.scopedLive.each([
    { when: "before the headers", answer: silent },
    { when: "inside the body", answer: half }
  ])("interrupting a call $when closes its connection at once", ({ answer }) =>
    Effect.gen(function*() {
      const server = yield* listen(answer)
      yield* Effect.gen(function*() {
        const fiber = yield* Effect.fork(chat)
        yield* Effect.promise(() => server.asked)
        yield* Effect.sleep("50 millis")
        const moment = performance.now()
        const exit = yield* Fiber.interrupt(fiber)
        assert.isTrue(Exit.isInterrupted(exit))
        assert.isBelow(performance.now() - moment, atOnce)
        assert.isBelow(yield* closedAfter(server, moment), atOnce)
      }).pipe(Effect.provide(connect(server.url)))
      assert.lengthOf(server.requests, 1)
    }))

  it.scopedLive("Effect.timeout closes the connection, and nothing is sent again", () =>
    Effect.gen(function*() {
      const server = yield* listen(silent)
      yield* Effect.gen(function*() {
        const moment = performance.now()
        const exit = yield* Effect.exit(Effect.timeout(chat, "100 millis"))
        assert.isTrue(Exit.isFailure(exit))
        assert.isBelow(yield* closedAfter(server, moment), 300)
        yield* Effect.sleep("100 millis")
      }).pipe(Effect.provide(connect(server.url)))
      assert.lengthOf(server.requests, 1)
    }))

  it.scopedLive("the loser of a race loses its connection", () =>
    Effect.gen(function*() {
      const slow = yield* listen(silent)
      const quick = yield* listen(answerJson(chatAnswer))
      const winner = yield* Effect.race(
        chat.pipe(Effect.as("slow"), Effect.provide(connect(slow.url))),
        Effect.promise(() => slow.asked).pipe(
          Effect.zipRight(chat),
          Effect.as("quick"),
          Effect.provide(connect(quick.url))
        )
      )
      assert.strictEqual(winner, "quick")
      yield* closedAfter(slow, 0)
    }))

  it.scopedLive("leaving a stream early closes its connection", () =>
    Effect.gen(function*() {
      const server = yield* listen((request, response) => {
        request.resume()
        response.writeHead(200, { "content-type": "text/event-stream" })
        response.write("data: {\"type\":\"message-start\",\"id\":\"1\"}\n\n")
      })
      yield* Effect.gen(function*() {
        const events = yield* V2.chatStream(chatRequest).pipe(Stream.take(1), Stream.runCollect)
        const moment = performance.now()
        assert.lengthOf(events, 1)
        assert.isBelow(yield* closedAfter(server, moment), atOnce)
      }).pipe(Effect.provide(connect(server.url)))
    }))

  it.scopedLive("a deadline closes the connection of its attempt before the next begins", () =>
    Effect.gen(function*() {
      const server = yield* listen((request, response) =>
        server.requests.length === 1 ? silent(request, response) : answerJson(chatAnswer)(request, response)
      )
      const answer = yield* chat.pipe(Timeouts.with({ attempt: "100 millis" }), Effect.provide(connect(server.url)))
      assert.strictEqual(answer.finish_reason, "COMPLETE")
      yield* closedAfter(server, 0)
      assert.lengthOf(server.requests, 2)
    }))
})

describe("over the fake transport", () => {
  it.effect("an interrupted call cancels the body that it was reading", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ body: ["{"], then: "hang" }))
      const fiber = yield* Effect.fork(chat.pipe(over(transport)))
      while (transport.requests[0]?.response !== "open") yield* Effect.yieldNow()
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
      assert.strictEqual(transport.requests[0]?.response, "cancelled")
    }))

  it.effect("the other calls of the same client go on", () =>
    Effect.gen(function*() {
      const transport = Transport.make((_, attempt) => attempt === 1 ? Effect.never : chatReply)
      yield* Effect.gen(function*() {
        const first = yield* Effect.fork(chat)
        while (transport.requests.length === 0) yield* Effect.yieldNow()
        const second = yield* Effect.fork(chat)
        yield* Fiber.interrupt(first)
        assert.strictEqual((yield* Fiber.join(second)).finish_reason, "COMPLETE")
      }).pipe(over(transport))
    }))
})
