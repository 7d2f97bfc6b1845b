/** A server of raw bytes that plays one script on every connection, and tells what became of its sockets. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Net from "node:net"
import * as Tls from "node:tls"
import type { Identity } from "./certificates.ts"

/** One step of a script. A script that does not end otherwise keeps its connection for the next request. */
export type Step =
  /** Waits for any byte, for the empty line after the headers, or for the whole request. */
  | { readonly read: "bytes" | "head" | "request" }
  | { readonly write: string | Uint8Array }
  /** Writes past TLS. */
  | { readonly raw: Uint8Array }
  /** Milliseconds. */
  | { readonly wait: number }
  /** Waits until the caller holds so many events; where there are none, until the bytes must have been read. */
  | { readonly delivered: number }
  /**
   * Ends its side, resets the connection, ends it without the word of farewell that TLS has, or does nothing until the
   * other side leaves.
   */
  | { readonly then: "close" | "reset" | "cut" | "stall" }

/** What is played. */
export interface Script {
  /** When it begins: as soon as somebody connects, or with the first byte that comes. */
  readonly at: "connect" | "request"
  /** For each request of all connections; the last one for all that follow. */
  readonly requests: ReadonlyArray<ReadonlyArray<Step>>
}

/** A server, and what it has seen. */
export interface Server {
  readonly port: number
  /** How many scripts were begun: one for each request that came. */
  readonly played: () => number
  /** How many of these requests came on a connection that had brought one before. */
  readonly kept: () => number
  /** Tells the server how many events the caller of the current attempt holds. */
  readonly hold: (events: number) => void
  /** Sockets on which something is left undone, and which the other side has not closed. */
  readonly unfinished: () => number
  readonly open: () => number
  /** Closes connections that nobody uses. */
  readonly closeIdle: () => void
  /** Closes all. */
  readonly closeAll: () => void
}

/** No connection lives longer: a client that leaves one open is found, but does not hold up the rest. */
const guard = 15_000

const sleep = (millis: number) => new Promise<void>((resolve) => setTimeout(resolve, millis))

/** Whether the request at the beginning of these bytes is there as far as asked. */
const has = (bytes: Buffer, what: "bytes" | "head" | "request"): boolean => {
  if (what === "bytes") return bytes.length > 0
  const text = bytes.toString("latin1")
  const end = text.indexOf("\r\n\r\n")
  if (end === -1 || what === "head") return end !== -1
  const head = text.slice(0, end)
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  if (length !== undefined) return bytes.length >= end + 4 + Number(length)
  return !/^transfer-encoding: *chunked/im.test(head) || text.endsWith("\r\n0\r\n\r\n")
}

/**
 * Listens on a port of this machine until the scope ends; waits so many times as long as the script says; speaks TLS if
 * it can prove who it is.
 */
export const listen = (
  script: Script,
  slowness: number,
  identity?: Identity
): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() =>
        new Promise<Net.Server & { readonly seen: Omit<Server, "port"> }>((resolve) => {
          // A socket is here while it is open; the value says whether something is left undone on it.
          const sockets = new Map<Net.Socket, boolean>()
          let played = 0
          let kept = 0
          let held = 0

          /** Plays on a connection, or on what is spoken inside of it. */
          const serve = async (raw: Net.Socket, socket: Net.Socket): Promise<void> => {
            let bytes = Buffer.alloc(0)
            let wake = () => {}
            let ended = false
            const gone = () => ended || socket.destroyed || raw.destroyed
            socket.on("data", (more: Buffer) => {
              bytes = Buffer.concat([bytes, more])
              wake()
            })
            const end = () => {
              ended = true
              wake()
            }
            socket.on("end", end)
            socket.on("close", end)
            raw.on("close", end)
            const change = () =>
              new Promise<void>((resolve) => {
                wake = resolve
              })
            const read = async (what: "bytes" | "head" | "request") => {
              while (!has(bytes, what) && !gone()) await change()
            }

            for (let first = true; !gone(); first = false) {
              if (script.at === "request" || !first) await read("bytes")
              if (gone()) break
              sockets.set(raw, true)
              const steps = script.requests[Math.min(played, script.requests.length - 1)] ?? []
              played++
              if (!first) kept++
              held = 0
              for (const step of steps) {
                if (gone()) break
                if ("read" in step) await read(step.read)
                else if ("wait" in step) await sleep(step.wait * slowness)
                else if ("write" in step) {
                  await new Promise<void>((resolve) => socket.write(step.write, () => resolve()))
                } else if ("raw" in step) raw.write(step.raw)
                else if ("delivered" in step) {
                  // Client and server share a process: what was written a moment ago has been read after a few turns.
                  await sleep(25)
                  while (held < step.delivered && !gone()) await sleep(2)
                } else {
                  if (step.then === "reset") raw.resetAndDestroy()
                  if (step.then === "cut") raw.end()
                  if (step.then === "close") socket.end()
                  while (!gone()) await change()
                }
              }
              bytes = Buffer.alloc(0)
              if (sockets.has(raw) && !gone()) sockets.set(raw, false)
            }
            if (!socket.destroyed) socket.end()
          }

          const server = Net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
            sockets.set(socket, false)
            const timer = setTimeout(() => socket.destroy(), guard * slowness)
            socket.on("error", () => {})
            socket.on("close", () => {
              clearTimeout(timer)
              sockets.delete(socket)
            })
            if (identity === undefined) return void serve(socket, socket)
            const secure = new Tls.TLSSocket(socket, { isServer: true, ...identity })
            secure.on("error", () => socket.destroy())
            void serve(socket, secure)
          })
          server.listen(0, "127.0.0.1", () =>
            resolve(Object.assign(server, {
              seen: {
                played: () => played,
                kept: () => kept,
                hold: (events: number) => {
                  held = events
                },
                unfinished: () => [...sockets.values()].filter((undone) => undone).length,
                open: () => sockets.size,
                closeIdle: () => {
                  for (const [socket, undone] of sockets) if (!undone) socket.end()
                },
                closeAll: () => {
                  for (const socket of sockets.keys()) socket.destroy()
                }
              }
            })))
        })
      ),
      (server) =>
        Effect.promise(() =>
          new Promise<void>((resolve) => {
            server.close(() => resolve())
            server.seen.closeAll()
          })
        )
    ),
    (server) => ({ ...server.seen, port: (server.address() as Net.AddressInfo).port })
  )
