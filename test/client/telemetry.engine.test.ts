/** What spans and metrics hold once calls run, seen as an exporter sees them. */
import * as Chat from "@effect-cohere/core/Chat"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as Models from "@effect-cohere/core/Models"
import * as RateLimits from "@effect-cohere/core/RateLimits"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Telemetry from "@effect-cohere/core/Telemetry"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as MetricState from "effect/MetricState"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Transport from "../support/transport.ts"
import {
  chat,
  chatAnswer,
  chatReply,
  chatRequest,
  embed,
  embedAnswer,
  getModel,
  modelAnswer,
  over,
  rerank,
  rerankAnswer,
  settle
} from "./support/samples.ts"
import { type Shown, tracer as sink } from "./support/sinks.ts"
import * as Spans from "./support/spans.ts"

const events: ReadonlyArray<object> = [
  { type: "message-start", id: chatAnswer.id, delta: { message: { role: "assistant" } } },
  { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
  { type: "content-delta", index: 0, delta: { message: { content: { text: "The Seine." } } } },
  { type: "content-end", index: 0 },
  { type: "message-end", delta: { finish_reason: "COMPLETE", usage: chatAnswer.usage } }
]

const sse = (event: object): string => `data: ${JSON.stringify(event)}\n\n`

const streamReply: Transport.Reply = {
  headers: { "content-type": "text/event-stream", "x-debug-trace-id": "trace-2" },
  body: events.map(sse)
}

const chatStream = V2.chatStream(chatRequest)

/** Every second, three times at most. */
const everySecond = RetryPolicy.with(Schedule.intersect(Schedule.spaced("1 second"), Schedule.recurs(3)))

/** The spans of calls: not those of the HTTP client below. */
const traced = <A, E, R>(call: Effect.Effect<A, E, R>, sampled = true) =>
  Effect.gen(function*() {
    const { spans, tracer } = Spans.make(sampled)
    const exit = yield* settle(Effect.withTracer(call, tracer))
    const own = spans.filter(({ name }) => !name.startsWith("http"))
    return { exit, spans: own, span: own[0] ?? assert.fail("there is no span") }
  })

let runs = 0

/** What a call has recorded: for each metric and its tags, how many values and their sum. */
const measured = <A, E, R>(call: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const run = String(++runs)
    const exit = yield* settle(Effect.tagMetrics(call, "run", run))
    const all = (yield* Metric.snapshot)
      // Effect counts fibers by itself.
      .filter(({ metricKey }) => !metricKey.name.startsWith("effect_"))
      .filter(({ metricKey }) => metricKey.tags.some(({ key, value }) => key === "run" && value === run))
      .map(({ metricKey, metricState }) => {
        const tags = Object.fromEntries(metricKey.tags.map(({ key, value }) => [key, value]))
        delete tags["run"]
        return {
          name: metricKey.name,
          tags,
          value: MetricState.isHistogramState(metricState)
            ? { count: metricState.count, sum: metricState.sum }
            : MetricState.isCounterState(metricState)
            ? metricState.count
            : assert.fail("neither a histogram nor a counter")
        }
      })
    return { exit, of: (name: string) => all.filter((metric) => metric.name === name), all }
  })

const chatTags = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "cohere",
  "gen_ai.request.model": "command-a-03-2025"
}

