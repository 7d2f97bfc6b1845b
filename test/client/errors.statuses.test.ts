import type * as CohereError from "@effect-cohere/core/CohereError"
import * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { chat, chatRequest, errorOf } from "./support/samples.ts"

interface Row {
  readonly name: string
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is, or as JSON when it is neither text nor bytes. Left out: no body. */
  readonly body?: unknown
  readonly tag: CohereError.CohereError["_tag"]
  /** What else the error must have. */
  readonly has?: Readonly<Record<string, unknown>>
  readonly retryable: boolean
  /** What the remedy must speak of. */
  readonly remedy: RegExp
}

const says = (message: string) => ({ message })
const html = "<!DOCTYPE html>\n<html><head><title>Just a moment</title></head><body>Please wait</body></html>"
const trialCalls = (limit: string) =>
  `You are using a Trial key, which is limited to ${limit}. You can continue to use the Trial key for free or upgrade ` +
  "to a Production key with higher rate limits at 'https://dashboard.cohere.com/api-keys'."

const rows: ReadonlyArray<Row> = [
  // 400, 413, 422: the request
  ...[
    "invalid request: temperature must be between 0 and 1.0 inclusive.",
    "a model parameter is required for this endpoint."
  ].map((text): Row => ({
    name: text,
    status: 400,
    body: says(text),
    tag: "InvalidRequest",
    has: { issues: [{ path: "", message: text }] },
    retryable: false,
    remedy: /Correct the request/
  })),
  {
    name: "a model that has left /v1/chat",
    status: 400,
    body: says("model 'command-a-plus' is not supported with '/v1/chat'. Please use '/v2/chat' instead."),
    tag: "InvalidRequest",
    retryable: false,
    remedy: /V2\.chat/
  },
  {
    name: "a body that an edge finds too large",
    status: 413,
    body: "Payload Too Large",
    tag: "InvalidRequest",
    has: { issues: [{ path: "", message: "Payload Too Large" }] },
    retryable: false,
    remedy: /Correct the request/
  },
  {
    name: "a body that an edge finds too large, as a page",
    status: 413,
    body: "<html><head><title>413 Request Entity Too Large</title></head></html>",
    tag: "InvalidRequest",
    retryable: false,
    remedy: /Correct the request/
  },
  ...["return_prompt", "'return_prompt'", "\"return_prompt\""].map((name): Row => ({
    name: `unknown field ${name}`,
    status: 422,
    body: says(
      `unknown field: parameter ${name} is not a valid field. Please see https://docs.cohere.com for valid fields`
    ),
    tag: "InvalidRequest",
    has: {
      issues: [{
        path: "return_prompt",
        message:
          `unknown field: parameter ${name} is not a valid field. Please see https://docs.cohere.com for valid fields`
      }]
    },
    retryable: false,
    remedy: /Leave out "return_prompt"/
  })),
  {
    name: "an invalid combination",
    status: 422,
    body: says("invalid request: response_format is not supported with RAG."),
    tag: "InvalidRequest",
    retryable: false,
    remedy: /Correct the request/
  },
  // 422: the model
  {
    name: "no valid response",
    status: 422,
    body: {
      id: "5b2f",
      error_type: "NO_VALID_RESPONSE_GENERATED",
      message: "No valid response generated. Try updating messages"
    },
    tag: "NoValidGeneration",
    has: { errorType: "NO_VALID_RESPONSE_GENERATED", requestId: "5b2f" },
    retryable: false,
    remedy: /messages|tool/
  },
  {
    name: "an invalid tool generation",
    status: 422,
    body: { error_type: "INVALID_TOOL_GENERATION", message: "the model produced an invalid tool call" },
    tag: "NoValidGeneration",
    has: { errorType: "INVALID_TOOL_GENERATION" },
    retryable: false,
    remedy: /tool definitions/
  },
  // 401
  ...[
    "no api key supplied",
    "invalid api token",
    "Your API key has expired. Please create a production key at dashboard.cohere.com or contact us",
    "Incorrect API key provided: ***********. You can find your API key at https://dashboard.cohere.com/api-keys."
  ].map((text): Row => ({
    name: text,
    status: 401,
    body: says(text),
    tag: "Unauthorized",
    has: { detail: text },
    retryable: false,
    remedy: /CO_API_KEY/
  })),
  {
    name: "a gateway's 401 without a body",
    status: 401,
    headers: { "www-authenticate": "Bearer" },
    tag: "Unauthorized",
    has: { detail: "" },
    retryable: false,
    remedy: /API key/
  },
  // 402
  ...[
    "Please add or update your payment method at https://dashboard.cohere.com/billing?tab=payment to continue",
    "Maximum billing reached for this API key as set in your dashboard, please go to the billing page"
  ].map((text): Row => ({
    name: text,
    status: 402,
    body: says(text),
    tag: "BillingLimitReached",
    has: { detail: text },
    retryable: false,
    remedy: /payment method|limit/
  })),
  // 403
  {
    name: "a key without the permission",
    status: 403,
    body: says("this key may not use this model"),
    tag: "PermissionDenied",
    has: { detail: "this key may not use this model" },
    retryable: false,
    remedy: /key that has access/
  },
  {
    name: "a bare page instead of a reason",
    status: 403,
    headers: { "content-type": "text/html" },
    body: "<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>",
    tag: "PermissionDenied",
    retryable: false,
    remedy: /key that has access/
  },
  // 404
  {
    name: "an unknown model",
    status: 404,
    body: says(
      "model 'command-z' not found, make sure the correct model ID was used and that you have access to the model."
    ),
    tag: "NotFound",
    has: { removed: false },
    retryable: false,
    remedy: /Models\.list/
  },
  {
    name: "a removed model",
    status: 404,
    body: says(
      "model 'command-r-plus' was removed on September 15, 2025. See https://docs.cohere.com/docs/deprecations"
    ),
    tag: "NotFound",
    has: { removed: true },
    retryable: false,
    remedy: /Models\.list/
  },
  {
    name: "an unknown path",
    status: 404,
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: "404 page not found\n",
    tag: "NotFound",
    has: { removed: false, detail: "404 page not found" },
    retryable: false,
    remedy: /base ?URL/i
  },
  ...[
    "dataset with id xyz not found",
    "connector 'web-search' not found.",
    "finetuned model xyz not found",
    "resource not found: no messages found with conversation id models",
    "failed to find org by org id"
  ].map((text): Row => ({
    name: text,
    status: 404,
    body: says(text),
    tag: "NotFound",
    has: { removed: false, detail: text },
    retryable: false,
    remedy: /id/
  })),
  // 408, 409, 424
  {
    name: "an edge that has waited long enough",
    status: 408,
    body: "Request Timeout",
    tag: "ServerError",
    has: { detail: "Request Timeout" },
    retryable: true,
    remedy: /again later/
  },
  {
    name: "a conflict",
    status: 409,
    body: says("the dataset is being deleted"),
    tag: "Conflict",
    has: { detail: "the dataset is being deleted" },
    retryable: false,
    remedy: /state of the resource/
  },
  {
    name: "a model error of Bedrock",
    status: 424,
    headers: { "x-amzn-errortype": "ModelErrorException" },
    body: says("The request failed due to an error while processing the model."),
    tag: "ServerError",
    retryable: true,
    remedy: /again later/
  },
  // 429
  {
    name: "the limit of a minute",
    status: 429,
    body: says("You are past the per minute request limit, please wait and try again later."),
    tag: "RateLimited",
    has: { scope: "requests", trial: false, limit: undefined },
    retryable: true,
    remedy: /Wait up to a minute/
  },
  ...[5, 10, 20, 40, 100].map((limit): Row => ({
    name: `a trial key's ${limit} calls a minute`,
    status: 429,
    body: says(trialCalls(`${limit} API calls / minute`)),
    tag: "RateLimited",
    has: { scope: "requests", trial: true, limit },
    retryable: true,
    remedy: /Wait up to a minute/
  })),
  {
    name: "a trial key's calls of a month",
    status: 429,
    body: says(trialCalls("1000 API calls / month")),
    tag: "RateLimited",
    has: { scope: "month", trial: true, limit: 1000 },
    retryable: false,
    remedy: /next month/
  },
  {
    name: "a production key's month with a newer model",
    status: 429,
    body: says("You are past the per-month request limit for this model, please wait and try again later."),
    tag: "RateLimited",
    has: { scope: "month", trial: false },
    retryable: false,
    remedy: /another model/
  },
  {
    name: "a trial key's tokens of a minute",
    status: 429,
    body: says("trial token rate limit exceeded, limit is 100000 tokens per minute"),
    tag: "RateLimited",
    has: { scope: "tokens", trial: true, limit: 100000 },
    retryable: true,
    remedy: /Wait up to a minute/
  },
  {
    name: "an overload without a reason",
    status: 429,
    body: says("Please wait and try again later"),
    tag: "RateLimited",
    has: { scope: "unknown", trial: false, limit: undefined },
    retryable: true,
    remedy: /Wait up to a minute/
  },
  {
    name: "a gateway's 429 without a body",
    status: 429,
    tag: "RateLimited",
    has: { scope: "unknown", trial: false },
    retryable: true,
    remedy: /Wait up to a minute/
  },
  {
    name: "a 429 that says how long to wait",
    status: 429,
    headers: { "retry-after": "7" },
    body: says("Please wait and try again later"),
    tag: "RateLimited",
    retryable: true,
    remedy: /Wait 7s/
  },
  // 498, 499, 501
  {
    name: "a deny-listed word",
    status: 498,
    body: says("the request contains a blocked term"),
    tag: "ContentBlocked",
    retryable: false,
    remedy: /unsafe content/
  },
  ...[
    "request cancelled",
    "request cancelled by user",
    "failed to get rerank inference: request cancelled"
  ].map((text): Row => ({
    name: text,
    status: 499,
    body: says(text),
    tag: "RequestCancelled",
    has: { detail: text },
    retryable: false,
    remedy: /send it again/
  })),
  {
    name: "a feature that is not there",
    status: 501,
    body: says("not implemented"),
    tag: "NotImplemented",
    retryable: false,
    remedy: /another model|deployment/
  },
  // 5xx
  {
    name: "an internal error that was reported",
    status: 500,
    body: says(
      "internal server error, this has been reported to our developers. id 3b1a3c0e-7d7a-4a36-b8a6-1b6f5c0d2e1f"
    ),
    tag: "ServerError",
    retryable: true,
    remedy: /again later/
  },
  { name: "a bare 500", status: 500, tag: "ServerError", has: { detail: "" }, retryable: true, remedy: /again later/ },
  {
    name: "a proxy's page",
    status: 502,
    headers: { "content-type": "text/html" },
    body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center>nginx</center></body>\r\n</html>",
    tag: "ServerError",
    retryable: true,
    remedy: /again later/
  },
  {
    name: "an overload in Envoy's words",
    status: 503,
    headers: { "content-type": "text/plain" },
    body: "upstream connect error or disconnect/reset before headers. reset reason: overflow",
    tag: "ServerError",
    has: { detail: "upstream connect error or disconnect/reset before headers. reset reason: overflow" },
    retryable: true,
    remedy: /again later/
  },
  {
    name: "a slow upstream",
    status: 504,
    body: "stream timeout",
    tag: "ServerError",
    has: { detail: "stream timeout" },
    retryable: true,
    remedy: /again later/
  },
  // The rest
  {
    name: "a redirect",
    status: 302,
    headers: { location: "https://login.example.com/" },
    tag: "UnexpectedStatus",
    retryable: false,
    remedy: /baseUrl/
  },
  {
    name: "a permanent redirect",
    status: 308,
    headers: { location: "https://cohere.example.com/v2/chat" },
    body: html,
    tag: "UnexpectedStatus",
    retryable: false,
    remedy: /baseUrl/
  },
  {
    name: "a teapot",
    status: 418,
    body: "short and stout",
    tag: "UnexpectedStatus",
    has: { detail: "short and stout" },
    retryable: false,
    remedy: /baseUrl/
  },
  {
    name: "a status of tomorrow",
    status: 451,
    body: says("unavailable for legal reasons"),
    tag: "UnexpectedStatus",
    has: { detail: "unavailable for legal reasons" },
    retryable: false,
    remedy: /baseUrl/
  }
]

