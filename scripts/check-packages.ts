/**
 * Checks the packages as npm would get them: packs each, looks into the tarballs, lints them (publint, Are the Types
 * Wrong), installs them into an empty folder, and makes a call from there as an ES module and as CommonJS.
 */
import { spawn } from "node:child_process"
import * as Fs from "node:fs"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import * as Os from "node:os"
import * as Path from "node:path"
import { undocumentedFields } from "./field-docs.ts"

const root = Path.resolve(import.meta.dirname, "..")
const temp = Fs.mkdtempSync(Path.join(Os.tmpdir(), "effect-cohere-packages-"))

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly bin?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const readJson = <A>(...path: ReadonlyArray<string>): A => JSON.parse(Fs.readFileSync(Path.join(...path), "utf8")) as A

const problems: Array<string> = []
const expect = (condition: boolean, problem: string): void => {
  if (!condition) problems.push(problem)
}

// ---------------------------------------------------------------------------------------------------------------------
// Running commands
// ---------------------------------------------------------------------------------------------------------------------

/** Runs a command and gives its standard output. What it says is shown only when it fails. */
const run = (
  command: string,
  args: ReadonlyArray<string>,
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {}
): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let output = ""
    let all = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text
      all += text
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      all += text
    })
    child.on("error", reject)
    child.on(
      "close",
      (code) => code === 0 ? resolve(output) : reject(new Error(`${command} ${args.join(" ")}: exit ${code}\n${all}`))
    )
  })

/** The pnpm that runs this script. */
const pnpm = (args: ReadonlyArray<string>, cwd = root): Promise<string> => {
  const pnpmPath = process.env.npm_execpath ?? "pnpm"
  return /\.[cm]?js$/.test(pnpmPath)
    ? run(process.execPath, [pnpmPath, ...args], { cwd })
    : run(pnpmPath, args, { cwd })
}

const bin = (name: string, args: ReadonlyArray<string>, cwd = root): Promise<string> =>
  run(Path.join(root, "node_modules", ".bin", name), args, { cwd })

/** Counts a failing step as a problem and goes on to the next. */
const step = async (title: string, body: () => Promise<unknown>): Promise<void> => {
  const before = problems.length
  await body().catch((error: unknown) => problems.push(error instanceof Error ? error.message : String(error)))
  console.log(`${problems.length === before ? "ok    " : "FAILED"} ${title}`)
}

// ---------------------------------------------------------------------------------------------------------------------
// The tarballs
// ---------------------------------------------------------------------------------------------------------------------

interface Packed {
  /** As it is published: `publishConfig` may have changed it. */
  readonly manifest: Manifest
  readonly tarball: string
  /** Paths inside the package, with `/`. */
  readonly files: ReadonlyArray<string>
  readonly read: (file: string) => string
  /** The modules that users can import, and those that they must not, by the names that they would use. */
  readonly modules: ReadonlyArray<string>
  readonly internal: ReadonlyArray<string>
}

/** load.mjs says the same. */
const isPrivate = (module: string): boolean => /\/(internal|bin)\//.test(module)

