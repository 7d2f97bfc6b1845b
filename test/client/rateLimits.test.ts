import { RateLimited } from "@effect-cohere/core/CohereError"
import * as RateLimits from "@effect-cohere/core/RateLimits"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

const minute = 60_000

const call = (endpoint: string, model?: string): RateLimits.Demand => ({ endpoint, model, inputs: 0, images: 0 })

const chat = (model = "command-a-03-2025", endpoint = "v2.chat"): RateLimits.Demand => call(endpoint, model)

const embed = (inputs: number, images = 0, endpoint = "v2.embed"): RateLimits.Demand => ({
  endpoint,
  model: "embed-v4.0",
  inputs,
  images
})

const rateLimited = (options: {
  readonly scope?: RateLimited["scope"]
  readonly limit?: number
  readonly retryAfter?: Duration.DurationInput
}) =>
  new RateLimited({
    endpoint: "v2.chat",
    attempts: 1,
    message: "v2.chat failed with 429",
    status: 429,
    detail: "You are past the per minute request limit, please wait and try again later.",
    scope: options.scope ?? "requests",
    trial: false,
    limit: options.limit,
    retryAfter: options.retryAfter === undefined ? undefined : Duration.decode(options.retryAfter)
  })

/** Acquires in this order, all at once; gives the moment of each, once time enough has passed. */
const moments = (
  service: RateLimits.Service,
  demands: ReadonlyArray<RateLimits.Demand>,
  time: Duration.DurationInput = "1 hour"
) =>
  Effect.gen(function*() {
    const start = yield* Clock.currentTimeMillis
    const passed: Array<number | undefined> = demands.map(() => undefined)
    const fibers = yield* Effect.forEach(demands, (demand, index) =>
      Effect.fork(Effect.gen(function*() {
        const waited = yield* service.acquire(demand)
        const now = yield* Clock.currentTimeMillis
        assert.strictEqual(Duration.toMillis(waited), now - start)
        passed[index] = now - start
      })))
    yield* TestClock.adjust(time)
    yield* Effect.forEach(fibers, Fiber.interrupt)
    return passed
  })

/** How many calls of a kind pass at once, and when the one after them does. */
const burst = (limits: RateLimits.Limits, demand: RateLimits.Demand, most: number) =>
  Effect.gen(function*() {
    const service = yield* RateLimits.make(limits)
    const passed = yield* moments(service, Array.from({ length: most }, () => demand), "1 second")
    return passed.filter((at) => at === 0).length
  })

const perMinute = (requests: number): RateLimits.Limits => [{ endpoints: ["*"], requests }]

describe("a limit of requests", () => {
  it.effect("lets as many pass at once, and each of the others exactly a minute after the one that makes room", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(perMinute(3))
      assert.deepStrictEqual(
        yield* moments(service, Array.from({ length: 8 }, () => chat())),
        [0, 0, 0, minute, minute, minute, 2 * minute, 2 * minute]
      )
    }))

  it.effect("counts the minute from each call, not from the first", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(perMinute(2))
      yield* service.acquire(chat())
      yield* TestClock.adjust("40 seconds")
      yield* service.acquire(chat())
      assert.deepStrictEqual(
        yield* moments(service, [chat(), chat(), chat()]),
        [20_000, minute, 80_000]
      )
    }))

  it.effect("is exact on any date", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.UTC(2026, 10, 24, 8, 15, 25, 123))
      const service = yield* RateLimits.make(perMinute(1))
      yield* service.acquire(chat())
      yield* TestClock.adjust(10_001)
      assert.deepStrictEqual(yield* moments(service, [chat(), chat()]), [49_999, 109_999])
    }))

  it.effect("of a fresh service is not used up by another", () =>
    Effect.gen(function*() {
      const one = yield* RateLimits.make(perMinute(1))
      const other = yield* RateLimits.make(perMinute(1))
      yield* one.acquire(chat())
      assert.deepStrictEqual(yield* other.acquire(chat()), Duration.zero)
    }))

  it.effect("of 0 lets calls pass one by one, a minute each", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(perMinute(0))
      assert.deepStrictEqual(yield* moments(service, [chat(), chat(), chat()]), [0, minute, 2 * minute])
    }))

  it.effect("of Infinity is none", () =>
    Effect.map(burst(perMinute(Infinity), chat(), 1_000), (passed) => assert.strictEqual(passed, 1_000)))

  it.effect.each(
    [
      [{ requests: -1 }, "requests must be a whole number from 0 on, got -1"],
      [{ inputs: NaN }, "inputs must be a whole number from 0 on, got NaN"],
      [{ requests: 1, images: 2.5 }, "images must be a whole number from 0 on, got 2.5"]
    ] as const
  )(
    "that is no whole number is a mistake, which the building of the layer names: %j",
    ([limits, says]) =>
      Effect.gen(function*() {
        const layer = RateLimits.layer([...RateLimits.trial, { endpoints: ["v2.embed", "v1.*"], ...limits }])
        const exit = yield* Effect.exit(Effect.provide(Effect.void, layer))
        assert.include(String(exit), `RateLimits: rule ${RateLimits.trial.length} (v2.embed, v1.*): ${says}`)
      })
  )

  it.effect("of a thousand waiters keeps their order, with one timer for all", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(perMinute(50))
      const order: Array<number> = []
      yield* Effect.forEach(
        Array.from({ length: 1_000 }, (_, index) => index),
        (index) => Effect.fork(Effect.flatMap(service.acquire(chat()), () => Effect.sync(() => order.push(index))))
      )
      yield* Effect.yieldNow()
      yield* TestClock.adjust(0)
      assert.lengthOf(order, 50)
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* TestClock.sleeps()), [minute])
      yield* TestClock.adjust(19 * minute - 1)
      assert.lengthOf(order, 950)
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(order, Array.from({ length: 1_000 }, (_, index) => index))
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* TestClock.sleeps()), [])
    }))

  it.effect("has no timer while nobody waits", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(perMinute(2))
      yield* service.acquire(chat())
      yield* service.acquire(chat())
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* TestClock.sleeps()), [])
    }))
})

