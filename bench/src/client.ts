/** The process of one client: does blocks of work when asked to, and says what they cost. Needs `--expose-gc`. */
import * as Fs from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { checks } from "./checks.ts"
import type { ClientModule, OperationName, Operations } from "./operations.ts"
import type { ClientProtocol, Measured } from "./protocol.ts"
import { serve } from "./serve.ts"
import { median, quantile } from "./statistics.ts"
import type { Workload } from "./workloads.ts"

const megabyte = 1024 * 1024

/** What programs hold: the heap, and what lies outside of it, such as the bytes of arrays and large texts. */
const inUse = (): number => {
  const { external, heapUsed } = process.memoryUsage()
  return (heapUsed + external) / megabyte
}

/** The most memory that was resident so far. What `resourceUsage` says can be that of the process that forked. */
const resident = (): number => {
  const kilobytes = Fs.existsSync("/proc/self/status")
    ? Number(/VmHWM:\s*(\d+)/.exec(Fs.readFileSync("/proc/self/status", "utf8"))?.[1])
    : process.resourceUsage().maxRSS
  return kilobytes / 1024
}

/** Remembers the highest use of memory while something runs. */
const highest = async (run: () => Promise<void>): Promise<number> => {
  let most = 0
  const look = () => {
    most = Math.max(most, inUse())
  }
  const timer = setInterval(look, 5)
  await run()
  look()
  clearInterval(timer)
  return most
}

// The operations of whatever module is named: all have this type.
const { connect } = await import(`./clients/${process.argv[2]}.js`) as ClientModule
let operations: Operations = {}

const measure = async <Name extends OperationName>(name: Name, job: Workload): Promise<Measured> => {
  const perform = operations[name]
  if (perform === undefined) throw new Error(`this client has no ${name}`)
  const check = checks[name](job)
  const times = new Float64Array(job.count)
  const firsts: Array<number> = []
  let seen = 0
  const run = () =>
    perform(job, (answer, took) => {
      check(answer)
      times[seen++] = took
      if (typeof answer === "object" && "first" in answer) firsts.push(answer.first)
    })
  // Elsewhere a collection would throw away compiled code, which nobody's program does every half second.
  if (job.heap) globalThis.gc?.()
  const cpuBefore = process.cpuUsage()
  const started = performance.now()
  const heap = job.heap ? await highest(run) : await run()
  const wall = performance.now() - started
  const { system, user } = process.cpuUsage(cpuBefore)
  if (seen !== job.count) throw new Error(`wrong answers: ${seen} instead of ${job.count}`)
  return {
    cpu: (user + system) / job.count,
    wall: wall * 1000 / job.count,
    p50: quantile([...times], 0.5),
    p99: quantile([...times], 0.99),
    ...(firsts.length === 0 ? {} : { first: median(firsts) }),
    rss: resident(),
    ...(heap === undefined ? {} : { heap })
  }
}

serve<ClientProtocol>({
  connect: async ({ base }) => {
    operations = await connect(base)
    // The keys of a plain record.
    return Object.keys(operations) as Array<OperationName>
  },
  block: ({ workload }) => measure(workload.operation, workload),
  held: async () => {
    // Finalizers run between collections, and let go of more.
    for (let i = 0; i < 4; i++) {
      globalThis.gc?.()
      await sleep(20)
    }
    return inUse()
  }
})
