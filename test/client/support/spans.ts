/** A tracer that keeps what spans were told before they ended: exporters see no more than that. */
import type * as Exit from "effect/Exit"
import * as Tracer from "effect/Tracer"

/** What was told at the end of a span, or while it is open. */
export interface Kept {
  readonly name: string
  readonly kind: Tracer.SpanKind
  /** What was known when the span began, which is what a sampler sees. */
  readonly first: Readonly<Record<string, unknown>>
  attributes: Readonly<Record<string, unknown>>
  readonly events: Array<{ readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }>
  exit: Exit.Exit<unknown, unknown> | undefined
  /** Nanoseconds from its beginning to its end. */
  took: bigint | undefined
  /** How often something was told: also what was told in vain. */
  told: number
}

/** The tracer, and its spans in the order in which they began. */
export const make = (sampled = true): { readonly tracer: Tracer.Tracer; readonly spans: ReadonlyArray<Kept> } => {
  const spans: Array<Kept> = []
  const tracer = Tracer.make({
    context: (run) => run(),
    span: (name, parent, context, links, startTime, kind, options) => {
      const attributes = new Map<string, unknown>()
      const kept: Kept = {
        name,
        kind,
        first: { ...options?.attributes },
        attributes: {},
        events: [],
        exit: undefined,
        took: undefined,
        told: 0
      }
      spans.push(kept)
      return {
        _tag: "Span",
        name,
        spanId: String(spans.length),
        traceId: "trace",
        parent,
        context,
        links,
        kind,
        sampled,
        attributes,
        status: { _tag: "Started", startTime },
        attribute: (key, value) => {
          kept.told++
          attributes.set(key, value)
        },
        event: (event, _, values) => {
          kept.told++
          kept.events.push({ name: event, attributes: { ...values } })
        },
        addLinks: () => {},
        end: (endTime, exit) => {
          kept.exit = exit
          kept.took = endTime - startTime
          kept.attributes = Object.fromEntries(attributes)
        }
      }
    }
  })
  return { tracer, spans }
}
