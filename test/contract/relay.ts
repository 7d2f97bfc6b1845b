/**
 * The server that a page talks to instead of Cohere's: it passes requests on with the key that the page does not have,
 * and answers back as they come.
 */
import * as Http from "node:http"

/** Headers that belong to a connection, or to somebody else than the next server. */
const ownHeaders = [
  "host",
  "connection",
  "keep-alive",
  "cookie",
  "origin",
  "referer",
  "authorization",
  "transfer-encoding"
]

/** What to pass on to, and with what. */
export interface Upstream {
  readonly url: string
  /** Left out: the request's own authorization is passed on. */
  readonly key?: string
  /** The part of the path that is the relay's own. */
  readonly prefix?: string
  /** Headers of the relay's own answer. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Passes one request on. Who leaves early ends the request to the other side, too. */
export const relay = (upstream: Upstream) => (incoming: Http.IncomingMessage, outgoing: Http.ServerResponse): void => {
  const path = (incoming.url ?? "/").slice(upstream.prefix?.length ?? 0)
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(([name]) => !ownHeaders.includes(name) && !name.startsWith("sec-"))
  )
  const authorization = upstream.key === undefined ? incoming.headers.authorization : `Bearer ${upstream.key}`
  const onward = Http.request(upstream.url + path, {
    method: incoming.method,
    headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) }
  }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...upstream.headers })
    outgoing.flushHeaders()
    answer.pipe(outgoing)
    answer.once("error", () => outgoing.destroy())
  })
  onward.once("error", () => outgoing.destroy())
  outgoing.once("close", () => onward.destroy())
  incoming.pipe(onward)
}

/** Starts a server on a free port of this machine. */
export const listen = (
  handler: (incoming: Http.IncomingMessage, outgoing: Http.ServerResponse) => void
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> =>
  new Promise((resolve, reject) => {
    const server = Http.createServer(handler)
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      if (typeof address !== "object" || address === null) return reject(new Error("the server has no port"))
      resolve({
        url: `http://127.0.0.1:${address.port}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done())
            server.closeAllConnections()
          })
      })
    })
  })
