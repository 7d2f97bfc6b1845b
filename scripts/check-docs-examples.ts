/**
 * Type-checks every TypeScript example of the documentation, as a user would compile it: each fenced `ts` block of the
 * Markdown files and of the doc comments in the library's source, each as a module of its own.
 *
 * A block that is not meant to compile says so in its fence (```` ```ts no-check ````), and is listed.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"
import ts from "typescript"

const root = Path.resolve(import.meta.dirname, "..")
/** Inside `test`, where every package that an example may import can be found. */
const outDir = Path.join(root, "test", ".docs-examples")

/** A line of a text, with its place in the file. */
interface Line {
  readonly text: string
  readonly number: number
  /** How much of the file's line stands before `text`. */
  readonly column: number
}

interface Block {
  readonly file: string
  readonly fence: Line
  readonly info: string
  readonly lines: ReadonlyArray<Line>
}

const problems: Array<string> = []
const at = (file: string, line: number, column = 0): string => `${Path.relative(root, file)}:${line}:${column + 1}`

// ---------------------------------------------------------------------------------------------------------------------
// Finding the blocks
// ---------------------------------------------------------------------------------------------------------------------

const filesUnder = (directory: string, ending: string): ReadonlyArray<string> =>
  Fs.existsSync(directory)
    ? Fs.readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(ending))
      .map((name) => Path.join(directory, name))
      .sort()
    : []

const packages = Fs.readdirSync(Path.join(root, "packages")).map((name) => Path.join(root, "packages", name))

const markdown = [
  ...["README.md", "CONTRIBUTING.md"].map((name) => Path.join(root, name)),
  ...filesUnder(Path.join(root, "docs"), ".md"),
  ...packages.map((directory) => Path.join(directory, "README.md"))
].filter((file) => Fs.existsSync(file))

const sources = packages
  .flatMap((directory) => filesUnder(Path.join(directory, "src"), ".ts"))
  .filter((file) => !file.split(Path.sep).includes("internal"))

const linesOf = (file: string): ReadonlyArray<Line> =>
  Fs.readFileSync(file, "utf8").split("\n").map((text, index) => ({ text, number: index + 1, column: 0 }))

/** The text of the doc comments of a source file, without the stars before it. */
const docCommentsOf = (file: string): ReadonlyArray<ReadonlyArray<Line>> => {
  const comments: Array<Array<Line>> = []
  let current: Array<Line> | undefined
  for (const line of linesOf(file)) {
    if (current === undefined && /^\s*\/\*\*/.test(line.text)) comments.push(current = [])
    if (current === undefined) continue
    const column = /^\s*(\/\*\*|\*(?!\/))? ?/.exec(line.text)![0].length
    current.push({ ...line, text: line.text.slice(column), column })
    if (line.text.includes("*/")) current = undefined
  }
  return comments
}

/** The fenced blocks of a text, whatever their language. */
const blocksOf = (file: string, text: ReadonlyArray<Line>): ReadonlyArray<Block> => {
  const blocks: Array<Block> = []
  let open: { readonly mark: string; readonly indent: number; readonly info: string; readonly fence: Line } | undefined
  let lines: Array<Line> = []
  for (const line of text) {
    const [, indent = "", mark = "", info = ""] = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(line.text) ?? []
    if (open === undefined) {
      if (mark === "") continue
      open = { mark, indent: indent.length, info: info.trim(), fence: line }
      lines = []
    } else if (mark.startsWith(open.mark) && info.trim() === "") {
      blocks.push({ file, fence: open.fence, info: open.info, lines })
      open = undefined
    } else {
      const indented = Math.min(open.indent, line.text.length - line.text.trimStart().length)
      lines.push({ ...line, text: line.text.slice(indented), column: line.column + indented })
    }
  }
  if (open !== undefined) problems.push(`${at(file, open.fence.number)} this fence has no end`)
  return blocks
}

const blocks = [
  ...markdown.flatMap((file) => blocksOf(file, linesOf(file))),
  ...sources.flatMap((file) =>
    docCommentsOf(file).flatMap((comment) => {
      const found = blocksOf(file, comment)
      const tags = comment.filter((line) => line.text.startsWith("@example"))
      if (tags.length > found.length) problems.push(`${at(file, tags[0]!.number)} an @example needs a fenced block`)
      return found
    })
  )
].filter((block) => /^(ts|typescript)$/i.test(block.info.split(/\s/)[0]!))

const unchecked = blocks.filter((block) => /\sno-check$/.test(block.info))
const checked = blocks.filter((block) => !unchecked.includes(block))

// ---------------------------------------------------------------------------------------------------------------------
// Checking them
// ---------------------------------------------------------------------------------------------------------------------

Fs.rmSync(outDir, { recursive: true, force: true })
Fs.mkdirSync(outDir, { recursive: true })

const modules = new Map(checked.map((block) => {
  const name = Path.relative(root, block.file).replaceAll(/[^A-Za-z0-9]+/g, "-")
  const path = Path.join(outDir, `${name}-${block.fence.number}.ts`)
  Fs.writeFileSync(path, block.lines.map((line) => line.text).join("\n") + "\n")
  return [path.replaceAll(Path.sep, "/"), block]
}))

const config = ts.getParsedCommandLineOfConfigFile(
  Path.join(root, "test", "tsconfig.json"),
  {
    noEmit: true,
    composite: false,
    incremental: false,
    declaration: false,
    declarationMap: false,
    emitDeclarationOnly: false,
    // An example may end before it uses everything that it shows.
    noUnusedLocals: false,
    noUnusedParameters: false
  },
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"))
    }
  }
)!
delete config.options.tsBuildInfoFile

const program = ts.createProgram([...modules.keys()], config.options)

const report = (diagnostic: ts.Diagnostic): void => {
  const message = `error TS${diagnostic.code}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n  ")}`
  const block = diagnostic.file && modules.get(diagnostic.file.fileName)
  if (block === undefined) {
    problems.push(message)
    return
  }
  const place = ts.getLineAndCharacterOfPosition(diagnostic.file!, diagnostic.start ?? 0)
  const line = block.lines[place.line] ?? block.fence
  problems.push(`${at(block.file, line.number, line.column + place.character)} ${message}`)
}

for (const diagnostic of [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()]) report(diagnostic)
for (const path of modules.keys()) {
  const file = program.getSourceFile(path)
  for (const d of [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]) report(d)
}

if (checked.length === 0) problems.push("No examples were found.")
for (const { fence, file } of unchecked) console.log(`${at(file, fence.number)} not checked, as its fence says`)
for (const problem of problems) console.error(problem)
console.log(
  `${checked.length} examples of ${new Set(checked.map((block) => block.file)).size} files checked, ` +
    `${unchecked.length} marked no-check, ${problems.length} problems`
)
process.exitCode = problems.length === 0 ? 0 : 1
