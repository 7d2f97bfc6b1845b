/**
 * Which failed attempts are repeated, how often, and after which delay.
 *
 * A policy is a `Schedule` over the error: any Effect schedule will do. The one in force is the caller's own
 * (`RetryPolicy.with`), else the one that the client's layer was built with (`RetryPolicy.layer`), else
 * {@link standard}. An operation that creates something is repeated only when the server has refused it, a stream never
 * after its first event, and nothing beyond the client's budget ({@link layerBudget}) or the deadline of the call, whatever
 * the policy says.
 */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as ScheduleDecision from "effect/ScheduleDecision"
import * as ScheduleInterval from "effect/ScheduleInterval"
import type { CohereError } from "./CohereError.ts"
import { nameOf } from "./internal/configName.ts"
import * as Provide from "./internal/provide.ts"

/** Decides, given the error of an attempt, whether and when there is another one. */
export type Policy = Schedule.Schedule<unknown, CohereError>

/** Options of {@link make}. */
export interface Options {
  /**
   * How many more attempts after the first. Default 2. A fraction is rounded down; less than 0 is 0, and so is `NaN`.
   * `Infinity`: until the budget or the deadline of the call ends it.
   */
  readonly retries?: number
  /** The delay before the first retry; it doubles from there. Default 500 ms. */
  readonly baseDelay?: Duration.DurationInput
  /** The longest delay, also of one that the server asks for. Default 60 seconds. */
  readonly maxDelay?: Duration.DurationInput
  /** Which errors are worth another attempt. Default: those with `isRetryable`. */
  readonly while?: (error: CohereError) => boolean
}

/**
 * Exponential back-off with full jitter (a random part of the delay, so that clients do not come back in step), but
 * the delay that the server asked for if it did.
 *
 * @example
 * ```ts
 * import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
 *
 * const patient = RetryPolicy.make({ retries: 6, maxDelay: "2 minutes" })
 *
 * const alsoBadGenerations = RetryPolicy.make({
 *   while: (error) => error.isRetryable || error._tag === "NoValidGeneration"
 * })
 * ```
 */
export const make = (options: Options = {}): Policy => {
  const { retries = 2, while: again = (error) => error.isRetryable } = options
  const baseDelay = Duration.toMillis(options.baseDelay ?? "500 millis")
  const maxDelay = Duration.toMillis(options.maxDelay ?? "60 seconds")
  // In one step: a page that carries it need not carry the combinators of schedules.
  return Schedule.makeWithState(0, (now, error: CohereError, made) => {
    if (!(made < Math.floor(retries) && again(error))) {
      return Effect.succeed([made, made, ScheduleDecision.done] as const)
    }
    return Effect.map(Random.next, (random) => {
      // Before the jitter: of a delay that is always cut, no random part would be left.
      const longest = Math.min(baseDelay * 2 ** made, maxDelay)
      const delay = error.retryAfter === undefined ? longest * random : Duration.toMillis(error.retryAfter)
      // Nothing, however often doubled, is nothing.
      const next = ScheduleInterval.after(now + (Math.min(delay, maxDelay) || 0))
      return [made + 1, made, ScheduleDecision.continueWith(next)] as const
    })
  })
}

/** Two retries. What calls use when nothing else is set. */
export const standard: Policy = make()

/** No retries. */
export const none: Policy = Schedule.stop

/** The policy in force; `undefined` where none was set. */
export class RetryPolicy extends Context.Reference<RetryPolicy>()<
  "@effect-cohere/core/RetryPolicy",
  Policy | undefined
>("@effect-cohere/core/RetryPolicy", { defaultValue: () => undefined }) {}

/** Sets the policy for a client's layer, or for a whole program. */
export const layer = (policy: Policy): Layer.Layer<never> => Layer.succeed(RetryPolicy, policy)

/**
 * The policy of {@link make} with as many retries as Config says, by default `CO_MAX_RETRIES`, else 2.
 *
 * Fails with `ConfigError`, which names the variable, when that is no whole number from 0 on.
 *
 * @example
 * ```ts
 * import * as CohereClient from "@effect-cohere/core/CohereClient"
 * import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
 * import * as Layer from "effect/Layer"
 *
 * const client = CohereClient.layerConfig().pipe(Layer.provide(RetryPolicy.layerConfig()))
 * ```
 */
