/** Answers that would give a text the embedding of another, or none, are none. */
import * as Embeddings from "@effect-cohere/core/Embeddings"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { over } from "../client/support/samples.ts"
import * as Transport from "../support/transport.ts"
import * as Server from "./support/server.ts"

const { fields } = Server

const inputs = Server.texts(3)

/** Three embeddings in each form, as they should be. */
const right: { readonly [form: string]: ReadonlyArray<unknown> } = Object.fromEntries(
  ["float", "int8", "uint8", "binary", "ubinary", "base64"].map((name) => [name, Server.rows(name, inputs)])
)

interface Case {
  readonly forms?: ReadonlyArray<Embeddings.Form>
  readonly floats?: "json"
  readonly embeddings: unknown
}

/** What is wrong, with another answer beside it that is right. */
const asked = ({ embeddings, floats, forms }: Case, transport?: Transport.Transport) =>
  Embeddings.all({ ...fields, inputs, embedding_types: forms ?? ["float"], floats }).pipe(
    over(transport ?? Transport.make(({ body }) => Server.answer(body, { embeddings })))
  )

const json = { floats: "json" } as const

/** Wrong answers, and where: the path of the first thing that is. */
const wrong: Readonly<Record<string, Case & { readonly at: string }>> = {
  "fewer rows than inputs": { embeddings: { base64: right["base64"]?.slice(1) }, at: "embeddings.base64" },
  "more rows than inputs": {
    embeddings: { base64: [...right["base64"] ?? [], Server.base64([1, 2, 3, 4])] },
    at: "embeddings.base64"
  },
  "no rows": { embeddings: { base64: [] }, at: "embeddings.base64" },
  "fewer rows of numbers": { ...json, embeddings: { float: right["float"]?.slice(1) }, at: "embeddings.float" },
  "more rows of numbers": { ...json, embeddings: { float: [...right["float"] ?? [], [1]] }, at: "embeddings.float" },
  "rows of different lengths": {
    embeddings: { base64: [[1, 2], [1], [1, 2]].map(Server.base64) },
    at: "embeddings.base64"
  },
  "rows of different lengths, that look alike": {
    embeddings: { base64: [[1, 2, 3], [1, 2], [1, 2, 3]].map(Server.base64) },
    at: "embeddings.base64"
  },
  "rows of numbers of different lengths": {
    ...json,
    embeddings: { float: [[1, 2], [1, 2, 3], [1, 2]] },
    at: "embeddings.float"
  },
  "empty texts": { embeddings: { base64: ["", "", ""] }, at: "embeddings.base64" },
  "empty rows": { ...json, embeddings: { float: [[], [], []] }, at: "embeddings.float" },
  "one empty row": { ...json, embeddings: { float: [[1], [], [1]] }, at: "embeddings.float" },
  "one text for all": { embeddings: { base64: right["base64"]?.[0] }, at: "embeddings.base64" },
  "one row for all": { ...json, embeddings: { float: [1, 2, 3] }, at: "embeddings.float" },
  "null instead of a row": { ...json, embeddings: { float: [[1], null, [1]] }, at: "embeddings.float" },
  "null instead of a number": { ...json, embeddings: { float: [[1], [null], [1]] }, at: "embeddings.float" },
  "a text instead of a number": { ...json, embeddings: { float: [[1], ["1"], [1]] }, at: "embeddings.float" },
  "texts instead of numbers": { ...json, embeddings: { float: right["base64"] }, at: "embeddings.float" },
  "rows by their place, in an object": {
    ...json,
    embeddings: { float: { 0: [1], 1: [1], 2: [1], length: 3 } },
    at: "embeddings.float"
  },
  "a number beyond 32 bits": { ...json, embeddings: { float: [[1], [3.5e38], [1]] }, at: "embeddings.float" },
  "a number beyond 32 bits below": { ...json, embeddings: { float: [[1], [-3.5e38], [1]] }, at: "embeddings.float" },
  "another form": { embeddings: { int8: right["int8"] }, at: "embeddings.base64" },
  "null instead of the form": { embeddings: { base64: null }, at: "embeddings.base64" },
  "another form of numbers": { ...json, embeddings: { int8: right["int8"] }, at: "embeddings.float" },
  "base64 where numbers were asked for": { ...json, embeddings: { base64: right["base64"] }, at: "embeddings.float" },
  "one form of two": { forms: ["int8", "float"], embeddings: { base64: right["base64"] }, at: "embeddings.int8" },
  "the other form of two": { forms: ["int8", "float"], embeddings: { int8: right["int8"] }, at: "embeddings.base64" },
  "null instead of one form of two": {
    forms: ["int8", "ubinary"],
    embeddings: { int8: right["int8"], ubinary: null },
    at: "embeddings.ubinary"
  },
  "fewer rows in one form of two": {
    forms: ["int8", "float"],
    embeddings: { base64: right["base64"], int8: right["int8"]?.slice(1) },
    at: "embeddings.int8"
  },
  "wrong base64 beside right floats": {
    embeddings: { base64: ["?", "?", "?"], float: right["float"] },
    at: "embeddings.base64"
  },
  "rows that are all embeddings there are": { embeddings: [[1], [1], [1]], at: "embeddings" },
  "embeddings that are null": { embeddings: null, at: "embeddings" },
  "no embeddings": { embeddings: undefined, at: "embeddings" }
}

const int = { int8: [-128, 127], uint8: [0, 255], binary: [-128, 127], ubinary: [0, 255] } as const

const isOneOf = (form: string): form is keyof typeof int => form in int

const outside = Object.entries(int).flatMap(([form, [low, high]]) => {
  if (!isOneOf(form)) return []
  return [low - 1, high + 1, low + 0.5, high - 0.25, 1e300, -1e300, "1", null, true, [1]].map((n) => [form, n] as const)
})

