/**
 * An operation of the API as data: one descriptor, from which the function, the stream, the pages, the span, the fake
 * server's route and the row in the docs are derived.
 */
import * as Channel from "effect/Channel"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { CohereClient } from "./CohereClient.ts"
import type { CommonError, ResponseErrorClass, StreamError, UploadFailed } from "./CohereError.ts"
import * as Lazy from "./internal/lazy.ts"
import * as Multipart from "./internal/multipart.ts"
import { reading } from "./internal/reading.ts"
import { snapshot } from "./internal/request.ts"

type Fields = Schema.Struct.Fields
type NoFields = Record<never, never>

/** Where an operation can be called: on Cohere's platform, a private deployment or Model Vault, or a cloud. */
export type Deployment = "platform" | "private" | "azure" | "bedrock" | "sagemaker" | "oci"

/** What a descriptor says, whatever its response is. */
export interface Base<Id extends string, Request, E> {
  /** Resource and operation, for example `models.list`. Unique. */
  readonly id: Id
  /**
   * What spans and metrics call the operation, where it is the work of a model: the name of OpenTelemetry's conventions,
   * such as `chat`, or ours.
   */
  readonly inference?: string | undefined
  readonly method: "GET" | "POST" | "PATCH" | "DELETE"
  /** With `{name}` for each of `params`. */
  readonly path: `/${string}`
  /** Values in the path. */
  readonly params: { readonly fields: Fields } | undefined
  /** Values in the query string. */
  readonly query: { readonly fields: Fields } | undefined
  /** Values in headers; their names in lower case. */
  readonly headers: { readonly fields: Fields } | undefined
  /** Values in the body. */
  readonly payload: { readonly fields: Fields } | undefined
  /**
   * What writes the body where it is no JSON object but, with files in it, a form: {@link upload} says it, so that nobody
   * else has to carry it.
   */
  readonly form?: typeof Multipart.make
  /** Body fields that make this operation what it is, such as `stream: true`. */
  readonly constants: Readonly<Record<string, unknown>>
  /** What a caller passes: the fields of `params`, `query`, `headers` and `payload` in one flat object. */
  readonly request: Schema.Schema<Request>
  /** Errors that only this operation can fail with, beside the common ones. */
  readonly error: ReadonlyArray<ResponseErrorClass<E>>
  /**
   * When the request may be sent again after a failure: `always`, or only when the server has `refused` it, because it
   * creates something and may have done so before the connection broke.
   */
  readonly retry: "always" | "refused"
  /** Where Cohere offers the operation. */
  readonly deployments: ReadonlyArray<Deployment>
  /** The page of the API reference. */
  readonly docs: string
  /** What to use instead, if the operation is deprecated. */
  readonly deprecated: string | undefined
}

/** An operation that is answered by one JSON value, or by none. */
export interface Unary<Id extends string, Request, Success, E> extends Base<Id, Request, E> {
  readonly kind: "unary"
  readonly success: Schema.Schema<Success>
  /** What the body holds: a `value`; an object or, as it says nothing, `empty` text; `nothing` that anybody looks at. */
  readonly answer: "value" | "empty" | "nothing"
}

/** A list, of which each call answers one page. */
export interface Paged<Id extends string, Request, Page, Item, E> extends Unary<Id, Request, Page, E> {
  readonly paging: Paging<Page, Item>
}

/** What a request says of the page that it wants. */
export interface Position {
  readonly page_token?: string | undefined
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}

/** How the pages of a list follow one another. */
export interface Paging<Page, Item> {
  /** By what the next page is found; `none` where the one page has all. */
  readonly style: "token" | "offset" | "none"
  readonly items: (page: Page) => ReadonlyArray<Item>
  /** What the request for the page after this one says differently, if there is one. */
  readonly next: (page: Page, position: Position) => Option.Option<Position>
}

/** An operation that is answered by a stream of events. */
export interface Streaming<Id extends string, Request, Event, E> extends Base<Id, Request, E> {
  readonly kind: "stream"
  readonly events: Schema.Schema<Event>
  /** The field that says what an event is. */
  readonly tag: "type" | "event_type"
  /** How the body is read when its content type does not say so. */
  readonly framing: "sse" | "ndjson"
  /** Makes a present-day event of what older servers send. */
  readonly upgrade: (json: unknown) => unknown
  /** Whether an event is the last one. A stream that ends before it is truncated. */
  readonly isLast: (event: Event) => boolean
  /** What reads the events: {@link streaming} says it, so that nobody else has to carry it. */
  readonly reading: typeof reading
}

type ErrorClasses = ReadonlyArray<ResponseErrorClass<unknown>>

