/** What clients do, each in its own way, and how they say what they got. */
import type { Workload } from "./workloads.ts"

/** What was seen of a stream. */
export interface StreamSeen {
  readonly pieces: number
  readonly characters: number
  /** Milliseconds from the call to the first text. */
  readonly first: number
}

/** Embeddings, one row for each text. */
export type Rows = ReadonlyArray<ArrayLike<number>>

/** What each operation gives. */
export interface Answers {
  /** The text of an answer. */
  readonly chat: string
  /** A stream, event by event. */
  readonly events: StreamSeen
  /** A stream as its text alone; the same as `events` for clients that have nothing for it. */
  readonly text: StreamSeen
  readonly embedFloat: Rows
  readonly embedInt8: Rows
  /** Embeddings that came as base64, as `Float32Array`s. */
  readonly embedBase64: Rows
  /** Best first. */
  readonly rerank: ReadonlyArray<{ readonly index: number; readonly score: number }>
  /** Many more texts than one call takes. */
  readonly bulk: Rows
  /** The same, as base64 on the wire, as `Float32Array`s. */
  readonly bulkBase64: Rows
}

export type OperationName = keyof Answers

/** Is told each answer, and how many milliseconds it took. Throws at a wrong one. */
export type See<A> = (answer: A, took: number) => void

/** Does something `job.count` times, `job.concurrency` at once. */
export type Many<A> = (job: Workload, see: See<A>) => Promise<void>

/** What a client can do; what its SDK has nothing for is missing. */
export type Operations = { readonly [Name in OperationName]?: Many<Answers[Name]> }

/** A module of the folder `clients`. */
export interface ClientModule {
  /** Makes what the SDK calls its client, for a server at this address. */
  readonly connect: (base: string) => Promise<Operations>
}

/** Follows one stream: `piece` takes its texts one by one, and is false when no more are wanted. */
export const follow = (job: Workload): {
  readonly piece: (text: string) => boolean
  readonly seen: () => StreamSeen
} => {
  const started = performance.now()
  let first = 0
  let pieces = 0
  let characters = 0
  return {
    piece: (text) => {
      if (pieces++ === 0) first = performance.now() - started
      characters += text.length
      return pieces !== job.take
    },
    seen: () => ({ pieces, characters, first })
  }
}