describe("the span of a call", () => {
  it.effect("has request, answer, server and attempts", () =>
    Effect.gen(function*() {
      const reply = Transport.json(chatAnswer, {
        headers: { "x-debug-trace-id": "trace-1", "x-api-warning": "the model is deprecated" }
      })
      const { span, spans } = yield* traced(chat.pipe(over(() => reply)))
      assert.lengthOf(spans, 1)
      assert.strictEqual(span.name, "v2.chat")
      assert.strictEqual(span.kind, "client")
      assert.deepStrictEqual(span.attributes, {
        ...Telemetry.requestAttributes(V2.chatEndpoint, chatRequest),
        ...Telemetry.responseAttributes(V2.chatEndpoint, chatAnswer),
        "server.address": "api.cohere.com",
        "server.port": 443,
        "cohere.attempts": 1,
        "cohere.request.id": "trace-1",
        "cohere.warning": "the model is deprecated"
      })
      assert.notInclude(span.events.map(({ name }) => name), Telemetry.names.content)
    }))

  it.effect("has from its beginning what samplers decide by", () =>
    Effect.gen(function*() {
      const { span } = yield* traced(Stream.runDrain(chatStream).pipe(over(() => streamReply)))
      assert.deepStrictEqual(span.first, {
        ...chatTags,
        "gen_ai.system": "cohere",
        "gen_ai.request.stream": true
      })
    }))

  it.effect("has the port of an address of one's own, and nothing else of it", () =>
    Effect.gen(function*() {
      const { span } = yield* traced(
        chat.pipe(over(() => chatReply, { baseUrl: "http://gateway.example.com:8080/secret-path" }))
      )
      assert.deepInclude(span.attributes, { "server.address": "gateway.example.com", "server.port": 8080 })
      assert.notInclude(JSON.stringify(span.attributes), "secret-path")
    }))

  it.effect("of every operation has its units", () =>
    Effect.gen(function*() {
      const call = Effect.all([embed, rerank, getModel]).pipe(
        over(({ url }) =>
          Transport.json(url.endsWith("embed") ? embedAnswer : url.endsWith("rerank") ? rerankAnswer : modelAnswer)
        )
      )
      const { spans } = yield* traced(call)
      assert.deepStrictEqual(
        spans.map(({ attributes, name }) => [
          name,
          attributes["gen_ai.operation.name"],
          attributes["gen_ai.request.model"],
          attributes["cohere.billed_units.input_tokens"],
          attributes["cohere.billed_units.search_units"]
        ]),
        [
          ["v2.embed", "embeddings", "embed-v4.0", 5, undefined],
          ["v2.rerank", "rerank", "rerank-v4.0-fast", undefined, 1],
          ["models.get", "models.get", undefined, undefined, undefined]
        ]
      )
    }))

  it.effect("counts attempts, and says how long was waited before each retry", () =>
    Effect.gen(function*() {
      const { span } = yield* traced(
        chat.pipe(everySecond, over((_, attempt) => attempt < 3 ? { status: 503 } : chatReply))
      )
      assert.deepInclude(span.attributes, { "cohere.attempts": 3, "cohere.retry.delays": [1, 1] })
      assert.notProperty(span.attributes, "error.type")
    }))

  it.effect("says how long the call waited for its turn, if it had to", () =>
    Effect.gen(function*() {
      const limits = yield* RateLimits.make([{ endpoints: ["*"], requests: 1 }])
      const { spans } = yield* traced(
        Effect.zipRight(chat, chat).pipe(RateLimits.with(limits), over(() => chatReply))
      )
      assert.deepStrictEqual(spans.map(({ attributes }) => attributes["cohere.rate_limit.wait"]), [undefined, 60])
    }))

  it.effect("of a failure has our tag, the request id, and the attempts", () =>
    Effect.gen(function*() {
      const { exit, span } = yield* traced(
        chat.pipe(everySecond, over(() => ({ status: 503, headers: { "x-debug-trace-id": "trace-9" } })))
      )
      assert.isTrue(Exit.isFailure(exit))
      assert.deepInclude(span.attributes, {
        ...chatTags,
        "error.type": "ServerError",
        "cohere.request.id": "trace-9",
        "cohere.attempts": 4,
        "cohere.retry.delays": [1, 1, 1],
        "server.address": "api.cohere.com"
      })
      assert.notProperty(span.attributes, "gen_ai.response.id")
    }))

  it.effect("of a request that was never sent has no attempts and no server", () =>
    Effect.gen(function*() {
      const { span } = yield* traced(V2.chat({ ...chatRequest, messages: [] }).pipe(over(() => chatReply)))
      assert.deepInclude(span.attributes, { "error.type": "InvalidRequest", "cohere.attempts": 0 })
      assert.notProperty(span.attributes, "server.address")
    }))

  it.effect("of a deadline and of a broken connection says which it was", () =>
    Effect.gen(function*() {
      const late = yield* traced(
        chat.pipe(
          Timeouts.with({ attempt: "1 second" }),
          RetryPolicy.with(RetryPolicy.none),
          over(() => ({ body: [], then: "hang" }))
        )
      )
      assert.strictEqual(late.span.attributes["error.type"], "RequestTimeout")
      const broken = yield* traced(
        chat.pipe(RetryPolicy.with(RetryPolicy.none), over(() => ({ fail: "ECONNREFUSED" })))
      )
      assert.strictEqual(broken.span.attributes["error.type"], "ConnectionFailed")
    }))

  it.effect("of an interrupted call says so, with what was known", () =>
    Effect.gen(function*() {
      const { spans, tracer } = Spans.make()
      const fiber = yield* chat.pipe(over(() => ({ body: [], then: "hang" })), Effect.withTracer(tracer), Effect.fork)
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      const span = spans.find(({ name }) => name === "v2.chat")
      assert.deepInclude({ ...span?.attributes }, { "error.type": "Interrupted", "cohere.attempts": 1 })
    }))

  it.effect("is told nothing where it is not recorded", () =>
    Effect.gen(function*() {
      const call = Effect.zipRight(chat, Stream.runDrain(chatStream)).pipe(
        Telemetry.captureContent(true),
        over((_, attempt) => attempt === 1 ? chatReply : streamReply)
      )
      const { exit, spans } = yield* traced(call, false)
      assert.isTrue(Exit.isSuccess(exit))
      // What samplers decide by is told by Effect itself.
      assert.deepStrictEqual(spans.map(({ first, told }) => told - Object.keys(first).length), [0, 0])
    }))

  it.effect("says what it is of to those who look at it, also where there is no tracer", () =>
    Effect.gen(function*() {
      const seen: Array<Record<string, unknown>> = []
      const look = Effect.map(Effect.currentSpan, ({ attributes }) => seen.push(Object.fromEntries(attributes)))
      yield* Stream.runDrain(chatStream).pipe(
        CohereClient.onResponse(() => Effect.orDie(look)),
        over(() => streamReply)
      )
      assert.deepStrictEqual(seen, [{ ...chatTags, "gen_ai.system": "cohere", "gen_ai.request.stream": true }])
    }))

  it.effect("stays out of the way of requests whose getters throw", () =>
    Effect.gen(function*() {
      const request = {
        messages: [Chat.user("Hi!")],
        get model(): string {
          throw new Error("no model")
        }
      }
      const bare = yield* Effect.exit(V2.chat(request).pipe(over(() => chatReply), Effect.withTracerEnabled(false)))
      const { exit } = yield* traced(V2.chat(request).pipe(over(() => chatReply)))
      assert.strictEqual(exit._tag, bare._tag)
    }))
})

