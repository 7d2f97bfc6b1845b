/**
 * Streamed chat turns, written by hand: what the wire says (the `data` of each server-sent event), which events that
 * is, and which response they add up to. Nothing here is computed from anything else.
 */
import type { ChatResponse } from "@effect-cohere/core/V2"

/** A streamed turn. */
export interface Transcript {
  readonly name: string
  /** The `data` of each event, up to and including `message-end`. */
  readonly data: ReadonlyArray<string>
  readonly events: ReadonlyArray<unknown>
  /** What the events add up to. */
  readonly response: ChatResponse
  /** The turn failed: what the error says. */
  readonly failure?: { readonly finishReason: string; readonly errorType: string | undefined; readonly says: string }
  readonly text?: ReadonlyArray<string>
  readonly thinking?: ReadonlyArray<string>
}

export const plainText: Transcript = {
  name: "a text answer",
  data: [
    `{"id":"t-1","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}`,
    `{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"The"}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":" Loire"}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"."}}}}`,
    `{"type":"content-end","index":0}`,
    `{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":5,"output_tokens":3},"tokens":{"input_tokens":71,"output_tokens":3}}}}`
  ],
  events: [
    {
      id: "t-1",
      type: "message-start",
      delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } }
    },
    { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { text: "The" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { text: " Loire" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { text: "." } } } },
    { type: "content-end", index: 0 },
    {
      type: "message-end",
      delta: {
        finish_reason: "COMPLETE",
        usage: {
          billed_units: { input_tokens: 5, output_tokens: 3 },
          tokens: { input_tokens: 71, output_tokens: 3 }
        }
      }
    }
  ],
  response: {
    id: "t-1",
    finish_reason: "COMPLETE",
    message: { role: "assistant", content: [{ type: "text", text: "The Loire." }] },
    usage: {
      billed_units: { input_tokens: 5, output_tokens: 3 },
      tokens: { input_tokens: 71, output_tokens: 3 }
    }
  },
  text: ["The", " Loire", "."]
}

const fastCitations: Transcript = {
  name: "citations between the pieces of text",
  data: [
    `{"type":"message-start","id":"t-2","delta":{"message":{"role":"assistant"}}}`,
    `{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Both Ada"}}}}`,
    `{"type":"citation-start","index":0,"delta":{"message":{"citations":{"start":5,"end":8,"text":"Ada","sources":[{"type":"document","id":"doc:0","document":{"id":"doc:0","snippet":"Ada wrote."}}]}}}}`,
    `{"type":"citation-end","index":0}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":" and Bo"}}}}`,
    `{"type":"citation-start","index":1,"delta":{"message":{"citations":{"start":13,"end":15,"text":"Bo","sources":[{"type":"document","id":"doc:1"}]}}}}`,
    `{"type":"citation-end","index":1}`,
    `{"type":"content-end","index":0}`,
    `{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"tokens":{"input_tokens":1661.0,"output_tokens":19.0}}}}`
  ],
  events: [
    { type: "message-start", id: "t-2", delta: { message: { role: "assistant" } } },
    { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { text: "Both Ada" } } } },
    {
      type: "citation-start",
      index: 0,
      delta: {
        message: {
          citations: {
            start: 5,
            end: 8,
            text: "Ada",
            sources: [{ type: "document", id: "doc:0", document: { id: "doc:0", snippet: "Ada wrote." } }]
          }
        }
      }
    },
    { type: "citation-end", index: 0 },
    { type: "content-delta", index: 0, delta: { message: { content: { text: " and Bo" } } } },
    {
      type: "citation-start",
      index: 1,
      delta: {
        message: { citations: { start: 13, end: 15, text: "Bo", sources: [{ type: "document", id: "doc:1" }] } }
      }
    },
    { type: "citation-end", index: 1 },
    { type: "content-end", index: 0 },
    {
      type: "message-end",
      delta: { finish_reason: "COMPLETE", usage: { tokens: { input_tokens: 1661, output_tokens: 19 } } }
    }
  ],
  response: {
    id: "t-2",
    finish_reason: "COMPLETE",
    message: {
      role: "assistant",
      content: [{ type: "text", text: "Both Ada and Bo" }],
      citations: [
        {
          start: 5,
          end: 8,
          text: "Ada",
          sources: [{ type: "document", id: "doc:0", document: { id: "doc:0", snippet: "Ada wrote." } }]
        },
        { start: 13, end: 15, text: "Bo", sources: [{ type: "document", id: "doc:1" }] }
      ]
    },
    usage: { tokens: { input_tokens: 1661, output_tokens: 19 } }
  },
  text: ["Both Ada", " and Bo"]
}

