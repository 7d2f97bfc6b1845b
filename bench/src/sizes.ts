/** What programs for the browser weigh: the folder `size`. */
import { gzipSync } from "node:zlib"
import { bundle } from "./bundle.ts"
import type { Size } from "./results.ts"

export const programs = {
  floor: "an Effect program with HttpClient, fetch and Schema",
  chat: "effect-cohere: chat",
  stream: "effect-cohere: chat and streamed chat",
  whole: "effect-cohere: all modules",
  cohereAi: "cohere-ai: chat",
  aiSdkCohere: "@ai-sdk/cohere: chat",
  ai: "ai on @ai-sdk/cohere: chat"
} as const

export const sizes = async (): Promise<Readonly<Record<string, Size>>> => {
  const all: Record<string, Size> = {}
  for (const name of Object.keys(programs)) {
    const code = await bundle(`./size/${name}.js`, "browser")
    all[name] = { minified: code.length, gzip: gzipSync(code, { level: 9 }).length }
  }
  return all
}
