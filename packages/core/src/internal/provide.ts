/** How a setting is piped into a call: as a service of whatever runs inside, Effect or Stream. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** Anything that runs. */
export type Runnable = Effect.Effect<unknown, unknown, unknown> | Stream.Stream<unknown, unknown, unknown>

/** Changes a setting for what runs inside. No type changes: a `Reference` has a default, so that none is required. */
export const update =
  <I, S>(tag: Context.Reference<I, S>, f: (current: S) => S) => <Self extends Runnable>(self: Self): Self => {
    const change = (context: Context.Context<unknown>): Context.Context<unknown> =>
      // A Context is invariant in what it holds, but one more service never hurts.
      Context.add(context, tag, f(Context.get(context as Context.Context<I>, tag))) as Context.Context<unknown>
    // `Self` is kept: TypeScript cannot follow that each branch returns what came in.
    return (Effect.isEffect(self)
      ? Effect.mapInputContext(self, change)
      : Stream.mapInputContext(self as Stream.Stream<unknown, unknown, unknown>, change)) as unknown as Self
  }

/** Provides a service to what runs inside, whichever of the two it is. */
export const provide = <I, S>(tag: Context.Tag<I, S>, service: S) => (self: Runnable): Runnable =>
  Effect.isEffect(self) ? Effect.provideService(self, tag, service) : Stream.provideService(self, tag, service)
