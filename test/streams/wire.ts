/** From transcripts to bytes, in every cut; and back, by a public function, many thousand times in one program. */
import * as Chat from "@effect-cohere/core/Chat"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V2 from "@effect-cohere/core/V2"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { seed } from "../support/seed.ts"
import type { Reply } from "../support/transport.ts"

/** The request of every test: what it says does not matter. */
export const request: V2.ChatRequest = { model: "command-a-03-2025", messages: [Chat.user("Hi!")] }

export const eventStream = "text/event-stream"
export const jsonLines = "application/stream+json"

const encoder = new TextEncoder()
export const encode = (text: string): Uint8Array => encoder.encode(text)

/** The type of an event's JSON text, which comes first but for an id. */
const typeOf = (data: string): string => /"(?:event_)?type":"([^"]+)"/.exec(data)?.[1] ?? ""

/** One server-sent event as Cohere writes it. */
export const frame = (data: string, eol = "\n"): string => `event: ${typeOf(data)}${eol}data: ${data}${eol}${eol}`

/** The whole body as Cohere writes it. */
export const sse = (data: ReadonlyArray<string>, eol = "\n"): string =>
  data.map((one) => frame(one, eol)).join("") + `data: [DONE]${eol}${eol}`

/** An answer of 200 with a stream of events. */
export const streamOf = (body: Reply["body"], reply: Reply = {}): Reply => ({
  ...reply,
  headers: { "content-type": eventStream, ...reply.headers },
  ...(body === undefined ? {} : { body })
})

/** Cuts bytes at these places. */
export const cutAt = (bytes: Uint8Array, places: ReadonlyArray<number>): ReadonlyArray<Uint8Array> =>
  [...places, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : places[i - 1], end))

/** What came of a body. */
export interface Outcome<Event = V2.ChatStreamEvent> {
  readonly events: ReadonlyArray<Event>
  readonly error: V2.ChatStreamError | undefined
}

/** Runs a stream to its end, whatever that is; defects stay defects. All streams of the API can fail with the same. */
export const outcomeOf = <Event, R>(stream: Stream.Stream<Event, V2.ChatStreamError, R>) =>
  Effect.suspend(() => {
    const events: Array<Event> = []
    return stream.pipe(
      Stream.runForEachChunk((chunk) =>
        Effect.sync(() => {
          for (const event of chunk) events.push(event)
        })
      ),
      Effect.match({
        onFailure: (error): Outcome<Event> => ({ events, error }),
        onSuccess: (): Outcome<Event> => ({ events, error: undefined })
      })
    )
  })

/** Lets the test runner have a word. */
export const breath = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/** Sends a body, in these pieces, through the public function, once. */
export type Decode<Event = V2.ChatStreamEvent> = (
  pieces: ReadonlyArray<Uint8Array>,
  contentType?: string
) => Effect.Effect<Outcome<Event>>

/**
 * A {@link Decode} for many bodies: one client, whose transport hands over the pieces without the detour of web
 * streams. One attempt each, and no deadlines: those have tests of their own, and timers cost more than bytes.
 */
export const decoderOf = <Event>(
  stream: Stream.Stream<Event, V2.ChatStreamError, CohereClient.CohereClient>
): Effect.Effect<Decode<Event>> =>
  Effect.gen(function*() {
    let body: ReadonlyArray<Uint8Array> = []
    let type = eventStream
    const heads: Record<string, Response> = {}
    const http = HttpClient.make((request) =>
      Effect.sync((): HttpClientResponse.HttpClientResponse => {
        const head = heads[type] ??= new Response(null, { headers: { "content-type": type } })
        let sent = 0
        const pieces = Stream.repeatEffectChunkOption(Effect.suspend(() => {
          const piece = body[sent++]
          return piece === undefined ? Effect.fail(Option.none()) : Effect.succeed(Chunk.of(piece))
        }))
        return Object.create(HttpClientResponse.fromWeb(request, head), { stream: { get: () => pieces } })
      })
    )
    const client = yield* CohereClient.make().pipe(
      Effect.provide(Layer.mergeAll(
        Layer.provide(Deployment.layerPlatform, Credentials.layer("test-key-of-nobody")),
        Layer.succeed(HttpClient.HttpClient, http),
        RetryPolicy.layer(RetryPolicy.none),
        Timeouts.layer({ attempt: Infinity, firstEvent: Infinity, idle: Infinity, total: Infinity })
      )),
      Effect.orDie
    )
    const run = outcomeOf(stream).pipe(
      Effect.provideService(CohereClient.CohereClient, client)
    )
    let count = 0
    return (pieces, contentType = eventStream) =>
      Effect.suspend(() => {
        body = pieces
        type = contentType
        count++
        return count % 100 === 0 ? Effect.zipLeft(run, breath) : run
      })
  })

/** A {@link Decode} by `V2.chatStream`. */
export const decoder: Effect.Effect<Decode> = decoderOf(V2.chatStream(request))

/** Runs these Effects one after another; without the array that `Effect.forEach` would keep. */
export const each = <A, E, R>(
  items: Iterable<A>,
  f: (item: A) => Effect.Effect<void, E, R>
): Effect.Effect<void, E, R> => Effect.forEach(items, f, { discard: true })

/** Repeatable random numbers (mulberry32): whole ones, from 0 up to and without `n`. */
export const random = (salt = 0): (n: number) => number => {
  let state = (seed + salt * 0x9e3779b9) >>> 0
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 2 ** 32 * n)
  }
}

/** What may end a line. */
export const lineEnds = [["LF", "\n"], ["CRLF", "\r\n"], ["CR", "\r"]] as const

/** Compares as text: the events are the wire's JSON values, keys in order. Quick, for what is done thousands of times. */
export const same = (actual: unknown, expected: string, what: () => string): void => {
  const text = JSON.stringify(actual)
  if (text !== expected) assert.deepStrictEqual(JSON.parse(text), JSON.parse(expected), what())
}

/** The whole numbers from 0 up to and without `n`. */
export const upTo = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i)
