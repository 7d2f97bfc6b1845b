/** The server of `interruptions.ts`: never done with anything. Each request says what it wants to run into. */
import type * as Http from "node:http"
import { serve } from "./peer.ts"

/** What can be run into. */
export type Fate = keyof typeof fates

/** What the server has seen. */
export interface Report {
  /** Requests, by what they ran into. */
  readonly requests: Readonly<Record<string, number>>
  /** Requests whose connection was closed before their answer was complete, likewise. */
  readonly cut: Readonly<Record<string, number>>
  /** Requests that are still being dealt with. */
  readonly busy: number
  /** Connections that are still there when those that nobody uses are closed. */
  readonly connections: number
}

type Answer = (request: Http.IncomingMessage, response: Http.ServerResponse) => void

const json = (response: Http.ServerResponse, status: number, body: unknown, headers: Http.OutgoingHttpHeaders = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body))

/** Reads the request to its end first. */
const read = (answer: (response: Http.ServerResponse) => void): Answer => (request, response) => {
  request.resume().on("end", () => answer(response))
}

const endless = (type: string, first: string, next: string) =>
  read((response) => {
    response.writeHead(200, { "content-type": type })
    response.write(first)
    const timer = setInterval(() => response.write(next), 1)
    response.on("close", () => clearInterval(timer))
  })

const sse = (event: object) => `data: ${JSON.stringify(event)}\n\n`
const line = (event: object) => `${JSON.stringify(event)}\n`
const text = (words: string) => ({ message: { content: { type: "text", text: words } } })

const fates = {
  silent: read(() => {}),
  // Not stopped for good: who reads nothing does not see that nobody sends any more.
  slow: (request) => {
    request.on("data", () => {
      request.pause()
      setTimeout(() => request.resume(), 2)
    })
  },
  half: read((response) => {
    response.writeHead(200, { "content-type": "application/json" })
    response.write("{\"id\":\"1\",")
  }),
  answer: read((response) =>
    json(response, 200, { id: "1", finish_reason: "COMPLETE", message: { role: "assistant", content: [] } })
  ),
  retries: read((response) => json(response, 500, { message: "again" }, { "retry-after": "0" })),
  backOff: read((response) => json(response, 429, { message: "later" }, { "retry-after": "30" })),
  events: endless(
    "text/event-stream",
    sse({ type: "message-start", id: "1", delta: { message: { role: "assistant" } } }),
    sse({ type: "content-delta", index: 0, delta: text("The Seine ") })
  ),
  eventsV1: endless(
    "application/stream+json",
    line({ is_finished: false, event_type: "stream-start", generation_id: "1" }),
    line({ is_finished: false, event_type: "text-generation", text: "The Seine " })
  ),
  // Its answer would come when all has been read: never.
  upload: read((response) => json(response, 200, { id: "1" })),
  list: (request, response) => {
    const page = Number(new URL(request.url ?? "", "http://localhost").searchParams.get("page_token") ?? 0)
    json(response, 200, { models: [{ name: "a" }, { name: "b" }], next_page_token: String(page + 1) })
  }
} satisfies Record<string, Answer>

const isFate = (name: unknown): name is Fate => typeof name === "string" && Object.hasOwn(fates, name)

if (process.argv[1]?.endsWith("restless.ts") === true) {
  const requests: Record<string, number> = {}
  const cut: Record<string, number> = {}
  let busy = 0
  serve((request, response) => {
    const fate = request.headers["x-fate"]
    if (!isFate(fate)) return json(response, 400, { message: "no such fate" })
    requests[fate] = (requests[fate] ?? 0) + 1
    busy++
    request.on("error", () => {})
    response.on("error", () => {})
    response.on("close", () => {
      busy--
      if (!response.writableFinished) cut[fate] = (cut[fate] ?? 0) + 1
    })
    fates[fate](request, response)
  }, async (server) => {
    server.closeIdleConnections()
    await new Promise((resolve) => setTimeout(resolve, 50))
    const connections = await new Promise<number>((resolve, reject) =>
      server.getConnections((error, count) => error === null ? resolve(count) : reject(error))
    )
    return { requests, cut, busy, connections } satisfies Report
  }, 2_000)
}
