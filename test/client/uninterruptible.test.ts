/** Whoever cannot be interrupted, such as a finalizer, is answered in time all the same. */
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ServerResponse } from "node:http"
import { request } from "../streams/wire.ts"
import { chat } from "./support/samples.ts"
import { listen, onFetch, onNode } from "./support/server.ts"

const answers: ReadonlyArray<readonly [what: string, answer: (response: ServerResponse) => void, tag: string]> = [
  ["nothing", () => {}, "RequestTimeout"],
  ["half of a body", (response) => response.writeHead(200, { "content-length": "100" }).write("{"), "RequestTimeout"],
  ["a refusal with half of its reason", (response) => response.writeHead(404).write("{"), "NotFound"]
]

describe.each([{ name: "CohereNode", client: onNode }, { name: "fetch", client: onFetch }])(
  "a call over $name that cannot be interrupted",
  ({ client }) => {
    const ended = <A, E extends { readonly _tag: string }, R>(call: Effect.Effect<A, E, R>) =>
      call.pipe(
        Timeouts.with({ attempt: "400 millis", firstEvent: "400 millis", headers: "400 millis" }),
        RetryPolicy.with(RetryPolicy.none),
        Effect.flip,
        Effect.map(({ _tag }) => _tag),
        Effect.uninterruptible
      )

    it.scopedLive.each(answers)("ends when the server sends %s", ([, answer, tag]) =>
      Effect.gen(function*() {
        const server = yield* listen((request, response) => {
          request.resume()
          answer(response)
        })
        const tags = yield* Effect.provide(
          Effect.all([ended(chat), ended(Stream.runDrain(V2.chatStream(request)))]),
          client(server.url)
        )
        assert.deepStrictEqual(tags, [tag, tag])
      }))
  }
)
