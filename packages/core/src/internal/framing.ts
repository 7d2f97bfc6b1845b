/** Cuts a response body into frames: server-sent events, or JSON texts one a line. */
import * as Lines from "./lines.ts"

/** Takes one event as it was framed: its data, and whether its `event:` field calls it an error. */
export type OnFrame = (data: string, isError: boolean) => void

/** Reads bytes piece by piece. */
export interface Framing {
  /** Gives the frames that these bytes complete; says what is wrong if the body cannot be read on. */
  readonly push: (bytes: Uint8Array, emit: OnFrame) => string | undefined
  /** Gives the frames that the end of the body completes. */
  readonly end: (emit: OnFrame) => void
}

/** An event of 64 MiB must pass; without a bound, a broken server could fill the memory. */
const maxLength = 256 * 1024 * 1024

const problem = `it is longer than ${maxLength / 1024 / 1024} Mi characters`

/**
 * Server-sent events by the WHATWG grammar. `id` and `retry` are dropped: a chat cannot be resumed, and nothing may
 * delay it. An event that the end of the body cuts off is dropped, as the grammar says.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export const sse = (): Framing => {
  const lines = Lines.make(maxLength)
  let isError = false
  // The data of an event: nearly always one line, which needs no list.
  let data: string | undefined
  let more: Array<string> = []
  let length = 0

  const onLine = (emit: OnFrame): Lines.OnLine => (text, start, end) => {
    if (start === end) {
      if (data !== undefined) emit(more.length === 0 ? data : [data, ...more].join("\n"), isError)
      isError = false
      data = undefined
      if (more.length > 0) more = []
      length = 0
      return
    }
    const dataAt = valueAt("data", text, start, end)
    if (dataAt !== undefined) {
      const value = text.slice(dataAt, end)
      if (data === undefined) data = value
      else more.push(value)
      // An empty line takes memory, too.
      length += value.length + 16
      return
    }
    const eventAt = valueAt("event", text, start, end)
    if (eventAt !== undefined) isError = end - eventAt === "error".length && text.startsWith("error", eventAt)
  }

  return {
    push: (bytes, emit) => lines.push(bytes, onLine(emit)) && length <= maxLength ? undefined : problem,
    end: () => {}
  }
}

/** Where the value of a field begins, if a line is of this field. Looks at the line's beginning alone. */
const valueAt = (field: string, text: string, start: number, end: number): number | undefined => {
  const nameEnd = start + field.length
  if (nameEnd > end || !text.startsWith(field, start)) return undefined
  if (nameEnd === end) return end
  if (text.charCodeAt(nameEnd) !== 58) return undefined
  // One space after the colon is no part of the value.
  return nameEnd + 1 < end && text.charCodeAt(nameEnd + 1) === 32 ? nameEnd + 2 : nameEnd + 1
}

/**
 * JSON texts, one a line; blank lines are skipped, and a last line needs no line end. Some gateways write the lines of
 * server-sent events all the same: their data is taken, the rest of them skipped.
 */
export const ndjson = (): Framing => {
  const lines = Lines.make(maxLength)
  let isError = false

  const onLine = (emit: OnFrame): Lines.OnLine => (text, start, end) => {
    const line = text.slice(start, end).replace(/^data:/, "").trim()
    if (line.startsWith("event:")) isError = line.slice("event:".length).trim() === "error"
    if (line === "" || /^(:|event:|id:|retry:)/.test(line)) return
    emit(line, isError)
    isError = false
  }

  return {
    push: (bytes, emit) => lines.push(bytes, onLine(emit)) ? undefined : problem,
    end: (emit) => lines.flush(onLine(emit))
  }
}

const framings = { sse, ndjson }

/**
 * The framing of a body by its content type, of which the endpoint knows the usual one; `undefined` for a body that
 * cannot be a stream of events.
 */
export const byContentType = (
  contentType: string | undefined,
  usual: keyof typeof framings
): (() => Framing) | undefined => {
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? ""
  switch (type) {
    case "application/stream+json":
    case "application/x-ndjson":
    case "application/jsonl":
      return ndjson
    case "text/event-stream":
      return sse
    case "application/json":
    case "text/html":
      return undefined
    default:
      return framings[usual]
  }
}
