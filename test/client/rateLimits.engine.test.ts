import * as Chat from "@effect-cohere/core/Chat"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as RateLimits from "@effect-cohere/core/RateLimits"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Transport from "../support/transport.ts"
import {
  type Call,
  chat,
  chatReply,
  chatRequest,
  embedAnswer,
  embedRequest,
  rerank,
  rerankAnswer
} from "./support/samples.ts"

const minute = 60_000

const events = [
  { type: "message-start", id: "m1", delta: { message: { role: "assistant" } } },
  { type: "message-end", delta: { finish_reason: "COMPLETE" } }
].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("")

/** A server that answers whatever it is asked, well or, for some attempts, as said. */
const server = (replies: Readonly<Record<number, Transport.Reply>> = {}) =>
  Transport.make(({ headers, url }, attempt) => {
    const reply = replies[attempt]
    if (reply !== undefined) return reply
    if (url.endsWith("/embed")) return Transport.json(embedAnswer)
    if (url.endsWith("/rerank")) return Transport.json(rerankAnswer)
    return headers["accept"]?.includes("event-stream") === true
      ? { headers: { "content-type": "text/event-stream" }, body: events }
      : chatReply
  })

const under = (transport: Transport.Transport, limits: RateLimits.Limits) =>
  Effect.provide(Layer.orDie(Transport.client(transport)).pipe(Layer.provide(RateLimits.layer(limits))))

/** Starts the calls in this order at once; gives how they end, in an hour. */
const run = (
  transport: Transport.Transport,
  limits: RateLimits.Limits,
  calls: ReadonlyArray<Effect.Effect<unknown, unknown, CohereClient.CohereClient>>
) =>
  Effect.gen(function*() {
    const fibers = yield* Effect.forEach(calls, (call) => Effect.fork(call))
    yield* TestClock.adjust("1 hour")
    return yield* Effect.forEach(fibers, Fiber.await)
  }).pipe(under(transport, limits))

const times = (transport: Transport.Transport) => transport.requests.map(({ at }) => at)

const perMinute = (requests: number): RateLimits.Limits => [{ endpoints: ["*"], requests }]

const limitOfTrial = (calls: number) => ({
  status: 429,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({
    message: `You are using a Trial key, which is limited to ${calls} API calls / minute. You can continue to use it.`
  })
})

/** A service that lets all pass and writes down what it hears. */
const witness = () => {
  const acquired: Array<RateLimits.Demand> = []
  const limited: Array<readonly [RateLimits.Demand, number]> = []
  const service: RateLimits.Service = {
    acquire: (demand) =>
      Effect.sync(() => {
        acquired.push(demand)
        return Duration.zero
      }),
    limited: (demand, error) =>
      Effect.sync(() => {
        limited.push([demand, error.attempts])
      })
  }
  return { service, acquired, limited }
}

describe("a client with limits", () => {
  it.effect("sends what fits at once, and the rest when it fits", () =>
    Effect.gen(function*() {
      const transport = server()
      const exits = yield* run(transport, perMinute(2), [chat, chat, chat, chat, chat])
      assert.isTrue(exits.every(Exit.isSuccess))
      assert.deepStrictEqual(times(transport), [0, 0, minute, minute, 2 * minute])
    }))

  it.effect("sends all at once without limits", () =>
    Effect.gen(function*() {
      const transport = server()
      yield* run(transport, [], Array.from({ length: 30 }, () => chat))
      assert.deepStrictEqual(times(transport), Array.from({ length: 30 }, () => 0))
    }))

  it.effect("has a limit for each chat model, streamed or not", () =>
    Effect.gen(function*() {
      const transport = server()
      const streamed = Stream.runDrain(V2.chatStream(chatRequest))
      const other = V2.chat({ model: "command-r-08-2024", messages: [Chat.user("Hi!")] })
      yield* run(transport, [{ endpoints: ["v2.chat*"], each: "model", requests: 2 }], [
        chat,
        streamed,
        streamed,
        other,
        other,
        rerank
      ])
      assert.deepStrictEqual(
        transport.requests.map(({ at, body }) => `${JSON.parse(body).model} at ${at}`).sort(),
        [
          "command-a-03-2025 at 0",
          "command-a-03-2025 at 0",
          `command-a-03-2025 at ${minute}`,
          "command-r-08-2024 at 0",
          "command-r-08-2024 at 0",
          "rerank-v4.0-fast at 0"
        ]
      )
    }))

  it.effect("counts the texts of embed", () =>
    Effect.gen(function*() {
      const transport = server()
      const texts = Array.from({ length: 96 }, (_, index) => `text ${index}`)
      yield* run(transport, RateLimits.trial, Array.from({ length: 22 }, () => V2.embed({ ...embedRequest, texts })))
      // 20 × 96 = 1,920 of 2,000.
      assert.deepStrictEqual(times(transport).filter((at) => at === 0).length, 20)
      assert.deepStrictEqual(times(transport).filter((at) => at === minute).length, 2)
    }))

  it.effect("counts the images of embed apart", () =>
    Effect.gen(function*() {
      const transport = server()
      const image = V2.embed({ model: "embed-v4.0", input_type: "image", images: ["data:image/png;base64,AAAA"] })
      yield* run(transport, RateLimits.trial, [...Array.from({ length: 6 }, () => image), V2.embed(embedRequest)])
      assert.deepStrictEqual(times(transport), [0, 0, 0, 0, 0, 0, minute])
    }))
})