const bodyOf = (body: unknown) =>
  body === undefined
    ? {}
    : { body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body) }

const reply = (row: Pick<Row, "status" | "headers" | "body">) => ({
  status: row.status,
  headers: row.headers ?? {},
  ...bodyOf(row.body)
})

describe("V2.chat tells apart why a server refuses", () => {
  it.effect.each(rows.map((row) => [`${row.status}, ${row.name}: ${row.tag}`, row] as const))(
    "%s",
    ([, row]) =>
      Effect.gen(function*() {
        const error = yield* errorOf(chat, reply(row))
        assert.strictEqual(error._tag, row.tag)
        assert.deepInclude({ ...error }, { endpoint: "v2.chat", attempts: 1, status: row.status, ...row.has })
        assert.strictEqual(error.isRetryable, row.retryable)
        const [first = "", ...rest] = error.message.split("\n")
        assert.include(first, "v2.chat")
        assert.include(first, String(row.status))
        assert.match(rest.at(-1) ?? "", row.remedy)
      })
  )

  // Of the statuses above 500 that no page of the API lists, proxies send many.
  it.effect.each([505, 507, 520, 524, 529])(
    "%i is a failure of the server like the other 5xx",
    (status) =>
      Effect.map(
        errorOf(chat, { status, body: "error code: 1" }),
        (error) => assert.strictEqual(error._tag, "ServerError")
      )
  )
})