/** What a text is, beside three floats as base64, that is no such thing: one that is right is 16 characters. */
const broken: Readonly<Record<string, string>> = {
  "characters of another alphabet": "AACAvwAAgD-_AAC_",
  "a character that is none": "AACAvwAAgD8A!AC/",
  "spaces": "AACAvwAA gD8AAC/",
  "a line break": "AACAvwAAgD8AAAC\n",
  "a letter beyond ASCII": "AACAvwAAgD8AAACé",
  "no text": "################",
  "too much padding": "AACAvwAAgD8A====",
  "padding in the middle": "AACA==AAgD8AAAC/",
  "padding in the middle, and at the end": "AACA=wAAgD8AAAC=",
  "padding before its last character": "AACAvwAAgD8AAA=/",
  "padding that bytes do not need": "AACAvwAAgD8AAAC=",
  "a character after the padding": "AACAvw=A",
  "three times its padding": "AACAvw======",
  "half of its padding": "AACAvw=",
  "no padding where some is needed": "AACAvw",
  "padding alone": "================",
  "bytes that are no multiple of 4": "AACAvwAAgD8AAA==",
  "a data URI": "data:;base64,AAA"
}

describe("Is UnexpectedResponse, and says where:", () => {
  it.effect.each(Object.entries(wrong))("%s", ([, { at, ...one }]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(asked(one))
      if (error._tag !== "UnexpectedResponse") return assert.fail(error._tag)
      assert.deepInclude({ ...error }, { endpoint: "v2.embed", status: 200, attempts: 1 })
      assert.strictEqual(error.issues[0]?.path, at)
      assert.include(error.message, `${at}: `)
    }))

  it.effect.each(outside)("a number that is no %s: %j", ([form, n]) =>
    Effect.gen(function*() {
      const [low, high] = int[form]
      const embeddings = { [form]: [[low, high], [low, n], [0, 0]] }
      const error = yield* Effect.flip(asked({ forms: [form], embeddings }))
      if (error._tag !== "UnexpectedResponse") return assert.fail(error._tag)
      assert.strictEqual(error.issues[0]?.path, `embeddings.${form}`)
      assert.include(error.issues[0]?.message, `3 embeddings of one length as ${form}`)
    }))

  for (const [what, text] of Object.entries(broken)) {
    it.effect(`base64 with ${what}`, () =>
      Effect.gen(function*() {
        const good = Server.base64([1, 2, 3])
        for (const base64 of [[text, good, good], [good, text, good], [good, good, text], [text, text, text]]) {
          const error = yield* Effect.flip(asked({ embeddings: { base64 } }))
          if (error._tag !== "UnexpectedResponse") return assert.fail(error._tag)
          assert.strictEqual(error.issues[0]?.path, "embeddings.base64")
        }
      }))
  }

  it.effect("an answer to the last, smaller batch that is one for the others", () =>
    Effect.gen(function*() {
      const seen: Array<string> = []
      const transport = Transport.make(({ body }) => Server.answer(body, { embeddings: { base64: right["base64"] } }))
      const error = yield* Embeddings.stream({ ...fields, inputs: Server.texts(5), batchSize: 3 }).pipe(
        Stream.runForEach(({ value }) => Effect.sync(() => seen.push(value))),
        over(transport),
        Effect.flip
      )
      assert.deepInclude({ ...error }, { _tag: "UnexpectedResponse" })
      assert.deepStrictEqual(seen, inputs)
    }))
})

describe("Fits:", () => {
  for (const [form, [low, high]] of Object.entries(int)) {
    it.effect(`the least and the greatest number of ${form}`, () =>
      Effect.gen(function*() {
        if (!isOneOf(form)) return assert.fail(form)
        const { embeddings } = yield* asked({ forms: [form], embeddings: { [form]: [[low], [high], [0]] } })
        assert.deepStrictEqual(embeddings[form].map(([n]) => n), [low, high, 0])
      }))
  }

  it.effect("the least and the greatest float, as numbers", () =>
    Effect.gen(function*() {
      const most = 3.4028234663852886e38
      const { embeddings } = yield* asked({ ...json, embeddings: { float: [[most], [-most], [1e-45]] } })
      assert.deepStrictEqual(embeddings.float.map(([n]) => n), [most, -most, 1.401298464324817e-45])
    }))

  it.effect("numbers from a server that does not know base64", () =>
    Effect.gen(function*() {
      for (const others of [{}, { base64: null }, { base64: [] }]) {
        const { embeddings } = yield* asked({ embeddings: { float: right["float"], ...others } })
        assert.deepStrictEqual(embeddings.float, inputs.map((text) => Float32Array.from(Server.floatsOf(text))))
      }
    }))

  it.effect("forms beside those that were asked for, be they empty, null or of any shape", () =>
    Effect.gen(function*() {
      for (const others of [{ float: [] }, { float: null }, { int8: [[500]], "of tomorrow": 1 }, right]) {
        const { embeddings } = yield* asked({ embeddings: { ...others, base64: right["base64"] } })
        assert.deepStrictEqual(Object.keys(embeddings), ["float"])
        assert.deepStrictEqual(embeddings.float, inputs.map((text) => Float32Array.from(Server.floatsOf(text))))
      }
    }))

  it.effect("an answer without what is not needed", () =>
    Effect.gen(function*() {
      const transport = Transport.make(({ body }) =>
        Server.answer(body, { meta: undefined, response_type: undefined, texts: null })
      )
      const { meta, values } = yield* asked({ embeddings: undefined }, transport)
      assert.deepStrictEqual(meta, {})
      assert.deepStrictEqual(values, inputs)
    }))
})
