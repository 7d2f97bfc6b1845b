import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../", import.meta.url))
const limit = 30_000

/** Runs the demo as `pnpm demo` does, in an environment without a key. */
const demo = (args: ReadonlyArray<string>, variables: Readonly<Record<string, string>> = {}) => {
  const { CO_API_KEY: _, CO_API_URL: __, ...env } = process.env
  const child = spawn(`${root}node_modules/.bin/tsx`, [`${root}examples/ask-docs/src/main.ts`, ...args], {
    // Not the root: it finds its documents from wherever it is started.
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    env: { ...env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: limit
  })
  let out = ""
  let err = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text
  })
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text
  })
  const until = async (text: string) => {
    while (!out.includes(text)) await once(child.stdout, "data")
  }
  const end = once(child, "close").then(([code]) => ({ code: code as unknown, out, err }))
  return { child, until, end }
}

describe("the command", () => {
  it("answers from this project's documentation, with sources, without a key", { timeout: limit }, async () => {
    const { code, err, out } = await demo(["How do I stream a chat answer?"]).end
    assert.strictEqual(err, "")
    assert.strictEqual(code, 0)
    assert.match(out, /^CO_API_KEY is not set: an emulator at http:\/\/127\.0\.0\.1:\d+ answers\./)
    assert.match(out, /\nIndexed \d+ passages of \d+ files/)
    assert.match(out, /\nHow do I stream a chat answer\?\n\n.*\[1\]/)
    assert.match(out, /\nSources\n {2}\[1\] (docs\/.+|README)\.md /)
    assert.match(out, /\d+ tokens read, \d+ written\n$/)
    assert.notInclude(out, "\x1b")
  })

  it("takes an empty key for none, and asks questions of its own", { timeout: limit }, async () => {
    const { code, out } = await demo([], { CO_API_KEY: "" }).end
    assert.strictEqual(code, 0)
    assert.strictEqual(out.match(/\nSources\n/g)?.length, 2)
  })

  it("ends at once on Ctrl-C, with the exit code of that and without a word", { timeout: limit }, async () => {
    const { child, end, until } = demo(["How do I stream a chat answer?"])
    await until("How do I stream a chat answer?\n\n")
    const before = performance.now()
    child.kill("SIGINT")
    const { code, err, out } = await end
    assert.isBelow(performance.now() - before, 3_000)
    assert.strictEqual(code, 130)
    assert.strictEqual(err.trim(), "")
    assert.notInclude(out, "Sources")
  })

  it("shows an error as its message, and exits with 1", { timeout: limit }, async () => {
    const unreachable = { CO_API_KEY: "key", CO_API_URL: "http://127.0.0.1:1" }
    const { code, err } = await demo(["Why?"], unreachable).end
    assert.strictEqual(code, 1)
    assert.match(err, /^\nv2\.embed /)
    assert.notMatch(err, /\n {4}at /)
  })

  it("explains itself", { timeout: limit }, async () => {
    const help = await demo(["--help"]).end
    assert.strictEqual(help.code, 0)
    assert.include(help.out, "CO_API_KEY")
    const wrong = await demo(["--hepl"]).end
    assert.strictEqual(wrong.code, 1)
    assert.strictEqual(wrong.err, "\nThere is no option --hepl: see --help.\n")
  })
})
