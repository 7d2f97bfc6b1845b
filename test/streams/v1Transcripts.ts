/**
 * Streams of the v1 API, written by hand: what the wire says (one JSON text for each event), which events that is, and
 * which response they add up to. Nothing here is computed from anything else.
 */
import type { ChatCitation, ToolCall } from "@effect-cohere/core/ChatV1"
import type { ChatResponse, Generation } from "@effect-cohere/core/V1"

/** A stream. */
export interface Transcript<Response> {
  readonly name: string
  /** The JSON text of each event, up to and including the last. */
  readonly data: ReadonlyArray<string>
  readonly events: ReadonlyArray<unknown>
  /** What the events add up to. */
  readonly response: Response
  /** The generation failed: what the error says. */
  readonly failure?: { readonly finishReason: string; readonly says: string }
  readonly text?: ReadonlyArray<string>
}

/** A stream of `V1.chatStream`. */
export interface ChatTranscript extends Transcript<ChatResponse> {
  /** What the events before the last one add up to. */
  readonly before: ChatResponse
  readonly toolCalls?: ReadonlyArray<ToolCall>
  readonly citations?: ReadonlyArray<ChatCitation>
}

// ---------------------------------------------------------------------------------------------------------------------
// Chat
// ---------------------------------------------------------------------------------------------------------------------

export const plainText: ChatTranscript = {
  name: "a text answer",
  data: [
    `{"is_finished":false,"event_type":"stream-start","generation_id":"g-1"}`,
    `{"is_finished":false,"event_type":"text-generation","text":"The"}`,
    `{"is_finished":false,"event_type":"text-generation","text":""}`,
    `{"is_finished":false,"event_type":"text-generation","text":" Loire."}`,
    `{"is_finished":true,"event_type":"stream-end","response":{"response_id":"r-1","text":"The Loire.","generation_id":"g-1","chat_history":[{"role":"USER","message":"Which river?"},{"role":"CHATBOT","message":"The Loire."}],"finish_reason":"COMPLETE","meta":{"api_version":{"version":"1"},"billed_units":{"input_tokens":3,"output_tokens":4},"tokens":{"input_tokens":69,"output_tokens":4}}},"finish_reason":"COMPLETE"}`
  ],
  events: [
    { is_finished: false, event_type: "stream-start", generation_id: "g-1" },
    { is_finished: false, event_type: "text-generation", text: "The" },
    { is_finished: false, event_type: "text-generation", text: "" },
    { is_finished: false, event_type: "text-generation", text: " Loire." },
    {
      is_finished: true,
      event_type: "stream-end",
      response: {
        response_id: "r-1",
        text: "The Loire.",
        generation_id: "g-1",
        chat_history: [{ role: "USER", message: "Which river?" }, { role: "CHATBOT", message: "The Loire." }],
        finish_reason: "COMPLETE",
        meta: {
          api_version: { version: "1" },
          billed_units: { input_tokens: 3, output_tokens: 4 },
          tokens: { input_tokens: 69, output_tokens: 4 }
        }
      },
      finish_reason: "COMPLETE"
    }
  ],
  response: {
    response_id: "r-1",
    text: "The Loire.",
    generation_id: "g-1",
    chat_history: [{ role: "USER", message: "Which river?" }, { role: "CHATBOT", message: "The Loire." }],
    finish_reason: "COMPLETE",
    meta: {
      api_version: { version: "1" },
      billed_units: { input_tokens: 3, output_tokens: 4 },
      tokens: { input_tokens: 69, output_tokens: 4 }
    }
  },
  before: { text: "The Loire.", generation_id: "g-1" },
  text: ["The", " Loire."]
}

