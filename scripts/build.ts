/** Builds the packages as they are published: what `tsc -b` writes, with the marks of {@link markPure}. */
import * as Fs from "node:fs"
import * as Path from "node:path"
import ts from "typescript"
import { markPure } from "./pure.ts"

const packages = Path.resolve(import.meta.dirname, "../packages")

const format = {
  getCanonicalFileName: (name: string) => name,
  getCurrentDirectory: ts.sys.getCurrentDirectory,
  getNewLine: () => "\n"
}

const report = (diagnostic: ts.Diagnostic): void => console.error(ts.formatDiagnostic(diagnostic, format).trimEnd())

// Also what `tsc -b` has built before: that has no marks.
const builder = ts.createSolutionBuilder(
  ts.createSolutionBuilderHost(ts.sys, undefined, report),
  Fs.readdirSync(packages).map((name) => Path.join(packages, name)),
  { force: true }
)

process.exitCode = builder.build(undefined, undefined, undefined, () => ({ before: [markPure] }))
