/** The emulator's own time. Nothing passes by itself, so that the same requests have the same answers on any day. */
import { uuid } from "./hash.ts"

/** A moment at which something happened: no two are the same. */
export interface Moment {
  /** As the wire writes a time. */
  readonly at: string
  /** For what was created then. */
  readonly id: string
}

/** Each look at it is a second later. */
export type Clock = () => Moment

const start = Date.UTC(2026, 0, 1)

/** A clock that begins with 2026. */
export const make = (): Clock => {
  let seconds = 0
  return () => {
    seconds++
    return { at: new Date(start + seconds * 1_000).toISOString(), id: uuid(`moment ${seconds}`) }
  }
}
