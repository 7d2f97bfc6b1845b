/** Whoever wraps the client may read the text of a body, such as to log it: the call goes on as without. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { chat, chatAnswer } from "./support/samples.ts"
import { listen } from "./support/server.ts"

type Transform = NonNullable<CohereClient.Options["transformClient"]>

const transforms: ReadonlyArray<{ readonly what: string; readonly transformClient: Transform }> = [
  { what: "each answer", transformClient: HttpClient.tap((response) => response.text) },
  {
    what: "what has failed by its status",
    transformClient: (client) =>
      client.pipe(
        HttpClient.filterStatusOk,
        HttpClient.tapError((error) => error._tag === "ResponseError" ? error.response.text : Effect.void)
      )
  }
]

const transports = [
  { name: "CohereNode", layer: CohereNode.layerHttpClient },
  { name: "fetch", layer: FetchHttpClient.layer }
]

const answers = [
  { status: 200, text: JSON.stringify(chatAnswer), sized: true },
  { status: 200, text: JSON.stringify(chatAnswer), sized: false },
  { status: 404, text: JSON.stringify({ message: "no such river" }), sized: true },
  { status: 404, text: JSON.stringify({ message: "no such river" }), sized: false },
  { status: 404, text: "", sized: true }
]

const rows = transports.flatMap((transport) =>
  transforms.flatMap((transform) => answers.map((answer) => ({ ...transport, ...transform, ...answer })))
)

describe("a wrapped client that reads", () => {
  it.scopedLive.each(rows)("$what over $name: $status, with a length: $sized", (row) =>
    Effect.gen(function*() {
      const server = yield* listen((request, response) => {
        request.resume()
        const length = row.sized ? { "content-length": String(Buffer.byteLength(row.text)) } : {}
        response.writeHead(row.status, { "content-type": "application/json", ...length })
        response.write(row.text.slice(0, 5))
        response.end(row.text.slice(5))
      })
      const told = yield* chat.pipe(
        RetryPolicy.with(RetryPolicy.none),
        Effect.map(({ id }) => id),
        Effect.catchTag("NotFound", (error) => Effect.succeed(`${error.status}: ${error.detail}`)),
        Effect.provide(
          CohereClient.layerWith({ transformClient: row.transformClient }).pipe(
            Layer.provide(Deployment.layerPrivate({ baseUrl: server.url })),
            Layer.provide(Credentials.layer("test-key-of-nobody")),
            Layer.provide(row.layer)
          )
        )
      )
      assert.strictEqual(told, row.status === 200 ? chatAnswer.id : row.text === "" ? "404: " : "404: no such river")
    }))
})

describe("a body that breaks with a defect after its beginning", () => {
  /** A transport whose answer has this status, and a body that is sound but for its end. */
  const breaking = (status: number) =>
    Layer.succeed(
      HttpClient.HttpClient,
      HttpClient.make((request) =>
        Effect.succeed(
          new Proxy(HttpClientResponse.fromWeb(request, new Response(null, { status })), {
            get: (response, key) =>
              key === "stream"
                ? Stream.concat(Stream.make(new TextEncoder().encode("{}")), Stream.die("broken"))
                : Reflect.get(response, key)
          })
        )
      )
    )
  const ended = (status: number) =>
    Effect.exit(Effect.provide(
      chat.pipe(RetryPolicy.with(RetryPolicy.none)),
      CohereClient.layer.pipe(
        Layer.provide(Deployment.layerPlatform),
        Layer.provide(Credentials.layer("test-key-of-nobody")),
        Layer.provide(breaking(status))
      )
    ))

  it.effect("is no whole body of a success", () =>
    Effect.gen(function*() {
      const exit = yield* ended(200)
      assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause))
    }))

  it.effect("hides no status of a refusal", () =>
    Effect.gen(function*() {
      const exit = yield* ended(500)
      assert.isTrue(Exit.isFailure(exit) && Cause.isFailType(exit.cause) && exit.cause.error._tag === "ServerError")
    }))
})
