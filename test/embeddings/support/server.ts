/** A server that embeds: whatever it is given, by rules that are simple enough to foretell. */
import type * as Embeddings from "@effect-cohere/core/Embeddings"
import * as Effect from "effect/Effect"
import * as Transport from "../../support/transport.ts"

/** What is the same in all requests. */
export const fields = { model: "embed-v4.0", input_type: "search_document" } as const

/** What a request says. */
export interface Asked {
  readonly [field: string]: unknown
  readonly texts?: ReadonlyArray<string>
  readonly inputs?: ReadonlyArray<unknown>
  readonly embedding_types: ReadonlyArray<string>
}

/** What was asked, in order. What the library wrote is typed there. */
export const asked = (transport: Transport.Transport): ReadonlyArray<Asked> =>
  transport.requests.map(({ body }) => JSON.parse(body) as Asked)

/** The texts of each request. */
export const textsOf = (transport: Transport.Transport): ReadonlyArray<ReadonlyArray<string> | undefined> =>
  asked(transport).map(({ texts }) => texts)

/** Texts with their numbers in them. */
export const texts = (count: number): ReadonlyArray<string> => Array.from({ length: count }, (_, i) => `text ${i}`)

/** The floats of an input: the number in it, its length, and two that never change. */
export const floatsOf = (input: unknown): ReadonlyArray<number> => {
  const text = typeof input === "string" ? input : JSON.stringify(input)
  return [Number(/\d+/.exec(text)?.[0] ?? 0), text.length, -0.5, 0.25]
}

/** Numbers as base64, by means of Node.js alone. */
export const base64 = (floats: ReadonlyArray<number>): string => {
  const bytes = Buffer.alloc(floats.length * 4)
  floats.forEach((n, i) => bytes.writeFloatLE(n, i * 4))
  return bytes.toString("base64")
}

/** Numbers of each form, all other than those of the others. */
export const forms: { readonly [name in Embeddings.Form]: (input: unknown) => ReadonlyArray<number> } = {
  float: floatsOf,
  int8: (input) => [(floatsOf(input)[0] ?? 0) % 128, -128, 127, 0],
  uint8: (input) => [(floatsOf(input)[0] ?? 0) % 256, 255, 0],
  binary: (input) => [-((floatsOf(input)[0] ?? 0) % 128), 127],
  ubinary: (input) => [(floatsOf(input)[0] ?? 0) % 256, 0]
}

/** Rows in a form, by its name on the wire. */
export const rows = (name: string, inputs: ReadonlyArray<unknown>): ReadonlyArray<unknown> =>
  inputs.map((input) => name === "base64" ? base64(floatsOf(input)) : forms[name as Embeddings.Form](input))

/** The right answer, and whatever is to be different in it. */
export const answer = (body: string, rest: Readonly<Record<string, unknown>> = {}): Transport.Reply => {
  const { embedding_types, inputs, texts } = JSON.parse(body) as Asked
  const given = texts ?? inputs ?? []
  return Transport.json({
    id: `call of ${given.length}`,
    response_type: "embeddings_by_type",
    embeddings: Object.fromEntries(embedding_types.map((name) => [name, rows(name, given)])),
    meta: { api_version: { version: "2" }, billed_units: { input_tokens: given.length } },
    ...rest
  })
}

/** A server that gives right answers. */
export const honest = (): Transport.Transport => Transport.make(({ body }) => answer(body))

/** A server that gives right answers, each when this is done: with the first number in the request. */
export const waiting = (until: (first: number) => Effect.Effect<unknown>): Transport.Transport =>
  Transport.make(({ body }) => Effect.as(until(Number(/text (\d+)/.exec(body)?.[1])), answer(body)))

/** All that can happen by itself, without time that passes, has happened. */
export const quiet: Effect.Effect<void> = Effect.promise(async () => {
  for (let i = 0; i < 50; i++) await new Promise<void>((resolve) => setImmediate(resolve))
})
