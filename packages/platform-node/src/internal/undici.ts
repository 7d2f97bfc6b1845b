/**
 * The platform's `HttpClient` on undici, at a fraction of the cost of the platform's own: headers are read once, and the
 * body comes as undici hands it over, without a Node stream and without a fiber of its own.
 */
import * as Transport from "@effect-cohere/core/Transport"
import type * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Cookies from "@effect/platform/Cookies"
import * as Headers from "@effect/platform/Headers"
import type * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Chunk from "effect/Chunk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { AsyncResource } from "node:async_hooks"
import { Buffer } from "node:buffer"
import { Readable } from "node:stream"
import type * as Undici from "undici"

type Body = Exclude<Undici.Dispatcher.DispatchOptions["body"], undefined>

type IncomingHeaders = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

/** The platform's tag, by its key, which is what tags are found by. Its module would load the entry of undici. */
const UndiciRequestOptions = Context.GenericTag<
  NodeHttpClient.UndiciRequestOptions,
  Undici.Dispatcher.RequestOptions
>("@effect/platform-node/NodeHttpClient/undiciOptions")

/** Deadlines are Effect's business. */
const noDeadlines = { headersTimeout: 60 * 60 * 1000, bodyTimeout: 0 }

const agent = "effect-cohere"

/** So much of a body waits for its reader; then, the connection does. */
const maxWaiting = 64 * 1024

/** Smaller pieces are put together: to decode each costs more. */
const small = 4 * 1024

const ignore = () => {}

/** Sends requests by this dispatcher. */
const exchanging = (dispatcher: Undici.Dispatcher): Transport.Exchanging => (request, context) => {
  const url = UrlParams.makeUrl(request.url, request.urlParams, request.hash)
  if (Either.isLeft(url)) {
    return {
      response: Effect.fail(new HttpClientError.RequestError({ request, reason: "InvalidUrl", cause: url.left })),
      bytes: Effect.fail(Option.none()),
      stop: ignore
    }
  }
  return exchange(dispatcher, request, url.right, context, true)
}

const exchange = (
  dispatcher: Undici.Dispatcher,
  request: HttpClientRequest.HttpClientRequest,
  url: URL,
  context: Context.Context<never>,
  keeps: boolean
): Transport.Exchange => {
  const options = Option.getOrUndefined(Context.getOption(context, UndiciRequestOptions))
  const { body, headers } = request
  const handler = new Handler(request, keeps, (body) =>
    dispatcher.dispatch(
      {
        ...options,
        ...noDeadlines,
        method: request.method,
        headers: "user-agent" in headers ? headers : { ...headers, "user-agent": agent },
        origin: url.origin,
        path: url.pathname + url.search + url.hash,
        body
      },
      handler
    ))
  return {
    response: body._tag === "Stream"
      ? Effect.flatMap(NodeStream.toReadable(body.stream), (readable) => sent(handler, readable))
      : sent(handler, bodyOf(body)),
    bytes: bytes(handler),
    stop: () => handler.stop()
  }
}

// What waits refers to nothing but the handler, which forgets what is over: of an `Effect.async`, the functions stay in
// memory until the next full collection of garbage, with all that they reach.
const sent = (handler: Handler, body: Body): Effect.Effect<Response, HttpClientError.RequestError> => {
  handler.body = body
  return Effect.async((resume) => handler.begin(resume))
}

const bytes = (handler: Handler) => Effect.suspend(() => handler.response?.next() ?? Effect.fail(Option.none()))

/** The client, and how else its requests can be sent. */
export const make = (dispatcher: Undici.Dispatcher): HttpClient.HttpClient =>
  Transport.offer(
    HttpClient.make((request, url, signal, fiber) =>
      Effect.suspend(() => {
        const { response, stop } = exchange(dispatcher, request, url, fiber.currentContext, false)
        signal.addEventListener("abort", stop, { once: true })
        return response
      })
    ),
    exchanging(dispatcher)
  )

const decoder = new TextDecoder()

/** Not `Buffer.toString`: of more than a megabyte, that makes a text outside of the heap, which only full collections free. */
const textOf = (pieces: ReadonlyArray<Buffer>, size: number): string =>
  decoder.decode(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, size))

const bodyOf = (body: Exclude<HttpBody.HttpBody, HttpBody.Stream>): Body => {
  switch (body._tag) {
    case "Empty":
      return null
    case "Uint8Array":
      return body.body
    case "Raw":
      // Whatever undici takes: that is what `Raw` is for.
      return body.body as Body
    case "FormData":
      // The global class, which undici takes where it is as new as undici itself: not on Node.js 20.
      return body.formData as Undici.FormData
  }
}

/** What is left of a request that is over. */
const nothing = HttpClientRequest.get("")

/** What ends a request that is given up. */
const stopped = () => new DOMException("This operation was aborted", "AbortError")

