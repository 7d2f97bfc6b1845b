/** Names and values that mean something to JavaScript, to paths or to HTTP mean nothing more here. */
import type { CohereError } from "@effect-cohere/core/CohereError"
import * as Endpoint from "@effect-cohere/core/Endpoint"
import * as Endpoints from "@effect-cohere/core/Endpoints"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { chat, chatReply, chatRequest, over } from "../client/support/samples.ts"
import { examples, minimal } from "../operations/places.ts"
import { subjects } from "../operations/subjects.ts"
import { objectText } from "../support/json.ts"
import * as Transport from "../support/transport.ts"

/** Operations whose path has a place for a value, and the names of those places. */
const placed = Endpoints.all.flatMap((endpoint) => {
  const names = Array.from(endpoint.path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name)
  // Their types are their own; here they are data, and requests are made from their schemas.
  return names.map((name) =>
    [endpoint.id, name, endpoint as unknown as Endpoint.Unary<string, unknown, unknown, CohereError>] as const
  )
})

describe("a value in a path that would lead to another operation is refused before it is sent", () => {
  it("which concerns many operations", () => assert.isAbove(placed.length, 15))

  it.effect.each(placed)("%s, %s", ([id, name, endpoint]) =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 500 }))
      for (const value of [".", "..", "a/..", "../b", "a\\..\\b", "./a", ""]) {
        const request = { ...minimal(endpoint.request.ast) as object, [name]: value }
        const error = yield* Endpoint.call(endpoint)(request).pipe(over(transport), Effect.flip)
        assert.strictEqual(error._tag, "InvalidRequest", `${id} with ${JSON.stringify(value)}`)
        assert.include(error.message, name)
      }
      assert.lengthOf(transport.requests, 0)
    }))
})

/** What every object has: nothing new. */
const common = () =>
  [Object.prototype, Array.prototype, Function.prototype, String.prototype].flatMap((prototype) =>
    Reflect.ownKeys(prototype)
  )

describe("no key changes what all objects have", () => {
  const before = common()
  const hostile = FastCheck.tuple(
    objectText,
    FastCheck.constantFrom(
      (inner: string) => inner,
      (inner: string) => `{"__proto__":${inner}}`,
      (inner: string) => `{"constructor":{"prototype":${inner}}}`,
      (inner: string) => `[${inner},{"__proto__":{"polluted":true}}]`
    )
  ).map(([text, wrap]) => wrap(text))

  it.effect.prop("of an answer, whatever the operation", {
    id: FastCheck.constantFrom(...subjects.map(({ id }) => id)),
    text: hostile
  }, ({ id, text }) =>
    Effect.gen(function*() {
      const subject = subjects.find((one) => one.id === id)
      if (subject === undefined) return assert.fail(id)
      const fields = JSON.stringify(examples(subject.ast)[0] ?? {})
      yield* subject.receive([text])
      // Beside the fields that belong there, so that it is decoded, and not only refused.
      yield* subject.receive([fields.replace(/^\{/, `{"__proto__":{"polluted":true},"extra":${text},`)])
      assert.deepStrictEqual(common(), before)
      assert.notProperty({}, "polluted")
    }), { fastCheck: { numRuns: 120 } })

  it.effect.prop(
    "of a request, its options, headers or query",
    { text: hostile },
    ({ text }) =>
      Effect.gen(function*() {
        const given: Record<string, never> = JSON.parse(text)
        const strings: Record<string, string> = JSON.parse("{\"__proto__\":\"x\",\"constructor\":\"y\"}")
        const request: V2.ChatRequest = { ...chatRequest, ...given, messages: chatRequest.messages }
        for (const options of [{ body: given }, { headers: strings }, { query: strings }]) {
          yield* V2.chat(request).pipe(RequestOptions.with(options), over(() => chatReply), Effect.either)
        }
        assert.deepStrictEqual(common(), before)
        assert.notProperty({}, "polluted")
      }),
    { fastCheck: { numRuns: 60 } }
  )
})

it.effect.prop("no header carries another one in its value", {
  name: FastCheck.constantFrom("x-team", "authorization", "content-type"),
  before: FastCheck.string({ unit: "grapheme-ascii", maxLength: 8 }),
  breaks: FastCheck.constantFrom("\r\n", "\n", "\r", "\0", "\r\n\r\n", "\u560a", "\u010d\u010a"),
  after: FastCheck.constantFrom("", "x-evil: 1", " folded", "GET / HTTP/1.1")
}, ({ after, before, breaks, name }) =>
  Effect.gen(function*() {
    const transport = Transport.make(() => chatReply)
    const value = before + breaks + after
    for (const options of [{ headers: { [name]: value } }, { clientName: value }, { headers: { [value]: "v" } }]) {
      const result = yield* chat.pipe(RequestOptions.with(options), over(transport), Effect.either)
      assert.isTrue(Either.isLeft(result) && result.left._tag === "InvalidRequest", JSON.stringify(options))
    }
    assert.lengthOf(transport.requests, 0)
  }), { fastCheck: { numRuns: 60 } })
