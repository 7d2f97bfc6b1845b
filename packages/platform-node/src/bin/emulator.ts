#!/usr/bin/env node
/** `effect-cohere-emulator`: Cohere's API on a port of this machine, until it is interrupted. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { parseArgs } from "node:util"
import * as EmulatorNode from "../EmulatorNode.ts"

const usage = `Usage: effect-cohere-emulator [--port <port>] [--host <host>]

An emulator of Cohere's API: no account, no network, any API key.

  --port <port>   0, the default, takes any free port
  --host <host>   default: 127.0.0.1, only this machine
  --help`

const read = Effect.try(() => {
  const { values } = parseArgs({
    options: { port: { type: "string" }, host: { type: "string" }, help: { type: "boolean" } }
  })
  const port = Number(values.port ?? "0")
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${values.port} is not a port`)
  return { port, host: values.host ?? "127.0.0.1", help: values.help ?? false }
})

const fail = (message: string) =>
  Effect.zipRight(
    Console.error(message),
    Effect.sync(() => {
      process.exitCode = 1
    })
  )

const main = Effect.gen(function*() {
  const { help, host, port } = yield* read
  if (help) return yield* Console.log(usage)
  const { url } = yield* EmulatorNode.listen({ port, host, latency: { betweenEvents: "10 millis" } })
  yield* Console.log(`Cohere's API, emulated: ${url}\n\n  export CO_API_URL=${url} CO_API_KEY=any`)
  return yield* Effect.never
}).pipe(
  Effect.scoped,
  Effect.catchTags({
    UnknownException: ({ error }) => fail(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`),
    ServeError: ({ cause }) =>
      fail(
        `Cannot listen: ${
          cause instanceof Error ? cause.message : String(cause)
        }\nChoose another port or host, or stop what uses it.`
      )
  })
)

NodeRuntime.runMain(main)
