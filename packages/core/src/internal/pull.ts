/** What gives the chunks of a stream one after another. */
import * as Channel from "effect/Channel"
import type * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Young from "./young.ts"

/** Whether something is a Stream. What it gives and needs, only types can say. */
export const isStream = (u: unknown): u is Stream.Stream<unknown, unknown, unknown> =>
  typeof u === "object" && u !== null && Stream.StreamTypeId in u

/** Gives the next chunk; fails with nothing at the end. */
export type Pull<A, E> = Effect.Effect<Chunk.Chunk<A>, Option.Option<E>>

/** What ends something, whatever came of it. */
export type Finalizer = (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>

/** Keeps something until the stream ends, however it does: what was kept last ends first. */
export type Keep = (finalizer: Finalizer) => void

/**
 * The stream of a pull, which is made anew each time that the stream is run. As one channel, without a scope:
 * `Stream.unwrapScoped` runs another one inside, which costs more than a call.
 */
export const toStream = <A, E>(open: (keep: Keep) => Effect.Effect<Pull<A, E>, E>): Stream.Stream<A, E> =>
  Stream.suspend(() => {
    let kept: Finalizer | undefined
    const keep: Keep = (finalizer) => {
      const before = kept
      kept = before === undefined ? finalizer : (exit) =>
        // Each ends, also where one before has a defect.
        Effect.flatMap(Effect.exit(finalizer(exit)), (ended) => Effect.zipRight(before(exit), ended))
    }
    const close: Finalizer = (exit) =>
      // A channel may run this again where an interruption meets its end.
      Effect.suspend(() => {
        const finalizer = kept
        kept = undefined
        return finalizer === undefined ? Effect.void : finalizer(exit)
      })
    return Stream.fromChannel(Channel.ensuringWith(Channel.flatMap(Channel.fromEffect(open(keep)), chunks), close))
  })

const chunks = <A, E>(pull: Pull<A, E>): Channel.Channel<Chunk.Chunk<A>, unknown, E, unknown, void> => {
  const next = Channel.fromEffect(Young.catchAll(
    pull,
    (end): Effect.Effect<undefined, E> => Option.isNone(end) ? Effect.succeed(undefined) : Effect.fail(end.value)
  ))
  const all: Channel.Channel<Chunk.Chunk<A>, unknown, E, unknown, void> = Channel.flatMap(
    next,
    (chunk) => chunk === undefined ? Channel.void : Channel.flatMap(Channel.write(chunk), () => all)
  )
  return all
}