export const layerConfig = (
  retries: Config.Config<number> = Config.withDefault(Config.integer("CO_MAX_RETRIES"), 2),
  options: Omit<Options, "retries"> = {}
): Layer.Layer<never, ConfigError.ConfigError> =>
  Layer.effect(
    RetryPolicy,
    Effect.flatMap(retries, (count) =>
      Number.isInteger(count) && count >= 0
        ? Effect.succeed(make({ ...options, retries: count }))
        : Effect.flatMap(
          nameOf(retries),
          (name) => Effect.fail(ConfigError.InvalidData([...name], `must be a whole number from 0 on, got ${count}`))
        ))
  )

// ---------------------------------------------------------------------------------------------------------------------
// The budget of a client
// ---------------------------------------------------------------------------------------------------------------------

/** How much a client may retry while its calls fail. */
export interface BudgetOptions {
  /** How many tokens it begins with, and never has more of. `Infinity` switches the budget off. Default 500. */
  readonly capacity?: number
  /** What a retry costs after a failure of the server or the network. Default 14. */
  readonly transientCost?: number
  /** What a retry costs after a 429. Default 5. */
  readonly throttlingCost?: number
}

/** The budget of a client's retries; see {@link layerBudget}. */
export class Budget extends Context.Reference<Budget>()<"@effect-cohere/core/RetryPolicy/Budget", BudgetOptions>(
  "@effect-cohere/core/RetryPolicy/Budget",
  { defaultValue: () => ({}) }
) {}

/**
 * Changes the budget of a client, for its layer.
 *
 * All calls of a client to one host share it, whatever their policies: each retry costs tokens, and without enough of
 * them the failure is passed on. A retry that succeeds gets its tokens back, a call that succeeds at once brings one. So
 * single failures are always retried, but an outage does not become a storm.
 *
 * @example
 * ```ts
 * import * as CohereClient from "@effect-cohere/core/CohereClient"
 * import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
 * import * as Layer from "effect/Layer"
 *
 * const client = CohereClient.layerConfig().pipe(Layer.provide(RetryPolicy.layerBudget({ capacity: 2_000 })))
 * ```
 */
export const layerBudget = (options: BudgetOptions): Layer.Layer<never> => Layer.succeed(Budget, options)

// ---------------------------------------------------------------------------------------------------------------------
// Hearing of retries
// ---------------------------------------------------------------------------------------------------------------------

/** A retry that is about to be made. */
export interface Retry {
  /** Which operation, for example `v2.chat`. */
  readonly endpoint: string
  /** How often the request was sent so far. */
  readonly attempts: number
  /** Why it is sent again. */
  readonly error: CohereError
  /** How long is waited before. */
  readonly delay: Duration.Duration
}

/** Hears of retries: {@link onRetry} sets it. */
export class RetryListener extends Context.Reference<RetryListener>()<
  "@effect-cohere/core/RetryPolicy/RetryListener",
  (retry: Retry) => Effect.Effect<void>
>("@effect-cohere/core/RetryPolicy/RetryListener", { defaultValue: () => () => Effect.void }) {}

/**
 * Runs an Effect before each retry of the calls inside, before its delay. Around a whole program, it hears of all its
 * retries; a client's layer does not keep it.
 *
 * @example
 * ```ts
 * import * as Models from "@effect-cohere/core/Models"
 * import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
 * import * as Duration from "effect/Duration"
 * import * as Effect from "effect/Effect"
 *
 * const models = Models.list({}).pipe(
 *   RetryPolicy.onRetry(({ delay, error }) =>
 *     Effect.logWarning(`${error._tag}: again in ${Math.round(Duration.toMillis(delay))} ms`)
 *   )
 * )
 * ```
 */
export const onRetry = (
  listener: (retry: Retry) => Effect.Effect<void>
): <Self extends Provide.Runnable>(self: Self) => Self =>
  Provide.update(RetryListener, (outer) => (retry) => Effect.zipRight(listener(retry), outer(retry)))

const with_ = (policy: Policy): <Self extends Provide.Runnable>(self: Self) => Self =>
  Provide.update(RetryPolicy, () => policy)

export {
  /**
   * Sets the policy for the calls inside.
   *
   * @example
   * ```ts
   * import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
   * import * as V2 from "@effect-cohere/core/V2"
   *
   * const once = V2.rerank({ model: "rerank-v4.0-fast", query: "tea", documents: ["coffee", "tea"] }).pipe(
   *   RetryPolicy.with(RetryPolicy.none)
   * )
   * ```
   */
  with_ as with
}