describe("the span of a stream", () => {
  it.effect("has what the events said, once all have come", () =>
    Effect.gen(function*() {
      const { span, spans } = yield* traced(Stream.runDrain(chatStream).pipe(over(() => streamReply)))
      assert.lengthOf(spans, 1)
      assert.deepStrictEqual(span.attributes, {
        ...Telemetry.requestAttributes(V2.chatStreamEndpoint, chatRequest),
        ...Telemetry.responseAttributes(V2.chatEndpoint, chatAnswer),
        "gen_ai.response.time_to_first_chunk": 0,
        "server.address": "api.cohere.com",
        "server.port": 443,
        "cohere.attempts": 1,
        "cohere.request.id": "trace-2"
      })
      assert.isTrue(span.exit !== undefined && Exit.isSuccess(span.exit))
    }))

  it.effect("of v1 has what its last event said", () =>
    Effect.gen(function*() {
      const response = { text: "Hi!", generation_id: "g-1", finish_reason: "COMPLETE", meta: chatAnswer.usage }
      const body = [
        { event_type: "stream-start", generation_id: "g-1" },
        { event_type: "text-generation", text: "Hi!" },
        { event_type: "stream-end", finish_reason: "COMPLETE", response }
      ].map((event) => `${JSON.stringify(event)}\n`)
      const { span } = yield* traced(
        Stream.runDrain(V1.chatStream({ message: "Hi!" })).pipe(
          over(() => ({ headers: { "content-type": "application/stream+json" }, body }))
        )
      )
      assert.deepInclude(span.attributes, Telemetry.responseAttributes(V1.chatEndpoint, response))
    }))

  it.effect("says how long the first event took, with the attempts before it", () =>
    Effect.gen(function*() {
      const slow: Transport.Reply = {
        ...streamReply,
        body: [Effect.as(Effect.sleep("2 seconds"), sse(events[0] ?? {})), ...events.slice(1).map(sse)],
        delay: "5 seconds"
      }
      const { span } = yield* traced(
        Stream.runDrain(chatStream).pipe(everySecond, over((_, attempt) => attempt === 1 ? { status: 503 } : slow))
      )
      assert.deepInclude(span.attributes, {
        "gen_ai.response.time_to_first_chunk": 3,
        "cohere.attempts": 2,
        "cohere.retry.delays": [1]
      })
    }))

  it.effect("of which only the beginning is read has what came, and is no failure", () =>
    Effect.gen(function*() {
      const { span } = yield* traced(
        Stream.runDrain(Stream.take(chatStream, 1)).pipe(over(() => ({
          ...streamReply,
          then: "hang"
        })))
      )
      assert.strictEqual(span.attributes["gen_ai.response.id"], chatAnswer.id)
      assert.strictEqual(span.attributes["gen_ai.response.time_to_first_chunk"], 0)
      assert.notProperty(span.attributes, "gen_ai.response.finish_reasons")
      assert.notProperty(span.attributes, "error.type")
      assert.isDefined(span.exit)
    }))

  it.effect("that breaks after some events has these, and the tag of the failure", () =>
    Effect.gen(function*() {
      const { span } = yield* traced(
        Stream.runDrain(chatStream).pipe(over(() => ({
          ...streamReply,
          body: events.slice(0, 3).map(sse),
          then: "break"
        })))
      )
      assert.deepInclude(span.attributes, {
        "error.type": "StreamInterrupted",
        "gen_ai.response.id": chatAnswer.id,
        "cohere.request.id": "trace-2"
      })
    }))

  it.effect("that ends early is truncated", () =>
    Effect.gen(function*() {
      const { span } = yield* traced(
        Stream.runDrain(chatStream).pipe(over(() => ({ ...streamReply, body: events.slice(0, 3).map(sse) })))
      )
      assert.strictEqual(span.attributes["error.type"], "StreamTruncated")
    }))

  it.effect("is a new one each time that the stream is run", () =>
    Effect.gen(function*() {
      const { spans } = yield* traced(
        Stream.runDrain(chatStream).pipe(
          Effect.repeatN(1),
          over((_, attempt) => ({
            ...streamReply,
            body: [{ type: "message-start", id: `m-${attempt}` }, ...events.slice(1)].map(sse)
          }))
        )
      )
      assert.deepStrictEqual(spans.map(({ attributes }) => attributes["gen_ai.response.id"]), ["m-1", "m-2"])
      assert.deepStrictEqual(spans.map(({ attributes }) => attributes["cohere.attempts"]), [1, 1])
    }))
})

