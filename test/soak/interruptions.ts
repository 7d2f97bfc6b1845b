/**
 * Stops calls at random instants, and counts what is left behind. Writes a report as one line of JSON.
 *
 * `node --expose-gc --import tsx test/soak/interruptions.ts [--seed=1] [--calls=10000] [--seconds=300]`
 */
import * as Chat from "@effect-cohere/core/Chat"
import type { CohereClient } from "@effect-cohere/core/CohereClient"
import * as CohereError from "@effect-cohere/core/CohereError"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as Models from "@effect-cohere/core/Models"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Upload from "@effect-cohere/core/Upload"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Supervisor from "effect/Supervisor"
import { getEventListeners, setMaxListeners } from "node:events"
import { onFetch, onNode } from "../client/support/server.ts"
import { held } from "./memory.ts"
import * as Peer from "./peer.ts"
import * as Random from "./random.ts"
import type * as Restless from "./restless.ts"

/** How a call was ended. */
export type Way = "interrupt" | "timeout" | "scope" | "take"

/** What the program writes. */
export interface Report {
  readonly seed: number
  readonly calls: number
  readonly seconds: number
  /** Calls by the way in which they were ended. */
  readonly ways: Readonly<Record<string, number>>
  /** How calls ended: stopped, or before that by themselves. */
  readonly ends: Readonly<Record<string, number>>
  /** Ends that no call may have: defects, errors of other kinds, unhandled rejections. */
  readonly wrong: ReadonlyArray<string>
  /** The longest time from the interruption of a call to its end, in milliseconds. */
  readonly slowest: number
  readonly server: Restless.Report
  /** Contents of uploads that are still open. */
  readonly sources: number
  /** Fibers that still run. */
  readonly fibers: number
  /** Listeners on the signal that all calls were run with. */
  readonly listeners: number
  /** Signals made for calls that are still in memory. */
  readonly signals: number
  /** What keeps the process from ending, beside what did before the first call. */
  readonly resources: ReadonlyArray<string>
  /** Megabytes held after each thousand. */
  readonly held: ReadonlyArray<number>
}

const args = process.argv.slice(2)
const seed = Random.seedOf(args)
const calls = Number(args.find((arg) => arg.startsWith("--calls="))?.slice("--calls=".length) ?? 10_000)
const batch = 1_000
/** After so many seconds no other thousand is begun. */
const time = Number(args.find((arg) => arg.startsWith("--seconds="))?.slice("--seconds=".length) ?? 300)
const concurrency = 16
/** `fetch` keeps a connection for 4 seconds, even one that no request has used. */
const patience = 8_000

// Before anything makes one: which signals are not garbage at the end?
const signals = new Set<WeakRef<AbortSignal>>()
globalThis.AbortController = class extends AbortController {
  constructor() {
    super()
    signals.add(new WeakRef(this.signal))
  }
}

const request: V2.ChatRequest = { model: "m", messages: [Chat.user("Name a river.")] }
const large: V2.ChatRequest = { model: "m", messages: [Chat.user("river ".repeat(50_000))] }
const piece = new Uint8Array(16 * 1024)

/** Contents of uploads that are open. */
let sources = 0

type Calls<Out> = Readonly<Record<string, Out>>
type Failing = CohereError.CohereError

const unary: Calls<Effect.Effect<unknown, Failing, CohereClient>> = {
  silent: V2.chat(request),
  slow: V2.chat(large),
  half: V2.chat(request),
  answer: V2.chat(request),
  retries: V2.chat(request),
  backOff: V2.chat(request),
  upload: Datasets.create({
    name: "n",
    type: "embed-input",
    data: Upload.make(
      "rivers.csv",
      Stream.unwrapScoped(Effect.acquireRelease(
        Effect.sync(() => {
          sources++
          return Stream.repeatEffect(Effect.sync(() => piece))
        }),
        () => Effect.sync(() => sources--)
      ))
    )
  })
}
const streams: Calls<Stream.Stream<unknown, Failing, CohereClient>> = {
  events: V2.chatStream(request),
  eventsV1: V1.chatStream({ message: "Name a river." }),
  list: Models.listAll({})
}
const fates = [...Object.keys(unary), ...Object.keys(streams)] as [string, ...Array<string>]

const wrong: Array<string> = []
const note = (what: string) => {
  if (wrong.length < 20) wrong.push(what)
}
process.on("unhandledRejection", (reason) => note(`unhandled rejection: ${String(reason)}`))

const ways: Record<string, number> = {}
const ends: Record<string, number> = {}
const count = (counts: Record<string, number>, name: string) => {
  counts[name] = (counts[name] ?? 0) + 1
}
let slowest = 0

/** Notes how a call ended. */
const ended = (fate: string, exit: Exit.Exit<unknown, unknown>): void => {
  if (Exit.isSuccess(exit)) return count(ends, "done")
  if (Cause.isInterruptedOnly(exit.cause)) return count(ends, "interrupted")
  const error = Cause.squash(exit.cause)
  if (Cause.isTimeoutException(error)) return count(ends, "timed out")
  if (CohereError.is(error) && (fate === "retries" || fate === "backOff")) return count(ends, error._tag)
  note(`${fate}: ${Cause.pretty(exit.cause)}`)
}

