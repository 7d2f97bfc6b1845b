/** Finds the operation that a request asks for, checks the request against its descriptor, and hands it over. */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Endpoints from "../../Endpoints.ts"
import { type Handlers, preflights } from "./handlers.ts"
import { hash, hex } from "./hash.ts"
import { invalid, notFound, type Rejection, unknownField, unknownFieldText } from "./rejection.ts"

/** What to send back. */
export type Answer =
  | { readonly kind: "json"; readonly body: unknown }
  | { readonly kind: "nothing" }
  | {
    readonly kind: "events"
    readonly events: Iterable<object>
    /** The field that says what an event is. */
    readonly tag: "type" | "event_type"
    readonly framing: "sse" | "ndjson"
  }

/** What to send back, and how. */
export interface Routed {
  /** The id under which the server would have logged it. */
  readonly traceId: string
  readonly result: Either.Either<Answer, Rejection>
  /** About what was left out of account. */
  readonly warnings?: ReadonlyArray<string>
  /** Whether errors are a message alone. */
  readonly isPlain?: boolean
}

type Fields = Readonly<Record<string, unknown>>

/** The values of a template's parameters, if the path fits it. */
const matchPath = (template: string, path: string): Fields | undefined => {
  const names: Array<string> = []
  const pattern = template.replace(/\{(\w+)\}/g, (_, name: string) => (names.push(name), "([^/]+)"))
  const values = new RegExp(`^${pattern}$`).exec(path)?.slice(1)
  try {
    return values && Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(values[i] ?? "")]))
  } catch {
    // A broken percent sign is no name of anything.
    return undefined
  }
}

/** A value that came as a text: its schema says whether it means the text, a number, a boolean or a list. */
const readText = (schema: Schema.Struct.Field, all: ReadonlyArray<unknown>): unknown => {
  const [first] = all
  const accepts = Schema.is(Schema.Struct({ it: schema }))
  const readings = typeof first !== "string" ? all.length === 1 ? [first] : [all] : [
    first,
    ...(first.trim() === "" ? [] : [Number(first)]),
    ...(/^(true|false)$/.test(first) ? [first === "true"] : []),
    all
  ]
  return readings.find((reading) => accepts({ it: reading })) ?? first
}

const readQuery = (fields: Schema.Struct.Fields, query: URLSearchParams): Fields =>
  Object.fromEntries(
    Object.entries(fields).filter(([name]) => query.has(name)).map(([name, schema]) => [
      name,
      readText(schema, query.getAll(name))
    ])
  )

/** The headers of an operation. What makes no sense in one is as good as none. */
const readHeaders = (fields: Schema.Struct.Fields, headers: Headers): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, schema]) => {
      const value = headers.get(name)
      return value !== null && Schema.is(Schema.Struct({ it: schema }))({ it: value }) ? [[name, value]] : []
    })
  )

const readJson = (text: string): Either.Either<Fields, Rejection> => {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === "object" && json !== null && !Array.isArray(json)
      // The server reads `null` as absent.
      ? Either.right(Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null)))
      : Either.left(invalid("the body must be an object"))
  } catch (error) {
    return Either.left({
      status: 400,
      message: `invalid json syntax: ${error instanceof Error ? error.message : error}`
    })
  }
}

/** A body, and a text that tells it from every other one. */
interface Body {
  readonly text: string
  readonly fields: Either.Either<Fields, Rejection>
}

/** The parts of a form; the boundary between them means nothing. */
const readForm = async (fields: Schema.Struct.Fields, bytes: ArrayBuffer, contentType: string): Promise<Body> => {
  const form = await new Response(bytes, { headers: { "content-type": contentType } }).formData().catch(() => undefined)
  if (form === undefined) return { text: "", fields: Either.left(invalid("the body must be multipart/form-data")) }
  const texts = await Promise.all(
    [...form].map(async ([name, value]) =>
      typeof value === "string" ? `${name} ${value}` : `${name} ${value.name} ${value.size} ${hash(await value.text())}`
    )
  )
  return {
    text: texts.join(),
    fields: Either.right(Object.fromEntries(
      [...new Set(form.keys())].map((
        name
      ) => [
        name,
        readText((Object.hasOwn(fields, name) ? fields[name] : undefined) ?? Schema.Unknown, form.getAll(name))
      ])
    ))
  }
}

const readBody = async (
  found: ReadonlyArray<Endpoints.All>,
  bytes: ArrayBuffer,
  contentType: string
): Promise<Body> => {
  const upload = found.find(({ form }) => form !== undefined)
  if (upload !== undefined) return readForm(upload.payload?.fields ?? {}, bytes, contentType)
  const text = new TextDecoder().decode(bytes)
  const takesBody = found.some(({ payload }) => payload !== undefined)
  return { text, fields: takesBody ? readJson(text) : Either.right({}) }
}

/** Services behind a gateway of their own: lenient with bodies, short with errors. */
const isBehindGateway = (path: string) => /^\/v1\/finetuning\/|^\/v2\/batches\b/.test(path)

/** Fields of today's clients that today's server has forgotten, where it says so in the same words as of others. */
const forgotten: { readonly [Id in Endpoints.Id]?: ReadonlyArray<string> } = {
  "v1.chat": ["return_prompt"],
  "v1.chatStream": ["return_prompt"]
}

