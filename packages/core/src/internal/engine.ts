/** The one path to the wire, for unary and streaming operations alike. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import type * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as ScheduleDecision from "effect/ScheduleDecision"
import * as Intervals from "effect/ScheduleIntervals"
import * as Scope from "effect/Scope"
import type { Service } from "../CohereClient.ts"
import {
  type CohereError,
  type CommonError,
  CredentialsError,
  InvalidRequest,
  RateLimited,
  RequestTimeout,
  type ResponseErrorClass,
  ServerError,
  Unauthorized,
  UnexpectedResponse
} from "../CohereError.ts"
import { Deployment } from "../Deployment.ts"
import type { Base, Unary } from "../Endpoint.ts"
import * as RateLimits from "../RateLimits.ts"
import * as RequestOptions from "../RequestOptions.ts"
import * as RetryPolicy from "../RetryPolicy.ts"
import * as Telemetry from "../Telemetry.ts"
import * as Timeouts from "../Timeouts.ts"
import * as Transport from "../Transport.ts"
import { ProgressListener } from "../Upload.ts"
import { classify } from "./classify.ts"
import { demandOf } from "./demand.ts"
import type { Bytes } from "./exchange.ts"
import * as Exchange from "./exchange.ts"
import { parse, property } from "./json.ts"
import { Arrived, Call, observe, type Running } from "./observe.ts"
import type { Finalizer, Keep } from "./pull.ts"
import * as Ready from "./ready.ts"
import * as Rejection from "./rejection.ts"
import { encode, type Encoded } from "./request.ts"
import { notify } from "./response.ts"
import * as RetryBudget from "./retryBudget.ts"
import { check } from "./schema.ts"
import { type Deadlines, deadlines, mergeOptions } from "./settings.ts"
import { begun, fromHttpClientError } from "./transport.ts"
import * as Utf8 from "./utf8.ts"
import * as Watch from "./watch.ts"
import * as Young from "./young.ts"

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

/** A call before its first attempt: the settings in force are the caller's own over those that the client was built with. */
class Prepared {
  declare readonly encoded: Encoded
  /** What it uses of limits. */
  declare readonly demand: RateLimits.Demand
  declare readonly limits: RateLimits.Service
  declare readonly policy: RetryPolicy.Policy
  declare readonly timeouts: Deadlines

  constructor(
    encoded: Encoded,
    demand: RateLimits.Demand,
    timeouts: Deadlines,
    caller: Context.Context<never>,
    client: Context.Context<never>
  ) {
    this.encoded = encoded
    this.demand = demand
    this.timeouts = timeouts
    this.policy = Context.get(caller, RetryPolicy.RetryPolicy) ?? Context.get(client, RetryPolicy.RetryPolicy) ??
      RetryPolicy.standard
    this.limits = Context.get(caller, RateLimits.RateLimits) ?? Context.get(client, RateLimits.RateLimits) ??
      RateLimits.unlimited
  }
}

/** Both framings of events. */
const eventStreams = "text/event-stream, application/stream+json"

type Response = HttpClientResponse.HttpClientResponse

/** The call that a request belongs to: its attempts are counted where they leave. */
class CurrentCall extends Context.Reference<CurrentCall>()<"@effect-cohere/core/internal/CurrentCall", Call>(
  "@effect-cohere/core/internal/CurrentCall",
  { defaultValue: () => new Call() }
) {}

const isStatusCode = (
  error: HttpClientError.HttpClientError | CredentialsError
): error is HttpClientError.ResponseError => error._tag === "ResponseError" && error.reason === "StatusCode"

/** Without a bound, a broken server could fill the memory, above all with little that is compressed well. */
const maxBody = 256 * 1024 * 1024

/** What may be read at once: a body that says its own length, and is not compressed, has no surprises. */
const maxWhole = 16 * 1024 * 1024

