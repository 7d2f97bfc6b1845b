/** Streams of the v1 API: how they are asked for, how they are framed, and how they fail. */
import type * as CohereClient from "@effect-cohere/core/CohereClient"
import type * as CohereError from "@effect-cohere/core/CohereError"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as V1 from "@effect-cohere/core/V1"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Transport from "../support/transport.ts"
import { expectError, transient } from "./broken.ts"
import { chatRequest, generateRequest } from "./subjects.ts"
import { oneContinuation, plainText } from "./v1Transcripts.ts"
import { decoderOf, encode, eventStream, jsonLines, outcomeOf, sse } from "./wire.ts"

type AnyStream = Stream.Stream<unknown, V1.ChatStreamError, CohereClient.CohereClient>

/** The streams, each with one of its transcripts. */
const operations: ReadonlyArray<{
  readonly id: string
  readonly stream: AnyStream
  readonly data: ReadonlyArray<string>
  readonly events: ReadonlyArray<unknown>
}> = [
  { id: "v1.chatStream", stream: V1.chatStream(chatRequest), ...plainText },
  { id: "v1.generateStream", stream: V1.generateStream(generateRequest), ...oneContinuation }
]

/** An answer of 200 with JSON lines. */
const linesOf = (body: NonNullable<Transport.Reply["body"]>, reply: Transport.Reply = {}): Transport.Reply => ({
  ...reply,
  headers: { "content-type": jsonLines, ...reply.headers },
  body
})

const written = (data: ReadonlyArray<string>) => data.map((one) => `${one}\n`).join("")

/** Runs a stream to its end while hours pass, and says when that was: in milliseconds. */
const run = (stream: AnyStream, transport: Transport.Transport) =>
  Effect.gen(function*() {
    const fiber = yield* outcomeOf(stream).pipe(
      Effect.flatMap((outcome) => Effect.map(Clock.currentTimeMillis, (at) => ({ ...outcome, at }))),
      Effect.provide(Transport.client(transport)),
      Effect.fork
    )
    yield* TestClock.adjust("5 hours")
    return yield* Fiber.join(fiber)
  })

describe("the request", () => {
  const sent = (stream: AnyStream) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => linesOf(written(plainText.data)))
      yield* Effect.provide(Stream.runDrain(stream), Transport.client(transport))
      return transport.requests[0]!
    })

  it.effect("asks for a stream in its body, and for nothing else that was not given", () =>
    Effect.gen(function*() {
      const chat = yield* sent(V1.chatStream(chatRequest))
      assert.strictEqual(chat.url, "https://api.cohere.com/v1/chat")
      assert.strictEqual(chat.method, "POST")
      assert.deepStrictEqual(JSON.parse(chat.body), {
        model: "command-r-plus-08-2024",
        message: "Hi!",
        stream: true
      })
      assert.notProperty(chat.headers, "accepts")
      const generate = yield* sent(V1.generateStream(generateRequest))
      assert.strictEqual(generate.url, "https://api.cohere.com/v1/generate")
      assert.deepStrictEqual(JSON.parse(generate.body), { prompt: "Once", stream: true })
    }))

  it.effect("asks for server-sent events in a header of its own, not in the body", () =>
    Effect.gen(function*() {
      const { body, headers } = yield* sent(V1.chatStream({ ...chatRequest, accepts: "text/event-stream" }))
      assert.strictEqual(headers["accepts"], "text/event-stream")
      assert.notProperty(JSON.parse(body), "accepts")
    }))

  it.effect("may ask for nothing but server-sent events", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => linesOf(written(plainText.data)))
      // What the types forbid, a caller in JavaScript may do.
      const wrong = { ...chatRequest, accepts: "application/json" } as unknown as V1.ChatRequest
      const { error } = yield* run(V1.chatStream(wrong), transport)
      assert.include(expectError(error, "InvalidRequest").message, "accepts")
      assert.strictEqual(transport.requests.length, 0)
    }))
})

