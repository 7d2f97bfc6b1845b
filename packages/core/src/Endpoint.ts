/**
 * An operation of the API as data: one descriptor, from which the function, the stream, the pages, the span, the fake
 * server's route and the row in the docs are derived.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { CohereClient } from "./CohereClient.ts"
import type { CommonError, ResponseErrorClass, StreamError } from "./CohereError.ts"

type Fields = Schema.Struct.Fields
type NoFields = Record<never, never>

/** What a descriptor says, whatever its response is. */
export interface Base<Id extends string, Request, E> {
  /** Resource and operation, for example `models.list`. Unique. */
  readonly id: Id
  readonly method: "GET" | "POST" | "PATCH" | "DELETE"
  /** With `{name}` for each of `params`. */
  readonly path: `/${string}`
  /** Values in the path. */
  readonly params: { readonly fields: Fields } | undefined
  /** Values in the query string. */
  readonly query: { readonly fields: Fields } | undefined
  /** Values in the JSON body. */
  readonly payload: { readonly fields: Fields } | undefined
  /** Body fields that make this operation what it is, such as `stream: true`. */
  readonly constants: Readonly<Record<string, unknown>>
  /** What a caller passes: the fields of `params`, `query` and `payload` in one flat object. */
  readonly request: Schema.Schema<Request>
  /** Errors that only this operation can fail with, beside the common ones. */
  readonly error: ReadonlyArray<ResponseErrorClass<E>>
  /**
   * When the request may be sent again after a failure: `always`, or only when the server has `refused` it, because it
   * creates something and may have done so before the connection broke.
   */
  readonly retry: "always" | "refused"
  /** The page of the API reference. */
  readonly docs: string
  /** What to use instead, if the operation is deprecated. */
  readonly deprecated: string | undefined
}

/** An operation that is answered by one JSON value. */
export interface Unary<Id extends string, Request, Success, E> extends Base<Id, Request, E> {
  readonly kind: "unary"
  readonly success: Schema.Schema<Success>
}

/** An operation that is answered by a stream of events. */
export interface Streaming<Id extends string, Request, Event, E> extends Base<Id, Request, E> {
  readonly kind: "stream"
  readonly events: Schema.Schema<Event>
  /** Whether an event is the last one. A stream that ends before it is truncated. */
  readonly isLast: (event: Event) => boolean
}

type ErrorClasses = ReadonlyArray<ResponseErrorClass<unknown>>

type ErrorOf<Classes extends ErrorClasses> = ReturnType<Classes[number]["from"]>

interface Options<
  Id extends string,
  Params extends Fields,
  Query extends Fields,
  Payload extends Fields,
  Errors extends ErrorClasses
> {
  readonly id: Id
  readonly method: Base<Id, never, never>["method"]
  readonly path: `/${string}`
  readonly params?: Schema.Struct<Params>
  readonly query?: Schema.Struct<Query>
  readonly payload?: Schema.Struct<Payload>
  readonly constants?: Readonly<Record<string, unknown>>
  readonly error?: Errors
  readonly retry?: "always" | "refused"
  readonly docs: string
  readonly deprecated?: string
}

type RequestOf<Params extends Fields, Query extends Fields, Payload extends Fields> = Schema.Struct.Type<
  Params & Query & Payload
>

const base = <
  Id extends string,
  Params extends Fields,
  Query extends Fields,
  Payload extends Fields,
  Errors extends ErrorClasses
>(
  options: Options<Id, Params, Query, Payload, Errors>
): Base<Id, RequestOf<Params, Query, Payload>, ErrorOf<Errors>> => ({
  id: options.id,
  method: options.method,
  path: options.path,
  params: options.params,
  query: options.query,
  payload: options.payload,
  constants: options.constants ?? {},
  // Wire data has no transformations, so that the type side of the merged struct is the request; TypeScript cannot
  // compute that for generic fields.
  request: Schema.typeSchema(
    Schema.Struct({ ...options.params?.fields, ...options.query?.fields, ...options.payload?.fields })
  ) as unknown as Schema.Schema<RequestOf<Params, Query, Payload>>,
  // Each class makes its own errors: together, those of all.
  error: (options.error ?? []) as ReadonlyArray<ResponseErrorClass<ErrorOf<Errors>>>,
  retry: options.retry ?? "always",
  docs: options.docs,
  deprecated: options.deprecated
})

/** Describes an operation that is answered by one JSON value. */
export const unary = <
  const Id extends string,
  Success,
  Params extends Fields = NoFields,
  Query extends Fields = NoFields,
  Payload extends Fields = NoFields,
  const Errors extends ErrorClasses = []
>(
  options: Options<Id, Params, Query, Payload, Errors> & { readonly success: Schema.Schema<Success> }
): Unary<Id, RequestOf<Params, Query, Payload>, Success, ErrorOf<Errors>> => ({
  ...base(options),
  kind: "unary",
  success: options.success
})

/** Describes an operation that is answered by a stream of events. */
export const streaming = <
  const Id extends string,
  Event,
  Params extends Fields = NoFields,
  Query extends Fields = NoFields,
  Payload extends Fields = NoFields,
  const Errors extends ErrorClasses = []
>(
  options: Options<Id, Params, Query, Payload, Errors> & {
    readonly events: Schema.Schema<Event>
    readonly isLast: (event: Event) => boolean
  }
): Streaming<Id, RequestOf<Params, Query, Payload>, Event, ErrorOf<Errors>> => ({
  ...base(options),
  kind: "stream",
  events: options.events,
  isLast: options.isLast
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
    Stream.unwrap(Effect.map(CohereClient, (client) => client.stream(endpoint, request)))

/** How the pages of a list follow one another. */
export interface Paging<Request, Page, Item> {
  readonly items: (page: Page) => ReadonlyArray<Item>
  /** The request for the page after this one, if there is one. */
  readonly next: (page: Page, request: Request) => Option.Option<Request>
}

/** Paging by `next_page_token`, which becomes the next request's `page_token`; absent or empty on the last page. */
export const byToken = <
  Request extends { readonly page_token?: string | undefined },
  Page extends { readonly next_page_token?: string | null | undefined },
  Item
>(items: (page: Page) => ReadonlyArray<Item>): Paging<Request, Page, Item> => ({
  items,
  next: (page, request) =>
    page.next_page_token
      ? Option.some({ ...request, page_token: page.next_page_token })
      : Option.none()
})

/** The function that streams the items of all pages, fetching each page when its items are wanted. */
export const items = <Id extends string, Request, Page, E, Item>(
  endpoint: Unary<Id, Request, Page, E>,
  paging: Paging<Request, Page, Item>
) =>
(request: Request): Stream.Stream<Item, E | CommonError, CohereClient> =>
  Stream.suspend(() => {
    // A server that sends a request back to where it was would never end.
    const seen = new Set<string>()
    return Stream.paginateChunkEffect(request, (current) =>
      Effect.map(call(endpoint)(current), (page) =>
        [
          Chunk.fromIterable(paging.items(page)),
          Option.filter(paging.next(page, current), (next) => seen.size < seen.add(JSON.stringify(next)).size)
        ] as const))
  })
