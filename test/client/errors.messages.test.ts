import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Call, chat, embed, errorOf, getModel, rerank } from "./support/samples.ts"

const texts: Readonly<Record<string, ReadonlyArray<string>>> = {
  "prompt and message": [
    "invalid request: prompt must be at least 1 token long.",
    "invalid request: message must be at least 1 token long or tool results must be specified.",
    "message must not be empty in a turn",
    "invalid request: required 'text' param is missing or empty."
  ],
  model: [
    "a model parameter is required for this endpoint.",
    "invalid request: model 'command-r' is not supported by the generate API",
    "finetuned model with name xyz is not ready for serving",
    "invalid request: finetuned model is not compatible with RAG functionality"
  ],
  sampling: [
    "invalid request: temperature must be between 0 and 1.0 inclusive.",
    "invalid request: presence_penalty must be between 0 and 1 inclusive.",
    "invalid request: cannot specify both frequency_penalty and presence_penalty.",
    "invalid request: only one of 'presence_penalty' and 'frequency_penalty' can be specified for this model.",
    "invalid request: max_tokens can only be 0 if return_likelihoods is set to 'ALL' and prompt is longer than 1 token."
  ],
  history: [
    "system turn must be the first in the list",
    "invalid request: all elements in history must have a message.",
    "invalid request: Invalid role in chat_history at index 2. Role must be one of the following: User, Chatbot, " +
    "System, Tool"
  ],
  documents: [
    "invalid request: list of documents must not be empty",
    "invalid request: document at index 0 cannot be empty",
    "invalid request: duplicate document ID adfasd at index 1 and 0",
    "invalid request: RAG is not supported for this model.",
    "invalid request: response_format is not supported with RAG.",
    "document does not have a 'snippet' or a 'text' field that can be used for chunking and reranking",
    "connectors failed with continue on failure disabled: connector xyz failed with message 'timeout'"
  ],
  tools: [
    "invalid request: all elements in tools must have a name.",
    "invalid request: tool names can only contain certain characters (A-Za-z0-9_) and can't begin with a digit " +
    "(provided name: 'xyz').",
    "invalid request: the 'tool_1' tool must have at least a description, input, or output.",
    "tool call id must be provided with tool message",
    "tool call id not found in previous tool calls",
    "tool call must be of type function",
    "cannot have duplicate tool ids",
    "invalid request: multistep is not supported by the provided model: command.",
    "multi step limit reached - set a higher limit",
    "invalid request: raw prompting is not supported with the following parameter(s): connectors, documents, " +
    "search_queries_only, tools."
  ],
  JSON: [
    "schema must be an object",
    "required field name not found in properties",
    "property title must have a type",
    "invalid json syntax: invalid character '\\a' in string literal"
  ],
  embed: [
    "invalid request: valid input_type must be provided with the provided model",
    "invalid request: images must be used with input_type=image",
    "embedding_types parameter is required",
    "invalid request: total number of texts must be at most 96 - received 104",
    "invalid request: inputs contains a element that is the empty string at index 0"
  ],
  rerank: [
    "invalid request: query must not be empty or be only whitespace",
    "invalid request: number of total max chunks (number of documents * max chunks per doc) must be less than 10000",
    "invalid request: return_top_n is invalid, value must be between 1 and 4",
    "invalid request: rank_fields cannot be empty, it must either contain at least one field or be omitted"
  ],
  "older operations": [
    "invalid request: min classes for classify request is 2 - received 0",
    "invalid request: each unique label must have at least 2 examples. Not enough examples for: a, b",
    "invalid request: text must be longer than 250 characters",
    "invalid request: format must be one of 'paragraph', or 'bullets'.",
    "invalid request: length must be one of 'short', 'medium', or 'long'.",
    "finetune ID is not a valid UUID: ''",
    "invalid request: invalid API version was passed in, please use a valid one"
  ]
}

const operations: ReadonlyArray<{ readonly endpoint: string; readonly call: Call }> = [
  { endpoint: "v2.chat", call: chat },
  { endpoint: "v2.embed", call: embed },
  { endpoint: "v2.rerank", call: rerank },
  { endpoint: "models.get", call: getModel }
]

describe.each(Object.entries(texts))("what Cohere says about %s reaches the caller word by word", (_, group) => {
  it.effect.each(group)("%s", (text) =>
    Effect.forEach(operations, ({ call, endpoint }) =>
      Effect.gen(function*() {
        const error = yield* errorOf(call, { status: 400, body: JSON.stringify({ message: text }) })
        if (error._tag !== "InvalidRequest") return assert.fail(`${endpoint}: ${error._tag}`)
        assert.deepStrictEqual(error.issues, [{ path: "", message: text }])
        assert.include(error.message, text)
        assert.isFalse(error.isRetryable)
        assert.strictEqual(error.endpoint, endpoint)
      })))
})
