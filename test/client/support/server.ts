/** HTTP servers on real sockets of this machine, and clients to talk to them. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import * as Net from "node:net"

/** What a server has seen. */
export interface Server {
  readonly url: string
  readonly requests: ReadonlyArray<Http.IncomingMessage>
  /** Completes when the first request is there. */
  readonly asked: Promise<void>
  /** Gives the moment (`performance.now`) when the connection of the first request was closed. */
  readonly closed: Promise<number>
}

const portOf = (server: Net.Server): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

/** Listens while the scope lives. */
export const listen = (answer: Http.RequestListener): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<{ readonly http: Http.Server; readonly seen: Server }>((resume) => {
      const requests: Array<Http.IncomingMessage> = []
      let onAsked = () => {}
      let onClosed = (_: number) => {}
      const asked = new Promise<void>((resolve) => {
        onAsked = resolve
      })
      const closed = new Promise<number>((resolve) => {
        onClosed = resolve
      })
      const http = Http.createServer((request, response) => {
        if (requests.length === 0) {
          request.socket.once("close", () => onClosed(performance.now()))
        }
        requests.push(request)
        request.on("error", () => {})
        response.on("error", () => {})
        onAsked()
        answer(request, response)
      })
      http.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed({
          http,
          seen: { url: `http://127.0.0.1:${portOf(http)}`, requests, asked, closed }
        })))
    }),
    ({ http }) =>
      Effect.async<void>((resume) => {
        http.closeAllConnections()
        http.close(() => resume(Effect.void))
      })
  ).pipe(Effect.map(({ seen }) => seen))

/** An address where nobody listens. */
export const nobody: Effect.Effect<string> = Effect.async<string>((resume) => {
  const server = Net.createServer()
  server.listen(0, "127.0.0.1", () => {
    const port = portOf(server)
    server.close(() => resume(Effect.succeed(`http://127.0.0.1:${port}`)))
  })
})

/** Reads a request to its end, then answers JSON. */
export const answerJson = (value: unknown, status = 200): Http.RequestListener => (request, response) => {
  request.resume()
  request.on("end", () => {
    response.writeHead(status, { "content-type": "application/json" })
    response.end(JSON.stringify(value))
  })
}

/** The client as Node programs have it. */
export const onNode = (baseUrl: string, apiKey = "test-key-of-nobody"): Layer.Layer<CohereClient.CohereClient> =>
  Layer.orDie(
    CohereNode.layerConfig({
      apiKey: Config.succeed(Redacted.make(apiKey)),
      baseUrl: Config.succeed(baseUrl)
    })
  )

/** The client over the platform's `fetch`. */
export const onFetch = (baseUrl: string, apiKey = "test-key-of-nobody"): Layer.Layer<CohereClient.CohereClient> =>
  Layer.orDie(
    CohereClient.layer.pipe(
      Layer.provide(Deployment.layerPrivate({ baseUrl })),
      Layer.provide(Credentials.layer(apiKey)),
      Layer.provide(FetchHttpClient.layer)
    )
  )

/** Both of them. */
export const clients = [
  { name: "CohereNode", connect: onNode },
  { name: "fetch", connect: onFetch }
]
