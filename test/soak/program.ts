/** Runs the programs of this folder, as `pnpm` scripts do. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

/** How a program ended, and what it wrote. */
export interface End {
  /** `null` if it had to be killed. */
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs a program to its own end, or until the time is over. */
export const run = async (program: string, args: ReadonlyArray<string>, limit: number): Promise<End> => {
  const child = spawn(
    process.execPath,
    ["--expose-gc", "--import", "tsx", fileURLToPath(new URL(program, import.meta.url)), ...args],
    { stdio: ["ignore", "pipe", "pipe"], timeout: limit, killSignal: "SIGKILL" }
  )
  let out = ""
  let err = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text
  })
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text
  })
  await once(child, "close")
  return { code: child.exitCode, out, err }
}
