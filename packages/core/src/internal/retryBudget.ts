/** What bounds the retries of a client while its calls fail: tokens, by host. */
import { RateLimited } from "../CohereError.ts"
import type { BudgetOptions } from "../RetryPolicy.ts"

/** The tokens of a client. */
export interface RetryBudget {
  /** Takes what a retry after this error costs; says how much that was, or nothing if there is not enough. */
  readonly take: (url: string | undefined, error: unknown) => number | undefined
  /** Gives tokens back. */
  readonly give: (url: string | undefined, tokens: number) => void
}

/** How many hosts are remembered: a client knows one, unless something rewrites its requests. */
const maxHosts = 100

const hostOf = (url: string | undefined): string => url !== undefined && URL.canParse(url) ? new URL(url).host : ""

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
    take: (url, error) => {
      const host = hostOf(url)
      const cost = error instanceof RateLimited ? throttlingCost : transientCost
      const total = (spent.get(host) ?? 0) + cost
      if (total > capacity) return undefined
      set(host, total)
      return cost
    },
    give: (url, tokens) => {
      // As long as nothing fails, nothing is counted.
      if (spent.size === 0) return
      const host = hostOf(url)
      set(host, (spent.get(host) ?? 0) - tokens)
    }
  }
}
