/**
 * The one server of all clients. The path before `/v2/…` says how it answers, so that any SDK can be pointed at it:
 * `/embed/float/1024/v2/embed`. Bodies are made once and kept as bytes.
 */
import { once } from "node:events"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import * as Answers from "./answers.ts"
import type { ServerProtocol } from "./protocol.ts"
import { serve } from "./serve.ts"

/** Milliseconds between the events of a paced stream. */
const pace = 4
/** Milliseconds that a stream pauses after its first text. */
const pause = 20
/** Milliseconds that a slow answer takes. */
const latency = 20

const sliceSize = 16 * 1024

/** Answers, with regard to what was asked where that says in which form. */
type Respond = (response: Http.ServerResponse, asked: string) => void | Promise<void>

const headers = { "x-debug-trace-id": "1c3fdfd6f0d0c0f8d34bd6c1f0a7b2ee", "x-endpoint-monthly-call-limit": "1000" }

const json = (answer: object): Respond => {
  const body = Buffer.from(JSON.stringify(answer))
  return (response) => {
    response.writeHead(200, { ...headers, "content-type": "application/json", "content-length": body.length })
    response.end(body)
  }
}

const startStream = (response: Http.ServerResponse): void => {
  response.writeHead(200, { ...headers, "content-type": "text/event-stream" })
}

/** Sends parts as fast as they are taken. */
const pour = (parts: ReadonlyArray<Uint8Array>): Respond => async (response) => {
  startStream(response)
  for (const part of parts) {
    if (!response.write(part)) await once(response, "drain")
  }
  response.end()
}

const slices = (bytes: Uint8Array): ReadonlyArray<Uint8Array> =>
  Array.from(
    { length: Math.ceil(bytes.length / sliceSize) },
    (_, i) => bytes.subarray(i * sliceSize, (i + 1) * sliceSize)
  )

const buffers = (events: ReadonlyArray<string>): ReadonlyArray<Uint8Array> => events.map((event) => Buffer.from(event))

const paced = (events: ReadonlyArray<Uint8Array>): Respond => (response) => {
  startStream(response)
  let next = 0
  const timer = setInterval(() => {
    response.write(events[next++])
    if (next < events.length) return
    clearInterval(timer)
    response.end()
  }, pace)
  response.on("close", () => clearInterval(timer))
}

const split = (events: ReadonlyArray<string>): Respond => {
  const first = Buffer.from(events.slice(0, 3).join(""))
  const rest = Buffer.from(events.slice(3).join(""))
  return async (response) => {
    startStream(response)
    response.write(first)
    await sleep(pause)
    response.end(rest)
  }
}

const later = (respond: Respond): Respond => async (response, asked) => {
  await sleep(latency)
  await respond(response, asked)
}

/** Embeddings of that dimension, as floats or as base64. */
const asAsked = (dimension: number): Respond => {
  const float = json(Answers.embedAnswer("float", dimension))
  const base64 = json(Answers.embedAnswer("base64", dimension))
  return (response, asked) => (asked.includes(`"embedding_types":["base64"]`) ? base64 : float)(response, asked)
}

/** Answers that nobody ends but the client. */
const open = new Set<Http.ServerResponse>()

const endless = (): Respond => {
  const [start, block, piece] = Answers.chatEvents(1)
  setInterval(() => {
    for (const response of open) response.write(piece)
  }, 200)
  return (response) => {
    open.add(response)
    response.on("close", () => open.delete(response))
    startStream(response)
    response.write(`${start}${block}${piece}`)
  }
}

const responderOf = (mode: string): Respond | undefined => {
  const [kind, ...args] = mode.split("/").slice(1)
  const count = Number(args.at(-1))
  const type = Answers.embeddingTypes.find((type) => type === args[0])
  switch (kind) {
    case "chat":
      return json(Answers.chatAnswer())
    case "slices":
      return pour(slices(Buffer.from(Answers.chatEvents(count).join(""))))
    case "writes":
      return pour(buffers(Answers.chatEvents(count)))
    case "paced":
      return paced(buffers(Answers.chatEvents(count)))
    case "pause":
      return split(Answers.chatEvents(count))
    case "open":
      return endless()
    case "embed":
      return type && json(Answers.embedAnswer(type, count))
    case "slow":
      return later(asAsked(count))
    case "rerank":
      return json(Answers.rerankAnswer(count))
    default:
      return undefined
  }
}

const responders = new Map<string, Respond | undefined>()

const listener: Http.RequestListener = (request, response) => {
  const url = request.url ?? ""
  const mode = url.slice(0, url.indexOf("/v2/"))
  if (!responders.has(mode)) responders.set(mode, responderOf(mode))
  const respond = responders.get(mode)
  const body: Array<Buffer> = []
  request.on("data", (piece: Buffer) => body.push(piece)).on("end", () => {
    if (respond !== undefined && request.method === "POST") {
      return void respond(response, Buffer.concat(body).toString("latin1"))
    }
    response.writeHead(404).end(JSON.stringify({ message: `no such mode: ${url}` }))
  })
}

// Connections stay open from round to round.
const server = Http.createServer({ keepAliveTimeout: 600_000, requestTimeout: 0 }, listener)
server.on("clientError", (_, socket) => socket.destroy())
server.listen(0, "127.0.0.1", 1024)
const listening = once(server, "listening")

serve<ServerProtocol>({
  address: async () => {
    await listening
    // A listening server has an address with a port.
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  },
  open: async () => {
    const count = open.size
    for (const response of open) response.destroy()
    return count
  }
})
