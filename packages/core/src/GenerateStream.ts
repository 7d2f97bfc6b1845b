/**
 * What the events of `V1.generateStream` add up to: a pure fold, `collect` and `text` over it. These fail with
 * `GenerationFailed` when the server reports a failure, after all that came before.
 *
 * @see https://docs.cohere.com/reference/generate-stream
 */
import type * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import { GenerationFailed, type GenerationFailedWith, type StreamTruncated } from "./CohereError.ts"
import { isFailed } from "./internal/failed.ts"
import * as Fold from "./internal/fold.ts"
import type { GenerateEndEvent, GenerateErrorEvent, GenerateStreamEvent, Generation } from "./V1.ts"

/** What has come so far. */
export interface Snapshot {
  /** The text of each continuation, by its index. */
  readonly texts: HashMap.HashMap<number, string>
  /** The last event, once it has come. */
  readonly end: GenerateEndEvent | GenerateErrorEvent | undefined
}

/** {@link GenerationFailed} with the response so far. */
export interface Failed extends GenerationFailedWith<Generation> {}

/** Nothing has come yet. */
export const empty: Snapshot = { texts: HashMap.empty(), end: undefined }

/** Adds an event to what has come so far. Unknown events, and any after the last one, change nothing. */
export const reduce = (snapshot: Snapshot, event: GenerateStreamEvent): Snapshot => {
  if (snapshot.end !== undefined) return snapshot
  switch (event.event_type) {
    case "text-generation":
      return {
        ...snapshot,
        texts: HashMap.modifyAt(
          snapshot.texts,
          event.index ?? 0,
          (text) => Option.some(Option.getOrElse(text, () => "") + event.text)
        )
      }
    case "stream-end":
    case "stream-error":
      return { ...snapshot, end: event }
    default:
      return snapshot
  }
}

/** The response as far as it has come. Once the last event has, that is the response which it holds, if it holds one. */
export const toResponse = ({ end, texts }: Snapshot): Generation => {
  const response = end?.event_type === "stream-end" ? end.response : undefined
  const reason = end?.finish_reason == null ? {} : { finish_reason: end.finish_reason }
  const inOrder = [...texts].sort(([a], [b]) => a - b)
  return {
    ...response,
    generations: response?.generations ??
      inOrder.map(([index, text]) => ({ text, ...(inOrder.length > 1 ? { index } : {}), ...reason }))
  }
}

const fold: Fold.Fold<GenerateStreamEvent, Snapshot, Generation, Failed> = {
  endpoint: "v1.generateStream",
  empty,
  reduce,
  toResponse,
  isComplete: (snapshot) => snapshot.end !== undefined,
  failure: (snapshot) => {
    const reason = snapshot.end?.finish_reason ?? "ERROR"
    const error = snapshot.end?.event_type === "stream-error" ? snapshot.end.err ?? "" : undefined
    return error !== undefined || isFailed(snapshot.end?.finish_reason)
      ? GenerationFailed.of(fold.endpoint, toResponse(snapshot), reason, error)
      : undefined
  }
}

/**
 * The response that the same call would have given unstreamed.
 *
 * Fails with `GenerationFailed` when the stream ended with `stream-error`, or with a `finish_reason` that means one; the
 * error holds the response so far.
 *
 * @example
 * ```ts
 * import * as GenerateStream from "@effect-cohere/core/GenerateStream"
 * import * as V1 from "@effect-cohere/core/V1"
 *
 * const response = GenerateStream.collect(V1.generateStream({ prompt: "Once upon a time" }))
 * ```
 */
export const collect: <E, R>(
  self: Stream.Stream<GenerateStreamEvent, E, R>
) => Effect.Effect<Generation, E | Failed | StreamTruncated, R> = Fold.collect(fold)

/** The text of all continuations, piece by piece as it comes. With several, tell them apart by the events' `index`. */
export const text: <E, R>(
  self: Stream.Stream<GenerateStreamEvent, E, R>
) => Stream.Stream<string, E | Failed | StreamTruncated, R> = Fold.pick(fold)(() => (event) =>
  event.event_type === "text-generation" && event.text !== "" ? [event.text] : []
)
