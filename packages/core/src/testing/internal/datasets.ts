/** Datasets: files of rows, checked by the time of the second look. */
import * as Either from "effect/Either"
import {
  type CreateDatasetRequest,
  type Dataset,
  type DatasetPart,
  datasetTypes,
  type ListDatasetsRequest
} from "../../Datasets.ts"
import { isFile, type Upload } from "../../Upload.ts"
import type { JsonObject } from "../../Wire.ts"
import type { Clock } from "./clock.ts"
import { type Content, parseFile } from "./datasetRows.ts"
import type { HandlersOf, IdsOf, Result } from "./handler.ts"
import { uuid } from "./hash.ts"
import * as Pages from "./pages.ts"
import { invalid, notFound, type Rejection, unless } from "./rejection.ts"

/** A dataset as it was made. */
interface Stored {
  readonly dataset: Omit<Dataset, "validation_status" | "validation_error" | "validation_warnings">
  readonly type: string
  readonly createdAt: string
  readonly size: number
  readonly content: Content
  /** Whether it is checked. */
  isSettled: boolean
}

/** The datasets of an emulator. */
export interface Datasets {
  readonly handlers: HandlersOf<IdsOf<"datasets">>
  /** The rows of a validated dataset of a type. */
  readonly rows: (
    id: string,
    isType: (type: string) => boolean
  ) => Either.Either<ReadonlyArray<JsonObject>, Rejection>
  /** Whether there is such a dataset. */
  readonly check: (id: string) => Either.Either<unknown, Rejection>
  /** The type of a dataset. */
  readonly typeOf: (id: string) => string | undefined
  /** Adds the results of a job: as many rows as these samples stand for. Returns the id. */
  readonly add: (name: string, type: string, samples: ReadonlyArray<JsonObject>, count: number) => string
}

const types: ReadonlySet<string> = new Set(datasetTypes)

/** How many rows a part shows. */
export const sampled = 3

const encoder = new TextEncoder()

/** What the server refuses before it looks closer. */
export function* preflight(body: Readonly<Record<string, unknown>>): Iterable<Rejection> {
  for (const name of Object.keys(body)) {
    if (name !== "data" && name !== "eval_data") {
      yield invalid(`the part '${name}' of the form is neither the file 'data' nor the evaluation file 'eval_data'`)
    }
  }
}

function* problems(request: CreateDatasetRequest): Iterable<Rejection> {
  if (request.name.trim() === "") yield invalid("the name of the dataset is missing")
  if (!types.has(request.type)) {
    yield invalid(`the dataset type '${request.type}' is not valid, it must be one of ${[...types].join(", ")}`)
  }
}

/** The bytes of an upload: on this side of the wire, it always is a `File`. */
const textOf = async (upload: Upload): Promise<string> => isFile(upload) ? upload.text() : ""

const partOf = (
  id: string,
  name: string,
  index: number,
  size: number,
  samples: ReadonlyArray<JsonObject>,
  count: number
): DatasetPart => ({
  id: uuid(`${id} part ${index}`),
  name,
  index,
  size_bytes: size,
  num_rows: count,
  samples: samples.slice(0, sampled).map((row) => JSON.stringify(row))
})

const show = ({ content: { error, warnings }, dataset, isSettled }: Stored): Dataset => {
  if (!isSettled) return { ...dataset, dataset_parts: [], validation_status: "processing" }
  return {
    ...dataset,
    validation_status: error === undefined ? "validated" : "failed",
    ...(error === undefined ? {} : { validation_error: error, dataset_parts: [] }),
    ...(warnings.length === 0 ? {} : { validation_warnings: warnings })
  }
}

const timeOf = (name: string, text: string | undefined): Either.Either<number | undefined, Rejection> => {
  const time = text === undefined ? undefined : Date.parse(text)
  return Number.isNaN(time) ? Either.left(invalid(`${name} is not a valid date-time: '${text}'`)) : Either.right(time)
}

