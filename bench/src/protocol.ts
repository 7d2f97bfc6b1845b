/** What the processes say to each other. */
import type { OperationName } from "./operations.ts"
import type { Workload } from "./workloads.ts"

/** Figures of one block. Times are in microseconds for each unit. */
export interface Measured {
  readonly cpu: number
  readonly wall: number
  /** Latencies of the calls, in milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Median of the times to the first text of a stream, in milliseconds. */
  readonly first?: number
  /** Highest resident memory of the process so far, in megabytes. */
  readonly rss: number
  /** Highest use of heap and buffers during the block, in megabytes. */
  readonly heap?: number
}

/** Questions to a client, each with the kind of its answer. */
export interface ClientProtocol {
  readonly connect: { readonly ask: { readonly base: string }; readonly answer: ReadonlyArray<OperationName> }
  readonly block: { readonly ask: { readonly workload: Workload }; readonly answer: Measured }
  /** Megabytes that are held when all garbage is gone. */
  readonly held: { readonly ask: object; readonly answer: number }
}

/** Questions to the server. */
export interface ServerProtocol {
  readonly address: { readonly ask: object; readonly answer: string }
  /** How many answers of `open` are still being sent. Ends them all. */
  readonly open: { readonly ask: object; readonly answer: number }
}

/** The question to a fresh process that loads one file, with milliseconds from the import on. */
export interface ProbeProtocol {
  readonly load: {
    readonly ask: { readonly base?: string }
    readonly answer: { readonly constructed: number; readonly answered: number }
  }
}

/** How a process answers each question. */
export type Handlers<P> = {
  readonly [Kind in keyof P]: P[Kind] extends { readonly ask: infer Ask; readonly answer: infer Answer }
    ? (ask: Ask) => Promise<Answer>
    : never
}

/** What goes to a process, and what comes back. */
export interface Question {
  readonly kind: string
  readonly ask: object
}
export type Reply = { readonly answer: unknown } | { readonly failure: string }
