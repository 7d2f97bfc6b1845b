import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Call, chat, embed, errorOf, getModel, rerank } from "./support/samples.ts"

interface Row {
  readonly text: string
  readonly limit?: number
  readonly received?: number
  readonly exceededBy?: number
}

const rows: ReadonlyArray<Row> = [
  {
    text: "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292. Try using a " +
      "shorter prompt, or enabling prompt truncating. See https://docs.cohere.com/reference/generate for more details.",
    limit: 4081,
    received: 4292,
    exceededBy: 211
  },
  {
    text: "too many tokens: max tokens must be less than or equal to 4096, the maximum output for this model - " +
      "received 8192.",
    limit: 4096,
    received: 8192,
    exceededBy: 4096
  },
  {
    text: "too many tokens: size limit exceeded by 11326 tokens. Try using shorter or fewer inputs, or setting " +
      "prompt_truncation='AUTO'.",
    exceededBy: 11326
  },
  {
    text:
      "too many tokens: size limit exceeded by 189876 tokens. Try using shorter or fewer inputs. The limit for this " +
      "model is 436000 tokens.",
    limit: 436000,
    exceededBy: 189876
  },
  {
    text: "too many tokens: minimal context could not be added to prompt (size limit exceeded by 280 tokens)",
    exceededBy: 280
  },
  { text: "too many tokens: multi-hop prompt is too long even after truncation" }
]

const body = (text: string, more: Readonly<Record<string, string>> = {}) => JSON.stringify({ ...more, message: text })

const answers = rows.flatMap((row) => [
  { ...row, status: 400, body: body(row.text), kind: "older models" },
  { ...row, status: 400, body: body(row.text, { error_type: "TOO_MANY_TOKENS" }), kind: "newer models" },
  { ...row, status: 413, body: body(row.text), kind: "an edge" },
  { ...row, status: 422, body: body(row.text), kind: "a gateway" }
])

const operations: ReadonlyArray<{ readonly endpoint: string; readonly call: Call }> = [
  { endpoint: "v2.chat", call: chat },
  { endpoint: "v2.embed", call: embed },
  { endpoint: "v2.rerank", call: rerank }
]

describe.each(operations)("$endpoint fails with TooManyTokens and its numbers", ({ call, endpoint }) => {
  it.effect.each(answers.map((row) => [row.status, row.kind, row.text, row] as const))(
    "%i of %s: %s",
    ([, , , row]) =>
      Effect.gen(function*() {
        const error = yield* errorOf(call, { status: row.status, body: row.body })
        assert.deepInclude({ ...error }, {
          _tag: "TooManyTokens",
          endpoint,
          detail: row.text,
          limit: row.limit,
          received: row.received,
          exceededBy: row.exceededBy
        })
        assert.isFalse(error.isRetryable)
        if (row.exceededBy !== undefined) assert.include(error.message.split("\n").at(-1), String(row.exceededBy))
      })
  )

  it.effect("with the code alone, whatever the words are", () =>
    Effect.map(
      errorOf(call, { status: 400, body: body("la requête est trop longue", { error_type: "TOO_MANY_TOKENS" }) }),
      (error) => assert.strictEqual(error._tag, "TooManyTokens")
    ))
})

it.effect("models.get, which reads no tokens, calls the same 400 an InvalidRequest", () =>
  Effect.gen(function*() {
    const same = { status: 400, body: body(rows[0]?.text ?? "", { error_type: "TOO_MANY_TOKENS" }) }
    assert.strictEqual((yield* errorOf(getModel, same))._tag, "InvalidRequest")
    assert.strictEqual((yield* errorOf(chat, same))._tag, "TooManyTokens")
  }))

it.effect("embed, which generates nothing, calls a 422 with a code an InvalidRequest", () =>
  Effect.map(
    errorOf(embed, { status: 422, body: body("No valid response", { error_type: "NO_VALID_RESPONSE_GENERATED" }) }),
    (error) => assert.strictEqual(error._tag, "InvalidRequest")
  ))

it.effect("words about too many tokens in the middle of another message are no TooManyTokens", () =>
  Effect.map(
    errorOf(chat, { status: 400, body: body("invalid request: stop sequence 'too many tokens' is not allowed") }),
    (error) => assert.strictEqual(error._tag, "InvalidRequest")
  ))

it.effect("a rate limit of tokens is no TooManyTokens", () =>
  Effect.map(
    errorOf(chat, { status: 429, body: body("too many tokens: limit is 100000 tokens per minute") }),
    (error) => assert.deepInclude({ ...error }, { _tag: "RateLimited", scope: "tokens" })
  ))