describe("the server's own words are found in any body", () => {
  const bodies: ReadonlyArray<{ readonly name: string; readonly body?: unknown; readonly detail: string }> = [
    { name: "Cohere's", body: { id: "9a", message: "went wrong" }, detail: "went wrong" },
    { name: "Cohere's of 2024", body: { message: "went wrong" }, detail: "went wrong" },
    { name: "a gRPC gateway's", body: { code: 13, message: "went wrong", details: [] }, detail: "went wrong" },
    { name: "Azure's", body: { error: { code: "InternalServerError", message: "went wrong" } }, detail: "went wrong" },
    { name: "Oracle's", body: { code: "InternalServerError", message: "went wrong" }, detail: "went wrong" },
    { name: "text", body: "went wrong", detail: "went wrong" },
    { name: "text with line ends around it", body: "\r\nwent wrong\n", detail: "went wrong" },
    { name: "nothing", detail: "" },
    { name: "an empty text", body: "", detail: "" },
    { name: "JSON null", body: "null", detail: "null" },
    { name: "a JSON number", body: "42", detail: "42" },
    { name: "a JSON text", body: "\"went wrong\"", detail: "\"went wrong\"" },
    { name: "a JSON array", body: "[\"went\",\"wrong\"]", detail: "[\"went\",\"wrong\"]" },
    { name: "an empty object", body: "{}", detail: "{}" },
    {
      name: "a message that is no text",
      body: "{\"message\":{\"en\":\"no\"}}",
      detail: "{\"message\":{\"en\":\"no\"}}"
    },
    { name: "JSON that breaks off", body: "{\"message\":\"went", detail: "{\"message\":\"went" },
    { name: "invalid UTF-8", body: Uint8Array.of(0x6e, 0x6f, 0x20, 0xff), detail: "no \ufffd" },
    {
      name: "an own property called __proto__",
      body: "{\"__proto__\":{\"message\":\"x\"}}",
      detail: "{\"__proto__\":{\"message\":\"x\"}}"
    }
  ]

  it.effect.each(bodies.map((row) => [row.name, row] as const))("%s", ([, row]) =>
    Effect.gen(function*() {
      const error = yield* errorOf(chat, reply({ status: 500, body: row.body }))
      assert.deepInclude({ ...error }, { _tag: "ServerError", status: 500, detail: row.detail })
      if (row.detail !== "") assert.include(error.message, row.detail)
    }))

  it.effect("an HTML page is not quoted as if it were a reason", () =>
    Effect.gen(function*() {
      const error = yield* errorOf(chat, reply({ status: 502, headers: { "content-type": "text/html" }, body: html }))
      assert.notInclude(error.message, "<")
      assert.match(error.message, /HTML/)
    }))

  it.effect.each([
    { name: "text", body: "garbage ".repeat(131_072) },
    { name: "bytes that are no UTF-8", body: new Uint8Array(1_048_576).fill(0xfe) },
    { name: "a JSON message", body: { message: "x".repeat(1_048_576) } }
  ])("a megabyte of garbage ($name) becomes a short error", (row) =>
    Effect.gen(function*() {
      const error = yield* errorOf(chat, reply({ status: 500, body: row.body }))
      assert.strictEqual(error._tag, "ServerError")
      assert.isBelow(JSON.stringify(error).length, 20_000)
    }))
})