const accurateCitation: Transcript = {
  name: "a citation of a tool's output after the text",
  data: [
    `{"type":"message-start","id":"t-3","delta":{"message":{"role":"assistant","citations":[]}}}`,
    `{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"It is 5."}}}}`,
    `{"type":"citation-start","index":0,"delta":{"message":{"citations":{"start":6,"end":7,"text":"5","sources":[{"type":"tool","id":"sum_a1:0","tool_output":{"output":"5"}}],"type":"TEXT_CONTENT"}}}}`,
    `{"type":"citation-end","index":0}`,
    `{"type":"content-end","index":0}`,
    `{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}`
  ],
  events: [
    { type: "message-start", id: "t-3", delta: { message: { role: "assistant", citations: [] } } },
    { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { text: "It is 5." } } } },
    {
      type: "citation-start",
      index: 0,
      delta: {
        message: {
          citations: {
            start: 6,
            end: 7,
            text: "5",
            sources: [{ type: "tool", id: "sum_a1:0", tool_output: { output: "5" } }],
            type: "TEXT_CONTENT"
          }
        }
      }
    },
    { type: "citation-end", index: 0 },
    { type: "content-end", index: 0 },
    { type: "message-end", delta: { finish_reason: "COMPLETE" } }
  ],
  response: {
    id: "t-3",
    finish_reason: "COMPLETE",
    message: {
      role: "assistant",
      content: [{ type: "text", text: "It is 5." }],
      citations: [{
        start: 6,
        end: 7,
        text: "5",
        sources: [{ type: "tool", id: "sum_a1:0", tool_output: { output: "5" } }],
        type: "TEXT_CONTENT"
      }]
    }
  },
  text: ["It is 5."]
}

const twoToolCalls: Transcript = {
  name: "a plan and two tool calls",
  data: [
    `{"id":"t-4","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}`,
    `{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"I"}}}`,
    `{"type":"tool-plan-delta","delta":{"message":{"tool_plan":" look"}}}`,
    `{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"weather_1","type":"function","function":{"name":"weather","arguments":""}}}}}`,
    String
      .raw`{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{\"city\""}}}}}`,
    String
      .raw`{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":": \"Oslo\"}"}}}}}`,
    `{"type":"tool-call-end","index":0}`,
    `{"type":"tool-call-start","index":1,"delta":{"message":{"tool_calls":{"id":"sights_2","type":"function","function":{"name":"sights","arguments":""}}}}}`,
    String
      .raw`{"type":"tool-call-delta","index":1,"delta":{"message":{"tool_calls":{"function":{"arguments":"{\n \"n\": 3}"}}}}}`,
    `{"type":"tool-call-end","index":1}`,
    `{"type":"message-end","delta":{"finish_reason":"TOOL_CALL","usage":{"cached_tokens":1504}}}`
  ],
  events: [
    {
      id: "t-4",
      type: "message-start",
      delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } }
    },
    { type: "tool-plan-delta", delta: { message: { tool_plan: "I" } } },
    { type: "tool-plan-delta", delta: { message: { tool_plan: " look" } } },
    {
      type: "tool-call-start",
      index: 0,
      delta: {
        message: { tool_calls: { id: "weather_1", type: "function", function: { name: "weather", arguments: "" } } }
      }
    },
    { type: "tool-call-delta", index: 0, delta: { message: { tool_calls: { function: { arguments: "{\"city\"" } } } } },
    {
      type: "tool-call-delta",
      index: 0,
      delta: { message: { tool_calls: { function: { arguments: ": \"Oslo\"}" } } } }
    },
    { type: "tool-call-end", index: 0 },
    {
      type: "tool-call-start",
      index: 1,
      delta: {
        message: { tool_calls: { id: "sights_2", type: "function", function: { name: "sights", arguments: "" } } }
      }
    },
    {
      type: "tool-call-delta",
      index: 1,
      delta: { message: { tool_calls: { function: { arguments: "{\n \"n\": 3}" } } } }
    },
    { type: "tool-call-end", index: 1 },
    { type: "message-end", delta: { finish_reason: "TOOL_CALL", usage: { cached_tokens: 1504 } } }
  ],
  response: {
    id: "t-4",
    finish_reason: "TOOL_CALL",
    message: {
      role: "assistant",
      tool_calls: [
        { id: "weather_1", type: "function", function: { name: "weather", arguments: "{\"city\": \"Oslo\"}" } },
        { id: "sights_2", type: "function", function: { name: "sights", arguments: "{\n \"n\": 3}" } }
      ],
      tool_plan: "I look"
    },
    usage: { cached_tokens: 1504 }
  }
}

