/** effect-cohere: chat. */
import * as Chat from "@effect-cohere/core/Chat"
import * as V2 from "@effect-cohere/core/V2"
import * as CohereBrowser from "@effect-cohere/platform-browser/CohereBrowser"
import * as Effect from "effect/Effect"

V2.chat({ model: "command-a-03-2025", messages: [Chat.user("Hi!")] }).pipe(
  Effect.map(({ message }) => console.log(Chat.text(message))),
  Effect.provide(CohereBrowser.layerProxy({ baseUrl: "/api/cohere" })),
  Effect.runFork
)
