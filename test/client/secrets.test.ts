import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import type * as CohereError from "@effect-cohere/core/CohereError"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Transport from "../support/transport.ts"
import { type Call, chat, chatRequest, embed, getModel, settledError } from "./support/samples.ts"
import { type Shown, sinks, tracer } from "./support/sinks.ts"

// Recognisable from their first characters, so that a key that was cut is found, too.
const key = "canary-0-of-an-api-key-end"
const header = "canary-1-of-an-api-key-header-end"
const cookie = "canary-2-of-a-cookie-end"
const marks = [key, header, cookie].map((secret) => secret.slice(0, 9))

const secretHeaders = { "api-key": header, cookie: `session=${cookie}` }

const stream: Call = Stream.runDrain(V2.chatStream(chatRequest))

/** What a careless server answers with: the request's own headers. */
const echo = (request: Transport.Exchange): string =>
  Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`).join("\n")

interface Kind {
  readonly name: string
  /** Default: {@link key}. */
  readonly key?: string
  readonly call: Call
  readonly respond: Transport.Respond
  readonly tag: CohereError.CohereError["_tag"]
}

const statuses: ReadonlyArray<readonly [number, CohereError.CohereError["_tag"]]> = [
  [302, "UnexpectedStatus"],
  [400, "InvalidRequest"],
  [401, "Unauthorized"],
  [402, "BillingLimitReached"],
  [403, "PermissionDenied"],
  [404, "NotFound"],
  [409, "Conflict"],
  [418, "UnexpectedStatus"],
  [422, "InvalidRequest"],
  [429, "RateLimited"],
  [498, "ContentBlocked"],
  [499, "RequestCancelled"],
  [500, "ServerError"],
  [501, "NotImplemented"],
  [503, "ServerError"]
]

/** How servers write what they were sent. */
const echoes: ReadonlyArray<readonly [string, (text: string) => string]> = [
  ["as text", (text) => text],
  ["as JSON", (text) => JSON.stringify({ message: text })],
  ["as JSON with a code", (text) => JSON.stringify({ error_type: "BAD", id: text, message: `you sent ${text}` })],
  ["as Azure does", (text) => JSON.stringify({ error: { code: "x", message: text } })],
  ["as JSON with escaped slashes", (text) => JSON.stringify({ message: text }).replaceAll("/", "\\/")],
  ["as JSON with escaped signs", (text) => JSON.stringify({ message: text }).replaceAll("+", "\\u002B")],
  ["as a page", (text) => `<html><body><pre>${text}</pre></body></html>`],
  ["behind much else", (text) => "x".repeat(1_990) + text],
  ["across the end of the excerpt", (text) => "x".repeat(190) + text.slice(text.indexOf("canary-0"))]
]

const event = (data: string) => ({ headers: { "content-type": "text/event-stream" }, body: `data: ${data}\n\n` })

const start = "{\"type\":\"message-start\",\"id\":\"1\"}"

/** Keys that JSON writes in more than one way: tokens are often base64, and any visible character may be in one. */
const signs = ["canary-0-a/b+c/d==", "canary-0-\"quoted\"", "canary-0-back\\slash"]

/** Such a key matters where it is written as JSON. */
const echoesOf = (key: string | undefined) =>
  key === undefined ? echoes : echoes.filter(([how]) => how.startsWith("as JSON"))

const kinds: ReadonlyArray<Kind> = [
  ...statuses.map(([status, tag]): Kind => ({
    name: `${status}`,
    call: chat,
    respond: (request) => ({ status, body: JSON.stringify({ message: echo(request) }) }),
    tag
  })),
  ...[undefined, ...signs].flatMap((key) =>
    echoesOf(key).map(([how, write]): Kind => ({
      name: `an error that echoes ${how}${key === undefined ? "" : ` the key ${key}`}`,
      ...key === undefined ? {} : { key },
      call: chat,
      respond: (request) => ({ status: 500, body: write(echo(request)) }),
      tag: "ServerError"
    }))
  ),
  {
    name: "401 of a lookup",
    call: getModel,
    respond: (request) => ({ status: 401, body: echo(request) }),
    tag: "Unauthorized"
  },
  {
    name: "too many tokens",
    call: embed,
    respond: (request) => ({ status: 400, body: `{"message":${JSON.stringify(`too many tokens: ${echo(request)}`)}}` }),
    tag: "TooManyTokens"
  },
  {
    name: "no valid generation",
    call: chat,
    respond: (request) => ({ status: 422, body: JSON.stringify({ error_type: echo(request), message: "no" }) }),
    tag: "NoValidGeneration"
  },
  ...[undefined, signs[0]].flatMap((key) =>
    echoesOf(key).map(([how, write]): Kind => ({
      name: `a success that echoes ${how}${key === undefined ? "" : ` the key ${key}`}`,
      ...key === undefined ? {} : { key },
      call: chat,
      respond: (request) => ({ body: write(echo(request)) }),
      tag: "UnexpectedResponse"
    }))
  ),
  {
    name: "a success whose fields echo",
    call: chat,
    respond: (request) =>
      Transport.json({
        id: { echo: echo(request) },
        finish_reason: [echo(request)],
        message: { role: echo(request), content: echo(request) }
      }),
    tag: "UnexpectedResponse"
  },
  {
    name: "a success with the echo as a whole",
    call: chat,
    respond: (request) => Transport.json(echo(request)),
    tag: "UnexpectedResponse"
  },
  { name: "a refused connection", call: chat, respond: () => ({ fail: "ECONNREFUSED" }), tag: "ConnectionFailed" },
  {
    name: "a transport that quotes the header",
    call: chat,
    respond: (request) => ({
      fail: new TypeError(`Headers.append: "${request.headers["authorization"]}" is an invalid header value`)
    }),
    tag: "ConnectionFailed"
  },
  {
    name: "a transport that quotes it at the end of a long text",
    call: chat,
    respond: (request) => ({
      fail: new TypeError("x".repeat(290 - "Bearer ".length) + request.headers["authorization"])
    }),
    tag: "ConnectionFailed"
  },
  {
    name: "a transport whose cause holds the request",
    call: chat,
    respond: (request) => ({ fail: new TypeError("fetch failed", { cause: { code: "X", request } }) }),
    tag: "ConnectionFailed"
  },
  {
    name: "a body that breaks off",
    call: chat,
    respond: (request) => ({ body: [echo(request)], then: "break" }),
    tag: "ConnectionFailed"
  },
  {
    name: "a deadline",
    call: chat.pipe(Timeouts.with({ attempt: "1 second" })),
    respond: () => Effect.never,
    tag: "RequestTimeout"
  },
  {
    name: "an invalid request",
    call: V2.chat({ ...chatRequest, messages: [] }),
    respond: () => ({ status: 500 }),
    tag: "InvalidRequest"
  },
  {
    name: "a header that cannot be sent",
    call: chat.pipe(RequestOptions.with({ headers: { "x-token": `${header}\r\n` } })),
    respond: () => ({ status: 500 }),
    tag: "InvalidRequest"
  },
  {
    name: "a stream that is none",
    call: stream,
    respond: (request) => ({ headers: { "content-type": "text/html" }, body: echo(request) }),
    tag: "UnexpectedResponse"
  },
  {
    name: "an event that is no JSON",
    call: stream,
    respond: (request) => event(echo(request).replaceAll("\n", " ")),
    tag: "MalformedEvent"
  },
  {
    name: "an event that is cut inside the key",
    call: stream,
    respond: (request) => {
      return event("x".repeat(190) + (request.headers["authorization"] ?? "").replace("Bearer ", ""))
    },
    tag: "MalformedEvent"
  },
  {
    name: "an event of another shape",
    call: stream,
    respond: (request) => event(JSON.stringify({ type: "content-delta", index: echo(request), delta: echo(request) })),
    tag: "MalformedEvent"
  },
  {
    name: "an event without a type",
    call: stream,
    respond: (request) => event(JSON.stringify({ echo: echo(request) })),
    tag: "MalformedEvent"
  },
  {
    name: "an error inside a stream",
    call: stream,
    respond: (request) => event(`${start}\n\ndata: ${JSON.stringify({ error: { message: echo(request) } })}`),
    tag: "StreamInterrupted"
  },
  {
    name: "an error inside a stream, with escapes",
    key: "canary-0-a/b+c/d==",
    call: stream,
    respond: (request) =>
      event(`${start}\n\ndata: ${JSON.stringify({ error: echo(request) }).replaceAll("+", "\\u002B")}`),
    tag: "StreamInterrupted"
  },
  {
    name: "an error event that is text",
    call: stream,
    respond: (request) => ({
      headers: { "content-type": "text/event-stream" },
      body: `data: ${start}\n\nevent: error\ndata: ${echo(request).replaceAll("\n", " ")}\n\n`
    }),
    tag: "StreamInterrupted"
  },
  { name: "a stream that ends early", call: stream, respond: () => event(start), tag: "StreamTruncated" },
  {
    name: "a stream that breaks",
    call: stream,
    respond: () => ({ ...event(start), then: "break" }),
    tag: "StreamInterrupted"
  },
  {
    name: "a stream that falls silent",
    call: stream,
    respond: () => ({ ...event(start), then: "hang" }),
    tag: "StreamIdle"
  },
  {
    name: "a turn that fails",
    call: ChatStream.collect(V2.chatStream(chatRequest)),
    respond: () => event(`${start}\n\ndata: {"type":"message-end","delta":{"finish_reason":"ERROR","error":"no"}}`),
    tag: "GenerationFailed"
  }
]

/** Where a secret, or enough of it, is seen. */
const leaks = (shown: ReadonlyArray<Shown>): ReadonlyArray<string> =>
  shown.filter(({ text }) => marks.some((mark) => text.includes(mark))).map(({ text, where }) =>
    `${where}: ${text.slice(0, 500)}`
  )

/** All that can be seen of a failing call. */
const shownBy = (
  call: Call,
  client: Layer.Layer<CohereClient.CohereClient, unknown>
): Effect.Effect<{ readonly error: CohereError.CohereError; readonly shown: ReadonlyArray<Shown> }> =>
  Effect.gen(function*() {
    const spans: Array<Shown> = []
    const error = yield* settledError(
      call.pipe(
        RetryPolicy.with(RetryPolicy.none),
        RequestOptions.with({ headers: secretHeaders }),
        Effect.provide(Layer.orDie(client)),
        Effect.withTracer(tracer(spans))
      )
    ).pipe(Effect.catchAll(() => Effect.die("the call succeeded")))
    assert.isAbove(spans.length, 0)
    return { error, shown: [...spans, ...(yield* sinks(error))] }
  })

const client = (respond: Transport.Respond, credentials: Layer.Layer<Credentials.Credentials, unknown>) =>
  CohereClient.layer.pipe(
    Layer.provide(Deployment.layerPlatform),
    Layer.provide(credentials),
    Layer.provide(Transport.make(respond).layer)
  )

describe("no secret is seen anywhere", () => {
  it.effect.each(kinds.map((kind) => [kind.name, kind] as const))(
    "after %s",
    ([, { call, respond, tag, ...kind }]) =>
      Effect.gen(function*() {
        const { error, shown } = yield* shownBy(call, client(respond, Credentials.layer(kind.key ?? key)))
        assert.strictEqual(error._tag, tag)
        assert.deepStrictEqual(leaks(shown), [])
      })
  )

  it.effect("after a token could not be fetched", () =>
    Effect.gen(function*() {
      const acquire = Effect.fail({ secret: key, cause: new Error(header) })
      const { error, shown } = yield* shownBy(chat, client(() => ({}), Credentials.layerRefreshing({ acquire })))
      assert.strictEqual(error._tag, "CredentialsError")
      assert.deepStrictEqual(leaks(shown), [])
    }))

  it.effect("after a token that no header can carry", () =>
    Effect.gen(function*() {
      const acquire = Effect.succeed({ token: Redacted.make(`${key}\n`) })
      const { error, shown } = yield* shownBy(chat, client(() => ({}), Credentials.layerRefreshing({ acquire })))
      assert.strictEqual(error._tag, "CredentialsError")
      assert.deepStrictEqual(leaks(shown), [])
    }))

  it.effect("after a key that no header can carry", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Effect.scoped(Layer.build(Credentials.layer(`${key}\r\n`))))
      assert.deepStrictEqual(leaks(yield* sinks(error)), [])
    }))
})

it.effect.each([200, 500])(
  "no secret is seen in a %i whose request id and content type echo it",
  (status) =>
    Effect.gen(function*() {
      const { error } = yield* shownBy(
        chat,
        client((request) => {
          const value = echo(request).replaceAll("\n", "; ")
          return {
            status,
            headers: { "x-debug-trace-id": value, "content-type": `text/plain; echo=${value}` },
            body: "no"
          }
        }, Credentials.layer(key))
      )
      assert.deepStrictEqual(leaks(yield* sinks(error)), [])
    })
)

it.effect("what the server says beside a secret stays", () =>
  Effect.gen(function*() {
    const { error } = yield* shownBy(
      chat,
      client(
        (request) => ({ status: 401, body: `before ${request.headers["authorization"]} after` }),
        Credentials.layer(key)
      )
    )
    assert.match(error.message, /before .* after/)
  }))

it.effect("an empty key hides nothing of what the server says", () =>
  Effect.gen(function*() {
    const { error } = yield* shownBy(
      chat,
      client(() => ({ status: 401, body: "no api key supplied" }), Credentials.layer(""))
    )
    assert.include(error.message, "no api key supplied")
  }))

it.effect("these tests see what is there: a header that is no secret shows in spans, an error in every sink", () =>
  Effect.gen(function*() {
    const spans: Array<Shown> = []
    yield* chat.pipe(
      RequestOptions.with({ headers: { "x-team": marks[0] ?? "" } }),
      Effect.provide(Layer.orDie(client(() => ({ status: 404 }), Credentials.layerNone))),
      Effect.withTracer(tracer(spans)),
      Effect.flip
    )
    assert.isAbove(leaks(spans).length, 0)
    const { error } = yield* shownBy(
      chat,
      client(() => ({ status: 404, body: `it is ${key}` }), Credentials.layerNone)
    )
    yield* Metric.increment(Metric.tagged(Metric.counter("of_this_test"), "tag", "seen-in-metrics"))
    const shown = yield* sinks(error)
    assert.isTrue(shown.some(({ text, where }) => where === "metrics" && text.includes("seen-in-metrics")))
    const silent = shown.filter(({ text }) => !marks.some((mark) => text.includes(mark))).map(({ where }) => where)
    assert.deepStrictEqual(silent.filter((where) => where !== "console" && where !== "metrics"), [])
    assert.isAbove(shown.filter(({ text, where }) => where === "console" && text.includes("canary")).length, 3)
  }))
