/** How a call ends is told to all who wait for it, wherever it is interrupted. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Telemetry from "@effect-cohere/core/Telemetry"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as OfTransport from "@effect-cohere/core/Transport"
import * as V2 from "@effect-cohere/core/V2"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as Scheduler from "effect/Scheduler"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { plainText } from "../streams/transcripts.ts"
import { frame, request, sse, streamOf } from "../streams/wire.ts"
import * as Transport from "../support/transport.ts"
import { chat, chatAnswer, chatReply, over } from "./support/samples.ts"
import * as Spans from "./support/spans.ts"

/** Runs an effect that is interrupted before its n-th operation; says whether it had that many. */
const interruptedAt = (n: number, effect: Effect.Effect<unknown, unknown>) =>
  Effect.gen(function*() {
    const runtime = yield* Effect.runtime<never>()
    const usual = new Scheduler.MixedScheduler(2048)
    let operations = 0
    const running: { fiber?: Fiber.RuntimeFiber<unknown, unknown> } = {}
    const scheduler: Scheduler.Scheduler = {
      scheduleTask: (task, priority, of) => usual.scheduleTask(task, priority, of),
      shouldYield: () => {
        if (++operations !== n) return operations > n && operations < n + 3 ? 0 : false
        running.fiber?.unsafeInterruptAsFork(running.fiber.id())
        return 0
      }
    }
    running.fiber = Runtime.runFork(runtime, effect, { scheduler, immediate: false })
    yield* Fiber.await(running.fiber)
    yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    return operations >= n
  })

const calls = [
  { what: "a call", call: chat.pipe(over(() => chatReply)) },
  { what: "a stream", call: Stream.runDrain(V2.chatStream(request)).pipe(over(() => streamOf(sse(plainText.data)))) }
]

describe("the span of", () => {
  it.live.each(calls)(
    "$what ends, at whatever operation the call is interrupted",
    ({ call }) =>
      Effect.gen(function*() {
        const open: Array<string> = []
        // Whatever lets a span begin without its end takes more than one operation.
        for (let n = 1, more = true; more; n += 2) {
          const { spans, tracer } = Spans.make()
          more = yield* interruptedAt(n, Effect.withTracer(call, tracer))
          for (const { exit, name } of spans) if (exit === undefined) open.push(`${name}, at ${n}`)
        }
        assert.deepStrictEqual(open, [])
      }),
    60_000
  )

  it.effect("a call that is not timed ends when it begins", () =>
    Effect.gen(function*() {
      const { spans, tracer } = Spans.make()
      yield* chat.pipe(over(() => chatReply), Effect.withTracer(tracer), Effect.withTracerTiming(false))
      assert.deepStrictEqual(spans.map(({ took }) => took), [0n, 0n])
    }))
})

describe("the deadline of a call over a transport that can be stopped", () => {
  /** Answers at once. */
  const answering = Layer.sync(
    HttpClient.HttpClient,
    () =>
      OfTransport.offer(HttpClient.make(() => Effect.never), (request) => {
        const text = JSON.stringify(chatAnswer)
        const headers = { "content-length": String(text.length) }
        return {
          response: Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(text, { headers }))),
          bytes: Effect.never,
          stop: () => {}
        }
      })
  )
  const call = chat.pipe(Effect.provide(
    CohereClient.layer.pipe(
      Layer.provide(Deployment.layerPlatform),
      Layer.provide(Credentials.layer("test-key-of-nobody")),
      Layer.provide(answering)
    )
  ))

  /** Timers of more than a minute that are set while the scope lives, and not taken back. */
  const longTimers = Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const { clearTimeout, setTimeout } = globalThis
        const running = new Set<unknown>()
        Object.assign(globalThis, {
          setTimeout: (f: () => void, millis?: number) => {
            const timer = setTimeout(f, millis)
            if (millis !== undefined && millis > 60_000) running.add(timer)
            return timer
          },
          clearTimeout: (timer: NodeJS.Timeout | undefined) => {
            running.delete(timer)
            clearTimeout(timer)
          }
        })
        return { running, usual: { clearTimeout, setTimeout } }
      }),
      ({ usual }) => Effect.sync(() => Object.assign(globalThis, usual))
    ),
    ({ running }) => running
  )

  it.scopedLive(
    "leaves no timer, at whatever operation the call is interrupted",
    () =>
      Effect.gen(function*() {
        const running = yield* longTimers
        const left: Array<number> = []
        for (let n = 1, more = true; more; n++) {
          more = yield* interruptedAt(n, call)
          if (running.size > 0) left.push(n)
          running.clear()
        }
        assert.deepStrictEqual(left, [])
      }),
    60_000
  )
})

