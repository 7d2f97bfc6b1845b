/** Streams that fail: before the first event, in the middle, and by waiting too long. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V2 from "@effect-cohere/core/V2"
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
import { plainText } from "./transcripts.ts"
import { encode, frame, outcomeOf, request, sse, streamOf } from "./wire.ts"

const { data, events } = plainText
const whole = sse(data)
const firstThree = data.slice(0, 3).map((one) => frame(one)).join("")
const stream = V2.chatStream(request)

/** Runs a stream to its end while hours pass. */
const run = (
  transport: Transport.Transport,
  self: Stream.Stream<V2.ChatStreamEvent, V2.ChatStreamError, CohereClient.CohereClient> = stream
) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(outcomeOf(self).pipe(Effect.provide(Transport.client(transport))))
    yield* TestClock.adjust("5 hours")
    return yield* Fiber.join(fiber)
  })

describe("an error inside of a stream", () => {
  const cases: ReadonlyArray<readonly [what: string, body: string, reason: string]> = [
    ["an event named error", `event: error\ndata: {"message":"overloaded"}\n\n`, "overloaded"],
    ["an event named error that is text", "event: error\ndata: upstream is gone\n\n", "upstream is gone"],
    ["an event named error with an error", `event: error\ndata: {"error":{"message":"no GPU"}}\n\n`, "no GPU"],
    ["an error with a message", `data: {"error":{"message":"no GPU","code":503}}\n\n`, "no GPU"],
    ["an error that is text", `data: {"error":"no GPU"}\n\n`, "no GPU"],
    ["an error that says that it is one", `data: {"type":"error","error":{"message":"no GPU"}}\n\n`, "no GPU"],
    ["an error of another shape", `data: {"error":{"code":503}}\n\n`, `{"code":503}`]
  ]

  it.effect.each(cases)(
    "fails with what the server said, after what came before: %s",
    ([, body, reason]) =>
      Effect.gen(function*() {
        const transport = Transport.make(() =>
          streamOf(firstThree + body + frame(data[3]!), { headers: { "x-debug-trace-id": "trace-1" } })
        )
        const outcome = yield* run(transport)
        assert.deepStrictEqual(outcome.events as ReadonlyArray<unknown>, events.slice(0, 3))
        const error = expectError(outcome.error, "StreamInterrupted")
        assert.strictEqual(error.reason, reason)
        assert.include(error.message, reason)
        assert.strictEqual(error.delivered, 3)
        assert.strictEqual(error.status, 200)
        assert.strictEqual(error.requestId, "trace-1")
        assert.strictEqual(error.endpoint, "v2.chatStream")
        assert.isFalse(error.isRetryable)
        assert.strictEqual(transport.requests.length, 1)
      })
  )

  it.effect("is sent again when nothing came before", () =>
    Effect.gen(function*() {
      const transport = Transport.make((_, attempt) => streamOf(attempt === 1 ? cases[0]![1] : whole))
      const outcome = yield* run(transport)
      assert.deepStrictEqual(outcome as unknown, { events, error: undefined })
      assert.strictEqual(transport.requests.length, 2)
    }))
})

