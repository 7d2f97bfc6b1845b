/** Processes that answer questions. All of them end with this one, however it ends. */
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Question, Reply } from "./protocol.ts"

export interface Child<P> {
  /** Fails if the child does, or takes longer than a limit, in seconds. */
  readonly ask: <Kind extends keyof P & string>(
    kind: Kind,
    ask: P[Kind] extends { readonly ask: infer Ask } ? Ask : never,
    limit?: number
  ) => Promise<P[Kind] extends { readonly answer: infer Answer } ? Answer : never>
  readonly stop: () => void
}

const running = new Set<ChildProcess>()

export const stopAll = (): void => {
  for (const child of running) child.kill("SIGKILL")
}
process.on("exit", stopAll)

/** Starts a program of this folder. */
export const start = <P>(program: string, args: ReadonlyArray<string> = []): Child<P> => {
  const file = fileURLToPath(new URL(program, import.meta.url))
  const child = fork(file, args, {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "advanced"
  })
  running.add(child)
  let errors = ""
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-4000)
  })
  // Such as that it could not be started. `close` follows.
  child.on("error", (error) => {
    errors += `${error.message}\n`
  })
  let ending: string | undefined
  // Not `exit`: that can come before the last of what the process wrote.
  child.on("close", (code, signal) => {
    running.delete(child)
    ending = (signal === null ? `the process ended with exit code ${code}` : `the process was ended by ${signal}`) +
      (errors === "" ? " and wrote nothing to stderr" : "")
  })
  const name = [file, ...args].join(" ")

  const ask = (question: Question, limit: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer)
        child.off("message", onMessage).off("close", onClose)
      }
      const fail = (what: string) => {
        done()
        reject(new Error(`${name}, ${question.kind}: ${what}\n${errors}`))
      }
      const onClose = () => fail(ending ?? "the process ended")
      const onMessage = (reply: Reply) => {
        if ("failure" in reply) return fail(reply.failure)
        done()
        resolve(reply.answer)
      }
      const timer = setTimeout(() => fail(`no answer within ${limit} s`), limit * 1000)
      if (ending !== undefined) return onClose()
      child.on("message", onMessage).on("close", onClose)
      // A process that does not take it is ending, and `close` says how.
      child.send(question, () => {})
    })

  return {
    // The program serves this protocol: what it answers to a question has the type that is said there.
    ask: ((kind: string, asked: object, limit = 60) => ask({ kind, ask: asked }, limit)) as Child<P>["ask"],
    stop: () => child.kill("SIGKILL")
  }
}
