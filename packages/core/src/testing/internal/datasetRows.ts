/** Reads the rows of an uploaded file, and checks them. */
import * as Option from "effect/Option"
import { isObject, parse } from "../../internal/json.ts"
import type { JsonObject } from "../../Wire.ts"

/** How a file is to be read. */
export interface Format {
  readonly csvDelimiter: string
  readonly textSeparator: string
  /** Fields that a row must have. */
  readonly required: ReadonlyArray<string>
  /** Fields that a row may have; `undefined`: all. */
  readonly kept: ReadonlyArray<string> | undefined
  /** Whether broken rows are left out. */
  readonly skip: boolean
}

/** What is in a file. */
export interface Content {
  readonly rows: ReadonlyArray<JsonObject>
  /** Why it cannot be used. */
  readonly error: string | undefined
  /** About rows that were left out. */
  readonly warnings: ReadonlyArray<string>
}

/** A row, or what is wrong with it. */
type Row = JsonObject | string

/** The cells of a CSV file. A quoted one may hold delimiters, line ends, and quotes, which are doubled. */
const cells = (text: string, delimiter: string): ReadonlyArray<ReadonlyArray<string>> => {
  const lines: Array<Array<string>> = []
  let line: Array<string> = []
  let cell = ""
  let isQuoted = false
  const endLine = () => {
    line.push(cell)
    cell = ""
    // A line without anything is none.
    if (line.length > 1 || line[0] !== "") lines.push(line)
    line = []
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? ""
    if (isQuoted) {
      if (c !== "\"") cell += c
      else if (text[i + 1] === "\"") cell += text[i++]
      else isQuoted = false
    } else if (c === "\"" && cell === "") isQuoted = true
    else if (text.startsWith(delimiter, i)) {
      line.push(cell)
      cell = ""
      i += delimiter.length - 1
    } else if (c === "\n" || (c === "\r" && text[i + 1] !== "\n")) endLine()
    else if (c !== "\r") cell += c
  }
  endLine()
  return lines
}

const fromCsv = (text: string, format: Format): ReadonlyArray<Row> | string => {
  const [header = [], ...lines] = cells(text, format.csvDelimiter)
  const missing = format.required.filter((name) => !header.includes(name))
  if (missing.length > 0) return `the csv file has no column '${missing.join("', '")}' in its header row`
  return lines.map((line): Row =>
    line.length === header.length
      ? Object.fromEntries(header.map((name, i) => [name, line[i]]))
      : `it has ${line.length} columns, the header row has ${header.length}`
  )
}

const fromJsonLines = (text: string): ReadonlyArray<Row> =>
  text.split("\n").filter((line) => line.trim() !== "").map((line): Row => {
    const json = Option.getOrUndefined(parse(line))
    return isObject(json) ? json : "it is not a JSON object"
  })

const read = (name: string, text: string, format: Format): ReadonlyArray<Row> | string => {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase()
  switch (extension) {
    case "csv":
      return fromCsv(text, format)
    case "jsonl":
      return fromJsonLines(text)
    case "txt":
      return text.split(format.textSeparator).filter((row) => row.trim() !== "").map((row) => ({ text: row }))
    default:
      return `the file '${name}' is neither .csv nor .jsonl nor .txt`
  }
}

/** What is wrong with a row, if anything is. */
const problem = (row: Row, required: ReadonlyArray<string>): string | undefined => {
  if (typeof row === "string") return row
  const missing = required.find((name) => !Object.hasOwn(row, name) || row[name] === undefined || row[name] === null)
  if (missing !== undefined) return `it has no field '${missing}'`
  const empty = required.find((name) => row[name] === "")
  return empty === undefined ? undefined : `its field '${empty}' is empty`
}

/** The rows of a file, with the fields that are to be kept. */
export const parseFile = (name: string, text: string, format: Format): Content => {
  const all = read(name, text.replace(/^\uFEFF/, ""), format)
  if (typeof all === "string") return { rows: [], error: all, warnings: [] }
  const rows: Array<JsonObject> = []
  const problems: Array<string> = []
  for (const [index, row] of all.entries()) {
    const found = problem(row, format.required)
    if (found !== undefined) problems.push(`row ${index + 1} of '${name}': ${found}`)
    else if (typeof row !== "string") {
      rows.push(
        format.kept === undefined
          ? row
          : Object.fromEntries(Object.entries(row).filter(([field]) => format.kept?.includes(field)))
      )
    }
  }
  const error = format.skip ? undefined : problems[0]
  return {
    rows,
    error: error ?? (rows.length === 0 ? `the file '${name}' has no rows` : undefined),
    warnings: format.skip ? problems.map((text) => `left out ${text}`) : []
  }
}
