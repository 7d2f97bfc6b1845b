/** Effects that have their value already, such as a key that is at hand: nobody needs a fiber to wait for it. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"

export const valueOf = <A, E, R>(self: Effect.Effect<A, E, R>): Option.Option<A> =>
  // An exit is an effect that succeeds with its own value.
  Exit.isExit(self) && Exit.isSuccess(self) ? Option.some(self.value as A) : Option.none()

/** `Effect.map` that keeps what is ready so. */
export const map = <A, E, R, B>(self: Effect.Effect<A, E, R>, f: (a: A) => B): Effect.Effect<B, E, R> => {
  const value = valueOf(self)
  return Option.isSome(value) ? Effect.succeed(f(value.value)) : Effect.map(self, f)
}
