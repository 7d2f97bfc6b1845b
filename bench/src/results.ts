/** What a run found, as it is kept in `results.json`. */
import type { Measured } from "./protocol.ts"

/** A figure of a block; not every workload has all. */
export type Figure = keyof Measured

/** Each figure, round by round. */
export type Series = { readonly [Name in Figure]?: ReadonlyArray<number> }

/** By client. */
export type Rounds = Readonly<Record<string, Series>>

/** Blocks as series, which takes a quarter of the space. */
export const seriesOf = (blocks: ReadonlyArray<Measured>): Series => {
  // The keys of the blocks themselves.
  const figures = Object.keys(blocks[0] ?? {}) as Array<Figure>
  return Object.fromEntries(figures.map((figure) => [figure, blocks.map((block) => block[figure] ?? 0)]))
}

/** One number for each client, or each program. */
export type Figures = Readonly<Record<string, number>>

/** Medians, in milliseconds, of a fresh process. */
export interface Start {
  /** Importing the Node.js client as published. */
  readonly importOurs: number
  /** Importing only the Effect modules that it imports. */
  readonly importEffect: number
  /** What the first took longer than the second, run by run. */
  readonly importBeyond: number
  /** Each client as one minified file: loaded and constructed. */
  readonly constructed: Figures
  /** … and its first call answered, from the beginning. */
  readonly answered: Figures
}

/** Bytes of a minified browser bundle. */
export interface Size {
  readonly minified: number
  readonly gzip: number
}

export interface Results {
  readonly date: string
  readonly quick: boolean
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string; readonly load: number }
  readonly versions: Readonly<Record<string, string>>
  /** By workload. */
  readonly rounds: Readonly<Record<string, Rounds>>
  /** Megabytes that are held more after it than before, by workload and client. */
  readonly growth: Readonly<Record<string, Figures>>
  /** Streams that the server still sends, 50 ms after they were given up. */
  readonly open: Figures
  readonly start: Start | undefined
  readonly sizes: Readonly<Record<string, Size>> | undefined
}

/** As JSON, with no more digits than a measurement has. What was counted, as bytes are, is kept whole. */
export const stringify = (results: Results): string => {
  const rounded = JSON.stringify(
    results,
    (_, value: unknown) => typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value,
    1
  )
  // One line for each list and each flat record.
  return rounded.replace(/[{[][^{}[\]]*[}\]]/g, (flat) => flat.replace(/\s+/g, " ")) + "\n"
}
