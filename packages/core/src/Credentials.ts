/**
 * What authorizes calls: a static key, one from Config, tokens that expire and are fetched anew, or nothing.
 *
 * Keys are `Redacted` from here to the wire.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { CredentialsError } from "./CohereError.ts"

/** Gives the token of each attempt. */
export interface Service {
  /** The token to send as `Authorization: Bearer`. An empty one is not sent. */
  readonly token: Effect.Effect<Redacted.Redacted, CredentialsError>
  /**
   * Called when the server refused a token. Answers whether {@link Service.token} may give another one now, so that the
   * call is tried once more.
   */
  readonly renew: (refused: Redacted.Redacted) => Effect.Effect<boolean>
}

/** The credentials of a client. */
export class Credentials extends Context.Tag("@effect-cohere/core/Credentials")<Credentials, Service>() {}

// Visible ASCII: what an HTTP header can carry, and every key and token is made of.
const visible = /^[\x21-\x7e]*$/

const checked = (
  token: Redacted.Redacted | string,
  source: string
): Effect.Effect<Redacted.Redacted, CredentialsError> => {
  const value: unknown = Redacted.isRedacted(token) ? Redacted.value(token) : token
  // What a token server answers is often typed by hope.
  if (typeof value !== "string") return Effect.fail(CredentialsError.of(`${source} is no text: look at what gives it.`))
  return visible.test(value)
    ? Effect.succeed(Redacted.make(value))
    : Effect.fail(CredentialsError.of(
      value.trim() !== value && visible.test(value.trim())
        ? `${source} begins or ends with a space or a line break: remove it.`
        : `${source} contains a space, a line break or another character that no key has: copy the key again.`
    ))
}

const fixed = (token: Redacted.Redacted): Service => ({
  token: Effect.succeed(token),
  renew: () => Effect.succeed(false)
})

/**
 * A key that is at hand.
 *
 * Fails with `CredentialsError` when it contains what no key does.
 */
export const layer = (apiKey: Redacted.Redacted | string): Layer.Layer<Credentials, CredentialsError> =>
  Layer.effect(Credentials, Effect.map(checked(apiKey, "The API key"), fixed))

/**
 * A key from Config. Default: `CO_API_KEY`, else `COHERE_API_KEY`.
 *
 * Fails with `CredentialsError` when there is none, or it contains what no key does.
 *
 * @example
 * ```ts
 * import * as Credentials from "@effect-cohere/core/Credentials"
 * import * as Config from "effect/Config"
 *
 * const fromOwnVariable = Credentials.layerConfig(Config.redacted("MY_COHERE_KEY"))
 * ```
 */
export const layerConfig = (apiKey?: Config.Config<Redacted.Redacted>): Layer.Layer<Credentials, CredentialsError> => {
  const [config, instead] = apiKey === undefined
    ? [fromEnvironment, " or give layerConfig an apiKey"]
    : [named(apiKey, "The API key from Config"), ""]
  return Layer.effect(
    Credentials,
    config.pipe(
      Effect.mapError((error) => CredentialsError.of(`There is no API key: set ${variableOf(error)}${instead}.`)),
      Effect.flatMap(({ key, name }) => checked(key, name)),
      Effect.map(fixed)
    )
  )
}

const named = (apiKey: Config.Config<Redacted.Redacted>, name: string) => Config.map(apiKey, (key) => ({ key, name }))

const variable = (name: string) => named(Config.redacted(Config.nonEmptyString(name)), name)

const fromEnvironment = variable("CO_API_KEY").pipe(Config.orElse(() => variable("COHERE_API_KEY")))

/** The variable that a Config looked for first. */
const variableOf = (error: ConfigError.ConfigError): string =>
  error._op === "And" || error._op === "Or"
    ? variableOf(error.left)
    : error.path.join("_") || "what the Config asks for"

/** A token and when it ends. */
export interface Token {
  readonly token: Redacted.Redacted
  /** Milliseconds since 1970. Left out: it holds until the server refuses it. */
  readonly expiresAt?: number
}

/** Options of {@link layerRefreshing}. */
export interface RefreshingOptions<E, R> {
  /** Fetches a token. */
  readonly acquire: Effect.Effect<Token, E, R>
  /** How long before its end a token is replaced. Default 1 minute. */
  readonly margin?: Duration.DurationInput
}

/**
 * Tokens that expire. `acquire` runs when the first call needs one, again `margin` before the token expires, and again
 * when the server refuses it (401); concurrent calls share one run.
 *
 * @example
 * ```ts
 * import * as Credentials from "@effect-cohere/core/Credentials"
 * import * as Effect from "effect/Effect"
 * import * as Redacted from "effect/Redacted"
 *
 * const credentials = Credentials.layerRefreshing({
 *   acquire: Effect.tryPromise(() => fetch("https://auth.example.com/token").then((r) => r.json())).pipe(
 *     Effect.map((body) => ({ token: Redacted.make(body.token), expiresAt: Date.parse(body.expires) }))
 *   )
 * })
 * ```
 */
export const layerRefreshing = <E, R>(options: RefreshingOptions<E, R>): Layer.Layer<Credentials, never, R> =>
  Layer.effect(
    Credentials,
    Effect.gen(function*() {
      const context = yield* Effect.context<R>()
      const margin = Duration.toMillis(options.margin ?? "1 minute")
      const oneAtATime = yield* Effect.makeSemaphore(1)
      let current: { readonly token: Redacted.Redacted; readonly until: number } | undefined
      // How many runs of `acquire` have ended, and how the last one failed if it did.
      let runs = 0
      let failure: CredentialsError | undefined

      const acquire = options.acquire.pipe(
        Effect.provide(context),
        // The cause may hold anything, a secret included.
        Effect.mapError(() => CredentialsError.of("The token could not be fetched: look at what `acquire` does.")),
        Effect.flatMap((acquired) =>
          Effect.flatMap(checked(acquired?.token, "The token"), (token) => {
            const expiresAt = acquired.expiresAt ?? Infinity
            if (typeof expiresAt !== "number" || Number.isNaN(expiresAt)) {
              return Effect.fail(
                CredentialsError.of("The token's expiresAt is no number: give milliseconds since 1970.")
              )
            }
            current = { token, until: expiresAt - margin }
            return Effect.succeed(token)
          })
        ),
        Effect.onExit((exit) =>
          Effect.sync(() => {
            runs++
            failure = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.failureOption(exit.cause)) : undefined
          })
        )
      )

      return {
        token: Effect.suspend(() => {
          const seen = runs
          return oneAtATime.withPermits(1)(
            Effect.flatMap(Clock.currentTimeMillis, (now) => {
              if (current !== undefined && now < current.until) return Effect.succeed(current.token)
              // Who waited for a run shares its failure, too.
              return runs > seen && failure !== undefined ? Effect.fail(failure) : acquire
            })
          )
        }),
        renew: (refused) =>
          Effect.sync(() => {
            // Another call may have renewed it in the meantime.
            if (current !== undefined && Equal.equals(current.token, refused)) current = undefined
            return true
          })
      }
    })
  )

/** No credentials, for deployments that ask for none. */
export const layerNone: Layer.Layer<Credentials> = Layer.succeed(Credentials, fixed(Redacted.make("")))
