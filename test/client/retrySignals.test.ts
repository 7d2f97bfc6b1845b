/** What a server says of another attempt, what is told of retries, and where the policy comes from. */
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as CohereError from "@effect-cohere/core/CohereError"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import type * as Tracer from "effect/Tracer"
import * as Transport from "../support/transport.ts"
import { chat, chatReply, delays, over, settle, settledError } from "./support/samples.ts"
import * as Spans from "./support/spans.ts"

const says = (status: number, shouldRetry: string): Transport.Reply => ({
  status,
  headers: { "x-should-retry": shouldRetry },
  body: "{}"
})

describe("x-should-retry", () => {
  const rows: ReadonlyArray<readonly [number, string, number]> = [
    [500, "false", 1],
    [503, "false", 1],
    [429, "false", 1],
    [400, "true", 3],
    [409, "true", 3],
    [501, "true", 3],
    [500, "true", 3],
    [500, "maybe", 3],
    [400, "", 1]
  ]
  it.effect.each(rows)("a %i that says %j is sent %i times", ([status, header, expected]) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => says(status, header))
      const error = yield* settledError(chat.pipe(over(transport)))
      assert.lengthOf(transport.requests, expected)
      assert.strictEqual(error.attempts, expected)
      assert.strictEqual(error.isRetryable, expected > 1)
    }))

  it.effect("lets a creation be repeated that failed otherwise", () =>
    Effect.gen(function*() {
      const create = EmbedJobs.create({ model: "m", dataset_id: "d", input_type: "clustering" })
      const counts = yield* Effect.forEach(["true", "", "false"], (header) => {
        const transport = Transport.make(() => says(500, header))
        return Effect.map(settledError(create.pipe(over(transport))), () => transport.requests.length)
      })
      assert.deepStrictEqual(counts, [3, 1, 1])
    }))
})

describe("the delays of a call", () => {
  const flaky: Transport.Respond = (_, attempt) =>
    attempt <= 2 ? { status: 429, headers: { "retry-after": String(attempt) } } : { status: 400, body: "{}" }

  it.effect("stand on its error, and come back from its JSON", () =>
    Effect.gen(function*() {
      const error = yield* settledError(chat.pipe(over(flaky)))
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.deepStrictEqual(error.delays?.map(Duration.toMillis), [1_000, 2_000])
      const json = Schema.encodeSync(CohereError.CohereError)(error)
      assert.deepStrictEqual(json.delays, [1_000, 2_000])
      assert.deepStrictEqual(Schema.decodeSync(CohereError.CohereError)(json).delays?.map(Duration.toMillis), [
        1_000,
        2_000
      ])
    }))

  it.effect("are absent where there was none", () =>
    Effect.gen(function*() {
      const error = yield* settledError(chat.pipe(over(() => ({ status: 400 }))))
      assert.isUndefined(error.delays)
    }))

  it.effect("are heard of before they pass, each with its reason", () =>
    Effect.gen(function*() {
      const heard: Array<RetryPolicy.Retry> = []
      const transport = Transport.make(flaky)
      yield* settledError(chat.pipe(
        RetryPolicy.onRetry((retry) => Effect.sync(() => heard.push(retry))),
        over(transport)
      ))
      assert.deepStrictEqual(
        heard.map(({ attempts, delay, endpoint, error }) => [endpoint, attempts, error._tag, Duration.toMillis(delay)]),
        [["v2.chat", 1, "RateLimited", 1_000], ["v2.chat", 2, "RateLimited", 2_000]]
      )
      assert.deepStrictEqual(delays(transport.requests), [1_000, 2_000])
    }))

  it.effect("and the attempts stand on its span", () =>
    Effect.gen(function*() {
      const spans: Array<Tracer.Span> = []
      const noted = RetryPolicy.onRetry(() => Effect.ignore(Effect.map(Effect.currentSpan, (span) => spans.push(span))))
      // Where nobody has provided a tracer, spans say next to nothing.
      const { tracer } = Spans.make()
      yield* Effect.withTracer(settledError(chat.pipe(noted, over(flaky))), tracer)
      assert.strictEqual(spans[0]?.name, "v2.chat")
      assert.strictEqual(spans[0]?.attributes.get("cohere.attempts"), 3)
      assert.deepStrictEqual(spans[0]?.attributes.get("cohere.retry.delays"), [1, 2])
    }))
})

