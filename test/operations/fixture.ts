/** What one operation puts on the wire and takes from it, written down by hand. */
import type { CohereClient } from "@effect-cohere/core/CohereClient"
import type * as CohereError from "@effect-cohere/core/CohereError"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"

/** A part of a form: a text, or a file. */
export type Part =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly filename: string; readonly type: string; readonly bytes: Uint8Array }

/** A request as the caller makes it, and as it must go out. */
export interface Case<Request> {
  readonly request: Request
  /** Method, path and query. */
  readonly http: string
  /** Headers of the operation itself. */
  readonly headers?: Readonly<Record<string, string>>
  /** The exact text of the body, or the exact parts of the form; without it, there is no body. */
  readonly body?: string | ReadonlyArray<Part>
}

/** Requests and answers of one operation. */
export interface Fixture<Request = unknown> {
  readonly id: string
  /** Together, they set every parameter. */
  readonly full: ReadonlyArray<Case<Request>>
  /** No more than is needed. */
  readonly least: Case<Request>
  /** Together, they have every field: JSON values, or of a stream, its events. */
  readonly answers: ReadonlyArray<unknown>
  /** No more than is needed. Nothing for an operation that answers nothing. */
  readonly leastAnswer: unknown
}

type Failure = CohereError.CohereError

/** A fixture and the function that it is about. */
export type Operation =
  & Fixture
  & (
    | { readonly kind: "unary"; readonly run: (request: unknown) => Effect.Effect<unknown, Failure, CohereClient> }
    | {
      readonly kind: "stream"
      readonly run: (request: unknown) => Stream.Stream<unknown, Failure, CohereClient>
      readonly answers: ReadonlyArray<ReadonlyArray<unknown>>
      readonly leastAnswer: ReadonlyArray<unknown>
    }
  )

/** Of a function that answers a value or nothing. */
export const unary = <Request>(
  run: (request: Request) => Effect.Effect<unknown, Failure, CohereClient>,
  fixture: Fixture<Request>
  // The requests of a fixture are those of its function: what kind they are, no table of all has to know.
): Operation => ({ ...fixture, kind: "unary", run: run as (request: unknown) => ReturnType<typeof run> })

/** Of a function that answers events. */
export const stream = <Request>(
  run: (request: Request) => Stream.Stream<unknown, Failure, CohereClient>,
  fixture: Fixture<Request> & {
    readonly answers: ReadonlyArray<ReadonlyArray<unknown>>
    readonly leastAnswer: ReadonlyArray<unknown>
  }
  // As above.
): Operation => ({ ...fixture, kind: "stream", run: run as (request: unknown) => ReturnType<typeof run> })

/** JSON text over several lines: line breaks and indentation do not count. */
export const json = (text: TemplateStringsArray): string => text.raw.join("").trim().replace(/\n\s*/g, "")

/** An id that would leave its place in a path, and what it becomes there. */
export const oddId = "a/b c?d#é"
export const oddIdInPath = "a%2Fb%20c%3Fd%23%C3%A9"
