import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Transport from "../support/transport.ts"
import { chat, chatAnswer, chatReply } from "./support/samples.ts"
import { answerJson, listen } from "./support/server.ts"

/** Where a chat goes with a base URL. */
const urlWith = (baseUrl: string | URL) =>
  Effect.gen(function*() {
    const transport = Transport.make(() => chatReply)
    yield* Effect.provide(
      chat,
      CohereClient.layer.pipe(
        Layer.provide(Deployment.layerPrivate({ baseUrl })),
        Layer.provide(Credentials.layerNone),
        Layer.provide(transport.layer)
      )
    )
    return transport.requests[0]?.url
  })

describe("the base URL", () => {
  const rows: ReadonlyArray<readonly [string, string]> = [
    ["https://cohere.example.com", "https://cohere.example.com/v2/chat"],
    ["https://cohere.example.com/", "https://cohere.example.com/v2/chat"],
    ["https://cohere.example.com///", "https://cohere.example.com/v2/chat"],
    ["https://cohere.example.com/v1", "https://cohere.example.com/v2/chat"],
    ["https://cohere.example.com/v1/", "https://cohere.example.com/v2/chat"],
    ["https://cohere.example.com/v2", "https://cohere.example.com/v2/chat"],
    ["https://cohere.example.com/v2/", "https://cohere.example.com/v2/chat"],
    ["https://gateway.example.com/cohere", "https://gateway.example.com/cohere/v2/chat"],
    ["https://gateway.example.com/cohere/", "https://gateway.example.com/cohere/v2/chat"],
    ["https://gateway.example.com/cohere/v1", "https://gateway.example.com/cohere/v2/chat"],
    ["https://gateway.example.com/a%20b/c", "https://gateway.example.com/a%20b/c/v2/chat"],
    ["https://gateway.example.com/v10", "https://gateway.example.com/v10/v2/chat"],
    ["https://gateway.example.com/v1/cohere", "https://gateway.example.com/v1/cohere/v2/chat"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080/v2/chat"],
    ["http://[::1]:8080/x", "http://[::1]:8080/x/v2/chat"],
    ["HTTPS://Cohere.Example.COM", "https://cohere.example.com/v2/chat"],
    ["https://cohere.example.com:443", "https://cohere.example.com/v2/chat"]
  ]

  it.effect.each(rows)(
    "%s sends a chat to %s",
    ([baseUrl, url]) => Effect.map(urlWith(baseUrl), (sent) => assert.strictEqual(sent, url))
  )

  it.effect("may be a URL object", () =>
    Effect.map(
      urlWith(new URL("https://cohere.example.com/x/v1")),
      (sent) => assert.strictEqual(sent, "https://cohere.example.com/x/v2/chat")
    ))

  const refused: ReadonlyArray<readonly [string, RegExp]> = [
    ["", /absolute URL/],
    ["cohere.example.com", /absolute URL/],
    ["/api/cohere", /absolute URL/],
    ["//cohere.example.com", /absolute URL/],
    ["https://", /absolute URL/],
    ["localhost:8080", /http/],
    ["ftp://cohere.example.com", /http/],
    ["file:///etc/passwd", /http/],
    ["https://zoe:s3cr3t@cohere.example.com", /user|password/],
    ["https://s3cr3t@cohere.example.com", /user|password/],
    ["https://:s3cr3t@cohere.example.com", /user|password/],
    ["https://cohere.example.com/?api-key=s3cr3t", /query/],
    ["https://cohere.example.com/#s3cr3t", /fragment/]
  ]

  it.effect.each(refused)(
    "%j is a ConfigError that says why, without what may be secret",
    ([baseUrl, why]) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(urlWith(baseUrl))
        if (!ConfigError.isConfigError(error)) return assert.fail(String(error))
        assert.match(String(error), why)
        assert.notInclude(String(error) + JSON.stringify(error), "s3cr3t")
      })
  )

  it.effect("is Cohere's platform when none is given", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => chatReply)
      yield* Effect.provide(chat, Transport.client(transport))
      assert.strictEqual(transport.requests[0]?.url, "https://api.cohere.com/v2/chat")
    }))

  it.effect("may come from Config", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => chatReply)
      const environment = new Map([["CO_API_KEY", "key"], ["MY_URL", "https://cohere.example.com/v1"]])
      yield* Effect.provide(
        chat,
        CohereClient.layerConfig({ baseUrl: Config.string("MY_URL") }).pipe(
          Layer.provide(transport.layer),
          Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(environment)))
        )
      )
      assert.strictEqual(transport.requests[0]?.url, "https://cohere.example.com/v2/chat")
    }))
})

describe("CohereNode", () => {
  const within = (environment: Readonly<Record<string, string>>) =>
    Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(environment))))

  it.live("reads CO_API_KEY and CO_API_URL, and says who it is", () =>
    Effect.gen(function*() {
      const server = yield* listen(answerJson(chatAnswer))
      yield* Effect.provide(
        chat,
        CohereNode.layer.pipe(Layer.provide(within({ CO_API_KEY: "key-1", CO_API_URL: `${server.url}/v1/` })))
      )
      const [request] = server.requests
      assert.strictEqual(request?.url, "/v2/chat")
      assert.strictEqual(request?.headers.authorization, "Bearer key-1")
      assert.strictEqual(request?.headers["user-agent"], "effect-cohere")
    }).pipe(Effect.scoped))

  it.live("takes a User-Agent of the caller's", () =>
    Effect.gen(function*() {
      const server = yield* listen(answerJson(chatAnswer))
      yield* Effect.provide(
        chat.pipe(RequestOptions.with({ headers: { "User-Agent": "my-app/1" } })),
        CohereNode.layer.pipe(Layer.provide(within({ CO_API_KEY: "key", CO_API_URL: server.url })))
      )
      const [request] = server.requests
      assert.strictEqual(request?.headers["user-agent"], "my-app/1")
    }).pipe(Effect.scoped))

  it.effect("fails with CredentialsError without a key, and with ConfigError on an unusable address", () =>
    Effect.gen(function*() {
      const build = (environment: Readonly<Record<string, string>>) =>
        Layer.build(CohereNode.layer.pipe(Layer.provide(within(environment)))).pipe(Effect.scoped, Effect.flip)
      const missing = yield* build({})
      assert.include(String(missing), "CO_API_KEY")
      const unusable = yield* build({ CO_API_KEY: "key", CO_API_URL: "cohere.example.com" })
      assert.isTrue(ConfigError.isConfigError(unusable))
      assert.include(String(unusable), "CO_API_URL")
    }))

  it.effect("needs nothing but a key: an empty CO_API_URL is none", () =>
    Effect.gen(function*() {
      yield* Layer.build(
        CohereNode.layer.pipe(Layer.provide(within({ CO_API_KEY: "key", CO_API_URL: "" })))
      ).pipe(Effect.scoped)
    }))
})
