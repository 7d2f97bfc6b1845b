/** The key itself. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { CohereClient } from "./CohereClient.ts"
import type { CommonError } from "./CohereError.ts"
import * as Endpoint from "./Endpoint.ts"
import * as Lazy from "./internal/lazy.ts"
import { maybe } from "./Wire.ts"

/** What {@link check} answers. */
export const CheckResponse = Lazy.Struct(() => ({
  valid: Schema.Boolean,
  organization_id: maybe(Schema.String),
  owner_id: maybe(Schema.String)
}))
/** See {@link CheckResponse}. */
export interface CheckResponse extends Schema.Schema.Type<typeof CheckResponse> {}

/** The descriptor of {@link check}. */
export const checkEndpoint = Endpoint.unary({
  id: "apiKey.check",
  method: "POST",
  path: "/v1/check-api-key",
  success: CheckResponse,
  deployments: ["platform", "private"],
  docs: "https://docs.cohere.com/reference/checkapikey"
})

/**
 * Asks whether the key works. A key that does not shows as `valid: false` or as `Unauthorized`: handle both.
 *
 * @example
 * ```ts
 * import * as ApiKey from "@effect-cohere/core/ApiKey"
 * import * as Effect from "effect/Effect"
 *
 * const works = ApiKey.check.pipe(
 *   Effect.map((response) => response.valid),
 *   Effect.catchTag("Unauthorized", () => Effect.succeed(false))
 * )
 * ```
 *
 * @see https://docs.cohere.com/reference/checkapikey
 */
export const check: Effect.Effect<CheckResponse, CommonError, CohereClient> = Endpoint.call(checkEndpoint)({})
