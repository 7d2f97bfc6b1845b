import { defineConfig } from "vitest/config"

// Where .ci/run wants the results, as numbers that need no parsing.
const report = process.env.VITEST_REPORT

export default defineConfig({
  test: {
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    include: ["**/*.test.ts"],
    testTimeout: 20_000,
    // Every core: by default Vitest leaves one free, which is half of a small machine.
    minWorkers: 1,
    maxWorkers: "100%"
  }
})
