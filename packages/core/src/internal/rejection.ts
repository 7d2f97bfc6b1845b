/** A response that is no success, read to its end and reduced to what errors are made of. */
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { parse, property, show } from "./json.ts"

/** What an error class sees of a response. */
export interface Rejection {
  readonly endpoint: string
  readonly attempts: number
  readonly status: number
  readonly requestId: string | undefined
  readonly retryAfter: Duration.Duration | undefined
  /** What the server says about another attempt: `x-should-retry`. */
  readonly shouldRetry: boolean | undefined
  readonly contentType: string | undefined
  /** Calls per minute that a trial key has: `x-trial-endpoint-call-limit`. */
  readonly callLimit: number | undefined
  /** The server's own words: the body's message, or the body itself where it has none. */
  readonly detail: string
  /** The code that some 400 and 422 carry. */
  readonly errorType: string | undefined
  /** How the body begins. */
  readonly excerpt: string
}

type Headers = Readonly<Record<string, string | undefined>>

const maxDetail = 2_000
const maxExcerpt = 200

/** Of what a server sent, only what it says itself counts: nothing inherited. */
const own = (u: unknown, key: string): unknown =>
  typeof u === "object" && u !== null && Object.hasOwn(u, key) ? property(u, key) : undefined

const string = (u: unknown): string | undefined => typeof u === "string" && u !== "" ? u : undefined

const isHtml = (text: string) => /^\s*<(!doctype|html|head|body)/i.test(text)

/** No timer waits longer. */
const maxWait = 2 ** 31 - 1

const wait = (millis: number) => Duration.millis(Math.min(Math.max(0, millis), maxWait))

/** How long the server wants us to wait: `retry-after-ms`, `Retry-After` (seconds or a date), `X-RateLimit-Reset`. */
const retryAfter = (headers: Headers, now: number): Duration.Duration | undefined => {
  const number = (value: string | undefined): number | undefined => {
    const text = value?.slice(0, 40).trim()
    return text !== undefined && /^\d*\.?\d+$/.test(text) ? Number(text) : undefined
  }
  const ms = number(headers["retry-after-ms"])
  if (ms !== undefined) return wait(ms)
  const seconds = number(headers["retry-after"])
  if (seconds !== undefined) return wait(seconds * 1_000)
  // `Date.parse` takes almost anything for a date; one of HTTP begins with the name of a day. Its oldest form, without a
  // comma, names no zone.
  const after = headers["retry-after"] ?? ""
  const date = /^\s*[A-Z][a-z]{2,}, ?/.test(after)
    ? Date.parse(after)
    : /^\s*[A-Z][a-z]{2} [A-Z][a-z]{2} /.test(after)
    ? Date.parse(`${after} GMT`)
    : NaN
  if (!Number.isNaN(date)) return wait(date - now)
  const reset = number(headers["x-ratelimit-reset"])
  return reset === undefined ? undefined : wait(reset * 1_000 - now)
}

const callLimit = (header: string | undefined): number | undefined =>
  header !== undefined && /^[1-9]\d{0,8}$/.test(header) ? Number(header) : undefined

const shouldRetry = (header: string | undefined): boolean | undefined =>
  header === "true" ? true : header === "false" ? false : undefined

/** Headers whose values must not be seen: neither in spans nor, should a server echo them, in errors. */
export const secretHeader = /auth|key|token|cookie|secret/i

/** Headers of a response that may repeat anything: what is told of them is told without secrets, by us. */
export const echoes = ["x-debug-trace-id", "x-api-warning"]

/** What must not be seen of a header's value: each part but the name of a scheme, plain and as JSON escapes it. */
const secretsOf = (value: string): ReadonlyArray<string> =>
  value.split(/\s+/)
    .filter((part) => part.length >= 4 && !/^(bearer|basic|token|apikey)$/i.test(part))
    .flatMap((part) => [part, JSON.stringify(part).slice(1, -1)])

/** Fields of bodies whose values must not be seen: what connectors and others authenticate themselves with. */
const secretField = /^(token|api_key|client_secret|user_access_token)$/

/** A request, as far as it may hold secrets. */
export type Sent = Pick<HttpClientRequest, "headers" | "body">

/** The secrets in a JSON body. */
const secretsIn = (body: Sent["body"]): ReadonlyArray<string> => {
  if (body._tag !== "Uint8Array") return []
  const found: Array<string> = []
  const open: Array<unknown> = [Option.getOrUndefined(parse(new TextDecoder().decode(body.body)))]
  for (let value = open.pop(); value !== undefined || open.length > 0; value = open.pop()) {
    if (typeof value !== "object" || value === null) continue
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === "string" && secretField.test(key)) found.push(inner)
      else open.push(inner)
    }
  }
  return found
}

