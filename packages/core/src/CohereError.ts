/**
 * Every way in which a call can fail, one class for each cause.
 *
 * All are `Schema.TaggedError`s: catch them by tag, encode them with their schema. All carry `endpoint`, `attempts`,
 * `isRetryable` and, where there was a response, `status`, `requestId` and perhaps `retryAfter`; the `message` says
 * what happened and then what to do. None holds request headers, credentials or a live response.
 *
 * A class that stems from a response says itself which responses it stands for (`matches`); an endpoint lists the
 * classes that only it can fail with, and those are tried first.
 *
 * @see https://docs.cohere.com/reference/errors
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as Lazy from "./internal/lazy.ts"
import type { Rejection } from "./internal/rejection.ts"
import type * as V1 from "./V1.ts"
import type * as V2 from "./V2.ts"

const fields = () => ({
  /** Which operation failed, for example `v2.chat`. */
  endpoint: Schema.String,
  /** How often the request was sent: 0 when it never left, 1 where only its events are known. */
  attempts: Schema.Int,
  /** What happened, and what to do. */
  message: Schema.String,
  /** HTTP status of the response, if there was one. */
  status: Schema.optional(Schema.Int),
  /** Cohere's name for the request; tell it to their support. */
  requestId: Schema.optional(Schema.String),
  /** How long the server asked to wait. */
  retryAfter: Schema.optional(Schema.DurationFromMillis),
  /** How long was waited between the attempts. */
  delays: Schema.optional(Schema.Array(Schema.DurationFromMillis))
})

const responseFields = () => ({
  ...fields(),
  status: Schema.Int,
  /** What the server itself said about another attempt (`x-should-retry`), if it did. */
  shouldRetry: Schema.optional(Schema.Boolean),
  /** The server's own words. */
  detail: Schema.String
})

const streamFields = () => ({
  ...fields(),
  /** How many events had been delivered before. */
  delivered: Schema.Int
})

export type { Rejection }

/** A class of errors that are recognised by the response. */
export interface ResponseErrorClass<E> {
  readonly matches: (rejection: Rejection) => boolean
  readonly from: (rejection: Rejection) => E
}

const tries = (attempts: number) => attempts > 1 ? ` (after ${attempts} attempts)` : ""

const named = (requestId: string | undefined) => requestId === undefined ? "" : ` (request id ${requestId})`

/** How long the server asked to wait; nothing if it is no time. Parts of a millisecond say nothing to a reader. */
const wait = ({ retryAfter }: Rejection): string | undefined => {
  const millis = retryAfter === undefined ? 0 : Math.ceil(Duration.toMillis(retryAfter))
  return millis > 0 ? Duration.format(Duration.millis(millis)) : undefined
}

/** The operations that create something and are sent again only when they were refused. A transcription is kept nowhere. */
const creating = /^(?!audio).*\.create/

/** A warning beside advice, where a request that failed may have created something. */
const caution = (endpoint: string, attempts: number): string =>
  attempts > 0 && creating.test(endpoint) ? " It may have been done: look before you send it again." : ""

const unwanted = "The server says that sending it again will not help."

const describe = (r: Rejection, remedy: string) => ({
  endpoint: r.endpoint,
  attempts: r.attempts,
  status: r.status,
  requestId: r.requestId,
  retryAfter: r.retryAfter,
  shouldRetry: r.shouldRetry,
  detail: r.detail,
  message: `${r.endpoint} failed with ${r.status}${tries(r.attempts)}: ${r.detail || "(no message)"}\n${remedy}` +
    named(r.requestId)
})

const digits = (text: string, pattern: RegExp, group = 1): number | undefined => {
  const found = pattern.exec(text)?.[group]
  // What is no number of tokens or calls, however it is written, is none: JSON would not keep it.
  return found !== undefined && Number.isSafeInteger(Number(found)) ? Number(found) : undefined
}

// ---------------------------------------------------------------------------------------------------------------------
// Only on operations that list them
// ---------------------------------------------------------------------------------------------------------------------

