/**
 * Checks the library against recorded traffic: `tsx test/recorded/check.ts <recordings.jsonl.gz>`.
 *
 * Each line of the file is one exchange: `operation`, `method`, `path`, `query`, `requestBody`, `status`,
 * `responseHeaders`, `responseBody` with `responseBodyEncoding` (`json` or `text`), and `responseRaw` where the exact
 * text differs. Every request must be accepted as it was sent, every answer must come back unchanged, every stream must
 * give the same events however it is cut, and add up to what its last event says, and every refusal must become the
 * right error.
 */
import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as ChatStreamV1 from "@effect-cohere/core/ChatStreamV1"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import type { CohereError } from "@effect-cohere/core/CohereError"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as Endpoint from "@effect-cohere/core/Endpoint"
import * as Endpoints from "@effect-cohere/core/Endpoints"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import assert from "node:assert/strict"
import fs from "node:fs"
import zlib from "node:zlib"

interface Recording {
  readonly id: string
  readonly operation: string
  readonly method: string
  readonly status: number
  readonly path: string
  readonly query: string
  readonly requestBody?: Record<string, unknown>
  readonly responseHeaders: Record<string, string>
  readonly responseBody: unknown
  readonly responseBodyEncoding: "json" | "text"
  readonly responseRaw?: string
}

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error("usage: tsx test/recorded/check.ts <recordings.jsonl.gz>")

const recordings = zlib.gunzipSync(fs.readFileSync(file)).toString("utf8").trim().split("\n").map((line) =>
  JSON.parse(line) as Recording
)

const bodyOf = (recording: Recording): string =>
  recording.responseBodyEncoding === "text"
    ? String(recording.responseBody)
    : recording.responseRaw ?? JSON.stringify(recording.responseBody)

const pieces = (bytes: Uint8Array, size: number) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (let i = 0; i < bytes.length; i += size) controller.enqueue(bytes.slice(i, i + size))
      controller.close()
    }
  })

interface Sent {
  readonly method: string | undefined
  readonly path: string
  readonly body: string
}

/** A client that gets this answer, in pieces of this size, whatever it asks. */
const answering = (recording: Recording, size: number, seen: Array<Sent>) =>
  CohereClient.layer.pipe(
    Layer.provide(Deployment.layerPlatform),
    Layer.provide(Credentials.layerNone),
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(Layer.succeed(
      FetchHttpClient.Fetch,
      ((url: string | URL, init?: RequestInit) => {
        const sent = init?.body
        seen.push({
          method: init?.method,
          path: new URL(url).pathname,
          body: sent instanceof Uint8Array ? new TextDecoder().decode(sent) : ""
        })
        const headers = new Headers(
          Object.entries(recording.responseHeaders).filter(([name]) =>
            !/^(content-encoding|content-length|transfer)/i.test(name)
          )
        )
        return Promise.resolve(
          new Response(pieces(new TextEncoder().encode(bodyOf(recording)), size), { status: recording.status, headers })
        )
      }) as typeof fetch
    )),
    Layer.provide(RetryPolicy.layer(RetryPolicy.none)),
    Layer.orDie
  )

const requestOf = (recording: Recording): Record<string, unknown> => {
  switch (recording.operation) {
    case "models.get":
      return { model: decodeURIComponent(recording.path.split("/").at(-1) ?? "") }
    case "models.list": {
      const query = Object.fromEntries(new URLSearchParams(recording.query))
      return { ...query, ...("default_only" in query ? { default_only: query["default_only"] === "true" } : {}) }
    }
    default: {
      const { stream: _, ...request } = recording.requestBody ?? {}
      // Some clients write `null` for what was not set; this one leaves it out.
      return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== null))
    }
  }
}

/** The ids of operations that the recordings call otherwise. */
const ids: Readonly<Record<string, Endpoints.Id>> = { tokenize: "tokens.tokenize" }

/** Valid requests, for answers to requests that are unknown or that this library would not have sent. */
const plausible: Readonly<Record<string, unknown>> = {
  "v1.chatStream": { model: "m", message: "hi" },
  "v2.chat": { model: "m", messages: [{ role: "user", content: "hi" }] },
  "v2.chatStream": { model: "m", messages: [{ role: "user", content: "hi" }] },
  "v2.embed": { model: "m", input_type: "search_query", texts: ["hi"] },
  "v2.rerank": { model: "m", query: "q", documents: ["d"] }
}

/** What the API's reference says that a refusal is. */
const refusals = (status: number, body: unknown): ReadonlyArray<CohereError["_tag"]> => {
  const text = JSON.stringify(body)
  switch (status) {
    case 400:
      return [/too many tokens/i.test(text) ? "TooManyTokens" : "InvalidRequest"]
    case 404:
      return ["NotFound"]
    case 422:
      return [/NO_VALID_RESPONSE_GENERATED|INVALID_TOOL_GENERATION/.test(text) ? "NoValidGeneration" : "InvalidRequest"]
    default:
      return []
  }
}

/** The events of a stream, read as simply as possible. */
const naiveEvents = (recording: Recording): ReadonlyArray<object> => {
  const lines = bodyOf(recording).split("\n").filter((line) => line !== "")
  return recording.responseHeaders["content-type"] === "text/event-stream"
    ? lines.filter((line) => line.startsWith("data:") && line.slice(5).trim() !== "[DONE]").map((line) =>
      JSON.parse(line.slice(5))
    )
    : lines.map((line) => JSON.parse(line))
}

type Called<A> = Effect.Effect<A, CohereError, CohereClient.CohereClient>

