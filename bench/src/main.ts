/**
 * Measures effect-cohere beside other clients of Cohere's API.
 *
 * `pnpm bench [--quick] [--only=chat,stream] [--render]`; see README.md.
 */
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { svg } from "./chart.ts"
import * as Children from "./children.ts"
import { packages } from "./clients.ts"
import { benchFolder, layPackagesOut, versionOf } from "./layout.ts"
import type { ServerProtocol } from "./protocol.ts"
import { markdown } from "./report.ts"
import { type Results, stringify } from "./results.ts"
import { growth, inRounds, leftOpen } from "./rounds.ts"
import { sizes } from "./sizes.ts"
import { start } from "./start.ts"
import { abandoned, kept, quickly, timed, type Workload } from "./workloads.ts"

const names = [...timed, ...kept, abandoned].map(({ id }) => id).concat("start", "size")

const args = process.argv.slice(2)
const quick = args.includes("--quick")
const only = args.find((arg) => arg.startsWith("--only="))?.slice("--only=".length).split(",")

const unknown = args.filter((arg) => !["--quick", "--render"].includes(arg) && !arg.startsWith("--only="))
  .concat(only?.filter((part) => part === "" || !names.some((name) => name.startsWith(part))) ?? [])
if (unknown.length > 0) {
  console.error(
    `unknown: ${unknown.join(" ")}\nusage: bench [--quick] [--only=name,…] [--render]\nnames: ${names.join(" ")}`
  )
  process.exit(1)
}

/** Whether something is asked for: by its name, or the first part of it. */
const wanted = (name: string): boolean => only === undefined || only.some((part) => name.startsWith(part))

const sized = (workload: Workload): Workload => quick ? quickly(workload) : workload

/** Says what is being done, and how long it took. */
const step = async <A>(title: string, body: () => Promise<A>): Promise<A> => {
  process.stdout.write(`${title} … `)
  const started = performance.now()
  const result = await body()
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`)
  return result
}

/** Measures what is wanted; `save` gets what is there after each step, so that a step that fails costs no other. */
const measure = async (save: (results: Results) => void): Promise<Results> => {
  const [cpu] = Os.cpus()
  const machine = {
    cpu: cpu?.model ?? "an unknown CPU",
    cores: Os.availableParallelism(),
    node: process.versions.node,
    load: Os.loadavg()[0] ?? 0
  }
  layPackagesOut()
  const server = Children.start<ServerProtocol>("./server.js")
  const address = await server.ask("address", {})
  let results: Results = {
    date: new Date().toISOString().slice(0, 10),
    quick,
    machine,
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
    rounds: {},
    growth: {},
    open: {},
    start: undefined,
    sizes: undefined
  }
  const add = (more: Partial<Results>): void => {
    results = { ...results, ...more }
    save(results)
  }
  for (const workload of timed.map(sized)) {
    const { id, title } = workload
    if (wanted(id)) {
      add({ rounds: { ...results.rounds, [id]: await step(title, () => inRounds(address, workload)) } })
    }
  }
  for (const workload of kept.map(sized)) {
    const { id, title } = workload
    if (wanted(id)) {
      add({ growth: { ...results.growth, [id]: await step(title, () => growth(address, workload)) } })
    }
  }
  if (wanted(abandoned.id)) {
    add({ open: await step(abandoned.title, () => leftOpen(server, address, sized(abandoned))) })
  }
  if (wanted("start")) add({ start: await step("start", () => start(address, quick ? 1 : 15)) })
  if (wanted("size")) add({ sizes: await step("size", sizes) })
  return results
}

const save = (folder: string, results: Results): void => {
  Fs.mkdirSync(folder, { recursive: true })
  Fs.writeFileSync(Path.join(folder, "results.json"), stringify(results))
}

/** Makes the page and the picture of what is kept, which is rounded: so they are the same whenever they are made. */
const render = (folder: string): string => {
  // The program itself wrote it.
  const results = JSON.parse(Fs.readFileSync(Path.join(folder, "results.json"), "utf8")) as Results
  const page = markdown(results)
  Fs.writeFileSync(Path.join(folder, "RESULTS.md"), page)
  Fs.writeFileSync(Path.join(folder, "results.svg"), svg(results))
  return page
}

const say = (files: string, folder: string): void =>
  console.log(`\nwritten: ${files} in ${Path.relative(process.cwd(), folder) || "."}`)

if (args.includes("--render")) {
  render(benchFolder)
  say("RESULTS.md, results.svg", benchFolder)
} else {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1))
  try {
    const passing = Path.join(import.meta.dirname, "quick")
    const results = await measure((so) => save(passing, so))
    // Only a whole run replaces what is kept.
    const folder = quick || only !== undefined ? passing : benchFolder
    save(folder, results)
    console.log(`\n${render(folder)}`)
    say("RESULTS.md, results.svg, results.json", folder)
  } finally {
    Children.stopAll()
  }
}
