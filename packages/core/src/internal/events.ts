/** From a response body to the events of a stream, with nothing lost and nothing made up. */
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { MalformedEvent, type StreamError, StreamIdle, StreamInterrupted, StreamTruncated } from "../CohereError.ts"
import type { Streaming } from "../Endpoint.ts"
import type { Bytes } from "./exchange.ts"
import type * as Framing from "./framing.ts"
import { parse, property, show } from "./json.ts"
import type { Pull } from "./pull.ts"
import { excerpt, plain, requestIdOf } from "./rejection.ts"
import { checker } from "./schema.ts"
import { reasonOf } from "./transport.ts"
import * as Watch from "./watch.ts"
import * as Young from "./young.ts"

const terminator = "[DONE]"

/** How long a body that has delivered its last event may take to end, so that its connection can be used again. */
const drainLimit = Duration.millis(250)

/** Whether a frame is the beginning of an object, and no more. */
const isCut = (data: string): boolean => data.startsWith("{") && Option.isNone(parse(data))

const errorText = (u: unknown): string | undefined => {
  if (typeof u === "string") return u
  if (typeof u !== "object" || u === null) return undefined
  return "message" in u && typeof u.message === "string" ? u.message : show(u)
}

/** Reads the events of a response. One Effect for each network chunk, none for each event. */
export const open = <Id extends string, Request, Event, E>(options: {
  readonly endpoint: Streaming<Id, Request, Event, E>
  readonly response: HttpClientResponse.HttpClientResponse
  readonly framing: Framing.Framing
  readonly attempts: number
  /** Those before the attempts: known to every error. */
  readonly delays: ReadonlyArray<Duration.Duration>
  readonly idle: Duration.Duration
  readonly watch: Watch.Watch
  /** What comes of the body. */
  readonly bytes: Bytes
  /** Told of all events. */
  readonly hear: (events: ReadonlyArray<Event>) => void
}): Effect.Effect<Pull<Event, StreamError>, StreamError> => {
  const { bytes, endpoint, framing, idle, response, watch } = options
  let delivered = 0
  // What comes after the events that have been read: the end, or a failure.
  let ending: Effect.Effect<never, Option.Option<StreamError>> | undefined

  const place = () => ({
    endpoint: endpoint.id,
    attempts: options.attempts,
    status: response.status,
    requestId: requestIdOf(response.headers, response.request),
    ...(options.delays.length === 0 ? {} : { delays: options.delays.slice() }),
    delivered
  })
  const fail = (error: StreamError) => Effect.fail(Option.some(error))
  const safe = (text: string) => excerpt(text, response.request)
  const check = checker(endpoint.events, safe)
  const malformed = (reason: string, data: string) => fail(MalformedEvent.of(place(), reason, safe(data)))

  const drain: Effect.Effect<never, Option.Option<StreamError>> = Effect.suspend(() => {
    const end = Effect.fail(Option.none())
    const rest: Effect.Effect<never, Option.Option<StreamError>> = Young.matchEffect(bytes, () => end, () => rest)
    Watch.limit(watch, drainLimit)
    return Watch.run(watch, rest, () => end)
  })

  /** Adds the event of a frame, unless the end has come; a frame may be it. */
  const decode = (data: string, isError: boolean, events: Array<Event>): void => {
    if (ending !== undefined) return
    let parsed: unknown
    try {
      parsed = JSON.parse(data)
    } catch {
      ending = data.trim() === terminator
        ? fail(StreamTruncated.of(place()))
        : isError
        ? fail(StreamInterrupted.of(place(), safe(data)))
        : malformed("it is not JSON", data)
      return
    }
    const json = endpoint.upgrade(parsed)
    const type = property(json, endpoint.tag)
    const error = isError || type === "error" || typeof type !== "string"
      ? property(json, "error") ?? (isError ? json : undefined)
      : undefined
    if (error !== undefined) {
      ending = fail(StreamInterrupted.of(place(), safe(errorText(error) ?? plain(json, data))))
      return
    }
    const event = check(json)
    if (Either.isLeft(event)) {
      ending = malformed(
        event.left.map((issue) => `${issue.path || "(event)"}: ${issue.message}`).join("; "),
        plain(json, data)
      )
      return
    }
    delivered++
    if (endpoint.isLast(event.right)) ending = drain
    events.push(event.right)
  }

  const onBytes = (pieces: Iterable<Uint8Array>): Array<Event> => {
    const events = Young.list<Event>()
    const onFrame: Framing.OnFrame = (data, isError) => decode(data, isError, events)
    for (const piece of pieces) {
      const problem = framing.push(piece, onFrame)
      if (problem !== undefined) ending ??= malformed(problem, "")
      if (ending !== undefined) break
    }
    return events
  }

  const onEnd = (): Array<Event> => {
    const events = Young.list<Event>()
    framing.end((data, isError) => {
      // What the end has cut off is missing, not wrong.
      if (!isCut(data)) decode(data, isError, events)
    })
    ending ??= fail(StreamTruncated.of(place()))
    return events
  }

  const onBody: Pull<Event, StreamError> = Young.matchEffect(
    bytes,
    (end) =>
      // No body at all is the end of it: only some transports make a failure of that.
      Option.isNone(end) || end.value.reason === "EmptyBody"
        ? deliver(onEnd())
        : fail(StreamInterrupted.of(place(), reasonOf(end.value))),
    (pieces) => deliver(onBytes(pieces))
  )

  const deliver = (events: Array<Event>): Effect.Effect<Chunk.Chunk<Event>, Option.Option<StreamError>> => {
    if (delivered > 0) Watch.reset(watch, Infinity)
    if (events.length > 0) {
      // The time for the first was up, and what gives the rest was stopped: the attempt is late, and nothing is told of it.
      if (watch.isLate && ending === undefined && delivered === events.length) {
        return fail(StreamTruncated.of(place()))
      }
      options.hear(events)
      return Effect.succeed(Chunk.unsafeFromArray(events))
    }
    // An arrival that completes no event is one, too.
    if (delivered > 0) Watch.limit(watch, idle)
    return ending ?? onBody
  }

  // Up to the first event, the deadlines of the attempt hold.
  return Young.matchEffect(
    onBody,
    (end): Effect.Effect<Pull<Event, StreamError>, StreamError> =>
      Option.isNone(end) ? Effect.succeed(Effect.fail(end)) : Effect.fail(end.value),
    (events) => {
      let first: Chunk.Chunk<Event> | undefined = events
      const next: Pull<Event, StreamError> = Effect.suspend(() => {
        if (first !== undefined) {
          const held = first
          first = undefined
          return Effect.succeed(held)
        }
        if (ending !== undefined) return ending
        Watch.limit(watch, idle)
        return Watch.run(watch, onBody, () => fail(StreamIdle.of(place(), idle)))
      })
      return Effect.succeed(next)
    }
  )
}
