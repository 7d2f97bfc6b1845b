/**
 * A request on its way, and what comes back. Either the transport can be stopped from outside, and all runs in the
 * caller's fiber; or it runs in a fiber of its own and in a scope, which end it.
 */
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Option from "effect/Option"
import type * as Runtime from "effect/Runtime"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { CredentialsError } from "../CohereError.ts"
import type * as Transport from "../Transport.ts"
import * as Watch from "./watch.ts"

/** The next of a body; fails with nothing at its end. */
export type Bytes = Effect.Effect<Iterable<Uint8Array>, Option.Option<HttpClientError.ResponseError>>

type Response = HttpClientResponse.HttpClientResponse

export interface Exchange {
  /** Whatever is awaited of it runs under this watch. */
  readonly watch: Watch.Watch
  /** Sends the request; the response is there when its headers have come. */
  readonly response: Effect.Effect<Response, HttpClientError.HttpClientError | CredentialsError>
  /** Uses its body as it comes. */
  readonly read: <A, E>(response: Response, use: (bytes: Bytes) => Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** Ends it, with all that belongs to it. */
  readonly close: (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>
}

/** One that can be stopped. A class, so that it begins young: see `young.ts`. */
export class Stoppable implements Exchange {
  declare readonly watch: Watch.Watch
  declare readonly response: Exchange["response"]
  readonly #exchange: Transport.Exchange

  constructor(clock: Clock.Clock, runtime: () => Runtime.Runtime<never>, exchange: Transport.Exchange) {
    this.watch = new Watch.Watch(clock, runtime, () => exchange.stop())
    this.response = exchange.response
    this.#exchange = exchange
  }

  read<A, E>(_: Response, use: (bytes: Bytes) => Effect.Effect<A, E>): Effect.Effect<A, E> {
    return use(this.#exchange.bytes)
  }

  close(): Effect.Effect<void> {
    return Effect.sync(() => this.#exchange.stop())
  }
}

/** One that ends with a scope, which its runtime provides. */
export const scoped = (
  clock: Clock.Clock,
  runtime: Runtime.Runtime<Scope.Scope>,
  response: Effect.Effect<Response, HttpClientError.HttpClientError | CredentialsError, Scope.Scope>,
  scope: Scope.CloseableScope
): Exchange => ({
  watch: new Watch.Watch(clock, () => runtime),
  response: provided(response),
  read: (response, use) =>
    Effect.flatMap(provided(Stream.toPull(Stream.suspend(() => response.stream))), (bytes) => use(bytes)),
  close: (exit) => Scope.close(scope, exit)
})

/** Whatever is awaited runs under the watch, with the runtime that has the scope: to provide it again costs more. */
// @effect-diagnostics-next-line unsafeEffectTypeAssertion:off
const provided = <A, E>(self: Effect.Effect<A, E, Scope.Scope>) => self as Effect.Effect<A, E>
