/** esbuild, with the settings of all bundles. */
import * as esbuild from "esbuild"
import { fileURLToPath } from "node:url"

/** Where a compiled program of this folder is. */
export const fileOf = (program: string): string => fileURLToPath(new URL(program, import.meta.url))

/** Packages of CommonJS call `require` for modules of Node.js, which an ES module does not have by itself. */
const requireBanner = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`

const options = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  metafile: true,
  write: false,
  logLevel: "silent"
} as const

/** The minified code of a program. */
export const bundle = async (program: string, platform: "node" | "browser"): Promise<Uint8Array> => {
  const { outputFiles } = await esbuild.build({
    ...options,
    platform,
    entryPoints: [fileOf(program)],
    ...(platform === "node" ? { banner: { js: requireBanner } } : {})
  })
  return outputFiles[0]?.contents ?? new Uint8Array()
}

/** The modules of Effect and undici that a program imports, itself or through our packages. */
export const effectModules = async (code: string): Promise<ReadonlyArray<string>> => {
  const { metafile } = await esbuild.build({
    ...options,
    platform: "node",
    stdin: { contents: code, resolveDir: fileOf(".") },
    external: ["effect", "effect/*", "@effect/*", "undici/*"]
  })
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports)
  return [...new Set(imports.filter((one) => one.external).map((one) => one.path))].sort()
}
