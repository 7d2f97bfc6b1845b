/**
 * The statements of the other files here hold. They are made for the compiler (`expectTypeOf`, `@ts-expect-error`), and
 * never run.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import ts from "typescript"
import { expect, it } from "vitest"
import { compilerOptions, directory } from "./compiler.ts"

const files = fs.readdirSync(directory)
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => path.join(directory, name))

const mistake = path.join(directory, "a-mistake.ts")

/** The compiler's host, with one file more than there are. */
const host = (options: ts.CompilerOptions): ts.CompilerHost => {
  const real = ts.createCompilerHost(options)
  const source = [
    `import * as Models from "@effect-cohere/core/Models"`,
    `Models.get({ model: 1 })`,
    `// @ts-expect-error — nothing is wrong here`,
    `Models.get({ model: "m" })`
  ].join("\n")
  return {
    ...real,
    fileExists: (name) => path.normalize(name) === mistake || real.fileExists(name),
    readFile: (name) => path.normalize(name) === mistake ? source : real.readFile(name),
    getSourceFile: (name, version, ...rest) =>
      path.normalize(name) === mistake
        ? ts.createSourceFile(name, source, version)
        : real.getSourceFile(name, version, ...rest)
  }
}

const diagnose = (program: ts.Program, file: string): ReadonlyArray<string> => {
  const source = program.getSourceFile(file)
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((diagnostic) => {
    const at = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0)
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n")
    return `${path.basename(diagnostic.file?.fileName ?? "")}:${(at?.line ?? 0) + 1}: ${text}`
  })
}

let program: ts.Program | undefined
const compiled = (): ts.Program => {
  const options = compilerOptions()
  return program ??= ts.createProgram([...files, mistake], options, host(options))
}

it("the compiler options of the tests are read, and every module is found", { timeout: 60_000 }, () => {
  expect(compiled().getOptionsDiagnostics().map((one) => ts.flattenDiagnosticMessageText(one.messageText, "\n")))
    .toEqual([])
  expect(compiled().getCompilerOptions()).toMatchObject({ strict: true, exactOptionalPropertyTypes: true })
  expect(files.map((file) => path.basename(file, ".ts"))).toEqual(
    expect.arrayContaining(["embeddings", "errors", "requirements", "settings", "testing", "wire"])
  )
})

it("a false statement would be noticed, and so would a mistake that is none any more", { timeout: 60_000 }, () => {
  expect(diagnose(compiled(), mistake)).toEqual([
    "a-mistake.ts:2: Type 'number' is not assignable to type 'string'.",
    "a-mistake.ts:3: Unused '@ts-expect-error' directive."
  ])
})

for (const file of files) {
  it(`${path.basename(file)} states nothing false`, { timeout: 60_000 }, () => {
    expect(diagnose(compiled(), file)).toEqual([])
  })
}
