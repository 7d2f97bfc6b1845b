/**
 * Files for the operations that take some: `Datasets.create` and `Audio.createTranscription`.
 *
 * A file is sent as it is read, never held in memory as a whole. On Node.js, `UploadNode.fromPath` of
 * `@effect-cohere/platform-node` reads one from the disk.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { property } from "./internal/json.ts"
import * as Lazy from "./internal/lazy.ts"
import * as Provide from "./internal/provide.ts"
import { isStream } from "./internal/pull.ts"

/** A file whose bytes come from a Stream, which is run anew for each attempt. */
export interface StreamedFile {
  /** Its name, without folders. Cohere looks at the extension. */
  readonly name: string
  readonly content: Stream.Stream<Uint8Array, unknown>
  /** How many bytes it has, if that is known. Then a file that turns out to be longer or shorter is not sent. */
  readonly size?: number | undefined
  /** Its media type. Default `application/octet-stream`. */
  readonly type?: string | undefined
}

/** A file to send: the web's own `File`, such as one that a user has chosen, or one that is streamed. */
export type Upload = File | StreamedFile

/** Whether an upload is the web's own `File`. */
export const isFile = (upload: Upload): upload is File => !("content" in upload)

const isUpload = (u: unknown): u is Upload => {
  const size = property(u, "size")
  const type = property(u, "type")
  return typeof property(u, "name") === "string" && (type === undefined || typeof type === "string") &&
    (isStream(property(u, "content"))
      ? size === undefined || (typeof size === "number" && Number.isInteger(size) && size >= 0)
      : typeof size === "number" && typeof property(u, "stream") === "function" && property(u, "content") === undefined)
}

/** Schema of {@link Upload}. The bytes are not looked at. */
export const Upload: Schema.Schema<Upload> = Lazy.schema(() =>
  Schema.declare(isUpload, {
    identifier: "Upload",
    description: "a File, or what Upload.make makes of a name and a content",
    message: () => "must be a File, or what Upload.make makes of a name and a content (of a path: UploadNode.fromPath)",
    arbitrary: () => (fc) =>
      fc.record({ name: fc.string(), bytes: fc.uint8Array() }).map(({ bytes, name }) => make(name, bytes))
  })
)

/** Options of {@link make}. */
export interface Options {
  /** The file's media type. */
  readonly type?: string
  /** Of a Stream: how many bytes it has. Then the server is told beforehand how much will come. */
  readonly size?: number
}

/**
 * A file from a text, from bytes, from a `Blob` or from a `Stream` of bytes.
 *
 * @example
 * ```ts
 * import * as Upload from "@effect-cohere/core/Upload"
 * import * as Stream from "effect/Stream"
 *
 * const rows = Upload.make("rivers.csv", "text\nThe Seine\nThe Manzanares\n")
 *
 * const streamed = Upload.make(
 *   "rivers.jsonl",
 *   Stream.range(1, 100_000).pipe(Stream.map((n) => `{"text":"river ${n}"}\n`), Stream.encodeText)
 * )
 * ```
 */
export const make = (
  name: string,
  content: string | Uint8Array | Blob | Stream.Stream<Uint8Array, unknown>,
  options: Options = {}
): Upload =>
  isStream(content)
    ? { name, content, ...options }
    // A view on shared memory is copied like any other; the types of the DOM do not know it.
    : new File([content as BlobPart], name, {
      type: options.type ?? (typeof content === "object" && "type" in content ? content.type : "")
    })

/** How much of the files of a request has been handed to the network. */
export interface Progress {
  /** Bytes of the files so far, in this attempt. */
  readonly sent: number
  /** Bytes of the files together, if all sizes are known. */
  readonly total: number | undefined
}

/** Hears of the progress of uploads; `undefined` where nobody wants to. */
export class ProgressListener extends Context.Reference<ProgressListener>()<
  "@effect-cohere/core/Upload/ProgressListener",
  ((progress: Progress) => Effect.Effect<void>) | undefined
>("@effect-cohere/core/Upload/ProgressListener", { defaultValue: () => undefined }) {}

/**
 * Runs an Effect on each piece of the uploads inside; the upload waits for it. A new attempt begins at 0.
 *
 * In browsers, `fetch` tells nothing of its own progress, so that the body becomes a stream: that needs a browser which
 * can stream requests (Chromium can) and a server that speaks HTTP/2.
 *
 * @example
 * ```ts
 * import * as Datasets from "@effect-cohere/core/Datasets"
 * import * as Upload from "@effect-cohere/core/Upload"
 * import * as Effect from "effect/Effect"
 *
 * const program = Datasets.create({
 *   name: "rivers",
 *   type: "embed-input",
 *   data: Upload.make("rivers.csv", "text\nThe Seine\n")
 * }).pipe(Upload.onProgress(({ sent, total }) => Effect.log(`${sent} of ${total ?? "?"} bytes`)))
 * ```
 */
export const onProgress = (
  listener: (progress: Progress) => Effect.Effect<void>
): <Self extends Provide.Runnable>(self: Self) => Self => Provide.update(ProgressListener, () => listener)
