/** Everything that a real server would draw at random, the emulator hashes: the same request has the same answer. */

/** 32 bits that depend on every character. */
export const hash = (text: string, seed = 0): number => {
  let h = 0x811c9dc5 ^ Math.imul(seed + 1, 0x9e3779b1)
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  // FNV leaves neighbours close together; this spreads them.
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** 32 hexadecimal digits. */
export const hex = (text: string): string =>
  [0, 1, 2, 3].map((seed) => hash(text, seed).toString(16).padStart(8, "0")).join("")

/** An id in the form of a UUID (version 4, although nothing about it is random). */
export const uuid = (text: string): string =>
  hex(text).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-a$4-$5")

/** Twelve lower-case letters and digits, like those that end a tool call's id. */
export const suffix = (text: string): string =>
  [0, 1, 2].map((seed) => hash(text, seed).toString(36).padStart(7, "0").slice(-4)).join("")
