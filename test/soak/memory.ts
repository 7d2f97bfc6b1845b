/** What a process holds when all garbage is gone. Needs `node --expose-gc`. */

const megabyte = 1024 * 1024

/** Megabytes on the heap and in buffers outside of it. */
export const held = async (): Promise<number> => {
  // Finalizers run between collections, and let go of more.
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / megabyte
}
