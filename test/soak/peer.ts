/** A server in a process of its own: what it costs does not show in the figures of the process that calls it. */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import * as Http from "node:http"
import type * as Net from "node:net"
import { fileURLToPath } from "node:url"

/** A running server. */
export interface Peer<Report> {
  readonly url: string
  /** What it has seen so far. */
  readonly report: () => Promise<Report>
  /** Closes it, with all that is still connected. */
  readonly stop: () => Promise<void>
}

const answerOf = async (child: ChildProcess): Promise<unknown> => {
  const [message] = await once(child, "message")
  return message
}

/** Starts a server program of this folder. Its reports are asked for one after the other. */
export const start = async <Report>(program: string, args: ReadonlyArray<string> = []): Promise<Peer<Report>> => {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), args, { execArgv: ["--import", "tsx"] })
  return {
    url: String(await answerOf(child)),
    report: () => {
      const answer = answerOf(child)
      child.send("report")
      // The program is one of this folder, which sends what its own type says.
      return answer as Promise<Report>
    },
    stop: async () => {
      const end = once(child, "exit")
      child.disconnect()
      await end
    }
  }
}

/** The other side: serves until the process that started this one lets go. */
export const serve = (
  listener: Http.RequestListener,
  report: (server: Http.Server) => Promise<object>,
  /** How long a connection may stay unused, in milliseconds; clients are told. */
  keepAliveTimeout: number
): void => {
  const server = Http.createServer({ keepAliveTimeout, requestTimeout: 0, headersTimeout: 600_000 }, listener)
  server.on("clientError", (_, socket) => socket.destroy())
  process.on("message", () => void report(server).then((answer) => process.send?.(answer)))
  process.on("disconnect", () => {
    server.close()
    server.closeAllConnections()
  })
  // A listening server has an address with a port.
  server.listen(
    0,
    "127.0.0.1",
    1024,
    () => process.send?.(`http://127.0.0.1:${(server.address() as Net.AddressInfo).port}`)
  )
}
