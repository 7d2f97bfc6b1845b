/** What is checked is what is sent, whatever the parts of a request are made of. */
import * as Connectors from "@effect-cohere/core/Connectors"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { chatReply, errorOf, over } from "../client/support/samples.ts"
import * as Transport from "../support/transport.ts"

const connector = Transport.json({ connector: { id: "c" } })

it.effect("a part whose values JSON does not see is refused, not sent without them", () =>
  Effect.gen(function*() {
    class Auth {
      get type() {
        return "bearer" as const
      }
      get token() {
        return "t"
      }
    }
    const error = yield* errorOf(Connectors.create({ name: "n", url: "u", service_auth: new Auth() }), connector)
    if (error._tag !== "InvalidRequest") return assert.fail(error._tag)
    assert.strictEqual(error.attempts, 0)
    assert.include(error.issues.map((issue) => issue.path), "service_auth.type")
  }))

it.effect("an instance whose values JSON sees is sent", () =>
  Effect.gen(function*() {
    class Auth {
      readonly type = "bearer"
      readonly token = "t"
    }
    const transport = Transport.make(() => connector)
    yield* Connectors.create({ name: "n", url: "u", service_auth: new Auth() }).pipe(over(transport))
    assert.deepStrictEqual(JSON.parse(transport.requests[0]?.body ?? "").service_auth, { type: "bearer", token: "t" })
  }))

const message = { role: "user", content: "Hi!" } as const

/** What of a chat request is sent, or else which fields are refused. */
const outcomeOf = (fields: object) =>
  Effect.gen(function*() {
    const transport = Transport.make(() => chatReply)
    const request = { model: "m", messages: [message], ...fields }
    const error = yield* V2.chat(request).pipe(
      over(transport),
      Effect.match({ onFailure: (error) => error, onSuccess: () => undefined })
    )
    const [sent] = transport.requests
    if (sent !== undefined) return { body: JSON.parse(sent.body), issues: [] }
    if (error?._tag !== "InvalidRequest") return assert.fail(error?.message ?? "nothing was sent")
    return { body: undefined, issues: error.issues }
  })

describe("what JSON would make wrong is refused", () => {
  const withToJSON = <A extends object>(value: A, toJSON: () => unknown) => Object.assign(value, { toJSON })
  class Nothing extends Array<unknown> {
    toJSON() {
      return undefined
    }
  }
  const rows: ReadonlyArray<readonly [what: string, fields: object, path: string]> = [
    ["a list of a class of its own", { messages: Nothing.of(message, message) }, "messages"],
    ["a list that becomes a text", { messages: withToJSON([message], () => "Hi!") }, "messages"],
    [
      "an object that becomes another",
      { messages: [withToJSON({ ...message }, () => ({ role: "no" }))] },
      "messages[0]"
    ],
    ["an object with a hidden field", {
      messages: [Object.defineProperty({ role: "user" }, "content", { value: "Hi!" })]
    }, "messages[0]"],
    ["a getter that changes its mind", {
      messages: [{
        role: "user",
        reads: 0,
        get content() {
          return this.reads++ === 0 ? "Hi!" : 7
        }
      }]
    }, "messages[0]"]
  ]
  it.effect.each(rows)("%s", ([, fields, path]) =>
    Effect.gen(function*() {
      const { body, issues } = yield* outcomeOf(fields)
      assert.isUndefined(body)
      assert.isAbove(issues.length, 0)
      for (const issue of issues) assert.isTrue(issue.path.startsWith(path), issue.path)
    }))

  const unheld: ReadonlyArray<readonly [kind: string, value: object]> = [
    ["Map", new Map([["a", "b"]])],
    ["Set", new Set(["a"])],
    ["Promise", Promise.resolve("a")],
    ["File", new File(["a"], "a.txt")]
  ]
  it.effect.each(unheld)("a %s, wherever it is", ([kind, value]) =>
    Effect.gen(function*() {
      const issue = (path: string) => [{ path, message: `is a ${kind}, which JSON cannot hold` }]
      assert.deepStrictEqual((yield* outcomeOf({ documents: [{ data: value }] })).issues, issue("documents[0].data"))
      const deep = { documents: ["a", { data: { list: [1, { value }] } }] }
      assert.deepStrictEqual((yield* outcomeOf(deep)).issues, issue("documents[1].data.list[1].value"))
    }))
})

