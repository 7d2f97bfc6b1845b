/**
 * Runs Effect's diagnostics (floating Effects, missing `yield*`, wrong layers …) on every project of the workspace, and
 * fails on errors and warnings. What is looked for stands in the `plugins` of tsconfig.base.json.
 */
import { spawnSync } from "node:child_process"

const { status, stdout } = spawnSync(
  "effect-language-service",
  ["diagnostics", "--project", "tsconfig.json", "--strict", "--format", "text"],
  { encoding: "utf8", shell: process.platform === "win32", stdio: ["ignore", "pipe", "inherit"] }
)
process.stdout.write(stdout)

// The tool follows the references of tsconfig.json, passes over files whose project does not configure it, and calls
// that a success. So it also has to have looked at every file.
const [, checked, total] = /Checked (\d+) files out of (\d+) files/.exec(stdout) ?? []
if (status !== 0 || checked === undefined || checked === "0" || checked !== total) {
  console.error(status === 0 ? "Some files were not checked." : "Effect diagnostics failed.")
  process.exitCode = 1
}
