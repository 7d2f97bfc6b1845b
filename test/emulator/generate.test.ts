import * as GenerateStream from "@effect-cohere/core/GenerateStream"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import type { GenerateRequest, GenerateStreamEvent, Generation, SummarizeResponse } from "@effect-cohere/core/V1"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { lines, ok, refusal, request } from "./api.ts"

const emulator = Emulator.make({
  models: [
    { name: "command", endpoints: ["generate", "summarize"], context_length: 100 },
    { name: "command-a-03-2025", endpoints: ["chat"] }
  ]
})

const generate = (body: Partial<GenerateRequest> = {}): Promise<Generation> =>
  ok("/v1/generate", { body: { prompt: "Once upon a time", ...body } }, emulator)

const stream = async (body: Partial<GenerateRequest> = {}): Promise<ReadonlyArray<GenerateStreamEvent>> => {
  const response = await emulator.fetch(
    request("/v1/generate", { body: { prompt: "Once upon a time", stream: true, ...body } })
  )
  return lines(await response.text()) as ReadonlyArray<GenerateStreamEvent>
}

const reason = (body: object) => refusal("/v1/generate", { prompt: "Once", ...body }, emulator)

describe("generate", () => {
  it("is gone with its models, unless a test brings one", async () => {
    assert.match(await refusal("/v1/generate", { prompt: "a" }), /^404 model 'command' was removed/)
    assert.match(
      await refusal("/v1/summarize", { text: "A sentence. ".repeat(30) }),
      /^404 model 'command' was removed/
    )
    assert.strictEqual(
      await reason({ model: "command-a-03-2025" }),
      "400 invalid request: model 'command-a-03-2025' is not supported by the generate API"
    )
    assert.strictEqual((await generate()).generations.length, 1)
  })

  it("gives as many different continuations as wanted, numbered if there are several", async () => {
    const one = await generate()
    assert.strictEqual(one.prompt, "Once upon a time")
    assert.notProperty(one.generations[0], "index")
    assert.strictEqual(one.generations[0]?.finish_reason, "COMPLETE")
    assert.deepStrictEqual(one.meta?.api_version, { version: "1" })
    const five = await generate({ num_generations: 5 })
    assert.deepStrictEqual(five.generations.map(({ index }) => index), [0, 1, 2, 3, 4])
    assert.strictEqual(new Set(five.generations.map(({ text }) => text)).size, 5)
    assert.strictEqual(new Set(five.generations.map(({ id }) => id)).size, 5)
    assert.deepStrictEqual(await generate({ num_generations: 5 }), five)
  })

  it("ends before an end sequence, behind a stop sequence, and at max_tokens", async () => {
    const [whole] = (await generate()).generations
    const text = whole?.text ?? ""
    const [ended] = (await generate({ end_sequences: ["emulator"] })).generations
    const [stopped] = (await generate({ stop_sequences: ["emulator"] })).generations
    const [cut] = (await generate({ max_tokens: 3 })).generations
    assert.strictEqual(ended?.text, text.slice(0, text.indexOf("emulator")))
    assert.strictEqual(stopped?.text, text.slice(0, text.indexOf("emulator") + "emulator".length))
    assert.deepStrictEqual([ended?.finish_reason, stopped?.finish_reason], ["STOP_SEQUENCE", "STOP_SEQUENCE"])
    assert.strictEqual(cut?.finish_reason, "MAX_TOKENS")
    assert.isTrue(text.startsWith(cut?.text ?? "?") && (cut?.text ?? "").length < text.length)
  })

  it("tells likelihoods of what was written, or of the prompt, too, whose first token has none", async () => {
    const [plain] = (await generate()).generations
    assert.notProperty(plain, "token_likelihoods")
    const [generated] = (await generate({ return_likelihoods: "GENERATION" })).generations
    assert.strictEqual(generated?.token_likelihoods?.map(({ token }) => token).join(""), generated?.text)
    const [all] = (await generate({ return_likelihoods: "ALL", max_tokens: 0 })).generations
    assert.strictEqual(all?.token_likelihoods?.map(({ token }) => token).join(""), "Once upon a time")
    assert.notProperty(all?.token_likelihoods?.[0], "likelihood")
    const rest = all?.token_likelihoods?.slice(1).map(({ likelihood }) => likelihood ?? 1) ?? []
    assert.isTrue(rest.every((likelihood) => likelihood <= 0))
    assert.closeTo(all?.likelihood ?? 0, rest.reduce((sum, x) => sum + x, 0) / rest.length, 1e-9)
  })

  it("reads of a long prompt what fits, unless it may not be cut", async () => {
    const prompt = Array.from({ length: 200 }, (_, i) => `w${i}`).join(" ")
    assert.include((await generate({ prompt })).generations[0]?.text ?? "", "w0 ")
    const [end] = (await generate({ prompt, truncate: "START" })).generations
    assert.notInclude(end?.text ?? "", "w0 ")
    assert.match(await reason({ prompt, truncate: "NONE" }), /^400 too many tokens: /)
  })

  it("refuses what the real server refuses", async () => {
    assert.strictEqual(await reason({ prompt: "" }), "400 invalid request: prompt must be at least 1 token long.")
    assert.strictEqual(
      await reason({ frequency_penalty: 0.5, presence_penalty: 0.5 }),
      "400 invalid request: cannot specify both frequency_penalty and presence_penalty."
    )
    assert.match(
      await reason({ max_tokens: 0 }),
      /^400 invalid request: max_tokens can only be 0 if return_likelihoods/
    )
    assert.match(
      await reason({ max_tokens: 0, return_likelihoods: "ALL", prompt: "a" }),
      /^400 invalid request: max_tokens can only be 0/
    )
    for (const body of [{ num_generations: 6 }, { num_generations: 0 }, { temperature: 5.1 }, { k: 501 }, { p: 1 }]) {
      assert.match(await reason(body), /^400 invalid request: \w+ must be between/)
    }
  })

  for (const body of [{}, { num_generations: 3 }, { max_tokens: 4 }, { end_sequences: ["emulator"] }]) {
    it(`streams what it answers at once: ${JSON.stringify(body)}`, async () => {
      const whole = await generate(body)
      const events = await stream(body)
      assert.deepStrictEqual(await Effect.runPromise(GenerateStream.collect(Stream.fromIterable(events))), whole)
      const folded = GenerateStream.toResponse(
        events.map((event) => event.event_type === "stream-end" ? { ...event, response: null } : event)
          .reduce(GenerateStream.reduce, GenerateStream.empty)
      )
      assert.deepStrictEqual(folded.generations.map(({ text }) => text), whole.generations.map(({ text }) => text))
      assert.deepStrictEqual(events.filter((event) => event["is_finished"] === true), events.slice(-1))
      assert.strictEqual(events.at(-1)?.event_type as string, "stream-end")
    })
  }

  it("tells several continuations at once, each piece with its number", async () => {
    const indices = (await stream({ num_generations: 2 })).flatMap((event) =>
      event.event_type === "text-generation" ? [event.index] : []
    )
    assert.deepStrictEqual(indices.slice(0, 4), [0, 1, 0, 1])
    assert.isTrue((await stream()).every((event) => !("index" in event)))
  })
})