type ErrorOf<Classes extends ErrorClasses> = ReturnType<Classes[number]["from"]>

interface Options<
  Id extends string,
  Params extends Fields,
  Query extends Fields,
  Headers extends Fields,
  Payload extends Fields,
  Errors extends ErrorClasses
> {
  readonly id: Id
  readonly inference?: string
  readonly method: Base<Id, never, never>["method"]
  readonly path: `/${string}`
  readonly params?: Schema.Struct<Params>
  readonly query?: Schema.Struct<Query>
  readonly headers?: Schema.Struct<Headers>
  readonly payload?: Schema.Struct<Payload>
  readonly constants?: Readonly<Record<string, unknown>>
  readonly error?: Errors
  readonly retry?: "always" | "refused"
  /** Default: Cohere's platform alone. */
  readonly deployments?: ReadonlyArray<Deployment>
  readonly docs: string
  readonly deprecated?: string
}

type RequestOf<Params extends Fields, Query extends Fields, Headers extends Fields, Payload extends Fields> =
  Schema.Struct.Type<Params & Query & Headers & Payload>

const base = <
  Id extends string,
  Params extends Fields,
  Query extends Fields,
  Headers extends Fields,
  Payload extends Fields,
  Errors extends ErrorClasses
>(
  options: Options<Id, Params, Query, Headers, Payload, Errors>
): Base<Id, RequestOf<Params, Query, Headers, Payload>, ErrorOf<Errors>> => ({
  id: options.id,
  inference: options.inference,
  method: options.method,
  path: options.path,
  params: options.params,
  query: options.query,
  headers: options.headers,
  payload: options.payload,
  constants: options.constants ?? {},
  // Wire data has no transformations, so that the type side of the merged struct is the request; TypeScript cannot
  // compute that for generic fields.
  request: Lazy.schema(() =>
    Schema.typeSchema(Schema.Struct({
      ...options.params?.fields,
      ...options.query?.fields,
      ...options.headers?.fields,
      ...options.payload?.fields
    }))
  ) as unknown as Schema.Schema<RequestOf<Params, Query, Headers, Payload>>,
  // Each class makes its own errors: together, those of all.
  error: (options.error ?? []) as ReadonlyArray<ResponseErrorClass<ErrorOf<Errors>>>,
  retry: options.retry ?? "always",
  deployments: options.deployments ?? ["platform"],
  docs: options.docs,
  deprecated: options.deprecated
})

/** Describes an operation that is answered by one JSON value, or by none: then, `success` is `Schema.Void`. */
export const unary = <
  const Id extends string,
  Success,
  Params extends Fields = NoFields,
  Query extends Fields = NoFields,
  Headers extends Fields = NoFields,
  Payload extends Fields = NoFields,
  const Errors extends ErrorClasses = []
>(
  options: Options<Id, Params, Query, Headers, Payload, Errors> & {
    readonly success: Schema.Schema<Success>
    /** Default: `value`. */
    readonly answer?: "value" | "empty" | "nothing"
  }
): Unary<Id, RequestOf<Params, Query, Headers, Payload>, Success, ErrorOf<Errors>> => ({
  ...base(options),
  kind: "unary",
  success: options.success,
  answer: options.answer ?? "value"
})

/** Describes an operation whose body is a form with files in it: it can fail with `UploadFailed`, too. */
export const upload = <
  const Id extends string,
  Success,
  Params extends Fields = NoFields,
  Query extends Fields = NoFields,
  Headers extends Fields = NoFields,
  Payload extends Fields = NoFields,
  const Errors extends ErrorClasses = []
>(
  options: Options<Id, Params, Query, Headers, Payload, Errors> & { readonly success: Schema.Schema<Success> }
): Unary<Id, RequestOf<Params, Query, Headers, Payload>, Success, ErrorOf<Errors> | UploadFailed> => ({
  ...unary(options),
  form: Multipart.make
})

/** Describes a list, of which each call answers one page. */
export const paged = <
  const Id extends string,
  Page,
  Item,
  Params extends Fields = NoFields,
  Query extends Fields = NoFields,
  const Errors extends ErrorClasses = []
>(
  options: Options<Id, Params, Query, NoFields, NoFields, Errors> & {
    readonly success: Schema.Schema<Page>
    readonly paging: Paging<Page, Item>
  }
): Paged<Id, RequestOf<Params, Query, NoFields, NoFields>, Page, Item, ErrorOf<Errors>> => ({
  ...unary(options),
  paging: options.paging
})

/** Describes an operation that is answered by a stream of events. */
export const streaming = <
  const Id extends string,
  Event,
  Params extends Fields = NoFields,
  Query extends Fields = NoFields,
  Headers extends Fields = NoFields,
  Payload extends Fields = NoFields,
  const Errors extends ErrorClasses = []
