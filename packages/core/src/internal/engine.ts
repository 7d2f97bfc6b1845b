/** The one path to the wire, for unary and streaming operations alike. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as ScheduleDecision from "effect/ScheduleDecision"
import * as Intervals from "effect/ScheduleIntervals"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Service } from "../CohereClient.ts"
import {
  type CohereError,
  type CommonError,
  CredentialsError,
  RateLimited,
  RequestTimeout,
  type ResponseErrorClass,
  ServerError,
  type StreamError,
  Unauthorized,
  UnexpectedResponse,
  UploadFailed
} from "../CohereError.ts"
import { Deployment } from "../Deployment.ts"
import type { Streaming, Unary } from "../Endpoint.ts"
import * as RateLimits from "../RateLimits.ts"
import * as RequestOptions from "../RequestOptions.ts"
import * as RetryPolicy from "../RetryPolicy.ts"
import * as Telemetry from "../Telemetry.ts"
import * as Timeouts from "../Timeouts.ts"
import { ProgressListener } from "../Upload.ts"
import { JsonObject } from "../Wire.ts"
import { classify } from "./classify.ts"
import { demandOf } from "./demand.ts"
import * as Events from "./events.ts"
import * as Framing from "./framing.ts"
import { parse } from "./json.ts"
import { observe, type Observed, observeStream, unobserved } from "./observe.ts"
import * as Rejection from "./rejection.ts"
import { encode, type Encoded } from "./request.ts"
import { notify } from "./response.ts"
import * as RetryBudget from "./retryBudget.ts"
import { check } from "./schema.ts"
import { type Deadlines, deadlines, mergeOptions } from "./settings.ts"
import { fromHttpClientError } from "./transport.ts"

/** An HTTP client for canonical requests; its responses live as long as the scope. */
export type CanonicalClient = HttpClient.HttpClient.With<
  HttpClientError.HttpClientError | CredentialsError,
  Scope.Scope
>

/** What the engine needs to know of any operation. */
interface Operation<E> {
  readonly id: string
  readonly retry: "always" | "refused"
  readonly error: ReadonlyArray<ResponseErrorClass<E>>
}

type Response = HttpClientResponse.HttpClientResponse

/** What is known of a call while it runs. */
interface Call extends Observed {
  /** The request that a 401 refused, as it went on the wire. */
  refused: HttpClientRequest.HttpClientRequest | undefined
  /** Where it was sent to, as far as the retries of a client are counted. */
  host: string
}

/** The call that a request belongs to: its attempts are counted where they leave. */
class CurrentCall extends Context.Reference<CurrentCall>()<"@effect-cohere/core/internal/CurrentCall", Call>(
  "@effect-cohere/core/internal/CurrentCall",
  { defaultValue: () => ({ ...unobserved(), refused: undefined, host: "" }) }
) {}

/** Redirects would carry the credentials to wherever they point; `fetch` follows them unless it is told not to. */
const withoutRedirects =
  (settings: Context.Context<never>) =>
  <E, R>(http: HttpClient.HttpClient.With<E, R>): HttpClient.HttpClient.With<E, R> =>
    HttpClient.transformResponse(
      http,
      Effect.mapInputContext((caller: Context.Context<R>) =>
        Context.add(caller, FetchHttpClient.RequestInit, {
          ...Option.getOrUndefined(Context.getOption(Context.merge(settings, caller), FetchHttpClient.RequestInit)),
          redirect: "manual"
        })
      )
    )

const isStatusCode = (
  error: HttpClientError.HttpClientError | CredentialsError
): error is HttpClientError.ResponseError => error._tag === "ResponseError" && error.reason === "StatusCode"

/** Without a bound, a broken server could fill the memory, above all with little that is compressed well. */
const maxBody = 256 * 1024 * 1024

/** What may be read at once: a body that says its own length, and is not compressed, has no surprises. */
const maxWhole = 16 * 1024 * 1024

