/** What a message tells to do fits what the client does, and what is known. */
import {
  ConnectionFailed,
  MalformedEvent,
  RequestTimeout,
  StreamIdle,
  StreamInterrupted,
  StreamTruncated
} from "@effect-cohere/core/CohereError"
import * as Endpoints from "@effect-cohere/core/Endpoints"
import * as RateLimits from "@effect-cohere/core/RateLimits"
import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Transport from "../support/transport.ts"
import { chat, chatReply, over, settledError } from "./support/samples.ts"

const adviceOf = ({ message }: { readonly message: string }) => message.slice(message.lastIndexOf("\n") + 1)

const advice = (refusal: CohereTest.Refusal, endpoint: Endpoints.All = V2.rerankEndpoint) =>
  adviceOf(CohereTest.refusal<{ readonly message: string }>(endpoint, refusal))

const endpointOf = (id: Endpoints.Id) => Endpoints.all.find((endpoint) => endpoint.id === id) ?? V2.rerankEndpoint

const mayBeDone = "It may have been done: look before you send it again."
const unwanted = "The server says that sending it again will not help."

it.each<[CohereTest.Refusal, string]>([
  [{ status: 500 }, "Try again later."],
  [{ status: 503, retryAfter: "30 seconds" }, "Try again in 30s."],
  [{ status: 503, retryAfter: 0 }, "Try again later."],
  [{ status: 500, shouldRetry: false }, unwanted],
  [{ status: 505 }, "Check baseUrl, and any proxy."],
  [{ status: 505, shouldRetry: true }, "Try again later."],
  [{ status: 429 }, "Wait up to a minute, or send fewer at a time."],
  [{ status: 429, retryAfter: 0 }, "Wait up to a minute, or send fewer at a time."],
  [{ status: 429, retryAfter: 141.13916 }, "Wait 142ms, or send fewer at a time."],
  [{ status: 429, shouldRetry: false, retryAfter: "1 second" }, `${unwanted} Send fewer at a time.`],
  [{ status: 400 }, "Correct the request; sending it again will not help."],
  [{ status: 400, shouldRetry: true }, "Try again later."],
  [{ status: 499 }, "If nobody on your side cancelled it, look for a proxy that did, and send it again."]
])("after %j: %s", (refusal, expected) => assert.strictEqual(advice(refusal), expected))

it("no status promises that more retries help, and none says that an attempt is in vain that is made", () => {
  for (let status = 300; status < 600; status++) {
    for (const shouldRetry of [undefined, true, false]) {
      for (const endpoint of [V2.chatEndpoint, V2.rerankEndpoint, endpointOf("datasets.create")]) {
        const error = CohereTest.refusal<{ readonly message: string; readonly isRetryable: boolean }>(endpoint, {
          status,
          shouldRetry
        })
        assert.notInclude(error.message, "RetryPolicy")
        if (error.isRetryable) assert.notMatch(error.message, /will not help/)
      }
    }
  }
})

describe("a failure that may have created something", () => {
  const creating = Endpoints.all.filter(({ retry }) => retry === "refused")

  it.each(Endpoints.all.map((endpoint) => [endpoint.id, endpoint] as const))(
    "is told of %s, if it creates",
    (id, it) => {
      const expected = creating.includes(it)
      const errors = [
        ConnectionFailed.of(id, 1, "ECONNRESET"),
        RequestTimeout.of(id, 1, "attempt", Duration.seconds(1)),
        CohereTest.refusal<{ readonly message: string }>(it, { status: 500 }),
        CohereTest.refusal<{ readonly message: string }>(it, { status: 499 })
      ]
      for (const { message } of errors) assert.strictEqual(message.includes(mayBeDone), expected, message)
    }
  )

  it("is not told where the server has refused it, nor where it never left", () => {
    const create = endpointOf("datasets.create")
    for (const refusal of [{ status: 503 }, { status: 429 }, { status: 500, shouldRetry: true }, { status: 400 }]) {
      assert.notInclude(advice(refusal, create), "may have been done")
    }
    assert.notInclude(ConnectionFailed.of(create.id, 0, "no").message, "may have been done")
  })
})

describe("a stream that fails", () => {
  const at = (delivered: number, attempts = 1, requestId?: string) => ({
    endpoint: "v2.chatStream",
    attempts,
    status: 200,
    requestId,
    delivered
  })
  const { of: idle } = StreamIdle
  const { of: interrupted } = StreamInterrupted
  const { of: malformed } = MalformedEvent
  const { of: truncated } = StreamTruncated
  const minute = Duration.minutes(1)

  it.each([
    [
      interrupted(at(0), "reset"),
      "v2.chatStream broke off before its first event: reset\nNothing of the answer has come: try again later."
    ],
    [
      interrupted(at(1), "reset"),
      "v2.chatStream broke off after 1 event: reset\n" +
      "A stream cannot be resumed: send the request again, and expect another answer."
    ],
    [
      truncated(at(0)),
      "v2.chatStream ended before its first event\n" +
      "Nothing of the answer has come: try again later, and look for a proxy that cuts responses."
    ],
    [
      truncated(at(3)),
      "v2.chatStream ended after 3 events, before its last one\n" +
      "Part of the answer is missing: send the request again, and look for a proxy that cuts responses."
    ],
    [
      idle(at(3), minute),
      "v2.chatStream sent nothing for 1m after 3 events\nGive Timeouts.idle more time, or send the request again."
    ],
    [
      malformed(at(0), "it is not JSON", "<html>"),
      "v2.chatStream sent something that is no event before its first event: it is not JSON\n" +
      "It begins with: \"<html>\"\nCheck that baseUrl names Cohere or your own deployment of it."
    ]
  ])("says what has come, and what to do: %s", ({ message }, expected) => assert.strictEqual(message, expected))

  it.each([
    interrupted(at(0, 3, "trace-1"), "reset"),
    truncated(at(3, 3, "trace-1")),
    idle(at(3, 3, "trace-1"), minute),
    malformed(at(3, 3, "trace-1"), "it is not JSON", "<html>")
  ])("counts its attempts and names the request, as other errors do: %s", ({ message }) => {
    assert.include(message.split("\n")[0], " (after 3 attempts)")
    assert.match(message, /\. \(request id trace-1\)$/)
  })
})

describe("a deadline that passes before anything is sent", () => {
  it.effect("says that it may have been the limits", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make([{ endpoints: ["*"], requests: 1 }])
      const transport = Transport.make(() => chatReply)
      const limited = chat.pipe(RateLimits.with(service), Timeouts.with({ total: "1 second" }), over(transport))
      yield* limited
      const error = yield* settledError(limited)
      assert.deepInclude({ ...error }, { _tag: "RequestTimeout", phase: "total", attempts: 0 })
      assert.include(error.message, "It was not sent: it waited for RateLimits or credentials.")
      assert.lengthOf(transport.requests, 1)
    }))

  it("says of a single attempt that it was the credentials, which alone come first there", () => {
    const { message } = RequestTimeout.of("v2.chat", 0, "attempt", Duration.seconds(1))
    assert.include(message, "It was not sent: it waited for credentials. Give Timeouts.attempt more time,")
  })
})
