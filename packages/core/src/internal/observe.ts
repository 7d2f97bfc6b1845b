/** The span and the metrics of a call, whatever the call is. */
import type * as Headers from "@effect/platform/Headers"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import type * as MetricLabel from "effect/MetricLabel"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import type * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import * as Telemetry from "../Telemetry.ts"
import type { Capture } from "./content.ts"
import { property } from "./json.ts"
import * as Measures from "./measures.ts"
import * as Names from "./names.ts"
import { type Keep, type Pull, toStream } from "./pull.ts"
import * as Rejection from "./rejection.ts"
import * as T from "./telemetry.ts"
import * as Young from "./young.ts"

/** What a response came with, without the response. */
export class Arrived {
  declare readonly status: number
  declare readonly headers: Headers.Headers
  declare readonly request: HttpClientRequest.HttpClientRequest

  constructor({ headers, request, status }: HttpClientResponse.HttpClientResponse) {
    this.status = status
    this.headers = headers
    this.request = request
  }
}

/** What is known of a call while it runs. */
export class Call {
  /** How often its request was sent. */
  attempts = 0
  /** How long was waited before each retry. */
  readonly delays: Array<Duration.Duration> = Young.list()
  /** How long it waited for its turn. */
  rateLimitWait: Duration.Duration | undefined = undefined
  /** Where the request was sent to. */
  url: string | undefined = undefined
  /** The request that a 401 refused, as it went on the wire. */
  refused: HttpClientRequest.HttpClientRequest | undefined = undefined
  /** The response whose body is awaited. */
  awaited: HttpClientResponse.HttpClientResponse | undefined = undefined
  /** What its successful answer came with. */
  response: Arrived | undefined = undefined
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

/** The tracer that is there when none was provided. */
const nobody = Context.get(DefaultServices.liveServices, Tracer.Tracer)

const isProvided = ({ currentTracer }: Fiber.RuntimeFiber<unknown, unknown>): boolean => currentTracer !== nobody

const identityOf = (endpoint: T.Described, request: unknown): T.Attributes =>
  attempt(() => T.identity(endpoint, request), {})

/** A call, what its parts run with, its span, and what its end needs. */
class Observation {
  declare readonly endpoint: T.Described
  declare readonly request: unknown
  declare readonly model: string | undefined
  readonly call = new Call()
  declare readonly clock: Clock.Clock
  /** What settings are read from. */
  declare readonly caller: Context.Context<never>
  /** The caller's, with the call's span. */
  declare readonly runtime: () => Runtime.Runtime<never>
  /** Whether anybody has provided a tracer. */
  declare readonly hasTracer: boolean
  /** Whether it records the span: else, nobody reads what it says. */
  declare readonly isTraced: boolean
  declare readonly span: Tracer.Span
  declare readonly start: bigint
  declare readonly labels: ReadonlyArray<MetricLabel.MetricLabel>
  declare readonly capture: Capture | undefined
  /** The answer so far of a stream whose content is captured. */
  declare readonly told: ReturnType<Capture["told"]>
  /** What the events of a stream have said. */
  answer: object = T.noAnswer
  /** Seconds. */
  firstEvent: number | undefined = undefined
  #context: Context.Context<never> | undefined = undefined

  constructor(
    endpoint: T.Described,
    request: unknown,
    ofClient: Capture | false | undefined,
    fiber: Fiber.RuntimeFiber<unknown, unknown>,
    runtimeFlags: RuntimeFlags.RuntimeFlags,
    span: Tracer.Span
  ) {
    const caller = fiber.currentContext
    const wanted = Context.get(caller, Telemetry.CaptureContent) ?? ofClient
    this.endpoint = endpoint
    this.request = request
    this.model = attempt(() => T.modelOf(endpoint, request), undefined)
    this.clock = Context.get(fiber.currentDefaultServices, Clock.Clock)
    this.caller = caller
    // Not written where it is assigned, here and elsewhere: see `young.ts`.
    const runtime = () =>
      Runtime.make({
        context: this.context,
        // What a call does can be interrupted, also where its caller cannot: its deadlines hold.
        runtimeFlags: RuntimeFlags.disable(
          RuntimeFlags.enable(runtimeFlags, RuntimeFlags.Interruption),
          RuntimeFlags.WindDown
        ),
        fiberRefs: fiber.getFiberRefs()
      })
    this.runtime = runtime
    this.hasTracer = isProvided(fiber)
    this.isTraced = span.sampled && this.hasTracer
    this.span = span
    this.start = this.clock.unsafeCurrentTimeNanos()
    this.labels = fiber.getFiberRef(FiberRef.currentMetricLabels)
    this.capture = this.isTraced && wanted ? wanted : undefined
    this.told = this.capture?.told(endpoint)
  }

  /**
   * The caller's, with the call's span: made when something is run with it, since the context of a program may be large.
   * Where there is no tracer, nobody looks at the span before.
   */
  get context(): Context.Context<never> {
    if (this.#context === undefined) {
      if (!this.hasTracer) annotate(this.span, identityOf(this.endpoint, this.request))
      this.#context = Context.add(this.caller, Tracer.ParentSpan, this.span)
    }
    return this.#context
  }

