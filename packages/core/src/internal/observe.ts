/** The span and the metrics of a call, whatever the call is. */
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Cause from "effect/Cause"
import type * as Chunk from "effect/Chunk"
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as MetricLabel from "effect/MetricLabel"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import * as ChatStream from "../ChatStream.ts"
import * as Telemetry from "../Telemetry.ts"
import type { ChatStreamEvent } from "../V2.ts"
import { contentAttributes } from "./content.ts"
import { property } from "./json.ts"
import * as Rejection from "./rejection.ts"
import * as T from "./telemetry.ts"

/** What the engine says of a call while it runs. */
export interface Observed {
  /** How often its request was sent. */
  attempts: number
  /** How long was waited before each retry. */
  readonly delays: Array<Duration.Duration>
  /** How long it waited for its turn. */
  rateLimitWait: Duration.Duration | undefined
  /** Where the request was sent to. */
  url: string | undefined
  /** What its successful answer came with. */
  response: Pick<HttpClientResponse.HttpClientResponse, "headers" | "request"> | undefined
}

/** Nothing has happened yet. */
export const unobserved = (): Observed => ({
  attempts: 0,
  delays: [],
  rateLimitWait: undefined,
  url: undefined,
  response: undefined
})

/** A call, its span, and what its end needs. */
interface Observation {
  readonly endpoint: T.Described
  readonly request: unknown
  readonly model: string | undefined
  readonly observed: Observed
  readonly clock: Clock.Clock
  readonly start: bigint
  /** `undefined` where nobody records it. */
  readonly span: Tracer.Span | undefined
  readonly capture: boolean
  /** The answer so far of a stream whose content is captured; v1 sends it again in its last event. */
  chat: ChatStream.Snapshot | undefined
  /** What the events of a stream have said. */
  answer: object
  /** Seconds. */
  firstEvent: number | undefined
}

/** What is told of a call must not break it, whatever a request's getters do. */
const attempt = <A>(f: () => A, otherwise: A): A => {
  try {
    return f()
  } catch {
    return otherwise
  }
}

const since = ({ clock, start }: Observation): number => Number(clock.unsafeCurrentTimeNanos() - start) / 1e9

const annotate = (span: Tracer.Span, attributes: T.Attributes): void => {
  for (const name of Object.keys(attributes)) span.attribute(name, attributes[name])
}

const begin = (
  endpoint: T.Described,
  request: unknown,
  ofClient: boolean | undefined
): Effect.Effect<Observation> =>
  Effect.clockWith((clock) =>
    Effect.map(Effect.context<never>(), (context) => {
      const parent = Option.getOrUndefined(Context.getOption(context, Tracer.ParentSpan))
      const span = parent?._tag === "Span" && parent.sampled ? parent : undefined
      if (span !== undefined) annotate(span, attempt(() => T.requestSettings(endpoint, request), {}))
      const capture = span !== undefined && (Context.get(context, Telemetry.CaptureContent) ?? ofClient ?? false)
      return {
        endpoint,
        request,
        model: attempt(() => T.modelOf(endpoint, request), undefined),
        observed: unobserved(),
        clock,
        start: clock.unsafeCurrentTimeNanos(),
        span,
        capture,
        chat: capture && endpoint.id === "v2.chatStream" ? ChatStream.empty : undefined,
        answer: T.noAnswer,
        firstEvent: undefined
      }
    })
  )

/** Our tag of a failure. Not the conventions' `_OTHER`, where more is known. */
const errorType = (exit: Exit.Exit<unknown, unknown>): string | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  const tag = property(Option.getOrUndefined(Cause.failureOption(exit.cause)), "_tag")
  return typeof tag === "string" ? tag : Cause.isInterruptedOnly(exit.cause) ? "Interrupted" : "_OTHER"
}

const toSeconds = (delay: Duration.Duration): number => Duration.toMillis(delay) / 1000

