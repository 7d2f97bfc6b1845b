/**
 * A transport made of plain descriptions: what the server answers, chunk by chunk, and a record of what it was asked
 * and of what became of each body. Time is the Clock's, so that TestClock rules it.
 */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import type { CredentialsError } from "@effect-cohere/core/CohereError"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import type * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import type * as ConfigError from "effect/ConfigError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import * as Stream from "effect/Stream"

/** A piece of a body, or an Effect that waits for one. */
export type Piece = string | Uint8Array | Effect.Effect<string | Uint8Array>

/** An answer. */
export interface Reply {
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent piece by piece, each when the reader asks for it. Left out: no body. */
  readonly body?: string | Uint8Array | ReadonlyArray<Piece>
  /** What follows the last piece: the end (default), nothing ever, or a broken connection (`ECONNRESET`). */
  readonly then?: "end" | "hang" | "break"
  /** Time before each piece but the first. */
  readonly delay?: Duration.DurationInput
}

/** No answer. A text is an error code such as `ECONNREFUSED`. */
export interface Failure {
  readonly fail: string | Error
}

/** A request as it went on the wire, and what became of its response. */
export interface Exchange {
  /** 1 for the first request. */
  readonly attempt: number
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** As text; `""` without one. */
  readonly body: string
  /** The bytes of the body. */
  readonly bytes: Uint8Array
  /** When it was sent: milliseconds of the Clock. */
  readonly at: number
  /** Of the response's body: not there (yet), still open, read to its end, given up by the reader, or broken. */
  response: "none" | "open" | "ended" | "cancelled" | "broken"
}

/** Answers a request; `attempt` is 1 for the first of all. */
export type Respond = (request: Exchange, attempt: number) => Reply | Failure | Effect.Effect<Reply | Failure>

/** A transport and its record. */
export interface Transport {
  readonly layer: Layer.Layer<HttpClient.HttpClient>
  readonly requests: ReadonlyArray<Exchange>
}

const encoder = new TextEncoder()
const bytesOf = (piece: string | Uint8Array): Uint8Array => typeof piece === "string" ? encoder.encode(piece) : piece

/** An error as Node's `fetch` reports it. */
export const transportError = (code: string): Error =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(`socket: ${code}`), { code }) })

const bodyOf = (
  reply: Reply,
  exchange: Exchange,
  signal: AbortSignal,
  runtime: Runtime.Runtime<never>
): ReadableStream<Uint8Array> => {
  const pieces: ReadonlyArray<Piece> = Array.isArray(reply.body) ? reply.body : [reply.body as string | Uint8Array]
  const stopped = new AbortController()
  let sent = 0
  const cancelled = () => {
    if (exchange.response === "open") exchange.response = "cancelled"
    stopped.abort()
  }
  exchange.response = "open"
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      const abort = () => {
        if (exchange.response === "open") controller.error(signal.reason)
        cancelled()
      }
      if (signal.aborted) abort()
      else signal.addEventListener("abort", abort, { once: true })
    },
    pull: async (controller) => {
      const piece = pieces[sent]
      if (piece !== undefined) {
        const wait = reply.delay === undefined || sent === 0 ? Effect.void : Effect.sleep(reply.delay)
        const next = wait.pipe(Effect.zipRight(Effect.isEffect(piece) ? piece : Effect.succeed(piece)))
        sent++
        // An aborted wait rejects, on a stream that is closed already.
        const bytes = bytesOf(await Runtime.runPromise(runtime, next, { signal: stopped.signal }))
        if (exchange.response === "open") controller.enqueue(bytes)
      } else if (reply.then === "hang") {
        await new Promise(() => {})
      } else if (reply.then === "break") {
        exchange.response = "broken"
        controller.error(transportError("ECONNRESET"))
      } else {
        exchange.response = "ended"
        controller.close()
      }
    },
    cancel: cancelled
  }, { highWaterMark: 0 })
}

/** The bytes of a request's body, whatever it is made of. */
const sentBytes = (body: HttpBody.HttpBody): Stream.Stream<Uint8Array, unknown> => {
  switch (body._tag) {
    case "Empty":
      return Stream.empty
    case "Uint8Array":
      return Stream.make(body.body)
    case "Stream":
      return body.stream
    case "FormData":
    case "Raw": {
      // What `fetch` would send: `Raw` is whatever a platform's own client takes.
      const content = body._tag === "Raw" ? body.body as BodyInit : body.formData
      return Stream.fromEffect(Effect.promise(async () => new Uint8Array(await new Response(content).arrayBuffer())))
    }
  }
}

const concat = (pieces: Iterable<Uint8Array>): Uint8Array => {
  const all = [...pieces]
  const bytes = new Uint8Array(all.reduce((length, piece) => length + piece.length, 0))
  let end = 0
  for (const piece of all) {
    bytes.set(piece, end)
    end += piece.length
  }
  return bytes
}

/** Makes a transport that answers as described. A request whose body cannot be read to its end is not recorded. */
export const make = (respond: Respond): Transport => {
  const requests: Array<Exchange> = []
  const client = HttpClient.make((request, url, signal) =>
    Effect.gen(function*() {
      const bytes = yield* Stream.runCollect(sentBytes(request.body)).pipe(
        Effect.map(concat),
        Effect.mapError((cause) => new HttpClientError.RequestError({ request, reason: "Transport", cause }))
      )
      const exchange: Exchange = {
        attempt: requests.length + 1,
        method: request.method,
        url: url.toString(),
        headers: { ...request.headers },
        body: new TextDecoder().decode(bytes),
        bytes,
        at: yield* Clock.currentTimeMillis,
        response: "none"
      }
      requests.push(exchange)
      const answer = respond(exchange, exchange.attempt)
      const reply = Effect.isEffect(answer) ? yield* answer : answer
      if ("fail" in reply) {
        const cause = typeof reply.fail === "string" ? transportError(reply.fail) : reply.fail
        return yield* new HttpClientError.RequestError({ request, reason: "Transport", cause })
      }
      const body = reply.body === undefined ? null : bodyOf(reply, exchange, signal, yield* Effect.runtime<never>())
      return HttpClientResponse.fromWeb(
        request,
        new Response(body, { status: reply.status ?? 200, headers: reply.headers ?? {} })
      )
    })
  )
  return { layer: Layer.succeed(HttpClient.HttpClient, client), requests }
}

/** An answer of one JSON value. */
export const json = (value: unknown, reply: Reply = {}): Reply => ({
  ...reply,
  headers: { "content-type": "application/json", ...reply.headers },
  body: JSON.stringify(value)
})

/** The client over a transport: on Cohere's platform, or wherever `baseUrl` says. */
export const client = (
  transport: Transport | Respond,
  options: { readonly apiKey?: string; readonly baseUrl?: string } = {}
): Layer.Layer<CohereClient.CohereClient, CredentialsError | ConfigError.ConfigError> =>
  CohereClient.layer.pipe(
    Layer.provide(
      options.baseUrl === undefined ? Deployment.layerPlatform : Deployment.layerPrivate({ baseUrl: options.baseUrl })
    ),
    Layer.provide(Credentials.layer(options.apiKey ?? "test-key-of-nobody")),
    Layer.provide(typeof transport === "function" ? make(transport).layer : transport.layer)
  )
