/** Chat requests, one for each kind of answer, that every client has to answer alike. */
import * as Chat from "@effect-cohere/core/Chat"
import type { ChatRequest as ChatRequestV1 } from "@effect-cohere/core/V1"
import type { ChatRequest } from "@effect-cohere/core/V2"

export const model = "command-a-03-2025"

export const weather: Chat.Tool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The current weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
  }
}

export const rivers: ReadonlyArray<Chat.Document> = [
  { id: "paris", data: { title: "Paris", text: "Paris lies on the river Seine. It is the capital of France." } },
  { id: "madrid", data: { title: "Madrid", text: "Madrid lies on the river Manzanares." } },
  { id: "łódź", data: { text: "Łódź lies on the river Łódka – 🚣 rowing is said to be fun there." } }
]

const plain: ChatRequest = { model, messages: [Chat.user("Name a river in France.")] }

export const requests = {
  "a question": plain,
  "a conversation": {
    model,
    messages: [Chat.system("Be brief."), Chat.user("Hi!"), Chat.assistant("Hello."), Chat.user("Who are you?")]
  },
  "text beyond ASCII": {
    model,
    messages: [Chat.user("Grüße aus Łódź – 日本語 и 🚣‍♀️ \u0000 \u2028 \"quoted\" \\ end")]
  },
  "text in blocks": {
    model,
    messages: [{
      role: "user",
      content: [{ type: "text", text: "Name a river." }, { type: "text", text: "In Spain." }]
    }]
  },
  "a limited answer": { ...plain, max_tokens: 5 },
  "an answer with a stop sequence": { ...plain, stop_sequences: ["emulator"] },
  "log probabilities": { ...plain, logprobs: true },
  "accurate citations": {
    model,
    messages: [Chat.user("On which river does Paris lie?")],
    documents: rivers,
    citation_options: { mode: "ACCURATE" }
  },
  "fast citations": {
    model,
    messages: [Chat.user("On which river do Łódź and Madrid lie?")],
    documents: rivers,
    citation_options: { mode: "FAST" }
  },
  "documents that are plain texts": {
    model,
    messages: [Chat.user("On which river does Paris lie?")],
    documents: ["Paris lies on the Seine.", "Madrid lies on the Manzanares."]
  },
  "no citations": {
    model,
    messages: [Chat.user("On which river does Paris lie?")],
    documents: rivers,
    citation_options: { mode: "OFF" }
  },
  "a tool call": { model, messages: [Chat.user("How is the weather in Toronto?")], tools: [weather] },
  "JSON": {
    model,
    messages: [Chat.user("Give me JSON about the city of Paris, population 2102650.")],
    response_format: {
      type: "json_object",
      json_schema: {
        type: "object",
        properties: { city: { type: "string" }, population: { type: "integer" }, capital: { type: "boolean" } },
        required: ["city", "population", "capital"]
      }
    }
  },
  "thinking": { model: "command-a-reasoning-08-2025", messages: [Chat.user("Why is the sky blue?")] },
  "no thinking": {
    model: "command-a-reasoning-08-2025",
    messages: [Chat.user("Why is the sky blue?")],
    thinking: { type: "disabled" }
  },
  "thinking before a tool call": {
    model: "command-a-reasoning-08-2025",
    messages: [Chat.user("How is the weather in Toronto?")],
    tools: [weather]
  }
} satisfies Record<string, ChatRequest>

/** The same for v1. */
export const requestsV1 = {
  "a question": { model, message: "Name a river in France." },
  "a conversation": {
    model,
    message: "Who are you?",
    preamble: "Be brief.",
    chat_history: [{ role: "USER", message: "Hi!" }, { role: "CHATBOT", message: "Hello." }]
  },
  "text beyond ASCII": { model, message: "Grüße aus Łódź – 日本語 и 🚣‍♀️ \u0000 \u2028 \"quoted\" \\ end" },
  "accurate citations": {
    model,
    message: "On which river does Paris lie?",
    documents: [{ title: "Paris", text: "Paris lies on the river Seine." }, { id: "łódź", text: "Łódź – 🚣." }]
  },
  "fast citations": {
    model,
    message: "On which river do Paris and Madrid lie?",
    documents: [{ text: "Paris lies on the river Seine." }, { text: "Madrid lies on the river Manzanares." }],
    citation_quality: "FAST"
  },
  "a tool call": {
    model,
    message: "How is the weather in Toronto?",
    tools: [{
      name: "get_weather",
      description: "The current weather of a city",
      parameter_definitions: { city: { type: "str", required: true } }
    }]
  },
  "search queries": { model, message: "Who won?", search_queries_only: true }
} satisfies Record<string, ChatRequestV1>
