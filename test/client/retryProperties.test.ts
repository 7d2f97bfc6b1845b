/** What holds for retries under any policy, and whatever servers do. A failure tells its seed and its scenario. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import type { CohereError } from "@effect-cohere/core/CohereError"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V2 from "@effect-cohere/core/V2"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import { seed } from "../support/seed.ts"
import * as Transport from "../support/transport.ts"
import { chat, chatReply, chatRequest } from "./support/samples.ts"

/** A scenario that fails is named, so that it can be played alone. */
const named = <A>(scenario: unknown, check: () => A): A => {
  try {
    return check()
  } catch (error) {
    return assert.fail(`${String(error)}\n(seed ${seed}, ${JSON.stringify(scenario)})`)
  }
}

/** Each has a test clock of its own, which lets a little true time pass before each step: they can do so together. */
const forEach = <A, B>(
  arbitrary: FastCheck.Arbitrary<A>,
  numRuns: number,
  f: (one: A) => Effect.Effect<B>
): Effect.Effect<ReadonlyArray<B>> =>
  Effect.forEach(
    FastCheck.sample(arbitrary, { numRuns, seed }),
    (one) => Effect.provide(f(one), TestContext.TestContext),
    { concurrency: 20 }
  )

/** Delays have fractions of milliseconds, of which a sum loses some. */
const tolerance = 1e-6

// ---------------------------------------------------------------------------------------------------------------------
// One call
// ---------------------------------------------------------------------------------------------------------------------

/** What servers do happens at even milliseconds, what callers do at odd ones: which of two comes first is no question. */
const even = (min: number, max: number) => FastCheck.integer({ min: min / 2, max: max / 2 }).map((n) => 2 * n)
const odd = (min: number, max: number) => even(min, max).map((n) => n + 1)

/** What a server does with one request; all numbers are milliseconds. */
type Fault =
  | {
    readonly kind: "refusal"
    readonly status: number
    readonly takes: number
    readonly retryAfter: number | undefined
    readonly verdict: "true" | "false" | undefined
  }
  | { readonly kind: "no answer" | "a body that breaks" | "no body"; readonly takes: number }

/** One call; what comes after the faults is a success. */
interface Scenario {
  readonly kind: "unary" | "stream"
  readonly retries: number
  readonly baseDelay: number
  readonly maxDelay: number
  readonly attempt: number
  readonly total: number | undefined
  readonly faults: ReadonlyArray<Fault>
  readonly seed: number
}

const faults: FastCheck.Arbitrary<Fault> = FastCheck.oneof(
  {
    weight: 3,
    arbitrary: FastCheck.record({
      kind: FastCheck.constant("refusal" as const),
      status: FastCheck.constantFrom(401, 401, 401, 404, 408, 429, 429, 500, 500, 502, 503, 529),
      takes: even(0, 1_500),
      retryAfter: FastCheck.option(even(0, 20_000), { nil: undefined }),
      verdict: FastCheck.option(FastCheck.constantFrom("true" as const, "false" as const), { nil: undefined, freq: 3 })
    })
  },
  {
    weight: 1,
    arbitrary: FastCheck.record({
      kind: FastCheck.constantFrom("no answer" as const, "a body that breaks" as const, "no body" as const),
      takes: even(0, 1_500)
    })
  }
)

const scenarios: FastCheck.Arbitrary<Scenario> = FastCheck.record({
  kind: FastCheck.constantFrom("unary", "stream"),
  retries: FastCheck.integer({ min: 0, max: 5 }),
  baseDelay: FastCheck.integer({ min: 1, max: 3_000 }),
  maxDelay: even(2, 15_000),
  attempt: odd(500, 3_000),
  total: FastCheck.option(odd(0, 20_000), { nil: undefined }),
  faults: FastCheck.array(faults, { maxLength: 8 }),
  seed: FastCheck.integer()
})

const events = [
  `{"type":"message-start","id":"1","delta":{"message":{"role":"assistant"}}}`,
  `{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}`
].map((event) => `data: ${event}\n\n`).join("")

