/** Every fault, on every kind of operation, over both transports, against a server of raw bytes. */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Certificates from "./certificates.ts"
import { faults } from "./faults.ts"
import { play, seed } from "./play.ts"

const unhandled: Array<unknown> = []
const onUnhandled = (reason: unknown) => unhandled.push(reason)
let distrust = () => {}
beforeAll(() => {
  distrust = Certificates.trust()
  process.on("unhandledRejection", onUnhandled)
})
afterAll(() => {
  distrust()
  process.off("unhandledRejection", onUnhandled)
  assert.deepStrictEqual(unhandled, [])
})

describe.concurrent(`faults (delays of retries: seed ${seed})`, () => {
  it.live.each(faults.map((fault) => [fault.name, fault] as const))(
    "%s",
    ([, fault]) => play(fault, "unbounded"),
    120_000
  )
})
