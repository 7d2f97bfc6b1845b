/** Results as a picture: what each client needs of the CPU that raw fetch needs. */
import { clients, reference } from "./clients.ts"
import { ratio } from "./figures.ts"
import type { Results } from "./results.ts"
import { timed } from "./workloads.ts"

/** The workloads that are shown, with short names. */
const shown: Readonly<Record<string, string>> = {
  "chat-1": "chat",
  "chat-64": "chat, 64 at a time",
  "stream-slices": "stream, slices",
  "stream-writes": "stream, event by event",
  "stream-paced": "32 paced streams",
  "embed-float-1024": "embed, float",
  "embed-base64-1024": "embed, base64",
  rerank: "rerank",
  bulk: "9,600 texts"
}

const width = 760
const left = 160
const right = 56
const top = 64
const barHeight = 9
const barGap = 2
const groupGap = 16

/** Colours that can be told apart, on light and on dark ground. */
const style = `
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .small { font-size: 10px } .note { fill: #59636e } .grid { stroke: #d1d9e0 } .one { stroke: #59636e }
  .undici { fill: #9aa4af } .floor { fill: #a475f9 } .effectNode { fill: #1f6feb } .effectFetch { fill: #79b8ff }
  .cohereAi { fill: #d1570c } .aiSdkCohere { fill: #b08800 } .ai { fill: #dbab09 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .note { fill: #9198a1 } .grid { stroke: #3d444d } .one { stroke: #9198a1 }
    .undici { fill: #6e7781 }
  }`

const escape = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;")

export const svg = (results: Results): string => {
  const others = clients.filter(({ name }) => name !== reference)
  const groups = timed
    .filter(({ id }) => id in shown && results.rounds[id] !== undefined)
    .map(({ id }) => ({
      title: shown[id] ?? id,
      bars: others.flatMap(({ name }) => {
        const value = ratio(results, id, name, "cpu")?.median
        return value === undefined ? [] : [{ name, value }]
      })
    }))

  // Half as much is as far from the middle as twice as much.
  const values = groups.flatMap(({ bars }) => bars.map(({ value }) => value))
  const lowest = Math.floor(Math.log2(Math.min(0.5, ...values)))
  const highest = Math.ceil(Math.log2(Math.max(4, ...values)))
  const x = (value: number) => left + (Math.log2(value) - lowest) / (highest - lowest) * (width - left - right)

  const heightOf = (bars: ReadonlyArray<unknown>) => bars.length * (barHeight + barGap) + groupGap
  const height = top + groups.reduce((all, { bars }) => all + heightOf(bars), 0) + 24
  const parts: Array<string> = []
  const text = (at: number, y: number, content: string, attributes = "") =>
    parts.push(`<text x="${at.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escape(content)}</text>`)

  text(0, 14, "CPU over raw fetch and JSON.parse; less is better")
  let at = 0
  for (const { name, title } of others) {
    parts.push(`<rect x="${at}" y="27" width="10" height="10" class="${name}"/>`)
    text(at + 14, 36, title, `class="small"`)
    at += 28 + title.length * 5.6
  }
  for (let power = lowest; power <= highest; power++) {
    const at = x(2 ** power).toFixed(1)
    parts.push(
      `<line x1="${at}" x2="${at}" y1="${top - 6}" y2="${height - 18}" class="${power === 0 ? "one" : "grid"}"/>`
    )
    text(x(2 ** power), height - 6, `${2 ** power}×`, `class="small note" text-anchor="middle"`)
  }
  let y = top
  for (const { bars, title } of groups) {
    text(left - 10, y + (heightOf(bars) - groupGap) / 2 + 4, title, `text-anchor="end"`)
    for (const { name, value } of bars) {
      const from = Math.min(x(1), x(value))
      const length = Math.max(1, Math.abs(x(value) - x(1)))
      parts.push(
        `<rect x="${from.toFixed(1)}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" class="${name}"/>`
      )
      const anchor = value < 1 ? "end" : "start"
      text(
        value < 1 ? from - 4 : from + length + 4,
        y + barHeight - 0.5,
        value.toFixed(2),
        `class="small note" text-anchor="${anchor}"`
      )
      y += barHeight + barGap
    }
    y += groupGap
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" ` +
    `aria-label="CPU over raw fetch, for each client and workload">\n<style>${style}\n</style>\n${
      parts.join("\n")
    }\n</svg>\n`
}
