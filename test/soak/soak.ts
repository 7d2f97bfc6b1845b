/**
 * Very many calls, of which some go wrong: is each answered once, with its own answer, and is nothing kept?
 *
 * `pnpm soak [--quick] [--calls=200000] [--seed=1]` prints figures and a verdict, and fails if that is a bad one.
 */
import * as Chat from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as CohereError from "@effect-cohere/core/CohereError"
import * as Models from "@effect-cohere/core/Models"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V2 from "@effect-cohere/core/V2"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { onFetch, onNode } from "../client/support/server.ts"
import * as Faults from "./faults.ts"
import type * as Faulty from "./faulty.ts"
import { held } from "./memory.ts"
import * as Peer from "./peer.ts"
import * as Random from "./random.ts"

const args = process.argv.slice(2)
const seed = Random.seedOf(args)
const quick = args.includes("--quick")
const calls = Number(
  args.find((arg) => arg.startsWith("--calls="))?.slice("--calls=".length) ?? (quick ? 5_000 : 200_000)
)
const concurrency = 64
/** Memory is looked at after each part, when nothing is under way. */
const parts = quick ? 3 : 10
/** Megabytes that may be held more after the last part than after the second. */
const allowance = 5

/** Calls of one kind: each gives the number that its answer repeats; a list one for each item. */
const kinds: ReadonlyArray<{
  readonly name: string
  readonly call: (n: string) => Effect.Effect<ReadonlyArray<string>, CohereError.CohereError, CohereClient.CohereClient>
  readonly expected: (n: string) => ReadonlyArray<string>
  /** How many requests there are if nothing goes wrong. */
  readonly requests: number
}> = [
  {
    name: "chat",
    call: (n) =>
      Effect.map(
        V2.chat({ model: "m", messages: [Chat.user(n)] }),
        ({ id, message }) => [id, Chat.text(message)]
      ),
    expected: (n) => [n, n],
    requests: 1
  },
  {
    name: "embed",
    call: (n) =>
      Effect.map(
        V2.embed({ model: "m", input_type: "search_query", texts: [n] }),
        ({ embeddings, id }) => [id, ...(embeddings.float ?? []).map(([first]) => String(first))]
      ),
    expected: (n) => [n, n],
    requests: 1
  },
  {
    name: "stream",
    call: (n) =>
      Effect.map(
        ChatStream.collect(V2.chatStream({ model: "m", messages: [Chat.user(n)] })),
        ({ id, message }) => [id, Chat.text(message)]
      ),
    expected: (n) => [n, n],
    requests: 1
  },
  {
    name: "list",
    call: () =>
      Effect.map(
        Stream.runCollect(Models.listAll({})),
        (models) => Chunk.toReadonlyArray(models).map(({ name }) => name ?? "")
      ),
    expected: (n) => ["0-a", "0-b", "1-a", "1-b"].map((item) => `${n}-${item}`),
    requests: 2
  }
]

/** What a call may fail with when its server does what this one does. */
const expectedErrors: ReadonlyArray<CohereError.CohereError["_tag"]> = [
  "ConnectionFailed",
  "ServerError",
  "RateLimited",
  "RequestTimeout",
  "StreamInterrupted",
  "StreamTruncated",
  "StreamIdle"
]

const wrong: Array<string> = []
const note = (what: string) => {
  if (wrong.length < 20) wrong.push(what)
}
process.on("unhandledRejection", (reason) => note(`unhandled rejection: ${String(reason)}`))

/** How often each call ended: once, if all is well. */
const ends = new Uint8Array(calls)
const succeeded = new Uint8Array(calls)
/** How often each call says that it was sent. */
const attempts = new Uint16Array(calls)
const failures: Record<string, number> = {}

// Only where an answer stalls: elsewhere, a slow machine must not look like a fault.
const short: Timeouts.Settings = { attempt: "2 seconds", firstEvent: "2 seconds", idle: "2 seconds" }
const long: Timeouts.Settings = { attempt: "1 minute", firstEvent: "1 minute", idle: "1 minute" }