describe("a limit of inputs", () => {
  const limits: RateLimits.Limits = [{ endpoints: ["v2.embed"], inputs: 100, images: 5 }]

  it.effect("counts texts, not requests", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(limits)
      assert.deepStrictEqual(
        yield* moments(service, [embed(60), embed(40), embed(1), embed(99), embed(1)]),
        [0, 0, minute, minute, 2 * minute]
      )
    }))

  it.effect("counts images apart from texts: neither waits for the other", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(limits)
      assert.deepStrictEqual(
        yield* moments(service, [embed(0, 5), embed(0, 1), embed(100), embed(0, 4), embed(1)]),
        [0, minute, 0, minute, minute]
      )
    }))

  it.effect("lets a request with both pass when both fit, in its place of both lines", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(limits)
      yield* service.acquire(embed(100))
      yield* TestClock.adjust("20 seconds")
      yield* service.acquire(embed(0, 5))
      assert.deepStrictEqual(
        // Both at 60 s, when the images have gone; the texts would have fitted at 40 s already.
        yield* moments(service, [embed(10, 1), embed(90), embed(1), embed(0, 4), embed(0, 1)]),
        [minute, minute, 2 * minute, minute, 2 * minute]
      )
    }))

  it.effect("keeps the order: a small request does not overtake a large one", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(limits)
      yield* service.acquire(embed(50))
      assert.deepStrictEqual(yield* moments(service, [embed(51), embed(1)]), [minute, minute])
    }))

  it.effect("lets a request that is larger than it pass alone: a minute after the last, and a minute before the next", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(limits)
      yield* service.acquire(embed(0, 1))
      yield* TestClock.adjust("10 seconds")
      yield* service.acquire(embed(0, 1))
      assert.deepStrictEqual(
        yield* moments(service, [embed(0, 96), embed(0, 1), embed(0, 96), embed(0, 5), embed(0, 1)]),
        [minute, 2 * minute, 3 * minute, 4 * minute, 5 * minute]
      )
    }))

  it.effect("lets a request that is larger than it pass at once if the last minute was empty", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(limits)
      assert.deepStrictEqual(yield* moments(service, [embed(0, 96), embed(0, 1)]), [0, minute])
    }))
})

