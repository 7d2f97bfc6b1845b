/** Numbers of 32 bits, little endian, as base64 holds them. */

const other = /[^A-Za-z0-9+/=]/

/** Whether a text is the base64 of at least one such number, and of nothing else. */
export const isFloats = (text: string): boolean => {
  const end = text.indexOf("=")
  const length = end === -1 ? text.length : end
  return length > 0 && text.length - length <= 2 && text.length % 4 === 0 &&
    Math.floor(length * 3 / 4) % 4 === 0 && !other.test(text)
}

// Where there is one, it takes a third of the time.
const { Buffer } = globalThis as { readonly Buffer?: { readonly from: (text: string, form: "base64") => Uint8Array } }

const bytesOf = (text: string): Uint8Array => {
  if (Buffer !== undefined) return Buffer.from(text, "base64")
  const characters = atob(text)
  const bytes = new Uint8Array(characters.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i)
  return bytes
}

/** The numbers in a text for which {@link isFloats} holds. */
export const floatsOf = (text: string): Float32Array => {
  const { buffer, byteLength, byteOffset } = bytesOf(text)
  // Not an array over these bytes: they need not be aligned, and the machine may read them the other way round.
  const view = new DataView(buffer, byteOffset, byteLength)
  const floats = new Float32Array(byteLength / 4)
  for (let i = 0; i < floats.length; i++) floats[i] = view.getFloat32(i * 4, true)
  return floats
}
