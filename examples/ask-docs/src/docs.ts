/** Reads the documentation of a repository. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Passages from "./passages.ts"

/** There is nothing to answer from. */
export class NoDocs extends Data.TaggedError("NoDocs")<{ readonly message: string }> {}

/** The passages of `README.md` and every Markdown file under `docs`. */
export const load = Effect.fn("Docs.load")(function*(root: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = path.join(root, "docs")
  const inFolder = (yield* fs.exists(folder)) ? yield* fs.readDirectory(folder, { recursive: true }) : []
  const hasReadme = yield* fs.exists(path.join(root, "README.md"))
  const files = [
    ...(hasReadme ? ["README.md"] : []),
    ...inFolder.filter((file) => file.endsWith(".md")).map((file) => path.join("docs", file)).sort()
  ]
  const passages = yield* Effect.forEach(
    files,
    (file) =>
      Effect.map(
        fs.readFileString(path.join(root, file)),
        (markdown) => Passages.split(file.split(path.sep).join("/"), markdown)
      ),
    { concurrency: 8 }
  )
  if (passages.flat().length === 0) {
    return yield* new NoDocs({ message: `There is no documentation in ${root}: add a README.md or docs/*.md.` })
  }
  return { files, passages: passages.flat() }
})
