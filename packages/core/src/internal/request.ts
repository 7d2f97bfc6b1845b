/** From a descriptor and its request to the canonical HTTP request: path, query, headers, body. */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { InvalidRequest, type Issue } from "../CohereError.ts"
import type { Base } from "../Endpoint.ts"
import type { Settings } from "../RequestOptions.ts"
import { type Progress, Upload } from "../Upload.ts"
import { property } from "./json.ts"
import * as Multipart from "./multipart.ts"
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

/** Whether there is anything inside that may look otherwise as JSON: an instance of a class, a Map, a Date. */
const holdsInstances = (value: unknown): boolean => {
  if (typeof value !== "object" || value === null) return false
  if (Array.isArray(value)) return value.some(holdsInstances)
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype !== Object.prototype && prototype !== null) || Object.values(value).some(holdsInstances)
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

  const given = snapshot(endpoint, request)
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

  const canonical = HttpClientRequest.make(endpoint.method)(path).pipe(
    HttpClientRequest.setUrlParams(query),
    HttpClientRequest.setHeaders(headers)
  )
  if (endpoint.payload === undefined) return Either.right({ request: canonical, files: undefined })

  // fromEntries defines plain properties, so that a key such as `__proto__` is data like any other.
  const fields = { ...Object.fromEntries(body), ...options.body, ...endpoint.constants }
  if (endpoint.encoding === "multipart") {
    const form = Multipart.make(formValues(endpoint.payload.fields, fields), listener)
    return Either.right({ request: HttpClientRequest.setBody(canonical, form.body), files: form })
  }
  const json = jsonOf(fields)
  if (Either.isLeft(json)) return fail(json.left)
  if (holdsInstances(given)) {
    // What was checked need not be what JSON makes of it.
    const own: object = JSON.parse(JSON.stringify(Object.fromEntries(body)))
    const sent = check(endpoint.request, { ...(given as object), ...own })
    if (Either.isLeft(sent)) return fail(...sent.left)
  }
  return Either.right({
    request: HttpClientRequest.bodyText(canonical, json.right, "application/json"),
    files: undefined
  })
}

/** The values of a form, in the order of the descriptor; what it does not know follows. A list becomes several values. */
const formValues = (
  known: object,
  fields: Readonly<Record<string, unknown>>
): ReadonlyArray<readonly [string, Multipart.Value]> =>
  [...new Set([...Object.keys(known), ...Object.keys(fields)])].flatMap((name) =>
    (Array.isArray(fields[name]) ? fields[name] : [fields[name]]).flatMap((value: unknown) =>
      value === undefined ? [] : [[name, isUpload(value) ? value : formText(value)] as const]
    )
  )

const isUpload = Schema.is(Upload)

const formText = (value: unknown): string => typeof value === "object" ? JSON.stringify(value) : String(value)
