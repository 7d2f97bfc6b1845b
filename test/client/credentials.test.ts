import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Transport from "../support/transport.ts"
import { chat, chatReply } from "./support/samples.ts"

type Environment = Readonly<Record<string, string>>

const within = (environment: Environment) =>
  Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(environment))))

/** The authorization that a client of this environment sends. */
const sent = (environment: Environment, apiKey?: Config.Config<Redacted.Redacted>) =>
  Effect.gen(function*() {
    const transport = Transport.make(() => chatReply)
    yield* Effect.provide(
      chat,
      CohereClient.layerConfig(apiKey === undefined ? {} : { apiKey }).pipe(
        Layer.provide(transport.layer),
        Layer.provide(within(environment))
      )
    )
    assert.lengthOf(transport.requests, 1)
    return transport.requests[0]?.headers["authorization"]
  })

/** The error of a client that cannot be built. */
const refused = (environment: Environment, apiKey?: Config.Config<Redacted.Redacted>) =>
  Effect.gen(function*() {
    const error = yield* Effect.flip(sent(environment, apiKey))
    if (error._tag !== "CredentialsError") return assert.fail(String(error))
    return error
  })

describe("the key from the environment", () => {
  it.effect("is CO_API_KEY", () =>
    Effect.map(sent({ CO_API_KEY: "key-1" }), (header) => assert.strictEqual(header, "Bearer key-1")))

  it.effect("is COHERE_API_KEY without it", () =>
    Effect.map(sent({ COHERE_API_KEY: "key-2" }), (header) => assert.strictEqual(header, "Bearer key-2")))

  it.effect("is CO_API_KEY when both are there", () =>
    Effect.map(
      sent({ CO_API_KEY: "key-1", COHERE_API_KEY: "key-2" }),
      (header) => assert.strictEqual(header, "Bearer key-1")
    ))

  it.effect("may be any other variable", () =>
    Effect.map(
      sent({ MY_KEY: "key-3", CO_API_KEY: "key-1" }, Config.redacted("MY_KEY")),
      (header) => assert.strictEqual(header, "Bearer key-3")
    ))

  it.effect("missing, is a CredentialsError that names CO_API_KEY", () =>
    Effect.map(refused({}), (error) => {
      assert.strictEqual(error.message, "There is no API key: set CO_API_KEY or give layerConfig an apiKey.")
      assert.strictEqual(error.attempts, 0)
      assert.isFalse(error.isRetryable)
    }))

  it.effect("missing, is a CredentialsError that names the variable of one's own", () =>
    Effect.map(
      refused({ CO_API_KEY: "key-1" }, Config.redacted("MY_KEY")),
      (error) => assert.strictEqual(error.message, "There is no API key: set MY_KEY.")
    ))

  it.effect("missing, names a nested variable as the environment has it", () =>
    Effect.map(
      refused({}, Config.nested(Config.redacted("KEY"), "COHERE")),
      (error) => assert.match(error.message, /COHERE.KEY/)
    ))

  it.effect("empty, is none", () =>
    Effect.map(refused({ CO_API_KEY: "" }), (error) => assert.include(error.message, "CO_API_KEY")))

  it.effect("empty, does not hide the other variable", () =>
    Effect.map(
      sent({ CO_API_KEY: "", COHERE_API_KEY: "second" }),
      (header) => assert.strictEqual(header, "Bearer second")
    ))
})

describe("a key that no header can carry", () => {
  const broken = [
    "s3cr3t\n",
    "s3cr3t\r\n",
    " s3cr3t",
    "s3cr3t ",
    "s3c r3t",
    "s3c\tr3t",
    "s3c\u0000r3t",
    "s3cr3té",
    "s3cr3t\u200b",
    "\"s3cr3t\" "
  ]

  it.effect.each(broken)(
    "%j in CO_API_KEY is a CredentialsError that names CO_API_KEY and not the key",
    (key) =>
      Effect.map(refused({ CO_API_KEY: key }), (error) => {
        assert.include(error.message, "CO_API_KEY")
        assert.notInclude(JSON.stringify(error), "s3c")
      })
  )

  it.effect.each(broken)(
    "%j given at hand is a CredentialsError without the key",
    (key) =>
      Effect.forEach([key, Redacted.make(key)], (apiKey) =>
        Effect.gen(function*() {
          const error = yield* Layer.build(Credentials.layer(apiKey)).pipe(Effect.scoped, Effect.flip)
          assert.strictEqual(error._tag, "CredentialsError")
          assert.match(error.message, /API key/)
          assert.notInclude(JSON.stringify(error), "s3c")
        }))
  )

  it.effect("in COHERE_API_KEY is blamed on COHERE_API_KEY", () =>
    Effect.map(refused({ COHERE_API_KEY: "s3cr3t\n" }), (error) => assert.include(error.message, "COHERE_API_KEY")))

  it.effect("in a variable of one's own is not blamed on CO_API_KEY", () =>
    Effect.map(
      refused({ MY_KEY: "s3cr3t\n" }, Config.redacted("MY_KEY")),
      (error) => assert.notInclude(error.message, "CO_API_KEY")
    ))

  it.effect("at its end, says so", () =>
    Effect.map(refused({ CO_API_KEY: "s3cr3t\n" }), (error) => assert.match(error.message, /begins or ends/)))
})

describe("credentials at hand", () => {
  const over = (credentials: Layer.Layer<Credentials.Credentials, unknown>) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => chatReply)
      yield* Effect.provide(
        chat,
        CohereClient.layer.pipe(
          Layer.provide(Deployment.layerPlatform),
          Layer.provide(credentials),
          Layer.provide(transport.layer)
        )
      )
      return transport.requests[0]?.headers["authorization"]
    })

  it.effect("a text", () => Effect.map(over(Credentials.layer("key-4")), (h) => assert.strictEqual(h, "Bearer key-4")))

  it.effect("a redacted text", () =>
    Effect.map(over(Credentials.layer(Redacted.make("key-5"))), (h) => assert.strictEqual(h, "Bearer key-5")))

  it.effect("every visible character of ASCII", () =>
    Effect.gen(function*() {
      const key = String.fromCharCode(...Array.from({ length: 94 }, (_, n) => n + 33))
      assert.strictEqual(yield* over(Credentials.layer(key)), `Bearer ${key}`)
    }))

  it.effect("an empty text is not sent", () => Effect.map(over(Credentials.layer("")), (h) => assert.isUndefined(h)))

  it.effect("none are not sent", () => Effect.map(over(Credentials.layerNone), (h) => assert.isUndefined(h)))
})
