/** What keeps streams from beginning, and how they fail. */
import type * as CohereError from "@effect-cohere/core/CohereError"
import { assert } from "@effect/vitest"
import * as Transport from "../support/transport.ts"

/** Answers without a stream, whatever its framing, after which the next attempt may succeed. */
export const transient: ReadonlyArray<readonly [what: string, reply: Transport.Reply | Transport.Failure]> = [
  ["a status of 503", Transport.json({ message: "busy" }, { status: 503 })],
  ["a status of 429", Transport.json({ message: "too many requests per minute" }, { status: 429 })],
  ["a refused connection", { fail: "ECONNREFUSED" }]
]

/** The error of an outcome, which must be of this kind. */
export const expectError = <Tag extends CohereError.CohereError["_tag"]>(
  error: CohereError.CohereError | undefined,
  tag: Tag
): Extract<CohereError.CohereError, { readonly _tag: Tag }> => {
  assert.strictEqual(error?._tag, tag, error?.message)
  // Its tag is the one that was asked for.
  return error as Extract<CohereError.CohereError, { readonly _tag: Tag }>
}
