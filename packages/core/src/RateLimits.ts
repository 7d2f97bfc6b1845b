/**
 * Limits that are kept before the server has to: each call waits until it fits.
 *
 * Nothing is limited unless a client's layer (`RateLimits.layer`) or a call (`RateLimits.with`) says so. Limits are plain
 * data; {@link trial} and {@link production} are those that Cohere publishes. Whoever came first goes first. A call waits
 * once, before its first attempt, and `Timeouts.total` bounds that, too.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { RateLimited } from "./CohereError.ts"
import type * as Endpoints from "./Endpoints.ts"
import * as Limiter from "./internal/limiter.ts"
import * as Provide from "./internal/provide.ts"

// ---------------------------------------------------------------------------------------------------------------------
// The limits
// ---------------------------------------------------------------------------------------------------------------------

/** What some calls may use together in any minute. */
export interface Rule {
  /** For which operations: their ids, such as `v2.chat`. A `*` at the end stands for anything. */
  readonly endpoints: ReadonlyArray<Endpoints.Id | `${string}*`>
  /** For which models; a `*` at the end stands for anything. Default: for all, and for calls without one. */
  readonly models?: ReadonlyArray<string> | undefined
  /** Whether each model, or each operation, has these limits for itself. Default: all of them share them. */
  readonly each?: "model" | "endpoint" | undefined
  /** How many calls: a whole number. With 0, they pass one by one, a minute each. Default: any number. */
  readonly requests?: number | undefined
  /** How many texts of embed, and of classify. Default: any number. */
  readonly inputs?: number | undefined
  /** How many images of embed. Default: any number. */
  readonly images?: number | undefined
}

/** The first rule that is for a call holds. A call that none is for is not limited. */
export type Limits = ReadonlyArray<Rule>

const published = (limits: {
  readonly chat: number
  readonly images: number
  readonly embedJobs: number
  readonly rerank: number
  readonly tokenize: number
}): Limits => [
  {
    endpoints: ["v2.chat*", "v1.chat*"],
    models: ["command-a-03-2025", "command-r", "command-r-*", "command-r7b-*", "north-mini-code-*"],
    each: "model",
    requests: limits.chat
  },
  { endpoints: ["v2.chat*", "v1.chat*"], each: "model", requests: 20 },
  { endpoints: ["audio.createTranscription"], requests: 5 },
  { endpoints: ["v2.embed", "v1.embed"], inputs: 2_000, images: limits.images },
  { endpoints: ["embedJobs.*"], requests: limits.embedJobs },
  { endpoints: ["v2.rerank", "v1.rerank"], requests: limits.rerank },
  { endpoints: ["tokens.tokenize"], requests: limits.tokenize },
  { endpoints: ["*"], each: "endpoint", requests: 500 }
]

/**
 * What Cohere publishes for trial keys. Their quota of a month is not in it: waiting does not help there.
 *
 * @see https://docs.cohere.com/docs/rate-limits
 */
export const trial: Limits = published({ chat: 20, images: 5, embedJobs: 5, rerank: 10, tokenize: 100 })

/**
 * What Cohere publishes for production keys. Chat models that are not known to have more, and transcriptions, have the
 * limits of trial keys: others are agreed on with Cohere.
 *
 * @see https://docs.cohere.com/docs/rate-limits
 */
export const production: Limits = published({
  chat: 500,
  images: 400,
  embedJobs: 50,
  rerank: 1_000,
  tokenize: 2_000
})

// ---------------------------------------------------------------------------------------------------------------------
// The service
// ---------------------------------------------------------------------------------------------------------------------

/** What a call is going to use. */
export interface Demand {
  /** The id of the operation. */
  readonly endpoint: string
  readonly model: string | undefined
  /** How many texts; an input of mixed content with an image in it is an image. */
  readonly inputs: number
  readonly images: number
}