/** The input, or the output that was asked for, is longer than the model allows. */
export class TooManyTokens extends Lazy.TaggedError<TooManyTokens>()(
  "TooManyTokens",
  () => ({
    ...responseFields(),
    /** How many tokens are allowed. */
    limit: Schema.optional(Schema.Number),
    /** How many were given or asked for. */
    received: Schema.optional(Schema.Number),
    /** How many are too many. */
    exceededBy: Schema.optional(Schema.Number)
  })
) {
  static readonly matches = (r: Rejection): boolean =>
    (r.status === 400 || r.status === 413 || r.status === 422) &&
    (r.errorType === "TOO_MANY_TOKENS" || /^too many tokens/i.test(r.detail))

  static readonly from = (r: Rejection): TooManyTokens => {
    const limit = digits(r.detail, /(?:cannot exceed|less than or equal to) (\d+)/) ??
      digits(r.detail, /limit for this model is (\d+) tokens/)
    const received = digits(r.detail, /received (\d+)/)
    const exceededBy = digits(r.detail, /exceeded by (\d+) tokens/) ??
      (limit !== undefined && received !== undefined ? received - limit : undefined)
    return new TooManyTokens({
      ...describe(
        r,
        exceededBy === undefined
          ? "Send a shorter input, or ask for fewer max_tokens."
          : `Send an input that is ${exceededBy} tokens shorter, or ask for fewer max_tokens.`
      ),
      limit,
      received,
      exceededBy
    })
  }

  get isRetryable(): boolean {
    return this.shouldRetry ?? false
  }
}

/** The model produced nothing usable. The same request may succeed when it is sent again. */
export class NoValidGeneration extends Lazy.TaggedError<NoValidGeneration>()(
  "NoValidGeneration",
  () => ({
    ...responseFields(),
    /** `NO_VALID_RESPONSE_GENERATED`, `INVALID_TOOL_GENERATION`, or a newer code. */
    errorType: Schema.String
  })
) {
  static readonly matches = (r: Rejection): boolean => r.status === 422 && r.errorType !== undefined

  static readonly from = (r: Rejection): NoValidGeneration =>
    new NoValidGeneration({
      ...describe(r, "Change the messages or the tool definitions, or retry this tag: the model may do better."),
      errorType: r.errorType ?? ""
    })

  get isRetryable(): boolean {
    return this.shouldRetry ?? false
  }
}