const toolWithoutArguments: Transcript = {
  name: "a tool call without arguments",
  data: [
    `{"type":"message-start","id":"t-5","delta":{"message":{"role":"assistant"}}}`,
    `{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"The clock."}}}`,
    `{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"now_1","type":"function","function":{"name":"now","arguments":""}}}}}`,
    `{"type":"tool-call-end","index":0}`,
    `{"type":"message-end","delta":{"finish_reason":"TOOL_CALL"}}`
  ],
  events: [
    { type: "message-start", id: "t-5", delta: { message: { role: "assistant" } } },
    { type: "tool-plan-delta", delta: { message: { tool_plan: "The clock." } } },
    {
      type: "tool-call-start",
      index: 0,
      delta: { message: { tool_calls: { id: "now_1", type: "function", function: { name: "now", arguments: "" } } } }
    },
    { type: "tool-call-end", index: 0 },
    { type: "message-end", delta: { finish_reason: "TOOL_CALL" } }
  ],
  response: {
    id: "t-5",
    finish_reason: "TOOL_CALL",
    message: {
      role: "assistant",
      // Unstreamed, the same call has the empty object.
      tool_calls: [{ id: "now_1", type: "function", function: { name: "now", arguments: "{}" } }],
      tool_plan: "The clock."
    }
  }
}

const toolCallAtOnce: Transcript = {
  name: "a tool call without a plan",
  data: [
    `{"type":"message-start","id":"t-6"}`,
    `{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"f_1","type":"function","function":{"name":"f","arguments":""}}}}}`,
    String
      .raw`{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{\"x\":1}"}}}}}`,
    `{"type":"tool-call-end","index":0}`,
    `{"type":"message-end","delta":{"finish_reason":"TOOL_CALL"}}`
  ],
  events: [
    { type: "message-start", id: "t-6" },
    {
      type: "tool-call-start",
      index: 0,
      delta: { message: { tool_calls: { id: "f_1", type: "function", function: { name: "f", arguments: "" } } } }
    },
    { type: "tool-call-delta", index: 0, delta: { message: { tool_calls: { function: { arguments: "{\"x\":1}" } } } } },
    { type: "tool-call-end", index: 0 },
    { type: "message-end", delta: { finish_reason: "TOOL_CALL" } }
  ],
  response: {
    id: "t-6",
    finish_reason: "TOOL_CALL",
    message: {
      role: "assistant",
      tool_calls: [{ id: "f_1", type: "function", function: { name: "f", arguments: "{\"x\":1}" } }]
    }
  }
}

