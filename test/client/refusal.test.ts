/** The fake client's refusals are those of the real one. */
import type { CohereError } from "@effect-cohere/core/CohereError"
import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
import * as V2 from "@effect-cohere/core/V2"
import { assert, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { chat, chatRequest, errorOf } from "./support/samples.ts"

const statuses = [400, 401, 402, 403, 404, 409, 413, 422, 429, 498, 499, 500, 501, 503, 505, 302, 418]

it.effect.each(statuses)("status %i makes the error of the real client", (status) =>
  Effect.gen(function*() {
    const body = JSON.stringify({ message: "too many tokens, or too many calls per minute: trial", error_type: "X" })
    const headers = { "retry-after": "5", "x-debug-trace-id": "r", "x-should-retry": "false" }
    const real = yield* errorOf(chat, { status, body, headers })
    const fake: CohereError = CohereTest.refusal(V2.chatEndpoint, {
      status,
      message: "too many tokens, or too many calls per minute: trial",
      errorType: "X",
      requestId: "r",
      retryAfter: Duration.seconds(5),
      shouldRetry: false
    })
    assert.strictEqual(fake._tag, real._tag)
    assert.deepStrictEqual({ ...fake }, { ...real })
    assert.strictEqual(fake.message, real.message)
  }))

it.effect("a call and a stream fail with it", () =>
  Effect.gen(function*() {
    const refusal = { status: 429, message: "calls per minute", attempts: 3 }
    const layer = CohereTest.layer({
      "v2.chat": () => Effect.fail(CohereTest.refusal(V2.chatEndpoint, refusal)),
      "v2.chatStream": () => Stream.fail(CohereTest.refusal(V2.chatStreamEndpoint, refusal))
    })
    const one = yield* Effect.flip(Effect.provide(chat, layer))
    assert.deepInclude({ ...one }, { _tag: "RateLimited", endpoint: "v2.chat", attempts: 3, scope: "requests" })
    const many = yield* Effect.flip(Effect.provide(Stream.runDrain(V2.chatStream(chatRequest)), layer))
    assert.deepInclude({ ...many }, { _tag: "RateLimited", endpoint: "v2.chatStream" })
  }))