/** A file of an upload cannot be read, or is not what it was: nothing of it counts as sent. */
export class UploadFailed extends Lazy.TaggedError<UploadFailed>()(
  "UploadFailed",
  () => ({
    ...fields(),
    /** The name of the file. */
    file: Schema.String,
    /** What is wrong with it, for example `ENOENT`. */
    reason: Schema.String
  })
) {
  /** `endpoint` is empty when it happened before any call. */
  static readonly of = (file: string, reason: string, endpoint = "", attempts = 0): UploadFailed =>
    new UploadFailed({
      endpoint,
      attempts,
      file,
      reason,
      message: `${endpoint || "an upload"} could not read ${JSON.stringify(file)}: ${reason}\n` +
        "Check that the file is there and nobody writes to it, and send it again."
    })

  get isRetryable(): boolean {
    return false
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Common: responses
// ---------------------------------------------------------------------------------------------------------------------

/** A part of a request that is wrong. */
export const Issue = Lazy.Struct(() => ({
  /** Where, for example `messages[0].content`. */
  path: Schema.String,
  /** What is wrong there. */
  message: Schema.String
}))
/** See {@link Issue}. */
export interface Issue extends Schema.Schema.Type<typeof Issue> {}

/** The request is wrong: found here, before it was sent (`attempts` is 0), or by the server (400, 413, 422). */
export class InvalidRequest extends Lazy.TaggedError<InvalidRequest>()(
  "InvalidRequest",
  () => ({
    ...fields(),
    /** What the server itself said about another attempt (`x-should-retry`), if it did. */
    shouldRetry: Schema.optional(Schema.Boolean),
    /** What is wrong, as far as it is known field by field. */
    issues: Schema.Array(Issue)
  })
) {
  static readonly matches = (r: Rejection): boolean => r.status === 400 || r.status === 413 || r.status === 422

  static readonly from = (r: Rejection): InvalidRequest => {
    const unknownField = /^unknown field: parameter '?"?([^\s'"]+)'?"? is not a valid field/.exec(r.detail)?.[1]
    const { detail: _, ...described } = describe(
      r,
      unknownField !== undefined
        ? `Leave out "${unknownField}": this endpoint does not know it.`
        : /is not supported with '?\/v1\/chat/.test(r.detail)
        ? "Use V2.chat or V2.chatStream with this model."
        : /\b(is )?not (yet )?(validated|ready)\b/.test(r.detail)
        ? "Wait until it is ready, and call again."
        : r.shouldRetry === true
        ? "Try again later."
        : "Correct the request; sending it again will not help."
    )
    return new InvalidRequest({
      ...described,
      issues: [{ path: unknownField ?? "", message: r.detail }]
    })
  }

  /** For input that is refused before it is sent. */
  static readonly local = (endpoint: string, issues: ReadonlyArray<Issue>): InvalidRequest =>
    new InvalidRequest({
      endpoint,
      attempts: 0,
      issues,
      message: `${endpoint} was not sent, its input is invalid:\n` +
        issues.map((issue) => `  ${issue.path || "(request)"}: ${issue.message}\n`).join("") +
        "Correct it and call again: nothing was sent."
    })

  get isRetryable(): boolean {
    return this.shouldRetry ?? false
  }
}

/** 401: the key is missing, wrong or expired. */
export class Unauthorized extends Lazy.TaggedError<Unauthorized>()(
  "Unauthorized",
  responseFields
) {
  static readonly matches = (r: Rejection): boolean => r.status === 401
  static readonly from = (r: Rejection): Unauthorized =>
    new Unauthorized(
      describe(
        r,
        "Check the API key (CO_API_KEY, or what Credentials were given): https://dashboard.cohere.com/api-keys"
      )
    )

  get isRetryable(): boolean {
    return this.shouldRetry ?? false
  }
}

/** 402: no payment method, or the billing limit is reached. */
export class BillingLimitReached extends Lazy.TaggedError<BillingLimitReached>()(
  "BillingLimitReached",
  responseFields
) {
  static readonly matches = (r: Rejection): boolean => r.status === 402
  static readonly from = (r: Rejection): BillingLimitReached =>
    new BillingLimitReached(
      describe(r, "Update the payment method or the limit: https://dashboard.cohere.com/billing")
    )

  get isRetryable(): boolean {
    return this.shouldRetry ?? false
  }
}

/** 403: the key may not do this. */
export class PermissionDenied extends Lazy.TaggedError<PermissionDenied>()(
  "PermissionDenied",
  responseFields
) {
  static readonly matches = (r: Rejection): boolean => r.status === 403
  static readonly from = (r: Rejection): PermissionDenied =>
    new PermissionDenied(describe(r, "Use a key that has access to this model and operation."))

  get isRetryable(): boolean {
    return this.shouldRetry ?? false
  }
}

/** 404: no such model, dataset, job, connector or path. */
export class NotFound extends Lazy.TaggedError<NotFound>()("NotFound", () => ({
  ...responseFields(),
  /** Whether it is a model that Cohere has removed. */
  removed: Schema.Boolean
})) {
  static readonly matches = (r: Rejection): boolean => r.status === 404

  static readonly from = (r: Rejection): NotFound => {
    const model = /^model '/.test(r.detail)
    const removed = model && /was removed/.test(r.detail)
    return new NotFound({
      ...describe(
        r,
        model
          ? "Choose a model that Models.list returns for your key."
          : /page not found/.test(r.detail)
          ? "Check the base URL: the server does not know this path."
          : "Check the id."
      ),
      removed
    })
  }

  get isRetryable(): boolean {
    return this.shouldRetry ?? false
  }
}

/** 409: the state of the resource does not allow this. */
export class Conflict extends Lazy.TaggedError<Conflict>()("Conflict", responseFields) {
  static readonly matches = (r: Rejection): boolean => r.status === 409
  static readonly from = (r: Rejection): Conflict =>
    new Conflict(describe(r, "Look at the state of the resource before you try again."))

  get isRetryable(): boolean {
    return this.shouldRetry ?? false
  }
}

/** 429: too many requests or tokens in a minute, or the quota of the month is used up. */
export class RateLimited extends Lazy.TaggedError<RateLimited>()("RateLimited", () => ({
  ...responseFields(),
  /** What is limited: `requests` or `tokens` in a minute, calls in a `month`, or `unknown`. */
  scope: Schema.Literal("requests", "tokens", "month", "unknown"),
  /** Whether it is a limit of trial keys. */
  trial: Schema.Boolean,
  /** The limit itself, in calls or tokens, if the server said it. */
  limit: Schema.optional(Schema.Number)
})) {
  static readonly matches = (r: Rejection): boolean => r.status === 429

  static readonly from = (r: Rejection): RateLimited => {
    const text = r.detail.toLowerCase()
    const trial = text.includes("trial")
    const scope = text.includes("month")
      ? "month"
      : text.includes("token rate limit") || text.includes("tokens per minute")
      ? "tokens"
      : trial || text.includes("per minute") || text.includes("/ minute")
      ? "requests"
      : "unknown"
    return new RateLimited({
      ...describe(
        r,
        r.shouldRetry === false
          ? `${unwanted} Send fewer at a time.`
          : scope === "month" && r.shouldRetry === undefined
          ? "Waiting does not help before next month: use a production key, or another model."
          : `Wait ${wait(r) ?? "up to a minute"}, or send fewer at a time.`
      ),
      scope,
      trial,
      limit: digits(text, /limited to (\d+) api calls/) ?? digits(text, /limit is (\d+) tokens/) ??
        (scope === "requests" || scope === "unknown" ? r.callLimit : undefined)
    })
  }

  get isRetryable(): boolean {
    return this.shouldRetry ?? this.scope !== "month"
  }
}

/** 498: the request or the response contains something that Cohere refuses to process. Not an authentication error. */
export class ContentBlocked extends Lazy.TaggedError<ContentBlocked>()(
  "ContentBlocked",
  responseFields
) {
  static readonly matches = (r: Rejection): boolean => r.status === 498
  static readonly from = (r: Rejection): ContentBlocked =>
    new ContentBlocked(describe(r, "Remove the unsafe content from the input."))

  get isRetryable(): boolean {
    return this.shouldRetry ?? false
  }
}

/** 499: the request was cancelled on the way. */
export class RequestCancelled extends Lazy.TaggedError<RequestCancelled>()(
  "RequestCancelled",
  responseFields
) {
  static readonly matches = (r: Rejection): boolean => r.status === 499
  static readonly from = (r: Rejection): RequestCancelled =>
    new RequestCancelled(
      describe(
        r,
        "If nobody on your side cancelled it, look for a proxy that did, and send it again." +
          caution(r.endpoint, r.attempts)
      )
    )

  get isRetryable(): boolean {
    return this.shouldRetry ?? false
  }
}

/** 501: this server does not have the feature. */
export class NotImplemented extends Lazy.TaggedError<NotImplemented>()(
  "NotImplemented",
  responseFields
) {
  static readonly matches = (r: Rejection): boolean => r.status === 501
  static readonly from = (r: Rejection): NotImplemented =>
    new NotImplemented(describe(r, "Use another model, or do without this feature on this deployment."))

  get isRetryable(): boolean {
    return this.shouldRetry ?? false
  }
}

const transientStatuses: ReadonlyArray<number> = [408, 424, 500, 502, 503, 504]

const serverRemedy = (r: Rejection): string => {
  const after = wait(r)
  const remedy = r.shouldRetry === false
    ? unwanted
    : !r.shouldRetry && !transientStatuses.includes(r.status)
    ? "Check baseUrl, and any proxy."
    : after === undefined
    ? "Try again later."
    : `Try again in ${after}.`
  // Both say that nothing was done.
  return r.shouldRetry === true || r.status === 503 ? remedy : remedy + caution(r.endpoint, r.attempts)
}

/** 5xx, and 408 or 424 from an edge: the server's fault. 408, 424, 500, 502, 503 and 504 often pass. */
export class ServerError extends Lazy.TaggedError<ServerError>()(
  "ServerError",
  responseFields
) {
  static readonly matches = (r: Rejection): boolean =>
    (r.status >= 500 && r.status < 600) || transientStatuses.includes(r.status)
  static readonly from = (r: Rejection): ServerError => new ServerError(describe(r, serverRemedy(r)))

  get isRetryable(): boolean {
    return this.shouldRetry ?? transientStatuses.includes(this.status)
  }
}

/** A status that nobody documents, redirects included: those are never followed, the key would go with them. */
export class UnexpectedStatus extends Lazy.TaggedError<UnexpectedStatus>()(
  "UnexpectedStatus",
  responseFields
) {
  static readonly from = (r: Rejection): UnexpectedStatus =>
    new UnexpectedStatus(
      describe(
        r,
        // A browser hides the status of a redirect that it was told not to follow.
        r.status === 0 || (r.status >= 300 && r.status < 400)
          ? "The server redirects, which is not followed: set baseUrl to the final address."
          : "Check that baseUrl names Cohere or your own deployment of it."
      )
    )

  get isRetryable(): boolean {
    return this.shouldRetry ?? false
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Common: no response, or not the promised one
// ---------------------------------------------------------------------------------------------------------------------

/** A success status whose body is not what the operation promises: no JSON, or JSON of another shape. */
export class UnexpectedResponse extends Lazy.TaggedError<UnexpectedResponse>()("UnexpectedResponse", () => ({
  ...responseFields(),
  /** Where the body differs from what was expected. Empty when it is no JSON at all. */
  issues: Schema.Array(Issue),
  contentType: Schema.optional(Schema.String),
  /** How the body begins. */
  excerpt: Schema.String
})) {
  static readonly of = (
    r: Rejection,
    detail: string,
    issues: ReadonlyArray<Issue>
  ): UnexpectedResponse =>
    new UnexpectedResponse({
      ...describe(
        { ...r, detail },
        "Check that baseUrl names Cohere or your own deployment of it, and no proxy's page."
      ),
      message: `${r.endpoint} got ${r.status} with a body that it cannot use${tries(r.attempts)}: ${detail}\n` +
        issues.map((issue) => `  ${issue.path || "(body)"}: ${issue.message}\n`).join("") +
        `The body begins with: ${JSON.stringify(r.excerpt)}\n` +
        "Check that baseUrl names Cohere or your own deployment of it, and no proxy's page.",
      issues,
      contentType: r.contentType,
      excerpt: r.excerpt
    })

  get isRetryable(): boolean {
    return this.shouldRetry ?? false
  }
}

/** A response whose body has not come to its end. */
interface Begun {
  readonly status: number
  readonly requestId: string | undefined
}

/** There was no response, or the connection broke while its body was read. */
export class ConnectionFailed extends Lazy.TaggedError<ConnectionFailed>()(
  "ConnectionFailed",
  () => ({
    ...fields(),
    /** What the transport said, and whom it asked, for example `ECONNREFUSED (http://127.0.0.1:8080)`. */
    reason: Schema.String
  })
) {
  static readonly of = (endpoint: string, attempts: number, reason: string, begun?: Begun): ConnectionFailed =>
    new ConnectionFailed({
      endpoint,
      attempts,
      status: begun?.status,
      requestId: begun?.requestId,
      reason,
      message: `${endpoint} got no ${begun === undefined ? "response" : "complete response"}${tries(attempts)}: ` +
        `${reason}\nCheck the network and baseUrl, or try again later.${caution(endpoint, attempts)}` +
        named(begun?.requestId)
    })

  get isRetryable(): boolean {
    return true
  }
}

const late = {
  headers: "got no response",
  body: "got no whole body",
  attempt: "got no whole answer",
  firstEvent: "sent no event",
  total: "was not done"
}

/** A deadline of `Timeouts` passed. */
export class RequestTimeout extends Lazy.TaggedError<RequestTimeout>()(
  "RequestTimeout",
  () => ({
    ...fields(),
    /**
     * Which deadline: the `headers` of a response, its `body`, one `attempt`, the `firstEvent` of a stream, or the `total`
     * over all attempts.
     */
    phase: Schema.Literal("headers", "body", "attempt", "firstEvent", "total"),
    /** How long it was. */
    limit: Schema.DurationFromMillis
  })
) {
  static readonly of = (
    endpoint: string,
    attempts: number,
    phase: RequestTimeout["phase"],
    limit: Duration.Duration,
    begun?: Begun
  ): RequestTimeout =>
    new RequestTimeout({
      endpoint,
      attempts,
      status: begun?.status,
      requestId: begun?.requestId,
      phase,
      limit,
      message: `${endpoint} ${late[phase]} within ${Duration.format(limit)}${tries(attempts)}\n` +
        // Only `total` counts the waiting for limits.
        (attempts > 0
          ? ""
          : `It was not sent: it waited for ${phase === "total" ? "RateLimits or " : ""}credentials. `) +
        `Give Timeouts.${phase} more time, or ask for less.${caution(endpoint, attempts)}${named(begun?.requestId)}`
    })

  get isRetryable(): boolean {
    return this.phase !== "total"
  }
}

/** There are no credentials, or they cannot be used. Never holds them. */
export class CredentialsError extends Lazy.TaggedError<CredentialsError>()(
  "CredentialsError",
  fields
) {
  /** `message` says what is wrong and what to set. `endpoint` is empty when it happened before any call. */
  static readonly of = (message: string, endpoint = "", attempts = 0): CredentialsError =>
    new CredentialsError({ endpoint, attempts, message })

  get isRetryable(): boolean {
    return false
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Streams only
// ---------------------------------------------------------------------------------------------------------------------

const soFar = ({ attempts, delivered }: StreamPlace) =>
  (delivered === 0 ? "before its first event" : `after ${delivered} event${delivered === 1 ? "" : "s"}`) +
  tries(attempts)

interface StreamPlace {
  readonly endpoint: string
  readonly attempts: number
  readonly status?: number
  readonly requestId?: string | undefined
  readonly delays?: ReadonlyArray<Duration.Duration>
  readonly delivered: number
}

/** The connection broke, or the server reported a failure, in the middle of a stream. */
export class StreamInterrupted extends Lazy.TaggedError<StreamInterrupted>()(
  "StreamInterrupted",
  () => ({
    ...streamFields(),
    /** What the transport or the server said. */
    reason: Schema.String
  })
) {
  static readonly of = (place: StreamPlace, reason: string): StreamInterrupted =>
    new StreamInterrupted({
      ...place,
      reason,
      message: `${place.endpoint} broke off ${soFar(place)}: ${reason}\n` +
        (place.delivered === 0
          ? "Nothing of the answer has come: try again later."
          : "A stream cannot be resumed: send the request again, and expect another answer.") +
        named(place.requestId)
    })

  get isRetryable(): boolean {
    return this.delivered === 0
  }
}

/** Nothing came for too long in the middle of a stream. */
export class StreamIdle extends Lazy.TaggedError<StreamIdle>()("StreamIdle", () => ({
  ...streamFields(),
  /** How long nothing came. */
  limit: Schema.DurationFromMillis
})) {
  static readonly of = (place: StreamPlace, limit: Duration.Duration): StreamIdle =>
    new StreamIdle({
      ...place,
      limit,
      message: `${place.endpoint} sent nothing for ${Duration.format(limit)} ${soFar(place)}\n` +
        `Give Timeouts.idle more time, or send the request again.${named(place.requestId)}`
    })

  get isRetryable(): boolean {
    return false
  }
}

/** The stream ended without its last event: part of the answer is missing. */
export class StreamTruncated extends Lazy.TaggedError<StreamTruncated>()(
  "StreamTruncated",
  streamFields
) {
  static readonly of = (place: StreamPlace): StreamTruncated =>
    new StreamTruncated({
      ...place,
      message: `${place.endpoint} ended ${soFar(place)}` +
        (place.delivered === 0
          ? "\nNothing of the answer has come: try again later"
          : ", before its last one\nPart of the answer is missing: send the request again") +
        `, and look for a proxy that cuts responses.${named(place.requestId)}`
    })

  get isRetryable(): boolean {
    return this.delivered === 0
  }
}

/** The stream contains something that is not an event. What came before it was delivered. */
export class MalformedEvent extends Lazy.TaggedError<MalformedEvent>()(
  "MalformedEvent",
  () => ({
    ...streamFields(),
    /** What is wrong with it. */
    reason: Schema.String,
    /** How it begins. */
    excerpt: Schema.String
  })
) {
  static readonly of = (place: StreamPlace, reason: string, excerpt: string): MalformedEvent =>
    new MalformedEvent({
      ...place,
      reason,
      excerpt,
      message: `${place.endpoint} sent something that is no event ${soFar(place)}: ${reason}\n` +
        `It begins with: ${JSON.stringify(excerpt)}\nCheck that baseUrl names Cohere or your own deployment of it.` +
        named(place.requestId)
    })

  get isRetryable(): boolean {
    return false
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Helpers only
// ---------------------------------------------------------------------------------------------------------------------

/** What a model that gave up may have generated before. */
export type PartialResponse = V2.ChatResponse | V1.ChatResponse | V1.Generation

/** The model gave up: the turn ended with `ERROR`, `TIMEOUT` or the like, although the HTTP call succeeded. */
export class GenerationFailed extends Lazy.TaggedError<GenerationFailed>()(
  "GenerationFailed",
  () => ({
    ...fields(),
    finishReason: Schema.String,
    /** `INVALID_TOOL_GENERATION` or another code, if the server said one. */
    errorType: Schema.optional(Schema.String),
    /** What was generated before. Any JSON passes: it was checked when it came in. */
    response: Schema.Unknown as Schema.Schema<PartialResponse>
  })
) {
  static readonly of = <Response extends PartialResponse>(
    endpoint: string,
    response: Response,
    finishReason: string,
    error?: string,
    errorType?: string
  ): GenerationFailedWith<Response> =>
    // A class cannot be generic in its schema: this says again which response it holds.
    Object.assign(
      new GenerationFailed({
        endpoint,
        attempts: 1,
        finishReason,
        errorType,
        response,
        message: `${endpoint} ended with ${finishReason}: ${error || errorType || "(no message)"}\n` +
          "Change the messages or the tool definitions, or send the request again."
      }),
      { response }
    )

  get isRetryable(): boolean {
    return false
  }
}

/** {@link GenerationFailed} of a certain operation. */
export interface GenerationFailedWith<Response extends PartialResponse> extends GenerationFailed {
  readonly response: Response
}

// ---------------------------------------------------------------------------------------------------------------------
// Unions
// ---------------------------------------------------------------------------------------------------------------------

/** What every operation can fail with. */
export type CommonError =
  | InvalidRequest
  | Unauthorized
  | BillingLimitReached
  | PermissionDenied
  | NotFound
  | Conflict
  | RateLimited
  | ContentBlocked
  | RequestCancelled
  | NotImplemented
  | ServerError
  | UnexpectedStatus
  | UnexpectedResponse
  | ConnectionFailed
  | RequestTimeout
  | CredentialsError

/** What a stream can fail with beside, once it has been opened. */
export type StreamError = StreamInterrupted | StreamIdle | StreamTruncated | MalformedEvent

/** Everything that a call can fail with. */
export type CohereError =
  | CommonError
  | TooManyTokens
  | NoValidGeneration
  | UploadFailed
  | StreamError
  | GenerationFailed

/** The classes of {@link CommonError} that are recognised by the response, in the order in which they are tried. */
export const responseErrors = [
  Unauthorized,
  BillingLimitReached,
  PermissionDenied,
  NotFound,
  Conflict,
  RateLimited,
  ContentBlocked,
  RequestCancelled,
  NotImplemented,
  ServerError,
  InvalidRequest
] as const

/** By a function, which a page without it can leave out. */
const union = () =>
  Schema.Union(
    TooManyTokens,
    NoValidGeneration,
    UploadFailed,
    ...responseErrors,
    UnexpectedStatus,
    UnexpectedResponse,
    ConnectionFailed,
    RequestTimeout,
    CredentialsError,
    StreamInterrupted,
    StreamIdle,
    StreamTruncated,
    MalformedEvent,
    GenerationFailed
  )

/** Schema of every {@link CohereError}, to log, store or send one. */
export const CohereError: Schema.Schema<CohereError, Schema.Schema.Encoded<ReturnType<typeof union>>> = Lazy.schema(
  union
)

let check: ((u: unknown) => u is CohereError) | undefined

/** Whether something is a {@link CohereError}. */
export const is = (u: unknown): u is CohereError => (check ??= Schema.is(Schema.typeSchema(CohereError)))(u)
