/** Cuts a response body into frames: server-sent events, or JSON texts one a line. */
import * as Lines from "./lines.ts"

/** One event as it was framed. */
export interface Frame {
  /** The `event:` field of a server-sent event, if it had one. */
  readonly event: string | undefined
  readonly data: string
}

/** Reads bytes piece by piece. */
export interface Framing {
  /** The frames that these bytes complete, and what is wrong if the body cannot be read on. */
  readonly push: (bytes: Uint8Array) => { readonly frames: ReadonlyArray<Frame>; readonly problem: string | undefined }
  /** The frames that the end of the body completes. */
  readonly end: () => ReadonlyArray<Frame>
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
  let event: string | undefined
  let data: Array<string> = []
  let length = 0
  let frames: Array<Frame> = []

  const onLine = (line: string): void => {
    if (line === "") {
      if (data.length > 0) frames.push({ event, data: data.length === 1 ? data[0]! : data.join("\n") })
      event = undefined
      data = []
      length = 0
      return
    }
    const colon = line.indexOf(":")
    if (colon === 0) return
    const name = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? "" : line.slice(line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1)
    if (name === "data") {
      data.push(value)
      // An empty line takes memory, too.
      length += value.length + 16
    } else if (name === "event") {
      event = value
    }
  }

  return {
    push: (bytes) => {
      frames = []
      const kept = lines.push(bytes, onLine) && length <= maxLength
      return { frames, problem: kept ? undefined : problem }
    },
    end: () => []
  }
}

/**
 * JSON texts, one a line; blank lines are skipped, and a last line needs no line end. Some gateways write the lines of
 * server-sent events all the same: their data is taken, the rest of them skipped.
 */
export const ndjson = (): Framing => {
  const lines = Lines.make(maxLength)
  let event: string | undefined
  let frames: Array<Frame> = []

  const onLine = (line: string): void => {
    const text = line.replace(/^data:/, "").trim()
    if (text.startsWith("event:")) event = text.slice("event:".length).trim()
    if (text === "" || /^(:|event:|id:|retry:)/.test(text)) return
    frames.push({ event, data: text })
    event = undefined
  }

  return {
    push: (bytes) => {
      frames = []
      const kept = lines.push(bytes, onLine)
      return { frames, problem: kept ? undefined : problem }
    },
    end: () => {
      frames = []
      lines.flush(onLine)
      return frames
    }
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
