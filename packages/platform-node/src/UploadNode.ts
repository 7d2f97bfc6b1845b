/** Files of the disk as uploads. */
import { UploadFailed } from "@effect-cohere/core/CohereError"
import type { Upload } from "@effect-cohere/core/Upload"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { basename } from "node:path"

/** Options of {@link fromPath}. */
export interface Options {
  /** What Cohere is told as the file's name. Default: the last part of the path. */
  readonly name?: string
  /** The file's media type. Default `application/octet-stream`. */
  readonly type?: string
}

const pieceSize = 64 * 1024

/** What tells that a file is no longer the same. */
const versionOf = (info: FileSystem.File.Info): string =>
  [info.dev, Option.getOrUndefined(info.ino), info.size, Option.getOrUndefined(info.mtime)?.getTime()].join(" ")

/** The bytes of a file, which must stay what it was; closed when the stream ends, in whatever way. */
const read = (
  path: string,
  version: string
): Stream.Stream<Uint8Array, PlatformError | string, FileSystem.FileSystem> =>
  Stream.unwrapScoped(Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const same = (info: Effect.Effect<FileSystem.File.Info, PlatformError>) =>
      Effect.filterOrFail(info, (info) => versionOf(info) === version, () => "it changed while it was read")
    // Before it is opened: to open a pipe that has taken its place would wait for somebody who writes.
    yield* same(fs.stat(path))
    const file = yield* fs.open(path)
    const unchanged = same(file.stat)
    yield* unchanged
    return Stream.repeatEffectOption(
      file.readAlloc(pieceSize).pipe(
        Effect.mapError((error) => Option.some<PlatformError | string>(error)),
        Effect.flatMap(Option.match({
          onNone: () => Effect.zipRight(Effect.mapError(unchanged, Option.some), Effect.fail(Option.none())),
          onSome: Effect.succeed
        }))
      )
    )
  }))

/**
 * A file of the disk, read piece by piece when it is sent, anew for each attempt.
 *
 * Fails with `UploadFailed` when there is no such file. The call that sends it fails with the same error when the file
 * has vanished, cannot be read, or is not what it was when this ran.
 *
 * @example
 * ```ts
 * import * as Datasets from "@effect-cohere/core/Datasets"
 * import * as UploadNode from "@effect-cohere/platform-node/UploadNode"
 * import * as Effect from "effect/Effect"
 *
 * const program = UploadNode.fromPath("data/rivers.jsonl").pipe(
 *   Effect.flatMap((data) => Datasets.create({ name: "rivers", type: "embed-input", data }))
 * )
 * ```
 */
export const fromPath = (path: string, options: Options = {}): Effect.Effect<Upload, UploadFailed> => {
  if (typeof path !== "string") return Effect.fail(UploadFailed.of("", "its path is no text: give a string"))
  const name = options.name ?? basename(path)
  return Effect.flatMap(FileSystem.FileSystem, (fs) => fs.stat(path)).pipe(
    Effect.mapError((error) =>
      UploadFailed.of(
        name,
        error._tag === "SystemError" && error.reason === "NotFound" ? "there is no such file" : error.message
      )
    ),
    Effect.filterOrFail(
      (info) => info.type === "File",
      (info) => UploadFailed.of(name, `${path} is no file, but a ${info.type}: give the path of a file`)
    ),
    Effect.map((info): Upload => ({
      name,
      size: Number(info.size),
      content: Stream.provideLayer(read(path, versionOf(info)), NodeFileSystem.layer),
      type: options.type
    })),
    Effect.provide(NodeFileSystem.layer)
  )
}