describe("a call tells the limits", () => {
  const image = "data:image/png;base64,AAAA"
  const rows: ReadonlyArray<readonly [string, Call, RateLimits.Demand]> = [
    ["the model of chat", V2.chat(chatRequest), {
      endpoint: "v2.chat",
      model: "command-a-03-2025",
      inputs: 0,
      images: 0
    }],
    ["that a v1 chat names no model", V1.chat({ message: "Hi!" }), {
      endpoint: "v1.chat",
      model: undefined,
      inputs: 0,
      images: 0
    }],
    ["the texts of embed", V2.embed({ ...embedRequest, texts: ["a", "b", "c"] }), {
      endpoint: "v2.embed",
      model: "embed-v4.0",
      inputs: 3,
      images: 0
    }],
    ["the texts of v1 embed", V1.embed({ texts: ["a", "b"], model: "embed-english-v3.0" }), {
      endpoint: "v1.embed",
      model: "embed-english-v3.0",
      inputs: 2,
      images: 0
    }],
    ["the images of embed", V2.embed({ model: "embed-v4.0", input_type: "image", images: [image, image] }), {
      endpoint: "v2.embed",
      model: "embed-v4.0",
      inputs: 0,
      images: 2
    }],
    [
      "the inputs of embed, those with an image in them as images",
      V2.embed({
        model: "embed-v4.0",
        input_type: "search_document",
        inputs: [
          { content: [{ type: "text", text: "tea" }] },
          { content: [{ type: "text", text: "a cup" }, { type: "image_url", image_url: { url: image } }] },
          { content: [{ type: "text", text: "tea" }, { type: "text", text: "pot" }] }
        ]
      }),
      { endpoint: "v2.embed", model: "embed-v4.0", inputs: 2, images: 1 }
    ]
  ]

  it.effect.each(rows)("%s", ([, call, demand]) =>
    Effect.gen(function*() {
      const { acquired, service } = witness()
      // How it ends does not matter here: not every answer fits.
      yield* Effect.exit(
        call.pipe(RateLimits.with(service), Effect.provide(Layer.orDie(Transport.client(server()))))
      )
      assert.deepStrictEqual(acquired, [demand])
    }))

  it.effect("once, however often it is sent, and of each 429", () =>
    Effect.gen(function*() {
      const { acquired, limited, service } = witness()
      const transport = server({ 1: { status: 429 }, 2: { status: 500 }, 3: { status: 429 } })
      const [exit] = yield* run(transport, perMinute(1), [
        chat.pipe(RetryPolicy.with(RetryPolicy.make({ retries: 3 })), RateLimits.with(service))
      ])
      assert.isTrue(exit !== undefined && Exit.isSuccess(exit))
      assert.lengthOf(transport.requests, 4)
      assert.lengthOf(acquired, 1)
      assert.deepStrictEqual(limited, acquired.flatMap((demand) => [[demand, 1], [demand, 3]] as const))
    }))

  it.effect("of the 429 that ends it, too", () =>
    Effect.gen(function*() {
      const { limited, service } = witness()
      yield* run(server({ 1: { status: 429 } }), [], [
        chat.pipe(RetryPolicy.with(RetryPolicy.none), RateLimits.with(service))
      ])
      assert.lengthOf(limited, 1)
    }))

  it.effect("of the 429 of a stream that does not open", () =>
    Effect.gen(function*() {
      const { acquired, limited, service } = witness()
      const [exit] = yield* run(server({ 1: { status: 429 } }), [], [
        Stream.runCollect(V2.chatStream(chatRequest).pipe(RateLimits.with(service)))
      ])
      assert.isTrue(exit !== undefined && Exit.isSuccess(exit))
      assert.lengthOf(acquired, 1)
      assert.lengthOf(limited, 1)
    }))

  it.effect("nothing of a request that is refused before it is sent", () =>
    Effect.gen(function*() {
      const { acquired, service } = witness()
      yield* run(server(), [], [V2.chat({ ...chatRequest, messages: [] }).pipe(RateLimits.with(service))])
      assert.deepStrictEqual(acquired, [])
    }))
})