describe("rules", () => {
  const limits: RateLimits.Limits = [
    { endpoints: ["v2.chat*"], models: ["small-*"], requests: 3 },
    { endpoints: ["v2.chat*"], each: "model", requests: 2 },
    { endpoints: ["datasets.*"], requests: 2 },
    { endpoints: ["models.*"], each: "endpoint", requests: 1 }
  ]

  it.effect("are shared by all calls that they are for, or each model or operation has its own", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(limits)
      const demands = [
        ["small-a", "v2.chat", 0],
        ["small-b", "v2.chatStream", 0],
        ["small-a", "v2.chat", 0],
        ["small-c", "v2.chat", minute],
        ["large-a", "v2.chat", 0],
        ["large-b", "v2.chat", 0],
        ["large-b", "v2.chatStream", 0],
        ["large-b", "v2.chat", minute],
        ["large-a", "v2.chat", 0],
        [undefined, "v2.chat", 0],
        [undefined, "v2.chat", 0],
        [undefined, "v2.chat", minute],
        [undefined, "datasets.get", 0],
        [undefined, "datasets.list", 0],
        [undefined, "datasets.get", minute],
        [undefined, "models.get", 0],
        [undefined, "models.list", 0],
        [undefined, "models.get", minute],
        [undefined, "v2.rerank", 0]
      ] as const
      assert.deepStrictEqual(
        yield* moments(service, demands.map(([model, endpoint]) => call(endpoint, model))),
        demands.map(([, , at]) => at)
      )
    }))

  it.effect("that the server tells while calls wait for it leave these in their order, before those that come later", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make([])
      const order: Array<number> = []
      const arrive = (index: number) =>
        Effect.fork(Effect.zipRight(service.acquire(chat()), Effect.sync(() => order.push(index))))
      yield* service.limited(chat(), rateLimited({ retryAfter: "30 seconds" }))
      yield* Effect.forEach([0, 1, 2, 3], arrive)
      yield* TestClock.adjust("10 seconds")
      yield* service.limited(chat(), rateLimited({ limit: 1, retryAfter: "30 seconds" }))
      yield* Effect.forEach([4, 5], arrive)
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(order, [0])
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(order, [0, 1, 2, 3, 4, 5])
    }))

  it.effect("are none for calls that no rule is for: any number passes at once", () =>
    Effect.map(burst(limits, call("v2.rerank"), 3_000), (passed) => assert.strictEqual(passed, 3_000)))
})

describe("of the published limits", () => {
  // As Cohere's page has them, for trial and for production keys.
  const rows: ReadonlyArray<readonly [string, RateLimits.Demand, number, number]> = [
    ...[
      "command-a-03-2025",
      "command-r-plus-08-2024",
      "command-r-08-2024",
      "command-r",
      "command-r7b-12-2024",
      "north-mini-code-1-0"
    ].map((model) => [`chat with ${model}`, chat(model), 20, 500] as const),
    ...[
      "command-a-plus-05-2026",
      "command-a-reasoning-08-2025",
      "command-a-translate-08-2025",
      "command-a-vision-07-2025",
      "command-of-tomorrow"
    ].map((model) => [`chat with ${model}`, chat(model), 20, 20] as const),
    ["v1 chat without a model", call("v1.chat"), 20, 20],
    ["streamed v1 chat", chat("command-r-08-2024", "v1.chatStream"), 20, 500],
    ["transcriptions", call("audio.createTranscription"), 5, 5],
    ["embed of 96 texts", embed(96), 20, 20],
    ["embed of one text", embed(1), 2_000, 2_000],
    ["v1 embed of 50 texts", embed(50, 0, "v1.embed"), 40, 40],
    ["embed of one image", embed(0, 1), 5, 400],
    ["creating embed jobs", call("embedJobs.create"), 5, 50],
    ["rerank", call("v2.rerank"), 10, 1_000],
    ["v1 rerank", call("v1.rerank"), 10, 1_000],
    ["tokenize", call("tokens.tokenize"), 100, 2_000],
    ["detokenize", call("tokens.detokenize"), 500, 500],
    ["listing models", call("models.list"), 500, 500],
    ["datasets", call("datasets.create"), 500, 500],
    ["generate", call("v1.generate"), 500, 500]
  ]

  it.effect.each(rows)("%s", ([, demand, trial, production]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* burst(RateLimits.trial, demand, trial + 3), trial)
      assert.strictEqual(yield* burst(RateLimits.production, demand, production + 3), production)
    }))

  it("all is data, which JSON keeps", () => {
    for (const limits of [RateLimits.trial, RateLimits.production]) {
      assert.deepStrictEqual(JSON.parse(JSON.stringify(limits)), limits)
    }
  })
})