const unknownFields = (endpoint: Endpoints.All, body: Fields): ReadonlyArray<string> =>
  isBehindGateway(endpoint.path) || endpoint.form !== undefined && endpoint.path.startsWith("/v1/")
    ? []
    : Object.keys(body).filter((name) =>
      !Object.hasOwn(endpoint.payload?.fields ?? {}, name) || (forgotten[endpoint.id]?.includes(name) ?? false)
    )

const isRequired = (schema: Schema.Struct.Field | undefined): boolean =>
  schema !== undefined && !Schema.is(Schema.Struct({ it: schema }))({})

/** Fields that the server refuses, or wants, before a schema has a say. */
function* refusals(endpoint: Endpoints.All, body: Fields): Iterable<Rejection> {
  const fields: Schema.Struct.Fields = endpoint.payload?.fields ?? {}
  if (endpoint.path.startsWith("/v2/")) {
    for (const name of unknownFields(endpoint, body)) yield unknownField(name, pageOf(endpoint))
  }
  if ((isRequired(fields["model"]) || body["model"] === "") && (body["model"] ?? "") === "") {
    yield { status: 400, message: "a model parameter is required for this endpoint." }
  }
  yield* preflights[endpoint.id]?.(body) ?? []
}

/** The page of the API reference that the server points to: one for the streamed form and the other. */
const pageOf = ({ docs }: Endpoints.All): string => docs.slice(docs.lastIndexOf("/") + 1).replace(/-stream$/, "")

const describe = (error: ParseResult.ParseError): string =>
  ParseResult.ArrayFormatter.formatErrorSync(error).slice(0, 1)
    .map(({ message, path }) => path.length === 0 ? message : `${path.join(".")}: ${message}`).join()

const handle = async (
  endpoint: Endpoints.All,
  handlers: Handlers,
  request: Fields,
  headers: Fields
): Promise<Either.Either<Answer, Rejection>> => {
  // The operations' types have nothing in common, and TypeScript does not relate those of one id: what passes a
  // descriptor's schema is what the handler of the same id takes, and a stream's handler gives events.
  const schema = endpoint.request as unknown as Schema.Schema<never>
  const handler = handlers[endpoint.id] as (request: never) => Awaitable<Either.Either<unknown, Rejection>>
  const checked = Schema.decodeUnknownEither(schema)({ ...request, ...headers }, { onExcessProperty: "preserve" })
  if (Either.isLeft(checked)) return Either.left(invalid(describe(checked.left)))
  return Either.map(await handler(checked.right), (answer): Answer =>
    endpoint.kind === "stream"
      ? {
        kind: "events",
        events: answer as Iterable<object>,
        tag: endpoint.tag,
        framing: headers["accepts"] === "text/event-stream" ? "sse" : endpoint.framing
      }
      : endpoint.answer === "nothing"
      ? { kind: "nothing" }
      : { kind: "json", body: answer })
}

type Awaitable<A> = A | Promise<A>

/** Makes the function that answers requests, given their bodies. */
export const make =
  (handlers: Handlers, authorize: (authorization: string | null) => Rejection | undefined) =>
  async (request: Request, body: ArrayBuffer): Promise<Routed> => {
    const url = new URL(request.url)
    const found = Endpoints.all.flatMap((endpoint) => {
      const params = endpoint.method === request.method ? matchPath(endpoint.path, url.pathname) : undefined
      return params === undefined ? [] : [{ endpoint, params }]
    })
    const { fields, text } = await readBody(
      found.map(({ endpoint }) => endpoint),
      body,
      request.headers.get("content-type") ?? ""
    )
    const common = {
      traceId: hex(`${request.method} ${url.pathname}${url.search} ${text}`),
      isPlain: isBehindGateway(url.pathname)
    }
    const refuse = (rejection: Rejection): Routed => ({ ...common, result: Either.left(rejection) })

    if (found.length === 0) return refuse({ ...notFound("404 page not found"), plain: true })
    const refusal = authorize(request.headers.get("authorization"))
    if (refusal !== undefined) return refuse(refusal)
    if (Either.isLeft(fields)) return refuse(fields.left)
    const given = fields.right
    // Operations of the same path differ in constant fields, such as `stream`, of which an absent one is false.
    const route = found.find(({ endpoint }) =>
      Object.entries(endpoint.constants).every(([name, constant]) => (given[name] ?? false) === constant)
    )
    if (route === undefined) {
      return refuse(invalid(`${Object.keys(found[0]?.endpoint.constants ?? {})} is not valid`))
    }
    const { endpoint, params } = route
    const payload = Object.fromEntries(
      Object.entries(given).filter(([name]) => !Object.hasOwn(endpoint.constants, name))
    )
    for (const rejection of refusals(endpoint, payload)) return refuse(rejection)
    // What is not refused is left out of account.
    const unknown = unknownFields(endpoint, payload)
    const known = Object.fromEntries(Object.entries(payload).filter(([name]) => !unknown.includes(name)))
    const result = await handle(
      endpoint,
      handlers,
      { ...readQuery(endpoint.query?.fields ?? {}, url.searchParams), ...known, ...params },
      readHeaders(endpoint.headers?.fields ?? {}, request.headers)
    )
    return { ...common, result, warnings: unknown.map(unknownFieldText) }
  }
