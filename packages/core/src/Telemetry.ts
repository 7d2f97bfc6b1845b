/**
 * What spans and metrics say of calls, by OpenTelemetry's conventions for generative AI.
 *
 * Each call has one span of kind `client`, named like its operation (`v2.chat`): it covers all attempts, and of a stream
 * all its events. Names are in {@link names}. Prompts, documents and answers are not captured, unless
 * {@link captureContent} switches that on; keys and tokens never are. Nothing has to be switched on: provide a tracer, and
 * read Effect's metrics, as for any other Effect program.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type * as Metric from "effect/Metric"
import * as Content from "./internal/content.ts"
import * as Measures from "./internal/measures.ts"
import * as Provide from "./internal/provide.ts"
import * as Internal from "./internal/telemetry.ts"

export * as names from "./internal/names.ts"
export type { Attributes } from "./internal/telemetry.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Content
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Whether spans hold content, and what writes it; `undefined` where it was not said, which means that they do not. Set it
 * by {@link captureContent} or {@link layerCaptureContent}.
 */
export class CaptureContent extends Context.Reference<CaptureContent>()<
  "@effect-cohere/core/Telemetry/CaptureContent",
  Content.Capture | false | undefined
>("@effect-cohere/core/Telemetry/CaptureContent", { defaultValue: () => undefined }) {}

/**
 * Whether the spans of the calls inside hold the content of chats and generations: messages, documents, tools, answers.
 * It is one event, `gen_ai.client.inference.operation.details`, whose attributes are JSON texts; images are left out.
 *
 * Content is often personal and sometimes secret: it goes wherever your traces go.
 *
 * @example
 * ```ts
 * import * as Chat from "@effect-cohere/core/Chat"
 * import * as Telemetry from "@effect-cohere/core/Telemetry"
 * import * as V2 from "@effect-cohere/core/V2"
 *
 * const traced = V2.chat({ model: "command-a-03-2025", messages: [Chat.user("Hi!")] }).pipe(
 *   Telemetry.captureContent(true)
 * )
 * ```
 */
export const captureContent = (capture: boolean): <Self extends Provide.Runnable>(self: Self) => Self =>
  Provide.update(CaptureContent, () => capture && Content.capture)

/**
 * Says for a client's layer, or for a whole program, whether spans hold content; a call's own {@link captureContent} wins.
 *
 * @example
 * ```ts
 * import * as CohereClient from "@effect-cohere/core/CohereClient"
 * import * as Telemetry from "@effect-cohere/core/Telemetry"
 * import * as Layer from "effect/Layer"
 *
 * const client = CohereClient.layerConfig().pipe(Layer.provide(Telemetry.layerCaptureContent(true)))
 * ```
 */
export const layerCaptureContent = (capture: boolean): Layer.Layer<never> =>
  Layer.succeed(CaptureContent, capture && Content.capture)

// ---------------------------------------------------------------------------------------------------------------------
// Traces across servers
// ---------------------------------------------------------------------------------------------------------------------

/** Whether requests carry the trace to the server (`traceparent`, `b3`). */
export class Propagation extends Context.Reference<Propagation>()<"@effect-cohere/core/Telemetry/Propagation", boolean>(
  "@effect-cohere/core/Telemetry/Propagation",
  { defaultValue: () => false }
) {}

/**
 * Lets the requests of a client carry the trace to the server, for its layer: for a gateway or a deployment of your own.
 * By default they do not: a third party learns nothing of your traces, and browsers need no leave for the headers.
 *
 * @example
 * ```ts
 * import * as CohereClient from "@effect-cohere/core/CohereClient"
 * import * as Telemetry from "@effect-cohere/core/Telemetry"
 * import * as Layer from "effect/Layer"
 *
 * const client = CohereClient.layerConfig().pipe(Layer.provide(Telemetry.layerPropagation(true)))
 * ```
 */
