/** What reads streams of events: reached through the descriptors of streams, so that nobody else has to carry it. */
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type { StreamError, UnexpectedResponse } from "../CohereError.ts"
import type { Streaming } from "../Endpoint.ts"
import * as Events from "./events.ts"
import type * as Exchange from "./exchange.ts"
import { byContentType } from "./framing.ts"
import { type Call, observeStream } from "./observe.ts"
import type { Pull } from "./pull.ts"

/** Opens the stream of events that an operation promises, up to the first of them: until then it may be repeated. */
const open = <Id extends string, Request, Event, E>(options: {
  readonly endpoint: Streaming<Id, Request, Event, E>
  readonly response: HttpClientResponse.HttpClientResponse
  readonly call: Call
  readonly idle: Duration.Duration
  readonly exchange: Exchange.Exchange
  /** Told of all events. */
  readonly hear: (events: ReadonlyArray<Event>) => void
  /** The error of a body that is something else. */
  readonly unusable: (detail: string) => Effect.Effect<never, UnexpectedResponse>
}): Effect.Effect<Pull<Event, StreamError>, StreamError | UnexpectedResponse> => {
  const { call, endpoint, exchange, hear, idle, response } = options
  const framing = byContentType(response.headers["content-type"], endpoint.framing)
  if (framing === undefined) return options.unusable("it is no stream of events")
  return exchange.read(response, (bytes) =>
    Events.open({
      endpoint,
      response,
      framing: framing(),
      attempts: call.attempts,
      delays: call.delays,
      idle,
      watch: exchange.watch,
      bytes,
      hear
    }))
}

export const reading = { observe: observeStream, open }