describe("after a 429", () => {
  it.effect("with retryAfter, all calls of that limit wait until then, and no others", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(RateLimits.production)
      yield* service.limited(chat(), rateLimited({ retryAfter: "40 seconds" }))
      assert.deepStrictEqual(
        yield* moments(service, [chat(), chat("command-r-08-2024"), embed(1), chat()]),
        [40_000, 0, 0, 40_000]
      )
    }))

  it.effect("the calls that wait already wait longer", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(perMinute(1))
      yield* service.acquire(chat())
      const waiting = yield* Effect.fork(service.acquire(chat()))
      yield* TestClock.adjust("30 seconds")
      yield* service.limited(chat(), rateLimited({ retryAfter: "45 seconds" }))
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(yield* Fiber.join(waiting), Duration.seconds(75))
    }))

  it.effect("the longest wait counts", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(perMinute(9))
      yield* service.limited(chat(), rateLimited({ retryAfter: "45 seconds" }))
      yield* service.limited(chat(), rateLimited({ retryAfter: "5 seconds" }))
      assert.deepStrictEqual(yield* moments(service, [chat()]), [45_000])
    }))

  it.effect("of texts, images do not wait, and the other way round", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(RateLimits.trial)
      yield* service.limited(embed(96), rateLimited({ retryAfter: "20 seconds" }))
      assert.deepStrictEqual(yield* moments(service, [embed(1), embed(0, 1)]), [20_000, 0])
    }))

  it.effect("of a call that no rule is for, the calls of that operation wait", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make([])
      yield* service.limited(call("v2.rerank"), rateLimited({ retryAfter: "20 seconds" }))
      assert.deepStrictEqual(yield* moments(service, [call("v2.rerank"), call("v2.parse")]), [20_000, 0])
    }))

  it.effect("without retryAfter, nothing waits for it", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(RateLimits.production)
      yield* service.limited(chat(), rateLimited({}))
      assert.deepStrictEqual(yield* moments(service, [chat()]), [0])
    }))

  it.effect("of a month, nothing waits, and no limit changes", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(perMinute(9))
      yield* service.limited(chat(), rateLimited({ scope: "month", limit: 1, retryAfter: "1 day" }))
      assert.deepStrictEqual(yield* moments(service, [chat(), chat()]), [0, 0])
    }))

  it.effect("that states a lower limit, this one is kept, with what was used before, and for good", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(RateLimits.production)
      yield* moments(service, [chat(), chat(), chat()], 0)
      yield* TestClock.adjust("10 seconds")
      yield* service.limited(chat(), rateLimited({ limit: 2 }))
      assert.deepStrictEqual(yield* moments(service, [chat(), chat(), chat()]), [50_000, 50_000, 110_000])
      yield* TestClock.adjust("1 day")
      // As many others as make it look for what is idle.
      yield* moments(service, Array.from({ length: 1_000 }, (_, index) => chat(`model-${index}`)), 0)
      assert.deepStrictEqual(yield* moments(service, [chat(), chat(), chat()]), [0, 0, minute])
      assert.strictEqual((yield* moments(service, Array.from({ length: 9 }, () => chat("command-r")))).at(-1), 0)
    }))

  it.effect("that states a higher limit, ours stays", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(perMinute(1))
      yield* service.limited(chat(), rateLimited({ limit: 40 }))
      assert.deepStrictEqual(yield* moments(service, [chat(), chat()]), [0, minute])
    }))

  it.effect("that states a limit of tokens, no limit of calls changes", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(perMinute(500))
      yield* service.limited(chat(), rateLimited({ scope: "tokens", limit: 2 }))
      assert.deepStrictEqual(yield* moments(service, [chat(), chat(), chat()]), [0, 0, 0])
    }))

  it.effect("that states a limit of calls where inputs are counted, both hold", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(RateLimits.trial)
      yield* service.acquire(embed(1))
      yield* service.limited(embed(1), rateLimited({ limit: 3 }))
      assert.deepStrictEqual(
        yield* moments(service, [embed(1), embed(0, 1), embed(1), embed(2_000)]),
        [0, 0, minute, 2 * minute]
      )
    }))
})

