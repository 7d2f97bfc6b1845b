/** What a response says beside its value, and who wants to hear it. */
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** What a successful call says beside its value. */
export interface ResponseInfo {
  readonly status: number
  /** Names are lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Cohere's name for the request (`x-debug-trace-id`). */
  readonly requestId: string | undefined
  /** What Cohere warns about (`x-api-warning`), for example a deprecated field. */
  readonly warning: string | undefined
  /** How often the request was sent. */
  readonly attempts: number
}

const nobody = () => Effect.void

/** Runs on each successful response: `CohereClient.onResponse` sets it, implementations of the client call it. */
export class ResponseListener extends Context.Reference<ResponseListener>()<
  "@effect-cohere/core/CohereClient/ResponseListener",
  (response: ResponseInfo) => Effect.Effect<void>
>("@effect-cohere/core/CohereClient/ResponseListener", { defaultValue: () => nobody }) {}

/** Tells the caller's listener, if there is one. */
export const notify = (
  caller: Context.Context<never>,
  { headers, status }: Pick<HttpClientResponse.HttpClientResponse, "status" | "headers">,
  attempts: number
): Effect.Effect<void> | undefined => {
  const listener = Context.get(caller, ResponseListener)
  return listener === nobody ? undefined : Effect.suspend(() =>
    listener({
      status,
      headers,
      requestId: headers["x-debug-trace-id"],
      warning: headers["x-api-warning"],
      attempts
    })
  )
}
