/** One operation of each kind, and what a server answers to it when all is well. */
import * as Chat from "@effect-cohere/core/Chat"
import type * as CohereClient from "@effect-cohere/core/CohereClient"
import type { CohereError } from "@effect-cohere/core/CohereError"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
import * as Models from "@effect-cohere/core/Models"
import * as Upload from "@effect-cohere/core/Upload"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** The answer to an operation. */
export interface Answer {
  readonly kind: "unary" | "sse" | "ndjson"
  readonly contentType: string
  /** The body in four pieces; of a stream, one for each event. */
  readonly pieces: readonly [string, string, string, string]
  /** A stream's event of any JSON text. */
  readonly frame: (json: string) => string
  /** JSON texts of a stream: an event that lacks what it needs, one that nobody knows, a last one that failed. */
  readonly lacking: string
  readonly unknown: string
  readonly failedEnd: string
}

export type Name = "post" | "create" | "get" | "page" | "void" | "upload" | "chat" | "chat v1" | "generate"

/** An operation. */
export interface Family {
  readonly name: Name
  readonly retry: "always" | "refused"
  readonly answer: Answer
  /** Calls it. What comes out is handed over value by value: one, or the events of a stream. */
  readonly run: (
    take: (value: unknown) => void
  ) => Effect.Effect<void, CohereError, CohereClient.CohereClient>
  /** What is handed over when the body is this one. */
  readonly values: (body: string) => ReadonlyArray<unknown>
}

const quarters = (text: string): Answer["pieces"] => {
  const size = Math.ceil(text.length / 4)
  return [text.slice(0, size), text.slice(size, 2 * size), text.slice(2 * size, 3 * size), text.slice(3 * size)]
}

const unary = (
  name: Name,
  retry: Family["retry"],
  call: Effect.Effect<unknown, CohereError, CohereClient.CohereClient>,
  answer: unknown
): Family => ({
  name,
  retry,
  run: (take) => Effect.map(call, take),
  values: (body) => [name === "void" ? undefined : JSON.parse(body)],
  answer: {
    kind: "unary",
    contentType: "application/json",
    pieces: quarters(JSON.stringify(answer)),
    frame: (json) => json,
    lacking: "",
    unknown: "",
    failedEnd: ""
  }
})

const framed = {
  sse: {
    kind: "sse",
    contentType: "text/event-stream",
    frame: (json: string) => `data: ${json}\n\n`,
    unframe: (body: string) => body.split("\n\n").filter((one) => one !== "").map((one) => one.slice("data: ".length))
  },
  ndjson: {
    kind: "ndjson",
    contentType: "application/stream+json",
    frame: (json: string) => `${json}\n`,
    unframe: (body: string) => body.split("\n").filter((one) => one !== "")
  }
} as const

const streamed = (
  name: Name,
  framing: keyof typeof framed,
  stream: Stream.Stream<unknown, CohereError, CohereClient.CohereClient>,
  [first, second, third, last]: readonly [string, string, string, string],
  others: Pick<Answer, "lacking" | "unknown" | "failedEnd">
): Family => {
  const { contentType, frame, kind, unframe } = framed[framing]
  return {
    name,
    retry: "always",
    run: (take) => Stream.runForEach(stream, (event) => Effect.sync(() => take(event))),
    values: (body) => unframe(body).map((one): unknown => JSON.parse(one)),
    answer: { kind, contentType, pieces: [frame(first), frame(second), frame(third), frame(last)], frame, ...others }
  }
}

const messages = [Chat.user("Name a river.")]

export const families: ReadonlyArray<Family> = [
  unary("post", "always", V2.chat({ model: "command-a-03-2025", messages }), {
    id: "c-1",
    finish_reason: "COMPLETE",
    message: { role: "assistant", content: [{ type: "text", text: "The Seine." }] }
  }),
  unary(
    "create",
    "refused",
    EmbedJobs.create({ model: "embed-english-v3.0", dataset_id: "d-1", input_type: "search_document" }),
    { job_id: "j-of-the-Seine" }
  ),
  unary("get", "always", Models.get({ model: "command-a-03-2025" }), {
    name: "command-Seine",
    endpoints: ["chat"],
    context_length: 288_000
  }),
  unary("page", "always", Datasets.list({}), {
    datasets: [{
      id: "d-1",
      name: "the Seine",
      created_at: "2025-01-01T00:00:00Z",
      updated_at: "2025-01-01T00:00:00Z",
      dataset_type: "embed-input",
      validation_status: "validated"
    }]
  }),
  unary("void", "always", EmbedJobs.cancel({ id: "j-1" }), { note: "nobody reads of the Seine here" }),
  unary(
    "upload",
    "refused",
    Datasets.create({ name: "rivers", type: "embed-input", data: Upload.make("r.jsonl", `{"text":"Seine"}\n`) }),
    { id: "d-of-the-Seine" }
  ),
  streamed("chat", "sse", V2.chatStream({ model: "command-a-03-2025", messages }), [
    `{"id":"t-1","type":"message-start","delta":{"message":{"role":"assistant"}}}`,
    `{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Seine"}}}}`,
    `{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}`
  ], {
    lacking: `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":7}}}}`,
    unknown: `{"type":"news-of-tomorrow","index":0}`,
    failedEnd: `{"type":"message-end","delta":{"finish_reason":"ERROR"}}`
  }),
  streamed("chat v1", "ndjson", V1.chatStream({ model: "command-r-plus-08-2024", message: "Name a river." }), [
    `{"is_finished":false,"event_type":"stream-start","generation_id":"g-1"}`,
    `{"is_finished":false,"event_type":"text-generation","text":"The "}`,
    `{"is_finished":false,"event_type":"text-generation","text":"Seine"}`,
    `{"is_finished":true,"event_type":"stream-end","finish_reason":"COMPLETE","response":{"text":"The Seine","generation_id":"g-1"}}`
  ], {
    lacking: `{"is_finished":false,"event_type":"text-generation","text":7}`,
    unknown: `{"is_finished":false,"event_type":"news-of-tomorrow"}`,
    failedEnd:
      `{"is_finished":true,"event_type":"stream-end","finish_reason":"ERROR","response":{"text":"","generation_id":"g-1"}}`
  }),
  streamed("generate", "ndjson", V1.generateStream({ prompt: "Rivers:" }), [
    `{"event_type":"text-generation","text":" Loire,","is_finished":false}`,
    `{"event_type":"text-generation","text":" Rhone,","is_finished":false}`,
    `{"event_type":"text-generation","text":" Seine","is_finished":false}`,
    `{"event_type":"stream-end","is_finished":true,"finish_reason":"COMPLETE","response":{"id":"g-1","generations":[{"id":"g-2","text":" Loire, Rhone, Seine"}]}}`
  ], {
    lacking: `{"event_type":"text-generation","text":7,"is_finished":false}`,
    unknown: `{"event_type":"news-of-tomorrow","is_finished":false}`,
    failedEnd: `{"event_type":"stream-error","is_finished":true,"finish_reason":"ERROR","err":"no luck"}`
  })
]