  /** Lets what others have written run in the call's span. */
  readonly inSpan = <A, E>(self: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.mapInputContext(self, () => this.context)
}

/** What the parts of a call need to know of it. */
export type Running = Pick<Observation, "call" | "clock" | "caller" | "runtime" | "isTraced" | "inSpan">

/** What uses a call cannot be interrupted, but for what it restores: so it ends each span that has begun. */
const begin = <A, E>(
  endpoint: T.Described,
  request: unknown,
  ofClient: Capture | false | undefined,
  use: (self: Observation, restore: <A, E>(self: Effect.Effect<A, E>) => Effect.Effect<A, E>) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.withFiberRuntime((fiber, { runtimeFlags }) =>
      Effect.flatMap(
        Effect.makeSpan(endpoint.id, {
          kind: "client",
          captureStackTrace: false,
          attributes: isProvided(fiber) ? identityOf(endpoint, request) : {}
        }),
        (span) => {
          const self = new Observation(endpoint, request, ofClient, fiber, runtimeFlags, span)
          if (self.isTraced) annotate(span, attempt(() => T.requestSettings(endpoint, request), {}))
          return use(self, restore)
        }
      )
    )
  )

/** Our tag of a failure. Not the conventions' `_OTHER`, where more is known. */
const errorType = (exit: Exit.Exit<unknown, unknown>): string | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  const tag = property(Option.getOrUndefined(Cause.failureOption(exit.cause)), "_tag")
  return typeof tag === "string" ? tag : Cause.isInterruptedOnly(exit.cause) ? "Interrupted" : "_OTHER"
}

const toSeconds = (delay: Duration.Duration): number => Duration.toMillis(delay) / 1000

const describe = (self: Observation, exit: Exit.Exit<unknown, unknown>, answer: unknown): void => {
  const { call, span } = self
  const { response } = call
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
  annotate(span, T.serverAttributes(call.url))
  annotate(
    span,
    T.present([
      [Names.attempts, call.attempts],
      [Names.retryDelays, call.delays.length === 0 ? undefined : call.delays.map(toSeconds)],
      [
        Names.rateLimitWait,
        // A call that had its turn at once has not waited.
        call.rateLimitWait === undefined || Duration.equals(call.rateLimitWait, Duration.zero)
          ? undefined
          : toSeconds(call.rateLimitWait)
      ],
      [Names.timeToFirstEvent, self.firstEvent],
      [Names.requestId, typeof requestId === "string" ? requestId : undefined],
      [
        Names.warning,
        warning === undefined || response === undefined
          ? undefined
          : Rejection.excerpt(warning, response.request)
      ],
      [Names.errorType, errorType(exit)]
    ])
  )
  if (self.capture !== undefined) {
    const said = self.told === undefined ? answer : self.told.answer()
    const content = self.capture.attributes(self.endpoint, self.request, said)
    if (content !== undefined) span.event(Names.content, self.clock.unsafeCurrentTimeNanos(), content)
  }
}

const record = (self: Observation, exit: Exit.Exit<unknown, unknown>, answer: unknown): void => {
  const { call, labels } = self
  const tags = {
    [Names.operation]: T.operationOf(self.endpoint),
    [Names.provider]: "cohere",
    [Names.requestModel]: self.model
  }
  if (self.firstEvent !== undefined) Measures.timeToFirstEvent.update(self.firstEvent, labels, tags)
  const { input, output } = T.tokensOf(answer)
  if (input !== undefined) Measures.tokenUsage.update(input, labels, { ...tags, [Names.tokenType]: "input" })
  if (output !== undefined) Measures.tokenUsage.update(output, labels, { ...tags, [Names.tokenType]: "output" })
  const ended = { ...tags, [Names.errorType]: errorType(exit) }
  Measures.duration.update(since(self), labels, ended)
  if (call.attempts > 0) Measures.attempts.update(call.attempts, labels, ended)
  if (call.attempts > 1) Measures.retries.update(call.attempts - 1, labels, ended)
}

const end = (self: Observation, exit: Exit.Exit<unknown, unknown>, answer: unknown): Effect.Effect<void> =>
  Effect.sync(() => {
    if (self.isTraced) attempt(() => describe(self, exit, answer), undefined)
    attempt(() => record(self, exit, answer), undefined)
    self.span.end(
      // Where spans are not timed, they begin at 0, and end there.
      self.span.status.startTime === 0n ? 0n : self.clock.unsafeCurrentTimeNanos(),
      // Nobody reads it, and it would hold an answer as long as the span.
      self.isTraced || Exit.isFailure(exit) ? exit : Exit.void
    )
  })

/** What of a stream's events is told: the time of the first, and what the few say that matter. */
const hear = <A>(self: Observation) => (events: ReadonlyArray<A>): void => {
  if (self.firstEvent === undefined && events.length > 0) self.firstEvent = since(self)
  for (const event of events) {
    self.answer = T.addEvent(self.answer, event)
    self.told?.add(event)
  }
}

/** Runs a call in a span of its own, and records both. `ofClient` is what the client's layer says of capturing. */
export const observe = <A, E>(
  endpoint: T.Described,
  request: unknown,
  ofClient: Capture | false | undefined,
  run: (running: Running) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  begin(
    endpoint,
    request,
    ofClient,
    (self, restore) =>
      Effect.flatMap(
        Effect.exit(restore(Young.once(run(self)))),
        (exit) => Effect.zipRight(end(self, exit, Exit.isSuccess(exit) ? exit.value : undefined), exit)
      )
  )

/** The same for a stream: its span lasts until its last event, or until nobody reads it any more. */
export const observeStream = <A, E>(
  endpoint: T.Described,
  request: unknown,
  ofClient: Capture | false | undefined,
  open: (running: Running, keep: Keep, hear: (events: ReadonlyArray<A>) => void) => Effect.Effect<Pull<A, E>, E>
): Stream.Stream<A, E> =>
  toStream((keep) =>
    begin(endpoint, request, ofClient, (self, restore) => {
      keep((exit) => end(self, exit, self.answer))
      return restore(Young.once(open(self, keep, hear(self))))
    })
  )
