/**
 * Runs Effect's diagnostics (floating Effects, missing `return yield*`, wrong layers …) on every project of the
 * workspace, and fails on errors and warnings. What is looked for stands in the `plugins` of tsconfig.base.json.
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
const plugin = (createRequire(import.meta.url)(pluginName) as Plugin)({ typescript: ts })

const root = Path.resolve(import.meta.dirname, "..")
const registry = ts.createDocumentRegistry()

/** A mistake that has to be found where Effect is used, so that no silence of the plugin looks like a success. */
const canary = {
  name: "effect-diagnostics-canary.ts",
  rule: "effect(missingReturnYieldStar)",
  text: "import * as Effect from \"effect/Effect\"\nexport const a = Effect.gen(function*() { yield* Effect.never })\n"
}

const parse = (configFile: string): ts.ParsedCommandLine => {
  const overrides: ts.CompilerOptions = {
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler
  }
  return ts.getParsedCommandLineOfConfigFile(configFile, overrides, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"))
    }
  })!
}

const messageOf = (diagnostic: ts.Diagnostic): string => ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n  ")

/** What the plugin says about the files of a project. */
const check = (configFile: string): { readonly files: number; readonly found: ReadonlyArray<ts.Diagnostic> } => {
  const { fileNames, options } = parse(configFile)
  const canaryFile = Path.join(Path.dirname(configFile), canary.name)
  const read = (file: string): string | undefined => file === canaryFile ? canary.text : ts.sys.readFile(file)
  const host: ts.LanguageServiceHost = {
    ...ts.sys,
    fileExists: (file) => file === canaryFile || ts.sys.fileExists(file),
    readFile: read,
    getCompilationSettings: () => options,
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => [...fileNames, canaryFile],
    getScriptSnapshot: (file) => {
      const text = read(file)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getScriptVersion: () => "1",
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames
  }
  const service = plugin.create({
    config: (options.plugins as ReadonlyArray<{ name: string }> | undefined)?.find(({ name }) => name === pluginName),
    // TypeScript's own diagnostics are the business of `pnpm check`.
    languageService: { ...ts.createLanguageService(host, registry), getSemanticDiagnostics: () => [] },
    languageServiceHost: host,
    project: { log: () => {} }
  })
  const usesEffect = service.getProgram()!.getSourceFiles().some((file) =>
    file.fileName.includes("/node_modules/effect/")
  )
  if (usesEffect && !service.getSemanticDiagnostics(canaryFile).some((one) => messageOf(one).includes(canary.rule))) {
    throw new Error(`${Path.relative(root, configFile)}: the Effect diagnostics do not work`)
  }
  return { files: fileNames.length, found: fileNames.flatMap((file) => service.getSemanticDiagnostics(file)) }
}

let files = 0
const counts = { error: 0, warning: 0, message: 0, suggestion: 0 }
for (const { path } of parse(Path.join(root, "tsconfig.json")).projectReferences ?? []) {
  const result = check(ts.resolveProjectReferencePath({ path }))
  files += result.files
  for (const diagnostic of result.found) {
    const severity = ts.DiagnosticCategory[diagnostic.category].toLowerCase() as keyof typeof counts
    counts[severity]++
    const { character, line } = ts.getLineAndCharacterOfPosition(diagnostic.file!, diagnostic.start ?? 0)
    const file = Path.relative(root, diagnostic.file!.fileName)
    console.log(`${file}:${line + 1}:${character + 1} ${severity} ${messageOf(diagnostic)}`)
  }
}

const suggestions = counts.message + counts.suggestion
console.log(`${files} files: ${counts.error} errors, ${counts.warning} warnings, ${suggestions} suggestions`)
process.exitCode = files > 0 && counts.error + counts.warning === 0 ? 0 : 1