/** The one value that an operation answers, or all events of its stream. */
const call = (endpoint: Endpoints.All, request: unknown): Called<unknown> =>
  // The recording says which operation the request is for; the types of a union of endpoints cannot.
  endpoint.kind === "unary"
    ? Endpoint.call(endpoint as unknown as Endpoint.Unary<string, unknown, unknown, CohereError>)(request)
    : Stream.runCollect(
      Endpoint.stream(endpoint as unknown as Endpoint.Streaming<string, unknown, unknown, CohereError>)(request)
    ).pipe(Effect.map((events) => [...events]))

/** How a fold of a stream ends: with a finish reason, or with an error. Fails if it is not what the stream says. */
const folds: Readonly<
  Record<string, (events: ReadonlyArray<object>, request: unknown) => Called<string | null | undefined>>
> = {
  "v2.chatStream": (_, request) =>
    Effect.map(ChatStream.collect(V2.chatStream(request as V2.ChatRequest)), (response) => response.finish_reason),
  "v1.chatStream": (recorded, request) =>
    Effect.map(ChatStreamV1.collect(V1.chatStream(request as V1.ChatRequest)), (response) => {
      // These have just been compared with what the stream of events gives.
      const events = recorded as ReadonlyArray<V1.ChatStreamEvent>
      const end = events.at(-1)
      assert(end?.event_type === "stream-end" && end.response != null)
      assert.equal(
        JSON.stringify(response),
        JSON.stringify({ ...end.response, finish_reason: end.response.finish_reason ?? end.finish_reason })
      )
      // The events before the last one say the same, of what they say at all; but for documents that nothing cites.
      const before = ChatStreamV1.toResponse(events.slice(0, -1).reduce(ChatStreamV1.reduce, ChatStreamV1.empty))
      const cited = JSON.stringify(end.response.documents ?? [])
      const documents = before.documents?.filter((document) => cited.includes(JSON.stringify(document))) ?? []
      const onlyAtTheEnd = ["chat_history", "finish_reason", "is_search_required", "meta", "response_id", "token_count"]
      const said = Object.entries(end.response).filter(([name]) => !onlyAtTheEnd.includes(name))
      assert.deepEqual({ ...before, documents }, { documents: [], ...Object.fromEntries(said) })
      return response.finish_reason
    })
}

const figures: Record<string, number> = {}
const count = (what: string) => {
  figures[what] = (figures[what] ?? 0) + 1
}
const problems: Array<string> = []

for (const recording of recordings) {
  const id = ids[recording.operation] ?? recording.operation
  const endpoint = Endpoints.all.find((one) => one.id === id)
  if (endpoint === undefined) {
    count(`${id}: LEFT OUT`)
    problems.push(`${recording.id}: no such operation`)
    continue
  }
  const recordedRequest = requestOf(recording)
  try {
    const run = <A>(effect: Called<A>, size: number, seen: Array<Sent> = []) =>
      Effect.runPromise(Effect.either(effect).pipe(Effect.provide(answering(recording, size, seen))))

    const seen: Array<Sent> = []
    let result = await run(call(endpoint, recordedRequest), 1024, seen)
    let request: unknown = recordedRequest
    if (result._tag === "Left" && result.left._tag === "InvalidRequest" && seen.length === 0) {
      if (Object.keys(recordedRequest).length === 0) {
        count(`${id}: request unknown`)
      } else {
        count(`${id}: request refused here, by the server with ${recording.status}`)
        if (recording.status === 200) problems.push(`${recording.id}: ${String(result.left)}`)
      }
      request = plausible[id]
      result = await run(call(endpoint, request), 1024)
    } else {
      const [{ body, method, path } = assert.fail("nothing was sent")] = seen
      assert.deepEqual([method, path], [recording.method, recording.path])
      if (body !== "") assert.deepEqual(JSON.parse(body), { ...recordedRequest, ...endpoint.constants })
      count(`${id}: request sent as recorded`)
    }

    if (recording.status !== 200) {
      assert(result._tag === "Left", "a refusal must fail")
      assert.deepEqual([result.left._tag], refusals(recording.status, recording.responseBody))
      count(`${id}: ${recording.status} -> ${result.left._tag}`)
      continue
    }
    assert(result._tag === "Right", `failed: ${result._tag === "Left" ? String(result.left) : ""}`)

    if (endpoint.kind === "unary") {
      assert.equal(JSON.stringify(result.right), JSON.stringify(JSON.parse(bodyOf(recording))))
      count(`${id}: answer unchanged`)
    } else {
      const expected = naiveEvents(recording)
      for (const size of [1, 7, 1024, 1 << 20]) {
        const again: Either.Either<unknown, CohereError> = await run(call(endpoint, request), size)
        assert(again._tag === "Right")
        assert.equal(JSON.stringify(again.right), JSON.stringify(expected))
      }
      const fold = folds[id]
      assert(fold !== undefined, "there is no fold")
      const reason = await run(fold(expected, request), 7)
      count(`${id}: events unchanged, fold to ${reason._tag === "Right" ? reason.right : reason.left._tag}`)
    }
  } catch (error) {
    count(`${id}: FAILED`)
    problems.push(`${recording.id}: ${error instanceof Error ? error.message.slice(0, 500) : String(error)}`)
  }
}

console.log(`${recordings.length} recordings`)
for (const [what, n] of Object.entries(figures).sort(([a], [b]) => a.localeCompare(b))) {
  console.log(String(n).padStart(5), what)
}
for (const problem of problems) console.log(problem)
process.exitCode = problems.length === 0 ? 0 : 1
