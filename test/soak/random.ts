/** Numbers that come again for the same seed. */

/** From 0 to below 1: the n-th of a seed, whatever was asked before (a mix of both, as in murmur3). */
export const at = (seed: number, n: number): number => {
  let x = (seed ^ Math.imul(n + 1, 0x9e3779b1)) >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return ((x ^ (x >>> 16)) >>> 0) / 0x1_0000_0000
}

/** One of several, by a number from 0 to below 1. */
export const pick = <A>(all: readonly [A, ...ReadonlyArray<A>], random: number): A =>
  all[Math.floor(random * all.length)] ?? all[0]

/** The seed that was asked for (`--seed=7`), else another each time. */
export const seedOf = (args: ReadonlyArray<string>): number => {
  const given = args.find((arg) => arg.startsWith("--seed="))
  return given === undefined ? Math.floor(Math.random() * 0x7fff_ffff) : Number(given.slice("--seed=".length))
}