describe("a policy from Config", () => {
  const retriesOf = (variables: Record<string, string>) =>
    Effect.gen(function*() {
      let sent = 0
      const layer = CohereClient.layerConfig().pipe(
        Layer.provide(RetryPolicy.layerConfig()),
        Layer.provide(Transport.make(() => (sent++, { status: 500 })).layer),
        Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(
          new Map(Object.entries({ CO_API_KEY: "k", ...variables }))
        )))
      )
      const exit = yield* settle(Effect.exit(chat).pipe(Effect.provide(layer)))
      return Exit.isSuccess(exit) ? sent - 1 : String(exit)
    })

  it.effect.each([[{}, 2], [{ CO_MAX_RETRIES: "0" }, 0], [{ CO_MAX_RETRIES: "5" }, 5]] as const)(
    "%j retries %i times",
    ([variables, expected]) => Effect.map(retriesOf(variables), (retries) => assert.strictEqual(retries, expected))
  )

  it.effect.each(["-1", "many", "1.5"])(
    "%s is refused, by the name of the variable",
    (CO_MAX_RETRIES) =>
      Effect.map(retriesOf({ CO_MAX_RETRIES }), (failure) => {
        assert.isString(failure)
        assert.match(String(failure), /CO_MAX_RETRIES/)
      })
  )
})

describe("what Cohere warns about", () => {
  const warning = "unknown field: parameter return_prompt is not a valid field"

  it.effect("is logged once, with the operation", () =>
    Effect.gen(function*() {
      const lines: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => void lines.push(`${logLevel.label} ${String(message)}`))
      const respond: Transport.Respond = (_, attempt) => ({
        ...chatReply,
        headers: { ...chatReply.headers, "x-api-warning": attempt === 3 ? "another" : warning }
      })
      yield* Effect.all([chat, chat, chat, chat]).pipe(
        over(respond),
        Effect.provide(Logger.replace(Logger.defaultLogger, logger))
      )
      assert.deepStrictEqual(lines, [`WARN v2.chat: ${warning}`, "WARN v2.chat: another"])
    }))
})

describe("a body without end", () => {
  it.effect("is UnexpectedResponse once it is longer than 256 MiB, and read no further", () =>
    Effect.gen(function*() {
      const piece = new Uint8Array(8 * 1024 * 1024).fill(32)
      let read = 0
      const transport = Transport.make(() => ({
        headers: { "content-type": "application/json" },
        body: Array.from({ length: 64 }, () => Effect.sync(() => (read++, piece)))
      }))
      const error = yield* Effect.flip(Datasets.get({ id: "d" }).pipe(over(transport)))
      assert.strictEqual(error._tag, "UnexpectedResponse")
      assert.match(error.message, /longer than 256 MiB/)
      assert.isAtMost(read, 34)
      assert.strictEqual(transport.requests[0]?.response, "cancelled")
    }), 60_000)

  it.effect("of less passes, whether it says its length or not", () =>
    Effect.gen(function*() {
      const json = JSON.stringify({ dataset: { id: "d", schema: "x".repeat(20 * 1024 * 1024) } })
      for (const headers of [{}, { "content-length": String(json.length) }]) {
        const { dataset } = yield* Datasets.get({ id: "d" }).pipe(over(() => ({ headers, body: json })))
        assert.strictEqual(dataset.schema?.length, 20 * 1024 * 1024)
      }
    }))
})
