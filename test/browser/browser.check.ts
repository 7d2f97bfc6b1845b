/**
 * The library in a real browser: bundled as a page would have it, in Chromium, through a server that has the key.
 */
import * as EmulatorNode from "@effect-cohere/platform-node/EmulatorNode"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as esbuild from "esbuild"
import * as fs from "node:fs"
import { builtinModules } from "node:module"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { type Browser, chromium as playwright, type Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { chromium } from "./chromium.ts"
import type { Client, Programs } from "./page.ts"
import { elsewhere, home, type Seen, type Site } from "./site.ts"

const key = "the-key-of-the-server-0815"
const token = "a-token-for-one-page"

/** What the page sent, as the browser tells it. */
interface Sent {
  readonly url: string
  readonly text: string
}

let bundle: esbuild.BuildResult<{ readonly write: false; readonly metafile: true }>
let code: string
let scope: Scope.CloseableScope
let site: Site
let strict: Site
let gateway: Site
let browser: Browser
let page: Page
const sent: Array<Sent> = []
const complaints: Array<string> = []

const proxy: Client = { kind: "proxy", url: "/api/cohere" }

/** Calls a program of the page. */
const call = <Name extends keyof Programs>(
  name: Name,
  ...args: Parameters<Programs[Name]>
): Promise<Awaited<ReturnType<Programs[Name]>>> =>
  // What the page answers has been through JSON: plain data has the same type on both sides.
  page.evaluate(
    ([name, args]) => {
      const { programs } = globalThis as unknown as {
        readonly programs: Record<string, (...args: Array<unknown>) => unknown>
      }
      return programs[name]?.(...args)
    },
    [name, args] as const
  ) as Promise<Awaited<ReturnType<Programs[Name]>>>

const eventually = async (what: string, holds: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 300; tries++) {
    if (holds()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`never happened: ${what}`)
}

const posts = (one: Site, path: string): ReadonlyArray<Seen> =>
  one.seen.filter((seen) => seen.method === "POST" && seen.path.endsWith(path))

beforeAll(async () => {
  bundle = await esbuild.build({
    entryPoints: [fileURLToPath(new URL("./page.ts", import.meta.url))],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    metafile: true,
    write: false,
    logLevel: "silent"
  })
  code = bundle.outputFiles[0]?.text ?? ""

  scope = await Effect.runPromise(Scope.make())
  const listening = (options: EmulatorNode.Options) =>
    Effect.runPromise(EmulatorNode.listen(options).pipe(Scope.extend(scope)))
  const { url: cohere } = await listening({ apiKeys: [key, token], latency: { betweenEvents: "15 millis" } })
  strict = await elsewhere({ cohere, key, allowed: ["content-type"] })
  gateway = await elsewhere({ cohere, allowed: ["authorization", "content-type"] })
  site = await home({ bundle: code, cohere, key, token, elsewhere: `${strict.url} ${gateway.url}` })

  browser = await playwright.launch({
    executablePath: chromium(),
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
  })
  page = await browser.newPage()
  page.on("console", (message) => void complaints.push(`${message.type()}: ${message.text()}`))
  page.on("pageerror", (error) => void complaints.push(error.message))
  page.on("request", (request) => {
    void request.allHeaders().then(
      (headers) => sent.push({ url: request.url(), text: JSON.stringify(headers) + (request.postData() ?? "") }),
      () => sent.push({ url: request.url(), text: request.postData() ?? "" })
    )
  })
  await page.goto(site.url)
  await page.waitForFunction(() => "programs" in globalThis)
})

afterAll(async () => {
  await browser?.close()
  await Promise.all([site?.close(), strict?.close(), gateway?.close()])
  if (scope !== undefined) await Effect.runPromise(Scope.close(scope, Exit.void))
})

describe("the bundle", () => {
  it("contains no module of Node.js, nor asks for any", () => {
    const { inputs, outputs } = bundle.metafile
    const wanted = [...Object.values(inputs), ...Object.values(outputs)].flatMap((one) => one.imports)
      .filter((one) => one.path.startsWith("node:") || builtinModules.includes(one.path) || one.external === true)
    expect(wanted.map((one) => one.path)).toEqual([])
    expect(code).not.toMatch(/["']node:/)
    expect(bundle.warnings).toEqual([])
  })

  it("contains neither operations that the page does not use, nor what is for tests", () => {
    const inputs = Object.keys(bundle.metafile.inputs)
    const included = Object.entries(Object.values(bundle.metafile.outputs)[0]?.inputs ?? {})
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([name]) => name)
    expect(included.some((name) => name.endsWith("core/src/V2.ts"))).toBe(true)
    expect(inputs.filter((name) => /core\/src\/(testing\/|Endpoints\.ts|Models\.ts|ApiKey\.ts)/.test(name))).toEqual([])
    expect(inputs.filter((name) => /platform-node|node_modules\/effect\/[^/]*\/esm\/index\.js/.test(name))).toEqual([])
  })

  it("is small enough for a page", () => {
    const bytes = gzipSync(code, { level: 9 }).length
    console.info(
      `The page with chat, streamed chat, embeddings and upload: ${(bytes / 1024).toFixed(1)} KB gzip, ${
        (code.length / 1024).toFixed(0)
      } KB minified`
    )
    expect(bytes / 1024).toBeLessThan(120)
  })
})

describe("through the page's own server", () => {
  it("chat answers, with a relative address and text beyond ASCII", async () => {
    const outcome = await call("chat", proxy, "Grüße aus Łódź 🚣")
    expect(outcome).toMatchObject({ ok: true, value: expect.stringContaining("Grüße aus Łódź 🚣") })
    expect(posts(site, "/api/cohere/v2/chat").length).toBe(1)
  })

  it("embed answers, and many embeddings are the same as one by one", async () => {
    const rows: Array<ReadonlyArray<number>> = []
    for (const text of ["a river", "a bridge", "a town"]) {
      const one = await call("embed", proxy, text)
      if (!one.ok) throw new Error(one.message)
      rows.push(one.value)
    }
    expect(rows.map((row) => row.length)).toEqual([1536, 1536, 1536])
    expect(await call("embedAll", proxy, ["a river", "a bridge", "a town"])).toEqual({ ok: true, value: rows })
  })

  it("a streamed chat arrives in pieces, while it is written", async () => {
    const outcome = await call("stream", proxy, "Tell me about the rivers of France.")
    if (!outcome.ok) throw new Error(outcome.message)
    const pieces = outcome.value
    expect(pieces.length).toBeGreaterThan(10)
    const times = pieces.map(([, time]) => time)
    // The server waits 15 ms between events: what came together was held back somewhere.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(pieces.length * 15 * 0.5)
    expect(new Set(times.map((time) => Math.round(time))).size).toBeGreaterThan(pieces.length / 2)
    const whole = await call("chat", proxy, "Tell me about the rivers of France.")
    expect(whole).toEqual({ ok: true, value: pieces.map(([text]) => text).join("") })
    expect(await page.locator("output").textContent()).toBe(pieces.map(([text]) => text).join(""))
  })

  it("an error of the server arrives by its tag", async () => {
    expect(await call("chat", proxy, "Hi!", "no-such-model")).toMatchObject({
      ok: false,
      tag: "NotFound",
      status: 404,
      // Name, remedy and the id to tell Cohere's support.
      message: expect.stringMatching(/no-such-model[^]*Models\.list[^]*request id/)
    })
  })

  it("an interrupted stream ends its request on the server", async () => {
    const before = posts(site, "/v2/chat").length
    const { took } = await call("interrupt", proxy, 3)
    expect(took).toBeLessThan(1000)
    const request = posts(site, "/v2/chat")[before]
    await eventually("the server sees that the page left", () => request?.abandoned === true)
  })

  it("a call that is given up ends its request on the server", async () => {
    expect(await call("wait", { kind: "proxy", url: "/silent" }, 300)).toBe("given up")
    await eventually("the server sees that the page left", () => posts(site, "/silent/v2/chat")[0]?.abandoned === true)
    expect(posts(site, "/silent/v2/chat").length).toBe(1)
  })

  it("a redirect is not followed", async () => {
    const before = posts(site, "/api/cohere/v2/chat").length
    expect(await call("chat", { kind: "proxy", url: "/moved" }, "Hi!")).toMatchObject({
      ok: false,
      tag: "UnexpectedStatus",
      message: expect.stringContaining("redirects")
    })
    expect(posts(site, "/api/cohere/v2/chat").length).toBe(before)
  })

  it("a page in place of an answer is an error that says so", async () => {
    expect(await call("chat", { kind: "proxy", url: "/html" }, "Hi!")).toMatchObject({
      ok: false,
      tag: "UnexpectedResponse",
      message: expect.stringContaining("not JSON")
    })
    expect(await call("stream", { kind: "proxy", url: "/html" }, "Hi!")).toMatchObject({
      ok: false,
      tag: "UnexpectedResponse"
    })
  })

  it("a server that is not there is an error by its tag", async () => {
    // Nothing listens there; and the policy of the page would not let it call, either.
    expect(await call("chat", { kind: "proxy", url: "http://127.0.0.1:9" }, "Hi!")).toMatchObject({
      ok: false,
      tag: "ConnectionFailed"
    })
  })
})

describe("from another origin", () => {
  it("a proxy that allows only content-type is enough", async () => {
    expect(await call("chat", { kind: "proxy", url: strict.url }, "Hi!")).toMatchObject({ ok: true })
    expect(await call("stream", { kind: "proxy", url: strict.url }, "Hi!")).toMatchObject({ ok: true })
    const asked = strict.seen.filter((seen) => seen.method === "OPTIONS")
      .map((seen) => seen.headers["access-control-request-headers"])
    expect([...new Set(asked)]).toEqual(["content-type"])
  })

  it("a gateway for tokens needs content-type and authorization allowed, and no more", async () => {
    const client: Client = { kind: "token", url: gateway.url, tokenUrl: "/token" }
    expect(await call("chat", client, "Hi!")).toMatchObject({ ok: true })
    expect(await call("stream", client, "Hi!")).toMatchObject({ ok: true })
    const asked = gateway.seen.filter((seen) => seen.method === "OPTIONS")
      .map((seen) => seen.headers["access-control-request-headers"])
    expect([...new Set(asked)]).toEqual(["authorization,content-type"])
    expect(posts(gateway, "/v2/chat").map((seen) => seen.headers.authorization)).toContain(`Bearer ${token}`)
  })

  it("a gateway that does not allow the header is an error by its tag", async () => {
    const client: Client = { kind: "token", url: strict.url, tokenUrl: "/token" }
    expect(await call("chat", client, "Hi!")).toMatchObject({ ok: false, tag: "ConnectionFailed" })
  })

  it("an error of the server arrives by its tag", async () => {
    expect(await call("chat", { kind: "proxy", url: strict.url }, "Hi!", "no-such-model")).toMatchObject({
      ok: false,
      tag: "NotFound",
      status: 404
    })
  })
})

describe("a file that the user has chosen", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "chosen-"))
  const file = path.join(folder, "rivers.csv")
  const row = `${"The river goes on. ".repeat(50)}\n`
  afterAll(() => fs.rmSync(folder, { recursive: true }))

  it("goes to the server, which finds all of its rows", async () => {
    fs.writeFileSync(file, `text\n${row.repeat(5_000)}`)
    await page.setInputFiles("input", file)
    expect(await call("upload", proxy)).toEqual({ ok: true, value: 5_000 })
    const [seen] = posts(site, "/v1/datasets?name=chosen&type=embed-input")
    expect(seen?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/)
    expect(Number(seen?.headers["content-length"])).toBeGreaterThan(fs.statSync(file).size)
  })

  it("is UploadFailed when it has changed since", async () => {
    fs.writeFileSync(file, "text\nanother\n")
    await page.setInputFiles("input", file)
    fs.writeFileSync(file, "text\nyet another\n")
    fs.utimesSync(file, new Date(0), new Date(0))
    expect(await call("upload", proxy)).toMatchObject({ ok: false, tag: "UploadFailed" })
  })
})