describe("the span of an attempt", () => {
  it.effect("is over with the headers, also of a stream, whose own span lasts until its last event", () =>
    Effect.gen(function*() {
      // A span that begins at 0 is taken for one without times.
      yield* TestClock.adjust("1 second")
      const { spans, tracer } = Spans.make()
      const reply = Effect.delay(Effect.succeed({ ...streamReply, delay: "1 second" } as const), "3 seconds")
      yield* settle(Stream.runDrain(chatStream).pipe(over(() => reply), Effect.withTracer(tracer)))
      assert.deepStrictEqual(spans.map(({ name, took }) => [name, took]), [
        ["v2.chatStream", 7_000_000_000n],
        ["http.client POST", 3_000_000_000n]
      ])
    }))

  it.effect("shows neither keys nor what a server may repeat them in", () =>
    Effect.gen(function*() {
      const { spans, tracer } = Spans.make()
      const headers = { "x-debug-trace-id": "trace-1", "x-api-warning": "deprecated", "x-session-token": "t" }
      yield* settle(chat.pipe(over(() => Transport.json(chatAnswer, { headers })), Effect.withTracer(tracer)))
      const [own, attempt] = spans
      assert.deepInclude(attempt?.attributes, {
        "http.request.header.authorization": "<redacted>",
        "http.response.header.x-debug-trace-id": "<redacted>",
        "http.response.header.x-api-warning": "<redacted>",
        "http.response.header.x-session-token": "<redacted>"
      })
      assert.deepInclude(own?.attributes, { "cohere.request.id": "trace-1", "cohere.warning": "deprecated" })
    }))
})

