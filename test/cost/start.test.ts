/**
 * What a program does before its first line, counted: the modules that it loads, and the schemas that they build. Time
 * would depend on the machine.
 */
import { assert, describe, it } from "@effect/vitest"
import * as esbuild from "esbuild"
import { fileURLToPath } from "node:url"
import { vi } from "vitest"

const { built } = vi.hoisted(() => ({ built: [] as Array<string> }))

/** The functions of Schema, each of which notes its name when it is called. */
vi.mock("effect/Schema", async (original) => {
  const schema = await original<Readonly<Record<string, unknown>>>()
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [
      name,
      typeof value !== "function" ? value : new Proxy(value, {
        apply: (call, self, args): unknown => {
          built.push(name)
          return Reflect.apply(call, self, args)
        }
      })
    ])
  )
})

describe("the start of a program", () => {
  it("builds no schema, of whatever module, before one is looked at", async () => {
    const V2 = await import("@effect-cohere/core/V2")
    await import("@effect-cohere/core")
    await import("@effect-cohere/core/Endpoints")
    await import("@effect-cohere/platform-node")
    await import("@effect-cohere/platform-browser")
    assert.deepStrictEqual(built, [])
    assert.deepStrictEqual(Object.keys(V2.BoundingBox.fields), [
      "top_left_x",
      "top_left_y",
      "bottom_right_x",
      "bottom_right_y"
    ])
    assert.include(built, "Struct")
  })

  it("loads no more modules than it did", async () => {
    const { metafile } = await esbuild.build({
      stdin: {
        contents: `import "@effect-cohere/core/V2"; import "@effect-cohere/platform-node/CohereNode"`,
        resolveDir: fileURLToPath(new URL(".", import.meta.url)),
        loader: "ts"
      },
      bundle: true,
      format: "esm",
      platform: "node",
      metafile: true,
      write: false,
      logLevel: "silent"
    })
    const inputs = Object.keys(metafile.inputs)
    const of = (part: string) => inputs.filter((input) => input.includes(part)).length
    const counts = {
      ours: of("packages/"),
      effect: of("/effect/"),
      platform: of("/@effect/platform"),
      undici: of("/undici/")
    }
    console.log(`chat on Node.js: modules: ${JSON.stringify(counts)}`)
    assert.isAtMost(counts.ours, 58)
    assert.isAtMost(counts.effect, 254)
    assert.isAtMost(counts.platform, 23)
    assert.isAtMost(counts.undici, 37)
    // By these, undici sets what Node's own fetch uses.
    assert.strictEqual(of("/undici/index.js") + of("/undici/lib/global.js"), 0)
  })
})
