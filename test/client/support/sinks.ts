/** Everywhere a program may show an error: what must not be seen there is not seen by anybody. */
import * as CohereError from "@effect-cohere/core/CohereError"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"

/** What a sink has shown. */
export interface Shown {
  readonly where: string
  readonly text: string
}

const show = (value: unknown): string => inspect(value, { depth: Infinity, showHidden: true, maxStringLength: null })

/** A tracer that writes down all that spans are told. */
export const tracer = (shown: Array<Shown>): Tracer.Tracer => {
  const note = (where: string, ...values: ReadonlyArray<unknown>) => {
    for (const value of values) shown.push({ where, text: show(value) })
  }
  return Tracer.make({
    context: (run) => run(),
    span: (name, parent, context, links, startTime, kind) => {
      note("span name", name)
      const attributes = new Map<string, unknown>()
      const span: Tracer.Span = {
        _tag: "Span",
        name,
        spanId: String(shown.length),
        traceId: "trace",
        parent,
        context,
        links,
        kind,
        sampled: true,
        attributes,
        status: { _tag: "Started", startTime },
        attribute: (key, value) => {
          attributes.set(key, value)
          note(`span attribute ${key}`, value)
        },
        event: (event, _, values) => note("span event", event, values),
        addLinks: (more) => note("span links", more),
        end: (_, exit) => {
          // What exporters write: the platform's own errors hold the request, and nobody serializes those.
          if (Exit.isFailure(exit)) note("span end", Cause.pretty(exit.cause))
        }
      }
      return span
    }
  })
}

/** Logs through each logger that Effect has. */
const log = (message: Effect.Effect<void>): Effect.Effect<ReadonlyArray<Shown>> =>
  Effect.suspend(() => {
    const shown: Array<Shown> = []
    const keep = (where: string) => (text: unknown) => {
      shown.push({ where, text: typeof text === "string" ? text : show(text) })
    }
    const lines = [
      Logger.map(Logger.stringLogger, keep("stringLogger")),
      Logger.map(Logger.logfmtLogger, keep("logfmtLogger")),
      Logger.map(Logger.jsonLogger, keep("jsonLogger")),
      Logger.map(Logger.structuredLogger, keep("structuredLogger")),
      Logger.prettyLogger({ colors: false, mode: "tty" }),
      Logger.prettyLogger({ colors: false, mode: "browser" }),
      Logger.withLeveledConsole(Logger.stringLogger)
    ]
    const write = (...values: ReadonlyArray<unknown>) => values.forEach(keep("console"))
    const unsafe = new Proxy(globalThis.console, { get: () => write })
    return Effect.consoleWith((live) =>
      message.pipe(
        Effect.provide(
          Layer.mergeAll(Logger.remove(Logger.defaultLogger), ...lines.map((logger) => Logger.add(logger)))
        ),
        Effect.withConsole({ ...live, unsafe }),
        Effect.as(shown)
      )
    )
  })

/** All that can be seen of an error. */
export const sinks = (error: CohereError.CohereError): Effect.Effect<ReadonlyArray<Shown>> =>
  Effect.gen(function*() {
    const cause = Cause.fail(error)
    const encoded = yield* Effect.orDie(Schema.encode(CohereError.CohereError)(error))
    return [
      { where: "String", text: String(error) },
      { where: "message", text: error.message },
      { where: "stack", text: error.stack ?? "" },
      { where: "JSON.stringify", text: JSON.stringify(error) },
      { where: "inspect", text: show(error) },
      { where: "Schema.encode", text: JSON.stringify(encoded) },
      { where: "Cause.pretty", text: Cause.pretty(cause, { renderErrorCause: true }) },
      { where: "inspect of the cause", text: show(cause) },
      { where: "JSON of the cause", text: JSON.stringify(cause) },
      { where: "metrics", text: show(yield* Metric.snapshot) },
      { where: "JSON of the exit", text: JSON.stringify(Exit.fail(error)) },
      ...(yield* log(Effect.logError("it failed", cause))),
      ...(yield* log(Effect.annotateLogs(Effect.logError(error), { error })))
    ]
  })