const one = (n: number) =>
  Effect.suspend(() => {
    const kind = kinds[n % kinds.length]
    if (kind === undefined) return Effect.void
    const text = String(n)
    let sent = 0
    return kind.call(text).pipe(
      CohereClient.onResponse((response) =>
        Effect.sync(() => {
          sent += response.attempts
        })
      ),
      RequestOptions.with({ headers: { "x-call": text } }),
      Timeouts.with(Faults.stalls(seed, n) ? short : long),
      Effect.exit,
      Effect.map((exit) => {
        ends[n] = (ends[n] ?? 0) + 1
        if (Exit.isSuccess(exit)) {
          succeeded[n] = 1
          if (exit.value.join() !== kind.expected(text).join()) note(`${kind.name} ${n} got ${exit.value.join()}`)
        } else {
          const error = Cause.squash(exit.cause)
          if (!CohereError.is(error) || !expectedErrors.includes(error._tag)) {
            note(`${kind.name} ${n} failed with ${Cause.pretty(exit.cause)}`)
          } else {
            failures[error._tag] = (failures[error._tag] ?? 0) + 1
            // A stream that breaks off has told of its response before; a call or a page that fails has not.
            if (kind.name !== "stream" || sent === 0) sent += error.attempts ?? 0
          }
        }
        attempts[n] = sent
      })
    )
  })

const main = Effect.gen(function*() {
  const peer = yield* Effect.acquireRelease(
    Effect.promise(() => Peer.start<Faulty.Report>("./faulty.ts", [String(seed), String(calls)])),
    (peer) => Effect.promise(peer.stop)
  )
  const [onUndici, overFetch] = yield* Effect.all([Layer.build(onNode(peer.url)), Layer.build(onFetch(peer.url))])
  console.log(`seed ${seed}, ${calls} calls, ${concurrency} at a time`)
  const sizes: Array<number> = []
  const started = performance.now()
  for (let part = 0; part < parts; part++) {
    const first = Math.floor(calls * part / parts)
    const size = Math.floor(calls * (part + 1) / parts) - first
    yield* Effect.forEach(
      Array.from({ length: size }, (_, i) => first + i),
      // Half of each kind by each client.
      (n) => Effect.provide(one(n), (n >> 2) % 2 === 0 ? onUndici : overFetch),
      { concurrency, discard: true }
    )
    sizes.push(yield* Effect.promise(held))
  }
  const seconds = (performance.now() - started) / 1000
  const report = yield* Effect.promise(peer.report)

  const numbers = Array.from({ length: calls }, (_, n) => n)
  const sum = (values: Iterable<number>) => [...values].reduce((all, value) => all + value, 0)
  const lost = numbers.filter((n) => ends[n] !== 1)
  // A deadline may pass before the request has left, or while its answer arrives.
  const undisturbed = numbers.filter((n) => !Faults.stalls(seed, n))
  const uncounted = undisturbed.filter((n) => attempts[n] !== report.requests[n])
  const doubled = undisturbed.filter((n) =>
    succeeded[n] === 1 && report.answered[n] !== kinds[n % kinds.length]?.requests
  )
  const unprovoked = undisturbed.filter((n) => succeeded[n] === 0 && report.faults[n] === 0)
  const growth = (sizes.at(-1) ?? 0) - (sizes[1] ?? 0)
  const shown = (names: Readonly<Record<string, number>>) =>
    Object.entries(names).map(([name, count]) => `${count} ${name}`).join(", ") || "none"

  console.log(`${seconds.toFixed(1)} s, ${Math.round(calls / seconds)} calls a second`)
  console.log(`${sum(report.requests)} requests; faults: ${shown(report.kinds)}`)
  console.log(`${sum(succeeded)} calls succeeded; failures: ${shown(failures)}`)
  console.log(`held after each part, in MB: ${sizes.map((size) => size.toFixed(1)).join(" ")}`)

  const checks: ReadonlyArray<readonly [string, number]> = [
    ["calls that did not end exactly once", lost.length],
    ["calls that succeeded, but were not answered exactly once", doubled.length],
    ["calls whose attempts are not the requests that the server saw", uncounted.length],
    ["calls that failed though nothing went wrong", unprovoked.length],
    ["wrong answers, defects and other errors", wrong.length],
    [`MB more held than after the second part, beyond ${allowance}`, Math.max(0, growth - allowance)]
  ]
  for (const [what, count] of checks) console.log(`${count === 0 ? "ok" : "BAD"}: ${count} ${what}`)
  for (const what of wrong) console.log(what)
  for (const n of [...lost, ...doubled, ...uncounted, ...unprovoked].slice(0, 10)) {
    console.log(
      `call ${n} (${kinds[n % kinds.length]?.name}): ends ${ends[n]}, attempts ${attempts[n]}, requests ` +
        `${report.requests[n]}, answered ${report.answered[n]}, faults ${report.faults[n]}`
    )
  }
  const good = checks.every(([, count]) => count === 0)
  console.log(good ? "PASSED" : "FAILED")
  if (!good) process.exitCode = 1
})

await main.pipe(
  Effect.scoped,
  RetryPolicy.with(RetryPolicy.make({ baseDelay: "10 millis" })),
  Effect.runPromise
)
