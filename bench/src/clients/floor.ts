/**
 * Effect programs that do it by themselves. A call: Effect's `HttpClient` on undici, and Schema. A stream: the cheapest that
 * Effect allows, undici's own dispatch and one wait for each time that something comes, with nothing checked.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Agent } from "undici"
import { type ClientModule, follow } from "../operations.ts"
import { apiKey, chatRequest } from "../requests.ts"
import { many } from "./promises.ts"
import type { ChatEvent } from "./wire.ts"

const Answer = Schema.Struct({
  message: Schema.Struct({ content: Schema.Array(Schema.Struct({ text: Schema.String })) })
})

const headers = { "content-type": "application/json", authorization: `Bearer ${apiKey}` }

/** As the clients without an SDK cut them, but into a list. */
const frames = () => {
  const decoder = new TextDecoder()
  let rest = ""
  return (bytes: Uint8Array, into: Array<ChatEvent>): void => {
    const text = rest + decoder.decode(bytes, { stream: true })
    let start = 0
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n", start)) {
      const data = text.slice(text.indexOf("data: ", start) + "data: ".length, end)
      start = end + 2
      if (data !== "[DONE]") into.push(JSON.parse(data) as ChatEvent)
    }
    rest = text.slice(start)
  }
}

/** The events of a response, as they come. */
const events = (dispatcher: Agent, base: string) =>
  Stream.suspend(() => {
    const push = frames()
    let come: Array<ChatEvent> = []
    let end: Effect.Effect<never, Option.Option<Error>> | undefined
    let tell = () => {}
    const on = (more: () => void) => {
      more()
      tell()
    }
    const { origin, pathname } = new URL(`${base}/v2/chat`)
    const begun = Effect.sync(() =>
      dispatcher.dispatch(
        { origin, path: pathname, method: "POST", headers, body: JSON.stringify({ ...chatRequest, stream: true }) },
        {
          onRequestStart: () => {},
          onResponseStart: (_, status) => {
            if (status !== 200) end = Effect.fail(Option.some(new Error(`status ${status}`)))
          },
          onResponseData: (_, bytes) => on(() => push(bytes, come)),
          onResponseEnd: () => on(() => end ??= Effect.fail(Option.none())),
          onResponseError: (_, error) => on(() => end ??= Effect.fail(Option.some(error)))
        }
      )
    )
    const wait = Effect.async<void>((resume) => {
      tell = () => resume(Effect.void)
    })
    const next: Effect.Effect<Chunk.Chunk<ChatEvent>, Option.Option<Error>> = Effect.suspend(() => {
      if (come.length === 0) return end ?? Effect.zipRight(wait, next)
      const chunk = Chunk.unsafeFromArray(come)
      come = []
      return Effect.succeed(chunk)
    })
    return Stream.concat(Stream.execute(begun), Stream.repeatEffectChunkOption(next))
  })

export const connect: ClientModule["connect"] = async (base) => {
  const runtime = ManagedRuntime.make(NodeHttpClient.layerUndici)
  await runtime.runtime()
  const chat = HttpClientRequest.post(`${base}/v2/chat`).pipe(
    HttpClientRequest.setHeaders(headers),
    HttpClientRequest.bodyUnsafeJson(chatRequest),
    HttpClient.execute,
    Effect.flatMap(HttpClientResponse.schemaBodyJson(Answer)),
    Effect.map(({ message }) => message.content[0]?.text ?? "")
  )
  const dispatcher = new Agent()
  return {
    chat: many(() => runtime.runPromise(chat)),
    events: many((job) => {
      const { piece, seen } = follow(job)
      return runtime.runPromise(
        Stream.runForEach(events(dispatcher, base), (event) =>
          Effect.sync(() => {
            if (event.type === "content-delta") piece(event.delta.message.content.text)
          })).pipe(Effect.map(seen))
      )
    })
  }
}
