/** What is measured: plain data, shared by all processes. */
import type { OperationName } from "./operations.ts"

export interface Workload {
  readonly id: string
  readonly title: string
  /** What a client does. */
  readonly operation: OperationName
  /** How the server answers: the path before `/v2/…` that clients take as a part of their base URL. */
  readonly mode: string
  /** What figures are counted by. */
  readonly unit: "call" | "stream" | "run"
  /** Units of one block, or, where blocks are as long as `block` says, of the smallest. */
  readonly count: number
  /** Where it is looked at what is kept: units done before, which leave what is kept once. As many as `count` if not said. */
  readonly before?: number
  readonly concurrency: number
  /** Seconds that a block takes, about. Else it has `count` units. */
  readonly block?: number
  /** Seconds that each client runs before the first round. Blocks that adapt their length need some. */
  readonly warmup: number
  readonly rounds: number
  /** Pieces of text in a stream. */
  readonly pieces?: number
  /** Give streams up after this many pieces. */
  readonly take?: number
  readonly dimension?: number
  /** How many texts one run embeds, where they are more than one call takes. */
  readonly texts?: number
  /** Look at the heap while it runs, which costs a little. */
  readonly heap?: boolean
  /** What is different when it is run quickly. */
  readonly quick: Partial<Workload>
}

/** Blocks of about the same length, as many units as fit. */
const adapted = { block: 0.4, warmup: 2, rounds: 9, quick: { block: 0.02, warmup: 0.02, rounds: 2 } }

const embed = (operation: OperationName, type: "float" | "int8" | "base64", dimension: number): Workload => ({
  id: `embed-${type}-${dimension}`,
  title: `embed, 96 texts × ${dimension}, ${type}`,
  operation,
  mode: `embed/${type}/${dimension}`,
  unit: "call",
  count: 2,
  concurrency: 1,
  dimension,
  ...adapted
})

const bulk = {
  mode: "slow/1024",
  unit: "run",
  count: 1,
  concurrency: 16,
  dimension: 1024,
  texts: 9600,
  rounds: 5,
  warmup: 1,
  heap: true,
  quick: { texts: 1920, rounds: 1, warmup: 0 }
} as const

/** Measured in rounds, beside each other. */
export const timed: ReadonlyArray<Workload> = [
  {
    id: "chat-1",
    title: "chat, one at a time",
    operation: "chat",
    mode: "chat",
    unit: "call",
    count: 20,
    concurrency: 1,
    ...adapted
  },
  {
    id: "chat-64",
    title: "chat, 64 at a time",
    operation: "chat",
    mode: "chat",
    unit: "call",
    count: 256,
    concurrency: 64,
    ...adapted,
    quick: { ...adapted.quick, count: 64 }
  },
  {
    id: "stream-slices",
    title: "stream of 2,000 events, slices of 16 KiB",
    operation: "events",
    mode: "slices/2000",
    unit: "stream",
    count: 1,
    concurrency: 1,
    pieces: 2000,
    ...adapted
  },
  {
    id: "stream-writes",
    title: "stream of 2,000 events, one write each",
    operation: "events",
    mode: "writes/2000",
    unit: "stream",
    count: 1,
    concurrency: 1,
    pieces: 2000,
    ...adapted
  },
  {
    id: "stream-text",
    title: "the text of a stream of 2,000 events, slices",
    operation: "text",
    mode: "slices/2000",
    unit: "stream",
    count: 1,
    concurrency: 1,
    pieces: 2000,
    ...adapted
  },
  {
    id: "stream-paced",
    title: "32 streams at once, 200 events, 4 ms apart",
    operation: "events",
    mode: "paced/200",
    unit: "stream",
    count: 32,
    concurrency: 32,
    pieces: 200,
    rounds: 9,
    warmup: 3,
    quick: { mode: "paced/25", pieces: 25, rounds: 2, warmup: 0 }
  },
  {
    id: "stream-first",
    title: "a stream that pauses after its first text",
    operation: "events",
    mode: "pause/40",
    unit: "stream",
    count: 30,
    concurrency: 1,
    pieces: 40,
    rounds: 9,
    warmup: 2,
    quick: { count: 3, rounds: 2, warmup: 0 }
  },
  embed("embedFloat", "float", 1024),
  embed("embedFloat", "float", 1536),
  embed("embedInt8", "int8", 1024),
  embed("embedInt8", "int8", 1536),
  embed("embedBase64", "base64", 1024),
  embed("embedBase64", "base64", 1536),
  {
    id: "rerank",
    title: "rerank of 1,000 documents",
    operation: "rerank",
    mode: "rerank/1000",
    unit: "call",
    count: 4,
    concurrency: 1,
    ...adapted
  },
  {
    id: "bulk",
    title: "9,600 texts embedded in batches of 96",
    operation: "bulk",
    ...bulk
  },
  {
    id: "packed",
    title: "9,600 texts, as base64 to Float32Array",
    operation: "bulkBase64",
    ...bulk
  }
]

/** Run once: is anything kept? */
export const kept: ReadonlyArray<Workload> = [
  {
    id: "long-stream",
    title: "one stream of 200,000 events",
    operation: "events",
    mode: "slices/200000",
    unit: "stream",
    count: 1,
    concurrency: 1,
    rounds: 1,
    warmup: 0,
    pieces: 200_000,
    quick: { mode: "slices/5000", pieces: 5000 }
  },
  {
    id: "long-calls",
    title: "50,000 calls",
    operation: "chat",
    mode: "chat",
    unit: "call",
    count: 50_000,
    before: 2000,
    concurrency: 64,
    rounds: 1,
    warmup: 0,
    quick: { count: 128, before: 64 }
  }
]

/** Run once: who lets go? */
export const abandoned: Workload = {
  id: "abandon",
  title: "1,000 streams given up after one event",
  operation: "text",
  mode: "open",
  unit: "stream",
  count: 1000,
  concurrency: 32,
  rounds: 1,
  warmup: 0,
  pieces: 1,
  take: 1,
  quick: { count: 64 }
}

/** The workload as it is run quickly. */
export const quickly = (workload: Workload): Workload => ({ ...workload, ...workload.quick })
