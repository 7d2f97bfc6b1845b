/** From a descriptor and its request to the canonical HTTP request: path, query, headers, body. */
import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { InvalidRequest, type Issue } from "../CohereError.ts"
import type { Base } from "../Endpoint.ts"
import type { Settings } from "../RequestOptions.ts"
import type { Progress } from "../Upload.ts"
import { property } from "./json.ts"
import type * as Multipart from "./multipart.ts"
import { codeOrMessage } from "./reason.ts"
import { check } from "./schema.ts"

/** A request that can be sent, as often as needed. */
export interface Encoded {
  readonly request: HttpClientRequest.HttpClientRequest
  /** The files in its body, if it is a form. */
  readonly files: Pick<Multipart.Form, "broken" | "stop"> | undefined
}

const bad = (path: string, message: string): Either.Either<never, Issue> => Either.left({ path, message })

/** One value of the path. It must stay one: neither empty, nor a way out of its place. */
const pathSegment = (name: string, value: unknown): Either.Either<string, Issue> => {
  const text = String(value)
  if (text === "") return bad(name, "must not be empty")
  if (text.split(/[/\\]/).some((part) => part === "." || part === "..")) {
    return bad(name, "must not contain \".\" or \"..\" as a part: give the plain name or id")
  }
  try {
    return Either.right(encodeURIComponent(text))
  } catch {
    return bad(name, "contains half of a surrogate pair, which no URL can hold")
  }
}

const queryText = (value: unknown): string => value instanceof Date ? value.toISOString() : String(value)

const queryPairs = (key: string, value: unknown): ReadonlyArray<readonly [string, string]> =>
  (Array.isArray(value) ? value : [value]).map((one) => [key, queryText(one)] as const)

/** Headers of the connection: the transport's own business. */
const hopByHop = /^(connection|content-length|expect|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/

const headerProblem = (name: string, value: unknown): string | undefined =>
  hopByHop.test(name)
    ? "is set by the transport: leave it out"
    : typeof value !== "string"
    ? "must be a string"
    : !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)
    ? "is no header name: use letters, digits and -"
    : !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)
    ? "has a value with a line break or a character outside of Latin-1: remove it"
    : undefined

/** Builds the canonical request, or says what is wrong with its input. Nothing is sent that does not fit the schema. */
export const encode = <Id extends string, Request, E>(
  endpoint: Base<Id, Request, E>,
  request: Request,
  accept: string,
  options: Settings,
  listener?: (progress: Progress) => Effect.Effect<void>
): Either.Either<Encoded, InvalidRequest> => {
  try {
    return build(endpoint, request, accept, options, listener)
  } catch (error) {
    // What JavaScript allows and JSON does not, such as a getter that throws.
    return Either.left(InvalidRequest.local(endpoint.id, [unwritable("", error)]))
  }
}

const unwritable = (path: string, error: unknown): Issue => ({
  path,
  message: `cannot be written as JSON: ${codeOrMessage(error).split("\n")[0]}`
})

/** The JSON text of a body, or which field has none: a cycle, a bigint. */
const jsonOf = (fields: Readonly<Record<string, unknown>>): Either.Either<string, Issue> => {
  try {
    return Either.right(JSON.stringify(fields))
  } catch (error) {
    const field = Object.keys(fields).find((name) => {
      try {
        JSON.stringify(fields[name])
        return false
      } catch {
        return true
      }
    })
    return Either.left(unwritable(field ?? "", error))
  }
}

/** Stands for a value that JSON may make another one of. */
const odd = Symbol("odd")

/**
 * A copy of a value that is sure to be as JSON what it is here: nothing but plain objects and lists, whose values are all
 * seen and none of which is made when it is looked at. Each is read once, since lists may have getters, too, and anything
 * may be a proxy: then the copy is what is checked, and what is sent.
 */
const plain = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return typeof value === "function" ? odd : value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (Array.isArray(value)) {
    if (prototype !== Array.prototype || Object.hasOwn(value, "toJSON")) return odd
    const items: Array<unknown> = []
    const { length } = value
    for (let i = 0; i < length; i++) {
      const item = plain(value[i])
      if (item === odd) return odd
      items.push(item)
    }
    return items
  }
  if (prototype !== Object.prototype && prototype !== null) return odd
  const fields: Record<string, unknown> = prototype === null ? Object.create(null) : {}
  for (const name of Object.getOwnPropertyNames(value)) {
    const { enumerable, get, set } = Object.getOwnPropertyDescriptor(value, name) ?? {}
    // Assigned, this one would be the copy's prototype.
    if (enumerable !== true || get !== undefined || set !== undefined || name === "__proto__") return odd
    const field = plain(property(value, name))
    if (field === odd) return odd
    fields[name] = field
  }
  return fields
}

/** The same of what may hold itself, or throw when it is read. */
const plainOrOdd = (value: unknown): unknown => {
  try {
    return plain(value)
  } catch {
    return odd
  }
}

/** What JSON would write as an object without anything in it. */
const unheld = /^\[object ((?:Weak)?(?:Map|Set)|Promise|RegExp|ArrayBuffer|Blob|File)\]$/