const replyTo = (
  kind: Scenario["kind"],
  fault: Fault | undefined
): Effect.Effect<Transport.Reply | Transport.Failure> => {
  const contentType = kind === "unary" ? "application/json" : "text/event-stream"
  if (fault === undefined) {
    return Effect.succeed(kind === "unary" ? chatReply : { headers: { "content-type": contentType }, body: events })
  }
  const after = (reply: Transport.Reply | Transport.Failure) => Effect.as(Effect.sleep(fault.takes), reply)
  switch (fault.kind) {
    case "refusal":
      return after({
        status: fault.status,
        headers: {
          ...(fault.retryAfter === undefined ? {} : { "retry-after-ms": String(fault.retryAfter) }),
          ...(fault.verdict === undefined ? {} : { "x-should-retry": fault.verdict })
        }
      })
    case "no answer":
      return after({ fail: "ECONNRESET" })
    case "a body that breaks":
      return after({ headers: { "content-type": contentType }, body: "{", then: "break" })
    case "no body":
      return after({ headers: { "content-type": contentType }, body: [], then: "hang" })
  }
}

/** A retry that was heard of, and when. */
interface Heard extends RetryPolicy.Retry {
  readonly at: number
}

/** How a scenario went. */
interface Run {
  readonly requests: ReadonlyArray<Transport.Exchange>
  readonly heard: ReadonlyArray<Heard>
  readonly endedAt: number
  readonly result: Either.Either<number, CohereError>
}

const run = (scenario: Scenario): Effect.Effect<Run> =>
  Effect.gen(function*() {
    const heard: Array<Heard> = []
    const transport = Transport.make((_, attempt) => replyTo(scenario.kind, scenario.faults[attempt - 1]))
    let tokens = 0
    const client = CohereClient.layer.pipe(
      Layer.provide(Deployment.layerPlatform),
      Layer.provide(Credentials.layerRefreshing({
        acquire: Effect.sync(() => ({ token: Redacted.make(`token-${++tokens}`) }))
      })),
      Layer.provide(transport.layer),
      Layer.provide(RetryPolicy.layerBudget({ capacity: Infinity }))
    )
    const call = scenario.kind === "unary" ? Effect.asVoid(chat) : Stream.runDrain(V2.chatStream(chatRequest))
    const { attempt, total } = scenario
    const fiber = yield* call.pipe(
      CohereClient.withResponse,
      Effect.map(({ response }) => response.attempts),
      RetryPolicy.onRetry((retry) => Effect.map(Clock.currentTimeMillis, (at) => void heard.push({ ...retry, at }))),
      RetryPolicy.with(RetryPolicy.make(scenario)),
      Timeouts.with({ attempt, body: attempt, firstEvent: attempt, total }),
      Effect.withRandom(Random.make(scenario.seed)),
      Effect.either,
      Effect.zip(Clock.currentTimeMillis),
      Effect.provide(client),
      Effect.fork
    )
    yield* TestClock.adjust("10 minutes")
    const [result, endedAt] = yield* Fiber.join(fiber)
    return { requests: transport.requests, heard, endedAt, result }
  })

/** The longest delay before a retry of which the server says nothing. */
const capOf = ({ baseDelay, maxDelay }: Scenario, retry: number) => Math.min(maxDelay, baseDelay * 2 ** retry)

