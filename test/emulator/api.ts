/** The emulator, called as any program would: by requests. */
import type { Dataset } from "@effect-cohere/core/Datasets"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import type { ChatRequest, ChatResponse, EmbedRequest, EmbedResponse, RerankResponse } from "@effect-cohere/core/V2"

const base = "https://api.cohere.com"

export const model = "command-a-03-2025"
export const reasoningModel = "command-a-reasoning-08-2025"

export interface ErrorBody {
  readonly id: string
  readonly message: string
  readonly error_type?: string
}

export interface Exchange<A> {
  readonly status: number
  readonly headers: Headers
  readonly body: A
}

export const request = (path: string, options: {
  readonly method?: string
  readonly body?: unknown
  readonly form?: FormData
  readonly headers?: Readonly<Record<string, string>>
  readonly key?: string | null
  readonly signal?: AbortSignal
} = {}): Request =>
  new Request(base + path, {
    method: options.method ?? (options.body === undefined && options.form === undefined ? "GET" : "POST"),
    headers: {
      ...(options.key === null ? {} : { authorization: `Bearer ${options.key ?? "any"}` }),
      ...options.headers
    },
    ...(options.form === undefined ? {} : { body: options.form }),
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === "string" ? options.body : JSON.stringify(options.body) }),
    ...(options.signal === undefined ? {} : { signal: options.signal })
  })

/** The answer's body is what the test says it is: its assertions find out. */
export const call = async <A>(
  path: string,
  options: Parameters<typeof request>[1] = {},
  emulator = Emulator.make()
): Promise<Exchange<A>> => {
  const response = await emulator.fetch(request(path, options))
  return { status: response.status, headers: response.headers, body: await response.json() as A }
}

/** An answer that must be a success. */
export const ok = async <A>(
  path: string,
  options: Parameters<typeof request>[1] = {},
  emulator?: Emulator.Emulator
): Promise<A> => {
  const exchange = await call<A>(path, options, emulator)
  if (exchange.status !== 200) throw new Error(`${exchange.status}: ${JSON.stringify(exchange.body)}`)
  return exchange.body
}

const succeed = <A>(path: string, body: unknown, emulator?: Emulator.Emulator): Promise<A> =>
  ok(path, { body }, emulator)

/** Status and text of an answer that is an error. */
export const refused = async (
  path: string,
  options: Parameters<typeof request>[1] = {},
  emulator?: Emulator.Emulator
): Promise<string> => {
  const exchange = await call<ErrorBody>(path, options, emulator)
  return `${exchange.status} ${exchange.body.message}`
}

/** Status and text of an answer to a body that is an error. */
export const refusal = (path: string, body: unknown, emulator?: Emulator.Emulator): Promise<string> =>
  refused(path, { body }, emulator)

/** A form with these files and texts. */
export const form = (parts: Readonly<Record<string, File | string>>): FormData => {
  const data = new FormData()
  for (const [name, value] of Object.entries(parts)) data.append(name, value)
  return data
}

/** Creates a dataset of a file with this text; returns its id. */
export const upload = async (
  emulator: Emulator.Emulator,
  text: string,
  { file = "rows.csv", query = "", type = "embed-input" } = {}
): Promise<string> => {
  const { id } = await ok<{ readonly id: string }>(
    `/v1/datasets?name=rows&type=${type}${query}`,
    { form: form({ data: new File([text], file) }) },
    emulator
  )
  return id
}

/** Looks at a dataset until it is checked. */
export const settled = async (emulator: Emulator.Emulator, id: string): Promise<Dataset> => {
  await ok(`/v1/datasets/${id}`, {}, emulator)
  return (await ok<{ readonly dataset: Dataset }>(`/v1/datasets/${id}`, {}, emulator)).dataset
}

/** The lines of a body, each a JSON text. */
export const lines = (text: string): ReadonlyArray<unknown> =>
  text.split("\n").slice(0, -1).map((line) => JSON.parse(line) as unknown)

export const chat = (request: Partial<ChatRequest>, emulator?: Emulator.Emulator): Promise<ChatResponse> =>
  succeed("/v2/chat", { model, ...request }, emulator)

export const ask = (question: string, request: Partial<ChatRequest> = {}): Promise<ChatResponse> =>
  chat({ messages: [{ role: "user", content: question }], ...request })

export const embed = (request: Partial<EmbedRequest>): Promise<EmbedResponse> =>
  succeed("/v2/embed", { model: "embed-v4.0", input_type: "search_document", ...request })

export const rerank = (query: string, documents: ReadonlyArray<string>, more: object = {}): Promise<RerankResponse> =>
  succeed("/v2/rerank", { model: "rerank-v4.0-fast", query, documents, ...more })

/** The text of an answer. */
export const textOf = (response: ChatResponse): string =>
  (response.message.content ?? []).map((block) => block.type === "text" ? block.text : "").join("")

/** The `event:` and `data:` of each event of a body. */
export const events = (text: string): ReadonlyArray<readonly [event: string | undefined, data: string | undefined]> =>
  text.split("\n\n").filter((block) => block !== "").map((block) => [
    /^event: (.*)$/m.exec(block)?.[1],
    /^data: (.*)$/m.exec(block)?.[1]
  ])
