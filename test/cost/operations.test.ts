/**
 * What a call costs, counted: operations of Effect's runtime, and fibers. Time would depend on the machine; these do not,
 * and a change that adds to them is seen here before it is felt.
 */
import * as Chat from "@effect-cohere/core/Chat"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as Transport from "@effect-cohere/core/Transport"
import * as V2 from "@effect-cohere/core/V2"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as RuntimeFlagsPatch from "effect/RuntimeFlagsPatch"
import * as Stream from "effect/Stream"
import * as Supervisor from "effect/Supervisor"
import { chatAnswer } from "../client/support/samples.ts"

class Counter extends Supervisor.AbstractSupervisor<void> {
  operations = 0
  fibers = 0
  readonly value = Effect.void
  override onStart(): void {
    this.fibers++
  }
  override onEffect(): void {
    this.operations++
  }
}

/** Answers at once, in these pieces: the cost of a transport is its own. */
type Answering = (contentType: string, pieces: ReadonlyArray<string>) => Layer.Layer<HttpClient.HttpClient>

const respond = (request: HttpClientRequest.HttpClientRequest, contentType: string, pieces: ReadonlyArray<string>) => {
  const encoder = new TextEncoder()
  const rest = pieces.map((piece) => encoder.encode(piece))
  const body = new ReadableStream({
    pull: (controller) => {
      const piece = rest.shift()
      if (piece === undefined) controller.close()
      else controller.enqueue(piece)
    }
  })
  const length = pieces.length === 1 ? { "content-length": String(rest[0]?.length) } : {}
  return HttpClientResponse.fromWeb(
    request,
    new Response(body, { headers: { "content-type": contentType, ...length } })
  )
}

const answering: Answering = (contentType, pieces) =>
  Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) => Effect.sync(() => respond(request, contentType, pieces)))
  )

/** The same, offered to be stopped, as that of `CohereNode`. */
const stoppable: Answering = (contentType, pieces) =>
  Layer.map(answering(contentType, pieces), (context) => {
    const client = Context.get(context, HttpClient.HttpClient)
    return Context.make(
      HttpClient.HttpClient,
      Transport.offer(client, (request) => {
        const encoder = new TextEncoder()
        const rest = pieces.map((piece) => [encoder.encode(piece)])
        return {
          response: Effect.sync(() => respond(request, contentType, pieces)),
          bytes: Effect.suspend(() => Effect.mapError(Effect.fromNullable(rest.shift()), () => Option.none())),
          stop: () => {}
        }
      })
    )
  })

const costOf = async (
  call: Effect.Effect<unknown, unknown, CohereClient.CohereClient>,
  transport: Layer.Layer<HttpClient.HttpClient>
) => {
  const runtime = ManagedRuntime.make(CohereClient.layer.pipe(
    Layer.provide(Deployment.layerPlatform),
    Layer.provide(Credentials.layer("test-key-of-nobody")),
    Layer.provide(transport)
  ))
  // The first call compiles schemas.
  await runtime.runPromise(call)
  const counter = new Counter()
  await runtime.runPromise(call.pipe(
    Effect.withRuntimeFlagsPatch(RuntimeFlagsPatch.enable(RuntimeFlags.OpSupervision)),
    Effect.supervised(counter)
  ))
  await runtime.dispose()
  return { operations: counter.operations, fibers: counter.fibers }
}

const request: V2.ChatRequest = { model: "command-a-03-2025", messages: [Chat.user("Name a river in France.")] }

const chat = (answering: Answering) =>
  costOf(V2.chat(request), answering("application/json", [JSON.stringify(chatAnswer)]))

const frame = (event: object) => `data: ${JSON.stringify(event)}\n\n`
const delta = frame({ type: "content-delta", index: 0, delta: { message: { content: { text: "Seine" } } } })

/** A stream of so many events, in so many pieces. */
const stream = (answering: Answering, events: number, pieces: number) =>
  costOf(
    Stream.runDrain(V2.chatStream(request)),
    answering("text/event-stream", [
      frame({ type: "message-start", id: "1", delta: { message: { role: "assistant" } } }),
      ...Array.from({ length: pieces }, () => delta.repeat(events / pieces)),
      frame({ type: "message-end", delta: { finish_reason: "COMPLETE" } })
    ])
  )

/** Most that a call, a stream of 20 pieces and a piece of one may cost, over transports of both kinds. */
const most = [
  { over: "a transport that can be stopped", answering: stoppable, call: [102, 0], whole: 1030, piece: [24, 0] },
  { over: "any other transport", answering, call: [148, 1], whole: 2190, piece: [58, 1] }
] as const

describe.each(most)("the cost over $over, counted,", ({ answering, call, piece, whole }) => {
  it("of a call is bounded in operations and fibers", async () => {
    const { fibers, operations } = await chat(answering)
    console.log(`chat: ${operations} operations, ${fibers} fibers`)
    assert.isAtMost(operations, call[0])
    assert.isAtMost(fibers, call[1])
  })

  it("is nothing for an event of a stream: only for the pieces in which they come", async () => {
    const few = await stream(answering, 40, 20)
    const many = await stream(answering, 4_000, 20)
    assert.deepStrictEqual(many, few)
  })

  it("is some dozen operations for each piece", async () => {
    const few = await stream(answering, 200, 20)
    const many = await stream(answering, 200, 200)
    const operations = (many.operations - few.operations) / 180
    console.log(`a stream: ${few.operations} operations in 20 pieces, ${operations} more for each`)
    assert.isAtMost(few.operations, whole)
    assert.isAtMost(operations, piece[0])
    assert.isAtMost((many.fibers - few.fibers) / 180, piece[1])
  })
})
