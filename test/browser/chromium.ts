/** Where Chromium is, on this machine. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"

const usual = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe"
]

const installed = (): string | undefined => usual.find((path) => fs.existsSync(path))

const install = (): void => {
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
    console.log(`apt-get ${args.join(" ")}`)
    const { status, stderr } = spawnSync("apt-get", args, {
      encoding: "utf8",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "ignore", "pipe"]
    })
    if (status !== 0) throw new Error(`apt-get ${args[0]} failed: ${stderr}`)
  }
}

/** `CHROMIUM_PATH`, else the first of the usual places, else, in CI and as root, what apt-get installs. */
export const chromium = (): string => {
  const given = process.env["CHROMIUM_PATH"]
  if (given !== undefined && given !== "") {
    if (!fs.existsSync(given)) throw new Error(`CHROMIUM_PATH names no file: ${given}`)
    return given
  }
  const mayInstall = process.env["CI"] !== undefined && process.getuid?.() === 0 && fs.existsSync("/usr/bin/apt-get")
  if (installed() === undefined && mayInstall) install()
  const found = installed()
  if (found === undefined) {
    throw new Error("There is no Chromium: install one (`apt-get install chromium`), or set CHROMIUM_PATH to one.")
  }
  return found
}
