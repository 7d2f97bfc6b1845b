import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Models from "@effect-cohere/core/Models"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import * as Transport from "../support/transport.ts"
import * as Pages from "./support/pages.ts"
import { over, settle } from "./support/samples.ts"

const itemOf = (name: string) => ({ name })

const pages = (byToken: Readonly<Record<string, Pages.Page>>) => Pages.byToken("models", itemOf, byToken)

const namesOf = (models: Chunk.Chunk<Models.Model>) => Chunk.toReadonlyArray(models).map((model) => model.name)

const tokens = (transport: Transport.Transport) =>
  transport.requests.map(({ url }) => new URL(url).searchParams.get("page_token"))

const three = {
  "": { items: ["a", "b"], next: "t1" },
  t1: { items: ["c", "d"], next: "t2" },
  t2: { items: ["e"] }
}

describe("Models.listAll", () => {
  it.effect("gives the models of all pages in order", () =>
    Effect.gen(function*() {
      const transport = pages(three)
      const models = yield* Models.listAll({}).pipe(Stream.runCollect, over(transport))
      assert.deepStrictEqual(namesOf(models), ["a", "b", "c", "d", "e"])
      assert.deepStrictEqual(tokens(transport), [null, "t1", "t2"])
    }))

  it.effect("asks for every page with the same filter", () =>
    Effect.gen(function*() {
      const transport = pages(three)
      yield* Models.listAll({ endpoint: "chat", page_size: 2 }).pipe(
        RequestOptions.with({ clientName: "my-app" }),
        Stream.runDrain,
        over(transport)
      )
      for (const { headers, url } of transport.requests) {
        assert.strictEqual(new URL(url).searchParams.get("endpoint"), "chat")
        assert.strictEqual(new URL(url).searchParams.get("page_size"), "2")
        assert.strictEqual(headers["x-client-name"], "my-app")
      }
    }))

  it.effect("begins at the page that it is given", () =>
    Effect.gen(function*() {
      const transport = pages(three)
      const models = yield* Models.listAll({ page_token: "t1" }).pipe(Stream.runCollect, over(transport))
      assert.deepStrictEqual(namesOf(models), ["c", "d", "e"])
    }))

  it.effect.each([[1, 1], [2, 1], [3, 2], [5, 3]])(
    "fetches for the first %i models %i pages",
    ([count, requests]) =>
      Effect.gen(function*() {
        const transport = pages(three)
        const models = yield* Models.listAll({}).pipe(Stream.take(count ?? 0), Stream.runCollect, over(transport))
        assert.lengthOf(models, count ?? 0)
        assert.lengthOf(transport.requests, requests ?? 0)
      })
  )

  it.effect("fetches nothing before it is run", () =>
    Effect.gen(function*() {
      const transport = pages(three)
      const all = Models.listAll({})
      assert.lengthOf(transport.requests, 0)
      yield* Stream.runDrain(all).pipe(over(transport))
      assert.lengthOf(transport.requests, 3)
    }))

  it.effect("begins anew each time it is run", () =>
    Effect.gen(function*() {
      const transport = pages(three)
      const all = Models.listAll({})
      yield* Effect.zipRight(Stream.runDrain(all), Stream.runDrain(all)).pipe(over(transport))
      assert.deepStrictEqual(tokens(transport), [null, "t1", "t2", null, "t1", "t2"])
    }))

  it.effect.each([undefined, "", null])(
    "ends where the token of the next page is %j",
    (next) =>
      Effect.gen(function*() {
        const transport = pages({ "": { items: ["a"], ...next === undefined ? {} : { next } } })
        const models = yield* Models.listAll({}).pipe(Stream.runCollect, over(transport))
        assert.deepStrictEqual(namesOf(models), ["a"])
        assert.lengthOf(transport.requests, 1)
      })
  )

  it.effect("ends where a token repeats itself", () =>
    Effect.gen(function*() {
      const transport = pages({ "": { items: ["a"], next: "t1" }, t1: { items: ["b"], next: "t1" } })
      const models = yield* Models.listAll({}).pipe(Stream.runCollect, over(transport))
      assert.deepStrictEqual(namesOf(models), ["a", "b"])
      assert.lengthOf(transport.requests, 2)
    }))

  it.effect("goes on after an empty page that has a token", () =>
    Effect.gen(function*() {
      const transport = pages({
        "": { items: [], next: "t1" },
        t1: { items: [], next: "t2" },
        t2: { items: ["z"], next: "" }
      })
      const models = yield* Models.listAll({}).pipe(Stream.runCollect, over(transport))
      assert.deepStrictEqual(namesOf(models), ["z"])
    }))

  it.effect("of nothing is empty", () =>
    Effect.gen(function*() {
      const models = yield* Models.listAll({}).pipe(Stream.runCollect, over(pages({ "": { items: [] } })))
      assert.lengthOf(models, 0)
    }))

  it.effect("fails after the models that came before", () =>
    Effect.gen(function*() {
      const seen: Array<unknown> = []
      const transport = pages({ "": { items: ["a", "b"], next: "gone" } })
      const error = yield* Models.listAll({}).pipe(
        Stream.runForEach((model) => Effect.sync(() => seen.push(model.name))),
        over(transport),
        Effect.flip
      )
      assert.deepStrictEqual(seen, ["a", "b"])
      assert.deepInclude({ ...error }, { _tag: "NotFound", endpoint: "models.list" })
    }))

  it.effect("retries a page, not the pages before it", () =>
    Effect.gen(function*() {
      const transport = Transport.make((_, attempt) =>
        attempt === 1
          ? Pages.reply("models", itemOf, { items: ["a"], next: "t1" })
          : attempt === 2
          ? { status: 503 }
          : Pages.reply("models", itemOf, { items: ["b"] })
      )
      const exit = yield* settle(Models.listAll({}).pipe(Stream.runCollect, over(transport)))
      assert.isTrue(Exit.isSuccess(exit))
      assert.deepStrictEqual(namesOf(yield* exit), ["a", "b"])
      assert.deepStrictEqual(tokens(transport), [null, "t1", "t1"])
    }))

  it.effect("tells a listener of each page", () =>
    Effect.gen(function*() {
      let heard = 0
      yield* Models.listAll({}).pipe(
        CohereClient.onResponse(() =>
          Effect.sync(() => {
            heard++
          })
        ),
        Stream.runDrain,
        over(pages(three))
      )
      assert.strictEqual(heard, 3)
    }))
})

describe("Models.list", () => {
  it.effect("gives one page and its token", () =>
    Effect.gen(function*() {
      const transport = pages(three)
      const page = yield* Models.list({}).pipe(over(transport))
      assert.strictEqual(page.next_page_token, "t1")
      assert.lengthOf(transport.requests, 1)
    }))
})
