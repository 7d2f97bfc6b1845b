/**
 * Runs Effect's diagnostics (floating Effects, missing `return yield*`, wrong layers …) on all code of the workspace,
 * and fails on errors and warnings. What is looked for stands in the `plugins` of tsconfig.base.json.
 *
 * This runs the editor plugin instead of `effect-language-service diagnostics`, for one reason: with the NodeNext modules
 * of this workspace, the plugin recognises no function of `import * as Effect from "effect/Effect"`, and most of its
 * rules find nothing. (Effect's types count as CommonJS there, and TypeScript makes copies of what an ES module imports
 * from CommonJS.) It does with the modules of a bundler, which otherwise mean the same here.
 */
import { createRequire } from "node:module"
import * as Path from "node:path"
import ts from "typescript"

/** What is used of the plugin, which has no types. */
type Plugin = (modules: { readonly typescript: typeof ts }) => {
  readonly create: (info: {
    readonly config: unknown
    readonly languageService: ts.LanguageService
    readonly languageServiceHost: ts.LanguageServiceHost
    readonly project: { readonly log: (message: string) => void }
  }) => ts.LanguageService
}

const pluginName = "@effect/language-service"
// By its file, since the package names a main file that it does not have.
const plugin = createRequire(import.meta.url)(`${pluginName}/index.js`) as Plugin

const root = Path.resolve(import.meta.dirname, "..")

const parse = (directory: string): ts.ParsedCommandLine =>
  ts.getParsedCommandLineOfConfigFile(
    Path.resolve(root, directory, "tsconfig.json"),
    { module: ts.ModuleKind.Preserve, moduleResolution: ts.ModuleResolutionKind.Bundler },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"))
      }
    }
  )!

// All projects at once, since they share most files, and with the options of `test`, which sees every platform.
const { options } = parse("test")
const files = parse(".").projectReferences!.flatMap(({ path }) => parse(path).fileNames)

/** A mistake that has to be found, so that no silence of the plugin looks like a success. */
const canary = {
  file: Path.join(root, "test", "effect-diagnostics-canary.ts"),
  rule: "effect(missingReturnYieldStar)",
  text: "import * as Effect from \"effect/Effect\"\nexport const a = Effect.gen(function*() { yield* Effect.never })\n"
}

const readFile = (file: string): string | undefined => file === canary.file ? canary.text : ts.sys.readFile(file)

const host: ts.LanguageServiceHost = {
  ...ts.sys,
  fileExists: (file) => file === canary.file || ts.sys.fileExists(file),
  readFile,
  getCompilationSettings: () => options,
  getCurrentDirectory: () => root,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  getScriptFileNames: () => [...files, canary.file],
  getScriptSnapshot: (file) => {
    const text = readFile(file)
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
  },
  getScriptVersion: () => "1",
  useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames
}

const service = plugin({ typescript: ts }).create({
  config: (options.plugins as ReadonlyArray<{ name: string }> | undefined)?.find(({ name }) => name === pluginName),
  // TypeScript's own diagnostics are the business of `pnpm check`.
  languageService: { ...ts.createLanguageService(host), getSemanticDiagnostics: () => [] },
  languageServiceHost: host,
  project: { log: () => {} }
})

const messageOf = (diagnostic: ts.Diagnostic): string => ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n  ")

if (!service.getSemanticDiagnostics(canary.file).some((diagnostic) => messageOf(diagnostic).includes(canary.rule))) {
  throw new Error("The Effect diagnostics do not work: they pass over a mistake.")
}

const counts = { error: 0, warning: 0, message: 0, suggestion: 0 }
for (const diagnostic of files.flatMap((file) => service.getSemanticDiagnostics(file))) {
  const source = diagnostic.file!
  const { character, line } = ts.getLineAndCharacterOfPosition(source, diagnostic.start ?? 0)
  // Where a type test expects a wrong Effect, it is no mistake.
  if (/^\s*\/\/ @ts-expect-error/.test(source.text.split("\n")[line - 1] ?? "")) continue
  const severity = ts.DiagnosticCategory[diagnostic.category].toLowerCase() as keyof typeof counts
  counts[severity]++
  const file = Path.relative(root, source.fileName)
  console.log(`${file}:${line + 1}:${character + 1} ${severity} ${messageOf(diagnostic)}`)
}

const suggestions = counts.message + counts.suggestion
console.log(`${files.length} files: ${counts.error} errors, ${counts.warning} warnings, ${suggestions} suggestions`)
process.exitCode = counts.error + counts.warning === 0 ? 0 : 1
