/** Embed: a hashed bag of stems and letter triples, projected on as many dimensions as asked for. */
import type { EmbeddedImage, EmbeddingType } from "../../Embed.ts"
import type * as Models from "../../Models.ts"
import type { EmbedRequest, EmbedResponse } from "../../V2.ts"
import { hash, uuid } from "./hash.ts"
import { invalid, type Rejection } from "./rejection.ts"
import * as Tokens from "./tokens.ts"
import { stems, words } from "./words.ts"

const maxInputs = 96
const matryoshka = [256, 512, 1024, 1536]

/** Into how many dimensions each feature is spread: the more, the closer to zero are texts that share nothing. */
const spread = 24

type Part = { readonly type: "text"; readonly text: string } | { readonly type: "image"; readonly uri: string }

const isV3 = (model: string) => model.includes("v3.0")

const dimensionOf = (request: EmbedRequest): number =>
  request.output_dimension ?? (isV3(request.model) ? (request.model.includes("light") ? 384 : 1024) : 1536)

const partsOf = (request: EmbedRequest): ReadonlyArray<ReadonlyArray<Part>> =>
  request.texts?.map((text): ReadonlyArray<Part> => [{ type: "text", text }]) ??
    request.images?.map((uri): ReadonlyArray<Part> => [{ type: "image", uri }]) ??
    request.inputs?.map((input) =>
      input.content.map((block): Part => block.type === "text" ? block : { type: "image", uri: block.image_url.url })
    ) ?? []

/** Whether something is an image as a base64 data URI. */
export const isImage = (uri: string) => /^data:image\/[a-z+]+;base64,[A-Za-z0-9+/]+=*$/.test(uri)

const limitOf = (request: EmbedRequest, model: Models.Model): number =>
  Math.min(request.max_tokens ?? Infinity, model.context_length ?? Infinity)

/** What the server would refuse before it looks closer. */
export function* preflight(body: Readonly<Record<string, unknown>>): Iterable<Rejection> {
  for (const name of ["texts", "inputs"]) {
    const list = body[name]
    if (Array.isArray(list) && list.length > maxInputs) {
      yield invalid(`total number of ${name} must be at most ${maxInputs} - received ${list.length}`)
    }
  }
  if (body["input_type"] === undefined) yield invalid("valid input_type must be provided with the provided model")
}

/** What the server would refuse. */
export function* problems(request: EmbedRequest, model: Models.Model): Iterable<Rejection> {
  const given = [request.texts, request.images, request.inputs].filter((list) => list !== undefined)
  if (given.length !== 1) yield invalid("exactly one of texts, images and inputs must be specified")
  if (given[0]?.length === 0) yield invalid("at least one text, image or input must be specified")
  if (request.images !== undefined && request.input_type !== "image") {
    yield invalid("images must be used with input_type=image")
  }
  if (isV3(request.model)) {
    if (request.inputs !== undefined) yield invalid(`inputs is not supported by model '${request.model}'`)
    if (request.output_dimension !== undefined) {
      yield invalid(`output_dimension is not supported by model '${request.model}'`)
    }
    if ((request.images?.length ?? 0) > 1) yield invalid("total number of images must be at most 1")
  } else if (request.output_dimension !== undefined && !matryoshka.includes(request.output_dimension)) {
    yield invalid(`output_dimension must be one of ${matryoshka.join(", ")} - received ${request.output_dimension}`)
  }
  const limit = limitOf(request, model)
  for (const [index, parts] of partsOf(request).entries()) {
    if (parts.length === 0) yield invalid(`inputs contains an element without content at index ${index}`)
    for (const part of parts) {
      if (part.type === "image" && !isImage(part.uri)) {
        yield invalid(`image at index ${index} must be a base64 data URI`)
      }
      if (part.type === "text" && part.text === "") {
        yield invalid(`inputs contains a element that is the empty string at index ${index}`)
      }
      if (part.type === "text" && request.truncate === "NONE" && Tokens.count(part.text) > limit) {
        yield Tokens.tooMany(Tokens.count(part.text), limit)
      }
    }
  }
}

/** What of a text is seen, and how much it counts: stems above all, a little spelling, hardly any filler. */
const features = (text: string): ReadonlyArray<readonly [feature: string, weight: number]> => {
  const out: Array<readonly [string, number]> = []
  for (const stem of stems(text)) {
    out.push([stem, 1])
    const padded = `^${stem}$`
    for (let i = 0; i + 3 <= padded.length; i++) out.push([padded.slice(i, i + 3), 0.2])
  }
  for (const word of words(text)) out.push([`word ${word}`, 0.1])
  // Nothing but punctuation still is some text.
  return out.length > 0 ? out : [[`raw ${text}`, 1]]
}

