/** Every stream of the API in every framing, with its transcripts: what holds for one of them holds for all. */
import type * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Endpoint from "@effect-cohere/core/Endpoint"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import type * as Stream from "effect/Stream"
import { transcripts } from "./transcripts.ts"
import { chats, generations } from "./v1Transcripts.ts"
import { eventStream, frame, jsonLines, request, sse } from "./wire.ts"

/** How a body is written. */
export interface Framing {
  readonly contentType: string
  /** One event. */
  readonly frame: (data: string, eol?: string) => string
  /** The whole body. */
  readonly body: (data: ReadonlyArray<string>, eol?: string) => string
}

export const framings = {
  "server-sent events": { contentType: eventStream, frame, body: sse },
  "JSON lines": {
    contentType: jsonLines,
    frame: (data, eol = "\n") => data + eol,
    body: (data, eol = "\n") => data.map((one) => one + eol).join("")
  }
} satisfies Record<string, Framing>

type AnyStream = Stream.Stream<unknown, V2.ChatStreamError, CohereClient.CohereClient>

/** A stream in a framing. */
export interface Subject extends Framing {
  readonly name: string
  /** Whether Cohere writes it so, unless it is asked otherwise. */
  readonly isUsual: boolean
  readonly stream: AnyStream
  /** The same, but that it goes on after the last event: opening a stream for each cut takes most of the time. */
  readonly endless: AnyStream
  readonly isLast: (event: unknown) => boolean
  readonly transcripts: ReadonlyArray<{
    readonly name: string
    readonly data: ReadonlyArray<string>
    readonly events: ReadonlyArray<unknown>
  }>
}

export const chatRequest: V1.ChatRequest = { model: "command-r-plus-08-2024", message: "Hi!" }
export const generateRequest: V1.GenerateRequest = { prompt: "Once" }

const subject = <Id extends string, Request, Event>(
  framing: keyof typeof framings,
  endpoint: Endpoint.Streaming<Id, Request, Event, V2.ChatStreamError>,
  request: Request,
  transcripts: Subject["transcripts"]
): Subject => ({
  ...framings[framing],
  name: `${endpoint.id} as ${framing}`,
  isUsual: framing === (endpoint.framing === "sse" ? "server-sent events" : "JSON lines"),
  stream: Endpoint.stream(endpoint)(request),
  endless: Endpoint.stream({ ...endpoint, isLast: () => false })(request),
  // The events of a transcript are those of its endpoint.
  isLast: (event) => endpoint.isLast(event as Event),
  transcripts
})

export const subjects: ReadonlyArray<Subject> = [
  subject("server-sent events", V2.chatStreamEndpoint, request, transcripts),
  subject("JSON lines", V1.chatStreamEndpoint, chatRequest, chats),
  subject("server-sent events", V1.chatStreamEndpoint, chatRequest, chats),
  subject("JSON lines", V1.generateStreamEndpoint, generateRequest, generations),
  subject("server-sent events", V1.generateStreamEndpoint, generateRequest, generations)
]