const rules: ReadonlyArray<readonly [string, (run: Run, scenario: Scenario) => void]> = [
  [
    "waits as long as the server asks, at most its longest delay; else at random, below what doubles",
    (run, scenario) => {
      run.heard.forEach(({ delay, error }, retry) => {
        const millis = Duration.toMillis(delay)
        if (error.retryAfter === undefined) {
          assert.isAtLeast(millis, 0)
          assert.isBelow(millis, capOf(scenario, retry) + tolerance)
        } else {
          assert.closeTo(millis, Math.min(Duration.toMillis(error.retryAfter), scenario.maxDelay), tolerance)
        }
      })
    }
  ],
  ["tells what the server said of another attempt, and heeds it", ({ heard }, { faults }) => {
    for (const { attempts, error } of heard) {
      const fault = faults[attempts - 1]
      if (error.status === undefined || fault?.kind !== "refusal") continue
      assert.strictEqual(error.status, fault.status)
      assert.strictEqual(error.retryAfter && Duration.toMillis(error.retryAfter), fault.retryAfter)
      assert.notStrictEqual(fault.verdict, "false")
    }
  }],
  [
    "waits each delay to its end, and no longer: the clock says so, and so does the error",
    ({ heard, requests, result }) => {
      const told = heard.map(({ delay }) => Duration.toMillis(delay))
      for (const { at, attempts, delay } of heard) {
        assert.closeTo((requests[attempts]?.at ?? NaN) - at, Duration.toMillis(delay), tolerance)
      }
      if (Either.isRight(result)) return
      assert.deepStrictEqual(result.left.delays?.map(Duration.toMillis), told.length === 0 ? undefined : told)
    }
  ],
  ["is one attempt, one more after each delay, and one more after its first 401", (run, { attempt, faults }) => {
    const attempts = Either.match(run.result, { onLeft: (error) => error.attempts, onRight: (count) => count })
    assert.strictEqual(attempts, run.requests.length)
    const retried = new Set(run.heard.map(({ attempts }) => attempts))
    const renewed = run.requests.slice(1).map(({ attempt }) => attempt - 1).filter((before) => !retried.has(before))
    const first401 = faults.findIndex((fault) =>
      fault.kind === "refusal" && fault.status === 401 && fault.takes < attempt
    )
    const refused = first401 !== -1 && first401 < run.requests.length &&
      // The deadline of the whole call may have come first.
      !(first401 === run.requests.length - 1 && Either.isLeft(run.result) && "phase" in run.result.left)
    assert.deepStrictEqual(renewed, refused ? [first401 + 1] : [])
    assert.strictEqual(attempts, run.heard.length + 1 + renewed.length)
  }],
  ["sends nothing after its deadline, and has ended then", ({ endedAt, requests }, { total }) => {
    if (total === undefined) return
    for (const { at } of requests) assert.isBelow(at, total)
    assert.isAtMost(endedAt, total)
  }],
  ["gives up only when it must: the failure will not pass, no retry is left, or no time", (run, scenario) => {
    if (Either.isRight(run.result)) return
    const error = run.result.left
    const { endedAt, heard } = run
    const { maxDelay, retries, total = Infinity } = scenario
    assert.isAtMost(heard.length, retries)
    for (const { error } of heard) assert.isTrue(error.isRetryable)
    if (error._tag === "RequestTimeout" && error.phase === "total") return assert.strictEqual(endedAt, total)
    if (!error.isRetryable || heard.length === retries) return
    const longest = error.retryAfter === undefined
      ? capOf(scenario, heard.length)
      : Math.min(Duration.toMillis(error.retryAfter), maxDelay)
    assert.isAtLeast(endedAt + longest + tolerance, total)
  }]
]

