/** What the platform's HTTP client says when it fails, reduced to what an error may tell. */
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { ConnectionFailed, InvalidRequest } from "../CohereError.ts"
import { codeOrMessage } from "./reason.ts"
import { excerpt, requestIdOf } from "./rejection.ts"

const originOf = (url: string): string => URL.canParse(url) ? ` (${new URL(url).origin})` : ""

/** What went wrong on the wire, and with whom. The platform's error is never kept: it holds the request's headers. */
export const reasonOf = (error: HttpClientError.HttpClientError): string => {
  const text = error.reason === "EmptyBody" ? "the body is empty" : codeOrMessage(error.cause)
  return excerpt(text, error.request) + originOf(error.request.url)
}

/** What is known of a response when its headers have come. */
export const begun = ({ headers, request, status }: HttpClientResponse.HttpClientResponse) => ({
  status,
  requestId: requestIdOf(headers, request)
})

/** The error for a request that got no response, or whose response broke off. */
export const fromHttpClientError = (
  endpoint: string,
  attempts: number,
  error: HttpClientError.HttpClientError
): ConnectionFailed | InvalidRequest =>
  error.reason === "InvalidUrl" || error.reason === "Encode"
    ? InvalidRequest.local(endpoint, [{ path: "", message: `the request cannot be built: ${reasonOf(error)}` }])
    : ConnectionFailed.of(
      endpoint,
      attempts,
      reasonOf(error),
      error._tag === "ResponseError" ? begun(error.response) : undefined
    )