/** Takes what undici hears of one request. Who waits hears it in the async context in which the request was made. */
class Handler extends AsyncResource implements Undici.Dispatcher.DispatchHandler {
  #request: HttpClientRequest.HttpClientRequest
  #controller: Undici.Dispatcher.DispatchController | undefined
  #waiting: ((response: Effect.Effect<Response, HttpClientError.RequestError>) => void) | undefined
  #dispatch: ((body: Body) => void) | undefined
  #received: Received | undefined
  #isOver = false
  /** What is sent. */
  body: Body = null
  /** Once its headers have come, if it is kept. */
  response: Response | undefined
  /** The platform ends a request when its response is garbage: there, nothing that the end needs may reach the response. */
  readonly #keeps: boolean

  constructor(request: HttpClientRequest.HttpClientRequest, keeps: boolean, dispatch: (body: Body) => void) {
    super("EffectCohereRequest")
    this.#request = request
    this.#keeps = keeps
    this.#dispatch = dispatch
  }

  /** Sends the request; the response, or why there is none, goes there. */
  begin(resume: (response: Effect.Effect<Response, HttpClientError.RequestError>) => void): void {
    const dispatch = this.#dispatch
    this.#dispatch = undefined
    this.#waiting = resume
    if (this.#isOver || dispatch === undefined) return this.#refuse(stopped())
    try {
      dispatch(this.body)
    } catch (cause) {
      this.fail(cause)
    }
  }

  /** Gives up what is not over; forgets what is. */
  stop(): void {
    if (this.#isOver) {
      this.#received = undefined
      this.response = undefined
      this.body = null
      this.#request = nothing
    } else {
      const reason = stopped()
      this.fail(reason)
      this.#controller?.abort(reason)
    }
    this.#controller = undefined
  }

  fail(cause: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    // Whatever is read to be sent is not wanted any more.
    if (this.body instanceof Readable) this.body.on("error", ignore).destroy()
    if (this.#received === undefined) this.#refuse(cause)
    else this.#received.end(cause)
  }

  #refuse(cause: unknown): void {
    const request = this.#request
    this.#answer(Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause })))
  }

  #answer(response: Effect.Effect<Response, HttpClientError.RequestError>): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting !== undefined) this.runInAsyncScope(waiting, undefined, response)
  }

