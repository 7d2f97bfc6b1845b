/** What gives the chunks of a stream one after another. */
import * as Channel from "effect/Channel"
import type * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Young from "./young.ts"

/** Gives the next chunk; fails with nothing at the end. */
export type Pull<A, E> = Effect.Effect<Chunk.Chunk<A>, Option.Option<E>>

/**
 * The stream of a pull, which is made anew each time that the stream is run, and whose scope ends with the stream. As
 * one channel: `Stream.unwrapScoped` runs another one inside, which costs more than a call.
 */
export const toStream = <A, E>(open: (scope: Scope.Scope) => Effect.Effect<Pull<A, E>, E>): Stream.Stream<A, E> =>
  Stream.suspend(() => {
    let scope: Scope.CloseableScope | undefined
    const opened = Effect.flatMap(Scope.make(), (made) => {
      scope = made
      return open(made)
    })
    const close = (exit: Exit.Exit<unknown, unknown>) => scope === undefined ? Effect.void : Scope.close(scope, exit)
    return Stream.fromChannel(Channel.ensuringWith(Channel.flatMap(Channel.fromEffect(opened), chunks), close))
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
