/** A use of every public function, as an editor would see it: `hovers.test.ts` hovers over each. */
import * as ApiKey from "@effect-cohere/core/ApiKey"
import * as Chat from "@effect-cohere/core/Chat"
import * as ChatStream from "@effect-cohere/core/ChatStream"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as Models from "@effect-cohere/core/Models"
import * as RequestOptions from "@effect-cohere/core/RequestOptions"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as V2 from "@effect-cohere/core/V2"
import * as CohereBrowser from "@effect-cohere/platform-browser/CohereBrowser"
import * as CohereNode from "@effect-cohere/platform-node/CohereNode"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

const model = "command-a-03-2025"
const key = Redacted.make("key")
const acquire = Effect.succeed({ token: key })

const request: V2.ChatRequest = {
  model,
  messages: [Chat.system("Be brief."), Chat.user("Hi!"), Chat.assistant("Yes?"), Chat.toolResult("id", [])],
  max_tokens: 100,
  temperature: 0,
  documents: ["A river."],
  citation_options: { mode: "FAST" }
}

const answer = V2.chat(request)
const events = V2.chatStream(request)

export const work = {
  answer,
  texts: Effect.map(answer, (response) => Chat.text(response.message)),
  embeddings: V2.embed({ model: "embed-v4.0", input_type: "search_query", texts: ["a river"] }),
  ranking: V2.rerank({ model: "rerank-v4.0-fast", query: "rivers", documents: ["a river"] }),
  model: Models.get({ model }),
  page: Models.list({ endpoint: "embed" }),
  models: Models.listAll({}),
  key: ApiKey.check
}

export const streams = {
  response: events.pipe(ChatStream.collect),
  text: events.pipe(ChatStream.text),
  thinking: events.pipe(ChatStream.thinking),
  toolCalls: events.pipe(ChatStream.toolCalls),
  citations: events.pipe(ChatStream.citations),
  snapshot: Stream.runFold(events, ChatStream.empty, ChatStream.reduce).pipe(Effect.map(ChatStream.toResponse))
}

// Called, a generic function is shown with the types that it got.
export const called = {
  response: ChatStream.collect(events),
  text: ChatStream.text(events),
  thinking: ChatStream.thinking(events),
  toolCalls: ChatStream.toolCalls(events),
  citations: ChatStream.citations(events)
}

export const settings = answer.pipe(
  RetryPolicy.with(RetryPolicy.make({ retries: 3 })),
  Timeouts.with({ total: "1 minute" }),
  RequestOptions.with({ clientName: "app" }),
  CohereClient.onResponse((response) => Effect.log(response.requestId)),
  CohereClient.withResponse
)

export const resolved = [RetryPolicy.standard] as const

export const bound = CohereClient.bind(V2.chat)

export const layers = {
  settings: Layer.mergeAll(RetryPolicy.layer(RetryPolicy.none), Timeouts.layer({}), RequestOptions.layer({})),
  node: [CohereNode.layer, CohereNode.layerConfig({ apiKey: Config.redacted("KEY") }), CohereNode.layerHttpClient],
  proxy: CohereBrowser.layerProxy({ baseUrl: "/api/cohere" }),
  token: CohereBrowser.layerToken({ baseUrl: "https://gateway.example", acquire }),
  unsafe: CohereBrowser.layerUnsafeApiKey({ apiKey: key }),
  credentials: [
    Credentials.layer(key),
    Credentials.layerConfig(),
    Credentials.layerRefreshing({ acquire }),
    Credentials.layerNone
  ],
  deployments: [Deployment.layerPlatform, Deployment.layerPrivate({ baseUrl: "https://cohere.example" })],
  client: CohereClient.layer,
  clientWith: CohereClient.layerWith({}),
  clientConfig: CohereClient.layerConfig(),
  made: CohereClient.make({})
}
