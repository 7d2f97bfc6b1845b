/** A server that receives uploads, and tells what it got. */
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import * as Http from "node:http"
import type * as Net from "node:net"

/** What the server saw of one request. */
export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: Http.IncomingHttpHeaders
  /** Bytes of the body so far. */
  length: number
  /** Of the bytes so far. */
  readonly sha256: () => string
  readonly body: () => Buffer
  state: "open" | "complete" | "aborted"
}

export interface Options {
  /** Status and JSON of the n-th answer, counted from 1. Default: 200 with an id. */
  readonly answer?: (attempt: number) => { readonly status: number; readonly body: unknown }
  /** Whether bodies are kept, beside their hash. Default `true`. */
  readonly keep?: boolean
  /** Answers before the body has come, and reads no more of it. */
  readonly early?: boolean
  /** After so many bytes, the connection is cut. */
  readonly cutAfter?: number
  /** After so many bytes, nothing is read any more. */
  readonly stallAfter?: number
}

/** Listens on a port of this machine until the scope ends. */
export const listen = (options: Options = {}) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() =>
        new Promise<{ readonly server: Http.Server; readonly received: Array<Received> }>((resolve) => {
          const received: Array<Received> = []
          const server = Http.createServer((request, response) => {
            const hash = createHash("sha256")
            const pieces: Array<Buffer> = []
            const one: Received = {
              method: request.method ?? "",
              url: request.url ?? "",
              headers: request.headers,
              length: 0,
              sha256: () => hash.copy().digest("hex"),
              body: () => Buffer.concat(pieces),
              state: "open"
            }
            received.push(one)
            const answer = () => {
              const { body, status } = options.answer?.(received.length) ?? { status: 200, body: { id: "d-1" } }
              response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
            }
            request.on("data", (piece: Buffer) => {
              one.length += piece.length
              hash.update(piece)
              if (options.keep !== false) pieces.push(piece)
              if (one.length >= (options.cutAfter ?? Infinity)) request.socket.destroy()
              if (one.length >= (options.stallAfter ?? Infinity)) request.pause()
            })
            request.on("end", () => {
              one.state = "complete"
              if (options.early !== true) answer()
            })
            request.on("close", () => {
              if (one.state === "open") one.state = "aborted"
            })
            request.on("error", () => {})
            if (options.early === true) answer()
          })
          server.listen(0, "127.0.0.1", () => resolve({ server, received }))
        })
      ),
      ({ server }) =>
        Effect.promise(() =>
          new Promise<void>((resolve) => {
            server.close(() => resolve())
            server.closeAllConnections()
          })
        )
    ),
    ({ received, server }) => ({
      received,
      url: `http://127.0.0.1:${(server.address() as Net.AddressInfo).port}`,
      connections: Effect.promise(() =>
        new Promise<number>((resolve, reject) =>
          server.getConnections((error, count) => error ? reject(error) : resolve(count))
        )
      )
    })
  )
