/** Reads a form byte by byte, more strictly than servers do. */
import type { Part } from "./fixture.ts"

const between = (text: string, start: string, end: string): string | undefined => {
  const from = text.indexOf(start)
  const to = text.indexOf(end, from + start.length)
  return from < 0 || to < 0 ? undefined : text.slice(from + start.length, to)
}

const partOf = (head: string, bytes: Uint8Array): Part => {
  const [disposition = "", contentType, ...more] = head.split("\r\n")
  const name = between(disposition, "form-data; name=\"", "\"")
  const filename = between(disposition, "; filename=\"", "\"")
  const text = `Content-Disposition: form-data; name="${name}"`
  if (name !== undefined && more.length === 0) {
    if (disposition === text && contentType === undefined) return { name, text: new TextDecoder().decode(bytes) }
    if (disposition === `${text}; filename="${filename}"` && contentType?.startsWith("Content-Type: ") === true) {
      return { name, filename: filename ?? "", type: contentType.slice("Content-Type: ".length), bytes }
    }
  }
  throw new Error(`this is no head of a part: ${JSON.stringify(head)}`)
}

/** The parts of a form, in their order. Throws if anything is there that does not belong there. */
export const partsOf = (body: Uint8Array, contentType: string): ReadonlyArray<Part> => {
  const boundary = /^multipart\/form-data; boundary=([0-9a-zA-Z]{1,70})$/.exec(contentType)?.[1]
  if (boundary === undefined) throw new Error(`this is no content type of a form: ${contentType}`)
  const bytes = Buffer.from(body)
  const parts: Array<Part> = []
  for (let at = 0;;) {
    const line = bytes.subarray(at, bytes.indexOf("\r\n", at)).toString()
    at += line.length + 2
    if (line === `--${boundary}--`) {
      if (at !== bytes.length) throw new Error("something follows the end of the form")
      return parts
    }
    if (line !== `--${boundary}`) throw new Error(`expected the boundary, found ${JSON.stringify(line)}`)
    const headEnd = bytes.indexOf("\r\n\r\n", at)
    const end = bytes.indexOf(`\r\n--${boundary}`, headEnd + 2)
    if (headEnd < 0 || end < 0) throw new Error("a part does not end")
    parts.push(
      partOf(
        bytes.subarray(at, headEnd).toString(),
        Uint8Array.from(bytes.subarray(Math.min(headEnd + 4, end), end))
      )
    )
    at = end + 2
  }
}
