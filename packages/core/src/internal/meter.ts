/** One limit: what was used of it in the last minute, and the line of those who wait for it. */

/** All limits are those of a minute. */
export const windowMillis = 60_000

/** Times are milliseconds, from whatever point. */
export interface Meter<A> {
  /** How much may be used in a minute. */
  limit: number
  /** Nothing passes before. */
  closedUntil: number
  /** The sum of `uses`. */
  used: number
  /** What still counts, oldest first. */
  readonly uses: Array<{ readonly at: number; cost: number }>
  last: Place<A> | undefined
}

/** A place in the line of a meter: first is who has nobody before. */
export interface Place<A> {
  readonly who: A
  readonly meter: Meter<A>
  before: Place<A> | undefined
  after: Place<A> | undefined
}

export const make = <A>(limit: number): Meter<A> => ({ limit, closedUntil: 0, used: 0, uses: [], last: undefined })

const expire = (meter: Meter<unknown>, now: number): void => {
  for (let oldest = meter.uses[0]; oldest !== undefined && oldest.at + windowMillis <= now; oldest = meter.uses[0]) {
    meter.used -= oldest.cost
    meter.uses.shift()
  }
  // Whatever the costs were: without uses, nothing is used.
  if (meter.uses.length === 0) meter.used = 0
}

/** Whether nothing is known of it that its limit does not say. */
export const isIdle = (meter: Meter<unknown>, now: number): boolean => {
  expire(meter, now)
  return meter.uses.length === 0 && meter.last === undefined && meter.closedUntil <= now
}

/** The earliest moment, from now on, when so much fits; what is more than the limit fits when nothing else counts. */
export const readyAt = (meter: Meter<unknown>, cost: number, now: number): number => {
  expire(meter, now)
  const earliest = Math.max(now, meter.closedUntil)
  let missing = Math.min(meter.used, meter.used + cost - meter.limit)
  for (const use of meter.uses) {
    if (missing <= 0) return earliest
    missing -= use.cost
    if (missing <= 0) return Math.max(earliest, use.at + windowMillis)
  }
  return earliest
}

export const use = (meter: Meter<unknown>, cost: number, now: number): void => {
  // Whole milliseconds, rounded up: a minute has only so many of them, and none frees anything too early.
  const at = Math.ceil(now)
  const latest = meter.uses.at(-1)
  if (latest?.at === at) latest.cost += cost
  else meter.uses.push({ at, cost })
  meter.used += cost
}

export const join = <A>(meter: Meter<A>, who: A): Place<A> => {
  const place: Place<A> = { who, meter, before: meter.last, after: undefined }
  if (meter.last !== undefined) meter.last.after = place
  meter.last = place
  return place
}

export const leave = <A>(place: Place<A>): void => {
  if (place.before !== undefined) place.before.after = place.after
  if (place.after === undefined) place.meter.last = place.before
  else place.after.before = place.before
}
