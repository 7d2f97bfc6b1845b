/** The server's refusals. */
import * as Either from "effect/Either"

/** An answer that is an error. */
export interface Rejection {
  readonly status: number
  readonly message: string
  readonly errorType?: string
  /** Whether the message is the whole body, as for paths that do not exist. */
  readonly plain?: boolean
}

/** A 400 whose message starts as most of them do. */
export const invalid = (what: string): Rejection => ({ status: 400, message: `invalid request: ${what}` })

/** A 404. */
export const notFound = (message: string): Rejection => ({ status: 404, message })

/** What the server says of a body field that it does not know. */
export const unknownFieldText = (name: string): string => `unknown field: parameter ${name} is not a valid field`

/** A 422 about a body field that v2 does not know. */
export const unknownField = (name: string, page: string): Rejection => ({
  status: 422,
  message: `${unknownFieldText(name)}. For proper usage, please refer to https://docs.cohere.com/reference/${page}`
})

/** The first problem, if there is one, else the answer. */
export const unless = <A>(problems: Iterable<Rejection>, answer: () => A): Either.Either<A, Rejection> => {
  for (const problem of problems) return Either.left(problem)
  return Either.right(answer())
}
