/** Every fault, on every kind of operation, over both transports, against a server of raw bytes. */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { once } from "node:events"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import * as Certificates from "./certificates.ts"
import { faults } from "./faults.ts"
import { play, seed } from "./play.ts"

const unhandled: Array<unknown> = []
const onUnhandled = (reason: unknown) => unhandled.push(reason)
let distrust = () => {}

/** Node 20's own fetch compiles its parser at its first connection, and never hears that this one was closed meanwhile. */
const prepareFetch = async () => {
  const server = Http.createServer((_, response) => response.end()).listen(0, "127.0.0.1")
  await once(server, "listening")
  // A listening server has an address with a port.
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await response.text()
  server.close()
}

beforeAll(async () => {
  await prepareFetch()
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
