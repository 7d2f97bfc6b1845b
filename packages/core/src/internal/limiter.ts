/**
 * Limits in the memory of one process.
 *
 * A call stands in the line of each meter that it uses. Who is first in all of these lines sleeps until there is room,
 * takes it, and leaves: nothing else has a timer, and nothing runs beside the calls.
 */
import type * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import type { Demand, Limits, Rule, Service } from "../RateLimits.ts"
import * as Meter from "./meter.ts"

interface Call {
  readonly uses: ReadonlyArray<{ readonly meter: Meter.Meter<Call>; readonly cost: number }>
  readonly places: Array<Meter.Place<Call>>
  /** Completed when it is first in all lines. */
  readonly turn: Deferred.Deferred<void>
}

/** The meters that some calls share. */
interface Key {
  readonly requests: Meter.Meter<Call>
  readonly inputs: Meter.Meter<Call>
  readonly images: Meter.Meter<Call>
  /** Whether the server stated a limit: that is not forgotten. */
  adopted: boolean
}

/** Longer, a timer does not wait. */
const maxSleep = 2 ** 31 - 1

const minCrowded = 64

const fits = (pattern: string, name: string): boolean =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name

const isFor = ({ endpoint, model }: Demand) => (rule: Rule): boolean =>
  rule.endpoints.some((pattern) => fits(pattern, endpoint)) &&
  (rule.models === undefined || model !== undefined && rule.models.some((pattern) => fits(pattern, model)))

/** What no rule is for has no limit, until the server states one. */
const unlimited: Rule = { endpoints: ["*"], each: "endpoint" }

const meterOf = (limit: number = Infinity): Meter.Meter<Call> => Meter.make(limit)

const isFirst = (call: Call): boolean => call.places.every((place) => place.before === undefined)

const leave = (call: Call): void => {
  const next = call.places.flatMap(({ after }) => after === undefined ? [] : [after.who])
  for (const place of call.places) Meter.leave(place)
  for (const other of next) {
    if (isFirst(other)) Deferred.unsafeDone(other.turn, Effect.void)
  }
}

export const make = (limits: Limits): Service => {
  const keys = new Map<string, Key>()
  /** How many keys are worth looking for idle ones: so few at a time cost each new key next to nothing. */
  let crowded = minCrowded
  let origin: bigint | undefined

  /** By the clock that only goes forward, in milliseconds since the first call; exact to the microsecond. */
  const timeOf = (clock: Clock.Clock): number => {
    const nanos = clock.unsafeCurrentTimeNanos()
    origin ??= nanos
    return Number((nanos - origin + 500n) / 1_000n) / 1_000
  }

  const isIdle = (key: Key, now: number): boolean =>
    !key.adopted && [key.requests, key.inputs, key.images].every((meter) => Meter.isIdle(meter, now))

  const keyOf = (demand: Demand, now: number): Key => {
    const index = limits.findIndex(isFor(demand))
    const rule = limits[index] ?? unlimited
    const each = rule.each === "model" ? demand.model ?? "" : rule.each === "endpoint" ? demand.endpoint : ""
    const name = `${index} ${each}`
    const known = keys.get(name)
    if (known !== undefined) return known
    if (keys.size >= crowded) {
      for (const [other, key] of keys) {
        if (isIdle(key, now)) keys.delete(other)
      }
      crowded = minCrowded + 2 * keys.size
    }
    const key: Key = {
      requests: meterOf(rule.requests),
      inputs: meterOf(rule.inputs),
      images: meterOf(rule.images),
      adopted: false
    }
    keys.set(name, key)
    return key
  }

  const usesOf = (key: Key, demand: Demand): Call["uses"] =>
    [
      { meter: key.requests, cost: 1 },
      { meter: key.inputs, cost: demand.inputs },
      { meter: key.images, cost: demand.images }
    ].filter(({ cost }) => cost > 0)

  /**
   * Nobody waits in the line of what is not limited: texts and images would wait for each other. Only where nothing is,
   * all stand for the limit that the server may know.
   */
  const limited = (uses: Call["uses"]): Call["uses"] => {
    const some = uses.filter(({ meter }) => meter.limit < Infinity)
    return some.length > 0 ? some : uses
  }

  const arrive = (demand: Demand, now: number): Call => {
    const uses = usesOf(keyOf(demand, now), demand)
    const call: Call = { uses, places: [], turn: Deferred.unsafeMake(FiberId.none) }
    for (const { meter } of limited(uses)) call.places.push(Meter.join(meter, call))
    return call
  }

  return {
    acquire: (demand) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.clockWith((clock) => {
          const start = timeOf(clock)
          const call = arrive(demand, start)
          const pass: Effect.Effect<Duration.Duration> = Effect.suspend(() => {
            const now = timeOf(clock)
            const ready = Math.max(...call.uses.map(({ cost, meter }) => Meter.readyAt(meter, cost, now)))
            if (ready > now) {
              const sleep = clock.sleep(Duration.millis(Math.min(Math.ceil(ready - now), maxSleep)))
              return Effect.zipRight(restore(sleep), pass)
            }
            for (const { cost, meter } of call.uses) Meter.use(meter, cost, now)
            leave(call)
            return Effect.succeed(Duration.millis(now - start))
          })
          const turn = isFirst(call) ? pass : Effect.zipRight(restore(Deferred.await(call.turn)), pass)
          return Effect.onError(turn, () => Effect.sync(() => leave(call)))
        })
      ),
    limited: (demand, error) =>
      Effect.clockWith((clock) =>
        Effect.sync(() => {
          if (error.scope === "month") return
          const now = timeOf(clock)
          const key = keyOf(demand, now)
          if (error.scope !== "tokens" && error.limit !== undefined && error.limit < key.requests.limit) {
            key.requests.limit = Math.max(0, error.limit)
            key.adopted = true
          }
          if (error.retryAfter === undefined) return
          // Limits are of a minute: a server that asks for more, perhaps in another unit than it means, is asked again.
          const until = now + Math.min(Duration.toMillis(error.retryAfter), Meter.windowMillis)
          for (const { meter } of limited(usesOf(key, demand))) {
            meter.closedUntil = Math.max(meter.closedUntil, until)
          }
        })
      )
  }
}
