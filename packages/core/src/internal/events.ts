/** From a response body to the events of a stream, with nothing lost and nothing made up. */
import type { ResponseError } from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { MalformedEvent, type StreamError, StreamIdle, StreamInterrupted, StreamTruncated } from "../CohereError.ts"
import type { Streaming } from "../Endpoint.ts"
import type { Frame, Framing } from "./framing.ts"
import { parse, property, show } from "./json.ts"
import { excerpt, plain } from "./rejection.ts"
import { check } from "./schema.ts"
import { reasonOf } from "./transport.ts"

/** Gives the next events; fails with nothing at the end. */
export type Pull<Event> = Effect.Effect<Chunk.Chunk<Event>, Option.Option<StreamError>>

const terminator = "[DONE]"

/** How long a body that has delivered its last event may take to end, so that its connection can be used again. */
const drainLimit = Duration.millis(250)

const errorText = (u: unknown): string | undefined => {
  if (typeof u === "string") return u
  if (typeof u !== "object" || u === null) return undefined
  return "message" in u && typeof u.message === "string" ? u.message : show(u)
}

/** Reads the events of a response. One Effect for each network chunk, none for each event. */
export const open = <Id extends string, Request, Event, E>(options: {
  readonly endpoint: Streaming<Id, Request, Event, E>
  readonly response: HttpClientResponse.HttpClientResponse
  readonly framing: Framing
  readonly attempts: number
  readonly requestId: string | undefined
  readonly idle: Duration.Duration
}): Effect.Effect<Pull<Event>, never, Scope.Scope> =>
  Effect.map(Stream.toPull(options.response.stream), (bytes) => {
    const { endpoint, framing, response } = options
    let delivered = 0
    // What comes after the events that have been read: the end, or a failure.
    let ending: Effect.Effect<never, Option.Option<StreamError>> | undefined

    const place = () => ({
      endpoint: endpoint.id,
      attempts: options.attempts,
      status: response.status,
      requestId: options.requestId,
      delivered
    })
    const fail = (error: StreamError) => Effect.fail(Option.some(error))
    const safe = (text: string) => excerpt(text, response.request)
    const malformed = (reason: string, data: string) => fail(MalformedEvent.of(place(), reason, safe(data)))

    const drain: Effect.Effect<never, Option.Option<StreamError>> = Effect.forever(bytes).pipe(
      Effect.ignore,
      Effect.timeoutOption(drainLimit),
      Effect.zipRight(Effect.fail(Option.none()))
    )

    /** The event of a frame; `undefined` when it is the end, which is then set. */
    const decode = (frame: Frame): Event | undefined => {
      if (frame.data.trim() === terminator) {
        ending = fail(StreamTruncated.of(place()))
        return undefined
      }
      const parsed = parse(frame.data)
      if (Option.isNone(parsed)) {
        ending = frame.event === "error"
          ? fail(StreamInterrupted.of(place(), safe(frame.data)))
          : malformed("it is not JSON", frame.data)
        return undefined
      }
      const json = endpoint.upgrade(parsed.value)
      const type = property(json, endpoint.tag)
      const error = frame.event === "error" || type === "error" || typeof type !== "string"
        ? property(json, "error") ?? (frame.event === "error" ? json : undefined)
        : undefined
      if (error !== undefined) {
        ending = fail(StreamInterrupted.of(place(), safe(errorText(error) ?? plain(json, frame.data))))
        return undefined
      }
      const event = check(endpoint.events, json, safe)
      if (Either.isLeft(event)) {
        ending = malformed(
          event.left.map((issue) => `${issue.path || "(event)"}: ${issue.message}`).join("; "),
          plain(json, frame.data)
        )
        return undefined
      }
      delivered++
      if (endpoint.isLast(event.right)) ending = drain
      return event.right
    }

    const decodeAll = (frames: ReadonlyArray<Frame>, events: Array<Event>): Array<Event> => {
      for (const frame of frames) {
        const event = decode(frame)
        if (event !== undefined) events.push(event)
        if (ending !== undefined) break
      }
      return events
    }

    const onBytes = (chunk: Chunk.Chunk<Uint8Array>): Array<Event> => {
      const events: Array<Event> = []
      for (const part of chunk) {
        const { frames, problem } = framing.push(part)
        decodeAll(frames, events)
        if (ending !== undefined) break
        if (problem !== undefined) {
          ending = malformed(problem, "")
          break
        }
      }
      return events
    }

    const onEnd = (): Array<Event> => {
      const events = decodeAll(framing.end(), [])
      ending ??= fail(StreamTruncated.of(place()))
      return events
    }

    /** The next bytes in time. Before the first event, the caller's deadline for it holds instead. */
    const timely: Effect.Effect<Chunk.Chunk<Uint8Array>, Option.Option<ResponseError | StreamIdle>> = Effect.suspend(
      () =>
        delivered === 0 || !Duration.isFinite(options.idle) ? bytes : Effect.timeoutFail(bytes, {
          duration: options.idle,
          onTimeout: () => Option.some(StreamIdle.of(place(), options.idle))
        })
    )

    const next: Pull<Event> = Effect.suspend(() =>
      ending ?? timely.pipe(
        Effect.map(onBytes),
        Effect.catchAll((end) =>
          // No body at all is the end of it: only some transports make a failure of that.
          Option.isNone(end) || (end.value._tag === "ResponseError" && end.value.reason === "EmptyBody")
            ? Effect.sync(onEnd)
            : fail(
              end.value._tag === "StreamIdle"
                ? end.value
                : StreamInterrupted.of(place(), reasonOf(end.value))
            )
        ),
        Effect.flatMap((events) => events.length > 0 ? Effect.succeed(Chunk.unsafeFromArray(events)) : next)
      )
    )
    return next
  })
