/** @ai-sdk/cohere: chat. */
import { createCohere } from "@ai-sdk/cohere"

const chat = createCohere({ apiKey: "a-token", baseURL: "/api/cohere/v2" }).languageModel("command-a-03-2025")
console.log(await chat.doGenerate({ prompt: [{ role: "user", content: [{ type: "text", text: "Hi!" }] }] }))
