/** The compiler as the tests are checked with it. */
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"

/** Where the statements are. */
export const directory = path.dirname(fileURLToPath(import.meta.url))

/** The options of the tests' tsconfig, to check and not to write. */
export const compilerOptions = (): ts.CompilerOptions => {
  const file = path.join(directory, "../tsconfig.json")
  const { config, error } = ts.readConfigFile(file, ts.sys.readFile)
  if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, "\n"))
  const { compilerOptions, ...rest } = config as { readonly compilerOptions: object }
  const check = { noEmit: true, composite: false, declaration: true, emitDeclarationOnly: false, tsBuildInfoFile: null }
  const json = { ...rest, compilerOptions: { ...compilerOptions, ...check }, files: [], include: [], references: [] }
  return ts.parseJsonConfigFileContent(json, ts.sys, path.dirname(file)).options
}