const reasoning: Transcript = {
  name: "thinking, then text with a citation",
  data: [
    `{"type":"message-start","id":"t-7","delta":{"message":{"role":"assistant"}}}`,
    `{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"thinking","thinking":""}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"thinking":"Hm"}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"thinking":", 42?"}}}}`,
    `{"type":"content-end","index":0}`,
    `{"type":"content-start","index":1,"delta":{"message":{"content":{"type":"text","text":""}}}}`,
    `{"type":"content-delta","index":1,"delta":{"message":{"content":{"text":"It"}}}}`,
    `{"type":"content-delta","index":1,"delta":{"message":{"content":{"text":" is 42"}}}}`,
    `{"type":"citation-start","index":0,"delta":{"message":{"citations":{"start":6,"end":8,"text":"42","sources":[],"content_index":1}}}}`,
    `{"type":"citation-end","index":0}`,
    `{"type":"content-end","index":1}`,
    `{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"tokens":{"output_tokens":54,"reasoning_tokens":40}}}}`
  ],
  events: [
    { type: "message-start", id: "t-7", delta: { message: { role: "assistant" } } },
    { type: "content-start", index: 0, delta: { message: { content: { type: "thinking", thinking: "" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { thinking: "Hm" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { thinking: ", 42?" } } } },
    { type: "content-end", index: 0 },
    { type: "content-start", index: 1, delta: { message: { content: { type: "text", text: "" } } } },
    { type: "content-delta", index: 1, delta: { message: { content: { text: "It" } } } },
    { type: "content-delta", index: 1, delta: { message: { content: { text: " is 42" } } } },
    {
      type: "citation-start",
      index: 0,
      delta: { message: { citations: { start: 6, end: 8, text: "42", sources: [], content_index: 1 } } }
    },
    { type: "citation-end", index: 0 },
    { type: "content-end", index: 1 },
    {
      type: "message-end",
      delta: { finish_reason: "COMPLETE", usage: { tokens: { output_tokens: 54, reasoning_tokens: 40 } } }
    }
  ],
  response: {
    id: "t-7",
    finish_reason: "COMPLETE",
    message: {
      role: "assistant",
      content: [{ type: "thinking", thinking: "Hm, 42?" }, { type: "text", text: "It is 42" }],
      citations: [{ start: 6, end: 8, text: "42", sources: [], content_index: 1 }]
    },
    usage: { tokens: { output_tokens: 54, reasoning_tokens: 40 } }
  },
  text: ["It", " is 42"],
  thinking: ["Hm", ", 42?"]
}

const vision: Transcript = {
  name: "an answer about an image, without index",
  data: [
    `{"type":"message-start","id":"t-8","delta":{"message":{"role":"assistant"}}}`,
    `{"type":"content-start","delta":{"message":{"content":{"type":"text","text":""}}}}`,
    `{"type":"content-delta","delta":{"message":{"content":{"text":"The"}}}}`,
    `{"type":"content-delta","delta":{"message":{"content":{"text":" cat"}}}}`,
    `{"type":"content-end"}`,
    `{"type":"message-end","delta":{"finish_reason":"MAX_TOKENS","usage":{"tokens":{"image_tokens":256}}}}`
  ],
  events: [
    { type: "message-start", id: "t-8", delta: { message: { role: "assistant" } } },
    { type: "content-start", delta: { message: { content: { type: "text", text: "" } } } },
    { type: "content-delta", delta: { message: { content: { text: "The" } } } },
    { type: "content-delta", delta: { message: { content: { text: " cat" } } } },
    { type: "content-end" },
    { type: "message-end", delta: { finish_reason: "MAX_TOKENS", usage: { tokens: { image_tokens: 256 } } } }
  ],
  response: {
    id: "t-8",
    finish_reason: "MAX_TOKENS",
    message: { role: "assistant", content: [{ type: "text", text: "The cat" }] },
    usage: { tokens: { image_tokens: 256 } }
  },
  text: ["The", " cat"]
}

export const failed: Transcript = {
  name: "a turn that failed",
  data: [
    `{"type":"message-start","id":"t-9","delta":{"message":{"role":"assistant"}}}`,
    `{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"I will"}}}`,
    `{"type":"message-end","delta":{"finish_reason":"ERROR","usage":{},"error":"the tool call was no valid one","error_type":"INVALID_TOOL_GENERATION"}}`
  ],
  events: [
    { type: "message-start", id: "t-9", delta: { message: { role: "assistant" } } },
    { type: "tool-plan-delta", delta: { message: { tool_plan: "I will" } } },
    {
      type: "message-end",
      delta: {
        finish_reason: "ERROR",
        usage: {},
        error: "the tool call was no valid one",
        error_type: "INVALID_TOOL_GENERATION"
      }
    }
  ],
  response: {
    id: "t-9",
    finish_reason: "ERROR",
    message: { role: "assistant", tool_plan: "I will" },
    usage: {}
  },
  failure: {
    finishReason: "ERROR",
    errorType: "INVALID_TOOL_GENERATION",
    says: "the tool call was no valid one"
  }
}

const timedOut: Transcript = {
  name: "a turn that timed out on the server",
  data: [
    `{"type":"message-start","id":"t-10"}`,
    `{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Once"}}}}`,
    `{"type":"message-end","delta":{"finish_reason":"TIMEOUT"}}`
  ],
  events: [
    { type: "message-start", id: "t-10" },
    { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { text: "Once" } } } },
    { type: "message-end", delta: { finish_reason: "TIMEOUT" } }
  ],
  response: {
    id: "t-10",
    finish_reason: "TIMEOUT",
    message: { role: "assistant", content: [{ type: "text", text: "Once" }] }
  },
  failure: { finishReason: "TIMEOUT", errorType: undefined, says: "TIMEOUT" },
  text: ["Once"]
}

