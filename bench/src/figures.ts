/** Figures made of results; `undefined` where nothing was measured. */
import { reference } from "./clients.ts"
import type { Figure, Results } from "./results.ts"
import { median, type Spread, spread } from "./statistics.ts"

const series = (results: Results, workload: string, client: string, figure: Figure): ReadonlyArray<number> =>
  results.rounds[workload]?.[client]?.[figure] ?? []

/** The median of a client's rounds. */
export const medianOf = (results: Results, workload: string, client: string, figure: Figure): number | undefined => {
  const values = series(results, workload, client, figure)
  return values.length === 0 ? undefined : median(values)
}

/** The highest of a client's rounds. */
export const highestOf = (results: Results, workload: string, client: string, figure: Figure): number | undefined => {
  const values = series(results, workload, client, figure)
  return values.length === 0 ? undefined : Math.max(...values)
}

/** A client beside the reference, round by round. */
const beside =
  (compare: (own: number, other: number) => number) =>
  (results: Results, workload: string, client: string, figure: Figure): Spread | undefined => {
    const others = series(results, workload, reference, figure)
    const compared = series(results, workload, client, figure).flatMap((own, round) => {
      const other = others[round]
      return other === undefined ? [] : [compare(own, other)]
    })
    return compared.length === 0 ? undefined : spread(compared)
  }

/** How many times what the reference needs. */
export const ratio = beside((own, other) => own / other)

/** How much more than the reference. */
export const beyond = beside((own, other) => own - other)