describe("something that is no event", () => {
  it.effect("fails after what came before, and shows how it begins", () =>
    Effect.gen(function*() {
      const long = "x".repeat(5_000)
      const transport = Transport.make(() => streamOf(firstThree + `data: {"type": ${long}\n\n` + frame(data[3]!)))
      const outcome = yield* run(transport)
      assert.deepStrictEqual(outcome.events as ReadonlyArray<unknown>, events.slice(0, 3))
      const error = expectError(outcome.error, "MalformedEvent")
      assert.match(error.excerpt, /^\{"type": xxx/)
      assert.isBelow(error.excerpt.length, 300)
      assert.include(error.message, error.excerpt.slice(10, 100))
      assert.strictEqual(error.delivered, 3)
      assert.isFalse(error.isRetryable)
      assert.strictEqual(transport.requests.length, 1)
    }))

  it.effect("says where an event differs from what it should be", () =>
    Effect.gen(function*() {
      const wrong = `{"type":"content-delta","index":"zero","delta":{"message":{"content":{"text":["a"]}}}}`
      const { error } = yield* run(Transport.make(() => streamOf(firstThree + frame(wrong))))
      const malformed = expectError(error, "MalformedEvent")
      assert.include(malformed.reason, "index")
      assert.include(malformed.reason, "delta.message.content.text")
      assert.strictEqual(malformed.excerpt, wrong)
    }))

  it.effect("is given up at once: nothing is read on, nothing is sent again", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => streamOf([firstThree, "data: {{\n\n"], { then: "hang" }))
      expectError((yield* run(transport, stream.pipe(RetryPolicy.with(Schedule.forever)))).error, "MalformedEvent")
      assert.deepStrictEqual(transport.requests.map(({ response }) => response), ["cancelled"])
    }))

  it.effect.each([0, 150, 175, 190, 195, 250])(
    "never shows the key, should the server echo it, not even a part of it (after %i characters)",
    (padding) =>
      Effect.gen(function*() {
        const apiKey = "k3y-0f-n0b0dy-1234567890"
        const body = (text: string) => firstThree + `data: ${"x".repeat(padding)}${text}\n\n`
        const shown = yield* outcomeOf(stream).pipe(
          Effect.provide(Transport.client(() => streamOf(body(`${apiKey} is wrong`)), { apiKey }))
        )
        const error = expectError(shown.error, "MalformedEvent")
        assert.notInclude(JSON.stringify(error), apiKey.slice(0, 5))
        assert.notInclude(error.message, apiKey.slice(0, 5))
      })
  )
})

describe("a broken connection", () => {
  it.effect("in the middle interrupts the stream, after what came before", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => streamOf([firstThree, encode("event: con")], { then: "break" }))
      const outcome = yield* run(transport)
      assert.deepStrictEqual(outcome.events as ReadonlyArray<unknown>, events.slice(0, 3))
      const error = expectError(outcome.error, "StreamInterrupted")
      assert.match(error.reason, /^ECONNRESET/)
      assert.strictEqual(error.delivered, 3)
      assert.strictEqual(error.attempts, 1)
      assert.isFalse(error.isRetryable)
      assert.strictEqual(transport.requests.length, 1)
    }))

  it.effect("after the last event is nothing to complain about", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => streamOf([data.map((one) => frame(one)).join("")], { then: "break" }))
      assert.deepStrictEqual((yield* run(transport)) as unknown, { events, error: undefined })
    }))

  it.effect("before the first event is tried again", () =>
    Effect.gen(function*() {
      const transport = Transport.make((_, attempt) =>
        attempt === 1 ? streamOf([": hello\n\n"], { then: "break" }) : streamOf(whole)
      )
      assert.deepStrictEqual((yield* run(transport)) as unknown, { events, error: undefined })
      assert.deepStrictEqual(transport.requests.map(({ response }) => response), ["broken", "ended"])
    }))
})