describe("an interrupted wait", () => {
  it.effect("of the first in line lets the next one in, at its own time", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make([{ endpoints: ["*"], inputs: 10 }])
      yield* service.acquire(embed(4))
      yield* TestClock.adjust("10 seconds")
      yield* service.acquire(embed(6))
      const large = yield* Effect.fork(service.acquire(embed(10)))
      const small = yield* Effect.fork(service.acquire(embed(4)))
      yield* TestClock.adjust("20 seconds")
      yield* Fiber.interrupt(large)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* Fiber.join(small), Duration.seconds(50))
    }))

  it.effect("leaves no timer", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(perMinute(1))
      yield* service.acquire(chat())
      const fibers = yield* Effect.replicateEffect(Effect.fork(service.acquire(chat())), 20)
      yield* TestClock.adjust("1 second")
      yield* Fiber.interruptAll(fibers)
      yield* TestClock.adjust(minute)
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* TestClock.sleeps()), [])
      assert.deepStrictEqual(yield* service.acquire(chat()), Duration.zero)
    }))

  it.effect("of a call that has not even begun uses nothing", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make(perMinute(1))
      const fiber = yield* Effect.fork(service.acquire(chat()))
      const exit = yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.isInterrupted(exit))
      assert.deepStrictEqual(yield* service.acquire(chat()), Duration.zero)
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Any traffic
// ---------------------------------------------------------------------------------------------------------------------

interface Arrival {
  readonly at: number
  readonly cost: number
  /** When it is given up, if it still waits then. */
  readonly gone: number
}

/** When each call passes, found the slow way: looking at every moment when something changes. */
const expected = (arrivals: ReadonlyArray<Arrival>, limit: number): ReadonlyArray<number | undefined> => {
  const passed: Array<{ readonly at: number; readonly cost: number }> = []
  let lineMovesAt = 0
  return arrivals.map(({ at, cost, gone }) => {
    const from = Math.max(at, lineMovesAt)
    const candidates = [from, ...passed.map((other) => other.at + minute).filter((moment) => moment > from)]
    const moment = candidates.sort((a, b) => a - b).find((candidate) => {
      const recent = passed.filter((other) => other.at > candidate - minute).reduce((sum, other) => sum + other.cost, 0)
      return recent + cost <= limit || recent === 0
    })
    if (moment === undefined) throw new Error("when all has gone, anything fits")
    if (moment > gone) {
      lineMovesAt = Math.max(lineMovesAt, gone)
      return undefined
    }
    lineMovesAt = moment
    passed.push({ at: moment, cost })
    return moment
  })
}

/** Calls that come on multiples of 10 ms and are given up between them. */
const traffic = FastCheck.array(
  FastCheck.record({
    after: FastCheck.oneof(FastCheck.constant(0), FastCheck.integer({ min: 0, max: 3_000 })),
    cost: FastCheck.oneof(FastCheck.constant(1), FastCheck.integer({ min: 1, max: 15 })),
    patience: FastCheck.option(FastCheck.integer({ min: 0, max: 18_000 }), { nil: undefined })
  }),
  { minLength: 1, maxLength: 40 }
).map((gaps) => {
  let at = 0
  return gaps.map(({ after, cost, patience }): Arrival => {
    at += after * 10
    return { at, cost, gone: patience === undefined ? Infinity : at + patience * 10 + 5 }
  })
})

/** When each call did pass. */
const observed = (arrivals: ReadonlyArray<Arrival>, limit: number) =>
  Effect.gen(function*() {
    const service = yield* RateLimits.make([{ endpoints: ["*"], inputs: limit }])
    const passed: Array<number | undefined> = arrivals.map(() => undefined)
    const fibers: Array<Fiber.RuntimeFiber<void>> = []
    const start = yield* Clock.currentTimeMillis
    const events = arrivals.flatMap((arrival, index) => [
      { at: arrival.at, index, comes: true },
      ...Number.isFinite(arrival.gone) ? [{ at: arrival.gone, index, comes: false }] : []
    ]).sort((a, b) => a.at - b.at || a.index - b.index)
    for (const { at, comes, index } of events) {
      if (start + at > (yield* Clock.currentTimeMillis)) yield* TestClock.setTime(start + at)
      const fiber = fibers[index]
      if (comes) {
        fibers[index] = yield* Effect.fork(
          service.acquire(embed(arrivals[index]?.cost ?? 0)).pipe(
            Effect.zipRight(Clock.currentTimeMillis),
            Effect.map((now) => {
              passed[index] = now - start
            })
          )
        )
        yield* Effect.yieldNow()
      } else if (fiber !== undefined) {
        yield* Fiber.interrupt(fiber)
      }
    }
    yield* TestClock.adjust("3 hours")
    const after = yield* moments(service, [embed(limit), embed(1)])
    return { passed, after }
  })