>(
  options: Options<Id, Params, Query, Headers, Payload, Errors> & {
    readonly events: Schema.Schema<Event>
    readonly isLast: (event: Event) => boolean
    readonly tag: "type" | "event_type"
    readonly framing: "sse" | "ndjson"
    /** Default: what came. */
    readonly upgrade?: (json: unknown) => unknown
  }
): Streaming<Id, RequestOf<Params, Query, Headers, Payload>, Event, ErrorOf<Errors>> => ({
  ...base(options),
  kind: "stream",
  events: options.events,
  isLast: options.isLast,
  tag: options.tag,
  framing: options.framing,
  upgrade: options.upgrade ?? ((json) => json),
  reading
})

// ---------------------------------------------------------------------------------------------------------------------
// Pages
// ---------------------------------------------------------------------------------------------------------------------

/** Paging by `next_page_token`, which becomes the next request's `page_token`; absent or empty on the last page. */
export const byToken = <Page extends { readonly next_page_token?: string | null | undefined }, Item>(
  items: (page: Page) => ReadonlyArray<Item> | null | undefined
): Paging<Page, Item> => ({
  style: "token",
  items: (page) => items(page) ?? [],
  next: (page) => page.next_page_token ? Option.some({ page_token: page.next_page_token }) : Option.none()
})

/**
 * Paging by `offset`, which grows by the items of each page. The last page is an empty one, or the one that completes the
 * total, if the server says it. A page that is shorter than `limit` need not be the last: a server may have a limit of its
 * own.
 */
export const byOffset = <Page, Item>(
  items: (page: Page) => ReadonlyArray<Item> | null | undefined,
  total: (page: Page) => number | null | undefined = () => undefined
): Paging<Page, Item> => ({
  style: "offset",
  items: (page) => items(page) ?? [],
  next: (page, position) => {
    const length = items(page)?.length ?? 0
    const offset = (position.offset ?? 0) + length
    return length === 0 || offset === total(page) ? Option.none() : Option.some({ offset })
  }
})

/** A list whose one page has all. */
export const onePage = <Page, Item>(
  items: (page: Page) => ReadonlyArray<Item> | null | undefined
): Paging<Page, Item> => ({
  style: "none",
  items: (page) => items(page) ?? [],
  next: () => Option.none()
})

// ---------------------------------------------------------------------------------------------------------------------
// Derivations
// ---------------------------------------------------------------------------------------------------------------------

/** The function that performs the operation. */
export const call =
  <Id extends string, Request, Success, E>(endpoint: Unary<Id, Request, Success, E>) =>
  (request: Request): Effect.Effect<Success, E | CommonError, CohereClient> =>
    Effect.flatMap(CohereClient, (client) => client.execute(endpoint, request))

/** The function that opens the operation's stream: anew each time the stream is run. */
export const stream =
  <Id extends string, Request, Event, E>(endpoint: Streaming<Id, Request, Event, E>) =>
  (request: Request): Stream.Stream<Event, E | CommonError | StreamError, CohereClient> =>
    // As one channel: what runs inside `Stream.unwrap` loses its finalizers where its end meets an interruption.
    Stream.fromChannel(
      Channel.flatMap(Channel.fromEffect(CohereClient), (client) => Stream.toChannel(client.stream(endpoint, request)))
    )

/** The function that streams the items of all pages, fetching each page when its items are wanted. */
export const items =
  <Id extends string, Request, Page, Item, E>(endpoint: Paged<Id, Request, Page, Item, E>) =>
  (request: Request): Stream.Stream<Item, E | CommonError, CohereClient> =>
    Stream.suspend(() => {
      const { items, next, style } = endpoint.paging
      // What each page is asked for with: read once, since a copy of an instance lacks what its class has.
      const first = snapshot(endpoint, request) as Request & Position
      // A server that sends a request back to where it was would never end, nor would one that ignores the offset.
      const seen = new Set<string | undefined>([first?.page_token])
      const isNew = (key: string) => seen.size < seen.add(key).size
      return Stream.paginateChunkEffect(first, (current) =>
        Effect.map(call(endpoint)(current), (page) => {
          const found = items(page)
          if (style === "offset" && found.length > 0 && !isNew(JSON.stringify([found[0], found.at(-1)]))) {
            return [Chunk.empty<Item>(), Option.none<Request & Position>()] as const
          }
          return [
            Chunk.fromIterable(found),
            next(page, current).pipe(
              Option.filter(({ page_token }) => page_token === undefined || isNew(page_token)),
              Option.map((position) => ({ ...current, ...position }))
            )
          ] as const
        }))
    })