const pack = async (directory: string): Promise<Packed> => {
  const tarball = Path.join(temp, "tarballs", `${Path.basename(directory)}.tgz`)
  await pnpm(["pack", "--out", tarball], directory)
  const unpacked = Path.join(temp, "unpacked", Path.basename(directory))
  Fs.mkdirSync(unpacked, { recursive: true })
  await run("tar", ["-xzf", tarball, "-C", unpacked])
  const manifest = readJson<Manifest>(unpacked, "package", "package.json")
  const files = Fs.readdirSync(Path.join(unpacked, "package"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => Path.relative(Path.join(unpacked, "package"), Path.join(entry.parentPath, entry.name)))
    .map((file) => file.replaceAll(Path.sep, "/"))
    .sort()
  const modules = files
    .filter((file) => /^dist\/.*\.js$/.test(file) && file !== "dist/index.js")
    .map((file) => `${manifest.name}/${file.slice("dist/".length, -".js".length)}`)
  return {
    manifest,
    tarball,
    files,
    read: (file) => Fs.readFileSync(Path.join(unpacked, "package", file), "utf8"),
    modules: [manifest.name, ...modules.filter((name) => !isPrivate(name))],
    internal: modules.filter(isPrivate)
  }
}

/** Beginnings of paths that exist on one machine only. */
const machinePaths = new RegExp(
  [root, Os.homedir()]
    .filter((path) => path.length > 1)
    .map((path) => path.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&") + "[\\\\/]")
    .concat("/(?:home|Users)/[A-Za-z]", "[A-Z]:\\\\Users\\\\")
    .map((path) => `(?<![A-Za-z0-9.])${path}`)
    .join("|")
)

const checkContents = ({ files, manifest, read }: Packed): void => {
  const at = (file: string): string => `${manifest.name}: ${file}`
  for (const file of ["package.json", "README.md", "LICENSE", "dist/index.js", "dist/index.d.ts"]) {
    expect(files.includes(file), `${at(file)} is missing`)
  }
  for (const file of files) {
    expect(
      !/\.test\.|(^|\/)(test|tests|__tests__|node_modules|\.[^/]+)(\/|$)|\.tsbuildinfo$|\.tgz$/.test(file),
      `${at(file)} does not belong into the package`
    )
    const path = machinePaths.exec(read(file))
    expect(path === null, `${at(file)} has a path of this machine: ${path?.[0]}`)
    if (file.endsWith(".map")) {
      const { sources } = JSON.parse(read(file)) as { sources: ReadonlyArray<string> }
      for (const source of sources) {
        const target = Path.posix.join(Path.posix.dirname(file), source)
        expect(files.includes(target), `${at(file)} maps to ${target}, which is missing`)
      }
    }
    if (/^src\/.*\.ts$/.test(file)) {
      for (const ending of [".js", ".d.ts", ".js.map", ".d.ts.map"]) {
        const built = file.replace(/^src\//, "dist/").replace(/\.ts$/, ending)
        expect(files.includes(built), `${at(built)} is missing`)
      }
    }
  }
  expect(!/"(workspace|catalog):/.test(read("package.json")), `${at("package.json")} has versions of the workspace`)
  expect(!/"\.\/src\//.test(read("package.json")), `${at("package.json")} exports the source`)
}

const lint = async ({ manifest, modules, tarball }: Packed): Promise<void> => {
  await bin("publint", ["run", tarball, "--strict"])
  // It does not follow the `*` of the exports by itself.
  const entrypoints = modules.map((name) => `.${name.slice(manifest.name.length)}`)
  await bin("attw", [tarball, "--profile", "esm-only", "--format", "ascii", "--include-entrypoints", ...entrypoints])
}

// ---------------------------------------------------------------------------------------------------------------------
// A user of the packages
// ---------------------------------------------------------------------------------------------------------------------

const consumer = Path.join(temp, "consumer")

const install = async (packed: ReadonlyArray<Packed>, directories: ReadonlyArray<string>): Promise<void> => {
  Fs.cpSync(Path.join(root, "scripts", "consumer"), consumer, { recursive: true })
  const ours = Object.fromEntries(packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]))
  // The Effect packages that the workspace develops against.
  const peers = Object.fromEntries(
    directories.flatMap((directory) =>
      Object.keys(readJson<Manifest>(directory, "package.json").devDependencies ?? {})
        .filter((name) => name === "effect" || name.startsWith("@effect/"))
        .map((name) => [name, readJson<Manifest>(directory, "node_modules", name, "package.json").version])
    )
  )
  const manifest = { private: true, dependencies: { ...ours, ...peers } }
  Fs.writeFileSync(Path.join(consumer, "package.json"), JSON.stringify(manifest, null, 2))
  // Ours come from the tarballs also where they depend on each other. (JSON is YAML.)
  const settings = { packages: ["."], overrides: ours, strictPeerDependencies: true }
  Fs.writeFileSync(Path.join(consumer, "pnpm-workspace.yaml"), JSON.stringify(settings, null, 2))
  await pnpm(["install", "--prefer-offline", "--no-frozen-lockfile", "--ignore-scripts"], consumer)
}

const key = "a-key"
const answer = {
  id: "x",
  finish_reason: "COMPLETE",
  message: { role: "assistant", content: [{ type: "text", text: "hi" }] },
  usage: {}
}

/** Makes the call of a consumer script against a server that answers as Cohere would. */
const call = async (script: string): Promise<void> => {
  const requests: Array<string> = []
  const server = Http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    request.resume().on("end", () => {
      response.setHeader("content-type", "application/json").end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const output = await run(process.execPath, [script], { cwd: consumer, env: { CO_API_KEY: key, CO_API_URL: url } })
    expect(output.trim() === JSON.stringify(answer.message.content), `${script} printed: ${output}`)
    expect(requests.join() === `POST /v2/chat Bearer ${key}`, `${script} sent: ${requests.join()}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

// ---------------------------------------------------------------------------------------------------------------------

try {
  const directories = Fs.readdirSync(Path.join(root, "packages"))
    .map((name) => Path.join(root, "packages", name))
    .filter((directory) => readJson<Manifest>(directory, "package.json").private !== true)

  // Nothing is packed that an earlier build has left there.
  for (const directory of directories) Fs.rmSync(Path.join(directory, "dist"), { recursive: true, force: true })
  await pnpm(["build"])

  await step("every field of a request is documented in the declarations", async () => {
    const core = Path.join(root, "packages", "core", "dist")
    const declarations = Fs.readdirSync(core).filter((file) => file.endsWith(".d.ts") && file !== "index.d.ts")
    const bare = undocumentedFields(declarations.map((file) => Path.join(core, file)))
    expect(bare.length === 0, `without documentation: ${bare.join(", ")}`)
  })

  Fs.mkdirSync(Path.join(temp, "tarballs"))
  const packed = await Promise.all(directories.map(pack))
  for (const one of packed) {
    await step(`${one.manifest.name}: contents (${one.files.length} files)`, async () => checkContents(one))
    await step(`${one.manifest.name}: publint, attw (${one.modules.length} modules)`, () => lint(one))
  }

  await step("install into an empty folder", () => install(packed, directories))
  await step(
    "every public module loads, no internal one does",
    () =>
      run(process.execPath, ["load.mjs", ...packed.flatMap((one) => [...one.modules, ...one.internal])], {
        cwd: consumer
      })
  )
  const commands = packed.flatMap((one) => Object.keys(one.manifest.bin ?? {}))
  await step(`commands: ${commands.join(", ")}`, async () => {
    for (const command of commands) await run(Path.join(consumer, "node_modules", ".bin", command), ["--help"])
  })
  await step("types of a user's code", () =>
    bin("tsc", [
      ...["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--allowJs", "--checkJs", "--target", "ES2022"],
      ...["--module", "NodeNext", "--lib", "ES2022,DOM", "main.mjs", "main.cjs"]
    ], consumer))
  await step("a call from an ES module", () => call("main.mjs"))
  await step("a call from CommonJS", () => call("main.cjs"))
} catch (error) {
  problems.push(error instanceof Error ? error.message : String(error))
} finally {
  Fs.rmSync(temp, { recursive: true, force: true })
}

for (const problem of problems) console.error(`\n${problem}`)
process.exitCode = problems.length === 0 ? 0 : 1