const connectors: ChatTranscript = {
  name: "a search by connectors, with citations after the text",
  data: [
    `{"is_finished":false,"event_type":"stream-start","generation_id":"g-2"}`,
    `{"is_finished":false,"event_type":"search-queries-generation","search_queries":[{"text":"longest river","generation_id":"q-1"},{"text":"source of it","generation_id":"q-1"}]}`,
    `{"is_finished":false,"event_type":"search-results","search_results":[{"search_query":{"text":"longest river","generation_id":"q-1"},"document_ids":["web-search_0"],"connector":{"id":"web-search"}}],"documents":[{"id":"web-search_0","snippet":"1,006 km","url":"https://rivers.example"}]}`,
    `{"is_finished":false,"event_type":"search-results","search_results":[{"search_query":{"text":"source of it","generation_id":"q-1"},"document_ids":[],"connector":{"id":"hills"},"error_message":"it is asleep","continue_on_failure":true}]}`,
    `{"is_finished":false,"event_type":"text-generation","text":"The Loire"}`,
    `{"is_finished":false,"event_type":"text-generation","text":", 1006 km."}`,
    `{"is_finished":false,"event_type":"citation-generation","citations":[{"start":0,"end":9,"text":"The Loire","document_ids":["web-search_0"]},{"start":11,"end":18,"text":"1006 km","document_ids":["web-search_0"]}]}`,
    `{"is_finished":true,"event_type":"stream-end","finish_reason":"COMPLETE","response":{"text":"The Loire, 1006 km.","generation_id":"g-2","citations":[{"start":0,"end":9,"text":"The Loire","document_ids":["web-search_0"]},{"start":11,"end":18,"text":"1006 km","document_ids":["web-search_0"]}],"documents":[{"id":"web-search_0","snippet":"1,006 km","url":"https://rivers.example"}],"is_search_required":true,"finish_reason":"COMPLETE"}}`
  ],
  events: [
    { is_finished: false, event_type: "stream-start", generation_id: "g-2" },
    {
      is_finished: false,
      event_type: "search-queries-generation",
      search_queries: [
        { text: "longest river", generation_id: "q-1" },
        { text: "source of it", generation_id: "q-1" }
      ]
    },
    {
      is_finished: false,
      event_type: "search-results",
      search_results: [{
        search_query: { text: "longest river", generation_id: "q-1" },
        document_ids: ["web-search_0"],
        connector: { id: "web-search" }
      }],
      documents: [{ id: "web-search_0", snippet: "1,006 km", url: "https://rivers.example" }]
    },
    {
      is_finished: false,
      event_type: "search-results",
      search_results: [{
        search_query: { text: "source of it", generation_id: "q-1" },
        document_ids: [],
        connector: { id: "hills" },
        error_message: "it is asleep",
        continue_on_failure: true
      }]
    },
    { is_finished: false, event_type: "text-generation", text: "The Loire" },
    { is_finished: false, event_type: "text-generation", text: ", 1006 km." },
    {
      is_finished: false,
      event_type: "citation-generation",
      citations: [
        { start: 0, end: 9, text: "The Loire", document_ids: ["web-search_0"] },
        { start: 11, end: 18, text: "1006 km", document_ids: ["web-search_0"] }
      ]
    },
    {
      is_finished: true,
      event_type: "stream-end",
      finish_reason: "COMPLETE",
      response: {
        text: "The Loire, 1006 km.",
        generation_id: "g-2",
        citations: [
          { start: 0, end: 9, text: "The Loire", document_ids: ["web-search_0"] },
          { start: 11, end: 18, text: "1006 km", document_ids: ["web-search_0"] }
        ],
        documents: [{ id: "web-search_0", snippet: "1,006 km", url: "https://rivers.example" }],
        is_search_required: true,
        finish_reason: "COMPLETE"
      }
    }
  ],
  response: {
    text: "The Loire, 1006 km.",
    generation_id: "g-2",
    citations: [
      { start: 0, end: 9, text: "The Loire", document_ids: ["web-search_0"] },
      { start: 11, end: 18, text: "1006 km", document_ids: ["web-search_0"] }
    ],
    documents: [{ id: "web-search_0", snippet: "1,006 km", url: "https://rivers.example" }],
    is_search_required: true,
    finish_reason: "COMPLETE"
  },
  before: {
    text: "The Loire, 1006 km.",
    generation_id: "g-2",
    citations: [
      { start: 0, end: 9, text: "The Loire", document_ids: ["web-search_0"] },
      { start: 11, end: 18, text: "1006 km", document_ids: ["web-search_0"] }
    ],
    documents: [{ id: "web-search_0", snippet: "1,006 km", url: "https://rivers.example" }],
    search_queries: [{ text: "longest river", generation_id: "q-1" }, { text: "source of it", generation_id: "q-1" }],
    search_results: [
      {
        search_query: { text: "longest river", generation_id: "q-1" },
        document_ids: ["web-search_0"],
        connector: { id: "web-search" }
      },
      {
        search_query: { text: "source of it", generation_id: "q-1" },
        document_ids: [],
        connector: { id: "hills" },
        error_message: "it is asleep",
        continue_on_failure: true
      }
    ]
  },
  text: ["The Loire", ", 1006 km."],
  citations: [
    { start: 0, end: 9, text: "The Loire", document_ids: ["web-search_0"] },
    { start: 11, end: 18, text: "1006 km", document_ids: ["web-search_0"] }
  ]
}