/** Reads a body as text, until it is longer than `limit`; has what came, also when it breaks. */
const reading = (response: Response, bytes: Bytes, limit: number) => {
  const decode = Utf8.decoder()
  let body = ""
  let size = 0
  const rest: Effect.Effect<void, HttpClientError.ResponseError> = Young.matchEffect(
    bytes,
    (end) => Option.isNone(end) || end.value.reason === "EmptyBody" ? Effect.void : Effect.fail(end.value),
    (more) => {
      for (const piece of more) {
        size += piece.length
        body += decode(piece)
      }
      return size > limit ? Effect.void : rest
    }
  )
  /** Whoever wraps the client may have read the body: then its stream has nothing, or cannot be had, and its text can. */
  const wasRead = Effect.map(
    Young.catchAll(response.text, () => Effect.succeed("")),
    (text) => {
      body += text
    }
  )
  return {
    text: () => body + decode(),
    isLonger: () => size > limit,
    run: rest.pipe(
      // With something read, it was not this: then nothing may pass for the end of the body.
      Effect.catchAllCause((cause) => size === 0 && Cause.isDie(cause) ? Effect.void : Effect.failCause(cause)),
      Effect.zipRight(Effect.suspend(() => size === 0 ? wasRead : Effect.void))
    )
  }
}

/** The text of a body; `undefined` for one that is too long. */
const readBody = (
  exchange: Exchange.Exchange,
  response: Response
): Effect.Effect<string | undefined, HttpClientError.ResponseError> => {
  const { headers } = response
  const length = Number(headers["content-length"] || NaN)
  if (length <= maxWhole && headers["content-encoding"] === undefined) return response.text
  return exchange.read(response, (bytes) => {
    const { isLonger, run, text } = reading(response, bytes, maxBody)
    return Effect.map(run, () => isLonger() ? undefined : text())
  })
}

const maxErrorBody = 1024 * 1024

/** The beginning of a body, as far as it comes in time. Never fails: the status is known already. */
const readErrorBody = (
  exchange: Exchange.Exchange,
  response: Response,
  attempt: Duration.Duration
): Effect.Effect<string> =>
  exchange.read(response, (bytes) => {
    const { run, text } = reading(response, bytes, maxErrorBody)
    return run.pipe(
      Effect.exit,
      // Also for a caller who cannot be interrupted, such as a finalizer.
      Effect.interruptible,
      // Well before the deadline of the attempt, which would hide the status.
      Effect.timeoutOption(Math.min(5_000, Duration.toMillis(attempt) / 2)),
      Effect.map(text)
    )
  })

/** Whether the server itself wants another attempt. A success that cannot be used may have been one all the same. */
const isInvited = (error: unknown): boolean =>
  property(error, "shouldRetry") === true && !(error instanceof UnexpectedResponse)

/**
 * What may have been done is not repeated where it must not be done twice; a file that cannot be read, never. That one is
 * known by its tag: only uploads have to carry the class.
 */
const mayRepeat = (operation: Operation<unknown>, error: unknown): boolean =>
  property(error, "_tag") !== "UploadFailed" &&
  (operation.retry === "always" || error instanceof RateLimited ||
    (error instanceof ServerError && error.status === 503) || isInvited(error))

/** The error of a call with the delays before its attempts: set on an error that nobody but the call has seen. */
const withDelays = <E>(error: E, delays: ReadonlyArray<Duration.Duration>): E =>
  // A property more does not change the error's class.
  delays.length === 0 ? error : Object.assign(error as object, { delays }) as E

/** What Cohere warns about is told once each, but not for ever new texts. */
const maxWarnings = 100

/** The error of a phase that took too long. */
const lateness = (
  operation: Operation<unknown>,
  call: Call,
  phase: RequestTimeout["phase"],
  timeouts: Deadlines
): RequestTimeout =>
  RequestTimeout.of(operation.id, call.attempts, phase, timeouts[phase], call.awaited && begun(call.awaited))

const always = () => true

/** What comes of a caller's settings; where it has none, as most have, of the client's alone: that is made once. */
const merging = <Id, A, B>(tag: Context.Reference<Id, A>, of: (own: A) => B): (own: A) => B => {
  const none = Context.get(Context.empty(), tag)
  const made = of(none)
  return (own) => own === none ? made : of(own)
}