/** Keeps limits: here in the memory of one process, elsewhere perhaps in a store that several share. */
export interface Service {
  /** Waits until the demand fits; gives how long it waited. Interrupted while it waits, it has used nothing. */
  readonly acquire: (demand: Demand) => Effect.Effect<Duration.Duration>
  /** Hears of each 429. */
  readonly limited: (demand: Demand, error: RateLimited) => Effect.Effect<void>
}

/** The limits in force; `undefined` where none were set. */
export class RateLimits extends Context.Reference<RateLimits>()<"@effect-cohere/core/RateLimits", Service | undefined>(
  "@effect-cohere/core/RateLimits",
  { defaultValue: () => undefined }
) {}

const counts = ["requests", "inputs", "images"] as const

/** What is wrong with limits: the first that is no number of calls, texts or images. */
const mistake = (limits: Limits): string | undefined => {
  for (const [index, rule] of limits.entries()) {
    for (const name of counts) {
      const limit = rule[name]
      if (limit === undefined || limit === Infinity || (Number.isInteger(limit) && limit >= 0)) continue
      return `rule ${index} (${rule.endpoints.join(", ")}): ${name} must be a whole number from 0 on, got ${limit}`
    }
  }
  return undefined
}

/**
 * Keeps limits in memory, for all who share the service that this makes.
 *
 * In no minute passes more than the limit. Only a call that is by itself larger than its limit passes nevertheless, when
 * a whole minute has nothing else; the next waits a minute for it. After a 429 with `retryAfter`, all calls that share
 * the limit wait until then; a limit of calls that the server states is kept if it is lower.
 *
 * A limit that is no whole number from 0 on is a mistake of the program: it dies, with a message that names it.
 *
 * @example
 * ```ts
 * import * as RateLimits from "@effect-cohere/core/RateLimits"
 * import * as V2 from "@effect-cohere/core/V2"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const background = yield* RateLimits.make([{ endpoints: ["*"], requests: 10 }])
 *   const embedSlowly = (text: string) =>
 *     V2.embed({ model: "embed-v4.0", input_type: "search_document", texts: [text] }).pipe(RateLimits.with(background))
 *   return yield* Effect.forEach(["coffee", "tea"], embedSlowly)
 * })
 * ```
 */
export const make = (limits: Limits): Effect.Effect<Service> =>
  Effect.suspend(() => {
    const wrong = mistake(limits)
    return wrong === undefined ? Effect.sync(() => Limiter.make(limits)) : Effect.dieMessage(`RateLimits: ${wrong}`)
  })

/** No limits: for calls that the limits of their client are not for. */
export const unlimited: Service = {
  acquire: () => Effect.succeed(Duration.zero),
  limited: () => Effect.void
}

/**
 * Sets limits for a client's layer, or for a whole program. Clients that are built together with one such layer share them.
 *
 * @example
 * ```ts
 * import * as CohereClient from "@effect-cohere/core/CohereClient"
 * import * as RateLimits from "@effect-cohere/core/RateLimits"
 * import * as Layer from "effect/Layer"
 *
 * const client = CohereClient.layerConfig().pipe(
 *   Layer.provide(RateLimits.layer([
 *     { endpoints: ["v2.chat*"], models: ["command-a-reasoning-*"], requests: 100 },
 *     ...RateLimits.production
 *   ]))
 * )
 * ```
 */
export const layer = (limits: Limits): Layer.Layer<never> => Layer.effect(RateLimits, make(limits))

const with_ = (service: Service): <Self extends Provide.Runnable>(self: Self) => Self =>
  Provide.update(RateLimits, () => service)

export {
  /**
   * Sets the limits for the calls inside, instead of those of their client.
   *
   * @example
   * ```ts
   * import * as Models from "@effect-cohere/core/Models"
   * import * as RateLimits from "@effect-cohere/core/RateLimits"
   *
   * const atOnce = Models.get({ model: "embed-v4.0" }).pipe(RateLimits.with(RateLimits.unlimited))
   * ```
   */
  with_ as with
}
