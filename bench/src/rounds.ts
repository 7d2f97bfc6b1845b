/** Workloads measured beside each other: each client in a process of its own, one block after the other. */
import { setTimeout as sleep } from "node:timers/promises"
import * as Children from "./children.ts"
import { clients } from "./clients.ts"
import type { ClientProtocol, Measured, ServerProtocol } from "./protocol.ts"
import { type Figures, type Rounds, seriesOf } from "./results.ts"
import type { Workload } from "./workloads.ts"

export type Server = Children.Child<ServerProtocol>

interface Running {
  readonly name: string
  readonly child: Children.Child<ClientProtocol>
}

/** Starts those clients that can do it, and ends them afterwards. New processes: nothing of other workloads is left. */
const withClients = async <A>(
  address: string,
  workload: Workload,
  use: (running: ReadonlyArray<Running>) => Promise<A>
): Promise<A> => {
  const started = clients.map(({ name }) => ({ name, child: Children.start<ClientProtocol>("./client.js", [name]) }))
  try {
    const operations = await Promise.all(
      started.map(({ child }) => child.ask("connect", { base: `${address}/${workload.mode}` }))
    )
    return await use(started.filter((_, i) => operations[i]?.includes(workload.operation)))
  } finally {
    for (const { child } of started) child.stop()
  }
}

/** Runs a client until it is warm; then says how many units make a block. */
const warmUp = async ({ child }: Running, workload: Workload): Promise<number> => {
  let { count } = workload
  let seconds = 0
  while (seconds < workload.warmup) {
    const { wall } = await child.ask("block", { workload: { ...workload, count } })
    seconds += wall * count / 1e6
    if (workload.block !== undefined) count = Math.max(workload.count, Math.round(workload.block * 1e6 / wall))
  }
  return count
}

/** Rounds of blocks. Whoever is first in a round is last in the next. */
export const inRounds = (address: string, workload: Workload): Promise<Rounds> =>
  withClients(address, workload, async (running) => {
    const counted: Array<Running & { readonly count: number; readonly blocks: Array<Measured> }> = []
    for (const client of running) counted.push({ ...client, count: await warmUp(client, workload), blocks: [] })
    for (let round = 0; round < workload.rounds; round++) {
      const first = round % counted.length
      for (const { blocks, child, count } of [...counted.slice(first), ...counted.slice(0, first)]) {
        blocks.push(await child.ask("block", { workload: { ...workload, count } }))
      }
    }
    return Object.fromEntries(counted.map(({ blocks, name }) => [name, seriesOf(blocks)]))
  })

/** How much more is held after the workload than before it. A smaller one before leaves what is kept once. */
export const growth = (address: string, workload: Workload): Promise<Figures> =>
  withClients(address, workload, async (running) => {
    const grown: Record<string, number> = {}
    for (const { child, name } of running) {
      await child.ask("block", { workload: { ...workload, count: workload.before ?? workload.count } })
      const held = await child.ask("held", {})
      await child.ask("block", { workload }, 600)
      grown[name] = await child.ask("held", {}) - held
    }
    return grown
  })

/** How many streams the server still sends, 50 ms after the client gave up the last of them. */
export const leftOpen = (server: Server, address: string, workload: Workload): Promise<Figures> =>
  withClients(address, workload, async (running) => {
    const open: Record<string, number> = {}
    for (const { child, name } of running) {
      await child.ask("block", { workload }, 120)
      await sleep(50)
      open[name] = await server.ask("open", {})
    }
    return open
  })
