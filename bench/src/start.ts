/** What it costs to start: the import of the packages as published, and each client as one minified file. */
import * as Fs from "node:fs"
import * as Path from "node:path"
import { pathToFileURL } from "node:url"
import { bundle, effectModules, fileOf } from "./bundle.ts"
import * as Children from "./children.ts"
import { clients } from "./clients.ts"
import type { ProbeProtocol } from "./protocol.ts"
import type { Start } from "./results.ts"
import { median } from "./statistics.ts"

const ourImports = `import "@effect-cohere/core/V2"; import "@effect-cohere/platform-node/CohereNode"`

/** Writes a module beside the compiled programs, so that it finds the same packages. */
const write = (name: string, code: string | Uint8Array): string => {
  const file = fileOf(`./start/${name}.js`)
  Fs.mkdirSync(Path.dirname(file), { recursive: true })
  Fs.writeFileSync(file, code)
  return pathToFileURL(file).href
}

const load = async (file: string, base?: string) => {
  const child = Children.start<ProbeProtocol>("./startProbe.js", [file])
  try {
    return await child.ask("load", base === undefined ? {} : { base })
  } finally {
    child.stop()
  }
}

export const start = async (address: string, runs: number): Promise<Start> => {
  const modules = await effectModules(ourImports)
  const imports = {
    ours: write("importOurs", ourImports),
    effect: write("importEffect", modules.map((path) => `import "${path}"`).join("\n"))
  }
  const bundles: Array<{ readonly name: string; readonly file: string }> = []
  for (const { name } of clients) {
    bundles.push({ name, file: write(name, await bundle(`./clients/${name}.js`, "node")) })
  }

  const times: Record<string, Array<number>> = {}
  const note = (name: string, time: number) => void (times[name] ??= []).push(time)
  for (let run = 0; run < runs; run++) {
    const ours = (await load(imports.ours)).constructed
    const effect = (await load(imports.effect)).constructed
    note("ours", ours)
    note("effect", effect)
    note("beyond", ours - effect)
    for (const { file, name } of bundles) {
      const { answered, constructed } = await load(file, `${address}/chat`)
      note(`constructed ${name}`, constructed)
      note(`answered ${name}`, answered)
    }
  }
  const of = (name: string) => median(times[name] ?? [])
  const each = (what: string) => Object.fromEntries(clients.map(({ name }) => [name, of(`${what} ${name}`)]))
  return {
    importOurs: of("ours"),
    importEffect: of("effect"),
    importBeyond: of("beyond"),
    constructed: each("constructed"),
    answered: each("answered")
  }
}