const day = new Date(0)

it.effect("what is checked is what is sent, also of values that are made when they are looked at", () =>
  Effect.gen(function*() {
    const texts = ["a", "b", "c", "d", "e"]
    const content = {
      role: "user" as const,
      get content() {
        return texts.shift() ?? "no more"
      }
    }
    const { body } = yield* outcomeOf({ messages: [content], documents: [{ data: { day } }] })
    assert.match(body.messages[0].content, /^[a-e]$/)
    assert.deepStrictEqual(body.documents, [{ data: { day: day.toISOString() } }])
  }))

it.effect("objects without a prototype and objects with a key called __proto__ are data like any other", () =>
  Effect.gen(function*() {
    const bare = Object.assign(Object.create(null), { title: "t" })
    const odd: object = JSON.parse(`{"__proto__":{"a":1}}`)
    const { body } = yield* outcomeOf({ documents: [{ data: bare }, { data: odd }] })
    assert.strictEqual(JSON.stringify(body.documents), `[{"data":{"title":"t"}},{"data":{"__proto__":{"a":1}}}]`)
  }))

it.effect("a function in a request is no data, and cannot speak for the rest", () =>
  Effect.gen(function*() {
    const transport = Transport.make(() => Transport.json({ text: "" }))
    for (const toJSON of [() => ({ stream: true }), () => undefined]) {
      // More than the type allows.
      yield* V1.chat({ message: "Hi!", toJSON } as V1.ChatRequest).pipe(over(transport))
    }
    for (const { body } of transport.requests) assert.strictEqual(body, "{\"message\":\"Hi!\",\"stream\":false}")
  }))

it.effect("a getter that throws something that throws is InvalidRequest", () =>
  Effect.gen(function*() {
    const nasty = {
      get message(): string {
        throw new Error("no")
      }
    }
    const request = {
      get message(): string {
        throw Object.assign(new Error(), { message: nasty })
      }
    }
    const exit = yield* Effect.exit(V1.chat(request).pipe(over(() => Transport.json({ text: "" }))))
    assert.isTrue(Exit.isFailure(exit))
    const error = yield* errorOf(V1.chat(request), Transport.json({ text: "" }))
    assert.strictEqual(error._tag, "InvalidRequest")
  }))

it.effect.each([{ status: 204 }, { body: "" }, { body: " \n" }, { body: "{}" }])(
  "a deletion that is answered by %j is done",
  (reply) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* Datasets.delete({ id: "d" }).pipe(over(() => reply)), {})
    })
)

describe("a list whose elements are made anew each time", () => {
  const rows: ReadonlyArray<readonly [what: string, documents: () => ReadonlyArray<string>]> = [
    ["by a getter of an index", () => {
      let reads = 0
      const documents = ["a"]
      return Object.defineProperty(documents, 0, {
        enumerable: true,
        get: () => reads++ === 0 ? "a" : { instead: "of a text" }
      })
    }],
    ["by a proxy", () => {
      let reads = 0
      return new Proxy(["a"], {
        get: (target, key) => key === "0" && reads++ > 0 ? { instead: "of a text" } : Reflect.get(target, key)
      })
    }]
  ]
  it.effect.each(rows)("%s is sent as it was checked, or refused", ([, documents]) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => Transport.json({ results: [] }))
      const error = yield* V2.rerank({ model: "m", query: "q", documents: documents() }).pipe(
        over(transport),
        Effect.match({ onFailure: (error) => error, onSuccess: () => undefined })
      )
      const [sent] = transport.requests
      if (sent === undefined) return assert.strictEqual(error?._tag, "InvalidRequest")
      assert.deepStrictEqual(JSON.parse(sent.body).documents, ["a"])
    }))
})
