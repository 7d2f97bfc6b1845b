/** Finds the operation that a request asks for, checks the request against its descriptor, and hands it over. */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Endpoints from "../../Endpoints.ts"
import { type Handlers, preflights } from "./handlers.ts"
import { hex } from "./hash.ts"
import { invalid, type Rejection, unknownField } from "./rejection.ts"

/** What to send back. */
export type Answer =
  | { readonly kind: "json"; readonly body: unknown }
  | { readonly kind: "events"; readonly events: Iterable<{ readonly type: unknown }> }

/** What to send back, and the id under which the server would have logged it. */
export interface Routed {
  readonly traceId: string
  readonly result: Either.Either<Answer, Rejection>
}

type Fields = Readonly<Record<string, unknown>>

const notFound: Rejection = { status: 404, message: "404 page not found", plain: true }

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

/** Query values are texts; their schemas say what they mean: a text, a number, a boolean or a list. */
const readQuery = (fields: Schema.Struct.Fields, query: URLSearchParams): Fields =>
  Object.fromEntries(
    Object.keys(fields).filter((name) => query.has(name)).map((name) => {
      const all = query.getAll(name)
      const text = all[0] ?? ""
      const accepts = Schema.is(Schema.Struct({ [name]: fields[name] ?? Schema.Never }))
      const readings = [
        text,
        ...(text.trim() === "" ? [] : [Number(text)]),
        ...(/^(true|false)$/.test(text) ? [text === "true"] : []),
        all
      ]
      return [name, readings.find((reading) => accepts({ [name]: reading })) ?? text]
    })
  )

const readBody = (text: string): Either.Either<Fields, Rejection> => {
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

/** Fields that the server refuses, or wants, before a schema has a say. */
function* refusals(endpoint: Endpoints.All, body: Fields): Iterable<Rejection> {
  const fields = endpoint.payload?.fields ?? {}
  if (endpoint.path.startsWith("/v2/")) {
    for (const name of Object.keys(body)) {
      if (!Object.hasOwn(fields, name)) yield unknownField(name, endpoint.path.slice("/v2/".length))
    }
  }
  if (Object.hasOwn(fields, "model") && (body["model"] ?? "") === "") {
    yield { status: 400, message: "a model parameter is required for this endpoint." }
  }
  yield* preflights[endpoint.id]?.(body) ?? []
}

const describe = (error: ParseResult.ParseError): string =>
  ParseResult.ArrayFormatter.formatErrorSync(error).slice(0, 1)
    .map(({ message, path }) => path.length === 0 ? message : `${path.join(".")}: ${message}`).join()

const handle = (endpoint: Endpoints.All, handlers: Handlers, request: Fields): Either.Either<Answer, Rejection> => {
  // The operations' types have nothing in common, and TypeScript does not relate those of one id: what passes a
  // descriptor's schema is what the handler of the same id takes, and a stream's handler gives events.
  const schema = endpoint.request as unknown as Schema.Schema<never>
  const handler = handlers[endpoint.id] as (request: never) => Either.Either<unknown, Rejection>
  return Either.mapLeft(
    Schema.decodeUnknownEither(schema)(request, { onExcessProperty: "preserve" }),
    (error) => invalid(describe(error))
  ).pipe(
    Either.flatMap(handler),
    Either.map((answer): Answer =>
      endpoint.kind === "stream"
        ? { kind: "events", events: answer as Iterable<{ readonly type: unknown }> }
        : { kind: "json", body: answer }
    )
  )
}

/** Makes the function that answers requests. */
export const make =
  (handlers: Handlers, authorize: (authorization: string | null) => Rejection | undefined) =>
  async (request: Request): Promise<Routed> => {
    const url = new URL(request.url)
    const text = await request.text()
    const routed = (result: Either.Either<Answer, Rejection>): Routed => ({
      traceId: hex(`${request.method} ${url.pathname}${url.search} ${text}`),
      result
    })

    const found = Endpoints.all.flatMap((endpoint) => {
      const params = endpoint.method === request.method ? matchPath(endpoint.path, url.pathname) : undefined
      return params === undefined ? [] : [{ endpoint, params }]
    })
    if (found.length === 0) return routed(Either.left(notFound))
    const refusal = authorize(request.headers.get("authorization"))
    if (refusal !== undefined) return routed(Either.left(refusal))

    const takesBody = found.some(({ endpoint }) => endpoint.payload !== undefined)
    return routed(Either.flatMap(takesBody ? readBody(text) : Either.right<Fields>({}), (body) => {
      // Operations of the same path differ in constant fields, such as `stream`, of which an absent one is false.
      const route = found.find(({ endpoint }) =>
        Object.entries(endpoint.constants).every(([name, constant]) => (body[name] ?? false) === constant)
      )
      if (route === undefined) {
        return Either.left(invalid(`${Object.keys(found[0]?.endpoint.constants ?? {})} is not valid`))
      }
      const { endpoint, params } = route
      const payload = Object.fromEntries(
        Object.entries(body).filter(([name]) => !Object.hasOwn(endpoint.constants, name))
      )
      for (const rejection of refusals(endpoint, payload)) return Either.left(rejection)
      return handle(endpoint, handlers, {
        ...params,
        ...readQuery(endpoint.query?.fields ?? {}, url.searchParams),
        ...payload
      })
    }))
  }
