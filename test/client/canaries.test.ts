/** Secrets by where they come from: none is seen anywhere, however the call fails. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Connectors from "@effect-cohere/core/Connectors"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Transport from "../support/transport.ts"
import { type Call, chat, chatRequest, settledError } from "./support/samples.ts"
import { type Shown, sinks, tracer } from "./support/sinks.ts"

const canary = "canary-7-of-nobody-end"
const mark = canary.slice(0, 8)

type Keys = Layer.Layer<Credentials.Credentials, unknown>

const other: Keys = Credentials.layer("another-key")
const header = (name: string) => (call: Call): Call => RequestOptions.with({ headers: { [name]: canary } })(call)
const same = (call: Call): Call => call

/** Where the secret comes from: the credentials, the caller's settings or the request itself. */
const sources: ReadonlyArray<{
  readonly name: string
  readonly keys: Keys
  readonly settings: (call: Call) => Call
  readonly call?: Call
}> = [
  { name: "a static key", keys: Credentials.layer(canary), settings: same },
  {
    name: "a key of Config",
    keys: Credentials.layerConfig().pipe(
      Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["CO_API_KEY", canary]]))))
    ),
    settings: same
  },
  {
    name: "a token that is fetched",
    keys: Credentials.layerRefreshing({ acquire: Effect.succeed({ token: Redacted.make(canary), expiresAt: 9e15 }) }),
    settings: same
  },
  { name: "the header api-key", keys: other, settings: header("api-key") },
  { name: "the header x-amz-security-token", keys: other, settings: header("x-amz-security-token") },
  { name: "the header x-goog-api-key", keys: other, settings: header("X-Goog-Api-Key") },
  {
    name: "a connector's token in the body",
    keys: other,
    settings: same,
    call: Connectors.create({
      name: "n",
      url: "https://a.example.com",
      service_auth: { type: "bearer", token: canary }
    })
  },
  {
    name: "a connector's client secret in the body",
    keys: other,
    settings: same,
    call: Connectors.update({ id: "c", oauth: { client_id: "i", client_secret: canary } })
  },
  { name: "an address that the server gives", keys: other, settings: same, call: Datasets.get({ id: "d" }) }
]

const address = `https://files.example.com/part?X-Amz-Signature=${canary}`

/** All that a server was sent, and an address that lets anybody download a file. */
const echo = ({ body, headers }: Transport.Exchange): string =>
  [...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), body, address].join("\n")

const quoted = (status: number): Transport.Respond => (request) =>
  Transport.json({ message: echo(request), error_type: echo(request) }, { status })

const sse = { "content-type": "text/event-stream" }

/** What goes wrong. */
const faults: ReadonlyArray<{ readonly name: string; readonly respond: Transport.Respond; readonly streamed?: true }> =
  [
    ...[302, 400, 401, 402, 403, 404, 409, 418, 422, 429, 498, 499, 500, 501, 503].map((status) => ({
      name: `${status}`,
      respond: quoted(status)
    })),
    {
      name: "too many tokens",
      respond: (r) => Transport.json({ message: `too many tokens: ${echo(r)}` }, { status: 400 })
    },
    { name: "an answer of another shape", respond: (r) => Transport.json([[echo(r)]]) },
    { name: "an answer that is no JSON", respond: (r) => ({ body: echo(r) }) },
    {
      name: "no connection",
      respond: (r) => ({ fail: new TypeError("failed", { cause: { code: echo(r), request: r } }) })
    },
    { name: "an answer that breaks off", respond: (r) => ({ body: [echo(r)], then: "break" }) },
    { name: "a deadline", respond: () => Effect.never },
    {
      name: "an event of another shape",
      streamed: true,
      respond: (r) => ({ headers: sse, body: `data: ${JSON.stringify({ type: "content-delta", index: echo(r) })}\n\n` })
    },
    {
      name: "an error inside a stream",
      streamed: true,
      respond: (r) => ({
        headers: sse,
        body: `data: {"type":"message-start","id":"1"}\n\ndata: ${JSON.stringify({ error: { message: echo(r) } })}\n\n`
      })
    }
  ]

/** Where the secret, or enough of it, is seen. */
const leaks = (shown: ReadonlyArray<Shown>) =>
  shown.filter(({ text }) => text.includes(mark)).map(({ text, where }) => `${where}: ${text.slice(0, 300)}`)

const client = (respond: Transport.Respond, keys: Keys) =>
  CohereClient.layer.pipe(
    Layer.provide(Deployment.layerPlatform),
    Layer.provide(keys),
    Layer.provide(Transport.make(respond).layer),
    Layer.orDie
  )

const streamed: Call = Stream.runDrain(V2.chatStream(chatRequest))

describe.each(sources)("$name", ({ call, keys, settings }) => {
  // A secret of a body is sent by its own operation only, which is no stream.
  const possible = faults.filter((fault) => call === undefined || fault.streamed === undefined)
  it.effect.each(possible)("is not seen after $name", (fault) =>
    Effect.gen(function*() {
      const spans: Array<Shown> = []
      const error = yield* settledError(
        settings(call ?? (fault.streamed === undefined ? chat : streamed)).pipe(
          RetryPolicy.with(RetryPolicy.none),
          Timeouts.with({ attempt: "1 second" }),
          Effect.provide(client(fault.respond, keys)),
          Effect.withTracer(tracer(spans))
        )
      ).pipe(Effect.catchAll(() => Effect.die("the call succeeded")))
      assert.isAbove(spans.length, 0)
      assert.deepStrictEqual(leaks([...spans, ...yield* sinks(error)]), [])
    }))
})

it.effect("the record of a test's calls holds requests, and neither keys nor headers", () =>
  Effect.gen(function*() {
    yield* chat.pipe(
      RequestOptions.with({ headers: { "api-key": canary } }),
      Effect.provide(Layer.orDie(Credentials.layer(canary)))
    )
    const calls = yield* CohereTest.calls
    assert.lengthOf(calls, 1)
    assert.notInclude(JSON.stringify(calls), mark)
  }).pipe(Effect.provide(CohereTest.layer({ "v2.chat": () => CohereTest.chatResponse("Hello!") }))))
