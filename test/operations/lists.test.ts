/** Every list as a stream of its items, page by page. */
import * as Batches from "@effect-cohere/core/Batches"
import type { CohereClient } from "@effect-cohere/core/CohereClient"
import type { CommonError } from "@effect-cohere/core/CohereError"
import * as Connectors from "@effect-cohere/core/Connectors"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
import * as Endpoints from "@effect-cohere/core/Endpoints"
import * as Finetuning from "@effect-cohere/core/Finetuning"
import * as Models from "@effect-cohere/core/Models"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Pages from "../client/support/pages.ts"
import { over, settle } from "../client/support/samples.ts"
import * as Transport from "../support/transport.ts"

interface List {
  readonly id: string
  readonly style: "token" | "offset" | "none"
  /** Where the items stand in a page. */
  readonly field: string
  readonly itemOf: (name: string) => unknown
  /** All items; of a list that goes on by tokens, with `page_size: 2` or from a token on. */
  readonly all: (position: Position) => Stream.Stream<unknown, CommonError, CohereClient>
  readonly path: string
}

interface Position {
  readonly page_size?: number
  readonly page_token?: string
  readonly limit?: number
  readonly offset?: number
}

const named = (name: string) => ({ name })
const withId = (name: string) => ({ id: name })
const ofModel = { finetuned_model_id: "f/1" }

const lists: ReadonlyArray<List> = [
  { id: "models.list", style: "token", field: "models", itemOf: named, all: Models.listAll, path: "/v1/models" },
  { id: "batches.list", style: "token", field: "batches", itemOf: withId, all: Batches.listAll, path: "/v2/batches" },
  {
    id: "finetuning.listFinetunedModels",
    style: "token",
    field: "finetuned_models",
    itemOf: withId,
    all: Finetuning.listAllFinetunedModels,
    path: "/v1/finetuning/finetuned-models"
  },
  {
    id: "finetuning.listEvents",
    style: "token",
    field: "events",
    itemOf: (name) => ({ user_id: name }),
    all: (position) => Finetuning.listAllEvents({ ...ofModel, ...position }),
    path: "/v1/finetuning/finetuned-models/f%2F1/events"
  },
  {
    id: "finetuning.listTrainingStepMetrics",
    style: "token",
    field: "step_metrics",
    itemOf: (name) => ({ metrics: { [name]: 0.5 } }),
    all: (position) => Finetuning.listAllTrainingStepMetrics({ ...ofModel, ...position }),
    path: "/v1/finetuning/finetuned-models/f%2F1/training-step-metrics"
  },
  {
    id: "datasets.list",
    style: "offset",
    field: "datasets",
    itemOf: withId,
    all: Datasets.listAll,
    path: "/v1/datasets"
  },
  {
    id: "connectors.list",
    style: "offset",
    field: "connectors",
    itemOf: withId,
    all: Connectors.listAll,
    path: "/v1/connectors"
  },
  {
    id: "embedJobs.list",
    style: "none",
    field: "embed_jobs",
    itemOf: (name) => ({ job_id: name, status: "processing" }),
    all: () => EmbedJobs.listAll,
    path: "/v1/embed-jobs"
  }
]

const rows = (style?: List["style"]) =>
  lists.flatMap((list) => style === undefined || list.style === style ? [[list.id, list] as const] : [])

/** The items that a stream gives, as its server was told to send them. */
const collect = (stream: Stream.Stream<unknown, CommonError, CohereClient>, transport: Transport.Transport) =>
  stream.pipe(Stream.runCollect, Effect.map(Chunk.toReadonlyArray), over(transport))

const letters = ["a", "b", "c", "d", "e"]

const three = { "": { items: ["a", "b"], next: "t 1" }, "t 1": { items: ["c", "d"], next: "t2" }, t2: { items: ["e"] } }

it("every list is here, in its style", () => {
  const described = Endpoints.all.flatMap((endpoint) =>
    "paging" in endpoint ? [[endpoint.id, endpoint.paging.style] as const] : []
  )
  assert.sameDeepMembers(described, lists.map(({ id, style }) => [id, style] as const))
})

