/**
 * Every name that spans and metrics use. Those that begin with `gen_ai`, `server` and `error` are OpenTelemetry's, whose
 * conventions for generative AI are still in development; those that begin with `cohere` are ours.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export const operation = "gen_ai.operation.name"
export const provider = "gen_ai.provider.name"
/** What `provider` was called until version 1.37 of the conventions; many backends still look for it. */
export const system = "gen_ai.system"
export const conversationId = "gen_ai.conversation.id"
export const outputType = "gen_ai.output.type"
export const requestModel = "gen_ai.request.model"
export const requestStream = "gen_ai.request.stream"
export const maxTokens = "gen_ai.request.max_tokens"
export const temperature = "gen_ai.request.temperature"
export const topP = "gen_ai.request.top_p"
export const topK = "gen_ai.request.top_k"
export const stopSequences = "gen_ai.request.stop_sequences"
export const seed = "gen_ai.request.seed"
export const frequencyPenalty = "gen_ai.request.frequency_penalty"
export const presencePenalty = "gen_ai.request.presence_penalty"
export const choiceCount = "gen_ai.request.choice.count"
export const encodingFormats = "gen_ai.request.encoding_formats"
export const dimensions = "gen_ai.embeddings.dimension.count"
export const responseId = "gen_ai.response.id"
export const responseModel = "gen_ai.response.model"
export const finishReasons = "gen_ai.response.finish_reasons"
/** Seconds. */
export const timeToFirstEvent = "gen_ai.response.time_to_first_chunk"
/** What the model read. */
export const inputTokens = "gen_ai.usage.input_tokens"
/** What the model wrote. */
export const outputTokens = "gen_ai.usage.output_tokens"
export const cachedTokens = "gen_ai.usage.cache_read.input_tokens"
export const imageTokens = "gen_ai.usage.image.input_tokens"
export const reasoningTokens = "gen_ai.usage.reasoning.output_tokens"
export const tokenType = "gen_ai.token.type"
export const errorType = "error.type"
export const serverAddress = "server.address"
export const serverPort = "server.port"
/** What each unit is called follows, for example `cohere.billed_units.search_units`. */
export const billedUnits = "cohere.billed_units"
export const requestId = "cohere.request.id"
export const warning = "cohere.warning"
/** How often the request was sent. */
export const attempts = "cohere.attempts"
/** Seconds before each retry. */
export const retryDelays = "cohere.retry.delays"
/** Seconds that the call waited for its turn. */
export const rateLimitWait = "cohere.rate_limit.wait"
/** The event that holds the content, where it is captured. */
export const content = "gen_ai.client.inference.operation.details"
export const inputMessages = "gen_ai.input.messages"
export const outputMessages = "gen_ai.output.messages"
export const systemInstructions = "gen_ai.system_instructions"
export const toolDefinitions = "gen_ai.tool.definitions"
export const documents = "cohere.documents"
export const metricDuration = "gen_ai.client.operation.duration"
export const metricTokens = "gen_ai.client.token.usage"
export const metricTimeToFirstEvent = "gen_ai.client.operation.time_to_first_chunk"
export const metricAttempts = "cohere.client.attempts"
export const metricRetries = "cohere.client.retries"