describe("before the first event", () => {
  const failures: typeof transient = [
    ...transient,
    ["an empty body", streamOf("")],
    ["a body of half an event", streamOf(frame(data[0]!).slice(0, 40))],
    ["a body of [DONE]", streamOf("data: [DONE]\n\n")]
  ]

  it.effect.each(failures)("%s is tried again, and the stream then is whole", ([, failure]) =>
    Effect.gen(function*() {
      const transport = Transport.make((_, attempt) => attempt < 3 ? failure : streamOf(whole))
      let attempts = 0
      const counting = stream.pipe(
        CohereClient.onResponse((response) =>
          Effect.sync(() => {
            attempts = response.attempts
          })
        )
      )
      assert.deepStrictEqual((yield* run(transport, counting)) as unknown, { events, error: undefined })
      assert.strictEqual(transport.requests.length, 3)
      assert.strictEqual(attempts, 3)
      // Every attempt is the same request.
      assert.strictEqual(new Set(transport.requests.map(({ body, url }) => url + body)).size, 1)
    }))

  it.effect.each(failures)(
    "%s that stays is given up after three attempts, and the error counts them",
    ([, failure]) =>
      Effect.gen(function*() {
        const transport = Transport.make(() => failure)
        const { error, events } = yield* run(transport)
        assert.strictEqual(transport.requests.length, 3)
        assert.strictEqual(error?.attempts, 3)
        assert.include(error?.message, "(after 3 attempts)")
        assert.isTrue(error?.isRetryable)
        assert.deepStrictEqual(events, [])
      })
  )

  it.effect("what cannot help is not tried again", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => Transport.json({ message: "invalid request" }, { status: 400 }))
      expectError((yield* run(transport)).error, "InvalidRequest")
      assert.strictEqual(transport.requests.length, 1)
    }))

  it.effect("the errors of chat are those of its stream", () =>
    Effect.gen(function*() {
      const answer = (status: number, body: unknown) =>
        Effect.map(run(Transport.make(() => Transport.json(body, { status }))), ({ error }) => error)
      expectError(
        yield* answer(400, { message: "too many tokens: size limit exceeded by 3 tokens. Try less." }),
        "TooManyTokens"
      )
      expectError(
        yield* answer(422, { message: "nothing came", error_type: "NO_VALID_RESPONSE_GENERATED" }),
        "NoValidGeneration"
      )
      expectError(yield* answer(401, { message: "invalid api token" }), "Unauthorized")
    }))

  it.effect("nothing is sent when the request is wrong", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => streamOf(whole))
      expectError((yield* run(transport, V2.chatStream({ model: "m", messages: [] }))).error, "InvalidRequest")
      assert.strictEqual(transport.requests.length, 0)
    }))

  it.effect("nothing is sent before the stream is run, and each run sends anew", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => streamOf(whole))
      const client = Transport.client(transport)
      assert.strictEqual(transport.requests.length, 0)
      yield* Effect.provide(Stream.runDrain(stream), client)
      yield* Effect.provide(Stream.runDrain(stream), client)
      assert.strictEqual(transport.requests.length, 2)
      assert.deepInclude(JSON.parse(transport.requests[0]!.body), { ...request, stream: true })
      assert.match(transport.requests[0]!.headers["accept"] ?? "", /text\/event-stream/)
    }))
})

describe("after the first event", () => {
  it.effect("nothing is sent again, whatever happens and whatever the policy says", () =>
    Effect.gen(function*() {
      const one = frame(data[0]!)
      const endings: ReadonlyArray<Transport.Reply> = [
        streamOf(one),
        streamOf([one], { then: "break" }),
        streamOf([one], { then: "hang" }),
        streamOf([one, "data: {{\n\n"]),
        streamOf([one, "event: error\ndata: {}\n\n"])
      ]
      for (const ending of endings) {
        const transport = Transport.make(() => ending)
        const { error, events } = yield* run(transport, stream.pipe(RetryPolicy.with(Schedule.forever)))
        assert.strictEqual(transport.requests.length, 1)
        assert.strictEqual(events.length, 1)
        assert.isDefined(error)
      }
    }))
})

describe("a success that is no stream of events", () => {
  const cases: ReadonlyArray<readonly [type: string, body: string]> = [
    ["text/html; charset=utf-8", "<!doctype html><title>Log in</title>"],
    ["application/json", `{"id":"x","finish_reason":"COMPLETE","message":{"role":"assistant"}}`],
    ["application/json; charset=utf-8", `{"message":"hello"}`],
    ["text/html", ""]
  ]

  it.effect.each(cases)(
    "of type %s is unexpected, and its beginning is shown",
    ([type, body]) =>
      Effect.gen(function*() {
        const transport = Transport.make(() => streamOf(body, { headers: { "content-type": type } }))
        const outcome = yield* run(transport)
        const error = expectError(outcome.error, "UnexpectedResponse")
        assert.deepStrictEqual(outcome.events, [])
        assert.strictEqual(error.status, 200)
        assert.strictEqual(error.contentType, type)
        assert.strictEqual(error.excerpt, body)
        assert.include(error.message, "baseUrl")
        assert.isFalse(error.isRetryable)
        assert.strictEqual(transport.requests.length, 1)
      })
  )

  it.effect("is not read for ever", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() =>
        streamOf(["<html>"], { headers: { "content-type": "text/html" }, then: "hang" })
      )
      const error = expectError((yield* run(transport)).error, "UnexpectedResponse")
      assert.strictEqual(error.excerpt, "<html>")
      assert.deepStrictEqual(transport.requests.map(({ response }) => response), ["cancelled"])
    }))
})

