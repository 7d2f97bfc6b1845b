/** The 32-bit floats that base64 holds, as one writes it by hand. A copy only where they are not aligned. */
export const floats = (base64: string): Float32Array => {
  const bytes = Buffer.from(base64, "base64")
  return bytes.byteOffset % 4 === 0
    ? new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    : new Float32Array(Uint8Array.from(bytes).buffer)
}