/** The embedding of one input: of length 1, each number exact in 32 bits, so that all forms agree. */
const embedOne = (parts: ReadonlyArray<Part>, dimension: number): ReadonlyArray<number> => {
  const sum = new Float64Array(dimension)
  for (const part of parts) {
    const seen = part.type === "text" ? features(part.text) : [[part.uri.slice(part.uri.indexOf(",")), 4] as const]
    for (const [feature, weight] of seen) {
      for (let seed = 0; seed < spread; seed++) {
        const h = hash(feature, seed)
        const at = (h >>> 1) % dimension
        sum[at] = (sum[at] ?? 0) + (h & 1 ? weight : -weight)
      }
    }
  }
  const length = Math.hypot(...sum)
  return Array.from(sum, (x) => Math.fround(x / length))
}

/** The embedding of a text. */
export const vector = (text: string): ReadonlyArray<number> => embedOne([{ type: "text", text }], 1024)

const clamp = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x))

/** One byte for a number: four standard deviations fill the range. */
const quantize = (row: ReadonlyArray<number>): ReadonlyArray<number> =>
  row.map((x) => clamp(Math.round(x * Math.sqrt(row.length) * 32), -128, 127))

/** The signs, eight in a byte, first dimension in the highest bit. */
const pack = (row: ReadonlyArray<number>): ReadonlyArray<number> => {
  const bytes: Array<number> = []
  for (let i = 0; i < row.length; i += 8) {
    bytes.push(row.slice(i, i + 8).reduce((byte, x) => byte * 2 + (x > 0 ? 1 : 0), 0))
  }
  return bytes
}

const base64 = (row: ReadonlyArray<number>): string => {
  const view = new DataView(new ArrayBuffer(row.length * 4))
  row.forEach((x, i) => view.setFloat32(i * 4, x, true))
  let binary = ""
  for (let i = 0; i < view.byteLength; i++) binary += String.fromCharCode(view.getUint8(i))
  return btoa(binary)
}

const forms: { readonly [Type in EmbeddingType]: (row: ReadonlyArray<number>) => ReadonlyArray<number> | string } = {
  float: (row: ReadonlyArray<number>) => row,
  int8: quantize,
  uint8: (row: ReadonlyArray<number>) => quantize(row).map((x) => x + 128),
  binary: (row: ReadonlyArray<number>) => pack(row).map((byte) => byte - 128),
  ubinary: pack,
  base64
}

/** Format and size of an image. */
export const describe = (uri: string): EmbeddedImage => {
  const format = uri.slice("data:".length, uri.indexOf(";"))
  // A PNG begins with its size; other formats hide it better than an emulator has to find.
  const head = format === "image/png" ? atob(uri.slice(uri.indexOf(",") + 1).slice(0, 32)) : ""
  const int = (at: number) => [0, 1, 2, 3].reduce((n, i) => n * 256 + head.charCodeAt(at + i), 0)
  return { width: head.length < 24 ? 0 : int(16), height: head.length < 24 ? 0 : int(20), format, bit_depth: 0 }
}

/** The embeddings. */
export const respond = (request: EmbedRequest, model: Models.Model): EmbedResponse => {
  const limit = limitOf(request, model)
  const cut = request.truncate === "START" ? Tokens.last : Tokens.first
  const inputs = partsOf(request).map((parts) =>
    parts.map((part): Part => part.type === "text" ? { type: "text", text: cut(part.text, limit) } : part)
  )
  const parts = inputs.flat()
  const images = parts.flatMap((part) => part.type === "image" ? [part.uri] : [])
  const inputTokens = parts.reduce((n, part) => n + (part.type === "text" ? Tokens.count(part.text) : 0), 0)
  const rows = inputs.map((input) => embedOne(input, dimensionOf(request)))
  return {
    id: uuid(JSON.stringify(request)),
    response_type: "embeddings_by_type",
    embeddings: Object.fromEntries(
      (request.embedding_types ?? ["float"]).map((type) => [type, rows.map((row) => forms[type](row))])
    ),
    texts: request.texts ?? [],
    ...(images.length > 0 ? { images: images.map(describe) } : {}),
    meta: {
      api_version: { version: "2" },
      billed_units: {
        ...(images.length > 0 ? { images: images.length } : {}),
        ...(inputTokens > 0 ? { input_tokens: inputTokens } : {})
      }
    }
  }
}
