import { assert, it } from "@effect/vitest"
import { run } from "./program.ts"

const limit = 120_000

it(
  "thousands of calls, of which some go wrong, are each answered once, and nothing is kept",
  { timeout: limit },
  async () => {
    const { code, err, out } = await run("./soak.ts", ["--quick"], limit - 5_000)
    assert.strictEqual(err, "", out)
    assert.match(out, /\nPASSED\n$/)
    assert.strictEqual(code, 0, out)
    // It has something to say: all ways to go wrong were met.
    for (const fault of ["reset", "500", "429", "cut", "stall"]) {
      assert.match(
        out,
        new RegExp(`faults: .*[1-9]\\d* ${fault}`)
      )
    }
  }
)
