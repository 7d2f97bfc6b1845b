/**
 * Cohere's API without Cohere: a server in your process that answers every operation, for tests, demos and work offline.
 *
 * It is no model. It embeds by spelling, ranks by shared words, answers from the sentences of your documents, calls the
 * tool whose name the question mentions, fills JSON schemas, and otherwise says what you said; it refuses what the real
 * server refuses, in the same words. It does not listen to recordings or look at pictures either, and trains nothing.
 *
 * It remembers: datasets, jobs, batches, connectors, fine-tuned models and named conversations live as long as the
 * emulator that `make` has made, in memory, each of its own. What takes the real server a while goes on by one step each
 * time it is looked at by its id: a new dataset is `processing` at the first look, `validated` at the second. Its clock
 * begins with 2026, and moves on by a second when something is made or changed. So the same requests in the same order
 * always have the same answers.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type { Model } from "../Models.ts"
import * as Handlers from "./internal/handlers.ts"
import * as Models from "./internal/models.ts"
import { invalid, type Rejection } from "./internal/rejection.ts"
import { respond } from "./internal/respond.ts"
import * as Router from "./internal/router.ts"

/** A web handler: put it behind any server, or call it. */
export interface Emulator {
  readonly fetch: (request: Request) => Promise<Response>
}

/** How an emulator differs from the default one. */
export interface Options {
  /** The keys that work. Default `"any"`: every key but an empty one. */
  readonly apiKeys?: "any" | ReadonlyArray<string>
  /** The models there are. Default: Cohere's current ones. */
  readonly models?: ReadonlyArray<Model>
  /** Waits, so that a stream can be watched. They end when the request is aborted. Default: none. */
  readonly latency?: {
    /** Before each response. */
    readonly firstByte?: Duration.DurationInput
    /** Between the events of a stream. */
    readonly betweenEvents?: Duration.DurationInput
  }
}

const authorizer = (apiKeys: "any" | ReadonlyArray<string>) => (header: string | null): Rejection | undefined => {
  const key = /^Bearer\s+(.*)$/i.exec(header ?? "")?.[1]?.trim() ?? ""
  if (key === "") return { status: 401, message: "no api key supplied" }
  return apiKeys === "any" || apiKeys.includes(key) ? undefined : { status: 401, message: "invalid api token" }
}

/**
 * An emulator.
 *
 * @example
 * ```ts
 * import * as Emulator from "@effect-cohere/core/testing/Emulator"
 *
 * const emulator = Emulator.make({ apiKeys: ["test-key"] })
 *
 * const response = emulator.fetch(
 *   new Request("https://api.cohere.com/v1/models", { headers: { authorization: "Bearer test-key" } })
 * )
 * ```
 */
export const make = (options: Options = {}): Emulator => {
  const route = Router.make(Handlers.make(options.models ?? Models.defaults), authorizer(options.apiKeys ?? "any"))
  const pace = {
    firstByte: Duration.toMillis(options.latency?.firstByte ?? 0),
    betweenEvents: Duration.toMillis(options.latency?.betweenEvents ?? 0)
  }
  return {
    fetch: async (request) => {
      // A body that breaks off is no request: it fails here, as a connection would.
      const body = await request.arrayBuffer()
      const routed = await route(request, body).catch((error: unknown): Router.Routed => ({
        traceId: "0",
        // Such as a pattern that is none, or a schema that is nested too deeply.
        result: Either.left(invalid(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`))
      }))
      return respond(routed, pace, request.signal)
    }
  }
}

/**
 * An HTTP client whose every request an emulator answers, whatever its host, without sockets.
 *
 * @example
 * ```ts
 * import * as Emulator from "@effect-cohere/core/testing/Emulator"
 * import * as HttpClient from "@effect/platform/HttpClient"
 * import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
 * import * as Effect from "effect/Effect"
 *
 * const program = HttpClient.execute(
 *   HttpClientRequest.get("https://api.cohere.com/v1/models").pipe(HttpClientRequest.bearerToken("any"))
 * ).pipe(
 *   Effect.flatMap((response) => response.json),
 *   Effect.provide(Emulator.layer())
 * )
 * ```
 */
export const layer = (options: Options = {}): Layer.Layer<HttpClient.HttpClient> =>
  FetchHttpClient.layer.pipe(
    Layer.provide(Layer.sync(FetchHttpClient.Fetch, () => {
      const emulator = make(options)
      return (input, init) => emulator.fetch(new Request(input, init))
    }))
  )
