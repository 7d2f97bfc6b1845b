/** Two servers: the page's own, which has the key, and a strict one elsewhere. Both remember what they were asked. */
import type * as Http from "node:http"
import { listen, relay } from "../contract/relay.ts"

/** A request that came, and what became of it. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: Http.IncomingHttpHeaders
  /** Whether the client left before the end of the answer. */
  abandoned: boolean
}

/** A running server. */
export interface Site {
  readonly url: string
  readonly seen: Array<Seen>
  readonly close: () => Promise<void>
}

type Handler = (incoming: Http.IncomingMessage, outgoing: Http.ServerResponse) => void

const remembering = async (handler: (seen: Seen) => Handler): Promise<Site> => {
  const seen: Array<Seen> = []
  const server = await listen((incoming, outgoing) => {
    const one = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers: incoming.headers,
      abandoned: false
    }
    seen.push(one)
    outgoing.once("close", () => {
      one.abandoned = !outgoing.writableFinished
    })
    handler(one)(incoming, outgoing)
  })
  return { ...server, seen }
}

const send = (
  outgoing: Http.ServerResponse,
  status: number,
  headers: Http.OutgoingHttpHeaders,
  body = ""
): void => void outgoing.writeHead(status, headers).end(body)

/** What the page may do: run this server's scripts and call two servers. No `eval`, nothing from elsewhere. */
const policy = (elsewhere: string) =>
  `default-src 'none'; script-src 'self'; img-src data:; connect-src 'self' ${elsewhere}`

const html = `<!doctype html><meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,">
<output></output><input type="file"><script type="module" src="/page.js"></script>`

/**
 * The page's server. `/api/cohere` goes to Cohere with the key, `/moved` redirects there, `/silent` never answers,
 * `/html` is what a wrong address has, `/token` hands out tokens.
 */
export const home = (options: {
  readonly bundle: string
  readonly cohere: string
  readonly key: string
  readonly token: string
  readonly elsewhere: string
}): Promise<Site> => {
  const prefix = "/api/cohere"
  const toCohere = relay({ url: options.cohere, key: options.key, prefix })
  return remembering(({ path }) => (incoming, outgoing) => {
    if (path.startsWith(`${prefix}/`)) return toCohere(incoming, outgoing)
    if (path.startsWith("/moved/")) return send(outgoing, 307, { location: `${prefix}${path.slice("/moved".length)}` })
    if (path.startsWith("/silent/")) return
    if (path.startsWith("/html/")) return send(outgoing, 200, { "content-type": "text/html" }, html)
    switch (path) {
      case "/":
        return send(outgoing, 200, {
          "content-type": "text/html",
          "content-security-policy": policy(options.elsewhere)
        }, html)
      case "/page.js":
        return send(outgoing, 200, { "content-type": "text/javascript" }, options.bundle)
      case "/token":
        return send(outgoing, 200, { "content-type": "text/plain" }, options.token)
      default:
        return send(outgoing, 404, {})
    }
  })
}

/**
 * A server of another origin, which lets pages send `allowed` headers (beside those that are always allowed) and no
 * others: a preflight that asks for more is refused. Without a key of its own it passes on the page's.
 */
export const elsewhere = (options: {
  readonly cohere: string
  readonly key?: string
  readonly allowed: ReadonlyArray<string>
}): Promise<Site> =>
  remembering(({ headers, method }) => (incoming, outgoing) => {
    const cors = { "access-control-allow-origin": headers.origin ?? "" }
    if (method === "OPTIONS") {
      return send(outgoing, 204, {
        ...cors,
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": options.allowed.join(", ")
      })
    }
    return relay({
      url: options.cohere,
      headers: cors,
      ...(options.key === undefined ? {} : { key: options.key })
    })(incoming, outgoing)
  })