describe("what the page gives away", () => {
  it("the key is neither in the page nor in anything that it sends", async () => {
    expect(code).not.toContain(key)
    expect(await page.content()).not.toContain(key)
    expect(sent.filter(({ url }) => url.includes("/v2/")).length).toBeGreaterThan(10)
    expect(sent.filter(({ text, url }) => (url + text).includes(key))).toEqual([])
    expect(posts(site, "/v2/chat").filter((seen) => "authorization" in seen.headers)).toEqual([])
  })

  it("no header traces the user across servers", () => {
    const requests = [...site.seen, ...strict.seen, ...gateway.seen].filter(({ path }) => path.includes("/v2/"))
    const names = [...new Set(requests.flatMap(({ headers }) => Object.keys(headers)))]
    expect(requests.length).toBeGreaterThan(10)
    expect(names.filter((name) => /^(traceparent|tracestate|b3|x-b3-.*|baggage|x-cloud-trace-context)$/.test(name)))
      .toEqual([])
  })

  it("the page runs under a policy without eval, and nothing else is complained about", () => {
    // What the cases above provoke: a 404, refused preflights, an address that the policy forbids, a changed file.
    const expected = /status of 404|blocked by CORS policy|net::ERR_FAILED|ERR_UPLOAD_FILE_CHANGED|127\.0\.0\.1:9\//
    expect(complaints.filter((text) => !expected.test(text))).toEqual([])
  })
})