describe("time", () => {
  /** Runs a stream, and says how it ended, and when: in milliseconds. */
  const timed = (
    reply: Transport.Respond,
    change: (self: typeof stream) => typeof stream = (self) => self
  ) =>
    Effect.gen(function*() {
      const transport = Transport.make(reply)
      const fiber = yield* outcomeOf(change(stream)).pipe(
        Effect.flatMap((outcome) => Effect.map(Clock.currentTimeMillis, (at) => ({ ...outcome, at, transport }))),
        Effect.provide(Transport.client(transport)),
        Effect.fork
      )
      yield* TestClock.adjust("5 hours")
      return yield* Fiber.join(fiber)
    })

  it.effect("a minute without a byte after the first event is too long", () =>
    Effect.gen(function*() {
      const { at, error, events: seen, transport } = yield* timed(() => streamOf([firstThree], { then: "hang" }))
      const idle = expectError(error, "StreamIdle")
      assert.strictEqual(at, 60_000)
      assert.strictEqual(idle.delivered, 3)
      assert.strictEqual(Duration.toMillis(idle.limit), 60_000)
      assert.isFalse(idle.isRetryable)
      assert.deepStrictEqual(seen as ReadonlyArray<unknown>, events.slice(0, 3))
      assert.deepStrictEqual(transport.requests.map(({ response }) => response), ["cancelled"])
    }))

  it.effect("how long may be said: Timeouts.idle", () =>
    Effect.gen(function*() {
      const { at, error } = yield* timed(
        () => streamOf([firstThree], { then: "hang" }),
        (self) => Timeouts.with({ idle: "3 seconds" })(self)
      )
      assert.strictEqual(at, 3_000)
      assert.strictEqual(Duration.toMillis(expectError(error, "StreamIdle").limit), 3_000)
    }))

  it.effect("events that come just in time are in time", () =>
    Effect.gen(function*() {
      const { error, events: seen } = yield* timed(() =>
        streamOf(data.map((one) => frame(one)), { delay: "59 seconds" })
      )
      assert.isUndefined(error)
      assert.strictEqual(seen.length, data.length)
    }))

  it.effect("comments and half events keep a stream alive", () =>
    Effect.gen(function*() {
      const { error, events: seen } = yield* timed(() =>
        streamOf([firstThree, ":\n\n", ":\n\n", "event: x", "\n\n", data.slice(3).map((one) => frame(one)).join("")], {
          delay: "50 seconds"
        })
      )
      assert.isUndefined(error)
      assert.strictEqual(seen.length, data.length)
    }))

  it.effect("time that the consumer takes is not idle time", () =>
    Effect.gen(function*() {
      const { at, error, events: seen } = yield* timed(
        () => streamOf(data.map((one) => frame(one))),
        (self) => Stream.tap(self, () => Effect.sleep("10 minutes"))
      )
      assert.isUndefined(error)
      assert.strictEqual(seen.length, data.length)
      assert.strictEqual(at, data.length * 600_000)
    }))

  it.effect("without a limit, a stream may be idle for hours", () =>
    Effect.gen(function*() {
      const { error, events: seen } = yield* timed(
        () => streamOf(data.slice(0, 3).concat(data.slice(-1)).map((one) => frame(one)), { delay: "1 hour" }),
        (self) => Timeouts.with({ idle: Duration.infinity })(self)
      )
      assert.isUndefined(error)
      assert.strictEqual(seen.length, 4)
    }))

  it.effect("two minutes without a first event are too long, and worth another attempt", () =>
    Effect.gen(function*() {
      const { at, error, transport } = yield* timed(() => streamOf([], { then: "hang" }))
      const timeout = expectError(error, "RequestTimeout")
      assert.strictEqual(timeout.phase, "firstEvent")
      assert.strictEqual(timeout.attempts, 3)
      assert.deepStrictEqual(transport.requests.map(({ response }) => response), [
        "cancelled",
        "cancelled",
        "cancelled"
      ])
      // And the delays between the attempts: at most 500 ms and 1 s.
      assert.isAtLeast(at, 360_000)
      assert.isAtMost(at, 361_500)
    }))

  it.effect("a second attempt may be in time", () =>
    Effect.gen(function*() {
      const { error, events: seen } = yield* timed((_, attempt) =>
        attempt === 1 ? streamOf([], { then: "hang" }) : streamOf(whole)
      )
      assert.isUndefined(error)
      assert.strictEqual(seen.length, data.length)
    }))

  it.effect("comments are no first event", () =>
    Effect.gen(function*() {
      const { at, error } = yield* timed(
        () => streamOf(Array.from({ length: 50 }, () => ":\n\n"), { delay: "10 seconds" }),
        (self) => self.pipe(RetryPolicy.with(RetryPolicy.none), Timeouts.with({ firstEvent: "1 minute" }))
      )
      assert.strictEqual(expectError(error, "RequestTimeout").phase, "firstEvent")
      assert.strictEqual(at, 60_000)
    }))

  it.effect("the idle limit does not hold before the first event", () =>
    Effect.gen(function*() {
      const { error, events: seen } = yield* timed(
        () => streamOf([Effect.delay(Effect.succeed(whole), "90 seconds")]),
        (self) => Timeouts.with({ idle: "1 second" })(self)
      )
      assert.isUndefined(error)
      assert.strictEqual(seen.length, data.length)
    }))

  it.effect("the limit of an attempt holds until the headers, not for the stream", () =>
    Effect.gen(function*() {
      const limits = { attempt: "10 seconds", idle: "1 hour" } as const
      const change = (self: typeof stream) => self.pipe(Timeouts.with(limits), RetryPolicy.with(RetryPolicy.none))
      const slow = yield* timed(() => streamOf(data.map((one) => frame(one)), { delay: "30 seconds" }), change)
      assert.isUndefined(slow.error)
      const late = yield* timed(() => Effect.delay(Effect.succeed(streamOf(whole)), "11 seconds"), change)
      assert.strictEqual(expectError(late.error, "RequestTimeout").phase, "attempt")
    }))

  it.effect("the total limit holds for all attempts, until the first event", () =>
    Effect.gen(function*() {
      const change = (self: typeof stream) => Timeouts.with({ total: "3 minutes", idle: "1 hour" })(self)
      const { at, error, transport } = yield* timed(() => streamOf([], { then: "hang" }), change)
      const timeout = expectError(error, "RequestTimeout")
      assert.strictEqual(timeout.phase, "total")
      assert.strictEqual(timeout.attempts, 2)
      assert.isFalse(timeout.isRetryable)
      assert.strictEqual(at, 180_000)
      assert.deepStrictEqual(transport.requests.map(({ response }) => response), ["cancelled", "cancelled"])

      const slow = yield* timed(() => streamOf(data.map((one) => frame(one)), { delay: "30 minutes" }), change)
      assert.isUndefined(slow.error)
      assert.strictEqual(slow.events.length, data.length)
    }))

  it.effect("a body that does not end after its last event holds nothing up", () =>
    Effect.gen(function*() {
      const { at, error, events: seen, transport } = yield* timed(() =>
        streamOf([data.map((one) => frame(one)).join("")], { then: "hang" })
      )
      assert.isUndefined(error)
      assert.strictEqual(seen.length, data.length)
      assert.isBelow(at, 1_000)
      assert.deepStrictEqual(transport.requests.map(({ response }) => response), ["cancelled"])
    }))
})

describe("a stream that nobody reads on", () => {
  it.effect("is cancelled: by take, by an error of the consumer, by interruption", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => streamOf(data.map((one) => frame(one)), { then: "hang" }))
      const client = Transport.client(transport)
      yield* Effect.provide(Stream.runDrain(Stream.take(stream, 1)), client)
      const failed = yield* Effect.exit(
        Effect.provide(Stream.runForEach(stream, () => Effect.fail("enough" as const)), client)
      )
      assert.deepStrictEqual(failed, Exit.fail("enough"))
      const third = yield* Deferred.make<void>()
      const fiber = yield* stream.pipe(
        Stream.runForEach((event) => event.type === "content-delta" ? Deferred.succeed(third, undefined) : Effect.void),
        Effect.zipRight(Effect.never),
        Effect.provide(client),
        Effect.fork
      )
      yield* Deferred.await(third)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(transport.requests.map(({ response }) => response), [
        "cancelled",
        "cancelled",
        "cancelled"
      ])
    }))
})