/** Some instant: at once, a few turns later, or a few milliseconds. */
const instant = (random: number): Effect.Effect<void> =>
  random < 0.15
    ? Effect.void
    : random < 0.35
    ? Effect.repeatN(Effect.yieldNow(), Math.floor((random - 0.15) * 200))
    : Effect.sleep(`${(random - 0.35) * 40} millis`)

const cycle = (n: number, shared: AbortSignal, runtime: Runtime.Runtime<never>) =>
  Effect.suspend(() => {
    const random = (m: number) => Random.at(seed, n * 4 + m)
    const fate = Random.pick(fates, random(0))
    const stream = streams[fate]
    const bare = stream === undefined ? unary[fate] ?? Effect.die("no such call") : Stream.runDrain(stream)
    const settings = <Self extends Effect.Effect<unknown, Failing, CohereClient>>(self: Self) =>
      self.pipe(
        RequestOptions.with({ headers: { "x-fate": fate } }),
        RetryPolicy.with(RetryPolicy.make({ retries: 1_000 }))
      )
    const call = settings(bare)
    const others: ReadonlyArray<Way> = stream === undefined ? ["timeout", "scope"] : ["timeout", "scope", "take"]
    const way = n % 2 === 0 ? "interrupt" : Random.pick(["timeout", ...others.slice(1)] as const, random(1))
    count(ways, way)
    const end = (exit: Exit.Exit<unknown, unknown>) => Effect.sync(() => ended(fate, exit))
    switch (way) {
      case "interrupt":
        return Effect.gen(function*() {
          const fiber = yield* Effect.fork(call)
          yield* instant(random(2))
          const moment = performance.now()
          const exit = yield* Fiber.interrupt(fiber)
          slowest = Math.max(slowest, performance.now() - moment)
          yield* end(exit)
        })
      case "scope":
        return Effect.gen(function*() {
          const scope = yield* Scope.make()
          const fiber = yield* Effect.forkIn(call, scope)
          yield* instant(random(2))
          yield* Scope.close(scope, Exit.void)
          yield* Effect.flatMap(Fiber.await(fiber), end)
        })
      case "timeout":
        // As a program without Effect around it would run it: as a promise, with its own signal.
        return Effect.flatMap(Effect.context<CohereClient>(), (client) =>
          Effect.flatMap(
            Effect.promise(() =>
              Runtime.runPromiseExit(runtime)(
                call.pipe(Effect.timeout(`${random(2) * 25} millis`), Effect.provide(client)),
                { signal: shared }
              )
            ),
            end
          ))
      case "take":
        return Effect.flatMap(
          Effect.exit(settings(Stream.runDrain(Stream.take(stream ?? Stream.empty, Math.floor(random(2) * 6))))),
          end
        )
    }
  })

const main = Effect.gen(function*() {
  const peer = yield* Effect.acquireRelease(
    Effect.promise(() => Peer.start<Restless.Report>("./restless.ts")),
    (peer) => Effect.promise(peer.stop)
  )
  const before = process.getActiveResourcesInfo()
  const started = performance.now()
  const supervisor = yield* Supervisor.track
  const shared = new AbortController()
  // Each call that is under way listens to it; Node warns of more than ten.
  setMaxListeners(concurrency, shared.signal)
  const sizes: Array<number> = []

  /** What the server sees when nothing goes on any more; or after a while, if that does not come. */
  const settled = (still: (report: Restless.Report) => boolean) =>
    Effect.promise(async () => {
      const moment = performance.now()
      for (;;) {
        const report = await peer.report()
        if (!still(report) || performance.now() - moment > patience) return report
      }
    })

  yield* Effect.gen(function*() {
    const runtime = yield* Effect.runtime<never>()
    const clients = yield* Effect.all([
      Layer.build(onNode(peer.url)),
      Layer.build(onFetch(peer.url))
    ])
    const mayGoOn = () => sizes.length < 2 || performance.now() - started < time * 1_000
    for (let first = 0; first < calls && mayGoOn(); first += batch) {
      yield* Effect.forEach(
        Array.from({ length: batch }, (_, i) => first + i),
        (n) => Effect.provide(cycle(n, shared.signal, runtime), clients[(n >> 1) % 2] ?? Context.unsafeMake(new Map())),
        { concurrency, discard: true }
      )
      yield* settled((report) => report.busy > 0)
      sizes.push(yield* Effect.promise(held))
    }
  }).pipe(Effect.scoped, Effect.supervised(supervisor))

  const server = yield* settled((report) => report.busy + report.connections > 0)
  yield* Effect.promise(held)
  const fibers = yield* supervisor.value
  const listeners = getEventListeners(shared.signal, "abort").length
  const remaining = [...before]
  const resources = process.getActiveResourcesInfo().filter((name) => {
    const index = remaining.indexOf(name)
    if (index >= 0) remaining.splice(index, 1)
    return index < 0
  })
  const report: Report = {
    seed,
    calls: sizes.length * batch,
    seconds: (performance.now() - started) / 1000,
    ways,
    ends,
    wrong,
    slowest,
    server,
    sources,
    fibers: fibers.length,
    listeners,
    // That of the test itself is one of them.
    signals: [...signals].filter((ref) => ref.deref() !== undefined && ref.deref() !== shared.signal).length,
    resources,
    held: sizes
  }
  console.log(JSON.stringify(report))
})

await Effect.runPromise(Effect.scoped(main))
