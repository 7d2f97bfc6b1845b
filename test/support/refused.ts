/** Calls that are refused before they are sent. */
import type * as CohereClient from "@effect-cohere/core/CohereClient"
import type * as CohereError from "@effect-cohere/core/CohereError"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Transport from "./transport.ts"

/** The error of a call that must send nothing. */
export const refused = (call: Effect.Effect<unknown, CohereError.CohereError, CohereClient.CohereClient>) =>
  Effect.gen(function*() {
    const transport = Transport.make(() => Transport.json({}))
    const error = yield* call.pipe(Effect.flip, Effect.provide(Layer.orDie(Transport.client(transport))))
    assert.lengthOf(transport.requests, 0)
    if (error._tag !== "InvalidRequest") return assert.fail(error._tag)
    assert.strictEqual(error.attempts, 0)
    assert.isUndefined(error.status)
    assert.isFalse(error.isRetryable)
    return error
  })
