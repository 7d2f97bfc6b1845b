/** An Effect program that makes the call by itself: Effect, its `HttpClient` on undici, Schema, Stream. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { ClientModule } from "../operations.ts"
import { apiKey, chatRequest } from "../requests.ts"
import { many, streams } from "./promises.ts"

const Answer = Schema.Struct({
  message: Schema.Struct({ content: Schema.Array(Schema.Struct({ text: Schema.String })) })
})

export const connect: ClientModule["connect"] = async (base) => {
  const runtime = ManagedRuntime.make(NodeHttpClient.layerUndici)
  await runtime.runtime()
  const send = HttpClientRequest.post(`${base}/v2/chat`).pipe(
    HttpClientRequest.bearerToken(apiKey),
    HttpClientRequest.bodyUnsafeJson(chatRequest),
    HttpClient.execute
  )
  const chat = Effect.map(
    Effect.flatMap(send, HttpClientResponse.schemaBodyJson(Answer)),
    ({ message }) => message.content[0]?.text ?? ""
  )
  const texts = Stream.decodeText(HttpClientResponse.stream(send))
  return {
    chat: many(() => runtime.runPromise(chat)),
    // Not measured: it is here since a program that talks to a model streams.
    events: streams((piece) =>
      runtime.runPromise(Stream.runForEachWhile(texts, (text) => Effect.sync(() => piece(text))))
    )
  }
}
