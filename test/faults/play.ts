/** Plays a fault on an operation, and tells what came of it beside what should have. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import type { CohereError } from "@effect-cohere/core/CohereError"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import { assert } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { isDeepStrictEqual } from "node:util"
import { nobody, onFetch, onNode } from "../client/support/server.ts"
import { identities } from "./certificates.ts"
import { families, type Family } from "./families.ts"
import { bodyOf, type Fault, type Outcome, type Outcomes, type Transport } from "./faults.ts"
import * as Server from "./server.ts"

const transports = { CohereNode: onNode, fetch: onFetch } satisfies Record<Transport, unknown>
// Keys of a literal are its own.
const transportNames = Object.keys(transports) as ReadonlyArray<Transport>

/** Of the delays of retries. */
export const seed = 4711

/** What one cell of the table is, expected or seen. */
type Seen = Omit<Outcome, "attempts" | "delivered"> & {
  readonly attempts: number
  /** How many requests the server saw. */
  readonly sent: number
  readonly values: ReadonlyArray<unknown>
  /** Of what the error should say, what it does say. */
  readonly says: string | undefined
  /** Sockets that the call left behind, and those that the client did. */
  readonly left: readonly [number, number]
  /** How many requests in all came on connections that had brought one before, if that matters. */
  readonly kept: number | undefined
}

const policy = RetryPolicy.make({ retries: 2, baseDelay: "1 millis", maxDelay: "4 millis" })

const long: Timeouts.Settings = { attempt: "15 seconds", firstEvent: "15 seconds", idle: "15 seconds" }

const slowed = (deadlines: Readonly<Record<string, Duration.DurationInput | undefined>>, slowness: number) =>
  Object.fromEntries(
    Object.entries(deadlines).map(([phase, limit]) => [phase, limit && Duration.times(limit, slowness)])
  )

