/** Secrets that stand in bodies: none shows in the text of an error, whoever repeats it. */
import * as Connectors from "@effect-cohere/core/Connectors"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as Finetuning from "@effect-cohere/core/Finetuning"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as V1 from "@effect-cohere/core/V1"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as util from "node:util"
import type * as Transport from "../support/transport.ts"
import { type Call, errorOf, over } from "./support/samples.ts"

const secret = "canary-9-of-a-body-end"
const mark = secret.slice(0, 8)

/** All of an error that somebody might log. */
const textsOf = (error: unknown): ReadonlyArray<string> => [
  String(error),
  JSON.stringify(error),
  util.inspect(error, { depth: Infinity, showHidden: true })
]

const hides = (call: Call, reply: Transport.Reply, tag: string) =>
  Effect.gen(function*() {
    const error = yield* errorOf(call, reply)
    assert.strictEqual(error._tag, tag)
    for (const text of textsOf(error)) assert.notInclude(text, mark)
    return error
  })

const wandb = { project: "p", api_key: secret }
const calls: Readonly<Record<string, Call>> = {
  "the token of a connector": Connectors.create({
    name: "n",
    url: "https://search.example.com",
    service_auth: { type: "bearer", token: secret }
  }),
  "the client secret of a connector": Connectors.update({ id: "c", oauth: { client_secret: secret } }),
  "the key of another service": Finetuning.createFinetunedModel({
    name: "n",
    settings: { base_model: { base_type: "BASE_TYPE_CHAT" }, dataset_id: "d", wandb }
  }),
  "the token of a user": V1.chat({ message: "Hi!", connectors: [{ id: "c", user_access_token: secret }] })
}

describe.each(Object.entries(calls))("%s", (_, call) => {
  const echo = JSON.stringify([{ sent: secret }])
  const replies: ReadonlyArray<readonly [string, Transport.Reply, string]> = [
    [
      "in the message of a refusal",
      { status: 400, body: JSON.stringify({ message: `bad value '${secret}'` }) },
      "InvalidRequest"
    ],
    ["in the text of a refusal", { status: 500, body: `cannot read ${secret}` }, "ServerError"],
    [
      "in an answer of another shape",
      { body: echo, headers: { "content-type": "application/json" } },
      "UnexpectedResponse"
    ],
    ["in an answer that is cut off", { body: `{"token":"${secret}`, headers: {} }, "UnexpectedResponse"]
  ]
  it.effect.each(replies)("is not shown where the server repeats it %s", ([, reply, tag]) => hides(call, reply, tag))
})

describe("a secret of the wrong type is refused, without being shown", () => {
  // What a program without types may pass.
  const wrong = (value: unknown) => value as never
  const rows: ReadonlyArray<readonly [string, Call, string]> = [
    [
      "a text for service_auth",
      Connectors.create({ name: "n", url: "u", service_auth: wrong(secret) }),
      "service_auth"
    ],
    [
      "a list for the token",
      Connectors.create({ name: "n", url: "u", service_auth: { type: "bearer", token: wrong([secret]) } }),
      "service_auth.token"
    ],
    [
      "an object for the client secret",
      Connectors.update({ id: "c", oauth: { client_secret: wrong({ secret }) } }),
      "oauth"
    ],
    [
      "a list for a user's token",
      V1.chat({ message: "Hi!", connectors: [{ id: "c", user_access_token: wrong([secret]) }] }),
      "connectors[0].user_access_token"
    ]
  ]
  it.effect.each(rows)("%s", ([, call, path]) =>
    Effect.gen(function*() {
      const error = yield* hides(call, { status: 200, body: "{}" }, "InvalidRequest")
      assert.include(error.message, path)
      assert.strictEqual(error.attempts, 0)
    }))
})

describe("an address that lets anybody download a file", () => {
  const url = `https://storage.example.com/part.avro?X-Amz-Credential=me&X-Amz-Signature=${secret}`
  const get = Datasets.get({ id: "d" })
  const rows: ReadonlyArray<readonly [string, Transport.Reply, string]> = [
    [
      "in an answer that lacks something",
      { body: JSON.stringify({ dataset: { dataset_parts: [{ url }] } }) },
      "UnexpectedResponse"
    ],
    [
      "in place of something else",
      { body: JSON.stringify({ dataset: { id: "d", dataset_parts: [{ url: [url] }] } }) },
      "UnexpectedResponse"
    ],
    ["in an answer that is cut off", { body: `{"dataset":{"dataset_parts":[{"url":"${url}` }, "UnexpectedResponse"],
    ["with escaped slashes", { body: `{"url":"${url.replaceAll("/", "\\/")}` }, "UnexpectedResponse"],
    ["in a refusal", { status: 500, body: JSON.stringify({ message: `cannot read ${url}` }) }, "ServerError"],
    [
      "with an escaped ampersand, in an answer that is cut off",
      { body: `{"url":"https://a.example/f?X-Amz-Algorithm=AWS4\\u0026X-Amz-Signature=${secret}` },
      "UnexpectedResponse"
    ],
    [
      "behind another address",
      { status: 500, body: `see https://a.example/?tab=1,https://b.example/f?sig=${secret}` },
      "ServerError"
    ]
  ]
  it.effect.each(rows)("is not shown with its signature %s", ([, reply, tag]) => hides(get, reply, tag))

  it.effect("hides a secret whole of which another is a part", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(
        V1.chat({ message: "Hi!", connectors: [{ id: "c", user_access_token: secret }] }).pipe(
          RetryPolicy.with(RetryPolicy.none),
          over(() => ({ status: 400, body: secret }), { apiKey: secret.slice(0, 10) })
        )
      )
      assert.notInclude(error.message, secret.slice(10))
    }))

  it.effect("leaves room for half of a key where a long text is cut", () =>
    Effect.gen(function*() {
      const key = "canary-of-a-key-that-is-cut"
      const query = "x".repeat(1024 * 1024 - "https://a.example?sig=".length - 12)
      const error = yield* Effect.flip(get.pipe(
        RetryPolicy.with(RetryPolicy.none),
        over(() => ({ status: 400, body: `https://a.example?sig=${query} ${key}` }), { apiKey: key })
      ))
      assert.notInclude(error.message, "canary")
    }))

  it.effect("but one that grants nothing is shown whole", () =>
    Effect.gen(function*() {
      const message = "see https://dashboard.example.com/billing?tab=payment"
      const error = yield* errorOf(get, { status: 402, body: JSON.stringify({ message }) })
      assert.include(error.message, message)
    }))
})