describe("the name of the failed request", () => {
  it.effect("is the header x-debug-trace-id", () =>
    Effect.map(
      errorOf(chat, reply({ status: 500, headers: { "x-debug-trace-id": "trace-1" }, body: { message: "no" } })),
      (error) => {
        assert.strictEqual(error.requestId, "trace-1")
        assert.include(error.message, "trace-1")
      }
    ))

  it.effect("is the header rather than the body's id", () =>
    Effect.map(
      errorOf(
        chat,
        reply({ status: 500, headers: { "x-debug-trace-id": "trace-1" }, body: { id: "body-1", message: "no" } })
      ),
      (error) => assert.strictEqual(error.requestId, "trace-1")
    ))

  it.effect("is the body's id without the header", () =>
    Effect.map(
      errorOf(chat, reply({ status: 429, body: { id: "body-1", message: "no" } })),
      (error) => {
        assert.strictEqual(error.requestId, "body-1")
        assert.include(error.message, "body-1")
      }
    ))

  it.effect("is unknown without both", () =>
    Effect.map(
      errorOf(chat, reply({ status: 500, body: { id: 7, message: "no" } })),
      (error) => assert.isUndefined(error.requestId)
    ))
})

it.effect("a request refused by the server counts an attempt, one refused here does not", () =>
  Effect.gen(function*() {
    const remote = yield* errorOf(chat, { status: 400, body: "{\"message\":\"no\"}" })
    assert.strictEqual(remote.attempts, 1)
    const local = yield* errorOf(V2.chat({ ...chatRequest, messages: [] }), { status: 500 })
    assert.deepInclude({ ...local }, { _tag: "InvalidRequest", attempts: 0 })
  }))
