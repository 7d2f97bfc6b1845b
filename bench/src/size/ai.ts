/** ai on @ai-sdk/cohere: chat. */
import { createCohere } from "@ai-sdk/cohere"
import { generateText } from "ai"

const model = createCohere({ apiKey: "a-token", baseURL: "/api/cohere/v2" }).languageModel("command-a-03-2025")
console.log((await generateText({ model, prompt: "Hi!" })).text)
