/** What the clients made of Promises share: how their users run many calls at once, and what SDKs leave to them. */
import { batchSize } from "../answers.ts"
import { follow, type Many, type Rows, type StreamSeen } from "../operations.ts"
import type { Workload } from "../workloads.ts"

/** A pool: as many workers as may run at once, each taking the next number when it is free. */
export const pool = async (count: number, concurrency: number, one: (n: number) => Promise<void>): Promise<void> => {
  let next = 0
  const worker = async () => {
    while (next < count) await one(next++)
  }
  await Promise.all(Array.from({ length: Math.min(count, concurrency) }, worker))
}

export const many = <A>(call: (job: Workload) => Promise<A>): Many<A> => (job, see) =>
  pool(job.count, job.concurrency, async () => {
    const started = performance.now()
    const answer = await call(job)
    see(answer, performance.now() - started)
  })

/** Reads a stream; stops when `piece` says so. */
export type Read = (piece: (text: string) => boolean) => Promise<void>

export const streams = (read: Read): Many<StreamSeen> =>
  many(async (job) => {
    const { piece, seen } = follow(job)
    await read(piece)
    return seen()
  })

/** The slices of an array that one call of embed takes. */
export const batches = (texts: ReadonlyArray<string>): ReadonlyArray<Array<string>> =>
  Array.from({ length: Math.ceil(texts.length / batchSize) }, (_, i) => texts.slice(i * batchSize, (i + 1) * batchSize))

/** Embeds batches, several at once, and keeps their order. */
export const pooled = async (
  texts: ReadonlyArray<string>,
  concurrency: number,
  embed: (texts: Array<string>) => Promise<Rows>
): Promise<Rows> => {
  const all = batches(texts)
  const rows: Array<Rows> = []
  await pool(all.length, concurrency, async (n) => {
    rows[n] = await embed(all[n] ?? [])
  })
  return rows.flat()
}