const describe = (self: Observation, span: Tracer.Span, exit: Exit.Exit<unknown, unknown>, answer: unknown): void => {
  const { observed } = self
  const { response } = observed
  const warning = response?.headers["x-api-warning"]
  const requestId = response === undefined
    ? property(Exit.isFailure(exit) ? Option.getOrUndefined(Cause.failureOption(exit.cause)) : undefined, "requestId")
    : Rejection.requestIdOf(response.headers, response.request)
  // A server may repeat anything in its answer, and at any length.
  const told = <A>(value: A): A | string =>
    typeof value === "string" && response !== undefined ? Rejection.excerpt(value, response.request) : value
  annotate(
    span,
    Object.fromEntries(
      Object.entries(T.responseAttributes(self.endpoint, answer)).map(([name, value]) =>
        [name, typeof value === "object" ? value.map(told) : told(value)] as const
      )
    )
  )
  annotate(span, T.serverAttributes(observed.url))
  annotate(
    span,
    T.present([
      [T.names.attempts, observed.attempts],
      [T.names.retryDelays, observed.delays.length === 0 ? undefined : observed.delays.map(toSeconds)],
      [
        T.names.rateLimitWait,
        // A call that had its turn at once has not waited.
        observed.rateLimitWait === undefined || Duration.equals(observed.rateLimitWait, Duration.zero)
          ? undefined
          : toSeconds(observed.rateLimitWait)
      ],
      [T.names.timeToFirstEvent, self.firstEvent],
      [T.names.requestId, typeof requestId === "string" ? requestId : undefined],
      [
        T.names.warning,
        warning === undefined || response === undefined
          ? undefined
          : Rejection.excerpt(warning, response.request)
      ],
      [T.names.errorType, errorType(exit)]
    ])
  )
  if (self.capture) {
    const said = self.chat === undefined ? answer : ChatStream.toResponse(self.chat)
    const content = contentAttributes(self.endpoint, self.request, said)
    if (content !== undefined) span.event(T.names.content, self.clock.unsafeCurrentTimeNanos(), content)
  }
}

const record = (
  self: Observation,
  exit: Exit.Exit<unknown, unknown>,
  answer: unknown,
  labels: ReadonlyArray<MetricLabel.MetricLabel>
): void => {
  const tags = [
    ...labels,
    MetricLabel.make(T.names.operation, T.operationOf(self.endpoint)),
    MetricLabel.make(T.names.provider, "cohere")
  ]
  if (self.model !== undefined) tags.push(MetricLabel.make(T.names.requestModel, self.model))
  if (self.firstEvent !== undefined) Telemetry.timeToFirstEvent.unsafeUpdate(self.firstEvent, tags)
  for (const [type, count] of Object.entries(T.tokensOf(answer))) {
    if (count !== undefined) {
      Telemetry.tokenUsage.unsafeUpdate(count, [...tags, MetricLabel.make(T.names.tokenType, type)])
    }
  }
  const error = errorType(exit)
  const ended = error === undefined ? tags : [...tags, MetricLabel.make(T.names.errorType, error)]
  Telemetry.operationDuration.unsafeUpdate(since(self), ended)
  const { attempts } = self.observed
  if (attempts > 0) Telemetry.attempts.unsafeUpdate(attempts, ended)
  if (attempts > 1) Telemetry.retries.unsafeUpdate(attempts - 1, ended)
}

const end = (self: Observation, exit: Exit.Exit<unknown, unknown>, answer: unknown): Effect.Effect<void> =>
  Effect.map(Effect.metricLabels, (labels) => {
    attempt(() => self.span === undefined ? undefined : describe(self, self.span, exit, answer), undefined)
    attempt(() => record(self, exit, answer, labels), undefined)
  })

/** What of a chunk of events is told: the time of the first, and what the few say that matter. */
const hear = <A>(self: Observation) => (events: Chunk.Chunk<A>): Chunk.Chunk<A> => {
  if (self.firstEvent === undefined && events.length > 0) self.firstEvent = since(self)
  for (const event of events) {
    self.answer = T.addEvent(self.answer, event)
    // The endpoint whose events these are says that they are such.
    if (self.chat !== undefined) self.chat = ChatStream.reduce(self.chat, event as ChatStreamEvent)
  }
  return events
}

const spanOptions = (endpoint: T.Described, request: unknown): Tracer.SpanOptions => ({
  kind: "client",
  captureStackTrace: false,
  attributes: attempt(() => T.identity(endpoint, request), {})
})

/** Runs a call in a span of its own, and records both. `ofClient` is what the client's layer says of capturing. */
export const observe = <A, E, R>(
  endpoint: T.Described,
  request: unknown,
  ofClient: boolean | undefined,
  run: (observed: Observed) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, Exclude<R, Tracer.ParentSpan>> =>
  Effect.suspend(() =>
    Effect.flatMap(
      begin(endpoint, request, ofClient),
      (self) =>
        Effect.onExit(run(self.observed), (exit) => end(self, exit, Exit.isSuccess(exit) ? exit.value : undefined))
    ).pipe(
      Effect.withSpan(endpoint.id, spanOptions(endpoint, request))
    )
  )

/** The same for a stream: its span lasts until its last event, or until nobody reads it any more. */
export const observeStream = <A, E, R>(
  endpoint: T.Described,
  request: unknown,
  ofClient: boolean | undefined,
  run: (observed: Observed) => Stream.Stream<A, E, R>
): Stream.Stream<A, E, Exclude<R, Tracer.ParentSpan>> =>
  Stream.suspend(() =>
    Stream.unwrap(
      Effect.map(begin(endpoint, request, ofClient), (self) =>
        run(self.observed).pipe(
          Stream.mapChunks(hear(self)),
          Stream.ensuringWith((exit) => end(self, exit, self.answer))
        ))
    ).pipe(Stream.withSpan(endpoint.id, spanOptions(endpoint, request)))
  )
