/**
 * How long calls may take, by phase.
 *
 * In force is, setting by setting, the caller's own (`Timeouts.with`), else the one that the client's layer was built
 * with (`Timeouts.layer`), else the default. `Duration.infinity` switches a deadline off. A call with a deadline that is
 * not more than 0 fails with `InvalidRequest`, and is not sent.
 */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import { nameOf } from "./internal/configName.ts"
import * as Provide from "./internal/provide.ts"
import { deadlines, defined } from "./internal/settings.ts"

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

/** The Config of one deadline, if they are given one by one. */
const configOf = (config: Config.Config.Wrap<Settings>, path: string | undefined): Config.Config<unknown> => {
  const one = Object.entries(config).find(([name]) => `Timeouts.${name}` === path)?.[1]
  return Config.isConfig(one) ? one : Config.unwrap(config)
}

/**
 * The same with deadlines from Config, each under the name that you give it.
 *
 * Fails with `ConfigError` where a value is no duration, or not more than 0. Durations are a number and a unit, such as
 * `10 seconds` or `500 millis`.
 *
 * @example
 * ```ts
 * import * as CohereClient from "@effect-cohere/core/CohereClient"
 * import * as Timeouts from "@effect-cohere/core/Timeouts"
 * import * as Config from "effect/Config"
 * import * as Layer from "effect/Layer"
 *
 * const timeouts = Timeouts.layerConfig({
 *   total: Config.withDefault(Config.duration("COHERE_TIMEOUT"), "2 minutes")
 * })
 *
 * const client = CohereClient.layerConfig().pipe(Layer.provide(timeouts))
 * ```
 */
export const layerConfig = (config: Config.Config.Wrap<Settings>): Layer.Layer<never, ConfigError.ConfigError> =>
  Layer.effect(
    Timeouts,
    Effect.flatMap(Config.unwrap(config), (settings) =>
      Either.match(deadlines(settings), {
        onRight: () => Effect.succeed(settings),
        onLeft: ([issue]) =>
          Effect.flatMap(nameOf(configOf(config, issue?.path)), (name) =>
            Effect.fail(ConfigError.InvalidData([...name], `${issue?.path} ${issue?.message}`)))
      }))
  )

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
