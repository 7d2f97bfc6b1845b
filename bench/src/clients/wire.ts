/** The two clients without an SDK: what one writes by hand, on any function that posts JSON. */
import type { Operations, Rows } from "../operations.ts"
import { bulkTexts, chatRequest, embedRequest, rerankRequest } from "../requests.ts"
import type { Workload } from "../workloads.ts"
import { floats } from "./floats.ts"
import { many, pooled, streams } from "./promises.ts"

/** How to post JSON. Both fail when the status is not 200. */
export interface Transport {
  /** The parsed answer, which is taken for what it should be. */
  readonly json: <A>(path: string, body: object) => Promise<A>
  /** The body of the answer. */
  readonly bytes: (path: string, body: object) => Promise<AsyncIterable<Uint8Array>>
}

interface ChatAnswer {
  readonly message: { readonly content: ReadonlyArray<{ readonly text: string }> }
}

/** An event of a streamed chat that has text. */
export interface ChatEvent {
  readonly type: string
  readonly delta: { readonly message: { readonly content: { readonly text: string } } }
}

interface EmbedAnswer {
  readonly embeddings: { readonly float: Rows; readonly int8: Rows; readonly base64: ReadonlyArray<string> }
}

interface RerankAnswer {
  readonly results: ReadonlyArray<{ readonly index: number; readonly relevance_score: number }>
}

/** The texts of server-sent events. Expects what this server sends: LF, one line of data in each event. */
const readEvents = async (bytes: AsyncIterable<Uint8Array>, piece: (text: string) => boolean): Promise<void> => {
  const decoder = new TextDecoder()
  let rest = ""
  for await (const chunk of bytes) {
    const text = rest + decoder.decode(chunk, { stream: true })
    let start = 0
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n", start)) {
      const data = text.slice(text.indexOf("data: ", start) + "data: ".length, end)
      start = end + 2
      // Read on: a body that has been read to its end leaves its connection to the next call.
      if (data === "[DONE]") continue
      const event = JSON.parse(data) as ChatEvent
      if (event.type === "content-delta" && !piece(event.delta.message.content.text)) return
    }
    rest = text.slice(start)
  }
}

export const operations = ({ bytes, json }: Transport): Operations => {
  const embed = async (type: "float" | "int8" | "base64", job: Workload, texts?: ReadonlyArray<string>) =>
    (await json<EmbedAnswer>("/v2/embed", embedRequest(type, job, texts))).embeddings
  const stream = streams(async (piece) => readEvents(await bytes("/v2/chat", { ...chatRequest, stream: true }), piece))
  return {
    chat: many(async () => (await json<ChatAnswer>("/v2/chat", chatRequest)).message.content[0]?.text ?? ""),
    events: stream,
    text: stream,
    embedFloat: many(async (job) => (await embed("float", job)).float),
    embedInt8: many(async (job) => (await embed("int8", job)).int8),
    embedBase64: many(async (job) => (await embed("base64", job)).base64.map(floats)),
    rerank: many(async () =>
      (await json<RerankAnswer>("/v2/rerank", rerankRequest)).results.map(({ index, relevance_score }) => ({
        index,
        score: relevance_score
      }))
    ),
    bulk: many((job) =>
      pooled(bulkTexts(job), job.concurrency, async (texts) => (await embed("float", job, texts)).float)
    ),
    bulkBase64: many((job) =>
      pooled(bulkTexts(job), job.concurrency, async (texts) => (await embed("base64", job, texts)).base64.map(floats))
    )
  }
}