const fastCitations: ChatTranscript = {
  name: "citations of a tool's output between the pieces of text",
  data: [
    `{"is_finished":false,"event_type":"stream-start","generation_id":"g-3"}`,
    `{"is_finished":false,"event_type":"search-results","documents":[{"id":"sum:0:3:0","output":"5","tool_name":"sum"}]}`,
    `{"is_finished":false,"event_type":"text-generation","text":"It is 5"}`,
    `{"is_finished":false,"event_type":"citation-generation","citations":[{"start":6,"end":7,"text":"5","document_ids":["sum:0:3:0"],"type":"TEXT_CONTENT"}]}`,
    `{"is_finished":false,"event_type":"text-generation","text":", not 6"}`,
    `{"is_finished":false,"event_type":"citation-generation","citations":[{"start":9,"end":14,"text":"not 6","document_ids":["sum:0:3:0"]}]}`,
    `{"is_finished":true,"event_type":"stream-end","response":{"text":"It is 5, not 6","finish_reason":"MAX_TOKENS"},"finish_reason":"MAX_TOKENS"}`
  ],
  events: [
    { is_finished: false, event_type: "stream-start", generation_id: "g-3" },
    {
      is_finished: false,
      event_type: "search-results",
      documents: [{ id: "sum:0:3:0", output: "5", tool_name: "sum" }]
    },
    { is_finished: false, event_type: "text-generation", text: "It is 5" },
    {
      is_finished: false,
      event_type: "citation-generation",
      citations: [{ start: 6, end: 7, text: "5", document_ids: ["sum:0:3:0"], type: "TEXT_CONTENT" }]
    },
    { is_finished: false, event_type: "text-generation", text: ", not 6" },
    {
      is_finished: false,
      event_type: "citation-generation",
      citations: [{ start: 9, end: 14, text: "not 6", document_ids: ["sum:0:3:0"] }]
    },
    {
      is_finished: true,
      event_type: "stream-end",
      response: { text: "It is 5, not 6", finish_reason: "MAX_TOKENS" },
      finish_reason: "MAX_TOKENS"
    }
  ],
  response: { text: "It is 5, not 6", finish_reason: "MAX_TOKENS" },
  before: {
    text: "It is 5, not 6",
    generation_id: "g-3",
    citations: [
      { start: 6, end: 7, text: "5", document_ids: ["sum:0:3:0"], type: "TEXT_CONTENT" },
      { start: 9, end: 14, text: "not 6", document_ids: ["sum:0:3:0"] }
    ],
    documents: [{ id: "sum:0:3:0", output: "5", tool_name: "sum" }]
  },
  text: ["It is 5", ", not 6"],
  citations: [
    { start: 6, end: 7, text: "5", document_ids: ["sum:0:3:0"], type: "TEXT_CONTENT" },
    { start: 9, end: 14, text: "not 6", document_ids: ["sum:0:3:0"] }
  ]
}

const toolRequest: ChatTranscript = {
  name: "a plan and two tool calls, a piece of which has no index",
  data: [
    `{"is_finished":false,"event_type":"stream-start","generation_id":"g-4"}`,
    `{"is_finished":false,"event_type":"tool-calls-chunk","text":"I"}`,
    `{"is_finished":false,"event_type":"tool-calls-chunk","text":" look."}`,
    `{"is_finished":false,"event_type":"tool-calls-chunk","tool_call_delta":{"index":0,"name":"weather"}}`,
    String
      .raw`{"is_finished":false,"event_type":"tool-calls-chunk","tool_call_delta":{"index":0,"parameters":"{\n    \"city\": "}}`,
    String
      .raw`{"is_finished":false,"event_type":"tool-calls-chunk","tool_call_delta":{"parameters":"\"Oslo\"\n}"}}`,
    `{"is_finished":false,"event_type":"tool-calls-chunk","tool_call_delta":{"index":1,"name":"now"}}`,
    `{"is_finished":false,"event_type":"tool-calls-generation","text":"I look.","tool_calls":[{"name":"weather","parameters":{"city":"Oslo"}},{"name":"now","parameters":{}}]}`,
    `{"is_finished":true,"event_type":"stream-end","response":{"text":"I look.","tool_calls":[{"name":"weather","parameters":{"city":"Oslo"}},{"name":"now","parameters":{}}],"chat_history":[{"role":"USER","message":"Cold?"},{"role":"CHATBOT","message":"I look.","tool_calls":[{"name":"weather","parameters":null},{"name":"now","parameters":null}]}],"finish_reason":"COMPLETE"},"finish_reason":"COMPLETE"}`
  ],
  events: [
    { is_finished: false, event_type: "stream-start", generation_id: "g-4" },
    { is_finished: false, event_type: "tool-calls-chunk", text: "I" },
    { is_finished: false, event_type: "tool-calls-chunk", text: " look." },
    { is_finished: false, event_type: "tool-calls-chunk", tool_call_delta: { index: 0, name: "weather" } },
    {
      is_finished: false,
      event_type: "tool-calls-chunk",
      tool_call_delta: { index: 0, parameters: "{\n    \"city\": " }
    },
    { is_finished: false, event_type: "tool-calls-chunk", tool_call_delta: { parameters: "\"Oslo\"\n}" } },
    { is_finished: false, event_type: "tool-calls-chunk", tool_call_delta: { index: 1, name: "now" } },
    {
      is_finished: false,
      event_type: "tool-calls-generation",
      text: "I look.",
      tool_calls: [{ name: "weather", parameters: { city: "Oslo" } }, { name: "now", parameters: {} }]
    },
    {
      is_finished: true,
      event_type: "stream-end",
      response: {
        text: "I look.",
        tool_calls: [{ name: "weather", parameters: { city: "Oslo" } }, { name: "now", parameters: {} }],
        chat_history: [
          { role: "USER", message: "Cold?" },
          {
            role: "CHATBOT",
            message: "I look.",
            tool_calls: [{ name: "weather", parameters: null }, { name: "now", parameters: null }]
          }
        ],
        finish_reason: "COMPLETE"
      },
      finish_reason: "COMPLETE"
    }
  ],
  response: {
    text: "I look.",
    tool_calls: [{ name: "weather", parameters: { city: "Oslo" } }, { name: "now", parameters: {} }],
    chat_history: [
      { role: "USER", message: "Cold?" },
      {
        role: "CHATBOT",
        message: "I look.",
        tool_calls: [{ name: "weather", parameters: null }, { name: "now", parameters: null }]
      }
    ],
    finish_reason: "COMPLETE"
  },
  before: {
    text: "I look.",
    generation_id: "g-4",
    tool_calls: [{ name: "weather", parameters: { city: "Oslo" } }, { name: "now", parameters: {} }]
  },
  toolCalls: [{ name: "weather", parameters: { city: "Oslo" } }, { name: "now", parameters: {} }]
}

