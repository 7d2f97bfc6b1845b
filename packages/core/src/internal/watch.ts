/**
 * Deadlines that follow one another, with one timer for all of them.
 *
 * A timeout of Effect's own costs two fibers each time, for each phase of a call and each piece of a stream.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Runtime from "effect/Runtime"

/** A watch on whatever runs under it, one effect at a time. A class, so that it begins young: see `young.ts`. */
export class Watch {
  declare readonly clock: Clock.Clock
  /** What the effects under it run with. */
  declare readonly runtime: () => Runtime.Runtime<never>
  /** Makes whatever runs fail at once. Where there is no such thing, effects run in fibers, to be interrupted. */
  declare readonly stop: (() => void) | undefined
  /** When what runs is too late, as {@link millisOf} counts; `Infinity` while nothing is due. */
  due = Infinity
  /** Whether the time was up. */
  isLate = false
  /** Ends what runs. */
  declare onDue: () => void
  /** When a timer looks what is due; `Infinity` where there is none. */
  looksAt = Infinity
  /** Ends the timer. */
  cancel: () => void = ignore

  constructor(clock: Clock.Clock, runtime: () => Runtime.Runtime<never>, stop?: () => void) {
    this.clock = clock
    this.runtime = runtime
    this.stop = stop
    this.onDue = stop ?? ignore
  }
}

const ignore = () => {}

const systemClock = Context.get(DefaultServices.liveServices, Clock.Clock)

/** Milliseconds of a clock that never goes back: the time of day may be set while a call runs. */
export const millisOf = (clock: Clock.Clock): number =>
  // The same as its nanoseconds, without making and dividing large integers.
  clock === systemClock ? performance.now() : Number(clock.unsafeCurrentTimeNanos() / 1000n) / 1000

/** Longer, a timer does not wait. */
const maxSleep = 2 ** 31 - 1

/** The time is up after this limit from now, if not earlier or already; says whether it is this limit then. */
export const limit = (self: Watch, duration: Duration.Duration): boolean => {
  if (self.isLate || !Duration.isFinite(duration)) return false
  const now = millisOf(self.clock)
  const due = now + Duration.toMillis(duration)
  if (due >= self.due) return false
  self.due = due
  // A timer that looks earlier sets itself again: mostly, nothing is due any more then.
  if (self.looksAt > due) schedule(self, now)
  return true
}

/** From now on, the time is up then; with `Infinity`, never. */
export const reset = (self: Watch, due: number): void => {
  self.due = due
}

/** It watches nothing any more. */
export const stop = (self: Watch): void => {
  reset(self, Infinity)
  forget(self)
}

/** There is no timer any more. */
const forget = (self: Watch): void => {
  self.cancel()
  self.cancel = ignore
  self.looksAt = Infinity
}

const schedule = (self: Watch, now: number): void => {
  forget(self)
  const millis = Math.min(Math.ceil(self.due - now), maxSleep)
  self.looksAt = now + millis
  self.cancel = after(self, millis, () => tick(self))
}

const tick = (self: Watch): void => {
  forget(self)
  const now = millisOf(self.clock)
  if (now >= self.due) {
    reset(self, Infinity)
    self.isLate = true
    self.onDue()
  } else if (self.due < Infinity) {
    schedule(self, now)
  }
}

/** The system's clock needs no fiber to sleep in. */
const after = ({ clock, runtime }: Watch, millis: number, f: () => void): () => void => {
  if (clock === systemClock) {
    const timer = setTimeout(f, millis)
    return () => clearTimeout(timer)
  }
  const fiber = Runtime.runFork(runtime(), Effect.zipRight(clock.sleep(Duration.millis(millis)), Effect.sync(f)), {
    // Whatever is over at once never sleeps: a test's clock wakes every sleeper, also those that nobody waits for.
    immediate: false
  })
  return () => fiber.unsafeInterruptAsFork(FiberId.none)
}

/** Runs, from now on, an effect that ends when the time is up: then, `onLate` is how it fails. */
export const run = <A, E, E2>(
  self: Watch,
  effect: Effect.Effect<A, E>,
  onLate: () => Effect.Effect<never, E2>
): Effect.Effect<A, E | E2> =>
  // What has succeeded in the last moment is not lost, but nothing comes after it.
  self.isLate
    ? onLate()
    : Effect.catchAllCause(
      self.stop === undefined ? inFiber(self, effect) : effect,
      (cause): Effect.Effect<never, E | E2> => self.isLate && !Cause.isDie(cause) ? onLate() : Effect.failCause(cause)
    )

const inFiber = <A, E>(self: Watch, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.async((resume) => {
    // A fiber that fails is reported by the runtime, and this failure is the caller's.
    const fiber = Runtime.runFork(self.runtime(), Effect.exit(effect))
    const onDue = () => fiber.unsafeInterruptAsFork(FiberId.none)
    self.onDue = onDue
    fiber.addObserver((ended) => resume(Exit.flatten(ended)))
    return Fiber.interrupt(fiber)
  })
