import type * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Models from "@effect-cohere/core/Models"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { chat, chatReply, chatRequest } from "../client/support/samples.ts"
import * as Transport from "../support/transport.ts"

/** The request that a call sends over a client with such settings. */
const sent = <A, E>(call: Effect.Effect<A, E, CohereClient.CohereClient>, settings: RequestOptions.Settings = {}) =>
  Effect.gen(function*() {
    const transport = Transport.make(() => chatReply)
    yield* Effect.ignore(Effect.provide(
      call,
      Layer.orDie(Transport.client(transport)).pipe(Layer.provide(RequestOptions.layer(settings)))
    ))
    const request = transport.requests[0]
    if (request === undefined) return assert.fail("nothing was sent")
    return { ...request, json: request.body === "" ? undefined : JSON.parse(request.body) }
  })

describe("headers", () => {
  it.effect("are added, with names in lower case", () =>
    Effect.gen(function*() {
      const { headers } = yield* sent(chat.pipe(RequestOptions.with({ headers: { "X-Team": "search" } })))
      assert.strictEqual(headers["x-team"], "search")
    }))

  it.effect("of the call are added to those of the client, and win by name", () =>
    Effect.gen(function*() {
      const { headers } = yield* sent(
        chat.pipe(RequestOptions.with({ headers: { "x-team": "call", "x-call": "2" } })),
        { headers: { "x-team": "client", "x-client": "1" } }
      )
      assert.deepInclude(headers, { "x-team": "call", "x-client": "1", "x-call": "2" })
    }))

  it.effect("win whatever the case of their names", () =>
    Effect.gen(function*() {
      const first = yield* sent(
        chat.pipe(RequestOptions.with({ headers: { "X-TEAM": "call" } })),
        { headers: { "x-team": "client" } }
      )
      assert.strictEqual(first.headers["x-team"], "call")
      const second = yield* sent(
        chat.pipe(
          RequestOptions.with({ headers: { "x-team": "inner" } }),
          RequestOptions.with({ headers: { "X-TEAM": "outer" } })
        ),
        { headers: { "x-team": "client" } }
      )
      assert.strictEqual(second.headers["x-team"], "inner")
    }))

  it.effect("closer to the call win", () =>
    Effect.gen(function*() {
      const { headers } = yield* sent(
        chat.pipe(
          RequestOptions.with({ headers: { "x-team": "inner" } }),
          RequestOptions.with({ headers: { "x-team": "outer", "x-other": "outer" } })
        )
      )
      assert.deepInclude(headers, { "x-team": "inner", "x-other": "outer" })
    }))

  it.effect("may replace the authorization", () =>
    Effect.gen(function*() {
      const { headers } = yield* sent(chat.pipe(RequestOptions.with({ headers: { Authorization: "Basic dXNlcjpw" } })))
      assert.strictEqual(headers["authorization"], "Basic dXNlcjpw")
    }))

  it.effect("may hold any Latin-1 text", () =>
    Effect.gen(function*() {
      const { headers } = yield* sent(chat.pipe(RequestOptions.with({ headers: { "x-name": "Zoë\t(é)" } })))
      assert.strictEqual(headers["x-name"], "Zoë\t(é)")
    }))

  it.effect("are sent with a stream, too", () =>
    Effect.gen(function*() {
      const { headers } = yield* sent(
        Stream.runDrain(V2.chatStream(chatRequest).pipe(RequestOptions.with({ headers: { "x-team": "search" } })))
      )
      assert.strictEqual(headers["x-team"], "search")
    }))
})

describe("the name of the project", () => {
  it.effect("is sent as X-Client-Name", () =>
    Effect.map(
      sent(chat, { clientName: "my-app" }),
      ({ headers }) => assert.strictEqual(headers["x-client-name"], "my-app")
    ))

  it.effect("of the call wins over the client's", () =>
    Effect.map(
      sent(chat.pipe(RequestOptions.with({ clientName: "call" })), { clientName: "client" }),
      ({ headers }) => assert.strictEqual(headers["x-client-name"], "call")
    ))

  it.effect("stays when the call sets other things", () =>
    Effect.map(
      sent(chat.pipe(RequestOptions.with({ headers: { "x-team": "search" } })), { clientName: "client" }),
      ({ headers }) => assert.strictEqual(headers["x-client-name"], "client")
    ))
})

