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
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), args, {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "advanced"
  })
  running.add(child)
  let errors = ""
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-4000)
  })
  child.on("exit", () => running.delete(child))
  const name = [program, ...args].join(" ")

  const ask = (question: Question, limit: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer)
        child.off("message", onMessage).off("exit", onExit)
      }
      const fail = (what: string) => {
        done()
        reject(new Error(`${name}, ${question.kind}: ${what}\n${errors}`))
      }
      const onExit = () => fail("the process ended")
      const onMessage = (reply: Reply) => {
        if ("failure" in reply) return fail(reply.failure)
        done()
        resolve(reply.answer)
      }
      const timer = setTimeout(() => fail(`no answer within ${limit} s`), limit * 1000)
      if (child.exitCode !== null) return onExit()
      child.on("message", onMessage).on("exit", onExit)
      child.send(question)
    })

  return {
    // The program serves this protocol: what it answers to a question has the type that is said there.
    ask: ((kind: string, asked: object, limit = 60) => ask({ kind, ask: asked }, limit)) as Child<P>["ask"],
    stop: () => child.kill("SIGKILL")
  }
}