const toolCallAtOnce: ChatTranscript = {
  name: "a tool call at once, without a plan",
  data: [
    `{"is_finished":false,"event_type":"stream-start","generation_id":"g-5"}`,
    `{"is_finished":false,"event_type":"tool-calls-generation","tool_calls":[{"name":"f","parameters":{"x":[1,null]}}]}`,
    `{"is_finished":true,"event_type":"stream-end","response":{"text":"","tool_calls":[{"name":"f","parameters":{"x":[1,null]}}]},"finish_reason":"COMPLETE"}`
  ],
  events: [
    { is_finished: false, event_type: "stream-start", generation_id: "g-5" },
    {
      is_finished: false,
      event_type: "tool-calls-generation",
      tool_calls: [{ name: "f", parameters: { x: [1, null] } }]
    },
    {
      is_finished: true,
      event_type: "stream-end",
      response: { text: "", tool_calls: [{ name: "f", parameters: { x: [1, null] } }] },
      finish_reason: "COMPLETE"
    }
  ],
  response: {
    text: "",
    tool_calls: [{ name: "f", parameters: { x: [1, null] } }],
    finish_reason: "COMPLETE"
  },
  before: { text: "", generation_id: "g-5", tool_calls: [{ name: "f", parameters: { x: [1, null] } }] },
  toolCalls: [{ name: "f", parameters: { x: [1, null] } }]
}

const queriesOnly: ChatTranscript = {
  name: "search queries alone",
  data: [
    `{"is_finished":false,"event_type":"stream-start","generation_id":"g-6"}`,
    `{"is_finished":false,"event_type":"search-queries-generation","search_queries":[{"text":"rivers","generation_id":"q-2"}]}`,
    `{"is_finished":true,"event_type":"stream-end","response":{"text":"","search_queries":[{"text":"rivers","generation_id":"q-2"}],"is_search_required":true},"finish_reason":"COMPLETE"}`
  ],
  events: [
    { is_finished: false, event_type: "stream-start", generation_id: "g-6" },
    {
      is_finished: false,
      event_type: "search-queries-generation",
      search_queries: [{ text: "rivers", generation_id: "q-2" }]
    },
    {
      is_finished: true,
      event_type: "stream-end",
      response: {
        text: "",
        search_queries: [{ text: "rivers", generation_id: "q-2" }],
        is_search_required: true
      },
      finish_reason: "COMPLETE"
    }
  ],
  response: {
    text: "",
    search_queries: [{ text: "rivers", generation_id: "q-2" }],
    is_search_required: true,
    finish_reason: "COMPLETE"
  },
  before: { text: "", generation_id: "g-6", search_queries: [{ text: "rivers", generation_id: "q-2" }] }
}