describe("waiting for a limit", () => {
  it.effect("counts for the deadline of the whole call, and what is late is never sent", () =>
    Effect.gen(function*() {
      const transport = server()
      const exits = yield* run(transport, perMinute(1), [
        chat,
        Effect.flip(chat.pipe(Timeouts.with({ total: "30 seconds" }))),
        chat
      ])
      const late = exits[1]
      assert.isTrue(late !== undefined && Exit.isSuccess(late))
      if (late !== undefined && Exit.isSuccess(late)) {
        assert.deepInclude(late.value, { _tag: "RequestTimeout", phase: "total", attempts: 0 })
      }
      assert.deepStrictEqual(times(transport), [0, minute])
    }))

  it.effect("does not count for the deadline of an attempt", () =>
    Effect.gen(function*() {
      const transport = server()
      const exits = yield* run(transport, perMinute(1), [chat, chat.pipe(Timeouts.with({ attempt: "1 second" }))])
      assert.isTrue(exits.every(Exit.isSuccess))
      assert.deepStrictEqual(times(transport), [0, minute])
    }))

  it.effect("can be interrupted: the call is never sent, and its place goes to the next", () =>
    Effect.gen(function*() {
      const transport = server()
      yield* Effect.gen(function*() {
        yield* chat
        const given = yield* Effect.fork(chat)
        const next = yield* Effect.fork(chat)
        yield* TestClock.adjust("10 seconds")
        yield* Fiber.interrupt(given)
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(next)
      }).pipe(under(transport, perMinute(1)))
      assert.deepStrictEqual(times(transport), [0, minute])
    }))

  it.effect("is part of the call's own delay only once: a retry comes when its policy says", () =>
    Effect.gen(function*() {
      const transport = server({ 2: { status: 500, headers: { "retry-after": "3" } } })
      yield* run(transport, perMinute(1), [chat, chat])
      assert.deepStrictEqual(times(transport), [0, minute, minute + 3_000])
    }))
})

