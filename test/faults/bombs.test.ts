/** Bodies that unpack to more than there is memory for: what is read of them is bounded. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { bombs } from "./faults.ts"
import { play, seed } from "./play.ts"

/** Of the 4 GiB that each of them unpacks to; the bound of a body is 256 MiB, and its garbage is not collected at once. */
const mostMegabytes = 2_048

describe(`bombs (delays of retries: seed ${seed})`, () => {
  it.live.each(bombs.map((fault) => [fault.name, fault] as const))(
    "%s",
    ([, fault]) =>
      Effect.map(play(fault, 1), () => assert.isBelow(process.resourceUsage().maxRSS / 1024, mostMegabytes)),
    120_000
  )
})
