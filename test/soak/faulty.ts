/**
 * The server of `soak.ts`: 2 of 100 answers go wrong. Every request carries the number of its call, and every answer
 * repeats it.
 */
import type * as Http from "node:http"
import * as Faults from "./faults.ts"
import { serve } from "./peer.ts"
import * as Random from "./random.ts"

/** What the server has seen. */
export interface Report {
  /** Requests, by the number of their call. */
  readonly requests: ReadonlyArray<number>
  /** Of them, those that were answered well and to the end. */
  readonly answered: ReadonlyArray<number>
  /** Of them, those that went wrong on purpose. */
  readonly faults: ReadonlyArray<number>
  /** Faults by kind. */
  readonly kinds: Readonly<Record<string, number>>
}

const chat = (n: string) => ({
  id: n,
  finish_reason: "COMPLETE",
  message: { role: "assistant", content: [{ type: "text", text: n }] },
  usage: { billed_units: { input_tokens: 1, output_tokens: 1 } }
})

const embed = (n: string) => ({
  id: n,
  response_type: "embeddings_by_type",
  embeddings: { float: [[Number(n), 0.5, -0.25]] },
  texts: [n],
  meta: { api_version: { version: "2" } }
})

const events = (n: string): ReadonlyArray<object> => [
  { type: "message-start", id: n, delta: { message: { role: "assistant" } } },
  { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
  ...Array.from(n, (digit) => ({
    type: "content-delta",
    index: 0,
    delta: { message: { content: { text: digit } } }
  })),
  { type: "content-end", index: 0 },
  { type: "message-end", delta: { finish_reason: "COMPLETE", usage: { billed_units: { output_tokens: 1 } } } }
]

const page = (n: string, token: string) => ({
  models: [{ name: `${n}-${token}-a` }, { name: `${n}-${token}-b` }],
  ...token === "0" ? { next_page_token: "1" } : {}
})

/** The body of an answer, in pieces, and its type. */
const answerTo = (request: Http.IncomingMessage, n: string, body: string): readonly [string, ReadonlyArray<string>] => {
  const url = new URL(request.url ?? "", "http://localhost")
  if (url.pathname === "/v2/chat" && body.endsWith("\"stream\":true}")) {
    return ["text/event-stream", events(n).map((event) => `data: ${JSON.stringify(event)}\n\n`)]
  }
  const json = url.pathname === "/v2/chat"
    ? chat(n)
    : url.pathname === "/v2/embed"
    ? embed(n)
    : page(n, url.searchParams.get("page_token") ?? "0")
  const text = JSON.stringify(json)
  return ["application/json", [text.slice(0, 20), text.slice(20)]]
}

const [seed = 0, calls = 0] = process.argv.slice(2).map(Number)
const requests = new Uint16Array(calls)
const answered = new Uint16Array(calls)
const faults = new Uint16Array(calls)
const counts: Record<string, number> = {}
const add = (counters: Uint16Array, n: number) => {
  counters[n] = (counters[n] ?? 0) + 1
}

serve((request, response) => {
  const n = String(request.headers["x-call"])
  const index = Number(n)
  add(requests, index)
  const fault = Faults.of(seed, index, requests[index] ?? 0)
  if (fault !== undefined) {
    add(faults, index)
    counts[fault] = (counts[fault] ?? 0) + 1
  }
  request.on("error", () => {})
  response.on("error", () => {})
  if (fault === "reset") return void request.socket.resetAndDestroy()
  let body = ""
  request.setEncoding("utf8").on("data", (text: string) => {
    body += text
  }).on("end", () => {
    if (fault === "500" || fault === "429") {
      response.writeHead(Number(fault), { "content-type": "application/json", "retry-after": "0" })
      return response.end(JSON.stringify({ message: "not now" }))
    }
    const [type, pieces] = answerTo(request, n, body)
    response.writeHead(200, { "content-type": type })
    // A stream stops after its first event or before it; anything else inside its text.
    const kept = fault === undefined ? pieces.length : Math.floor(Random.at(seed + 1, index) * pieces.length)
    for (const piece of pieces.slice(0, kept)) response.write(piece)
    if (fault === undefined) response.end(() => add(answered, index))
    else if (fault === "cut") response.write("", () => setTimeout(() => request.socket.destroy(), 1))
    else response.flushHeaders()
  })
}, () =>
  Promise.resolve(
    { requests: [...requests], answered: [...answered], faults: [...faults], kinds: counts } satisfies Report
  ), 600_000)
