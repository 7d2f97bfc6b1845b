/** Every operation that answers something, and what comes of an answer. */
import type { CohereClient } from "@effect-cohere/core/CohereClient"
import type { CohereError } from "@effect-cohere/core/CohereError"
import * as Endpoint from "@effect-cohere/core/Endpoint"
import * as Endpoints from "@effect-cohere/core/Endpoints"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import type * as AST from "effect/SchemaAST"
import * as Stream from "effect/Stream"
import type { Json } from "../support/json.ts"
import * as Transport from "../support/transport.ts"
import { examples, minimal } from "./places.ts"

/** What came: values until the end, or until an error. */
export interface Outcome {
  readonly values: ReadonlyArray<unknown>
  readonly error: CohereError | undefined
}

/** An operation, seen from its answers. */
export interface Subject {
  readonly id: string
  readonly kind: "unary" | "stream"
  /** Schema of the answer, or of each event of it. */
  readonly schema: Schema.Schema<unknown>
  readonly ast: AST.AST
  /** What comes when the server sends these texts: one answer, or events. */
  readonly receive: (texts: ReadonlyArray<string>) => Effect.Effect<Outcome>
  /** Whether the stream is over after this event. */
  readonly isLast: (event: Json) => boolean
}

// One server and one client for all calls, which come one after the other: to make them anew would take most of the time.
let reply: Transport.Reply = {}
const client = Effect.runSync(Effect.scoped(Layer.build(Layer.orDie(Transport.client(() => reply)))))

/** Runs a call that is answered so, once. */
const answeredBy = (answer: Transport.Reply) => <A, E>(call: Effect.Effect<A, E, CohereClient>): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    reply = answer
    return call
  }).pipe(RetryPolicy.with(RetryPolicy.none), Effect.provide(client))

const requests = new Map<string, unknown>()

/** The least request of an operation. */
const requestOf = ({ id, request }: { readonly id: string; readonly request: Schema.Schema<unknown> }): unknown => {
  if (!requests.has(id)) requests.set(id, minimal(request.ast))
  return requests.get(id)
}

const unary = (endpoint: Endpoint.Unary<string, unknown, unknown, CohereError>): Subject => ({
  id: endpoint.id,
  kind: "unary",
  schema: endpoint.success,
  ast: endpoint.success.ast,
  receive: ([body]) =>
    Endpoint.call(endpoint)(requestOf(endpoint)).pipe(
      answeredBy({ headers: { "content-type": "application/json" }, body: body ?? "" }),
      Effect.either,
      Effect.map(Either.match({
        onLeft: (error) => ({ values: [], error }),
        onRight: (value) => ({ values: [value], error: undefined })
      }))
    ),
  isLast: () => true
})

const framings = {
  sse: { type: "text/event-stream", write: (text: string) => `data: ${text}\n\n` },
  ndjson: { type: "application/stream+json", write: (text: string) => `${text}\n` }
}

const streaming = (endpoint: Endpoint.Streaming<string, unknown, unknown, CohereError>): Subject => ({
  id: endpoint.id,
  kind: "stream",
  schema: endpoint.events,
  ast: endpoint.events.ast,
  receive: (texts) => {
    const { type, write } = framings[endpoint.framing]
    return Endpoint.stream(endpoint)(requestOf(endpoint)).pipe(
      Stream.either,
      Stream.runCollect,
      answeredBy({ headers: { "content-type": type }, body: texts.map(write).join("") }),
      Effect.map((all) => ({
        values: Chunk.toReadonlyArray(all).flatMap((one) => Either.isRight(one) ? [one.right] : []),
        error: Chunk.toReadonlyArray(all).flatMap((one) => Either.isLeft(one) ? [one.left] : [])[0]
      }))
    )
  },
  isLast: endpoint.isLast
})

/** Every operation whose answer has a value. */
export const subjects: ReadonlyArray<Subject> = Endpoints.all.flatMap((endpoint) =>
  // The types of each are its own; here they are data, and every request is made from the descriptor's own schema.
  endpoint.kind === "stream"
    ? [streaming(endpoint as unknown as Endpoint.Streaming<string, unknown, unknown, CohereError>)]
    : endpoint.answer === "nothing"
    ? []
    : [unary(endpoint as unknown as Endpoint.Unary<string, unknown, unknown, CohereError>)]
)

/** Events that may stand before others. */
export const openings = (subject: Subject): ReadonlyArray<Json> =>
  subject.kind === "unary" ? [] : examples(subject.ast).filter((event) => !subject.isLast(event))

/** The event that ends a stream. */
export const ending = (subject: Subject): ReadonlyArray<Json> =>
  examples(subject.ast).filter(subject.isLast).slice(0, 1)
