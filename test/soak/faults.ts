/** What goes wrong in `soak.ts`: the same for the same seed, and known to both sides. */
import * as Random from "./random.ts"

const kinds = ["reset", "500", "429", "cut", "stall"] as const

/** A way to go wrong. */
export type Fault = (typeof kinds)[number]

/** How many of all requests go wrong. */
const share = 0.02

/** More requests than one call makes. */
const most = 8

/** What happens to a request of a call; the first of them is 1. */
export const of = (seed: number, call: number, request: number): Fault | undefined => {
  const random = Random.at(seed, call * most + request)
  return random < share ? Random.pick(kinds, random / share) : undefined
}

/** Whether one of the first requests of a call stalls: then it needs a short deadline. */
export const stalls = (seed: number, call: number): boolean =>
  Array.from({ length: most - 1 }, (_, i) => of(seed, call, i + 1)).includes("stall")