const logprobs: Transcript = {
  name: "log probabilities beside the text",
  data: [
    `{"type":"message-start","id":"t-11"}`,
    `{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Yes"}}},"logprobs":{"text":"Yes","token_ids":[42],"logprobs":[-0.5]}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"!"}}},"logprobs":{"text":"!","token_ids":[7,8],"logprobs":[-1e-7,-2.25]}}`,
    `{"type":"content-end","index":0}`,
    `{"type":"message-end","delta":{"finish_reason":"STOP_SEQUENCE"}}`
  ],
  events: [
    { type: "message-start", id: "t-11" },
    { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
    {
      type: "content-delta",
      index: 0,
      delta: { message: { content: { text: "Yes" } } },
      logprobs: { text: "Yes", token_ids: [42], logprobs: [-0.5] }
    },
    {
      type: "content-delta",
      index: 0,
      delta: { message: { content: { text: "!" } } },
      logprobs: { text: "!", token_ids: [7, 8], logprobs: [-0.0000001, -2.25] }
    },
    { type: "content-end", index: 0 },
    { type: "message-end", delta: { finish_reason: "STOP_SEQUENCE" } }
  ],
  response: {
    id: "t-11",
    finish_reason: "STOP_SEQUENCE",
    message: { role: "assistant", content: [{ type: "text", text: "Yes!" }] },
    logprobs: [
      { text: "Yes", token_ids: [42], logprobs: [-0.5] },
      { text: "!", token_ids: [7, 8], logprobs: [-0.0000001, -2.25] }
    ]
  },
  text: ["Yes", "!"]
}

export const scripts: Transcript = {
  name: "scripts of two, three and four bytes, and halves of a surrogate pair",
  data: [
    `{"type":"message-start","id":"t-12"}`,
    `{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":"¡"}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"こんにちは"}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":" 👩‍🚀🏳️‍🌈 é"}}}}`,
    String.raw`{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"\ud83d"}}}}`,
    String.raw`{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"\ude00"}}}}`,
    `{"type":"content-end","index":0}`,
    `{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}`
  ],
  events: [
    { type: "message-start", id: "t-12" },
    { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "\u00a1" } } } },
    {
      type: "content-delta",
      index: 0,
      delta: { message: { content: { text: "\u3053\u3093\u306b\u3061\u306f" } } }
    },
    {
      type: "content-delta",
      index: 0,
      delta: {
        message: { content: { text: " \u{1f469}\u200d\u{1f680}\u{1f3f3}\ufe0f\u200d\u{1f308} \u00e9" } }
      }
    },
    { type: "content-delta", index: 0, delta: { message: { content: { text: "\ud83d" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { text: "\ude00" } } } },
    { type: "content-end", index: 0 },
    { type: "message-end", delta: { finish_reason: "COMPLETE" } }
  ],
  response: {
    id: "t-12",
    finish_reason: "COMPLETE",
    message: { role: "assistant", content: [{ type: "text", text: "¡こんにちは 👩‍🚀🏳️‍🌈 é😀" }] }
  },
  text: ["¡", "こんにちは", " 👩‍🚀🏳️‍🌈 é", "\ud83d", "\ude00"]
}

