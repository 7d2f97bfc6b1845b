/** What an Effect program weighs that calls an API by itself: HttpClient, fetch, Schema. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const Answer = Schema.Struct({ text: Schema.String, tokens: Schema.optional(Schema.Number) })

HttpClientRequest.post("/api/answer").pipe(
  HttpClientRequest.bodyUnsafeJson({ question: "Hi!" }),
  HttpClient.execute,
  Effect.flatMap(HttpClientResponse.schemaBodyJson(Answer)),
  Effect.map((answer) => console.log(answer.text)),
  Effect.provide(FetchHttpClient.layer),
  Effect.runFork
)
