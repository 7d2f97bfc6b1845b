/** Text from bytes that come piece by piece. */

/** Has no state, and so is many times faster. No piece but the first has a mark of its byte order. */
const plain = new TextDecoder("utf-8", { ignoreBOM: true })

const streaming = { stream: true }

/**
 * Bytes are UTF-8; a byte order mark at the beginning is dropped, invalid sequences become U+FFFD. Given nothing, it gives
 * what the end makes of a character that was cut.
 */
export const decoder = (): (bytes?: Uint8Array) => string => {
  let careful: TextDecoder | undefined
  let isFirst = true
  // Whether a character, or the mark, may have begun that the next piece ends.
  let isOpen = false
  return (bytes) => {
    if (bytes === undefined) return isOpen && careful !== undefined ? careful.decode() : ""
    const last = bytes.at(-1)
    if (last === undefined) return ""
    const isCareful = isOpen || last > 0x7f || (isFirst && bytes[0] === 0xef)
    if (isCareful) careful ??= new TextDecoder("utf-8", { ignoreBOM: !isFirst })
    isFirst = false
    isOpen = last > 0x7f
    return isCareful && careful !== undefined ? careful.decode(bytes, streaming) : plain.decode(bytes)
  }
}