describe("content", () => {
  const request: V2.ChatRequest = {
    model: "command-a-03-2025",
    messages: [
      Chat.system("Be brief."),
      {
        role: "user",
        content: [
          { type: "text", text: "Is it warm here?" },
          { type: "image_url", image_url: { url: "https://pictures.example.com/a.png?signature=canary-7" } }
        ]
      },
      {
        role: "assistant",
        tool_plan: "I look it up.",
        tool_calls: [{ id: "t-1", type: "function", function: { name: "weather", arguments: "{\"place\":\"Lyon\"}" } }]
      },
      Chat.toolResult("t-1", "{\"celsius\":31}")
    ],
    tools: [{ type: "function", function: { name: "weather", parameters: { type: "object", properties: {} } } }],
    documents: ["Lyon is in France."]
  }

  const contentOf = (span: Spans.Kept) => {
    assert.deepStrictEqual(span.events.map(({ name }) => name), ["gen_ai.client.inference.operation.details"])
    return Object.fromEntries(
      Object.entries(span.events[0]?.attributes ?? {}).map(([name, value]) => [name, JSON.parse(String(value))])
    )
  }

  const answered = [{ role: "assistant", parts: [{ type: "text", content: "The Seine." }], finish_reason: "COMPLETE" }]

  it.effect("is one event in the shape of the conventions, without images, where it is wanted", () =>
    Effect.gen(function*() {
      const { span } = yield* traced(V2.chat(request).pipe(Telemetry.captureContent(true), over(() => chatReply)))
      assert.deepStrictEqual(contentOf(span), {
        "gen_ai.input.messages": [
          { role: "system", parts: [{ type: "text", content: "Be brief." }] },
          { role: "user", parts: [{ type: "text", content: "Is it warm here?" }, { type: "image_url" }] },
          {
            role: "assistant",
            parts: [
              { type: "reasoning", content: "I look it up." },
              { type: "tool_call", id: "t-1", name: "weather", arguments: { place: "Lyon" } }
            ]
          },
          { role: "tool", parts: [{ type: "tool_call_response", id: "t-1", response: "{\"celsius\":31}" }] }
        ],
        "gen_ai.tool.definitions": request.tools,
        "cohere.documents": request.documents,
        "gen_ai.output.messages": answered
      })
    }))

  it.effect("of a stream is that of the same chat unstreamed", () =>
    Effect.gen(function*() {
      const { span } = yield* traced(
        Stream.runDrain(V2.chatStream(request).pipe(Telemetry.captureContent(true))).pipe(over(() => streamReply))
      )
      assert.deepStrictEqual(contentOf(span)["gen_ai.output.messages"], answered)
    }))

  it.effect("of v1 has the same shape", () =>
    Effect.gen(function*() {
      const answer = {
        text: "31 degrees.",
        finish_reason: "COMPLETE",
        tool_calls: [{ name: "weather", parameters: { place: "Nice" } }]
      }
      const { span } = yield* traced(
        V1.chat({
          preamble: "Be brief.",
          chat_history: [{ role: "USER", message: "Hi!" }, { role: "CHATBOT", message: "Hello." }],
          message: "Is it warm?",
          tool_results: [{ call: { name: "weather", parameters: {} }, outputs: [{ celsius: 31 }] }]
        }).pipe(Telemetry.captureContent(true), over(() => Transport.json(answer)))
      )
      assert.deepStrictEqual(contentOf(span), {
        "gen_ai.system_instructions": [{ type: "text", content: "Be brief." }],
        "gen_ai.input.messages": [
          { role: "user", parts: [{ type: "text", content: "Hi!" }] },
          { role: "assistant", parts: [{ type: "text", content: "Hello." }] },
          { role: "user", parts: [{ type: "text", content: "Is it warm?" }] },
          { role: "tool", parts: [{ type: "tool_call_response", name: "weather", response: [{ celsius: 31 }] }] }
        ],
        "gen_ai.output.messages": [{
          role: "assistant",
          parts: [
            { type: "text", content: "31 degrees." },
            { type: "tool_call", name: "weather", arguments: { place: "Nice" } }
          ],
          finish_reason: "COMPLETE"
        }]
      })
    }))

  it.effect("of a failed call is what was sent", () =>
    Effect.gen(function*() {
      const { span } = yield* traced(chat.pipe(Telemetry.captureContent(true), over(() => ({ status: 404 }))))
      assert.hasAllKeys(contentOf(span), ["gen_ai.input.messages"])
    }))

  it.effect("of other operations is not captured", () =>
    Effect.gen(function*() {
      const { span } = yield* traced(
        embed.pipe(Telemetry.captureContent(true), over(() => Transport.json(embedAnswer)))
      )
      assert.lengthOf(span.events, 0)
    }))

  it.effect("is captured for all calls of a client whose layer says so, but for a call that says otherwise", () =>
    Effect.gen(function*() {
      const client = CohereClient.layer.pipe(
        Layer.provide(Telemetry.layerCaptureContent(true)),
        Layer.provide(Deployment.layerPlatform),
        Layer.provide(Credentials.layer("key")),
        Layer.provide(Transport.make(() => chatReply).layer)
      )
      const { spans } = yield* traced(
        Effect.zipRight(chat, chat.pipe(Telemetry.captureContent(false))).pipe(Effect.provide(client))
      )
      assert.deepStrictEqual(spans.map(({ events }) => events.length), [1, 0])
    }))

  it.effect("is seen nowhere else, nor at all unless it is wanted", () =>
    Effect.gen(function*() {
      const shown: Array<Shown> = []
      const call = Effect.zipRight(V2.chat(request), Stream.runDrain(V2.chatStream(request))).pipe(
        over((_, attempt) => attempt === 1 ? chatReply : streamReply),
        Effect.withTracer(sink(shown))
      )
      yield* call
      const marks = /Be brief|warm|look it up|Lyon|celsius|weather|Seine|canary-7/
      assert.isAbove(shown.length, 20)
      assert.deepStrictEqual(shown.filter(({ text }) => marks.test(text)), [])
    }))
})

