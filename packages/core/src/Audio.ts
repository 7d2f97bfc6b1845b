/**
 * Speech as text.
 *
 * @see https://docs.cohere.com/docs/transcribe
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { CohereClient } from "./CohereClient.ts"
import type { CommonError, UploadFailed } from "./CohereError.ts"
import * as Endpoint from "./Endpoint.ts"
import * as Lazy from "./internal/lazy.ts"
import { Upload } from "./Upload.ts"

/** What {@link createTranscription} takes. */
export const CreateTranscriptionRequest = Lazy.Struct(() => ({
  /** The model's name, for example `cohere-transcribe-03-2026`. */
  model: Schema.String,
  /** The language that is spoken, as two letters (ISO 639-1), for example `en`. */
  language: Schema.String,
  /** 0 to 1. */
  temperature: Schema.optional(Schema.JsonNumber),
  /** The recording: flac, mp3, mpeg, mpga, ogg or wav, by its extension; at most 25 MB. */
  file: Upload
}))
/** See {@link CreateTranscriptionRequest}. */
export interface CreateTranscriptionRequest extends Schema.Schema.Type<typeof CreateTranscriptionRequest> {}

/** What {@link createTranscription} answers. */
export const Transcription = Lazy.Struct(() => ({
  text: Schema.String
}))
/** See {@link Transcription}. */
export interface Transcription extends Schema.Schema.Type<typeof Transcription> {}

/** What {@link createTranscription} can fail with. */
export type AudioError = UploadFailed | CommonError

/** The descriptor of {@link createTranscription}. */
export const createTranscriptionEndpoint = Endpoint.upload({
  id: "audio.createTranscription",
  inference: "transcribe",
  method: "POST",
  path: "/v2/audio/transcriptions",
  payload: CreateTranscriptionRequest,
  success: Transcription,
  docs: "https://docs.cohere.com/reference/create-audio-transcription"
})

/**
 * Writes down what is said in a recording.
 *
 * Fails with {@link AudioError}: `UploadFailed` when the file cannot be read to its end, and the common
 * errors.
 *
 * @example
 * ```ts
 * import * as Audio from "@effect-cohere/core/Audio"
 * import * as Effect from "effect/Effect"
 *
 * const transcribe = (recording: File) =>
 *   Audio.createTranscription({ model: "cohere-transcribe-03-2026", language: "en", file: recording }).pipe(
 *     Effect.map(({ text }) => text)
 *   )
 * ```
 *
 * @see https://docs.cohere.com/reference/create-audio-transcription
 */
export const createTranscription: (
  request: CreateTranscriptionRequest
) => Effect.Effect<Transcription, AudioError, CohereClient> = Endpoint.call(createTranscriptionEndpoint)