describe("what comes of a stream in the moment when it is stopped, since its time is up,", () => {
  const [first = "", ...rest] = plainText.data.map((data) => frame(data))
  /** Answers at once, or when it is stopped; its body comes when it is stopped. */
  const stopping = (body: string, answers: "at once" | "when stopped") =>
    Layer.sync(HttpClient.HttpClient, () =>
      OfTransport.offer(HttpClient.make(() => Effect.never), (request) => {
        const waiting: Array<() => void> = []
        const headers = { "content-type": "text/event-stream" }
        let isOver = false
        return {
          response: Effect.zipRight(
            answers === "at once" ? Effect.void : Effect.async<void>((resume) => {
              waiting.push(() => resume(Effect.void))
            }),
            Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(null, { headers })))
          ),
          bytes: Effect.suspend(() =>
            isOver ? Effect.fail(Option.none()) : Effect.async((resume) => {
              waiting.push(() => resume(Effect.succeed([new TextEncoder().encode(body)])))
            })
          ),
          stop: () => {
            isOver = true
            for (const one of waiting.splice(0)) one()
          }
        }
      }))
  const read = (body: string, answers: "at once" | "when stopped" = "at once", timeouts: Timeouts.Settings = {}) =>
    Effect.gen(function*() {
      const fiber = yield* V2.chatStream(request).pipe(
        Stream.runCollect,
        Effect.either,
        RetryPolicy.with(RetryPolicy.none),
        Timeouts.with(timeouts),
        Effect.provide(
          CohereClient.layer.pipe(
            Layer.provide(Deployment.layerPlatform),
            Layer.provide(Credentials.layer("test-key-of-nobody")),
            Layer.provide(stopping(body, answers))
          )
        ),
        Effect.fork
      )
      yield* TestClock.adjust("2 minutes")
      return yield* Fiber.join(fiber)
    })

  it.effect("is nothing where more must come: the attempt is late", () =>
    Effect.gen(function*() {
      const result = yield* read(first)
      assert.isTrue(Either.isLeft(result))
      if (Either.isLeft(result)) {
        assert.strictEqual(result.left._tag, "RequestTimeout")
        assert.include(result.left, { phase: "firstEvent" })
      }
    }))

  it.effect.each(["attempt", "headers"] as const)(
    "does not change which limit is told: %s",
    (phase) =>
      Effect.gen(function*() {
        const result = yield* read(first, "when stopped", { [phase]: "1 minute" })
        assert.isTrue(Either.isLeft(result))
        if (Either.isLeft(result)) {
          assert.strictEqual(result.left._tag, "RequestTimeout")
          assert.include(result.left, { phase })
        }
      })
  )

  it.effect("is all of it where nothing more must come", () =>
    Effect.gen(function*() {
      const result = yield* read(first + rest.join(""))
      assert.strictEqual(Either.isRight(result) ? Chunk.size(result.right) : result.left._tag, plainText.events.length)
    }))
})

describe("the metrics of a call", () => {
  it.effect("have the labels of the program last, as Effect's own", () =>
    Effect.gen(function*() {
      yield* chat.pipe(over(() => chatReply), Effect.tagMetrics("team", "rivers"))
      const { count } = yield* Telemetry.operationDuration.pipe(
        Metric.tagged(Telemetry.names.operation, "chat"),
        Metric.tagged(Telemetry.names.provider, "cohere"),
        Metric.tagged(Telemetry.names.requestModel, "command-a-03-2025"),
        Metric.tagged("team", "rivers"),
        Metric.value
      )
      assert.strictEqual(count, 1)
    }))
})

describe("what a wrapped client leaves to do in the end", () => {
  const ends: ReadonlyArray<
    readonly [how: string, use: typeof Stream.runDrain<V2.ChatStreamEvent, unknown, never>, end: string]
  > = [
    ["is read to its end", Stream.runDrain, "Success"],
    ["fails in its consumer", Stream.runForEach(() => Effect.fail("enough")), "Failure"]
  ]
  it.effect.each(ends)("hears how a stream ends that %s", ([, use, end]) =>
    Effect.gen(function*() {
      const heard: Array<string> = []
      const client = CohereClient.layerWith({
        transformClient: HttpClient.transform((effect) =>
          Effect.zipRight(Effect.addFinalizer((exit) => Effect.sync(() => heard.push(exit._tag))), effect)
        )
      }).pipe(
        Layer.provide(Deployment.layerPlatform),
        Layer.provide(Credentials.layer("test-key-of-nobody")),
        Layer.provide(Transport.make(() => streamOf(sse(plainText.data))).layer)
      )
      const exit = yield* Effect.exit(Effect.scoped(Effect.flatMap(
        Layer.build(client),
        (context) => use(Stream.provideContext(V2.chatStream(request), context))
      )))
      assert.strictEqual(exit._tag, end)
      assert.strictEqual(Exit.isSuccess(exit), end === "Success")
      assert.deepStrictEqual(heard, [end])
    }))
})