describe("secrets", () => {
  const key = "canary-key-1f0c9a"

  it.effect("are seen in no span of a call, though the server echoes them in headers, and content is captured", () =>
    Effect.gen(function*() {
      const shown: Array<Shown> = []
      const client = CohereClient.layer.pipe(
        Layer.provide(Telemetry.layerCaptureContent(true)),
        Layer.provide(Deployment.layerPrivate({ baseUrl: "https://cohere.example.com" })),
        Layer.provide(Credentials.layer(key)),
        Layer.provide(
          Transport.make((request, attempt) => ({
            ...(attempt === 1 ? chatReply : attempt === 2 ? streamReply : { status: 404, body: "{}" }),
            headers: {
              "content-type": attempt === 2 ? "text/event-stream" : "application/json",
              "x-debug-trace-id": `id ${request.headers["authorization"]}`,
              "x-api-warning": `do not send ${request.headers["authorization"]}`
            }
          })).layer
        )
      )
      const connector = { id: "c-1", user_access_token: key }
      yield* Effect.all([
        chat,
        Stream.runDrain(chatStream),
        Effect.exit(V1.chat({ message: "Hi!", connectors: [connector] }))
      ]).pipe(Effect.provide(client), Effect.withTracer(sink(shown)))
      // The spans of single attempts are the HTTP client's.
      const own = shown.filter(({ where }) => !where.startsWith("span attribute http."))
      assert.deepStrictEqual(own.filter(({ text }) => text.includes(key)), [])
      assert.lengthOf(shown.filter(({ where }) => where === "span attribute cohere.request.id"), 3)
      assert.lengthOf(shown.filter(({ where }) => where === "span attribute cohere.warning"), 2)
    }))
})

