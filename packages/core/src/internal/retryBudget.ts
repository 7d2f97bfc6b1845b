/** What bounds the retries of a client while its calls fail: tokens, by host. */
import { RateLimited } from "../CohereError.ts"
import type { BudgetOptions } from "../RetryPolicy.ts"

/** The tokens of a client. */
export interface RetryBudget {
  /** Takes what a retry after this error costs; says how much that was, or nothing if there is not enough. */
  readonly take: (host: string, error: unknown) => number | undefined
  /** Gives tokens back. */
  readonly give: (host: string, tokens: number) => void
}

/** How many hosts are remembered: a client knows one, unless something rewrites its requests. */
const maxHosts = 100

/** A number that counts something, else the default. */
const countOf = (value: number | undefined, usual: number): number => value !== undefined && value >= 0 ? value : usual

export const make = (options: BudgetOptions): RetryBudget => {
  const capacity = countOf(options.capacity, 500)
  const throttlingCost = countOf(options.throttlingCost, 5)
  const transientCost = countOf(options.transientCost, 14)
  const spent = new Map<string, number>()
  const set = (host: string, tokens: number) => {
    if (tokens <= 0) spent.delete(host)
    else if (spent.has(host) || spent.size < maxHosts) spent.set(host, tokens)
  }
  return {
    take: (host, error) => {
      const cost = error instanceof RateLimited ? throttlingCost : transientCost
      const total = (spent.get(host) ?? 0) + cost
      if (total > capacity) return undefined
      set(host, total)
      return cost
    },
    give: (host, tokens) => set(host, (spent.get(host) ?? 0) - tokens)
  }
}
