/** What runs in the page: programs that `browser.check.ts` calls by name, each of which answers with plain data. */
import * as Chat from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import type * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as Embeddings from "@effect-cohere/core/Embeddings"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as V2 from "@effect-cohere/core/V2"
import * as CohereBrowser from "@effect-cohere/platform-browser/CohereBrowser"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

/** What a client needs to know. */
export type Client =
  | { readonly kind: "proxy"; readonly url: string }
  | { readonly kind: "token"; readonly url: string; readonly tokenUrl: string }

/** What happened, as data that can leave the page. */
export type Outcome<A> =
  | { readonly ok: true; readonly value: A }
  | { readonly ok: false; readonly tag: string; readonly status: number | undefined; readonly message: string }

/** The programs. */
export interface Programs {
  readonly chat: (client: Client, question: string, model?: string) => Promise<Outcome<string>>
  /** Each piece of text, and when it came, in milliseconds. */
  readonly stream: (client: Client, question: string) => Promise<Outcome<ReadonlyArray<readonly [string, number]>>>
  /** Interrupts the stream after some pieces; says how many came and how long the interruption took. */
  readonly interrupt: (client: Client, after: number) => Promise<{ readonly pieces: number; readonly took: number }>
  /** Gives a call that is not streamed so much time. */
  readonly wait: (client: Client, millis: number) => Promise<"answered" | "given up">
  readonly embed: (client: Client, text: string) => Promise<Outcome<ReadonlyArray<number>>>
  /** The same of many, in batches of two. */
  readonly embedAll: (
    client: Client,
    texts: ReadonlyArray<string>
  ) => Promise<Outcome<ReadonlyArray<ReadonlyArray<number>>>>
  /** Uploads the file that the user has chosen; says how many rows the server found. */
  readonly upload: (client: Client) => Promise<Outcome<number>>
}

const model = "command-a-03-2025"

const layerOf = (client: Client): Layer.Layer<CohereClient.CohereClient, unknown> =>
  client.kind === "proxy"
    ? CohereBrowser.layerProxy({ baseUrl: client.url })
    : CohereBrowser.layerToken({
      baseUrl: client.url,
      acquire: Effect.promise(() => fetch(client.tokenUrl).then((response) => response.text())).pipe(
        Effect.map((token) => ({ token: Redacted.make(token) }))
      )
    })

interface Failure {
  readonly _tag: string
  readonly status?: number | undefined
  readonly message: string
}

const run = <A>(client: Client, program: Effect.Effect<A, Failure, CohereClient.CohereClient>): Promise<Outcome<A>> =>
  program.pipe(
    Effect.match({
      onFailure: (error): Outcome<A> => ({ ok: false, tag: error._tag, status: error.status, message: error.message }),
      onSuccess: (value): Outcome<A> => ({ ok: true, value })
    }),
    // A span around it: would its trace reach the server?
    Effect.withSpan("page"),
    RetryPolicy.with(RetryPolicy.none),
    Effect.provide(layerOf(client)),
    Effect.orDie,
    Effect.runPromise
  )

const long: V2.ChatRequest = {
  model,
  messages: [Chat.user("What does the river say?")],
  documents: Array.from({ length: 4 }, (_, i) => `The river says ${i} ${"blah ".repeat(500)}.`)
}

const programs: Programs = {
  chat: (client, question, name = model) =>
    run(
      client,
      V2.chat({ model: name, messages: [Chat.user(question)] }).pipe(
        Effect.map((response) => Chat.text(response.message))
      )
    ),

  stream: (client, question) =>
    run(
      client,
      V2.chatStream({ model, messages: [Chat.user(question)] }).pipe(
        ChatStream.text,
        Stream.tap((text) => Effect.sync(() => document.querySelector("output")?.append(text))),
        Stream.map((text) => [text, performance.now()] as const),
        Stream.runCollect,
        Effect.map((pieces) => [...pieces])
      )
    ),

  interrupt: (client, after) =>
    Effect.gen(function*() {
      let pieces = 0
      const fiber = yield* V2.chatStream(long).pipe(
        ChatStream.text,
        Stream.runForEach(() => Effect.sync(() => pieces++)),
        Effect.fork
      )
      yield* Effect.repeat(Effect.sleep(5), { until: () => pieces >= after })
      const before = performance.now()
      yield* Fiber.interrupt(fiber)
      return { pieces, took: performance.now() - before }
    }).pipe(Effect.provide(layerOf(client)), Effect.orDie, Effect.runPromise),

  wait: (client, millis) =>
    V2.chat({ model, messages: [Chat.user("Hi!")] }).pipe(
      Effect.timeoutTo({
        duration: millis,
        onSuccess: () => "answered" as const,
        onTimeout: () => "given up" as const
      }),
      Effect.provide(layerOf(client)),
      Effect.orDie,
      Effect.runPromise
    ),

  embed: (client, text) =>
    run(
      client,
      V2.embed({ model: "embed-v4.0", input_type: "search_query", texts: [text] }).pipe(
        Effect.map((response) => response.embeddings.float?.[0] ?? [])
      )
    ),

  embedAll: (client, texts) =>
    run(
      client,
      Embeddings.all({ model: "embed-v4.0", input_type: "search_query", inputs: texts, batchSize: 2 }).pipe(
        Effect.map(({ embeddings }) => embeddings.float.map((row) => [...row]))
      )
    ),

  upload: (client) =>
    run(
      client,
      Effect.gen(function*() {
        const data = document.querySelector("input")?.files?.[0] ?? new File([], "nothing.csv")
        const { id } = yield* Datasets.create({ name: "chosen", type: "embed-input", data })
        const look = Datasets.get({ id: id ?? "" })
        // The first look finds it while it is checked.
        const { dataset } = yield* Effect.zipRight(look, look)
        return dataset.dataset_parts?.[0]?.num_rows ?? 0
      })
    )
}

Object.assign(globalThis, { programs })