/** The text of a body; `undefined` for one that is too long. */
const readBody = (response: Response): Effect.Effect<string | undefined, HttpClientError.ResponseError> => {
  const length = Number(response.headers["content-length"] ?? NaN)
  if (length <= maxWhole && response.headers["content-encoding"] === undefined) return response.text
  return Effect.suspend(() => {
    const decoder = new TextDecoder()
    const pieces: Array<string> = []
    let size = 0
    return response.stream.pipe(
      Stream.runForEachWhile((bytes) =>
        Effect.sync(() => {
          size += bytes.length
          pieces.push(decoder.decode(bytes, { stream: true }))
          return size <= maxBody
        })
      ),
      Effect.map(() => size > maxBody ? undefined : pieces.join("") + decoder.decode()),
      Effect.catchIf((error) => error.reason === "EmptyBody", () => Effect.succeed(""))
    )
  })
}

const maxErrorBody = 1024 * 1024

/** The beginning of a body, as far as it comes in time. Never fails: the status is known already. */
const readErrorBody = (response: Response, attempt: Duration.Duration): Effect.Effect<string> =>
  Effect.suspend(() => {
    const decoder = new TextDecoder()
    let text = ""
    return response.stream.pipe(
      Stream.runForEachWhile((bytes) =>
        Effect.sync(() => {
          text += decoder.decode(bytes, { stream: true })
          return text.length < maxErrorBody
        })
      ),
      // Well before the deadline of the attempt, which would hide the status.
      Effect.timeoutOption(Duration.min("5 seconds", Duration.times(attempt, 0.5))),
      Effect.ignore,
      Effect.map(() => text)
    )
  })

/** What may have been done is not repeated where it must not be done twice, unless the server says that it may; a file that cannot be read, never. */
const mayRepeat = (operation: Operation<unknown>, error: unknown): boolean =>
  !(error instanceof UploadFailed) &&
  (operation.retry === "always" || error instanceof RateLimited ||
    (error instanceof ServerError && (error.status === 503 || error.shouldRetry === true)))

/** A scope for an effect of its own: it ends with the effect if that fails, else with the caller's. */
const inOwnScope = <A, E>(self: Effect.Effect<A, E, Scope.Scope>): Effect.Effect<A, E, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(
      Effect.scope,
      (parent) =>
        Effect.flatMap(Scope.fork(parent, ExecutionStrategy.sequential), (own) =>
          Effect.onExit(
            restore(Scope.extend(self, own)),
            (exit) => Exit.isSuccess(exit) ? Effect.void : Scope.close(own, exit)
          ))
    )
  )

/** The error of a call with the delays before its attempts: set on an error that nobody but the call has seen. */
const withDelays = <E>(error: E, delays: ReadonlyArray<Duration.Duration>): E =>
  // A property more does not change the error's class.
  delays.length === 0 ? error : Object.assign(error as object, { delays }) as E

const hostOf = (url: string): string => URL.canParse(url) ? new URL(url).host : ""

/** What Cohere warns about is told once each, but not for ever new texts. */
const maxWarnings = 100