const old: ChatTranscript = {
  name: "an answer of an old server: the response says no finish_reason, but counts tokens",
  data: [
    `{"is_finished":false,"event_type":"stream-start","generation_id":"g-7"}`,
    `{"is_finished":false,"event_type":"text-generation","text":" Hi."}`,
    `{"is_finished":true,"event_type":"stream-end","response":{"text":" Hi.","generation_id":"g-7","token_count":{"prompt_tokens":70,"response_tokens":2,"total_tokens":72,"billed_tokens":11},"tool_inputs":null},"finish_reason":"COMPLETE"}`
  ],
  events: [
    { is_finished: false, event_type: "stream-start", generation_id: "g-7" },
    { is_finished: false, event_type: "text-generation", text: " Hi." },
    {
      is_finished: true,
      event_type: "stream-end",
      response: {
        text: " Hi.",
        generation_id: "g-7",
        token_count: { prompt_tokens: 70, response_tokens: 2, total_tokens: 72, billed_tokens: 11 },
        tool_inputs: null
      },
      finish_reason: "COMPLETE"
    }
  ],
  response: {
    text: " Hi.",
    generation_id: "g-7",
    token_count: { prompt_tokens: 70, response_tokens: 2, total_tokens: 72, billed_tokens: 11 },
    // Unknown fields pass.
    ...{ tool_inputs: null },
    finish_reason: "COMPLETE"
  },
  before: { text: " Hi.", generation_id: "g-7" },
  text: [" Hi."]
}

const documented: ChatTranscript = {
  name: "events as the reference writes them, without is_finished",
  data: [
    `{"event_type":"stream-start","generation_id":"g-8"}`,
    `{"event_type":"debug","prompt":"<|START|>"}`,
    `{"event_type":"text-generation","text":"Hello!"}`,
    `{"event_type":"debug"}`,
    `{"event_type":"stream-end","response":{"text":"Hello!","generation_id":"g-8","finish_reason":"STOP_SEQUENCE"},"finish_reason":"STOP_SEQUENCE"}`
  ],
  events: [
    { event_type: "stream-start", generation_id: "g-8" },
    { event_type: "debug", prompt: "<|START|>" },
    { event_type: "text-generation", text: "Hello!" },
    { event_type: "debug" },
    {
      event_type: "stream-end",
      response: { text: "Hello!", generation_id: "g-8", finish_reason: "STOP_SEQUENCE" },
      finish_reason: "STOP_SEQUENCE"
    }
  ],
  response: { text: "Hello!", generation_id: "g-8", finish_reason: "STOP_SEQUENCE" },
  before: { text: "Hello!", generation_id: "g-8" },
  text: ["Hello!"]
}

const tomorrow: ChatTranscript = {
  name: "events, fields and values of tomorrow",
  data: [
    `{"event_type":"stream-start","is_finished":false,"generation_id":"g-9","trace":[{}]}`,
    `{"event_type":"weather-report","is_finished":false,"text":"rain","sky":["grey",null]}`,
    `{"event_type":"text-generation","is_finished":false,"text":"So","mood":1}`,
    `{"event_type":"stream-end","is_finished":true,"finish_reason":"BORED","response":{"text":"So","coins":2,"finish_reason":"BORED","chat_history":[{"role":"ORACLE","smoke":true}]}}`
  ],
  events: [
    { event_type: "stream-start", is_finished: false, generation_id: "g-9", trace: [{}] },
    { event_type: "weather-report", is_finished: false, text: "rain", sky: ["grey", null] },
    { event_type: "text-generation", is_finished: false, text: "So", mood: 1 },
    {
      event_type: "stream-end",
      is_finished: true,
      finish_reason: "BORED",
      response: {
        text: "So",
        coins: 2,
        finish_reason: "BORED",
        chat_history: [{ role: "ORACLE", smoke: true }]
      }
    }
  ],
  response: {
    text: "So",
    ...{ coins: 2 },
    finish_reason: "BORED",
    // The tag type of what this version does not know is a fiction for the compiler.
    chat_history: [{ role: "ORACLE", smoke: true }] as unknown as NonNullable<ChatResponse["chat_history"]>
  },
  before: { text: "So", generation_id: "g-9" },
  text: ["So"]
}

const nulls: ChatTranscript = {
  name: "null wherever something may be absent",
  data: [
    `{"event_type":"stream-start","is_finished":null,"generation_id":null}`,
    `{"event_type":"search-queries-generation","search_queries":null}`,
    `{"event_type":"search-results","search_results":null,"documents":null}`,
    `{"event_type":"tool-calls-chunk","tool_call_delta":null,"text":null}`,
    `{"event_type":"tool-calls-chunk","tool_call_delta":{"name":null,"index":null,"parameters":null,"text":null}}`,
    `{"event_type":"tool-calls-generation","tool_calls":null,"text":null}`,
    `{"event_type":"text-generation","text":"So"}`,
    `{"event_type":"citation-generation","citations":null}`,
    `{"event_type":"stream-end","finish_reason":null,"response":null}`
  ],
  events: [
    { event_type: "stream-start", is_finished: null, generation_id: null },
    { event_type: "search-queries-generation", search_queries: null },
    { event_type: "search-results", search_results: null, documents: null },
    { event_type: "tool-calls-chunk", tool_call_delta: null, text: null },
    { event_type: "tool-calls-chunk", tool_call_delta: { name: null, index: null, parameters: null, text: null } },
    { event_type: "tool-calls-generation", tool_calls: null, text: null },
    { event_type: "text-generation", text: "So" },
    { event_type: "citation-generation", citations: null },
    { event_type: "stream-end", finish_reason: null, response: null }
  ],
  response: { text: "So" },
  before: { text: "So" },
  text: ["So"]
}

