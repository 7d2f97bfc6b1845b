/** Cuts a stream of bytes into lines, in time linear in its size, however it is chunked. */
import * as Utf8 from "./utf8.ts"

/** Reads bytes piece by piece. */
export interface Lines {
  /** Gives each line that these bytes complete. Says whether the limit is kept. */
  readonly push: (bytes: Uint8Array, emit: OnLine) => boolean
  /** Gives the last line if it has no line end. */
  readonly flush: (emit: OnLine) => void
}

/** Takes a line, without its line end, as a part of a text: most lines need not be cut out whole. */
export type OnLine = (text: string, start: number, end: number) => void

/** Bytes that become text at once: V8 parses parts of a long text (100,000 characters) at nearly twice the cost. */
const piece = 64 * 1024

/** Lines end in LF, CRLF or CR. `limit` bounds the length of a line. */
export const make = (limit: number): Lines => {
  const decode = Utf8.decoder()
  // The beginning of the current line. Engines join the pieces of a text when it is looked into: once, when its end has come.
  let beginning = ""
  // Whether the text so far ended in CR, so that a LF at the start of the next belongs to it.
  let afterCr = false

  const complete = (text: string, start: number, end: number, emit: OnLine): void => {
    if (beginning === "") return emit(text, start, end)
    const line = beginning + text.slice(start, end)
    beginning = ""
    emit(line, 0, line.length)
  }

  const feed = (text: string, emit: OnLine): boolean => {
    if (text === "") return true
    let start = afterCr && text.charCodeAt(0) === 10 ? 1 : 0
    afterCr = false
    let lf = text.indexOf("\n", start)
    let cr = text.indexOf("\r", start)
    while (lf !== -1 || cr !== -1) {
      const atCr = cr !== -1 && (lf === -1 || cr < lf)
      const end = atCr ? cr : lf
      complete(text, start, end, emit)
      start = end + 1
      if (atCr) {
        if (start === text.length) afterCr = true
        else if (lf === start) start++
        cr = text.indexOf("\r", start)
      }
      if (lf !== -1 && lf < start) lf = text.indexOf("\n", start)
    }
    beginning += text.slice(start)
    return beginning.length <= limit
  }

  return {
    push: (bytes, emit) => {
      for (let from = 0; from < bytes.length; from += piece) {
        const part = bytes.length <= piece ? bytes : bytes.subarray(from, from + piece)
        if (!feed(decode(part), emit)) return false
      }
      return true
    },
    flush: (emit) => {
      feed(decode(), emit)
      if (beginning !== "") complete("", 0, 0, emit)
    }
  }
}