describe.each(rows())("all items of %s", (_, list) => {
  /** A server with five items, on one page or several. */
  const server = () =>
    list.style === "token"
      ? Pages.byToken(list.field, list.itemOf, three)
      : Pages.byOffset(list.field, list.itemOf, letters, { usual: list.style === "none" ? 100 : 2 })
  const pages = list.style === "token" ? 3 : list.style === "offset" ? 4 : 1

  it.effect("are fetched anew each time the stream is run, not before", () =>
    Effect.gen(function*() {
      const transport = server()
      const all = list.all({})
      assert.lengthOf(transport.requests, 0)
      assert.deepStrictEqual(yield* collect(all, transport), letters.map(list.itemOf))
      assert.lengthOf(transport.requests, pages)
      assert.deepStrictEqual(yield* collect(all, transport), letters.map(list.itemOf))
      assert.deepStrictEqual(Pages.asked(transport).slice(pages), Pages.asked(transport).slice(0, pages))
    }))

  it.effect("are fetched as far as they are wanted", () =>
    Effect.gen(function*() {
      for (const count of [1, 2, 3]) {
        const transport = server()
        const items = yield* collect(Stream.take(list.all({}), count), transport)
        assert.deepStrictEqual(items, letters.slice(0, count).map(list.itemOf))
        assert.lengthOf(transport.requests, list.style === "none" ? 1 : Math.ceil(count / 2))
      }
    }))

  // Models are the one list without which its answer makes no sense.
  const nothing = list.id === "models.list"
    ? [["[]", []]] as const
    : [["[]", []], ["null", null], ["absent", undefined]] as const
  it.effect.each(nothing)(
    "may be none: the list is %s",
    ([, items]) =>
      Effect.gen(function*() {
        const transport = Transport.make(() => Transport.json({ [list.field]: items }))
        assert.deepStrictEqual(yield* collect(list.all({}), transport), [])
        assert.lengthOf(transport.requests, 1)
      })
  )
})

describe.each([...rows("token"), ...rows("offset")])("all items of %s", (_, list) => {
  it.effect("come before the failure of a page, which is tried again alone", () =>
    Effect.gen(function*() {
      const seen: Array<unknown> = []
      const broken = Transport.make((_, attempt) => attempt === 1 ? Transport.json(firstPage(list)) : { status: 503 })
      const exit = yield* settle(
        list.all({}).pipe(Stream.runForEach((item) => Effect.sync(() => seen.push(item))), over(broken))
      )
      assert.strictEqual(exit._tag, "Failure")
      assert.deepStrictEqual(seen, [list.itemOf("a")])
      const [first, ...others] = Pages.asked(broken)
      assert.lengthOf(others, 3)
      assert.lengthOf(new Set(others), 1)
      assert.notInclude(others, first)
    }))
})

const firstPage = ({ field, itemOf, style }: List) => ({
  [field]: [itemOf("a")],
  ...style === "token" ? { next_page_token: "t1" } : {}
})

describe.each(rows("token"))("by token, %s", (_, list) => {
  const server = (pages: Readonly<Record<string, Pages.Page>>) => Pages.byToken(list.field, list.itemOf, pages)

  it.effect("asks for each page by the token of the one before, and else the same", () =>
    Effect.gen(function*() {
      const transport = server(three)
      yield* collect(list.all({ page_size: 2 }), transport)
      assert.deepStrictEqual(Pages.asked(transport), [
        `${list.path}?page_size=2`,
        `${list.path}?page_size=2&page_token=t+1`,
        `${list.path}?page_size=2&page_token=t2`
      ])
    }))

  it.effect("begins at the page that it is given", () =>
    Effect.gen(function*() {
      const transport = server(three)
      assert.deepStrictEqual(
        yield* collect(list.all({ page_token: "t 1" }), transport),
        ["c", "d", "e"].map(list.itemOf)
      )
      assert.deepStrictEqual(Pages.asked(transport), [`${list.path}?page_token=t+1`, `${list.path}?page_token=t2`])
    }))

  it.effect.each([undefined, "", null])(
    "ends where the token of the next page is %j",
    (next) =>
      Effect.gen(function*() {
        const transport = server({ "": { items: ["a"], ...next === undefined ? {} : { next } } })
        assert.deepStrictEqual(yield* collect(list.all({}), transport), [list.itemOf("a")])
        assert.lengthOf(transport.requests, 1)
      })
  )

  it.effect("goes on after an empty page that has a token", () =>
    Effect.gen(function*() {
      const transport = server({ "": { items: [], next: "t1" }, t1: { items: [], next: "t2" }, t2: { items: ["z"] } })
      assert.deepStrictEqual(yield* collect(list.all({}), transport), [list.itemOf("z")])
      assert.lengthOf(transport.requests, 3)
    }))

  it.effect("ends where tokens go round in a circle", () =>
    Effect.gen(function*() {
      const transport = server({
        "": { items: ["a"], next: "t1" },
        t1: { items: ["b"], next: "t2" },
        t2: { items: [], next: "t1" }
      })
      assert.deepStrictEqual(yield* collect(list.all({}), transport), ["a", "b"].map(list.itemOf))
      assert.lengthOf(transport.requests, 3)
    }))

  it.effect("ends where a token leads back to the page that the caller began with", () =>
    Effect.gen(function*() {
      const transport = server({ t1: { items: ["a"], next: "t2" }, t2: { items: ["b"], next: "t1" } })
      assert.deepStrictEqual(yield* collect(list.all({ page_token: "t1" }), transport), ["a", "b"].map(list.itemOf))
      assert.lengthOf(transport.requests, 2)
    }))
})

