import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import * as Transport from "../support/transport.ts"
import {
  chat,
  chatAnswer,
  chatReply,
  chatRequest,
  errorOf,
  getModel,
  modelAnswer,
  over,
  settle
} from "./support/samples.ts"

const warned = Transport.json(chatAnswer, {
  headers: {
    "X-Debug-Trace-Id": "trace-1",
    "x-api-warning": "unknown field: parameter x is not a valid field, model 'command' is deprecated, see the docs",
    "x-trial-endpoint-call-remaining": "19"
  }
})

const events = [
  { type: "message-start", id: "1" },
  { type: "message-end", id: "1", delta: { finish_reason: "COMPLETE", usage: {} } }
]

const streamed: Transport.Reply = {
  headers: { "content-type": "text/event-stream", "x-debug-trace-id": "trace-2", "x-api-warning": "deprecated" },
  body: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
}

/** Collects what listeners hear. */
const listener = () => {
  const heard: Array<CohereClient.ResponseInfo> = []
  return {
    heard,
    listen: CohereClient.onResponse((response) =>
      Effect.sync(() => {
        heard.push(response)
      })
    )
  }
}

describe("withResponse", () => {
  it.effect("gives the value with its status, headers, request id, warning and attempts", () =>
    Effect.gen(function*() {
      const { response, value } = yield* chat.pipe(CohereClient.withResponse, over(() => warned))
      assert.deepStrictEqual<unknown>(value, chatAnswer)
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.requestId, "trace-1")
      assert.strictEqual(
        response.warning,
        "unknown field: parameter x is not a valid field, model 'command' is deprecated, see the docs"
      )
      assert.strictEqual(response.attempts, 1)
      assert.strictEqual(response.headers["x-trial-endpoint-call-remaining"], "19")
      assert.strictEqual(response.headers["content-type"], "application/json")
    }))

  it.effect("knows nothing that the server did not say", () =>
    Effect.gen(function*() {
      const { response } = yield* chat.pipe(CohereClient.withResponse, over(() => chatReply))
      assert.isUndefined(response.requestId)
      assert.isUndefined(response.warning)
    }))

  it.effect("counts all attempts", () =>
    Effect.gen(function*() {
      const exit = yield* settle(
        chat.pipe(CohereClient.withResponse, over((_, attempt) => attempt < 3 ? { status: 503 } : warned))
      )
      assert.strictEqual((yield* exit).response.attempts, 3)
    }))

  it.effect("of several calls gives the last one's", () =>
    Effect.gen(function*() {
      const { response } = yield* Effect.zipRight(chat, getModel).pipe(
        CohereClient.withResponse,
        over((request) =>
          request.method === "GET"
            ? Transport.json(modelAnswer, { headers: { "x-debug-trace-id": "trace-3" } })
            : warned
        )
      )
      assert.strictEqual(response.requestId, "trace-3")
    }))

  it.effect("of no call gives status 0 and no attempts", () =>
    Effect.gen(function*() {
      const { response, value } = yield* CohereClient.withResponse(Effect.succeed(7))
      assert.strictEqual(value, 7)
      assert.deepInclude({ ...response }, { status: 0, attempts: 0 })
    }))

  it.effect("leaves failures as they are", () =>
    Effect.gen(function*() {
      const error = yield* errorOf(CohereClient.withResponse(chat), { status: 404 })
      assert.strictEqual(error._tag, "NotFound")
    }))

  it.effect("can be run again, each time with its own response", () =>
    Effect.gen(function*() {
      const call = CohereClient.withResponse(chat)
      const ids = yield* Effect.all([call, call], { concurrency: 2 }).pipe(
        over((_, attempt) => Transport.json(chatAnswer, { headers: { "x-debug-trace-id": `trace-${attempt}` } })),
        Effect.map((all) => all.map(({ response }) => response.requestId))
      )
      assert.sameMembers(ids, ["trace-1", "trace-2"])
    }))
})

describe("onResponse", () => {
  it.effect("hears each successful response of the calls inside", () =>
    Effect.gen(function*() {
      const { heard, listen } = listener()
      yield* Effect.repeatN(chat, 2).pipe(listen, over(() => warned))
      assert.deepStrictEqual(heard.map(({ requestId }) => requestId), ["trace-1", "trace-1", "trace-1"])
    }))

  it.effect("hears a stream once, when its first event has come", () =>
    Effect.gen(function*() {
      const { heard, listen } = listener()
      const seen: Array<number> = []
      yield* V2.chatStream(chatRequest).pipe(
        listen,
        Stream.runForEach(() => Effect.sync(() => seen.push(heard.length))),
        over(() => streamed)
      )
      assert.deepStrictEqual(seen, [1, 1])
      assert.deepInclude({ ...heard[0] }, { status: 200, requestId: "trace-2", warning: "deprecated", attempts: 1 })
    }))

  it.effect("counts the attempts of a stream", () =>
    Effect.gen(function*() {
      const { heard, listen } = listener()
      const exit = yield* settle(
        Stream.runDrain(V2.chatStream(chatRequest).pipe(listen)).pipe(
          over((_, attempt) => attempt === 1 ? { status: 503 } : streamed)
        )
      )
      assert.isTrue(Exit.isSuccess(exit))
      assert.deepStrictEqual(heard.map(({ attempts }) => attempts), [2])
    }))

  it.effect("hears no failure", () =>
    Effect.gen(function*() {
      const { heard, listen } = listener()
      yield* Effect.flip(chat.pipe(listen, over(() => ({ status: 404 }))))
      yield* Effect.flip(chat.pipe(listen, over(() => ({ body: "<html>" }))))
      yield* Effect.flip(chat.pipe(listen, over(() => ({ body: "{}" }))))
      assert.lengthOf(heard, 0)
    }))

  it.effect("calls the inner listener and the outer one", () =>
    Effect.gen(function*() {
      const order: Array<string> = []
      const note = (name: string) => CohereClient.onResponse(() => Effect.sync(() => void order.push(name)))
      yield* chat.pipe(note("inner"), note("outer"), over(() => chatReply))
      assert.sameMembers(order, ["inner", "outer"])
    }))

  it.effect("runs nothing before the call runs", () =>
    Effect.gen(function*() {
      const { heard, listen } = listener()
      const call = chat.pipe(listen)
      assert.lengthOf(heard, 0)
      yield* call.pipe(over(() => chatReply))
      assert.lengthOf(heard, 1)
    }))
})
