/** What is made of a stream's events while they come: the same for every kind of stream. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { StreamTruncated } from "../CohereError.ts"

/** What the events of a stream add up to. */
export interface Fold<Event, Snapshot, Response, Failure> {
  readonly endpoint: string
  readonly empty: Snapshot
  readonly reduce: (snapshot: Snapshot, event: Event) => Snapshot
  readonly isComplete: (snapshot: Snapshot) => boolean
  readonly toResponse: (snapshot: Snapshot) => Response
  /** How a complete turn has failed, if it has. */
  readonly failure: (snapshot: Snapshot) => Failure | undefined
}

/** What is wrong with a stream that has ended, if anything is. */
const problem = <Event, Snapshot, Response, Failure>(
  fold: Fold<Event, Snapshot, Response, Failure>,
  snapshot: Snapshot,
  delivered: number
): Failure | StreamTruncated | undefined =>
  fold.isComplete(snapshot)
    ? fold.failure(snapshot)
    : StreamTruncated.of({ endpoint: fold.endpoint, attempts: 1, delivered })

/** Picks something of each event; fails at the end if the turn did. `start` is called anew for each run. */
export const pick =
  <Event, Snapshot, Response, Failure>(fold: Fold<Event, Snapshot, Response, Failure>) =>
  <A>(start: () => (event: Event, snapshot: Snapshot) => ReadonlyArray<A>) =>
  <E, R>(self: Stream.Stream<Event, E, R>): Stream.Stream<A, E | Failure | StreamTruncated, R> =>
    Stream.suspend(() => {
      const f = start()
      let snapshot = fold.empty
      let delivered = 0
      return self.pipe(
        Stream.mapChunks((events) => {
          const picked: Array<A> = []
          for (const event of events) {
            // What comes after the last event adds nothing, here as there.
            if (fold.isComplete(snapshot)) break
            snapshot = fold.reduce(snapshot, event)
            delivered++
            for (const one of f(event, snapshot)) picked.push(one)
          }
          return Chunk.unsafeFromArray(picked)
        }),
        Stream.concat(Stream.suspend(() => {
          const error = problem(fold, snapshot, delivered)
          return error === undefined ? Stream.empty : Stream.fail(error)
        }))
      )
    })

/** The response that the events add up to; fails if the turn did. */
export const collect =
  <Event, Snapshot, Response, Failure>(fold: Fold<Event, Snapshot, Response, Failure>) =>
  <E, R>(self: Stream.Stream<Event, E, R>): Effect.Effect<Response, E | Failure | StreamTruncated, R> =>
    Effect.suspend(() => {
      let snapshot = fold.empty
      let delivered = 0
      // Not `runFold`, which recurses once for each event of a chunk.
      return Stream.runForEachChunk(self, (events) =>
        Effect.sync(() => {
          for (const event of events) snapshot = fold.reduce(snapshot, event)
          delivered += events.length
        })).pipe(
          Effect.flatMap((): Effect.Effect<Response, Failure | StreamTruncated> => {
            const error = problem(fold, snapshot, delivered)
            return error === undefined ? Effect.succeed(fold.toResponse(snapshot)) : Effect.fail(error)
          })
        )
    })