describe("any call", () => {
  let runs: ReadonlyArray<readonly [Run, Scenario]> = []
  beforeAll(async () => {
    runs = await Effect.runPromise(
      forEach(scenarios, 200, (scenario) => Effect.map(run(scenario), (one) => [one, scenario]))
    )
  }, 120_000)

  it.each(rules)("%s", (_, rule) => {
    for (const [run, scenario] of runs) named(scenario, () => rule(run, scenario))
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// Many calls with one budget
// ---------------------------------------------------------------------------------------------------------------------

/** A call among others. What comes after its failures is a success. */
interface Caller {
  readonly startsAt: number
  /** When it is interrupted, if it still runs. */
  readonly endsAt: number | undefined
  readonly retries: number
  readonly takes: number
  readonly failures: ReadonlyArray<number | "ECONNRESET">
}

const failures: ReadonlyArray<Caller["failures"][number]> = [400, 429, 429, 500, 500, 503, "ECONNRESET"]

const callers: FastCheck.Arbitrary<Caller> = FastCheck.record({
  startsAt: even(0, 3_000),
  endsAt: FastCheck.option(odd(0, 5_000), { nil: undefined }),
  retries: FastCheck.integer({ min: 0, max: 4 }),
  takes: even(0, 400),
  failures: FastCheck.array(FastCheck.constantFrom(...failures), { maxLength: 5 })
})

/** What callers do to a budget. */
interface Crowd {
  readonly budget: Required<RetryPolicy.BudgetOptions>
  readonly callers: ReadonlyArray<Caller>
  readonly seed: number
}

const crowds: FastCheck.Arbitrary<Crowd> = FastCheck.record({
  budget: FastCheck.record({
    capacity: FastCheck.integer({ min: 0, max: 60 }),
    transientCost: FastCheck.integer({ min: 1, max: 20 }),
    throttlingCost: FastCheck.integer({ min: 1, max: 6 })
  }),
  callers: FastCheck.array(callers, { minLength: 1, maxLength: 6 }),
  seed: FastCheck.integer()
})

/** What has become of a caller: what its retries have cost, and whether the last of them has yet to be sent. */
interface Account {
  readonly index: number
  readonly caller: Caller
  readonly costs: Array<number>
  waits: boolean
  sent: number
  fiber: Fiber.Fiber<unknown, CohereError> | undefined
}

const modelOf = (body: string): string => {
  // It is what was sent here.
  const { model }: { readonly model: string } = JSON.parse(body)
  return model
}

/** Lets them call; gives how many retries after 429 the rest of the budget pays for, and how many it should. */
const spend = ({ budget, callers, seed }: Crowd) =>
  Effect.gen(function*() {
    const costOf = (error: CohereError) => error._tag === "RateLimited" ? budget.throttlingCost : budget.transientCost
    let tokens = budget.capacity
    const give = (count: number) => {
      tokens = Math.min(budget.capacity, tokens + count)
    }
    const accounts = callers.map((caller, index): Account => ({
      index,
      caller,
      costs: [],
      waits: false,
      sent: 0,
      fiber: undefined
    }))

    // How many tokens are left in the end shows in how many retries they pay for.
    let probed = 0
    const probe = V2.chat({ ...chatRequest, model: "probe" }).pipe(RetryPolicy.with(Schedule.forever), Effect.exit)

    const transport = Transport.make(({ body }) => {
      const account = accounts[Number(modelOf(body))]
      if (account === undefined) {
        probed++
        return { status: 429 }
      }
      account.waits = false
      const failure = account.caller.failures[account.sent++]
      return Effect.as(
        Effect.sleep(account.caller.takes),
        failure === undefined ? chatReply : typeof failure === "number" ? { status: failure } : { fail: failure }
      )
    })
    const client = CohereClient.layer.pipe(
      Layer.provide(Deployment.layerPlatform),
      Layer.provide(Credentials.layer("test-key-of-nobody")),
      Layer.provide(transport.layer),
      Layer.provide(RetryPolicy.layerBudget(budget)),
      Layer.orDie
    )

    const call = (account: Account) =>
      V2.chat({ ...chatRequest, model: String(account.index) }).pipe(
        RetryPolicy.onRetry(({ error }) =>
          Effect.sync(() => {
            const cost = costOf(error)
            assert.isAtLeast(tokens, cost)
            tokens -= cost
            account.costs.push(cost)
            account.waits = true
          })
        ),
        CohereClient.onResponse(() => Effect.sync(() => give(account.costs.at(-1) ?? 1))),
        RetryPolicy.with(RetryPolicy.make({ retries: account.caller.retries })),
        Effect.withRandom(Random.make(seed + account.index)),
        Effect.tapError((error) =>
          Effect.sync(() => {
            if (error.isRetryable && account.costs.length < account.caller.retries) {
              assert.isBelow(tokens, costOf(error))
            }
          })
        )
      )
    const start = (account: Account) =>
      Effect.map(Effect.fork(call(account)), (fiber) => {
        account.fiber = fiber
      })
    const stop = (account: Account) =>
      account.fiber === undefined ? Effect.void : Effect.map(Fiber.interrupt(account.fiber), (exit) => {
        if (Exit.isInterrupted(exit) && account.waits) give(account.costs.at(-1) ?? NaN)
      })

    return yield* Effect.gen(function*() {
      const acts = accounts.flatMap((account) => {
        const { endsAt = Infinity, startsAt } = account.caller
        return [
          { at: startsAt, act: start(account) },
          ...(endsAt < Infinity ? [{ at: endsAt, act: Effect.suspend(() => stop(account)) }] : [])
        ]
      })
      let now = 0
      for (const { act, at } of acts.sort((one, other) => one.at - other.at)) {
        yield* TestClock.adjust(at - now)
        now = at
        yield* act
      }
      yield* TestClock.adjust("1 hour")
      for (const { fiber } of accounts) {
        if (fiber === undefined) continue
        const exit = yield* Fiber.await(fiber)
        // A call may fail or be interrupted; what is asserted inside of it must not be lost.
        if (Exit.isFailure(exit) && Cause.isDie(exit.cause)) throw Cause.squash(exit.cause)
      }
      yield* probe
      return [probed - 1, Math.floor(tokens / budget.throttlingCost)] as const
    }).pipe(Effect.provide(client))
  })

it.live(
  "the tokens of a client are those it began with, less those taken, plus those that came back, and never more",
  () =>
    forEach(crowds, 100, (crowd) =>
      Effect.map(Effect.exit(spend(crowd)), (exit) =>
        named(crowd, () => {
          if (Exit.isFailure(exit)) throw Cause.squash(exit.cause)
          assert.strictEqual(...exit.value)
        }))),
  120_000
)
