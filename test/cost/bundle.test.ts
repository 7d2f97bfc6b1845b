/** What a page carries, counted: the modules of a program, and its size. */
import { assert, describe, it } from "@effect/vitest"
import * as esbuild from "esbuild"
import * as Fs from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import ts from "typescript"
import { markPure } from "../../scripts/pure.ts"

const here = fileURLToPath(new URL(".", import.meta.url))

const base = fileURLToPath(new URL("../../tsconfig.base.json", import.meta.url))
const { options } = ts.convertCompilerOptionsFromJson(
  ts.readConfigFile(base, ts.sys.readFile).config.compilerOptions,
  here
)
const compilerOptions = { ...options, module: ts.ModuleKind.ESNext, sourceMap: false }

/** Our modules as they are published. */
const published: esbuild.Plugin = {
  name: "published",
  setup: (build) =>
    build.onLoad({ filter: /packages[\\/][^\\/]+[\\/]src[\\/].*\.ts$/ }, async ({ path }) => ({
      contents: ts.transpileModule(await Fs.readFile(path, "utf8"), {
        compilerOptions,
        transformers: { before: [markPure] }
      }).outputText
    }))
}

const bundle = async (program: string) => {
  const { metafile, outputFiles } = await esbuild.build({
    stdin: { contents: program, resolveDir: here, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    metafile: true,
    plugins: [published],
    write: false,
    logLevel: "silent"
  })
  // Those of which something is left.
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([name, { bytesInOutput }]) => bytesInOutput > 0 ? [name] : [])
  )
  return {
    kibibytes: gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length / 1024,
    own: inputs.flatMap((input) => /packages\/[^/]+\/src\/(.*)\.ts$/.exec(input)?.slice(1) ?? [])
  }
}

const client = `
  import * as CohereBrowser from "@effect-cohere/platform-browser/CohereBrowser"
  import * as Effect from "effect/Effect"
  const run = (self) => Effect.runFork(Effect.provide(self, CohereBrowser.layerProxy({ baseUrl: "/api/cohere" })))
`
const chat = `
  import * as V2 from "@effect-cohere/core/V2"
  run(V2.chat({ model: "command-a-03-2025", messages: [{ role: "user", content: "Hi!" }] }))
`
const streamed = `
  import * as ChatStream from "@effect-cohere/core/ChatStream"
  import * as Stream from "effect/Stream"
  run(Stream.runForEach(ChatStream.text(V2.chatStream(window.request)), Effect.log))
`
const whole = `
  import * as All from "@effect-cohere/core"
  window.all = All
`

/** The example of README for browsers, and the same with Effect's barrel instead of its modules. */
const readme = Fs.readFile(new URL("../../README.md", import.meta.url), "utf8").then((text) => {
  const [, modules = ""] = /^## In the browser$.*?^```ts$(.*?)^```$/ms.exec(text) ?? []
  return { modules, barrel: modules.replace(/^import \* as (\w+) from "effect\/\1"$/gm, `import { $1 } from "effect"`) }
})

describe("a page", () => {
  const rows: ReadonlyArray<readonly [name: string, program: string, kibibytes: number, modules: number]> = [
    ["with chat", client + chat, 98.95, 40],
    ["with chat and streamed chat", client + chat + streamed, 102.9, 47],
    ["with all modules", client + chat + whole, 124.95, 74]
  ]

  it.each(rows)("%s is not larger than it was", async (name, program, kibibytes, modules) => {
    const page = await bundle(program)
    console.log(`${name}: ${page.kibibytes.toFixed(1)} KiB gzip, ${page.own.length} modules of ours`)
    assert.isAtMost(page.kibibytes, kibibytes)
    assert.isAtMost(page.own.length, modules)
  })

  it("as README shows it has the size that is said there, with modules of Effect and with its barrel", async () => {
    const { barrel, modules } = await readme
    assert.approximately((await bundle(modules)).kibibytes, 103, 0.5)
    assert.approximately((await bundle(barrel)).kibibytes, 146, 0.5)
  })

  const others = ["internal/multipart", "internal/content", "internal/events", "internal/framing", "internal/limiter"]

  it("with chat carries nothing that uploads, streams, captured content or limits need", async () => {
    assert.notIncludeMembers((await bundle(client + chat)).own, others)
    assert.includeMembers((await bundle(client + chat + whole)).own, others)
  })
})