describe.each(operations)("$id", ({ data, events, id, stream }) => {
  const whole = written(data)
  const beginning = written(data.slice(0, 2))
  const delivered = events.slice(0, 2)

  // -------------------------------------------------------------------------------------------------------------------
  // Framing
  // -------------------------------------------------------------------------------------------------------------------

  describe("is read by its content type", () => {
    const decodes = (body: string, contentType: string) =>
      Effect.gen(function*() {
        const decode = yield* decoderOf(stream)
        assert.deepStrictEqual(yield* decode([encode(body)], contentType), { events, error: undefined })
      })

    it.effect.each([
      "application/stream+json",
      "Application/Stream+JSON; charset=utf-8",
      "application/x-ndjson",
      "application/jsonl"
    ])("%s is JSON lines", (type) => decodes(whole, type))

    it.effect.each(["text/plain", "application/octet-stream", "text/x-unknown; a=b"])(
      "%s, which says nothing, is JSON lines",
      (type) => decodes(whole, type)
    )

    it.effect("no type at all is JSON lines", () =>
      Effect.gen(function*() {
        const outcome = yield* run(stream, Transport.make(() => ({ body: whole })))
        assert.deepInclude(outcome, { events, error: undefined })
      }))

    it.effect.each(["text/event-stream", "TEXT/Event-Stream; charset=utf-8"])(
      "%s is server-sent events, with [DONE] or without",
      (type) =>
        Effect.all([
          decodes(sse(data), type),
          decodes(sse(data).replace("data: [DONE]\n\n", ""), type),
          decodes(data.map((one) => `data: ${one}\n\n`).join(""), type)
        ])
    )

    it.effect("server-sent events need their blank lines, JSON lines do not", () =>
      Effect.gen(function*() {
        const decode = yield* decoderOf(stream)
        const lines = data.map((one) => `data: ${one}\n`).join("")
        assert.deepStrictEqual((yield* decode([encode(lines)], jsonLines)).events, events)
        assert.deepStrictEqual((yield* decode([encode(lines)], eventStream)).events, [])
      }))
  })

  describe("as JSON lines", () => {
    const [first, ...rest] = data
    const bodies: ReadonlyArray<readonly [what: string, body: string]> = [
      ["lines may end in CRLF", data.map((one) => `${one}\r\n`).join("")],
      ["the last line needs no line end", data.join("\n")],
      ["blank lines are skipped", `\n\r\n \t\n${data.join("\n\n\n")}\n\n`],
      ["spaces around a line do not matter", data.map((one) => ` \t${one} \n`).join("")],
      ["a byte order mark at the beginning is skipped", `\ufeff${whole}`],
      ["a prefix of data: is skipped", data.map((one) => `data: ${one}\n`).join("")],
      ["a prefix of data: may be on some lines only", `${first}\n${rest.map((one) => `data:${one}\n\n`).join("")}`],
      ["whole server-sent events pass", sse(data)],
      ["their comments and other fields are skipped", `: hm\nid: 7\nretry: 9\nevent: x\n${whole}`],
      ["[DONE] may follow the last event", `${whole}[DONE]\n`],
      ["an event may follow the last event", `${whole}${first}\n`],
      ["an error may follow the last event", `${whole}{"error":"late"}\n`],
      ["garbage may follow the last event", `${whole}<html>{{{\n\u0000`]
    ]

    it.effect.each(bodies)("%s", ([, body]) =>
      Effect.gen(function*() {
        const decode = yield* decoderOf(stream)
        const bytes = encode(body)
        const oneByOne = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
        assert.deepStrictEqual(yield* decode([bytes], jsonLines), { events, error: undefined })
        assert.deepStrictEqual(yield* decode(oneByOne, jsonLines), { events, error: undefined })
      }))

    it.effect("the last event ends the stream, whatever would follow it", () =>
      Effect.gen(function*() {
        // The second event of each is a piece of text, which is not the last.
        const early = [...data.slice(0, 1), ...data.slice(-1), ...data.slice(1)]
        const outcome = yield* run(stream, Transport.make(() => linesOf(written(early))))
        assert.deepInclude(outcome, { events: [events[0], events.at(-1)], error: undefined })
      }))

    it.effect("a last line without a line end is an event once the body has ended", () =>
      Effect.gen(function*() {
        const transport = Transport.make(() => linesOf([data.slice(0, -1).join("\n"), "\n", data.at(-1) ?? ""]))
        assert.deepInclude(yield* run(stream, transport), { events, error: undefined })
        assert.deepStrictEqual(transport.requests.map(({ response }) => response), ["ended"])
      }))
  })

  // -------------------------------------------------------------------------------------------------------------------
  // Failures
  // -------------------------------------------------------------------------------------------------------------------

  describe("after the first event", () => {
    const endings: ReadonlyArray<
      readonly [what: string, tag: CohereError.StreamError["_tag"], body: ReadonlyArray<string>, then?: "break"]
    > = [
      ["the end of the body", "StreamTruncated", []],
      ["[DONE]", "StreamTruncated", ["[DONE]\n", data.at(-1) ?? ""]],
      ["a broken connection", "StreamInterrupted", [`{"event_`], "break"],
      ["half a line", "StreamTruncated", [`{"event_type":"text-gene`]],
      ["two events in a line", "MalformedEvent", [`${data[0]}${data[1]}\n`]],
      ["text", "MalformedEvent", ["upstream timed out\n"]],
      ["HTML", "MalformedEvent", ["<html><body>502</body></html>\n"]],
      ["a number", "MalformedEvent", ["7\n"]],
      ["null", "MalformedEvent", ["null\n"]],
      ["a list", "MalformedEvent", [`[${data[0]}]\n`]],
      ["an object that is nothing", "MalformedEvent", ["{}\n"]],
      ["a message", "MalformedEvent", [`{"message":"internal error"}\n`]],
      ["a type that is no text", "MalformedEvent", [`{"event_type":7,"text":"a"}\n`]],
      ["text that is none", "MalformedEvent", [`{"event_type":"text-generation","text":["a"]}\n`]],
      ["a last event of another shape", "MalformedEvent", [
        `{"event_type":"stream-end","response":{"id":7,"text":7}}\n`
      ]],
      ["an error", "StreamInterrupted", [`{"error":{"message":"no GPU"}}\n`]]
    ]

    it.effect.each(endings)(
      "%s fails with %s, after what came before, and nothing is sent again",
      ([, tag, body, then]) =>
        Effect.gen(function*() {
          const transport = Transport.make(() =>
            linesOf([beginning, ...body], { headers: { "x-debug-trace-id": "trace-1" }, then: then ?? "end" })
          )
          const outcome = yield* run(RetryPolicy.with(Schedule.forever)(stream), transport)
          assert.deepStrictEqual(outcome.events, delivered)
          const error = expectError(outcome.error, tag)
          assert.strictEqual(error.delivered, 2)
          assert.strictEqual(error.endpoint, id)
          assert.strictEqual(error.status, 200)
          assert.strictEqual(error.requestId, "trace-1")
          assert.isFalse(error.isRetryable)
          assert.strictEqual(transport.requests.length, 1)
        })
    )

    it.effect("an event of a known type is that event, even if it has a field called error", () =>
      Effect.gen(function*() {
        const odd = `{"event_type":"text-generation","text":"a","error":"none"}`
        const outcome = yield* run(stream, Transport.make(() => linesOf([beginning, `${odd}\n`, data.at(-1) ?? ""])))
        assert.deepInclude(outcome, { events: [...delivered, JSON.parse(odd), events.at(-1)], error: undefined })
      }))

    it.effect("an event of the type error fails with what it says", () =>
      Effect.gen(function*() {
        const body = `${beginning}{"event_type":"error","error":{"message":"no GPU"}}\n`
        const outcome = yield* run(stream, Transport.make(() => linesOf(body)))
        assert.deepStrictEqual(outcome.events, delivered)
        assert.strictEqual(expectError(outcome.error, "StreamInterrupted").reason, "no GPU")
      }))

    it.effect("a minute of silence is too long, and closes the body", () =>
      Effect.gen(function*() {
        const transport = Transport.make(() => linesOf(beginning, { then: "hang" }))
        const { at, error, events } = yield* run(RetryPolicy.with(Schedule.forever)(stream), transport)
        assert.deepStrictEqual(events, delivered)
        assert.strictEqual(Duration.toMillis(expectError(error, "StreamIdle").limit), 60_000)
        assert.strictEqual(at, 60_000)
        assert.deepStrictEqual(transport.requests.map(({ response }) => response), ["cancelled"])
      }))

    it.effect("a malformed line closes the body, and shows how it begins", () =>
      Effect.gen(function*() {
        const transport = Transport.make(() =>
          linesOf([beginning, `{"event_type": ${"x".repeat(9_000)}\n`], { then: "hang" })
        )
        const error = expectError((yield* run(stream, transport)).error, "MalformedEvent")
        assert.match(error.excerpt, /^\{"event_type": xxx/)
        assert.isBelow(error.excerpt.length, 300)
        assert.deepStrictEqual(transport.requests.map(({ response }) => response), ["cancelled"])
      }))

    it.effect("whoever has enough closes the body: by take, by an error, by interruption", () =>
      Effect.gen(function*() {
        const transport = Transport.make(() => linesOf(data.slice(0, -1).map((one) => `${one}\n`), { then: "hang" }))
        const client = Transport.client(transport)
        yield* Effect.provide(Stream.runDrain(Stream.take(stream, 1)), client)
        const failed = yield* Effect.exit(
          Effect.provide(Stream.runForEach(stream, () => Effect.fail("enough" as const)), client)
        )
        assert.deepStrictEqual(failed, Exit.fail("enough"))
        const came = yield* Deferred.make<void>()
        const fiber = yield* stream.pipe(
          Stream.runForEach(() => Deferred.succeed(came, undefined)),
          Effect.provide(client),
          Effect.fork
        )
        yield* Deferred.await(came)
        yield* Fiber.interrupt(fiber)
        assert.deepStrictEqual(transport.requests.map(({ response }) => response), [
          "cancelled",
          "cancelled",
          "cancelled"
        ])
      }))

    it.effect("each event is there before the next is sent", () =>
      Effect.gen(function*() {
        const gates = yield* Effect.forEach(data, () => Deferred.make<void>())
        const transport = Transport.make(() =>
          linesOf(data.map((one, i) => i === 0 ? `${one}\n` : Effect.as(Deferred.await(gates[i]!), `${one}\n`)))
        )
        const seen: Array<unknown> = []
        // Were an event held back, the gate of the next would never open.
        yield* stream.pipe(
          Stream.runForEach((event) => {
            seen.push(event)
            const gate = gates[seen.length]
            return gate === undefined ? Effect.void : Deferred.succeed(gate, undefined)
          }),
          Effect.provide(Transport.client(transport))
        )
        assert.deepStrictEqual(seen, events)
      }))
  })

  describe("before the first event", () => {
    const failures: typeof transient = [
      ...transient,
      ["a broken connection", linesOf(["\n"], { then: "break" })],
      ["an error", linesOf(`{"error":"no GPU"}\n`)],
      ["an empty body", linesOf("")],
      ["a body of [DONE]", linesOf("[DONE]\n")]
    ]

    it.effect.each(failures)(
      "%s is tried again, and the stream then is whole",
      ([, failure]) =>
        Effect.gen(function*() {
          const transport = Transport.make((_, attempt) => attempt < 3 ? failure : linesOf(whole))
          assert.deepInclude(yield* run(stream, transport), { events, error: undefined })
          assert.strictEqual(transport.requests.length, 3)
          assert.strictEqual(new Set(transport.requests.map(({ body, url }) => url + body)).size, 1)
        })
    )

    const statuses: ReadonlyArray<readonly [status: number, body: object, tag: CohereError.CohereError["_tag"]]> = [
      [400, { message: "invalid request: all elements in tools must have a name." }, "InvalidRequest"],
      [400, { message: "too many tokens: size limit exceeded by 3 tokens." }, "TooManyTokens"],
      [401, { message: "invalid api token" }, "Unauthorized"],
      [404, { message: "model 'command' was removed on September 15, 2025." }, "NotFound"],
      [422, { message: "nothing came", error_type: "NO_VALID_RESPONSE_GENERATED" }, "NoValidGeneration"],
      [498, { message: "a token is on the deny list" }, "ContentBlocked"]
    ]

    it.effect.each(statuses)(
      "a status of %i with %j is %s, and not tried again",
      ([status, body, tag]) =>
        Effect.gen(function*() {
          const transport = Transport.make(() => Transport.json(body, { status }))
          const outcome = yield* run(stream, transport)
          assert.deepStrictEqual(outcome.events, [])
          expectError(outcome.error, tag)
          assert.strictEqual(transport.requests.length, 1)
        })
    )

    it.effect("an error status is no stream, even if its body looks like one", () =>
      Effect.gen(function*() {
        const transport = Transport.make(() => linesOf(whole, { status: 400 }))
        const outcome = yield* run(stream, transport)
        assert.deepStrictEqual(outcome.events, [])
        expectError(outcome.error, "InvalidRequest")
      }))

    const strangers: ReadonlyArray<readonly [type: string, body: string]> = [
      ["text/html; charset=utf-8", "<!doctype html><title>Log in</title>"],
      ["application/json", `{"text":"Hello!","generation_id":"g"}`]
    ]

    it.effect.each(strangers)(
      "a body of %s is no stream of events, and its beginning is shown",
      ([type, body]) =>
        Effect.gen(function*() {
          const transport = Transport.make(() => linesOf(body, { headers: { "content-type": type } }))
          const outcome = yield* run(stream, transport)
          const error = expectError(outcome.error, "UnexpectedResponse")
          assert.deepStrictEqual(outcome.events, [])
          assert.strictEqual(error.contentType, type)
          assert.strictEqual(error.excerpt, body)
          assert.strictEqual(transport.requests.length, 1)
        })
    )
  })
})

describe("a generate stream whose events have no type", () => {
  const types = (lines: ReadonlyArray<string>) =>
    Effect.gen(function*() {
      const decode = yield* decoderOf(V1.generateStream(generateRequest))
      const { error, events } = yield* decode([encode(written(lines))], jsonLines)
      return [...events.map((event) => String(event.event_type)), ...(error === undefined ? [] : [error._tag])]
    })

  it.effect("is told by its fields, and complete with its last event alone", () =>
    Effect.gen(function*() {
      const text = `{"text":"a","is_finished":false}`
      assert.deepStrictEqual(
        yield* types([text, `{"is_finished":true,"response":{"id":"n"}}`, text]),
        ["text-generation", "stream-end"]
      )
      assert.deepStrictEqual(
        yield* types([text, `{"is_finished":true,"finish_reason":"ERROR","err":"no"}`, text]),
        ["text-generation", "stream-error"]
      )
      assert.deepStrictEqual(yield* types([text, text]), ["text-generation", "text-generation", "StreamTruncated"])
      assert.deepStrictEqual(yield* types([text, `{"is_finished":false}`]), ["text-generation", "MalformedEvent"])
      assert.deepStrictEqual(yield* types([text, `{"error":"no GPU"}`]), ["text-generation", "StreamInterrupted"])
    }))

  it.effect("is no chat stream: there, a type is needed", () =>
    Effect.gen(function*() {
      const decode = yield* decoderOf(V1.chatStream(chatRequest))
      const { error, events } = yield* decode([encode(`{"text":"a","is_finished":false}\n`)], jsonLines)
      assert.deepStrictEqual(events, [])
      expectError(error, "MalformedEvent")
    }))
})
