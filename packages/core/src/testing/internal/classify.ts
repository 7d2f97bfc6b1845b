/** Classify: a text gets the label of the example that is closest to it. */
import * as Either from "effect/Either"
import type * as ModelsApi from "../../Models.ts"
import type { Classification, ClassifyRequest, ClassifyResponse } from "../../V1.ts"
import { vector } from "./embeddings.ts"
import type { HandlersOf } from "./handler.ts"
import { uuid } from "./hash.ts"
import * as Models from "./models.ts"
import { invalid, type Rejection, unless } from "./rejection.ts"
import * as Tokens from "./tokens.ts"

const maxInputs = 96
/** How many tokens of a text count. */
const maxTokens = 512
/** How much closer means how much surer. */
const sharpness = 8

/** The texts of each label. */
const byLabel = ({ examples = [] }: ClassifyRequest): ReadonlyMap<string, ReadonlyArray<string>> => {
  const labels = new Map<string, Array<string>>()
  for (const { label, text } of examples) {
    if (label === undefined || text === undefined) continue
    const texts = labels.get(label)
    if (texts === undefined) labels.set(label, [text])
    else texts.push(text)
  }
  return labels
}

/** What the server refuses before it looks closer. */
export function* preflight(body: Readonly<Record<string, unknown>>): Iterable<Rejection> {
  const inputs = body["inputs"]
  if (Array.isArray(inputs) && inputs.length > maxInputs) {
    yield invalid(`total number of inputs must be at most ${maxInputs} - received ${inputs.length}`)
  }
}

function* problems(request: ClassifyRequest): Iterable<Rejection> {
  const { examples = [], inputs } = request
  if (inputs.length === 0) yield invalid("at least one input must be specified")
  for (const [index, input] of inputs.entries()) {
    if (input === "") yield invalid(`inputs contains a element that is the empty string at index ${index}`)
    if (request.truncate === "NONE" && Tokens.count(input) > maxTokens) {
      yield Tokens.tooMany(Tokens.count(input), maxTokens)
    }
  }
  for (const [index, { label = "", text = "" }] of examples.entries()) {
    if (label === "" || text === "") yield invalid(`example at index ${index} must have a text and a label`)
  }
  const labels = byLabel(request)
  if (labels.size < 2) yield invalid(`min classes for classify request is 2 - received ${labels.size}`)
  const rare = [...labels].flatMap(([label, texts]) => new Set(texts).size < 2 ? [label] : [])
  if (rare.length > 0) {
    yield invalid(`each unique label must have at least 2 examples. Not enough examples for: ${rare.join(", ")}`)
  }
}

const dot = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number =>
  a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0)

const respond = (request: ClassifyRequest): ClassifyResponse => {
  const cut = request.truncate === "START" ? Tokens.last : Tokens.first
  const known = [...byLabel(request)].map(([label, texts]) => ({
    label,
    vectors: texts.map((text) => vector(cut(text, maxTokens)))
  }))
  const classify = (input: string, index: number): Classification => {
    const seen = vector(cut(input, maxTokens))
    const weights = known.map(({ label, vectors }) => ({
      label,
      weight: Math.exp(sharpness * Math.max(...vectors.map((one) => dot(one, seen))))
    }))
    const total = weights.reduce((sum, { weight }) => sum + weight, 0)
    const sure = weights.map(({ label, weight }) => ({ label, confidence: weight / total }))
    const [best = { label: "", confidence: 0 }] = [...sure].sort((a, b) => b.confidence - a.confidence)
    return {
      id: uuid(`${index} ${input}`),
      input,
      prediction: best.label,
      predictions: [best.label],
      confidence: best.confidence,
      confidences: [best.confidence],
      labels: Object.fromEntries(sure.map(({ confidence, label }) => [label, { confidence }])),
      classification_type: "single-label"
    }
  }
  return {
    id: uuid(JSON.stringify(request)),
    classifications: request.inputs.map(classify),
    meta: { api_version: { version: "1" }, billed_units: { classifications: request.inputs.length } }
  }
}

/** Whether a model can tell labels apart: a classifier, or any that embeds. */
const findModel = (models: ReadonlyArray<ModelsApi.Model>, name: string | undefined) =>
  name === undefined
    ? Either.right(undefined)
    : Either.orElse(Models.serving(models, name, "embed"), () => Models.serving(models, name, "classify"))

/** The function behind the operation. */
export const make = (models: ReadonlyArray<ModelsApi.Model>): HandlersOf<"v1.classify"> => ({
  "v1.classify": (request) =>
    Either.flatMap(findModel(models, request.model), () => unless(problems(request), () => respond(request)))
})