  onRequestStart(controller: Undici.Dispatcher.DispatchController): void {
    if (this.#isOver) return controller.abort(stopped())
    this.#controller = controller
  }

  onResponseStart(controller: Undici.Dispatcher.DispatchController, status: number, headers: IncomingHeaders): void {
    // Others may come before the response, such as 103.
    if (status < 200) return
    const received = new Received(controller, this)
    this.#received = received
    const response = new Response(this.#request, status, headers, received)
    if (this.#keeps) this.response = response
    this.#answer(Effect.succeed(response))
  }

  onResponseData(_: Undici.Dispatcher.DispatchController, bytes: Buffer): void {
    this.#received?.push(bytes)
  }

  onResponseEnd(): void {
    // Interceptors may do anything.
    if (this.#received === undefined) return this.fail("the response ended before it began")
    this.#isOver = true
    this.#received.end(undefined)
  }

  onResponseError(_: Undici.Dispatcher.DispatchController, error: Error): void {
    this.fail(error)
  }
}

/** Copied, it is an empty list that V8 does not take for old: see docs/decisions/0029-what-a-call-makes-begins-young.md. */
const none: ReadonlyArray<never> = []

/** What has come of a body, until it is read. */
class Received {
  readonly #controller: Undici.Dispatcher.DispatchController
  readonly #handler: Handler
  #pieces: Array<Buffer> = none.slice()
  size = 0
  /** Whether somebody waits for all of it. */
  #isWanted = false
  #waiting: Array<() => void> = []
  isOver = false
  /** Why it is over, if that is not its end. */
  cause: unknown

  constructor(controller: Undici.Dispatcher.DispatchController, handler: Handler) {
    this.#controller = controller
    this.#handler = handler
  }

  push(bytes: Buffer): void {
    this.#pieces.push(bytes)
    this.size += bytes.length
    if (this.#isWanted) return
    if (this.size > maxWaiting) this.#controller.pause()
    this.#tell()
  }

  /** Nothing more comes; why, if that is not the end of the body. */
  end(cause: unknown): void {
    if (this.isOver) return
    this.isOver = true
    this.cause = cause
    this.#tell()
  }

  stop(): void {
    this.#handler.stop()
  }

  #tell(): void {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    for (const one of waiting) this.#handler.runInAsyncScope(one)
  }

  /** What is there. */
  take(): Array<Buffer> {
    const pieces = this.#pieces
    if (pieces.length === 0) return pieces
    this.#pieces = none.slice()
    this.size = 0
    if (!this.isOver) this.#controller.resume()
    return pieces
  }

  /** What is there, as text. */
  takeText(): string {
    const size = this.size
    return textOf(this.take(), size)
  }

  /** Tells when something has come, or nothing more does. Either may be so by now: a fiber may pause before it waits. */
  onMore(f: () => void): void {
    if (this.#pieces.length > 0 || this.isOver) f()
    else this.#waiting.push(f)
  }

  /** Tells when all has come: until then, nothing is held back. */
  onEnd(f: () => void): void {
    if (this.isOver) return f()
    this.#isWanted = true
    this.#controller.resume()
    this.#waiting.push(f)
  }
}

// What waits refers to nothing else: of an `Effect.async`, this stays until the next full collection of garbage.
const more = (received: Received) => Effect.async<void>((resume) => received.onMore(() => resume(Effect.void)))

const whole = (received: Received) => Effect.async<void>((resume) => received.onEnd(() => resume(Effect.void)))

class Response extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId]: HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly request: HttpClientRequest.HttpClientRequest
  readonly status: number
  readonly headers: Headers.Headers
  readonly remoteAddress = Option.none<string>()
  readonly #source: IncomingHeaders
  readonly #received: Received
  // What was read of the body at once, which may be asked for again.
  #text: string | undefined
  #buffer: ArrayBuffer | undefined
  /** Whether something of it was read as it came. */
  #isStreamed = false

  constructor(
    request: HttpClientRequest.HttpClientRequest,
    status: number,
    headers: IncomingHeaders,
    received: Received
  ) {
    super()
    this.request = request
    this.status = status
    this.headers = Headers.fromInput(headers)
    this.#source = headers
    this.#received = received
  }

  get cookies(): Cookies.Cookies {
    const header = this.#source["set-cookie"]
    return header === undefined ? Cookies.empty : Cookies.fromSetCookie(header)
  }

  /**
   * What comes next of the body, from now on; fails with nothing at its end. What has come is given at once: an
   * `Effect.async` would hold it until the next full collection of garbage.
   */
  next(): Effect.Effect<ReadonlyArray<Uint8Array>, Option.Option<HttpClientError.ResponseError>> {
    const { cause, isOver, size } = this.#received
    const pieces = this.#received.take()
    if (pieces.length > 0) {
      this.#isStreamed = true
      return Effect.succeed(pieces.length > 1 && size < pieces.length * small ? [Buffer.concat(pieces, size)] : pieces)
    }
    return isOver
      ? Effect.fail(cause === undefined ? Option.none() : Option.some(this.#broken(cause)))
      : Effect.flatMap(more(this.#received), () => this.next())
  }

  get stream(): Stream.Stream<Uint8Array, HttpClientError.ResponseError> {
    return Stream.repeatEffectChunkOption(Effect.suspend(() => Effect.map(this.next(), Chunk.unsafeFromArray))).pipe(
      Stream.ensuring(Effect.sync(() => this.#received.stop()))
    )
  }

  get text(): Effect.Effect<string, HttpClientError.ResponseError> {
    return this.#whole(() =>
      Effect.succeed(
        this.#text ??= this.#buffer === undefined
          ? this.#received.takeText()
          : decoder.decode(this.#buffer)
      )
    )
  }

  get json(): Effect.Effect<unknown, HttpClientError.ResponseError> {
    return Effect.flatMap(this.text, (text) =>
      Effect.try({
        try: (): unknown => text === "" ? null : JSON.parse(text),
        catch: (cause) => this.#broken(cause)
      }))
  }

  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams, HttpClientError.ResponseError> {
    return Effect.map(this.text, (text) => UrlParams.fromInput(new URLSearchParams(text)))
  }

  get formData(): Effect.Effect<FormData, HttpClientError.ResponseError> {
    return Effect.flatMap(this.arrayBuffer, (bytes) =>
      Effect.tryPromise({
        try: () =>
          new globalThis.Response(bytes, { headers: { "content-type": this.headers["content-type"] ?? "" } })
            .formData(),
        catch: (cause) => this.#broken(cause)
      }))
  }

  get arrayBuffer(): Effect.Effect<ArrayBuffer, HttpClientError.ResponseError> {
    return this.#whole(() =>
      this.#buffer === undefined && this.#text !== undefined
        // The bytes of what is no text would be others.
        ? Effect.fail(this.#broken("the body was read as text before"))
        : Effect.succeed(this.#buffer ??= new Uint8Array(Buffer.concat(this.#received.take())).buffer)
    )
  }

  toJSON(): unknown {
    return HttpIncomingMessage.inspect(this, {
      _id: "@effect/platform/HttpClientResponse",
      request: this.request.toJSON(),
      status: this.status
    })
  }

  /** What is made of the whole body, at its end. */
  #whole<A>(
    make: () => Effect.Effect<A, HttpClientError.ResponseError>
  ): Effect.Effect<A, HttpClientError.ResponseError> {
    const made = Effect.suspend(() => {
      const { cause } = this.#received
      if (cause !== undefined) return Effect.fail(this.#broken(cause))
      return this.#isStreamed ? Effect.fail(this.#broken("the body was read as a stream before")) : make()
    })
    return Effect.suspend(() => this.#received.isOver ? made : Effect.zipRight(whole(this.#received), made))
  }

  #broken(cause: unknown): HttpClientError.ResponseError {
    return new HttpClientError.ResponseError({ request: this.request, response: this, reason: "Decode", cause })
  }
}