describe("summarize", () => {
  const text = Array.from({ length: 20 }, (_, i) => `This is sentence number ${i + 1}.`).join(" ")
  const summarize = async (body: object = {}) =>
    (await ok<SummarizeResponse>("/v1/summarize", { body: { text, ...body } }, emulator)).summary
  const summarizing = Emulator.make({ models: [{ name: "command", endpoints: ["summarize"] }] })

  it("gives the first sentences, as many as the length says, as a paragraph or as bullets", async () => {
    const count = async (length: string) => (await summarizeWith({ length }))?.match(/sentence/g)?.length
    const summarizeWith = async (body: object) =>
      (await ok<SummarizeResponse>("/v1/summarize", { body: { text, ...body } }, summarizing)).summary
    assert.deepStrictEqual([await count("short"), await count("medium"), await count("long")], [1, 3, 5])
    assert.strictEqual(
      await summarizeWith({ length: "medium", format: "bullets" }),
      "- This is sentence number 1.\n- This is sentence number 2.\n- This is sentence number 3."
    )
    assert.strictEqual(await summarizeWith({ length: "short" }), "This is sentence number 1.")
  })

  it("refuses what the real server refuses, in its words", async () => {
    const reason = (body: object) => refusal("/v1/summarize", { text, ...body }, summarizing)
    assert.strictEqual(
      await reason({ text: "a".repeat(249) }),
      "400 invalid request: text must be longer than 250 characters"
    )
    assert.strictEqual(await reason({ text: "" }), "400 invalid request: required 'text' param is missing or empty.")
    assert.strictEqual(
      await reason({ length: "huge" }),
      "400 invalid request: length must be one of 'short', 'medium', or 'long'."
    )
    assert.strictEqual(
      await reason({ format: "song" }),
      "400 invalid request: format must be one of 'paragraph', or 'bullets'."
    )
    assert.match(await reason({ temperature: 6 }), /^400 invalid request: temperature/)
    // The other emulator's model reads 100 tokens.
    assert.match(await refusal("/v1/summarize", { text }, emulator), /^400 too many tokens: /)
    assert.include(await summarize({ text: "A sentence. ".repeat(22) }), "A sentence.")
  })
})