const jsonMode: Transcript = {
  name: "JSON as the answer",
  data: [
    `{"type":"message-start","id":"t-13"}`,
    `{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}`,
    String.raw`{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"{\n  \"a\""}}}}`,
    String.raw`{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":": \"\\n\"}\r\n\n"}}}}`,
    `{"type":"content-end","index":0}`,
    `{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}`
  ],
  events: [
    { type: "message-start", id: "t-13" },
    { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { text: "{\n  \"a\"" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { text: ": \"\\n\"}\r\n\n" } } } },
    { type: "content-end", index: 0 },
    { type: "message-end", delta: { finish_reason: "COMPLETE" } }
  ],
  response: {
    id: "t-13",
    finish_reason: "COMPLETE",
    message: { role: "assistant", content: [{ type: "text", text: "{\n  \"a\": \"\\n\"}\r\n\n" }] }
  },
  text: ["{\n  \"a\"", ": \"\\n\"}\r\n\n"]
}

const lookalikes: Transcript = {
  name: "text that looks like the framing",
  data: [
    `{"type":"message-start","id":"t-14"}`,
    `{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"[DONE]"}}}}`,
    String.raw`{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"\n\ndata: [DONE]\n\n"}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"event: message-end data: x: id: retry: 9"}}}}`,
    `{"type":"content-end","index":0}`,
    `{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}`
  ],
  events: [
    { type: "message-start", id: "t-14" },
    { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { text: "[DONE]" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { text: "\n\ndata: [DONE]\n\n" } } } },
    {
      type: "content-delta",
      index: 0,
      delta: { message: { content: { text: "event: message-end data: x: id: retry: 9" } } }
    },
    { type: "content-end", index: 0 },
    { type: "message-end", delta: { finish_reason: "COMPLETE" } }
  ],
  response: {
    id: "t-14",
    finish_reason: "COMPLETE",
    message: {
      role: "assistant",
      content: [{
        type: "text",
        text: "[DONE]\n\ndata: [DONE]\n\nevent: message-end data: x: id: retry: 9"
      }]
    }
  },
  text: ["[DONE]", "\n\ndata: [DONE]\n\n", "event: message-end data: x: id: retry: 9"]
}

const unknownEvents: Transcript = {
  name: "events, fields and values of tomorrow",
  data: [
    `{"type":"message-start","id":"t-15","trace":{"a":[1]}}`,
    `{"type":"debug","prompt":"<|START|>"}`,
    `{"type":"weather-report","index":0,"delta":{"sky":["grey",null]}}`,
    `{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}`,
    `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Hi","mood":1}}}}`,
    `{"type":"content-end","index":0}`,
    `{"type":"message-end","delta":{"finish_reason":"BORED","usage":{"coins":2}}}`
  ],
  events: [
    { type: "message-start", id: "t-15", trace: { a: [1] } },
    { type: "debug", prompt: "<|START|>" },
    { type: "weather-report", index: 0, delta: { sky: ["grey", null] } },
    { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { text: "Hi", mood: 1 } } } },
    { type: "content-end", index: 0 },
    { type: "message-end", delta: { finish_reason: "BORED", usage: { coins: 2 } } }
  ],
  response: {
    id: "t-15",
    finish_reason: "BORED",
    message: { role: "assistant", content: [{ type: "text", text: "Hi" }] },
    // Usage passes whole, with what this version does not know.
    usage: { coins: 2 } as NonNullable<ChatResponse["usage"]>
  },
  text: ["Hi"]
}

