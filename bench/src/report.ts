/** Results as Markdown. */
import { clients, reference } from "./clients.ts"
import { beyond, highestOf, medianOf, ratio } from "./figures.ts"
import type { Results } from "./results.ts"
import { programs } from "./sizes.ts"
import type { Spread } from "./statistics.ts"
import { targets } from "./targets.ts"
import { abandoned, kept, timed, type Workload } from "./workloads.ts"

type Cell = string | undefined

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<Cell>>): string =>
  [head, head.map((_, i) => i === 0 ? "---" : "--:"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell ?? "–").join(" | ")} |`)
    .join("\n")

const digits = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2)

const number = (value: number | undefined): Cell => value === undefined ? undefined : digits(value)

const whole = (value: number | undefined): Cell => value?.toFixed(0)

/** A time, given in microseconds. */
const time = (value: number | undefined): Cell =>
  value === undefined
    ? undefined
    : value >= 1e6
    ? `${digits(value / 1e6)} s`
    : value >= 1000
    ? `${digits(value / 1000)} ms`
    : `${digits(value)} µs`

const milliseconds = (value: number | undefined): Cell => value === undefined ? undefined : time(value * 1000)

const spread = (value: Spread | undefined): Cell =>
  value && `${digits(value.median)} [${digits(value.low)}, ${digits(value.high)}]`

const signed = (value: Spread | undefined): Cell =>
  value && `${value.median.toFixed(2)} [${value.low.toFixed(2)}, ${value.high.toFixed(2)}]`

const targetTable = (results: Results): string =>
  table(
    ["effect-cohere", "measured", "target", ""],
    targets.flatMap(({ atMost, of, title, unit }) => {
      const value = of(results)
      return value === undefined
        ? []
        : [[title, `${digits(value)} ${unit}`, `≤ ${atMost} ${unit}`, value <= atMost ? "met" : "**not met**"]]
    })
  )

const measured = (results: Results): ReadonlyArray<Workload> =>
  timed.filter(({ id }) => results.rounds[id] !== undefined)

const overview = (results: Results): string =>
  table(
    ["CPU over fetch", ...clients.map(({ title }) => title)],
    measured(results).map(({ id, title }) => [
      title,
      ...clients.map(({ name }) => {
        const value = ratio(results, id, name, "cpu")
        return value && digits(value.median)
      })
    ])
  )

/** Columns of a workload beyond those of all. */
const columns = (
  results: Results,
  { heap, id }: Workload
): ReadonlyArray<readonly [string, (client: string) => Cell]> => [
  ...(id.startsWith("chat")
    ? [
      ["p50", (client: string) => milliseconds(medianOf(results, id, client, "p50"))] as const,
      ["p99", (client: string) => milliseconds(medianOf(results, id, client, "p99"))] as const
    ]
    : []),
  ...(id === "stream-first"
    ? [
      ["first text", (client: string) => milliseconds(medianOf(results, id, client, "first"))] as const,
      ["ms beyond fetch", (client: string) => signed(beyond(results, id, client, "first"))] as const
    ]
    : []),
  ...(heap
    ? [
      ["time over fetch", (client: string) => spread(ratio(results, id, client, "wall"))] as const,
      ["highest heap, MB", (client: string) => whole(highestOf(results, id, client, "heap"))] as const
    ]
    : []),
  ["highest RSS, MB", (client) => whole(highestOf(results, id, client, "rss"))]
]

const details = (results: Results, workload: Workload): string => {
  const { id, title, unit } = workload
  const own = columns(results, workload)
  const rounds = results.rounds[id] ?? {}
  return `### ${title}\n\n` + table(
    ["", `CPU a ${unit}`, "CPU over fetch", `time a ${unit}`, ...own.map(([head]) => head)],
    clients.filter(({ name }) => name in rounds).map(({ name, title }) => [
      title,
      time(medianOf(results, id, name, "cpu")),
      name === reference ? "1" : spread(ratio(results, id, name, "cpu")),
      time(medianOf(results, id, name, "wall")),
      ...own.map(([, of]) => of(name))
    ])
  )
}

const keptTable = (results: Results): string =>
  table(
    ["", ...kept.map(({ title }) => `MB more held after ${title}`), `still open 50 ms after ${abandoned.title}`],
    clients.map(({ name, title }) => [
      title,
      ...kept.map(({ id }) => number(results.growth[id]?.[name])),
      whole(results.open[name])
    ])
  )

const startTable = (
  { answered, constructed, importBeyond, importEffect, importOurs }: NonNullable<Results["start"]>
): string =>
  table(
    ["one minified file", "loaded and constructed, ms", "first answer, ms"],
    clients.map(({ name, title }) => [title, number(constructed[name]), number(answered[name])])
  ) +
  `\n\nThe packages as published, imported by a fresh process: ${digits(importOurs)} ms; ` +
  `the Effect modules that they import, alone: ${digits(importEffect)} ms; the median of the differences, run by run: ${
    digits(importBeyond)
  } ms. All of these are times on the clock.`

const sizeTable = (sizes: NonNullable<Results["sizes"]>): string =>
  table(
    ["browser bundle", "gzip, KiB", "minified, KiB"],
    Object.entries(programs).map(([name, title]) => {
      const size = sizes[name]
      return [title, size && (size.gzip / 1024).toFixed(1), size && (size.minified / 1024).toFixed(0)]
    })
  )

/** The whole page. */
export const markdown = (results: Results): string => {
  const { cpu, cores, load, node } = results.machine
  const has = (record: object) => Object.keys(record).length > 0
  const sections = [
    "# Results",
    `Of ${results.date}, on ${cores} cores of ${cpu}, Node.js ${node}, load average ${digits(load)} at the beginning` +
    `${results.quick ? "; a quick run, which only shows that it works" : ""}. Versions: ${
      Object.entries(results.versions).map(([name, version]) => `${name} ${version}`).join(", ")
    }.`,
    "Lower is better everywhere. Ratios are medians of the rounds, with quartiles in brackets. What is measured, and " +
    "how to repeat it: [README](README.md).",
    ...(results.quick ? [] : ["![CPU over raw fetch, for each client and workload](results.svg)"]),
    // Cold code says nothing about them.
    ...(results.quick ? [] : ["## Targets", targetTable(results)]),
    ...(has(results.rounds) ? ["## CPU", overview(results)] : []),
    ...(results.start === undefined ? [] : ["## Start", startTable(results.start)]),
    ...(results.sizes === undefined ? [] : ["## Size", sizeTable(results.sizes)]),
    ...(has(results.growth) || has(results.open) ? ["## What is kept", keptTable(results)] : []),
    ...(has(results.rounds) ? ["## Each workload"] : []),
    ...measured(results).map((workload) => details(results, workload))
  ]
  return sections.join("\n\n") + "\n"
}
