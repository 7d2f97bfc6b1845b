/**
 * Checks the library against recorded traffic: `tsx test/recorded/check.ts <recordings.jsonl.gz>`.
 *
 * Each line of the file is one exchange: `operation`, `status`, `requestBody`, `query`, `path`, `responseHeaders`,
 * `responseBody` with `responseBodyEncoding` (`json` or `text`), and `responseRaw` where the exact text differs. Every
 * request must be accepted as it was sent, every answer must come back unchanged, every stream must give the same
 * events however it is cut, and every refusal must become the right error.
 */
import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as Endpoint from "@effect-cohere/core/Endpoint"
import * as Endpoints from "@effect-cohere/core/Endpoints"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as V2 from "@effect-cohere/core/V2"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import assert from "node:assert/strict"
import fs from "node:fs"
import zlib from "node:zlib"

interface Recording {
  readonly id: string
  readonly operation: string
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

/** A client that gets this answer, in pieces of this size, whatever it asks. */
const answering = (recording: Recording, size: number, seen: Array<string>) =>
  CohereClient.layer.pipe(
    Layer.provide(Deployment.layerPlatform),
    Layer.provide(Credentials.layerNone),
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(Layer.succeed(
      FetchHttpClient.Fetch,
      ((_: unknown, init?: RequestInit) => {
        const sent = init?.body
        seen.push(sent instanceof Uint8Array ? new TextDecoder().decode(sent) : "")
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

const plausible: Record<string, Record<string, unknown>> = {
  "v2.chat": { model: "m", messages: [{ role: "user", content: "hi" }] },
  "v2.chatStream": { model: "m", messages: [{ role: "user", content: "hi" }] },
  "v2.embed": { model: "m", input_type: "search_query", texts: ["hi"] },
  "v2.rerank": { model: "m", query: "q", documents: ["d"] }
}

/** The events of a stream, read as simply as possible. */
const naiveEvents = (body: string): Array<unknown> =>
  body.split("\n").filter((line) => line.startsWith("data:") && line.slice(5).trim() !== "[DONE]").map((line) =>
    JSON.parse(line.slice(5))
  )

const figures: Record<string, number> = {}
const count = (what: string) => {
  figures[what] = (figures[what] ?? 0) + 1
}
const problems: Array<string> = []

for (const recording of recordings) {
  const endpoint = Endpoints.all.find((one) => one.id === recording.operation)
  if (endpoint === undefined) {
    count(`left out: ${recording.operation}`)
    continue
  }
  const recordedRequest = requestOf(recording)
  try {
    const run = <A, E>(
      effect: Effect.Effect<A, E, CohereClient.CohereClient>,
      size: number,
      seen: Array<string> = []
    ) => Effect.runPromise(Effect.either(effect).pipe(Effect.provide(answering(recording, size, seen))))

    // Any request goes to any operation here: the types of a union of endpoints cannot say which.
    const call = (request: unknown) =>
      endpoint.kind === "unary"
        ? (Endpoint.call(endpoint as typeof V2.chatEndpoint)(request as V2.ChatRequest) as Effect.Effect<
          unknown,
          { readonly _tag: string },
          CohereClient.CohereClient
        >)
        : Stream.runCollect(V2.chatStream(request as V2.ChatRequest)).pipe(Effect.map((events) => [...events]))

    const seen: Array<string> = []
    let result = await run(call(recordedRequest), 1024, seen)
    let request: unknown = recordedRequest
    if (result._tag === "Left" && result.left._tag === "InvalidRequest" && seen.length === 0) {
      if (recording.status === 200 && Object.keys(recordedRequest).length > 0) {
        count(`${recording.operation}: accepted by the server, refused here`)
        problems.push(`${recording.id}: ${String(result.left)}`)
      }
      request = plausible[recording.operation]
      result = await run(call(request), 1024)
    } else if (recording.requestBody !== undefined && endpoint.method === "POST") {
      const sent = JSON.parse(seen[0] ?? "null") as Record<string, unknown>
      assert.deepEqual(sent, { ...recordedRequest, ...endpoint.constants })
      count(`${recording.operation}: request sent as recorded`)
    }

    if (recording.status !== 200) {
      assert(result._tag === "Left", "a refusal must fail")
      count(`${recording.operation} ${recording.status} -> ${result.left._tag}`)
      continue
    }
    assert(result._tag === "Right", `failed: ${result._tag === "Left" ? String(result.left) : ""}`)

    if (endpoint.kind === "unary") {
      assert.equal(JSON.stringify(result.right), JSON.stringify(JSON.parse(bodyOf(recording))))
      count(`${recording.operation}: unchanged`)
    } else {
      const expected = naiveEvents(bodyOf(recording))
      for (const size of [1, 7, 1024, 1 << 20]) {
        const events = await run(call(request), size)
        assert(events._tag === "Right")
        assert.deepEqual(events.right, expected)
      }
      const collected = await run(ChatStream.collect(V2.chatStream(request as V2.ChatRequest)), 7)
      count(
        `${recording.operation}: unchanged; folds to ${
          collected._tag === "Right" ? collected.right.finish_reason : collected.left._tag
        }`
      )
    }
  } catch (error) {
    count(`${recording.operation}: FAILED`)
    problems.push(`${recording.id}: ${error instanceof Error ? error.message.slice(0, 500) : String(error)}`)
  }
}

for (const [what, n] of Object.entries(figures).sort(([a], [b]) => a.localeCompare(b))) {
  console.log(String(n).padStart(5), what)
}
for (const problem of problems) console.log(problem)
process.exitCode = problems.length === 0 ? 0 : 1