/** What of a value JSON cannot hold, and would lose without a word. */
const lost = (path: string, value: unknown): Issue | undefined => {
  // What speaks for itself may be anything.
  if (typeof value !== "object" || value === null || typeof property(value, "toJSON") === "function") return undefined
  const kind = unheld.exec(Object.prototype.toString.call(value))?.[1]
  if (kind !== undefined) return { path, message: `is a ${kind}, which JSON cannot hold` }
  for (const [key, inner] of Object.entries(value)) {
    const issue = lost(Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, inner)
    if (issue !== undefined) return issue
  }
  return undefined
}

/** The fields of a request, read once: what is checked is what is sent, also of an instance with accessors. */
export const snapshot = (
  endpoint: Pick<Base<string, never, never>, "params" | "query" | "headers" | "payload">,
  request: unknown
): unknown => {
  if (typeof request !== "object" || request === null || Array.isArray(request)) return request
  const fields = [endpoint.params, endpoint.query, endpoint.headers, endpoint.payload].flatMap((part) =>
    Object.keys(part?.fields ?? {})
  )
  const inherited = fields.filter((name) => !Object.hasOwn(request, name) && name in request)
  return Object.fromEntries(
    [...Object.keys(request), ...inherited]
      .map((name) => [name, property(request, name)] as const)
      // A function is no data; one that is called `toJSON` would even speak for all the rest.
      .filter(([, value]) => typeof value !== "function")
  )
}

const build = <Id extends string, Request, E>(
  endpoint: Base<Id, Request, E>,
  request: Request,
  accept: string,
  options: Settings,
  listener: ((progress: Progress) => Effect.Effect<void>) | undefined
): Either.Either<Encoded, InvalidRequest> => {
  const fail = (...issues: ReadonlyArray<Issue>) => Either.left(InvalidRequest.local(endpoint.id, issues))

  const copied = plainOrOdd(request)
  // Of what is no plain data, the fields are read here, once.
  const read = copied === odd ? snapshot(endpoint, request) : copied
  const copy = copied === odd ? plainOrOdd(read) : copied
  const given = copy === odd ? read : copy
  const checked = check(endpoint.request, given)
  if (Either.isLeft(checked)) return fail(...checked.left)

  let path: string = endpoint.path
  const query: Array<readonly [string, string]> = []
  const ownHeaders: Record<string, string> = {}
  const body: Array<readonly [string, unknown]> = []
  for (const [key, value] of Object.entries(given as Readonly<Record<string, unknown>>)) {
    if (value === undefined) continue
    if (endpoint.params !== undefined && Object.hasOwn(endpoint.params.fields, key)) {
      const segment = pathSegment(key, value)
      if (Either.isLeft(segment)) return fail(segment.left)
      path = path.replace(`{${key}}`, () => segment.right)
    } else if (Object.hasOwn(endpoint.headers?.fields ?? {}, key)) {
      ownHeaders[key] = String(value)
    } else if (endpoint.payload === undefined || Object.hasOwn(endpoint.query?.fields ?? {}, key)) {
      query.push(...queryPairs(key, value))
    } else {
      body.push([key, value])
    }
  }
  for (const [key, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined) query.push(...queryPairs(key, value))
  }

  const headers = {
    accept,
    ...ownHeaders,
    ...(options.clientName === undefined ? {} : { "x-client-name": options.clientName }),
    ...options.headers
  }
  const issues = Object.entries(headers).flatMap(([name, value]) => {
    const message = headerProblem(name, value)
    return message === undefined ? [] : [{ path: `headers[${JSON.stringify(name)}]`, message }]
  })
  if (issues.length > 0) return fail(...issues)

  const canonical = (body?: HttpBody.HttpBody) =>
    HttpClientRequest.make(endpoint.method)(path, { urlParams: query, headers, body })
  if (endpoint.payload === undefined) return Either.right({ request: canonical(), files: undefined })

  // fromEntries defines plain properties, so that a key such as `__proto__` is data like any other.
  const own: Readonly<Record<string, unknown>> = Object.fromEntries(body)
  const toSend = (fields: Readonly<Record<string, unknown>>) => ({ ...fields, ...options.body, ...endpoint.constants })
  if (endpoint.form !== undefined) {
    const form = endpoint.form(endpoint.payload.fields, toSend(own), listener)
    return Either.right({ request: canonical(form.body), files: form })
  }
  let json = jsonOf(toSend(own))
  if (Either.isLeft(json)) return fail(json.left)
  if (copy === odd) {
    // What was checked need not be what JSON makes of it: that is made once, checked, and sent.
    for (const [name, value] of body) {
      const issue = lost(name, value)
      if (issue !== undefined) return fail(issue)
    }
    const written: Readonly<Record<string, unknown>> = JSON.parse(JSON.stringify(own))
    const others = Object.entries(given as object).filter(([name]) => !Object.hasOwn(own, name))
    const sent = check(endpoint.request, { ...Object.fromEntries(others), ...written })
    if (Either.isLeft(sent)) return fail(...sent.left)
    json = jsonOf(toSend(written))
    if (Either.isLeft(json)) return fail(json.left)
  }
  return Either.right({ request: canonical(HttpBody.text(json.right, "application/json")), files: undefined })
}
