/** Every operation on the wire: requests go out as the reference has them, answers come back as they were sent. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { over } from "../client/support/samples.ts"
import * as Transport from "../support/transport.ts"
import type { Case, Operation } from "./fixture.ts"
import { fixtures } from "./fixtures.ts"
import { partsOf } from "./multipart.ts"
import * as Seed from "./seed.ts"

/** The answer of a server: to a stream, as it is framed by default. */
const replyOf = (operation: Operation, answer: unknown): Transport.Reply =>
  operation.kind === "stream"
    ? framings[operation.id === "v2.chatStream" ? "sse" : "ndjson"](operation.leastAnswer, operation.id)
    : answer === undefined
    ? { status: 200 }
    : Transport.json(answer)

const tagOf = (event: unknown): string => {
  const { event_type, type } = event as { readonly type?: string; readonly event_type?: string }
  return type ?? event_type ?? ""
}

const framings = {
  sse: (events: ReadonlyArray<unknown>, id: string): Transport.Reply => ({
    headers: { "content-type": "text/event-stream" },
    body: events.map((event) => `event: ${tagOf(event)}\ndata: ${JSON.stringify(event)}\n\n`).join("") +
      (id === "v2.chatStream" ? "data: [DONE]\n\n" : "")
  }),
  ndjson: (events: ReadonlyArray<unknown>): Transport.Reply => ({
    headers: { "content-type": "application/stream+json" },
    body: events.map((event) => `${JSON.stringify(event)}\n`).join("")
  })
}

/** What a call gives: the value, or of a stream, its events. */
const run = (operation: Operation, request: unknown) =>
  operation.kind === "unary"
    ? operation.run(request)
    : Effect.map(Stream.runCollect(operation.run(request)), Chunk.toReadonlyArray)

const goesOut = (operation: Operation, { body, headers = {}, http, request }: Case<unknown>) =>
  Effect.gen(function*() {
    const transport = Transport.make(() => replyOf(operation, operation.leastAnswer))
    yield* run(operation, request).pipe(over(transport))
    const [sent, ...more] = transport.requests
    if (sent === undefined) return assert.fail("nothing was sent")
    assert.lengthOf(more, 0)
    assert.strictEqual(`${sent.method} ${sent.url}`, http.replace(" ", " https://api.cohere.com"))

    const { accept = "", "content-length": length, "content-type": contentType = "", ...others } = sent.headers
    assert.deepStrictEqual(others, { authorization: "Bearer test-key-of-nobody", ...headers })
    if (operation.kind === "unary") assert.strictEqual(accept, "application/json")
    else assert.match(accept, /text\/event-stream/)

    if (body === undefined) {
      assert.lengthOf(sent.bytes, 0)
      assert.strictEqual(contentType, "")
    } else if (typeof body === "string") {
      assert.strictEqual(sent.body, body)
      assert.strictEqual(contentType, "application/json")
    } else {
      assert.deepStrictEqual(partsOf(sent.bytes, contentType), body)
      assert.strictEqual(length, String(sent.bytes.length))
    }
  })

describe.each(fixtures.map((fixture) => [fixture.id, fixture] as const))("%s", (_, operation) => {
  it.effect.each(operation.full.map((one) => [one.http, one] as const))(
    "puts every parameter where it belongs: %s",
    ([, one]) => goesOut(operation, one)
  )

  it.effect("sends no more than it was given", () => goesOut(operation, operation.least))

  const answers = [...operation.answers, operation.leastAnswer]

  if (operation.kind === "unary") {
    it.effect.each(answers.map((answer, index) => [index + 1, answer] as const))(
      "gives answer %i as it came",
      ([, answer]) =>
        Effect.gen(function*() {
          const value = yield* run(operation, operation.least.request).pipe(over(() => replyOf(operation, answer)))
          assert.strictEqual(JSON.stringify(value), JSON.stringify(answer))
        })
    )
  } else {
    const streams = [...operation.answers, operation.leastAnswer]
    const rows = (["ndjson", "sse"] as const).flatMap((framing) =>
      streams.map((events, index) => [index + 1, framing, events] as const)
    )
    it.effect.each(rows)(
      "gives the events of stream %i as they came in %s",
      ([, framing, events]) =>
        Effect.gen(function*() {
          const reply = framings[framing](events, operation.id)
          const received = yield* run(operation, operation.least.request).pipe(over(() => reply))
          assert.strictEqual(JSON.stringify(received), JSON.stringify(events))
        })
    )
  }
})

describe("an id that looks like a path, a query and a fragment", () => {
  const withPath = Seed.all.filter(({ parameters }) => parameters.some((parameter) => parameter.in === "path"))

  it.each(withPath.map(({ id }) => id))("is sent by %s, and stays one value of the path", (id) => {
    const requests = fixtures.flatMap((fixture) => fixture.id === id ? fixture.full : [])
    assert.isTrue(
      requests.some(({ http, request }) =>
        Object.values(request as object).includes("a/b c?d#é") && http.includes("/a%2Fb%20c%3Fd%23%C3%A9")
      )
    )
  })
})