/** What an address may be in: it ends where one of these characters comes. */
const run = /[^\s"'<>]+/g

const scheme = /https?:(?:\\?\/){2}/

/**
 * Whether a query lets whoever has the address use it, such as that of a file to download. What stands before an equals
 * sign is a name, even behind a value: "&" may be escaped (as Go's JSON does), or another address follow.
 */
const grants = (query: string): boolean =>
  query.split("=").slice(0, -1).some((piece) =>
    /sig|token|credential|secret|key|password/i.test(piece.slice(piece.lastIndexOf("&") + 1))
  )

/** A text in which addresses grant nothing. In time linear in its length: a server may write anything. */
const unsigned = (text: string): string =>
  text.replace(run, (all) => {
    const begin = scheme.exec(all)
    const query = begin === null ? -1 : all.indexOf("?", begin.index + begin[0].length + 1)
    return query !== -1 && grants(all.slice(query + 1)) ? `${all.slice(0, query)}?<redacted>` : all
  })

// Of a request, several texts are told; its body may be long.
const known = new WeakMap<Sent, ReadonlyArray<string>>()

/** The secrets of a request. */
const secretsFor = (sent: Sent): ReadonlyArray<string> => {
  const before = known.get(sent)
  if (before !== undefined) return before
  const values = Object.entries(sent.headers).flatMap(([name, value]) => secretHeader.test(name) ? [value] : [])
  // The longest first: one may be a part of another, whose rest would stay.
  const secrets = [...values, ...secretsIn(sent.body)].flatMap(secretsOf).sort((a, b) => b.length - a.length)
  known.set(sent, secrets)
  return secrets
}

/** Replaces whatever secrets of a request stand in a text, and whatever secrets addresses hold. */
const scrub = (text: string, sent: Sent): string => {
  let out = text
  for (const secret of secretsFor(sent)) out = out.replaceAll(secret, "<redacted>")
  return unsigned(out)
}

/** A JSON body as the excerpt of it is made from: without the escapes in which a secret could hide. */
export const plain = (json: unknown, text: string): string => json === undefined ? text : show(json)

/** Of how much of a text an excerpt is made: more than secrets can take of it. */
const maxScrubbed = 1024 * 1024

/** The beginning of a text, without secrets: not even the half of one that the cut would leave. */
export const excerpt = (text: string, sent: Sent, length = maxExcerpt): string => {
  const scrubbed = scrub(text.slice(0, maxScrubbed), sent)
  // Where the text was cut, half a secret may stand.
  const half = text.length > maxScrubbed ? Math.max(0, ...secretsFor(sent).map((secret) => secret.length - 1)) : 0
  const safe = scrubbed.slice(0, scrubbed.length - half)
  return safe.length > length ? safe.slice(0, length) + "…" : safe
}

/** Cohere's name for a request. */
export const requestIdOf = (headers: Headers, sent: Sent): string | undefined => {
  const id = string(headers["x-debug-trace-id"])
  return id === undefined ? undefined : excerpt(id, sent)
}

/** Reads a body of any shape: Cohere's, a gRPC gateway's, a cloud's own, HTML, text, nothing. Never fails. */
export const make = (options: {
  readonly endpoint: string
  readonly attempts: number
  readonly status: number
  readonly headers: Headers
  readonly sent: Sent
  readonly body: string
  readonly now: number
}): Rejection => {
  const json = Option.getOrUndefined(parse(options.body))
  const error = own(json, "error")
  const detail = string(own(json, "message")) ?? string(own(error, "message")) ?? string(error) ??
    (isHtml(options.body) ? "an HTML page" : options.body.trim())
  const safe = (text: string, length?: number) => excerpt(text, options.sent, length)
  const safeIfAny = (text: string | undefined) => text === undefined ? undefined : safe(text)
  return {
    endpoint: options.endpoint,
    attempts: options.attempts,
    status: options.status,
    requestId: requestIdOf(options.headers, options.sent) ?? safeIfAny(string(own(json, "id"))),
    retryAfter: retryAfter(options.headers, options.now),
    shouldRetry: shouldRetry(options.headers["x-should-retry"]),
    callLimit: callLimit(options.headers["x-trial-endpoint-call-limit"]),
    contentType: safeIfAny(options.headers["content-type"]),
    detail: safe(detail, maxDetail),
    errorType: safeIfAny(string(own(json, "error_type"))),
    excerpt: safe(plain(json, options.body))
  }
}