/** The datasets of an emulator: none at first. */
export const make = (clock: Clock): Datasets => {
  const all = new Map<string, Stored>()

  const find = (id: string): Either.Either<Stored, Rejection> =>
    Either.fromNullable(all.get(id), () => notFound(`dataset with id ${id} not found`))

  const create = async (request: CreateDatasetRequest): Promise<Result<"datasets.create">> => {
    for (const problem of problems(request)) return Either.left(problem)
    const isEmbedInput = request.type === "embed-input"
    const keep = request.keep_fields ?? []
    const required = [...(isEmbedInput ? ["text"] : []), ...keep]
    const format = {
      csvDelimiter: request.csv_delimiter ?? ",",
      textSeparator: request.text_separator ?? "\n",
      required,
      kept: isEmbedInput || keep.length > 0 ? [...required, ...(request.optional_fields ?? [])] : undefined,
      skip: request.skip_malformed_input ?? false
    }
    const { at, id } = clock()
    const files = [request.data, ...(request.eval_data === undefined ? [] : [request.eval_data])]
    const read = await Promise.all(files.map(async (file) => {
      const text = await textOf(file)
      return { file, size: encoder.encode(text).length, content: parseFile(file.name, text, format) }
    }))
    all.set(id, {
      dataset: {
        id,
        name: request.name,
        created_at: at,
        updated_at: at,
        dataset_type: request.type,
        required_fields: required,
        preserve_fields: keep,
        dataset_parts: read.map(({ content: { rows }, file, size }, index) =>
          partOf(id, file.name, index, size, rows, rows.length)
        ),
        parse_info: { delimiter: format.csvDelimiter, separator: format.textSeparator }
      },
      type: request.type,
      createdAt: at,
      size: read.reduce((sum, { size }) => sum + size, 0),
      content: {
        rows: read.flatMap(({ content }) => content.rows),
        error: read.find(({ content }) => content.error !== undefined)?.content.error,
        warnings: read.flatMap(({ content }) => content.warnings)
      },
      isSettled: false
    })
    return Either.right({ id })
  }

  const list = (request: ListDatasetsRequest): Result<"datasets.list"> =>
    Either.all({ before: timeOf("before", request.before), after: timeOf("after", request.after) }).pipe(
      Either.flatMap(({ after = -Infinity, before = Infinity }) =>
        Pages.byOffset(
          [...all.values()].reverse().filter((stored) => {
            const time = Date.parse(stored.createdAt)
            return time > after && time < before &&
              (request.datasetType === undefined || stored.type === request.datasetType) &&
              (request.validationStatus === undefined || show(stored).validation_status === request.validationStatus)
          }),
          request
        )
      ),
      Either.map((datasets) => ({ datasets: datasets.map(show) }))
    )

  return {
    handlers: {
      "datasets.create": create,
      "datasets.list": list,
      "datasets.get": ({ id }) =>
        Either.map(find(id), (stored) => {
          const dataset = show(stored)
          stored.isSettled = true
          return { dataset }
        }),
      "datasets.getUsage": () =>
        Either.right({ organization_usage: [...all.values()].reduce((sum, { size }) => sum + size, 0) }),
      "datasets.delete": ({ id }) =>
        Either.map(find(id), () => {
          all.delete(id)
          return {}
        })
    },
    rows: (id, isType) =>
      Either.flatMap(find(id), (stored) =>
        unless(
          (function*() {
            if (!isType(stored.type)) {
              yield invalid(`dataset ${id} has the type '${stored.type}', which is not supported`)
            }
            const status = show(stored).validation_status
            if (status !== "validated") yield invalid(`dataset ${id} is not validated: its status is '${status}'`)
          })(),
          () => stored.content.rows
        )),
    check: find,
    typeOf: (id) => all.get(id)?.type,
    add: (name, type, samples, count) => {
      const { at, id } = clock()
      const written = encoder.encode(samples.map((row) => JSON.stringify(row)).join("\n")).length
      const size = samples.length === 0 ? 0 : Math.round(written / samples.length * count)
      all.set(id, {
        dataset: {
          id,
          name,
          created_at: at,
          updated_at: at,
          dataset_type: type,
          dataset_parts: [partOf(id, `${name}.avro`, 0, size, samples, count)]
        },
        type,
        createdAt: at,
        size,
        content: { rows: samples, error: undefined, warnings: [] },
        isSettled: true
      })
      return id
    }
  }
}
