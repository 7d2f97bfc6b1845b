/** What a function of the fake client answers is checked as what a server answers: a wrong one is the test's mistake. */
import * as ApiKey from "@effect-cohere/core/ApiKey"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
import * as Models from "@effect-cohere/core/Models"
import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { chat, embed, getModel, rerank } from "./support/samples.ts"

/** A client of one function, whose answer TypeScript does not look at: not all tests are written in it. */
const answering = (id: string, answer: unknown) => Effect.provide(CohereTest.layer({ [id]: () => answer as never }))

const wrong: ReadonlyArray<
  readonly [
    id: string,
    call: Effect.Effect<unknown, unknown, CohereClient.CohereClient>,
    answer: unknown,
    where: string
  ]
> = [
  [
    "v2.chat",
    chat,
    { ...CohereTest.chatResponse("Hello!"), message: { role: "assistant", content: "Hello!" } },
    "message.content"
  ],
  ["v2.chat", chat, undefined, "(answer)"],
  ["v2.chat", chat, "Hello!", "(answer)"],
  ["v2.embed", embed, { id: "1", embeddings: { float: [["0.5"]] } }, "embeddings.float"],
  ["v2.embed", embed, { embeddings: {} }, "id"],
  [
    "v2.rerank",
    rerank,
    { results: [{ index: 0, relevance_score: 1 }, { index: "1", relevance_score: 0 }] },
    "results[1].index"
  ],
  ["v1.embed", V1.embed({ texts: ["a"] }), { embeddings: 1 }, "embeddings"],
  ["models.get", getModel, null, "(answer)"],
  ["models.list", Models.list({}), { models: { name: "m" } }, "models"],
  ["models.list", Stream.runDrain(Models.listAll({})), { models: { name: "m" } }, "models"],
  ["apiKey.check", ApiKey.check, { valid: "yes" }, "valid"]
]

describe("An answer that no server gives", () => {
  it.effect.each(wrong)("of %s dies, and says where", ([id, call, answer, where]) =>
    Effect.gen(function*() {
      for (const given of [answer, Effect.succeed(answer)]) {
        const exit = yield* Effect.exit(call).pipe(answering(id, given))
        if (Exit.isSuccess(exit)) return assert.fail("it did not die")
        assert.lengthOf(Cause.failures(exit.cause), 0)
        const message = String(Cause.squash(exit.cause))
        assert.include(message, `CohereTest.layer for ${id} `)
        assert.include(message, `\n  ${where}: `)
      }
    }))

  it.effect("is announced to nobody", () =>
    Effect.gen(function*() {
      let heard = 0
      yield* getModel.pipe(
        CohereClient.onResponse(() => Effect.sync(() => heard++)),
        Effect.exit,
        answering("models.get", 5)
      )
      assert.strictEqual(heard, 0)
    }))
})

describe("An answer is none of that", () => {
  it.effect("where it has more fields than are known, or null in those that may have it", () =>
    Effect.gen(function*() {
      const answer = { name: "m", endpoints: null, of_tomorrow: { a: 1 } }
      assert.strictEqual(yield* getModel.pipe(answering("models.get", answer)), answer as unknown)
    }))

  it.effect("where nobody looks at it", () =>
    Effect.gen(function*() {
      for (const answer of [undefined, null, {}, "done"]) {
        yield* EmbedJobs.cancel({ id: "j" }).pipe(answering("embedJobs.cancel", answer))
      }
    }))

  it.effect("where it is a failure", () =>
    Effect.gen(function*() {
      const refusal = CohereTest.refusal(V2.embedEndpoint, { status: 500 })
      assert.strictEqual(yield* Effect.flip(embed.pipe(answering("v2.embed", Effect.fail(refusal)))), refusal)
    }))
})
