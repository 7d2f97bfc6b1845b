/** The models that the demo uses; `Models.list` tells which there are for your key. */

/** Turns passages and questions into vectors. */
export const embed = "embed-v4.0"

/** Orders what the vectors found by how well it answers the question. */
export const rerank = "rerank-v4.0-fast"

/** Writes the answer. */
export const chat = "command-a-03-2025"