describe("query values", () => {
  it.effect("are added to the URL; an array becomes a repeated key", () =>
    Effect.map(
      sent(chat.pipe(RequestOptions.with({ query: { trace: "on", tag: ["a b", "c&d"] } }))),
      ({ url }) => assert.strictEqual(url, "https://api.cohere.com/v2/chat?trace=on&tag=a+b&tag=c%26d")
    ))

  it.effect("come beside the operation's own", () =>
    Effect.map(
      sent(Models.list({ page_size: 5 }).pipe(RequestOptions.with({ query: { sort: "name" } }))),
      ({ url }) => assert.strictEqual(url, "https://api.cohere.com/v1/models?page_size=5&sort=name")
    ))

  it.effect("of the call win by name over the client's", () =>
    Effect.map(
      sent(chat.pipe(RequestOptions.with({ query: { a: "call" } })), { query: { a: "client", b: "client" } }),
      ({ url }) => assert.deepStrictEqual([...new URL(url).searchParams].sort(), [["a", "call"], ["b", "client"]])
    ))

  it.effect("an empty array adds nothing", () =>
    Effect.map(
      sent(chat.pipe(RequestOptions.with({ query: { tag: [] } }))),
      ({ url }) => assert.strictEqual(url, "https://api.cohere.com/v2/chat")
    ))
})

describe("body fields", () => {
  it.effect("are added to the request's own", () =>
    Effect.map(
      sent(chat.pipe(RequestOptions.with({ body: { new_field: { on: true } } }))),
      ({ json }) => assert.deepStrictEqual(json, { ...chatRequest, new_field: { on: true }, stream: false })
    ))

  it.effect("win over the request's own", () =>
    Effect.map(
      sent(chat.pipe(RequestOptions.with({ body: { model: "another" } }))),
      ({ json }) => assert.deepStrictEqual(json, { ...chatRequest, model: "another", stream: false })
    ))

  it.effect("may have values that the schema of the request refuses", () =>
    Effect.map(
      sent(chat.pipe(RequestOptions.with({ body: { tool_choice: "AUTO" } }))),
      ({ json }) => assert.strictEqual(json.tool_choice, "AUTO")
    ))

  it.effect("of the call win over the client's", () =>
    Effect.map(
      sent(chat.pipe(RequestOptions.with({ body: { a: 1 } })), { body: { a: 2, b: 2 } }),
      ({ json }) => assert.deepInclude(json, { a: 1, b: 2 })
    ))

  it.effect("cannot turn a call into a stream, nor a stream into a call", () =>
    Effect.gen(function*() {
      const call = yield* sent(chat.pipe(RequestOptions.with({ body: { stream: true } })))
      assert.strictEqual(call.json.stream, false)
      const stream = yield* sent(
        Stream.runDrain(V2.chatStream(chatRequest).pipe(RequestOptions.with({ body: { stream: false } })))
      )
      assert.strictEqual(stream.json.stream, true)
    }))

  it.effect("are not sent by an operation that has no body", () =>
    Effect.map(
      sent(Models.list({}).pipe(RequestOptions.with({ body: { a: 1 } }))),
      ({ body }) => assert.strictEqual(body, "")
    ))
})

it.effect("settings hold for the calls inside, and for no others", () =>
  Effect.gen(function*() {
    const transport = Transport.make(() => chatReply)
    yield* chat.pipe(RequestOptions.with({ clientName: "inside" }), Effect.zipRight(chat)).pipe(
      Effect.provide(Layer.orDie(Transport.client(transport)))
    )
    assert.deepStrictEqual(transport.requests.map((request) => request.headers["x-client-name"]), ["inside", undefined])
  }))