/** Bounds a phase of a call. */
const within =
  (operation: Operation<unknown>, call: Call, phase: RequestTimeout["phase"], limit: Duration.Duration) =>
  <A, E, R>(
    self: Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | RequestTimeout, R> =>
    Duration.isFinite(limit)
      // Also of a call whose caller cannot be interrupted, such as a finalizer: the deadline holds.
      ? Effect.timeoutFail(Effect.interruptible(self), {
        duration: limit,
        onTimeout: () => RequestTimeout.of(operation.id, call.attempts, phase, limit)
      })
      : self

export const make = (options: {
  readonly transformClient?: (client: CanonicalClient) => CanonicalClient
}): Effect.Effect<Service, never, Deployment | HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const settings = yield* Effect.context<never>()
    const capture = Context.get(settings, Telemetry.CaptureContent)
    const deployment = yield* Deployment
    const budget = RetryBudget.make(Context.get(settings, RetryPolicy.Budget))
    const wire = (yield* HttpClient.HttpClient).pipe(
      withoutRedirects(settings),
      // Third parties get no tracing headers unless asked for, and spans no secrets.
      HttpClient.withTracerPropagation(Context.get(settings, Telemetry.Propagation)),
      HttpClient.transformResponse(
        Effect.locallyWith(
          Headers.currentRedactedNames,
          (names) => [...names, Rejection.secretHeader, ...Rejection.echoes]
        )
      ),
      HttpClient.withScope
    )
    // A client of its own, not a mapped one: whatever wraps it must see the request before it is prepared.
    const canonical: CanonicalClient = HttpClient.makeWith(
      (request: Effect.Effect<HttpClientRequest.HttpClientRequest>) =>
        request.pipe(
          Effect.flatMap(deployment.prepare),
          Effect.flatMap((prepared) =>
            Effect.flatMap(CurrentCall, (call) => {
              call.attempts++
              call.host = hostOf(prepared.url)
              call.url = prepared.url
              return wire.execute(prepared)
            })
          )
        ),
      Effect.succeed
    )
    const client = options.transformClient?.(canonical) ?? canonical

    /** The settings in force: the caller's own over those that the client was built with. */
    const inForce = Effect.map(Effect.context<never>(), (caller) => ({
      options: mergeOptions(
        Context.get(settings, RequestOptions.RequestOptions),
        Context.get(caller, RequestOptions.RequestOptions)
      ),
      timeouts: deadlines(Context.get(settings, Timeouts.Timeouts), Context.get(caller, Timeouts.Timeouts)),
      policy: Context.get(caller, RetryPolicy.RetryPolicy) ?? Context.get(settings, RetryPolicy.RetryPolicy) ??
        RetryPolicy.standard,
      limits: Context.get(caller, RateLimits.RateLimits) ?? Context.get(settings, RateLimits.RateLimits) ??
        RateLimits.unlimited,
      progress: Context.get(caller, ProgressListener)
    }))

    const rejectionOf = (operation: Operation<unknown>, call: Call, response: Response, body: string) =>
      Effect.map(Clock.currentTimeMillis, (now) =>
        Rejection.make({
          endpoint: operation.id,
          attempts: call.attempts,
          status: response.status,
          headers: response.headers,
          sent: response.request,
          body,
          now
        }))

    /** Sends a request once. The response lives as long as the scope: a body that nobody reads is cancelled then. */
    const send = <E>(
      operation: Operation<E>,
      { files, request }: Encoded,
      call: Call,
      timeouts: Deadlines
    ): Effect.Effect<Response, E | CommonError, Scope.Scope> => {
      const exchange = Effect.provideService(client.execute(request), CurrentCall, call)
      return (files === undefined ? exchange : Effect.zipRight(Effect.addFinalizer(() => files.stop), exchange)).pipe(
        // A wrapper may have made a failure of the status already; which one it is, is said below.
        Effect.catchIf(isStatusCode, (error) => Effect.succeed(error.response)),
        Effect.catchAll((error): Effect.Effect<never, E | CommonError> =>
          error._tag === "CredentialsError"
            ? Effect.fail(CredentialsError.of(`${operation.id}: ${error.message}`, operation.id, call.attempts))
            : Effect.flatMap(files?.broken ?? Effect.succeedNone, (file) =>
              Effect.fail(
                Option.isNone(file)
                  ? fromHttpClientError(operation.id, call.attempts, error)
                  // Only a form has files that can break, and its descriptor names this error in `E`.
                  : UploadFailed.of(file.value.file, file.value.reason, operation.id, call.attempts) as E
              ))
        ),
        within(operation, call, "headers", timeouts.headers),
        Effect.flatMap((response) => {
          if (response.status >= 200 && response.status < 300) return Effect.succeed(response)
          call.refused = response.status === 401 ? response.request : undefined
          return readErrorBody(response, timeouts.attempt).pipe(
            Effect.flatMap((body) => rejectionOf(operation, call, response, body)),
            Effect.flatMap((rejection) => Effect.fail(classify(rejection, operation.error)))
          )
        })
      )
    }

    /** A success whose body is not the promised one. */
    const unusable = (
      operation: Operation<unknown>,
      call: Call,
      response: Response,
      body: string,
      detail: string,
      issues: UnexpectedResponse["issues"] = []
    ): Effect.Effect<never, UnexpectedResponse> =>
      Effect.flatMap(
        rejectionOf(operation, call, response, body),
        (rejection) => Effect.fail(UnexpectedResponse.of(rejection, detail, issues))
      )

    /** Tells once what Cohere warns about. */
    const warned = new Set<string>()
    const warn = (operation: Operation<unknown>, response: Response): Effect.Effect<void> => {
      const warning = response.headers["x-api-warning"]
      if (warning === undefined || warned.has(warning) || warned.size >= maxWarnings) return Effect.void
      warned.add(warning)
      return Effect.logWarning(`${operation.id}: ${Rejection.excerpt(warning, response.request)}`)
    }

    /** Repeats attempts as the policy says, within the budget and the deadline for all of them; tells who wants to hear. */
    const repeat = <A, E>(
      operation: Operation<unknown>,
      { limits, policy, timeouts }: {
        readonly limits: RateLimits.Service
        readonly policy: RetryPolicy.Policy
        readonly timeouts: Deadlines
      },
      request: unknown,
      observed: Observed,
      attempt: (call: Call) => Effect.Effect<readonly [A, Response], E, Scope.Scope>
    ): Effect.Effect<A, E | RequestTimeout, Scope.Scope> =>
      Effect.flatMap(Effect.zip(Clock.currentTimeMillis, RetryPolicy.RetryListener), ([start, listener]) => {
        // One object: what the engine counts is what is observed.
        const call: Call = Object.assign(observed, { refused: undefined, host: "" })
        const { delays } = call
        const demand = demandOf(operation.id, request)
        const deadline = start + Duration.toMillis(timeouts.total)
        let state: unknown = policy.initial
        let cost = 0
        let renewed = false
        const once = Effect.tapError(
          Effect.suspend(() => inOwnScope(attempt(call))),
          (error) => error instanceof RateLimited ? limits.limited(demand, error) : Effect.void
        )
        const withRenewal = Effect.catchAll(once, (error) => {
          if (renewed || call.refused === undefined || !(error instanceof Unauthorized)) return Effect.fail(error)
          renewed = true
          // Fresh credentials deserve an attempt that is none of the policy's.
          return Effect.flatMap(deployment.renew(call.refused), (mayHelp) => mayHelp ? once : Effect.fail(error))
        })
        const again = (error: E): Effect.Effect<readonly [A, Response], E, Scope.Scope> => {
          if (!mayRepeat(operation, error)) return Effect.fail(error)
          return Effect.flatMap(Clock.currentTimeMillis, (now) =>
            // An endpoint's own errors are CohereErrors, too; its type parameter does not say so.
            Effect.flatMap(policy.step(now, error as CohereError, state), ([next, , decision]) => {
              if (ScheduleDecision.isDone(decision)) return Effect.fail(error)
              state = next
              const delay = Math.max(0, Intervals.start(decision.intervals) - now)
              // An attempt that could not even begin in time is none.
              if (now + delay >= deadline) return Effect.fail(error)
              const taken = budget.take(call.host, error)
              if (taken === undefined) return Effect.fail(error)
              const about = {
                endpoint: operation.id,
                attempts: call.attempts,
                error: error as CohereError,
                delay: Duration.millis(delay)
              }
              return Effect.suspend(() => listener(about)).pipe(
                Effect.zipRight(Effect.sleep(delay)),
                // What was not sent again costs nothing.
                Effect.onError(() => Effect.sync(() => budget.give(call.host, taken))),
                Effect.zipRight(Effect.suspend(() => {
                  cost = taken
                  delays.push(about.delay)
                  return attempts
                }))
              )
            }))
        }
        const attempts: Effect.Effect<readonly [A, Response], E, Scope.Scope> = Effect.catchAll(withRenewal, again)
        return limits.acquire(demand).pipe(
          Effect.map((waited) => {
            call.rateLimitWait = waited
          }),
          Effect.zipRight(attempts),
          within(operation, call, "total", timeouts.total),
          Effect.mapError((error) => withDelays(error, delays)),
          Effect.tap(([, response]) => {
            call.response = response
            budget.give(call.host, delays.length === 0 ? 1 : cost)
            return warn(operation, response)
          }),
          Effect.flatMap(([value, response]) => Effect.as(notify(response, call.attempts), value))
        )
      })

    /** Reads the JSON value that an operation promises, or makes sure that there is none. */
    const decode = <Id extends string, Request, Success, E>(
      endpoint: Unary<Id, Request, Success, E>,
      call: Call,
      response: Response,
      timeouts: Deadlines
    ): Effect.Effect<readonly [Success, Response], CommonError> =>
      Effect.flatMap(
        readBody(response).pipe(
          Effect.mapError((error) => fromHttpClientError(endpoint.id, call.attempts, error)),
          within(endpoint, call, "body", timeouts.body)
        ),
        (body) => {
          if (body === undefined) {
            return unusable(endpoint, call, response, "", `it is longer than ${maxBody / 1024 / 1024} MiB`)
          }
          const json = parse(body)
          const isVoid = endpoint.success.ast === Schema.Void.ast
          if (isVoid && (body.trim() === "" || Option.isSome(json))) {
            // Nothing is the value of Schema.Void.
            return Effect.succeed([undefined as Success, response])
          }
          if (endpoint.success.ast === JsonObject.ast && body.trim() === "") {
            // An answer of which nothing is expected, and nothing has come: what was asked for is done.
            return Effect.succeed([{} as Success, response])
          }
          if (Option.isNone(json)) {
            return unusable(endpoint, call, response, body, body === "" ? "it is empty" : "it is not JSON")
          }
          const value = check(
            endpoint.success,
            json.value,
            (text) => Rejection.excerpt(text, response.request)
          )
          return Either.isLeft(value)
            ? unusable(endpoint, call, response, body, "it has another shape", value.left)
            : Effect.succeed([value.right, response])
        }
      )

    /** Opens the stream of events that an operation promises, up to the first of them: until then it may be repeated. */
    const open = <Id extends string, Request, Event, E>(
      endpoint: Streaming<Id, Request, Event, E>,
      call: Call,
      response: Response,
      timeouts: Deadlines
    ): Effect.Effect<
      readonly [Stream.Stream<Event, StreamError>, Response],
      CommonError | StreamError,
      Scope.Scope
    > => {
      const framing = Framing.byContentType(response.headers["content-type"], endpoint.framing)
      if (framing === undefined) {
        return Effect.flatMap(
          readErrorBody(response, timeouts.attempt),
          (body) => unusable(endpoint, call, response, body, "it is no stream of events")
        )
      }
      const requestId = Rejection.requestIdOf(response.headers, response.request)
      return Events.open({
        endpoint,
        response,
        framing: framing(),
        attempts: call.attempts,
        requestId,
        idle: timeouts.idle
      }).pipe(
        Effect.flatMap((pull) =>
          Effect.map(first(pull), (events) =>
            [Stream.concat(Stream.fromChunk(events), Stream.repeatEffectChunkOption(pull)), response] as const)
        ),
        within(endpoint, call, "firstEvent", timeouts.firstEvent)
      )
    }

    const execute: Service["execute"] = (endpoint, request) =>
      observe(endpoint, request, capture, (observed) =>
        Effect.scoped(Effect.flatMap(inForce, ({ options, progress, ...settings }) => {
          const encoded = encode(endpoint, request, "application/json", options, progress)
          if (Either.isLeft(encoded)) {
            return Effect.fail(encoded.left)
          }
          const { timeouts } = settings
          return repeat(endpoint, settings, request, observed, (call) =>
            send(endpoint, encoded.right, call, timeouts).pipe(
              Effect.flatMap((response) =>
                decode(endpoint, call, response, timeouts)
              ),
              within(endpoint, call, "attempt", timeouts.attempt)
            ))
        })))

    const stream: Service["stream"] = (endpoint, request) =>
      observeStream(endpoint, request, capture, (observed) =>
        Stream.unwrapScoped(Effect.flatMap(inForce, ({ options, ...settings }) => {
          const encoded = encode(endpoint, request, "text/event-stream, application/stream+json", options)
          if (Either.isLeft(encoded)) {
            return Effect.fail(encoded.left)
          }
          const { timeouts } = settings
          return repeat(endpoint, settings, request, observed, (call) =>
            send(endpoint, encoded.right, call, timeouts).pipe(
              within(endpoint, call, "attempt", timeouts.attempt),
              Effect.flatMap((response) =>
                open(endpoint, call, response, timeouts)
              ),
              Effect.map(([events, response]) =>
                [
                  Stream.mapError(events, (error) =>
                    withDelays(error, call.delays)),
                  response
                ] as const
              )
            ))
        })))

    return { execute, stream }
  })

/** The first events of a stream. */
const first = <Event, E>(
  pull: Effect.Effect<Chunk.Chunk<Event>, Option.Option<E>>
): Effect.Effect<Chunk.Chunk<Event>, E> =>
  Effect.catchAll(pull, Option.match({ onNone: () => Effect.succeed(Chunk.empty<Event>()), onSome: Effect.fail }))
