/** Text from bytes that come piece by piece. */

const streaming = { stream: true }

/**
 * Bytes are UTF-8; a byte order mark at the beginning is dropped, invalid sequences become U+FFFD. Given nothing, it gives
 * what the end makes of a character that was cut.
 */
export const decoder = (): (bytes?: Uint8Array) => string => {
  const careful = new TextDecoder()
  // Decoding without state is many times faster. No piece but the first has a mark of its byte order.
  const plain = new TextDecoder("utf-8", { ignoreBOM: true })
  // Whether a character, or the mark, may have begun that the next piece ends.
  let isOpen = true
  return (bytes) => {
    if (bytes === undefined) return isOpen ? careful.decode() : ""
    const last = bytes.at(-1)
    if (last === undefined) return ""
    const wasOpen = isOpen
    isOpen = last > 0x7f
    return wasOpen || isOpen ? careful.decode(bytes, streaming) : plain.decode(bytes)
  }
}
