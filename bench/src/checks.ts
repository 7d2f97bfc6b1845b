/** Whether what a client got is what the server answered. A wrong answer ends the whole run. */
import * as Expected from "./answers.ts"
import { sum } from "./numbers.ts"
import type { Answers, OperationName, Rows, StreamSeen } from "./operations.ts"
import { bulkTexts } from "./requests.ts"
import type { Workload } from "./workloads.ts"

type Check<A> = (answer: A) => void

/** Checks all answers of a workload; what is expected is computed once, before time is taken. */
type Checks = { readonly [Name in OperationName]: (job: Workload) => Check<Answers[Name]> }

const same = (what: string, got: unknown, expected: unknown): void => {
  if (got !== expected) throw new Error(`wrong answer: ${what} is ${String(got)} instead of ${String(expected)}`)
}

const stream = (job: Workload): Check<StreamSeen> => {
  const pieces = Expected.pieces(Math.min(job.pieces ?? 0, job.take ?? Infinity))
  const characters = pieces.reduce((all, text) => all + text.length, 0)
  return (seen) => {
    same("number of pieces", seen.pieces, pieces.length)
    same("number of characters", seen.characters, characters)
  }
}

/** One row of each batch by its sum, all by their number and length. Floats of 32 bits came as base64. */
const rows = (type: Expected.EmbeddingType, count: number) => (job: Workload): Check<Rows> => {
  const dimension = job.dimension ?? 0
  const probe = 7
  const sumAs = (type: Expected.EmbeddingType) => sum(Expected.vector(type, probe, dimension))
  const [expected, packed] = [sumAs(type), sumAs("base64")]
  return (got) => {
    same("number of rows", got.length, count)
    for (const row of got) {
      if (row.length !== dimension) same("length of a row", row.length, dimension)
    }
    for (let i = probe; i < got.length; i += Expected.batchSize) {
      const row = got[i] ?? []
      same("sum of a row", sum(row), row instanceof Float32Array ? packed : expected)
    }
  }
}

export const checks: Checks = {
  chat: () => (text) => same("text", text, Expected.chatText),
  events: stream,
  text: stream,
  embedFloat: rows("float", Expected.batchSize),
  embedInt8: rows("int8", Expected.batchSize),
  embedBase64: rows("base64", Expected.batchSize),
  rerank: () => {
    const scores = Expected.rerankScores(1000)
    const expected = sum(scores)
    return (results) => {
      same("number of results", results.length, scores.length)
      same("sum of scores", sum(results.map(({ score }) => score)), expected)
      same("second index", results[1]?.index, 7)
    }
  },
  bulk: (job) => rows("float", bulkTexts(job).length)(job),
  bulkBase64: (job) => rows("base64", bulkTexts(job).length)(job)
}