describe("a client with limits learns", () => {
  const once = chat.pipe(RetryPolicy.with(RetryPolicy.none))

  it.effect("to wait from Retry-After, for all calls of that limit and no others", () =>
    Effect.gen(function*() {
      const transport = server({ 1: { status: 429, headers: { "retry-after": "30" } } })
      yield* Effect.gen(function*() {
        yield* Effect.flip(once)
        const calls: ReadonlyArray<Call> = [chat, rerank, chat]
        const fibers = yield* Effect.forEach(calls, (call) => Effect.fork(call))
        yield* TestClock.adjust("1 minute")
        yield* Fiber.joinAll(fibers)
      }).pipe(under(transport, RateLimits.production))
      assert.deepStrictEqual(
        transport.requests.map(({ at, url }) => [url.replace("https://api.cohere.com", ""), at]),
        [["/v2/chat", 0], ["/v2/rerank", 0], ["/v2/chat", 30_000], ["/v2/chat", 30_000]]
      )
    }))

  it.effect("a lower limit from the words of the error", () =>
    Effect.gen(function*() {
      const transport = server({ 1: limitOfTrial(2) })
      yield* Effect.gen(function*() {
        yield* Effect.flip(once)
        const fibers = yield* Effect.replicateEffect(Effect.fork(chat), 4)
        yield* TestClock.adjust("5 minutes")
        yield* Fiber.joinAll(fibers)
      }).pipe(under(transport, RateLimits.production))
      // The refused call counts, too.
      assert.deepStrictEqual(times(transport), [0, 0, minute, minute, 2 * minute])
    }))

  it.effect("a lower limit from the header of trial keys", () =>
    Effect.gen(function*() {
      const transport = server({
        1: {
          status: 429,
          headers: { "content-type": "application/json", "x-trial-endpoint-call-limit": "2" },
          body: JSON.stringify({
            message: "You are past the per minute request limit, please wait and try again later."
          })
        }
      })
      yield* Effect.gen(function*() {
        const error = yield* Effect.flip(once)
        assert.strictEqual(error._tag === "RateLimited" ? error.limit : undefined, 2)
        const fibers = yield* Effect.replicateEffect(Effect.fork(chat), 2)
        yield* TestClock.adjust("5 minutes")
        yield* Fiber.joinAll(fibers)
      }).pipe(under(transport, RateLimits.production))
      assert.deepStrictEqual(times(transport), [0, 0, minute])
    }))

  it.effect("nothing from a header that allows no call at all", () =>
    Effect.gen(function*() {
      const transport = server({ 1: { status: 429, headers: { "x-trial-endpoint-call-limit": "0" } } })
      yield* run(transport, RateLimits.production, [once, chat, chat])
      assert.deepStrictEqual(times(transport), [0, 0, 0])
    }))

  it.effect("nothing from the quota of a month", () =>
    Effect.gen(function*() {
      const transport = server({
        1: {
          status: 429,
          headers: { "content-type": "application/json", "retry-after": "86400" },
          body: JSON.stringify({ message: "You are using a Trial key, which is limited to 1 API calls / month." })
        }
      })
      yield* run(transport, RateLimits.production, [once, chat, chat])
      assert.deepStrictEqual(times(transport), [0, 0, 0])
    }))
})

describe("of several limits in force", () => {
  it.effect("those of the call replace those of the client", () =>
    Effect.gen(function*() {
      const transport = server()
      const own = yield* RateLimits.make(perMinute(2))
      const mine = chat.pipe(RateLimits.with(own))
      yield* run(transport, perMinute(1), [chat, mine, mine, mine, chat.pipe(RateLimits.with(RateLimits.unlimited))])
      assert.deepStrictEqual(times(transport), [0, 0, 0, 0, minute])
    }))

  const One = Context.GenericTag<"One", CohereClient.Service>("One")
  const Other = Context.GenericTag<"Other", CohereClient.Service>("Other")

  it.effect.each([[true, [0, minute]], [false, [0, 0]]] as const)(
    "two clients that are built together share the limits if they were given one layer: %s",
    ([shared, expected]) =>
      Effect.gen(function*() {
        const transport = server()
        const limits = RateLimits.layer(perMinute(1))
        const client = <I>(tag: Context.Tag<I, CohereClient.Service>, own: Layer.Layer<never>) =>
          Layer.effect(tag, CohereClient.CohereClient).pipe(
            Layer.provide(Layer.fresh(Layer.orDie(Transport.client(transport)))),
            Layer.provide(own)
          )
        const fibers = yield* Effect.gen(function*() {
          const both = [yield* One, yield* Other]
          const fibers = yield* Effect.forEach(both, (service) =>
            Effect.fork(Effect.provideService(chat, CohereClient.CohereClient, service)))
          yield* TestClock.adjust("2 minutes")
          return fibers
        }).pipe(
          Effect.provide(Layer.merge(
            client(One, limits),
            client(Other, shared ? limits : RateLimits.layer(perMinute(1)))
          ))
        )
        yield* Fiber.joinAll(fibers)
        assert.deepStrictEqual<ReadonlyArray<number>>(times(transport), expected)
      })
  )

  it.effect("a field that RequestOptions adds changes nothing about them", () =>
    Effect.gen(function*() {
      const { acquired, service } = witness()
      yield* run(server(), [], [
        chat.pipe(RequestOptions.with({ body: { texts: ["a"] } }), RateLimits.with(service))
      ])
      assert.deepStrictEqual(acquired.map(({ inputs, model }) => [inputs, model]), [[0, chatRequest.model]])
    }))
})
