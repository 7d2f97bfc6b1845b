/** What effect-cohere is to reach. Where a target is a ratio, it is over raw fetch in the same run. */
import { ours } from "./clients.ts"
import { beyond, highestOf, ratio } from "./figures.ts"
import type { Results } from "./results.ts"

export interface Target {
  readonly title: string
  readonly unit: "×" | "ms" | "MB" | "KiB" | "streams"
  readonly atMost: number
  /** `undefined` if it was not measured. */
  readonly of: (results: Results) => number | undefined
}

const cpu = (workload: string, title: string, atMost: number): Target => ({
  title: `CPU, ${title}`,
  unit: "×",
  atMost,
  of: (results) => ratio(results, workload, ours, "cpu")?.median
})

const size = (program: string, title: string, atMost: number): Target => ({
  title: `browser bundle, gzip: ${title}`,
  unit: "KiB",
  atMost,
  of: ({ sizes }) => {
    const bytes = sizes?.[program]?.gzip
    return bytes === undefined ? undefined : bytes / 1024
  }
})

const growth = (workload: string, title: string): Target => ({
  title: `heap kept after ${title}`,
  unit: "MB",
  // What one collection leaves more than another.
  atMost: 2,
  of: ({ growth }) => growth[workload]?.[ours]
})

export const targets: ReadonlyArray<Target> = [
  cpu("chat-1", "chat, one at a time", 0.7),
  cpu("chat-64", "chat, 64 at a time", 0.45),
  cpu("stream-slices", "stream in slices", 1.6),
  cpu("stream-writes", "stream, one write for each event", 1.2),
  cpu("stream-paced", "32 paced streams", 1),
  {
    title: "first text, beyond raw fetch",
    unit: "ms",
    atMost: 0,
    of: (results) => beyond(results, "stream-first", ours, "first")?.median
  },
  cpu("embed-float-1024", "embed, float × 1024", 1.1),
  cpu("embed-float-1536", "embed, float × 1536", 1.1),
  cpu("embed-base64-1024", "embed, base64 × 1024 to Float32Array", 1),
  cpu("embed-base64-1536", "embed, base64 × 1536 to Float32Array", 1),
  cpu("rerank", "rerank", 0.8),
  {
    title: "time for 9,600 texts, over a pool of 16",
    unit: "×",
    atMost: 0.8,
    of: (results) => ratio(results, "bulk", ours, "wall")?.median
  },
  {
    title: "highest heap for 9,600 texts",
    unit: "MB",
    atMost: 144,
    of: (results) => highestOf(results, "bulk", ours, "heap")
  },
  size("chat", "chat", 94),
  size("stream", "chat and streamed chat", 100),
  size("whole", "all modules", 120),
  {
    title: "one file, loaded and constructed",
    unit: "ms",
    atMost: 60,
    of: ({ start }) => start?.constructed[ours]
  },
  {
    title: "import, beyond that of the same Effect modules",
    unit: "ms",
    atMost: 60,
    of: ({ start }) => start?.importBeyond
  },
  growth("long-stream", "one stream of 200,000 events"),
  growth("long-calls", "50,000 calls"),
  {
    title: "abandoned streams still open after 50 ms",
    unit: "streams",
    atMost: 0,
    of: ({ open }) => open[ours]
  }
]