export const layerPropagation = (propagate: boolean): Layer.Layer<never> => Layer.succeed(Propagation, propagate)

// ---------------------------------------------------------------------------------------------------------------------
// Metrics
// ---------------------------------------------------------------------------------------------------------------------

/**
 * How long calls take, in seconds, from the first attempt to the end of the answer.
 *
 * Like all metrics here, it is tagged with operation, provider and model; with `error.type` where the call has failed. A
 * stream that nobody reads to its end counts as a success.
 *
 * @example
 * ```ts
 * import * as Telemetry from "@effect-cohere/core/Telemetry"
 * import * as Metric from "effect/Metric"
 *
 * const chats = Telemetry.operationDuration.pipe(
 *   Metric.tagged(Telemetry.names.operation, "chat"),
 *   Metric.tagged(Telemetry.names.provider, "cohere"),
 *   Metric.tagged(Telemetry.names.requestModel, "command-a-03-2025")
 * )
 *
 * const state = Metric.value(chats)
 * ```
 */
export const operationDuration: Metric.Metric.Histogram<number> = Measures.duration.metric

/** How long streams take until their first event, in seconds, with all attempts before it. */
export const timeToFirstEvent: Metric.Metric.Histogram<number> = Measures.timeToFirstEvent.metric

/** How many tokens calls are billed for or, should the server not say so, use: `gen_ai.token.type` is `input` or `output`. */
export const tokenUsage: Metric.Metric.Histogram<number> = Measures.tokenUsage.metric

/** How often requests were sent. */
export const attempts: Metric.Metric.Counter<number> = Measures.attempts.metric

/** How often requests were sent again. */
export const retries: Metric.Metric.Counter<number> = Measures.retries.metric

// ---------------------------------------------------------------------------------------------------------------------
// Attributes
// ---------------------------------------------------------------------------------------------------------------------

/** What these functions need of a descriptor. */
export type Described = Internal.Described

/**
 * What a span says of a request: operation, model, settings; nothing that is content.
 *
 * @example
 * ```ts
 * import * as Telemetry from "@effect-cohere/core/Telemetry"
 * import * as V2 from "@effect-cohere/core/V2"
 *
 * const attributes = Telemetry.requestAttributes(V2.rerankEndpoint, {
 *   model: "rerank-v4.0-fast",
 *   query: "tea",
 *   documents: ["coffee", "tea"]
 * })
 * ```
 */
export const requestAttributes = (endpoint: Described, request: unknown): Internal.Attributes => ({
  ...Internal.identity(endpoint, request),
  ...Internal.requestSettings(endpoint, request)
})

/**
 * What a span says of an answer: id, reasons to finish, tokens, billed units.
 *
 * @example
 * ```ts
 * import * as Telemetry from "@effect-cohere/core/Telemetry"
 * import * as V2 from "@effect-cohere/core/V2"
 *
 * const attributes = Telemetry.responseAttributes(V2.rerankEndpoint, {
 *   id: "b1c6b6a2",
 *   results: [],
 *   meta: { billed_units: { search_units: 1 } }
 * })
 * ```
 */
export const responseAttributes: (endpoint: Described, answer: unknown) => Internal.Attributes =
  Internal.responseAttributes

/**
 * What a span says of a stream's events so far.
 *
 * @example
 * ```ts
 * import * as Telemetry from "@effect-cohere/core/Telemetry"
 * import * as V2 from "@effect-cohere/core/V2"
 *
 * const attributes = Telemetry.streamAttributes(V2.chatStreamEndpoint, [
 *   { type: "message-start", id: "c14c80c3" },
 *   { type: "message-end", delta: { finish_reason: "COMPLETE" } }
 * ])
 * ```
 */
export const streamAttributes = (endpoint: Described, events: Iterable<unknown>): Internal.Attributes => {
  let answer = Internal.noAnswer
  for (const event of events) answer = Internal.addEvent(answer, event)
  return Internal.responseAttributes(endpoint, answer)
}