const nulls: Transcript = {
  name: "null wherever something may be absent",
  data: [
    `{"type":"message-start","id":null,"delta":null}`,
    `{"type":"content-start","index":null,"delta":{"message":{"content":{"type":"text","text":null}}}}`,
    `{"type":"content-delta","index":0,"delta":null}`,
    `{"type":"content-delta","index":0,"delta":{"message":null},"logprobs":null}`,
    `{"type":"content-delta","index":null,"delta":{"message":{"content":{"text":"So","thinking":null}}}}`,
    `{"type":"tool-plan-delta","delta":{"message":{"tool_plan":null}}}`,
    `{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"f_1","type":null,"function":{"name":"f","arguments":null}}}}}`,
    `{"type":"tool-call-delta","index":0,"delta":null}`,
    `{"type":"tool-call-delta","index":null,"delta":{"message":{"tool_calls":{"function":{"arguments":"[]"}}}}}`,
    `{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":null}}}}`,
    `{"type":"tool-call-end","index":null}`,
    `{"type":"citation-start","index":0,"delta":{"message":{"citations":null}}}`,
    `{"type":"content-end","index":null}`,
    `{"type":"message-end","id":"t-16","delta":{"finish_reason":"COMPLETE","usage":null,"error":null}}`
  ],
  events: [
    { type: "message-start", id: null, delta: null },
    { type: "content-start", index: null, delta: { message: { content: { type: "text", text: null } } } },
    { type: "content-delta", index: 0, delta: null },
    { type: "content-delta", index: 0, delta: { message: null }, logprobs: null },
    { type: "content-delta", index: null, delta: { message: { content: { text: "So", thinking: null } } } },
    { type: "tool-plan-delta", delta: { message: { tool_plan: null } } },
    {
      type: "tool-call-start",
      index: 0,
      delta: { message: { tool_calls: { id: "f_1", type: null, function: { name: "f", arguments: null } } } }
    },
    { type: "tool-call-delta", index: 0, delta: null },
    { type: "tool-call-delta", index: null, delta: { message: { tool_calls: { function: { arguments: "[]" } } } } },
    { type: "tool-call-delta", index: 0, delta: { message: { tool_calls: { function: null } } } },
    { type: "tool-call-end", index: null },
    { type: "citation-start", index: 0, delta: { message: { citations: null } } },
    { type: "content-end", index: null },
    { type: "message-end", id: "t-16", delta: { finish_reason: "COMPLETE", usage: null, error: null } }
  ],
  response: {
    id: "t-16",
    finish_reason: "COMPLETE",
    message: {
      role: "assistant",
      tool_calls: [{ id: "f_1", type: null, function: { name: "f", arguments: "[]" } }],
      content: [{ type: "text", text: "So" }]
    }
  },
  text: ["So"]
}

const nothing: Transcript = {
  name: "an empty answer",
  data: [
    `{"type":"message-start","id":"t-17","delta":{"message":{"role":"assistant","content":[]}}}`,
    `{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{}}}`
  ],
  events: [
    { type: "message-start", id: "t-17", delta: { message: { role: "assistant", content: [] } } },
    { type: "message-end", delta: { finish_reason: "COMPLETE", usage: {} } }
  ],
  response: { id: "t-17", finish_reason: "COMPLETE", message: { role: "assistant" }, usage: {} }
}

/** All of them. */
export const transcripts: ReadonlyArray<Transcript> = [
  plainText,
  fastCitations,
  accurateCitation,
  twoToolCalls,
  toolWithoutArguments,
  toolCallAtOnce,
  reasoning,
  vision,
  failed,
  timedOut,
  logprobs,
  scripts,
  jsonMode,
  lookalikes,
  unknownEvents,
  nulls,
  nothing
]