const expected = (fault: Fault, family: Family, transport: Transport, outcomes: Outcomes): ReadonlyArray<Seen> => {
  const exception = fault.except?.find((one) =>
    (one.transport ?? transport) === transport &&
    (one.families === undefined || one.families.includes(family.name) || one.families.includes(family.answer.kind))
  )
  const wanted = exception?.outcome ?? outcomes
  const body = bodyOf(family.answer)
  // `Array.isArray` does not know arrays that cannot be changed.
  const each = "outcome" in wanted ? Array.from({ length: fault.calls ?? 1 }, () => wanted) : wanted
  return each.map(({ attempts: [always, refused], delivered, ...rest }) => {
    const attempts = family.retry === "always" ? always : refused
    const all = family.values(
      rest.outcome === "ok"
        ? fault.alters?.(body, family.answer) ?? body
        : family.answer.kind === "unary"
        ? "null"
        : body
    )
    return {
      ...rest,
      attempts,
      sent: typeof fault.script === "string" ? 0 : attempts * (exception?.sent ?? fault.sent ?? 1),
      values: delivered === "all" ? all : all.slice(0, delivered),
      says: rest.outcome === "ok" ? undefined : fault.says,
      left: fault.lingers === undefined ? [0, 0] : [attempts, attempts],
      kept: fault.kept
    }
  })
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

/** A host that has no address: a part of a name has 63 characters at most, so that no name server need be asked. */
const noHost = `http://${"no-such-host".repeat(6)}.invalid`

/** How many are left after so long at most. */
const settled = (count: () => number, millis: number) =>
  Effect.gen(function*() {
    for (let waited = 0; waited < millis && count() > 0; waited += 10) yield* Effect.sleep("10 millis")
    return count()
  })

const noServer: Server.Server = {
  port: 0,
  played: () => 0,
  kept: () => 0,
  hold: () => {},
  unfinished: () => 0,
  open: () => 0,
  closeIdle: () => {},
  closeAll: () => {}
}

/** A cell of the table. */
interface Cell {
  readonly family: Family
  readonly transport: Transport
  readonly outcomes: Outcomes
}

const observe = (fault: Fault, { family, outcomes, transport }: Cell, slowness: number) =>
  Effect.gen(function*() {
    const server = typeof fault.script === "string"
      ? noServer
      : yield* Server.listen(fault.script(family.answer), slowness, fault.identity && identities[fault.identity])
    const patience = fault.lingers === undefined ? 2_000 : 0
    const url = fault.script === "nobody listens"
      ? yield* nobody
      : fault.script === "no such host"
      ? noHost
      : `${fault.scheme ?? "http"}://127.0.0.1:${server.port}`
    const client = transports[transport](url).pipe(
      Layer.provide(fault.budget === undefined ? Layer.empty : RetryPolicy.layerBudget(fault.budget))
    )
    const wanted = expected(fault, family, transport, outcomes)

    const call = Effect.gen(function*() {
      const values: Array<unknown> = []
      const before = server.played()
      const result = yield* family.run((value) => {
        values.push(value)
        server.hold(values.length)
      }).pipe(
        CohereClient.withResponse,
        RetryPolicy.with(policy),
        Timeouts.with(slowed({ ...long, ...fault.deadlines }, slowness)),
        Effect.withRandom(Random.make(seed)),
        Effect.either
      )
      const sent = server.played() - before
      if (Either.isLeft(result) && "delivered" in result.left) assert.strictEqual(result.left.delivered, values.length)
      const seen = Either.match(result, {
        onLeft: (error) => ({
          ...fieldsOf(error),
          says: fault.says === undefined || error.message.includes(fault.says) ? fault.says : error.message
        }),
        onRight: ({ response }) => ({
          outcome: "ok" as const,
          isRetryable: undefined,
          status: response.status,
          phase: undefined,
          requestId: response.requestId === "trace-of-fault",
          retryAfter: undefined,
          attempts: response.attempts,
          says: undefined
        })
      })
      const undone = yield* settled(server.unfinished, patience)
      // Whoever calls again at once gets another connection: undici takes a turn to see that this one is free.
      if (wanted.length > 1) yield* Effect.sleep("20 millis")
      return { ...seen, sent, values, undone }
    })
    // All but the last look are over while the client lives: what it leaves open then, it would leave open for long.
    const calls = yield* Effect.replicateEffect(call, wanted.length).pipe(Effect.provide(client))
    const open = yield* settled(() => {
      // The platform's fetch keeps unused connections beyond any client; CohereNode closes them with it.
      if (transport === "fetch") server.closeIdle()
      return server.open()
    }, patience)
    return {
      seen: calls.map(({ undone, ...seen }): Seen => ({
        ...seen,
        left: [undone, open],
        kept: fault.kept === undefined ? undefined : server.kept()
      })),
      wanted
    }
  }).pipe(Effect.scoped)

/**
 * Plays a fault in all its cells, so many at a time, and fails with those that are not what they should be. Where there
 * are deadlines, a busy machine may have missed one: these cells are played once more, five times as slowly.
 */
export const play = (fault: Fault, concurrency: number | "unbounded"): Effect.Effect<void> =>
  Effect.gen(function*() {
    const cells = families.flatMap((family): ReadonlyArray<Cell> => {
      const outcomes = family.answer.kind === "unary" ? fault.unary : fault.stream
      return outcomes === undefined || fault.families?.includes(family.name) === false
        ? []
        : transportNames.map((transport) => ({ family, transport, outcomes }))
    })
    assert.isNotEmpty(cells)
    const wrongOf = (cells: ReadonlyArray<Cell>, slowness: number) =>
      Effect.forEach(
        cells,
        (cell) => Effect.map(observe(fault, cell, slowness), (result) => ({ cell, ...result })),
        { concurrency }
      ).pipe(Effect.map((results) => results.filter(({ seen, wanted }) => !isDeepStrictEqual(seen, wanted))))

    const first = yield* wrongOf(cells, 1)
    // Only the cells that differ, so that the difference can be read.
    const wrong = fault.deadlines === undefined ? first : yield* wrongOf(first.map(({ cell }) => cell), 5)
    const show = ({ family, transport }: Cell, calls: ReadonlyArray<Seen>) =>
      `${family.name} over ${transport}: ${JSON.stringify(calls)}`
    assert.deepStrictEqual(
      wrong.map(({ cell, seen }) => show(cell, seen)),
      wrong.map(({ cell, wanted }) => show(cell, wanted))
    )
  })
