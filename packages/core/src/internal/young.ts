/**
 * What a call makes and lets go, made so that it goes with the next collection of garbage. V8 puts some things among the
 * old objects at once, such as what a literal makes where much of it has survived before, and functions that are written
 * where they are assigned to a property; and what is old keeps whatever it refers to until the next full collection, dead
 * or not. What a class makes, or a copy, begins young. Fields that a constructor sets are only declared: else, they would
 * be set twice. See docs/decisions/0029-what-a-call-makes-begins-young.md.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Option from "effect/Option"

const none: ReadonlyArray<never> = []

/** An empty list. */
export const list = <A>(): Array<A> => none.slice()

class Ways<E, A, A2, E2, A3, E3, R2, R3> {
  declare readonly onFailure: (cause: Cause.Cause<E>) => Effect.Effect<A2, E2, R2>
  declare readonly onSuccess: (a: A) => Effect.Effect<A3, E3, R3>
  constructor(
    onFailure: (cause: Cause.Cause<E>) => Effect.Effect<A2, E2, R2>,
    onSuccess: (a: A) => Effect.Effect<A3, E3, R3>
  ) {
    this.onFailure = onFailure
    this.onSuccess = onSuccess
  }
}

/** What a failure leads to; defects and interruptions stay what they are. */
const ofFailure =
  <E, A2, E2, R2>(onFailure: (error: E) => Effect.Effect<A2, E2, R2>) =>
  (cause: Cause.Cause<E>): Effect.Effect<A2, E2, R2> => {
    if (Cause.isDie(cause)) return Effect.failCause(Cause.flatMap(cause, Cause.die))
    const error = Cause.failureOption(cause)
    // Without a failure, it is a cause of `never`.
    return Option.isSome(error) ? onFailure(error.value) : Effect.failCause(cause as Cause.Cause<never>)
  }

/** As `Effect.matchEffect`. */
export const matchEffect = <A, E, R, A2, E2, R2, A3, E3, R3>(
  self: Effect.Effect<A, E, R>,
  onFailure: (error: E) => Effect.Effect<A2, E2, R2>,
  onSuccess: (a: A) => Effect.Effect<A3, E3, R3>
): Effect.Effect<A2 | A3, E2 | E3, R | R2 | R3> =>
  Effect.matchCauseEffect(self, new Ways(ofFailure(onFailure), onSuccess))

/** As `Effect.catchAll`. */
export const catchAll = <A, E, R, A2, E2, R2>(
  self: Effect.Effect<A, E, R>,
  onFailure: (error: E) => Effect.Effect<A2, E2, R2>
): Effect.Effect<A | A2, E2, R | R2> => Effect.catchAllCause(self, ofFailure(onFailure))

/** Gives a value, once, and keeps nothing of it. */
const giving = <A>(value: A): () => A => {
  let held: A | undefined = value
  return () => {
    const given = held
    held = undefined
    // It was not asked for before.
    return given as A
  }
}

/** An effect that runs once. What makes it interruptible, or not, begins old, and keeps nothing of this one. */
export const once = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => Effect.suspend(giving(self))

/** As `Effect.onExit`, for an effect that runs once. */
export const onExit = <A, E, R, X, R2>(
  self: Effect.Effect<A, E, R>,
  after: (exit: Exit.Exit<A, E>) => Effect.Effect<X, never, R2>
): Effect.Effect<A, E, R | R2> => {
  const give = giving(after)
  return Effect.onExit(once(self), (exit) => give()(exit))
}
