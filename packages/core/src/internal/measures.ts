/** The metrics of calls. Exporters read the unit of a metric from its tag `unit`. */
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as MetricLabel from "effect/MetricLabel"
import * as Names from "./names.ts"

type Labels = ReadonlyArray<MetricLabel.MetricLabel>

/** A metric, and how it is updated. */
interface Measure<Type, Out> {
  readonly metric: Metric.Metric<Type, number, Out>
  /** `ambient` are the labels that the program gives to all its metrics. */
  readonly update: (value: number, ambient: Labels, labels: Readonly<Record<string, string | undefined>>) => void
}

/** Models are few; what is beyond is looked up each time. */
const maxKept = 1_000

/** Effect finds a metric by the identity of its labels, else by their hash: those of usual calls are kept. */
const make = <Type, Out>(metric: Metric.Metric<Type, number, Out>, unit: string): Measure<Type, Out> => {
  const kept = new Map<string, Labels>()
  const labelsOf = (ambient: Labels, labels: Readonly<Record<string, string | undefined>>): Labels => {
    let key = ""
    for (const name in labels) key += `${labels[name] ?? ""}\n`
    const known = ambient.length === 0 ? kept.get(key) : undefined
    if (known !== undefined) return known
    const made = [MetricLabel.make("unit", unit)]
    for (const [name, value] of Object.entries(labels)) {
      if (value !== undefined) made.push(MetricLabel.make(name, value))
    }
    // Last, as Effect has them: a metric is known by its labels in their order.
    made.push(...ambient)
    if (ambient.length === 0 && kept.size < maxKept) kept.set(key, made)
    return made
  }
  return {
    metric: Metric.tagged(metric, "unit", unit),
    update: (value, ambient, labels) => metric.unsafeUpdate(value, labelsOf(ambient, labels))
  }
}

// Effect leaves a place for infinity, which comes last.
const seconds = MetricBoundaries.exponential({ start: 0.01, factor: 2, count: 15 })
const tokens = MetricBoundaries.exponential({ start: 1, factor: 4, count: 15 })

export const duration = make(Metric.histogram(Names.metricDuration, seconds, "Duration of calls"), "s")

export const timeToFirstEvent = make(
  Metric.histogram(Names.metricTimeToFirstEvent, seconds, "Time to the first event of streams"),
  "s"
)

export const tokenUsage = make(Metric.histogram(Names.metricTokens, tokens, "Tokens of calls"), "{token}")

export const attempts = make(
  Metric.counter(Names.metricAttempts, { description: "Attempts of calls", incremental: true }),
  "{attempt}"
)

export const retries = make(
  Metric.counter(Names.metricRetries, { description: "Attempts of calls after their first", incremental: true }),
  "{attempt}"
)