describe.each(rows("offset"))("by offset, %s", (_, list) => {
  const server = (options: Parameters<typeof Pages.byOffset>[3], names: ReadonlyArray<string> = letters) =>
    Pages.byOffset(list.field, list.itemOf, names, options)

  it.effect("goes on until a page is empty", () =>
    Effect.gen(function*() {
      const transport = server({ usual: 2 })
      assert.deepStrictEqual(yield* collect(list.all({}), transport), letters.map(list.itemOf))
      assert.deepStrictEqual(
        Pages.asked(transport),
        ["", "?offset=2", "?offset=4", "?offset=5"].map((q) => list.path + q)
      )
    }))

  it.effect("goes on after a page that has fewer items than were asked for: the server may have a limit of its own", () =>
    Effect.gen(function*() {
      const transport = server({ usual: 30, most: 2 })
      assert.deepStrictEqual(yield* collect(list.all({ limit: 1000 }), transport), letters.map(list.itemOf))
      assert.deepStrictEqual(
        Pages.asked(transport),
        ["", "&offset=2", "&offset=4", "&offset=5"].map((rest) => `${list.path}?limit=1000${rest}`)
      )
    }))

  it.effect("begins where it is told to", () =>
    Effect.gen(function*() {
      const transport = server({ usual: 30 })
      assert.deepStrictEqual(
        yield* collect(list.all({ offset: 1, limit: 3 }), transport),
        letters.slice(1).map(list.itemOf)
      )
      assert.deepStrictEqual(Pages.asked(transport), [
        `${list.path}?offset=1&limit=3`,
        `${list.path}?offset=4&limit=3`,
        `${list.path}?offset=5&limit=3`
      ])
    }))

  it.effect("of pages of no items has none", () =>
    Effect.gen(function*() {
      const transport = server({ usual: 30 })
      assert.deepStrictEqual(yield* collect(list.all({ limit: 0 }), transport), [])
      assert.lengthOf(transport.requests, 1)
    }))

  it.effect("ends where the server ignores the offset, and gives nothing twice", () =>
    Effect.gen(function*() {
      const transport = server({ usual: 2, ignoresOffset: true })
      assert.deepStrictEqual(yield* collect(list.all({}), transport), ["a", "b"].map(list.itemOf))
      assert.lengthOf(transport.requests, 2)
    }))
})

describe("by offset, connectors.list", () => {
  it.effect.each([-1, 0, 2, 100])(
    "gives all items, though the server says that they are %i",
    (total) =>
      Effect.gen(function*() {
        const transport = Pages.byOffset("connectors", withId, letters, { usual: 3, total })
        assert.deepStrictEqual(yield* collect(Connectors.listAll({}), transport), letters.map(withId))
      })
  )

  it.effect("ends where two pages take turns", () =>
    Effect.gen(function*() {
      const transport = Transport.make((_, attempt) =>
        attempt > 20 ? { status: 404 } : Transport.json({ connectors: [{ id: attempt % 2 === 0 ? "even" : "odd" }] })
      )
      assert.deepStrictEqual(yield* collect(Connectors.listAll({}), transport), ["odd", "even"].map(withId))
    }))

  it.effect("asks for every page with what the first was asked for with, also of an instance", () =>
    Effect.gen(function*() {
      class Filter {
        get limit() {
          return 2
        }
      }
      const transport = Pages.byOffset("connectors", withId, letters, { usual: 30 })
      yield* collect(Connectors.listAll(new Filter()), transport)
      assert.isTrue(Pages.asked(transport).every((path) => path.includes("limit=2")), Pages.asked(transport).join())
      assert.lengthOf(transport.requests, 4)
    }))

  it.effect("does not die of what JSON cannot write", () =>
    Effect.gen(function*() {
      const transport = Pages.byOffset("connectors", withId, letters, { usual: 3 })
      // More than the type allows.
      const request = { limit: 3, extra: 1n } as Connectors.ListConnectorsRequest
      assert.deepStrictEqual(yield* collect(Connectors.listAll(request), transport), letters.map(withId))
    }))

  it.effect("ends with the page that completes the total", () =>
    Effect.gen(function*() {
      const transport = Pages.byOffset("connectors", withId, letters, { usual: 3, total: true })
      assert.deepStrictEqual(yield* collect(Connectors.listAll({}), transport), letters.map(withId))
      assert.deepStrictEqual(Pages.asked(transport), ["/v1/connectors", "/v1/connectors?offset=3"])
    }))
})

describe("embedJobs.list", () => {
  it.effect("has one page, whatever it says of another", () =>
    Effect.gen(function*() {
      const transport = Pages.byToken("embed_jobs", (name) => ({ job_id: name, status: "failed" }), three)
      const jobs = yield* collect(EmbedJobs.listAll, transport)
      assert.lengthOf(jobs, 2)
      assert.deepStrictEqual(Pages.asked(transport), ["/v1/embed-jobs"])
    }))
})
