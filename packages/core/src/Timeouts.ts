/**
 * How long calls may take, by phase.
 *
 * In force is, setting by setting, the caller's own (`Timeouts.with`), else the one that the client's layer was built
 * with (`Timeouts.layer`), else the default. `Duration.infinity` switches a deadline off.
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Layer from "effect/Layer"
import * as Provide from "./internal/provide.ts"
import { defined } from "./internal/settings.ts"

/** Deadlines; each left out is inherited. */
export interface Settings {
  /**
   * One attempt: from sending the request to the end of the response; of a stream, to its headers. Default 5 minutes:
   * a long answer that is not streamed comes all at once.
   */
  readonly attempt?: Duration.DurationInput | undefined
  /** Of each attempt, from sending the request, with all its files, to the headers of the response. Default: none. */
  readonly headers?: Duration.DurationInput | undefined
  /** Of each attempt that is not streamed, from the headers to the end of the body. Default 2 minutes. */
  readonly body?: Duration.DurationInput | undefined
  /** From the headers of a stream to its first event. Default 2 minutes. */
  readonly firstEvent?: Duration.DurationInput | undefined
  /** Between two arrivals of a stream. Time that the consumer takes does not count. Default 1 minute. */
  readonly idle?: Duration.DurationInput | undefined
  /** The whole call, with all attempts and delays; of a stream, until its first event. Default: none. */
  readonly total?: Duration.DurationInput | undefined
}

/** What was set; empty where nothing was. */
export class Timeouts extends Context.Reference<Timeouts>()<"@effect-cohere/core/Timeouts", Settings>(
  "@effect-cohere/core/Timeouts",
  { defaultValue: () => ({}) }
) {}

/** Sets deadlines for a client's layer, or for a whole program. */
export const layer = (settings: Settings): Layer.Layer<never> => Layer.succeed(Timeouts, settings)

const with_ = (settings: Settings): <Self extends Provide.Runnable>(self: Self) => Self =>
  Provide.update(Timeouts, (current) => ({ ...current, ...defined(settings) }))

export {
  /**
   * Sets deadlines for the calls inside; those left out stay as they are.
   *
   * @example
   * ```ts
   * import * as Chat from "@effect-cohere/core/Chat"
   * import * as Timeouts from "@effect-cohere/core/Timeouts"
   * import * as V2 from "@effect-cohere/core/V2"
   *
   * const quick = V2.chat({ model: "command-r7b-12-2024", messages: [Chat.user("Hi!")] }).pipe(
   *   Timeouts.with({ total: "10 seconds" })
   * )
   * ```
   */
  with_ as with
}