describe("metrics", () => {
  it.effect("of a call are its duration, its billed tokens, and its attempts", () =>
    Effect.gen(function*() {
      const { all } = yield* measured(chat.pipe(over(() => chatReply)))
      assert.sameDeepMembers([...all], [
        {
          name: "gen_ai.client.operation.duration",
          tags: { ...chatTags, unit: "s" },
          value: { count: 1, sum: 0 }
        },
        {
          name: "gen_ai.client.token.usage",
          tags: { ...chatTags, unit: "{token}", "gen_ai.token.type": "input" },
          value: { count: 1, sum: 6 }
        },
        {
          name: "gen_ai.client.token.usage",
          tags: { ...chatTags, unit: "{token}", "gen_ai.token.type": "output" },
          value: { count: 1, sum: 4 }
        },
        { name: "cohere.client.attempts", tags: { ...chatTags, unit: "{attempt}" }, value: 1 }
      ])
    }))

  it.effect("of a stream are the same, and the time to its first event; its duration is that of all its events", () =>
    Effect.gen(function*() {
      const { of } = yield* measured(
        Stream.runDrain(chatStream).pipe(over(() => ({ ...streamReply, delay: "1 second" })))
      )
      assert.deepStrictEqual(of("gen_ai.client.operation.time_to_first_chunk").map(({ value }) => value), [
        { count: 1, sum: 0 }
      ])
      assert.deepStrictEqual(of("gen_ai.client.operation.duration").map(({ value }) => value), [{ count: 1, sum: 4 }])
      assert.sameDeepMembers(of("gen_ai.client.token.usage").map(({ value }) => value), [
        { count: 1, sum: 6 },
        { count: 1, sum: 4 }
      ])
    }))

  it.effect("of retries count these, and their waits belong to the duration", () =>
    Effect.gen(function*() {
      const { of } = yield* measured(
        chat.pipe(everySecond, over((_, attempt) => attempt < 3 ? { status: 503 } : chatReply))
      )
      assert.deepStrictEqual(of("cohere.client.attempts").map(({ value }) => value), [3])
      assert.deepStrictEqual(of("cohere.client.retries").map(({ value }) => value), [2])
      assert.deepStrictEqual(of("gen_ai.client.operation.duration").map(({ value }) => value), [{ count: 1, sum: 2 }])
    }))

  it.effect("of a failure have its tag, and no tokens", () =>
    Effect.gen(function*() {
      const { all, of } = yield* measured(chat.pipe(over(() => ({ status: 404 }))))
      assert.deepStrictEqual(of("gen_ai.client.operation.duration").map(({ tags }) => tags), [
        { ...chatTags, unit: "s", "error.type": "NotFound" }
      ])
      assert.sameMembers(all.map(({ name }) => name), ["gen_ai.client.operation.duration", "cohere.client.attempts"])
    }))

  it.effect("are recorded whether or not spans are", () =>
    Effect.gen(function*() {
      const { of } = yield* measured(chat.pipe(over(() => chatReply), Effect.withTracerEnabled(false)))
      assert.lengthOf(of("gen_ai.client.operation.duration"), 1)
      assert.lengthOf(of("gen_ai.client.token.usage"), 2)
    }))

  it.effect("add up over calls, each model and operation for itself", () =>
    Effect.gen(function*() {
      const { of } = yield* measured(
        Effect.all([chat, chat, Models.get({ model: "a" }), Models.get({ model: "b" })]).pipe(
          over((request) => request.method === "GET" ? Transport.json(modelAnswer) : chatReply)
        )
      )
      assert.sameDeepMembers(
        of("cohere.client.attempts").map(({ tags, value }) => [tags["gen_ai.operation.name"], value]),
        [["chat", 2], ["models.get", 2]]
      )
    }))
})

describe("the trace of a call", () => {
  const headersWith = (layer: Layer.Layer<never>) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => chatReply)
      const client = CohereClient.layer.pipe(
        Layer.provide(Deployment.layerPlatform),
        Layer.provide(Credentials.layerNone),
        Layer.provide(transport.layer),
        Layer.provide(layer)
      )
      yield* chat.pipe(Effect.withSpan("mine"), Effect.provide(client))
      return Object.keys(transport.requests[0]?.headers ?? {}).filter((name) => /^(traceparent|b3)$/.test(name))
    })

  it.effect("stays here, unless it is asked for", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* headersWith(Layer.empty), [])
      assert.deepStrictEqual(yield* headersWith(Telemetry.layerPropagation(false)), [])
      assert.includeMembers(yield* headersWith(Telemetry.layerPropagation(true)), ["traceparent"])
    }))
})
