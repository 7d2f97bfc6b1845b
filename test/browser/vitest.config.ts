import { defineConfig } from "vitest/config"

// Not part of `pnpm test`, which needs no browser: `pnpm test:browser`.
export default defineConfig({
  test: {
    include: ["browser.check.ts"],
    testTimeout: 30_000,
    hookTimeout: 300_000
  }
})
