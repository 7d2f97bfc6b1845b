/** effect-cohere: chat, and chat as a stream. */
import * as Chat from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as V2 from "@effect-cohere/core/V2"
import * as CohereBrowser from "@effect-cohere/platform-browser/CohereBrowser"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

const request: V2.ChatRequest = { model: "command-a-03-2025", messages: [Chat.user("Hi!")] }

V2.chat(request).pipe(
  Effect.map(({ message }) => console.log(Chat.text(message))),
  Effect.zipRight(
    V2.chatStream(request).pipe(ChatStream.text, Stream.runForEach((text) => Effect.sync(() => console.log(text))))
  ),
  Effect.provide(CohereBrowser.layerProxy({ baseUrl: "/api/cohere" })),
  Effect.runFork
)
