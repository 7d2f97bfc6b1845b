/** Whose everything is. */

/** The organization of every key. */
export const id = "00000000-0000-4000-a000-000000000001"

/** The owner of every key. */
export const user = "00000000-0000-4000-a000-000000000002"
