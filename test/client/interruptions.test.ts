/** Calls that are stopped at random instants, thousands of them in one process, leave nothing behind. */
import { assert, it } from "@effect/vitest"
import type { Report } from "../soak/interruptions.ts"
import { run } from "../soak/program.ts"

const limit = 240_000

/** Megabytes that may be held more after the last thousand than after the second. */
const allowance = 5

it("calls that are stopped at any instant leave nothing behind", { timeout: limit }, async () => {
  const { code, err, out } = await run("./interruptions.ts", ["--seconds=180"], limit - 5_000)
  assert.strictEqual(err, "", out)
  // Nothing keeps the process from ending.
  assert.strictEqual(code, 0, out)
  // What the program writes is typed there.
  const report = JSON.parse(out) as Report
  const { calls, ends, fibers, held, listeners, resources, server, signals, sources, ways, wrong } = report
  const seen = `seed ${report.seed}: ${out}`
  console.log(`${calls} calls stopped in ${report.seconds.toFixed(1)} s, seed ${report.seed}`)

  assert.strictEqual(calls, 10_000, seen)
  assert.deepStrictEqual(wrong, [], seen)
  assert.deepStrictEqual({ busy: server.busy, connections: server.connections }, { busy: 0, connections: 0 }, seen)
  assert.deepStrictEqual({ fibers, listeners, resources, signals, sources }, {
    fibers: 0,
    listeners: 0,
    resources: [],
    signals: 0,
    sources: 0
  }, seen)
  const [, second = 0] = held
  assert.isBelow((held.at(-1) ?? Infinity) - second, allowance, seen)

  // And there was something to leave behind: calls of all kinds were under way, and stopped in all ways.
  const fates = ["silent", "slow", "half", "answer", "retries", "backOff", "upload", "events", "eventsV1", "list"]
  for (const fate of fates) assert.isAbove(server.requests[fate] ?? 0, 0, `${fate}, ${seen}`)
  for (const fate of ["silent", "slow", "half", "upload", "events", "eventsV1"]) {
    assert.isAbove(server.cut[fate] ?? 0, 0, `${fate}, ${seen}`)
  }
  assert.strictEqual(ways["interrupt"], calls / 2)
  for (const way of ["timeout", "scope", "take"]) assert.isAbove(ways[way] ?? 0, 0, `${way}, ${seen}`)
  assert.isAbove((ends["interrupted"] ?? 0) + (ends["timed out"] ?? 0), calls / 2, seen)
})