describe("in any traffic", () => {
  it.effect.prop(
    "each call passes at the first moment that the limit and those before it allow, whoever gives up in between",
    [traffic, FastCheck.integer({ min: 1, max: 12 })],
    ([arrivals, limit]) =>
      Effect.gen(function*() {
        const { after, passed } = yield* observed(arrivals, limit)
        assert.deepStrictEqual(passed, expected(arrivals, limit))
        // What was given up has taken nothing with it.
        assert.deepStrictEqual(after, [0, minute])

        const uses = passed.flatMap((at, index) => at === undefined ? [] : [{ at, cost: arrivals[index]?.cost ?? 0 }])
        for (const last of uses) {
          const inWindow = uses.filter(({ at }) => at > last.at - minute && at <= last.at)
          const sum = inWindow.reduce((total, { cost }) => total + cost, 0)
          assert.isTrue(sum <= limit || inWindow.length === 1, `${sum} of ${limit} in the minute before ${last.at}`)
        }
        const served = uses.map(({ at }) => at)
        assert.deepStrictEqual(served, [...served].sort((a, b) => a - b))
      }),
    { fastCheck: { numRuns: 40 }, timeout: 60_000 }
  )

  it.effect("of texts, images and both, nobody waits longer than the calls before it take", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.make([{ endpoints: ["*"], inputs: 10, images: 2 }])
      // For each request with both, a stream of texts that would always fit first.
      const demands = Array.from({ length: 60 }, (_, index) => index % 6 === 5 ? embed(10, 2) : embed(2))
      const passed = yield* moments(service, demands)
      // Five times two texts fill a minute, and so does each request with both.
      assert.deepStrictEqual(
        passed,
        demands.map((_, index) => (2 * Math.floor(index / 6) + Number(index % 6 === 5)) * minute)
      )
    }))
})

describe("memory", () => {
  it.effect("is not kept for models that nobody asks any more", () =>
    Effect.gen(function*() {
      setFlagsFromString("--expose-gc")
      const collect: () => void = runInNewContext("gc")
      const service = yield* RateLimits.make([{ endpoints: ["*"], each: "model", requests: 5 }])
      const clock = yield* Clock.clockWith(Effect.succeed)
      let now = 0
      const moving: Clock.Clock = {
        ...clock,
        [Clock.ClockTypeId]: Clock.ClockTypeId,
        sleep: (duration) => clock.sleep(duration),
        unsafeCurrentTimeNanos: () => BigInt(now) * 1_000_000n
      }
      const visit = (from: number, count: number) =>
        Effect.withClock(
          Effect.forEach(Array.from({ length: count }, (_, index) => from + index), (index) => {
            now += 1_000
            return service.acquire(chat(`model-${index}`))
          }, { discard: true }),
          moving
        )
      yield* visit(0, 1_000)
      collect()
      const before = process.memoryUsage().heapUsed
      yield* visit(1_000, 50_000)
      collect()
      // Fifty thousand models that were kept would be 30 MB.
      assert.isBelow(process.memoryUsage().heapUsed - before, 5_000_000)
    }), 30_000)
})

describe("the setting", () => {
  it.effect("is none by default", () => Effect.map(RateLimits.RateLimits, (service) => assert.isUndefined(service)))

  it.effect("is shared by all who are given one layer", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.RateLimits
      const again = yield* RateLimits.RateLimits
      assert.isDefined(service)
      assert.strictEqual(service, again)
    }).pipe(Effect.provide(RateLimits.layer(RateLimits.trial))))

  it.effect("is replaced for what is piped into `with`", () =>
    Effect.gen(function*() {
      const own = yield* RateLimits.make(perMinute(1))
      assert.strictEqual(yield* Effect.map(RateLimits.RateLimits, (now) => now).pipe(RateLimits.with(own)), own)
      assert.notStrictEqual(yield* RateLimits.RateLimits, own)
    }).pipe(Effect.provide(RateLimits.layer(RateLimits.trial))))

  it.effect("may be a service of another kind", () =>
    Effect.gen(function*() {
      const service = yield* RateLimits.RateLimits
      assert.deepStrictEqual(yield* service?.acquire(chat()) ?? Effect.succeed(undefined), Duration.seconds(7))
    }).pipe(Effect.provide(Layer.succeed(RateLimits.RateLimits, {
      acquire: () => Effect.succeed(Duration.seconds(7)),
      limited: () => Effect.void
    }))))

  it.effect("unlimited lets all pass", () =>
    Effect.map(
      moments(RateLimits.unlimited, Array.from({ length: 100 }, () => embed(96))),
      (passed) => assert.isTrue(passed.every((at) => at === 0))
    ))
})