export const make = (options: {
  readonly transformClient?: (client: CanonicalClient) => CanonicalClient
}): Effect.Effect<Service, never, Deployment | HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const settings = yield* Effect.context<never>()
    const capture = Context.get(settings, Telemetry.CaptureContent)
    const propagate = Context.get(settings, Telemetry.Propagation)
    const deployment = yield* Deployment
    const budget = RetryBudget.make(Context.get(settings, RetryPolicy.Budget))
    const http = yield* HttpClient.HttpClient
    const wire = HttpClient.withScope(http)
    // Whoever wraps the client sees each request, and may do anything: that needs a fiber.
    const exchanging = options.transformClient === undefined ? Transport.offered(http) : undefined

    /**
     * What attempts run with. Redirects would carry the credentials to wherever they point; `fetch` follows them unless
     * it is told not to. Third parties get no tracing headers unless asked for, and spans no secrets. Where nobody
     * traces, requests have no spans.
     */
    const discreet = (
      { call, isTraced, runtime: callers }: Running,
      scope: Scope.Scope
    ): Runtime.Runtime<Scope.Scope> => {
      const runtime = callers()
      const init = Option.getOrUndefined(Option.orElse(
        Context.getOption(runtime.context, FetchHttpClient.RequestInit),
        () => Context.getOption(settings, FetchHttpClient.RequestInit)
      ))
      const set = <A>(fiberRefs: FiberRefs.FiberRefs, fiberRef: FiberRef.FiberRef<A>, value: A) =>
        FiberRefs.updateAs(fiberRefs, { fiberId: FiberId.none, fiberRef, value })
      const { fiberRefs } = runtime
      return Runtime.make({
        runtimeFlags: runtime.runtimeFlags,
        // The context of a program may be large: it is copied once.
        context: Context.merge(
          runtime.context,
          Context.make(FetchHttpClient.RequestInit, { ...init, redirect: "manual" }).pipe(
            Context.add(CurrentCall, call),
            Context.add(Scope.Scope, scope)
          )
        ),
        fiberRefs: isTraced
          ? set(set(fiberRefs, HttpClient.currentTracerPropagation, propagate), Headers.currentRedactedNames, [
            ...FiberRefs.getOrDefault(fiberRefs, Headers.currentRedactedNames),
            Rejection.secretHeader,
            ...Rejection.echoes
          ])
          : propagate
          ? set(fiberRefs, HttpClient.currentTracerPropagation, true)
          : set(fiberRefs, HttpClient.currentTracerDisabledWhen, always)
      })
    }

    const leaves = (call: Call, { url }: HttpClientRequest.HttpClientRequest): void => {
      call.attempts++
      call.url = url
    }

    // A client of its own, not a mapped one: whatever wraps it must see the request before it is prepared.
    const canonical: CanonicalClient = HttpClient.makeWith(
      (request: Effect.Effect<HttpClientRequest.HttpClientRequest>) =>
        Effect.flatMap(Effect.flatMap(request, deployment.prepare), (prepared) =>
          Effect.flatMap(CurrentCall, (call) => {
            leaves(call, prepared)
            return wire.execute(prepared)
          })),
      Effect.succeed
    )
    const client = options.transformClient?.(canonical) ?? canonical

    const timeoutsOf = merging(Timeouts.Timeouts, (own) => deadlines(Context.get(settings, Timeouts.Timeouts), own))
    const optionsOf = merging(
      RequestOptions.RequestOptions,
      (own) => mergeOptions(Context.get(settings, RequestOptions.RequestOptions), own)
    )

    /** The request as it is sent, and the settings in force: the caller's own over those that the client was built with. */
    const prepare = <Id extends string, Request, E>(
      endpoint: Base<Id, Request, E>,
      request: Request,
      accept: string,
      caller: Context.Context<never>
    ): Either.Either<Prepared, InvalidRequest> => {
      const timeouts = timeoutsOf(Context.get(caller, Timeouts.Timeouts))
      if (Either.isLeft(timeouts)) return Either.left(InvalidRequest.local(endpoint.id, timeouts.left))
      const requestOptions = optionsOf(Context.get(caller, RequestOptions.RequestOptions))
      return Either.map(
        encode(endpoint, request, accept, requestOptions, Context.get(caller, ProgressListener)),
        (encoded) => new Prepared(encoded, demandOf(endpoint.id, request), timeouts.right, caller, settings)
      )
    }

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

    /** Sets out to send a request, the cheaper way where nothing else needs a fiber: no traces, files, or credentials to fetch. */
    const begin = <A, E>(
      { files, request }: Encoded,
      running: Running,
      use: (exchange: Exchange.Exchange) => Effect.Effect<A, E>
    ): Effect.Effect<A, E> =>
      Effect.suspend(() => {
        const { caller, call, clock, isTraced } = running
        if (exchanging !== undefined && files === undefined && !isTraced && !propagate) {
          const prepared = Ready.valueOf(deployment.prepare(request))
          if (Option.isSome(prepared)) {
            leaves(call, prepared.value)
            return use(new Exchange.Stoppable(clock, running.runtime, exchanging(prepared.value, caller)))
          }
        }
        return Effect.flatMap(Scope.make(), (scope) => {
          const exchange = Exchange.scoped(clock, discreet(running, scope), client.execute(request), scope)
          return files === undefined
            ? use(exchange)
            // Not `Effect.addFinalizer`, which makes the fiber references of whoever closes the scope grow each time.
            : Effect.flatMap(Scope.addFinalizer(scope, files.stop), () => use(exchange))
        })
      })

    /** Sends a request once. */
    const send = <E>(
      operation: Operation<E>,
      { encoded: { files }, timeouts }: Prepared,
      call: Call,
      exchange: Exchange.Exchange,
      onHeaders: () => void
    ): Effect.Effect<Response, E | CommonError> => {
      const onResponse = (response: Response): Effect.Effect<Response, E | CommonError> => {
        call.awaited = response
        onHeaders()
        if (response.status >= 200 && response.status < 300) return Effect.succeed(response)
        call.refused = response.status === 401 ? response.request : undefined
        return readErrorBody(exchange, response, timeouts.attempt).pipe(
          Effect.flatMap((body) => rejectionOf(operation, call, response, body)),
          Effect.flatMap((rejection) => Effect.fail(classify(rejection, operation.error)))
        )
      }
      return Young.matchEffect(
        exchange.response,
        (error) =>
          error._tag === "CredentialsError"
            ? Effect.fail(CredentialsError.of(`${operation.id}: ${error.message}`, operation.id, call.attempts))
            // A wrapper may have made a failure of the status already; which one it is, is said by us.
            : isStatusCode(error)
            ? onResponse(error.response)
            : Effect.flatMap(files?.broken ?? Effect.succeedNone, (broken) =>
              Effect.fail(
                Option.isNone(broken)
                  ? fromHttpClientError(operation.id, call.attempts, error)
                  // Only a form has files that can break, and its descriptor names this error in `E`.
                  : broken.value(operation.id, call.attempts) as E
              )),
        onResponse
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
    const warn = (operation: Operation<unknown>, { headers, request }: Arrived): Effect.Effect<void> | undefined => {
      const warning = headers["x-api-warning"]
      if (warning === undefined || warned.has(warning) || warned.size >= maxWarnings) return undefined
      warned.add(warning)
      return Effect.logWarning(`${operation.id}: ${Rejection.excerpt(warning, request)}`)
    }

    /**
     * One attempt, within its deadlines: of the response, `use` makes what is wanted. The exchange ends with the attempt
     * or, if what is made of it is a stream, with that, which keeps it.
     */
    const attempt = <A, E, E2>(
      operation: Operation<E>,
      prepared: Prepared,
      running: Running,
      keep: Keep | undefined,
      use: (response: Response, exchange: Exchange.Exchange) => Effect.Effect<A, E2>
    ): Effect.Effect<A, E | E2 | CommonError> =>
      begin(prepared.encoded, running, (exchange) => {
        const { timeouts } = prepared
        const { call, inSpan } = running
        const { watch } = exchange
        let phase: RequestTimeout["phase"] = "attempt"
        const bound = (next: "attempt" | "headers" | "body" | "firstEvent") => {
          if (Watch.limit(watch, timeouts[next])) phase = next
        }
        // Within what ends the watch: an interruption may come between any two operations.
        const made = Effect.suspend(() => {
          bound("attempt")
          const { due } = watch
          bound("headers")
          const onHeaders = () => {
            Watch.reset(watch, due)
            if (!watch.isLate) phase = "attempt"
          }
          return Effect.flatMap(send(operation, prepared, call, exchange, onHeaders), (response) => {
            // The attempt of a stream is over with its headers.
            if (keep !== undefined) Watch.reset(watch, Infinity)
            bound(keep === undefined ? "body" : "firstEvent")
            return use(response, exchange)
          })
        })
        return Young.onExit(
          Watch.run(watch, made, () => inSpan(Effect.fail(lateness(operation, call, phase, timeouts)))),
          (exit) => {
            Watch.reset(watch, Infinity)
            const close: Finalizer = (exit) => {
              Watch.stop(watch)
              return exchange.close(exit)
            }
            if (keep === undefined || Exit.isFailure(exit)) return close(exit)
            keep(close)
            return Effect.void
          }
        )
      })

    /** Repeats attempts as the policy says, within the budget and the deadline for all of them; tells who wants to hear. */
    const repeat = <A, E>(
      operation: Operation<unknown>,
      { demand, limits, policy, timeouts }: Prepared,
      { call, caller, clock, inSpan }: Running,
      once: Effect.Effect<A, E>
    ): Effect.Effect<A, E | RequestTimeout> => {
      const { delays } = call
      const deadline = Watch.millisOf(clock) + Duration.toMillis(timeouts.total)
      let state: unknown = policy.initial
      /** What the latest retry has cost, and where. */
      let paid: { readonly tokens: number; readonly url: string | undefined } | undefined
      let renewed = false

      const succeeded = (value: A): Effect.Effect<A> => {
        budget.give(paid === undefined ? call.url : paid.url, paid === undefined ? 1 : paid.tokens)
        const { awaited } = call
        if (awaited === undefined) return Effect.succeed(value)
        const arrived = new Arrived(awaited)
        call.response = arrived
        const told = notify(caller, arrived, call.attempts)
        const warning = warn(operation, arrived)
        return told === undefined && warning === undefined
          ? Effect.succeed(value)
          : Effect.as(inSpan(Effect.zipRight(warning ?? Effect.void, told ?? Effect.void)), value)
      }
      const failed = (error: E): Effect.Effect<A, E> => {
        call.awaited = undefined
        if (error instanceof RateLimited) {
          return Effect.zipRight(inSpan(limits.limited(demand, error)), renewOr(error))
        }
        return renewOr(error)
      }
      /** Fresh credentials deserve an attempt that is none of the policy's. */
      const renewOr = (error: E): Effect.Effect<A, E> => {
        if (renewed || call.refused === undefined || !(error instanceof Unauthorized)) return again(error)
        renewed = true
        return Effect.flatMap(
          inSpan(deployment.renew(call.refused)),
          (mayHelp) => mayHelp ? attempts : again(error)
        )
      }
      const again = (error: E): Effect.Effect<A, E> => {
        if (!mayRepeat(operation, error)) return Effect.fail(error)
        // An endpoint's own errors are CohereErrors, too; its type parameter does not say so.
        const known = error as CohereError
        const time = clock.unsafeCurrentTimeMillis()
        return Effect.flatMap(inSpan(policy.step(time, known, state)), ([next, , decision]) => {
          if (ScheduleDecision.isDone(decision)) return Effect.fail(error)
          state = next
          const delay = Math.max(0, Intervals.start(decision.intervals) - time)
          // An attempt that could not even begin in time is none.
          if (Watch.millisOf(clock) + delay >= deadline) return Effect.fail(error)
          const { url } = call
          const tokens = budget.take(url, error)
          if (tokens === undefined) return Effect.fail(error)
          const about = {
            endpoint: operation.id,
            attempts: call.attempts,
            error: known,
            delay: Duration.millis(delay)
          }
          return Effect.suspend(() => Context.get(caller, RetryPolicy.RetryListener)(about)).pipe(
            inSpan,
            Effect.zipRight(Effect.sleep(delay)),
            // What was not sent again costs nothing.
            Effect.onError(() => Effect.sync(() => budget.give(url, tokens))),
            Effect.zipRight(Effect.suspend(() => {
              paid = { tokens, url }
              delays.push(about.delay)
              return attempts
            }))
          )
        })
      }
      const attempts: Effect.Effect<A, E> = Young.catchAll(once, failed)
      const inTurn = limits === RateLimits.unlimited
        ? attempts
        : Effect.flatMap(inSpan(limits.acquire(demand)), (waited) => {
          call.rateLimitWait = waited
          return attempts
        })
      return Young.matchEffect(
        !Duration.isFinite(timeouts.total) ? inTurn : Effect.timeoutFail(
          // Also of a call whose caller cannot be interrupted, such as a finalizer: the deadline holds.
          Effect.interruptible(inTurn),
          { duration: timeouts.total, onTimeout: () => lateness(operation, call, "total", timeouts) }
        ),
        (error) => Effect.fail(withDelays(error, delays)),
        succeeded
      )
    }

    /** Reads the JSON value that an operation promises, or makes sure that there is none. */
    const decode = <Id extends string, Request, Success, E>(
      endpoint: Unary<Id, Request, Success, E>,
      call: Call,
      response: Response,
      exchange: Exchange.Exchange
    ): Effect.Effect<Success, CommonError> =>
      Young.matchEffect(
        readBody(exchange, response),
        (error) => Effect.fail(fromHttpClientError(endpoint.id, call.attempts, error)),
        (body) => {
          if (body === undefined) {
            return unusable(endpoint, call, response, "", `it is longer than ${maxBody / 1024 / 1024} MiB`)
          }
          // What was asked for is done, and there is nothing to say about it.
          const isEmpty = endpoint.answer !== "value" && body.trim() === ""
          const json = isEmpty ? Option.some({}) : parse(body)
          if (Option.isNone(json)) {
            return unusable(endpoint, call, response, body, body === "" ? "it is empty" : "it is not JSON")
          }
          // Nothing is the value of Schema.Void.
          if (endpoint.answer === "nothing") return Effect.succeed(undefined as Success)
          const value = check(endpoint.success, json.value, (text) => Rejection.excerpt(text, response.request))
          return Either.isLeft(value)
            ? unusable(endpoint, call, response, body, "it has another shape", value.left)
            : Effect.succeed(value.right)
        }
      )

    /** A whole call, or that of a stream, which keeps its exchange. */
    const answer = <Id extends string, Request, E, A, E2>(
      endpoint: Base<Id, Request, E>,
      request: Request,
      running: Running,
      keep: Keep | undefined,
      use: (response: Response, exchange: Exchange.Exchange, prepared: Prepared) => Effect.Effect<A, E2>
    ): Effect.Effect<A, E | E2 | CommonError> => {
      const accept = keep === undefined ? "application/json" : eventStreams
      const prepared = prepare(endpoint, request, accept, running.caller)
      if (Either.isLeft(prepared)) return Effect.fail(prepared.left)
      return repeat(
        endpoint,
        prepared.right,
        running,
        attempt(
          endpoint,
          prepared.right,
          running,
          keep,
          (response, exchange) => use(response, exchange, prepared.right)
        )
      )
    }

    const execute: Service["execute"] = (endpoint, request) =>
      observe(
        endpoint,
        request,
        capture,
        (running) =>
          answer(
            endpoint,
            request,
            running,
            undefined,
            (response, exchange) => decode(endpoint, running.call, response, exchange)
          )
      )

    const stream: Service["stream"] = (endpoint, request) =>
      endpoint.reading.observe(
        endpoint,
        request,
        capture,
        (running, keep, hear) =>
          answer(
            endpoint,
            request,
            running,
            keep,
            (response, exchange, { timeouts }) =>
              endpoint.reading.open({
                endpoint,
                response,
                call: running.call,
                idle: timeouts.idle,
                exchange,
                hear,
                unusable: (detail) =>
                  Effect.flatMap(
                    readErrorBody(exchange, response, timeouts.attempt),
                    (body) => unusable(endpoint, running.call, response, body, detail)
                  )
              })
          )
      )

    return { execute, stream }
  })