const lookalikes: ChatTranscript = {
  name: "text that looks like the framing, in scripts of one to four bytes",
  data: [
    `{"event_type":"stream-start","generation_id":"g-11"}`,
    `{"event_type":"text-generation","text":"[DONE]"}`,
    String.raw`{"event_type":"text-generation","text":"\ndata: {}\n\n: id: retry: 9\r\n"}`,
    `{"event_type":"text-generation","text":"¡こ👩‍🚀\u2028\u0085"}`,
    String.raw`{"event_type":"text-generation","text":"\ud83d"}`,
    String.raw`{"event_type":"text-generation","text":"\ude00"}`,
    `{"event_type":"stream-end","finish_reason":"COMPLETE"}`
  ],
  events: [
    { event_type: "stream-start", generation_id: "g-11" },
    { event_type: "text-generation", text: "[DONE]" },
    { event_type: "text-generation", text: "\ndata: {}\n\n: id: retry: 9\r\n" },
    { event_type: "text-generation", text: "\u00a1\u3053\u{1f469}\u200d\u{1f680}\u2028\u0085" },
    { event_type: "text-generation", text: "\ud83d" },
    { event_type: "text-generation", text: "\ude00" },
    { event_type: "stream-end", finish_reason: "COMPLETE" }
  ],
  response: {
    text: "[DONE]\ndata: {}\n\n: id: retry: 9\r\n¡こ👩‍🚀\u2028\u0085😀",
    generation_id: "g-11",
    finish_reason: "COMPLETE"
  },
  before: { text: "[DONE]\ndata: {}\n\n: id: retry: 9\r\n¡こ👩‍🚀\u2028\u0085😀", generation_id: "g-11" },
  text: [
    "[DONE]",
    "\ndata: {}\n\n: id: retry: 9\r\n",
    "\u00a1\u3053\u{1f469}\u200d\u{1f680}\u2028\u0085",
    "\ud83d",
    "\ude00"
  ]
}

const toxic: ChatTranscript = {
  name: "a turn that failed, with the response so far",
  data: [
    `{"is_finished":false,"event_type":"stream-start","generation_id":"g-12"}`,
    `{"is_finished":false,"event_type":"text-generation","text":"You"}`,
    `{"is_finished":true,"event_type":"stream-end","response":{"text":"You","generation_id":"g-12","finish_reason":"ERROR_TOXIC"},"finish_reason":"ERROR_TOXIC"}`
  ],
  events: [
    { is_finished: false, event_type: "stream-start", generation_id: "g-12" },
    { is_finished: false, event_type: "text-generation", text: "You" },
    {
      is_finished: true,
      event_type: "stream-end",
      response: { text: "You", generation_id: "g-12", finish_reason: "ERROR_TOXIC" },
      finish_reason: "ERROR_TOXIC"
    }
  ],
  response: { text: "You", generation_id: "g-12", finish_reason: "ERROR_TOXIC" },
  before: { text: "You", generation_id: "g-12" },
  failure: { finishReason: "ERROR_TOXIC", says: "ERROR_TOXIC" },
  text: ["You"]
}

const limit: ChatTranscript = {
  name: "a turn that failed, without a response",
  data: [
    `{"is_finished":false,"event_type":"stream-start","generation_id":"g-13"}`,
    `{"is_finished":false,"event_type":"text-generation","text":"Too"}`,
    `{"is_finished":true,"event_type":"stream-end","finish_reason":"ERROR_LIMIT"}`
  ],
  events: [
    { is_finished: false, event_type: "stream-start", generation_id: "g-13" },
    { is_finished: false, event_type: "text-generation", text: "Too" },
    { is_finished: true, event_type: "stream-end", finish_reason: "ERROR_LIMIT" }
  ],
  response: { text: "Too", generation_id: "g-13", finish_reason: "ERROR_LIMIT" },
  before: { text: "Too", generation_id: "g-13" },
  failure: { finishReason: "ERROR_LIMIT", says: "ERROR_LIMIT" },
  text: ["Too"]
}

