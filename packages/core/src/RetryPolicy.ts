/**
 * Which failed attempts are repeated, how often, and after which delay.
 *
 * A policy is a `Schedule` over the error: any Effect schedule will do. The one in force is the caller's own
 * (`RetryPolicy.with`), else the one that the client's layer was built with (`RetryPolicy.layer`), else
 * {@link standard}. An operation that creates something is repeated only when the server has refused it, and a stream
 * never after its first event, whatever the policy says.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type { CohereError } from "./CohereError.ts"
import * as Provide from "./internal/provide.ts"

/** Decides, given the error of an attempt, whether and when there is another one. */
export type Policy = Schedule.Schedule<unknown, CohereError>

/** Options of {@link make}. */
export interface Options {
  /** How many more attempts after the first. Default 2. */
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
  const maxDelay = Duration.decode(options.maxDelay ?? "60 seconds")
  const again = options.while ?? ((error) => error.isRetryable)
  return Schedule.identity<CohereError>().pipe(
    Schedule.intersect(Schedule.exponential(options.baseDelay ?? "500 millis")),
    Schedule.jitteredWith({ min: 0, max: 1 }),
    Schedule.modifyDelay(([error], delay) => Duration.min(error.retryAfter ?? delay, maxDelay)),
    Schedule.intersect(Schedule.recurs(options.retries ?? 2)),
    Schedule.whileInput(again)
  )
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
