/** The emulator of `@effect-cohere/core` on a port of this machine, for programs that are not written in Effect, too. */
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import { ServeError } from "@effect/platform/HttpServerError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import { Readable } from "node:stream"
import { buffer } from "node:stream/consumers"
import { pipeline } from "node:stream/promises"
import type { ReadableStream } from "node:stream/web"

/** Where, and how the emulator differs from the default one. */
export interface Options extends Emulator.Options {
  /** Default 0: any free port. */
  readonly port?: number
  /** Default `127.0.0.1`: only this machine. */
  readonly host?: string
}

/** A listening emulator. */
export interface Service {
  /** The base URL, for example `http://127.0.0.1:40213`. */
  readonly url: string
}

/** The listening emulator of {@link layer}. */
export class EmulatorNode extends Context.Tag("@effect-cohere/platform-node/EmulatorNode")<EmulatorNode, Service>() {}

/** One exchange. Who leaves early ends it, and with it the emulator's stream. */
const exchange = async (
  fetch: Emulator.Emulator["fetch"],
  incoming: Http.IncomingMessage,
  outgoing: Http.ServerResponse
): Promise<void> => {
  const gone = new AbortController()
  outgoing.once("close", () => gone.abort())
  try {
    const body = await buffer(incoming)
    const response = await fetch(
      new Request(`http://${incoming.headers.host ?? "localhost"}${incoming.url}`, {
        method: incoming.method ?? "GET",
        headers: Object.entries(incoming.headersDistinct).flatMap(([name, values]) =>
          (values ?? []).map((value): [string, string] => [name, value])
        ),
        body: body.length > 0 ? body : null,
        signal: gone.signal
      })
    )
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).flushHeaders()
    // The global type and the one of `node:stream/web` describe the same class.
    if (response.body !== null) await pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing)
    else outgoing.end()
  } catch {
    // What no web Request can be, such as a GET with a body; or somebody left.
    if (!outgoing.headersSent && !gone.signal.aborted) outgoing.writeHead(400).end("bad request")
    else outgoing.destroy()
  }
}

/**
 * Starts an emulator that stops with the scope, at once, whoever is still connected.
 *
 * Fails with `ServeError` when the port is taken, or is none.
 *
 * @example
 * ```ts
 * import * as EmulatorNode from "@effect-cohere/platform-node/EmulatorNode"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.scoped(Effect.gen(function*() {
 *   const { url } = yield* EmulatorNode.listen({ apiKeys: ["test-key"] })
 *   yield* Effect.log(`export CO_API_URL=${url} CO_API_KEY=test-key`)
 *   yield* Effect.never
 * }))
 * ```
 */
export const listen = (options: Options = {}): Effect.Effect<Service, ServeError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<Http.Server, ServeError>((resume) => {
      // It remembers: each start is a new one.
      const emulator = Emulator.make(options)
      const server = Http.createServer((incoming, outgoing) => void exchange(emulator.fetch, incoming, outgoing))
      server.once("error", (cause) => resume(Effect.fail(new ServeError({ cause }))))
      try {
        server.listen(options.port ?? 0, options.host ?? "127.0.0.1", () => resume(Effect.succeed(server)))
      } catch (cause) {
        // A port that is no port throws.
        resume(Effect.fail(new ServeError({ cause })))
      }
    }),
    (server) =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  ).pipe(Effect.map((server) => {
    const address = server.address()
    // A string is the path of a Unix socket, and null is a server that does not listen: neither is this one.
    if (typeof address !== "object" || address === null) throw new Error("the emulator listens on no port")
    return { url: `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}` }
  }))

/**
 * {@link listen} as a layer: the emulator lives as long as the layer, and its `url` is the service.
 *
 * @example
 * ```ts
 * import * as EmulatorNode from "@effect-cohere/platform-node/EmulatorNode"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.flatMap(EmulatorNode.EmulatorNode, ({ url }) => Effect.log(url)).pipe(
 *   Effect.provide(EmulatorNode.layer({ latency: { betweenEvents: "20 millis" } }))
 * )
 * ```
 */
export const layer = (options?: Options): Layer.Layer<EmulatorNode, ServeError> =>
  Layer.scoped(EmulatorNode, listen(options))