const nothing: ChatTranscript = {
  name: "an empty answer",
  data: [
    `{"is_finished":false,"event_type":"stream-start","generation_id":"g-14"}`,
    `{"is_finished":true,"event_type":"stream-end","response":{"text":""},"finish_reason":"COMPLETE"}`
  ],
  events: [
    { is_finished: false, event_type: "stream-start", generation_id: "g-14" },
    { is_finished: true, event_type: "stream-end", response: { text: "" }, finish_reason: "COMPLETE" }
  ],
  response: { text: "", finish_reason: "COMPLETE" },
  before: { text: "", generation_id: "g-14" }
}

/** All streams of chat. */
export const chats: ReadonlyArray<ChatTranscript> = [
  plainText,
  connectors,
  fastCitations,
  toolRequest,
  toolCallAtOnce,
  queriesOnly,
  old,
  documented,
  tomorrow,
  nulls,
  lookalikes,
  toxic,
  limit,
  nothing
]

// ---------------------------------------------------------------------------------------------------------------------
// Generate
// ---------------------------------------------------------------------------------------------------------------------

export const oneContinuation: Transcript<Generation> = {
  name: "a continuation",
  data: [
    `{"event_type":"text-generation","text":"Once","is_finished":false}`,
    `{"event_type":"text-generation","text":"","is_finished":false}`,
    `{"event_type":"text-generation","text":" upon","is_finished":false}`,
    `{"event_type":"stream-end","is_finished":true,"finish_reason":"COMPLETE","response":{"id":"n-1","prompt":"Tell","generations":[{"id":"n-2","text":"Once upon","finish_reason":"COMPLETE"}]}}`
  ],
  events: [
    { event_type: "text-generation", text: "Once", is_finished: false },
    { event_type: "text-generation", text: "", is_finished: false },
    { event_type: "text-generation", text: " upon", is_finished: false },
    {
      event_type: "stream-end",
      is_finished: true,
      finish_reason: "COMPLETE",
      response: {
        id: "n-1",
        prompt: "Tell",
        generations: [{ id: "n-2", text: "Once upon", finish_reason: "COMPLETE" }]
      }
    }
  ],
  response: {
    id: "n-1",
    prompt: "Tell",
    generations: [{ id: "n-2", text: "Once upon", finish_reason: "COMPLETE" }]
  },
  text: ["Once", " upon"]
}

const severalContinuations: Transcript<Generation> = {
  name: "three continuations that take turns, and are not repeated at the end",
  data: [
    `{"event_type":"text-generation","text":"C1","is_finished":false,"index":2}`,
    `{"event_type":"text-generation","text":"A1","is_finished":false,"index":0}`,
    `{"event_type":"text-generation","text":"B1","is_finished":false,"index":1}`,
    `{"event_type":"text-generation","text":" A2","is_finished":false,"index":0}`,
    `{"event_type":"text-generation","text":" C2","is_finished":false,"index":2}`,
    `{"event_type":"stream-end","is_finished":true,"finish_reason":"MAX_TOKENS","response":{"id":"n-3"}}`
  ],
  events: [
    { event_type: "text-generation", text: "C1", is_finished: false, index: 2 },
    { event_type: "text-generation", text: "A1", is_finished: false, index: 0 },
    { event_type: "text-generation", text: "B1", is_finished: false, index: 1 },
    { event_type: "text-generation", text: " A2", is_finished: false, index: 0 },
    { event_type: "text-generation", text: " C2", is_finished: false, index: 2 },
    { event_type: "stream-end", is_finished: true, finish_reason: "MAX_TOKENS", response: { id: "n-3" } }
  ],
  response: {
    id: "n-3",
    generations: [
      { text: "A1 A2", index: 0, finish_reason: "MAX_TOKENS" },
      { text: "B1", index: 1, finish_reason: "MAX_TOKENS" },
      { text: "C1 C2", index: 2, finish_reason: "MAX_TOKENS" }
    ]
  },
  text: ["C1", "A1", "B1", " A2", " C2"]
}

const untyped: Transcript<Generation> = {
  name: "events of an old server, without event_type",
  data: [
    `{"text":"Once","is_finished":false}`,
    `{"text":" upon","is_finished":false,"err":null}`,
    `{"is_finished":true,"finish_reason":"COMPLETE","response":{"id":"n-4","generations":[{"id":"n-5","text":"Once upon"}],"meta":{"api_version":{"version":"1"}}}}`
  ],
  events: [
    { event_type: "text-generation", text: "Once", is_finished: false },
    { event_type: "text-generation", text: " upon", is_finished: false, err: null },
    {
      event_type: "stream-end",
      is_finished: true,
      finish_reason: "COMPLETE",
      response: {
        id: "n-4",
        generations: [{ id: "n-5", text: "Once upon" }],
        meta: { api_version: { version: "1" } }
      }
    }
  ],
  response: {
    id: "n-4",
    generations: [{ id: "n-5", text: "Once upon" }],
    meta: { api_version: { version: "1" } }
  },
  text: ["Once", " upon"]
}

