/** Transcriptions: the emulator does not listen, it tells what it got. */
import * as Either from "effect/Either"
import type { CreateTranscriptionRequest } from "../../Audio.ts"
import type * as ModelsApi from "../../Models.ts"
import type { HandlersOf, IdsOf } from "./handler.ts"
import * as Models from "./models.ts"
import { invalid, type Rejection, unless } from "./rejection.ts"

const extensions = ["flac", "mp3", "mpeg", "mpga", "ogg", "wav"]
const maxBytes = 25 * 1024 * 1024

/** The models that transcribe. The API lists them nowhere. */
const transcribing: ReadonlySet<string> = new Set(["cohere-transcribe-03-2026", "cohere-transcribe-arabic-07-2026"])

function* problems({ file, language, temperature }: CreateTranscriptionRequest): Iterable<Rejection> {
  const extension = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? ""
  if (!/^[a-z]{2}$/.test(language)) yield invalid(`language must be an ISO-639-1 code - received '${language}'`)
  if (temperature !== undefined && (temperature < 0 || temperature > 1)) {
    yield invalid("temperature must be between 0 and 1.0 inclusive.")
  }
  if (!extensions.includes(extension)) {
    yield invalid(`file type '${extension}' is not supported, it must be one of ${extensions.join(", ")}`)
  }
  if ((file.size ?? 0) > maxBytes) {
    yield invalid(`file is too large: it must be at most 25 MB - received ${file.size} bytes`)
  }
}

/** The function behind the operation. */
export const make = (models: ReadonlyArray<ModelsApi.Model>): HandlersOf<IdsOf<"audio">> => ({
  "audio.createTranscription": (request) => {
    const { file, language, model } = request
    const known: Either.Either<unknown, Rejection> = transcribing.has(model)
      ? Either.right(model)
      : Models.serving(models, model, "transcriptions")
    return Either.flatMap(known, () =>
      unless(problems(request), () => ({
        text: `This is the emulator of Cohere's API. It got ${file.size ?? 0} bytes of “${language}” as ${file.name}.`
      })))
  }
})
