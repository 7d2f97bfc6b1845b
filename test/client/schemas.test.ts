/** Schemas and classes of errors are built when they are first looked at, which nobody should notice. */
import * as Chat from "@effect-cohere/core/Chat"
import * as CohereError from "@effect-cohere/core/CohereError"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const place = { endpoint: "v2.chatStream", attempts: 1, status: 200, delivered: 2 }

describe("a class of errors of which there is no error yet", () => {
  it("is one of Error", () => {
    assert.isTrue(Object.prototype.isPrototypeOf.call(Error, CohereError.MalformedEvent))
    assert.instanceOf(CohereError.StreamIdle.prototype, Error)
  })

  it("knows what is none of its errors", () => {
    assert.isFalse((new Error("other") as unknown) instanceof CohereError.ContentBlocked)
    assert.isFalse((undefined as unknown) instanceof CohereError.ContentBlocked)
  })

  it("says its tag, its identifier and its fields", () => {
    assert.strictEqual(CohereError.Conflict._tag, "Conflict")
    assert.strictEqual(CohereError.NotFound.identifier, "@effect-cohere/core/NotFound")
    assert.include(Object.keys(CohereError.RateLimited.fields), "scope")
  })

  it("can be extended", () => {
    class Mine extends CohereError.StreamTruncated {
      get isMine(): boolean {
        return true
      }
    }
    const error = new Mine({ ...place, message: "cut" })
    assert.isTrue(error.isMine)
    assert.isTrue(error.isRetryable === false && error instanceof CohereError.StreamTruncated)
  })
})

describe("an error", () => {
  it("is an Error that begins its stack with its name and message, and shows who made it", () => {
    const makeIt = () => CohereError.StreamInterrupted.of(place, "reset")
    const error = makeIt()
    assert.instanceOf(error, Error)
    assert.instanceOf(error, CohereError.StreamInterrupted)
    assert.isTrue(error.stack?.startsWith(`StreamInterrupted: ${error.message.split("\n")[0]}`))
    assert.include(error.stack, "makeIt")
  })

  it("is of its class alone, and can be caught by its tag", () => {
    const error = CohereError.CredentialsError.of("no key")
    assert.isFalse((error as unknown) instanceof CohereError.InvalidRequest)
    assert.strictEqual(
      Effect.runSync(Effect.catchTag(error, "CredentialsError", ({ message }) => Effect.succeed(message))),
      "no key"
    )
  })

  it("must have what its class demands", () => {
    assert.throws(() => new CohereError.Conflict({ endpoint: 1 } as never), /endpoint/)
  })
})

describe("a schema", () => {
  it("is one", () => {
    assert.isTrue(Schema.isSchema(V2.EmbedInput))
    assert.isTrue("fields" in V2.EmbedResponse)
    assert.isFalse("field" in V2.EmbedResponse)
    assert.include(Object.keys(V2.RerankResponse), "fields")
    assert.strictEqual(String(Chat.ThinkingBlock), `{ readonly type: "thinking"; readonly thinking: string }`)
  })

  it("can be a part of others, renamed, narrowed and constructed", () => {
    const Described = Chat.TextBlock.annotations({ identifier: "Described" })
    assert.strictEqual(String(Described), "Described")
    assert.deepStrictEqual(Object.keys(V1.ChatRequest.pick("message").fields), ["message"])
    assert.deepStrictEqual(Chat.TextBlock.make({ type: "text", text: "Seine" }), { type: "text", text: "Seine" })
    assert.throws(() => Chat.TextBlock.make({ type: "text", text: 1 as never }))
    class Page extends Schema.Class<Page>("Page")({ box: V2.BoundingBox, blocks: Schema.Array(V2.ParseBlock) }) {}
    assert.deepStrictEqual({ ...Schema.decodeUnknownSync(Page)({ box: { top_left_x: 1 }, blocks: [] }) }, {
      box: { top_left_x: 1 },
      blocks: []
    })
  })

  it("can be a class", () => {
    class Question extends Chat.UserMessage {}
    assert.deepStrictEqual(Schema.decodeUnknownSync(Question)({ role: "user", content: "Why?" }), {
      role: "user",
      content: "Why?"
    })
  })
})
