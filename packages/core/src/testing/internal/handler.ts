/** What is behind an operation: a function from its request to its answer. */
import type * as Either from "effect/Either"
import type * as Schema from "effect/Schema"
import type * as Endpoints from "../../Endpoints.ts"
import type { Rejection } from "./rejection.ts"

/** What an operation gives. */
type Answer<E extends Endpoints.All> = E extends { readonly kind: "unary"; readonly success: Schema.Schema<infer A> } ?
  A
  : E extends { readonly kind: "stream"; readonly events: Schema.Schema<infer A> } ? Iterable<A>
  : never

/** What an operation takes. */
export type RequestOf<Id extends Endpoints.Id> = Schema.Schema.Type<Endpoints.ById<Id>["request"]>

/** An answer or a refusal. */
export type Result<Id extends Endpoints.Id> = Either.Either<Answer<Endpoints.ById<Id>>, Rejection>

/** The functions behind these operations. Some have to read files first. */
export type HandlersOf<Ids extends Endpoints.Id> = {
  readonly [Id in Ids]: (request: RequestOf<Id>) => Result<Id> | Promise<Result<Id>>
}

/** The ids of a resource's operations. */
export type IdsOf<Resource extends string> = Extract<Endpoints.Id, `${Resource}.${string}`>
