/** Every fault, on every kind of operation, over both transports, against a server of raw bytes. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import type { CohereError } from "@effect-cohere/core/CohereError"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Random from "effect/Random"
import { isDeepStrictEqual } from "node:util"
import { nobody, onFetch, onNode } from "../client/support/server.ts"
import { families, type Family } from "./families.ts"
import { bodyOf, type Fault, faults, type Outcome, type Transport } from "./faults.ts"
import * as Server from "./server.ts"

const transports = { CohereNode: onNode, fetch: onFetch } satisfies Record<Transport, unknown>
// Keys of a literal are its own.
const transportNames = Object.keys(transports) as ReadonlyArray<Transport>

const seed = 4711

/** What one cell of the table is, expected or seen. */
type Seen = Omit<Outcome, "attempts" | "delivered"> & {
  readonly attempts: number
  /** How many requests the server saw. */
  readonly sent: number
  readonly values: ReadonlyArray<unknown>
  /** Sockets that the call left behind, and those that the client did. */
  readonly left: readonly [number, number]
}

const policy = RetryPolicy.make({ retries: 2, baseDelay: "1 millis", maxDelay: "4 millis" })

const long: Timeouts.Settings = { attempt: "15 seconds", firstEvent: "15 seconds", idle: "15 seconds" }

const expected = (fault: Fault, family: Family, transport: Transport, outcome: Outcome): ReadonlyArray<Seen> => {
  const exception = fault.except?.find((one) =>
    (one.transport ?? transport) === transport &&
    (one.families === undefined || one.families.includes(family.name) || one.families.includes(family.answer.kind))
  )
  const { attempts: [always, refused], delivered, ...rest } = exception?.outcome ?? outcome
  const attempts = family.retry === "always" ? always : refused
  const body = bodyOf(family.answer)
  const all = family.values(
    rest.outcome === "ok" ? fault.alters?.(body, family.answer) ?? body : family.answer.kind === "unary" ? "null" : body
  )
  return Array.from({ length: fault.calls ?? 1 }, () => ({
    ...rest,
    attempts,
    sent: fault.script === "nobody listens" ? 0 : attempts * (exception?.sent ?? 1),
    values: delivered === "all" ? all : all.slice(0, delivered),
    left: fault.lingers === undefined ? [0, 0] : [attempts, attempts]
  }))
}

const fieldsOf = (error: CohereError) => ({
  outcome: error._tag,
  isRetryable: error.isRetryable,
  status: error.status,
  phase: error._tag === "RequestTimeout" ? error.phase : undefined,
  requestId: error.requestId === "trace-of-fault",
  retryAfter: error.retryAfter && Duration.toMillis(error.retryAfter),
  attempts: error.attempts
})

/** How many are left after so long at most. */
const settled = (count: () => number, millis: number) =>
  Effect.gen(function*() {
    for (let waited = 0; waited < millis && count() > 0; waited += 10) yield* Effect.sleep("10 millis")
    return count()
  })

const noServer: Server.Server = {
  port: 0,
  played: () => 0,
  hold: () => {},
  unfinished: () => 0,
  open: () => 0,
  closeIdle: () => {},
  closeAll: () => {}
}

const observe = (fault: Fault, family: Family, transport: Transport) =>
  Effect.gen(function*() {
    const server = fault.script === "nobody listens" ? noServer : yield* Server.listen(fault.script(family.answer))
    const patience = fault.lingers === undefined ? 2_000 : 0
    const url = server === noServer ? yield* nobody : `${fault.scheme ?? "http"}://127.0.0.1:${server.port}`

    const call = Effect.gen(function*() {
      const values: Array<unknown> = []
      const before = server.played()
      const result = yield* family.run((value) => {
        values.push(value)
        server.hold(values.length)
      }).pipe(
        CohereClient.withResponse,
        RetryPolicy.with(policy),
        Timeouts.with({ ...long, ...fault.deadlines }),
        Effect.withRandom(Random.make(seed)),
        Effect.either
      )
      const sent = server.played() - before
      if (Either.isLeft(result) && "delivered" in result.left) assert.strictEqual(result.left.delivered, values.length)
      const seen = Either.match(result, {
        onLeft: fieldsOf,
        onRight: ({ response }) => ({
          outcome: "ok" as const,
          isRetryable: undefined,
          status: response.status,
          phase: undefined,
          requestId: response.requestId === "trace-of-fault",
          retryAfter: undefined,
          attempts: response.attempts
        })
      })
      return { ...seen, sent, values, undone: yield* settled(server.unfinished, patience) }
    })
    // All but the last look are over while the client lives: what it leaves open then, it would leave open for long.
    const calls = yield* Effect.replicateEffect(call, fault.calls ?? 1).pipe(Effect.provide(transports[transport](url)))
    const open = yield* settled(() => {
      // The platform's fetch keeps unused connections beyond any client; CohereNode closes them with it.
      if (transport === "fetch") server.closeIdle()
      return server.open()
    }, patience)
    return calls.map(({ undone, ...seen }): Seen => ({ ...seen, left: [undone, open] }))
  }).pipe(Effect.scoped)

const unhandled: Array<unknown> = []
const onUnhandled = (reason: unknown) => unhandled.push(reason)
beforeAll(() => {
  process.on("unhandledRejection", onUnhandled)
})
afterAll(() => {
  process.off("unhandledRejection", onUnhandled)
  assert.deepStrictEqual(unhandled, [])
})

describe.concurrent(`faults (delays of retries: seed ${seed})`, () => {
  it.live.each(faults.map((fault) => [fault.name, fault] as const))("%s", ([, fault]) =>
    Effect.gen(function*() {
      const cells = families.flatMap((family) => {
        const outcome = family.answer.kind === "unary" ? fault.unary : fault.stream
        return outcome === undefined ? [] : transportNames.map((transport) => ({ family, transport, outcome }))
      })
      const results = yield* Effect.forEach(
        cells,
        ({ family, outcome, transport }) =>
          Effect.map(observe(fault, family, transport), (seen) => ({
            cell: `${family.name} over ${transport}`,
            seen,
            wanted: expected(fault, family, transport, outcome)
          })),
        { concurrency: "unbounded" }
      )
      // Only the cells that differ, so that the difference can be read.
      const wrong = results.filter(({ seen, wanted }) => !isDeepStrictEqual(seen, wanted))
      assert.deepStrictEqual(
        wrong.map(({ cell, seen }) => `${cell}: ${JSON.stringify(seen)}`),
        wrong.map(({ cell, wanted }) => `${cell}: ${JSON.stringify(wanted)}`)
      )
      assert.isNotEmpty(results)
    }), 30_000)
})