const bedrock: Transcript<Generation> = {
  name: "events of Amazon Bedrock, which ends without a response",
  data: [
    `{"text":"Once","is_finished":false,"index":0}`,
    `{"text":" upon","is_finished":false,"index":0}`,
    `{"finish_reason":"COMPLETE","is_finished":true,"amazon-bedrock-invocationMetrics":{"inputTokenCount":4,"outputTokenCount":2,"invocationLatency":300,"firstByteLatency":99}}`
  ],
  events: [
    { event_type: "text-generation", text: "Once", is_finished: false, index: 0 },
    { event_type: "text-generation", text: " upon", is_finished: false, index: 0 },
    {
      event_type: "stream-end",
      finish_reason: "COMPLETE",
      is_finished: true,
      "amazon-bedrock-invocationMetrics": {
        inputTokenCount: 4,
        outputTokenCount: 2,
        invocationLatency: 300,
        firstByteLatency: 99
      }
    }
  ],
  response: { generations: [{ text: "Once upon", finish_reason: "COMPLETE" }] },
  text: ["Once", " upon"]
}

const generateError: Transcript<Generation> = {
  name: "an error after two pieces",
  data: [
    `{"event_type":"text-generation","text":"Once","is_finished":false}`,
    `{"event_type":"text-generation","text":" upon","is_finished":false}`,
    `{"event_type":"stream-error","is_finished":true,"finish_reason":"ERROR","err":"the model is asleep","index":0}`
  ],
  events: [
    { event_type: "text-generation", text: "Once", is_finished: false },
    { event_type: "text-generation", text: " upon", is_finished: false },
    { event_type: "stream-error", is_finished: true, finish_reason: "ERROR", err: "the model is asleep", index: 0 }
  ],
  response: { generations: [{ text: "Once upon", finish_reason: "ERROR" }] },
  failure: { finishReason: "ERROR", says: "the model is asleep" },
  text: ["Once", " upon"]
}

const untypedError: Transcript<Generation> = {
  name: "an error of an old server, without event_type",
  data: [
    `{"text":"Once","is_finished":false}`,
    `{"is_finished":true,"finish_reason":"ERROR_LIMIT","err":"no more"}`
  ],
  events: [
    { event_type: "text-generation", text: "Once", is_finished: false },
    { event_type: "stream-error", is_finished: true, finish_reason: "ERROR_LIMIT", err: "no more" }
  ],
  response: { generations: [{ text: "Once", finish_reason: "ERROR_LIMIT" }] },
  failure: { finishReason: "ERROR_LIMIT", says: "no more" },
  text: ["Once"]
}

const generateToxic: Transcript<Generation> = {
  name: "an end that means a failure",
  data: [
    `{"event_type":"text-generation","text":"You","is_finished":false}`,
    `{"event_type":"stream-end","is_finished":true,"finish_reason":"ERROR_TOXIC","response":{"id":"n-6","generations":[{"id":"n-7","text":"You","finish_reason":"ERROR_TOXIC"}]}}`
  ],
  events: [
    { event_type: "text-generation", text: "You", is_finished: false },
    {
      event_type: "stream-end",
      is_finished: true,
      finish_reason: "ERROR_TOXIC",
      response: { id: "n-6", generations: [{ id: "n-7", text: "You", finish_reason: "ERROR_TOXIC" }] }
    }
  ],
  response: { id: "n-6", generations: [{ id: "n-7", text: "You", finish_reason: "ERROR_TOXIC" }] },
  failure: { finishReason: "ERROR_TOXIC", says: "ERROR_TOXIC" },
  text: ["You"]
}

const generateTomorrow: Transcript<Generation> = {
  name: "events of tomorrow, and null",
  data: [
    `{"event_type":"warm-up","is_finished":false,"text":"hm"}`,
    `{"event_type":"text-generation","text":"So","is_finished":null,"index":null,"mood":1}`,
    `{"event_type":"stream-end","is_finished":true,"finish_reason":null,"response":{"id":null,"prompt":null,"generations":null,"meta":null}}`
  ],
  events: [
    { event_type: "warm-up", is_finished: false, text: "hm" },
    { event_type: "text-generation", text: "So", is_finished: null, index: null, mood: 1 },
    {
      event_type: "stream-end",
      is_finished: true,
      finish_reason: null,
      response: { id: null, prompt: null, generations: null, meta: null }
    }
  ],
  response: { id: null, prompt: null, generations: [{ text: "So" }], meta: null },
  text: ["So"]
}

/** All streams of generate. */
export const generations: ReadonlyArray<Transcript<Generation>> = [
  oneContinuation,
  severalContinuations,
  untyped,
  bedrock,
  generateError,
  untypedError,
  generateToxic,
  generateTomorrow
]
