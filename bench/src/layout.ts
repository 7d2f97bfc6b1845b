/**
 * The packages as npm would lay them out, in `bench/dist/node_modules`: there the compiled programs of this folder find
 * them first. Inside the workspace their `exports` name TypeScript, which Node.js cannot run.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"

export const benchFolder = Path.resolve(import.meta.dirname, "..")
const packagesFolder = Path.resolve(benchFolder, "../packages")

interface Manifest {
  readonly name: string
  readonly publishConfig: { readonly exports: unknown }
}

const readJson = <A>(file: string): A => JSON.parse(Fs.readFileSync(file, "utf8")) as A

export const layPackagesOut = (): void => {
  const modules = Path.join(import.meta.dirname, "node_modules")
  Fs.rmSync(modules, { recursive: true, force: true })
  for (const folder of ["core", "platform-node", "platform-browser"]) {
    const from = Path.join(packagesFolder, folder)
    const manifest = readJson<Manifest>(Path.join(from, "package.json"))
    const to = Path.join(modules, manifest.name)
    Fs.cpSync(Path.join(from, "dist"), Path.join(to, "dist"), { recursive: true })
    Fs.writeFileSync(Path.join(to, "package.json"), JSON.stringify({ ...manifest, ...manifest.publishConfig }))
  }
}

/** The version of an installed package. */
export const versionOf = (name: string): string =>
  readJson<{ readonly version: string }>(Path.join(benchFolder, "node_modules", name, "package.json")).version
