import * as Models from "@effect-cohere/core/Models"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { modelAnswer, over } from "../client/support/samples.ts"
import * as Transport from "../support/transport.ts"

const urlFor = (model: string) =>
  Effect.gen(function*() {
    const transport = Transport.make(() => Transport.json(modelAnswer))
    yield* Models.get({ model }).pipe(over(transport))
    return transport.requests[0]?.url
  })

const base = "https://api.cohere.com/v1/models/"

describe("a value in the path", () => {
  const rows: ReadonlyArray<readonly [string, string]> = [
    ["command-a-03-2025", "command-a-03-2025"],
    ["my model", "my%20model"],
    ["modèle-é", "mod%C3%A8le-%C3%A9"],
    ["模型", "%E6%A8%A1%E5%9E%8B"],
    ["🌊", "%F0%9F%8C%8A"],
    [
      "arn:aws:sagemaker:us-east-1:123456789012:endpoint/cohere-rerank/x",
      "arn%3Aaws%3Asagemaker%3Aus-east-1%3A123456789012%3Aendpoint%2Fcohere-rerank%2Fx"
    ],
    ["a/b\\c", "a%2Fb%5Cc"],
    ["/leading", "%2Fleading"],
    ["trailing/", "trailing%2F"],
    ["100%", "100%25"],
    ["%2e%2e", "%252e%252e"],
    ["%2Fv1", "%252Fv1"],
    ["a?b=c&d#e", "a%3Fb%3Dc%26d%23e"],
    ["a+b", "a%2Bb"],
    ["a;b,c@d", "a%3Bb%2Cc%40d"],
    ["...", "..."],
    ["..a", "..a"],
    ["{model}", "%7Bmodel%7D"],
    ["$& $1 $$", "%24%26%20%241%20%24%24"],
    ["line\nbreak", "line%0Abreak"]
  ]

  it.effect.each(rows)(
    "%j becomes %s",
    ([model, path]) => Effect.map(urlFor(model), (url) => assert.strictEqual(url, base + path))
  )

  const value = FastCheck.string({ unit: "binary", minLength: 1, maxLength: 20 }).filter((text) =>
    !text.split(/[/\\]/).some((part) => part === "." || part === "..")
  )

  it.effect.prop(
    "is one segment, from which the server reads the same value",
    { value },
    ({ value }) =>
      Effect.map(urlFor(value), (url = "") => {
        const { hash, origin, pathname, search } = new URL(url)
        assert.strictEqual(origin + search + hash, "https://api.cohere.com")
        const [, version, resource, segment = "", ...more] = pathname.split("/")
        assert.deepStrictEqual([version, resource, more], ["v1", "models", []])
        assert.strictEqual(decodeURIComponent(segment), value)
      }),
    { fastCheck: { numRuns: 150 } }
  )
})
