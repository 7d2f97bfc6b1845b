/**
 * The operations of Cohere's API and their parameters, as the official SDKs have them: 39 operations with 242 parameters
 * in the reference of `cohere` for Python that this library was made after, and what came since. Written down by hand,
 * so that the library can be compared with it.
 */

/** A parameter as `cohere` for Python names it, and where it travels. */
export interface Parameter {
  readonly name: string
  readonly in: "path" | "query" | "header" | "body" | "form"
  /** Its name on the wire; of a parameter that is the body itself, none. */
  readonly wire: string | undefined
  /** Its name in `cohere-ai` for TypeScript, if it is there and has one: what goes by position has none. */
  readonly typescript: string | undefined
  /** Whether that reference had it. */
  readonly since: "seed" | "later"
}

/** An operation. */
export interface Operation {
  /** Its name in `cohere` for Python, behind `client.`; none if it is not there. */
  readonly python: string | undefined
  /** Its name in `cohere-ai` for TypeScript, behind `client.`. */
  readonly typescript: string
  /** Which parameters `cohere-ai` takes by position, before the object with the others. */
  readonly positional: ReadonlyArray<string>
  /** Its id here. */
  readonly id: string
  readonly method: "GET" | "POST" | "PATCH" | "DELETE"
  readonly path: string
  readonly parameters: ReadonlyArray<Parameter>
  readonly since: "seed" | "later"
  readonly deprecated: boolean
}

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const travels = (place: Parameter["in"]) => (names: string): ReadonlyArray<Parameter> =>
  names.split(" ").map((name) => ({
    name,
    in: place,
    wire: name,
    typescript: place === "path" ? undefined : camelCase(name),
    since: "seed"
  }))

const path = travels("path")
const query = travels("query")
const header = travels("header")
const body = travels("body")
const form = travels("form")

const later = (parameters: ReadonlyArray<Parameter>): ReadonlyArray<Parameter> =>
  parameters.map((parameter) => ({ ...parameter, since: "later" }))

/** What `cohere-ai` has no more. */
const gone = (parameters: ReadonlyArray<Parameter>): ReadonlyArray<Parameter> =>
  parameters.map((parameter) => ({ ...parameter, typescript: undefined }))

const renamed = (name: string, wire: string): Parameter => ({
  name,
  in: "query",
  wire,
  typescript: camelCase(name),
  since: "seed"
})

const chatV1 = [
  ...body("message"),
  ...header("accepts"),
  ...body(
    "model preamble chat_history conversation_id prompt_truncation connectors search_queries_only documents " +
      "citation_quality temperature max_tokens max_input_tokens k p seed stop_sequences frequency_penalty " +
      "presence_penalty raw_prompting"
  ),
  ...gone(body("return_prompt")),
  ...body("tools tool_results force_single_step response_format safety_mode")
]

const generate = body(
  "prompt model num_generations max_tokens truncate temperature seed preset end_sequences stop_sequences k p " +
    "frequency_penalty presence_penalty return_likelihoods raw_prompting"
)

const chatV2 = [
  ...body(
    "model messages tools strict_tools documents citation_options response_format safety_mode max_tokens " +
      "stop_sequences temperature seed frequency_penalty presence_penalty k p"
  ),
  ...gone(body("return_prompt")),
  ...body("logprobs tool_choice"),
  ...later(body("thinking priority"))
]

type Row = readonly [
  name: string,
  id: string,
  http: `${Operation["method"]} /${string}`,
  parameters?: ReadonlyArray<Parameter>
]

const isFile = ({ in: place, name }: Parameter): boolean => place === "form" && /^(data|eval_data|file)$/.test(name)

const positional = (parameters: ReadonlyArray<Parameter>): ReadonlyArray<string> =>
  parameters.filter((parameter) => parameter.in === "path" || isFile(parameter)).map((parameter) =>
    parameter.in === "path" ? parameter.name : camelCase(parameter.name)
  )

const operations =
  (since: Operation["since"], deprecated: boolean) => (...rows: ReadonlyArray<Row>): ReadonlyArray<Operation> =>
    rows.map(([name, id, http, parameters = []]) => ({
      python: name === "v2.parse" ? undefined : name,
      typescript: camelCase(name),
      positional: positional(parameters),
      id,
      // A row's `http` is made of these two.
      method: http.split(" ")[0] as Operation["method"],
      path: http.split(" ")[1] ?? "",
      parameters,
      since,
      deprecated
    }))

const current = operations("seed", false)
const deprecated = operations("seed", true)

/** The 39 operations of that reference, in its order. */
export const seed: ReadonlyArray<Operation> = [
  ...current(
    ["chat_stream", "v1.chatStream", "POST /v1/chat", chatV1],
    ["chat", "v1.chat", "POST /v1/chat", chatV1]
  ),
  ...deprecated(
    ["generate_stream", "v1.generateStream", "POST /v1/generate", generate],
    ["generate", "v1.generate", "POST /v1/generate", generate]
  ),
  ...current(
    ["embed", "v1.embed", "POST /v1/embed", body("texts images model input_type embedding_types truncate")],
    [
      "rerank",
      "v1.rerank",
      "POST /v1/rerank",
      body("query documents model top_n rank_fields return_documents max_chunks_per_doc")
    ]
  ),
  ...deprecated(
    ["classify", "v1.classify", "POST /v1/classify", body("inputs examples model preset truncate")],
    [
      "summarize",
      "v1.summarize",
      "POST /v1/summarize",
      body("text length format model extractiveness temperature additional_command")
    ]
  ),
  ...current(
    ["tokenize", "tokens.tokenize", "POST /v1/tokenize", body("text model")],
    ["detokenize", "tokens.detokenize", "POST /v1/detokenize", body("tokens model")],
    ["check_api_key", "apiKey.check", "POST /v1/check-api-key"],
    ["v2.chat_stream", "v2.chatStream", "POST /v2/chat", chatV2],
    ["v2.chat", "v2.chat", "POST /v2/chat", chatV2],
    ["v2.embed", "v2.embed", "POST /v2/embed", [
      ...body("model input_type embedding_types texts images truncate"),
      ...later(body("inputs max_tokens output_dimension priority"))
    ]],
    ["v2.rerank", "v2.rerank", "POST /v2/rerank", [
      ...body("model query documents top_n"),
      ...gone(body("return_documents")),
      ...body("max_tokens_per_doc"),
      ...later(body("priority"))
    ]],
    ["embed_jobs.list", "embedJobs.list", "GET /v1/embed-jobs"],
    [
      "embed_jobs.create",
      "embedJobs.create",
      "POST /v1/embed-jobs",
      body("model dataset_id input_type name embedding_types truncate")
    ],
    ["embed_jobs.get", "embedJobs.get", "GET /v1/embed-jobs/{id}", path("id")],
    ["embed_jobs.cancel", "embedJobs.cancel", "POST /v1/embed-jobs/{id}/cancel", path("id")],
    ["datasets.list", "datasets.list", "GET /v1/datasets", [
      renamed("dataset_type", "datasetType"),
      ...query("before after limit offset"),
      renamed("validation_status", "validationStatus")
    ]],
    ["datasets.create", "datasets.create", "POST /v1/datasets", [
      ...query("name type"),
      ...form("data"),
      ...query("keep_original_file skip_malformed_input keep_fields optional_fields text_separator csv_delimiter"),
      ...gone(query("dry_run")),
      ...form("eval_data")
    ]],
    ["datasets.get_usage", "datasets.getUsage", "GET /v1/datasets/usage"],
    ["datasets.get", "datasets.get", "GET /v1/datasets/{id}", path("id")],
    ["datasets.delete", "datasets.delete", "DELETE /v1/datasets/{id}", path("id")]
  ),
  ...deprecated(
    ["connectors.list", "connectors.list", "GET /v1/connectors", query("limit offset")],
    [
      "connectors.create",
      "connectors.create",
      "POST /v1/connectors",
      body("name url description excludes oauth active continue_on_failure service_auth")
    ],
    ["connectors.get", "connectors.get", "GET /v1/connectors/{id}", path("id")],
    ["connectors.delete", "connectors.delete", "DELETE /v1/connectors/{id}", path("id")],
    ["connectors.update", "connectors.update", "PATCH /v1/connectors/{id}", [
      ...path("id"),
      ...body("name url excludes oauth active continue_on_failure service_auth")
    ]],
    ["connectors.o_auth_authorize", "connectors.oAuthAuthorize", "POST /v1/connectors/{id}/oauth/authorize", [
      ...path("id"),
      ...query("after_token_redirect")
    ]]
  ),
  ...current(
    ["models.get", "models.get", "GET /v1/models/{model}", path("model")],
    ["models.list", "models.list", "GET /v1/models", query("page_size page_token endpoint default_only")]
  ),
  ...deprecated(
    [
      "finetuning.list_finetuned_models",
      "finetuning.listFinetunedModels",
      "GET /v1/finetuning/finetuned-models",
      query("page_size page_token order_by")
    ],
    ["finetuning.create_finetuned_model", "finetuning.createFinetunedModel", "POST /v1/finetuning/finetuned-models", [
      { name: "request", in: "body", wire: undefined, typescript: undefined, since: "seed" }
    ]],
    [
      "finetuning.get_finetuned_model",
      "finetuning.getFinetunedModel",
      "GET /v1/finetuning/finetuned-models/{id}",
      path("id")
    ],
    [
      "finetuning.delete_finetuned_model",
      "finetuning.deleteFinetunedModel",
      "DELETE /v1/finetuning/finetuned-models/{id}",
      path("id")
    ],
    [
      "finetuning.update_finetuned_model",
      "finetuning.updateFinetunedModel",
      "PATCH /v1/finetuning/finetuned-models/{id}",
      [
        ...path("id"),
        ...body("name settings"),
        ...gone(body("creator_id organization_id status created_at updated_at completed_at last_used"))
      ]
    ],
    [
      "finetuning.list_events",
      "finetuning.listEvents",
      "GET /v1/finetuning/finetuned-models/{finetuned_model_id}/events",
      [...path("finetuned_model_id"), ...query("page_size page_token order_by")]
    ],
    [
      "finetuning.list_training_step_metrics",
      "finetuning.listTrainingStepMetrics",
      "GET /v1/finetuning/finetuned-models/{finetuned_model_id}/training-step-metrics",
      [...path("finetuned_model_id"), ...query("page_size page_token")]
    ]
  )
]

/** The operations that came since. */
export const since: ReadonlyArray<Operation> = operations("later", false)(
  [
    "audio.transcriptions.create",
    "audio.createTranscription",
    "POST /v2/audio/transcriptions",
    later(form("model language temperature file"))
  ],
  ["batches.list", "batches.list", "GET /v2/batches", later(query("page_size page_token order_by"))],
  ["batches.create", "batches.create", "POST /v2/batches", later(body("name input_dataset_id model"))],
  ["batches.retrieve", "batches.retrieve", "GET /v2/batches/{id}", later(path("id"))],
  ["batches.cancel", "batches.cancel", "POST /v2/batches/{id}:cancel", later(path("id"))],
  ["v2.parse", "v2.parse", "POST /v2/parse", later(body("model document output_format"))]
)

/** All of them. */
export const all: ReadonlyArray<Operation> = [...seed, ...since]

/** What is deprecated in requests. */
export const deprecatedFields: ReadonlyArray<readonly [id: string, field: string]> = [
  ["v1.chat", "connectors"],
  ["v1.chat", "search_queries_only"],
  ["v1.chat", "return_prompt"],
  ["v1.chatStream", "connectors"],
  ["v1.chatStream", "search_queries_only"],
  ["v1.chatStream", "return_prompt"],
  ["v1.classify", "preset"],
  ["v2.chat", "return_prompt"],
  ["v2.chatStream", "return_prompt"],
  ["v2.rerank", "return_documents"],
  ["datasets.create", "dry_run"],
  ["finetuning.createFinetunedModel", "last_used"],
  ["finetuning.updateFinetunedModel", "last_used"]
]

/** What is deprecated in answers, by the types that have it here. */
export const deprecatedAnswers: ReadonlyArray<readonly [module: string, type: string, field: string]> = [
  ["V1", "Classification", "prediction"],
  ["V1", "Classification", "confidence"],
  ["Finetuning", "FinetunedModel", "last_used"]
]

/** What both SDKs take beside an operation's own parameters, and what stands for it here. */
export const settings: ReadonlyArray<readonly [python: string, typescript: string, here: string]> = [
  [
    "`request_options.timeout_in_seconds`",
    "`timeoutInSeconds`",
    "`Timeouts.with({ attempt: \"5 seconds\" })`; also for the first event, pauses, the whole call ([timeouts](retries-and-timeouts.md#timeouts))"
  ],
  ["`request_options.max_retries`", "`maxRetries`", "`RetryPolicy.with(RetryPolicy.make({ retries: 5 }))`"],
  ["`request_options.additional_headers`", "`headers`", "`RequestOptions`: `headers`"],
  ["`request_options.additional_query_parameters`", "`queryParams`", "`RequestOptions`: `query`"],
  [
    "`request_options.additional_body_parameters`",
    "–",
    "`RequestOptions`: `body`, or a field that the types do not know"
  ],
  ["`request_options.chunk_size`", "–", "–"],
  ["–", "`abortSignal`", "interruption of the fiber"],
  ["`client_name`", "`clientName`", "`RequestOptions`: `clientName`"],
  ["`token`, `api_key`", "`token`", "`Credentials`"],
  ["`base_url`, `environment`", "`baseUrl`, `environment`", "`Deployment`"],
  [
    "`httpx_client`",
    "`fetch`, `fetcher`",
    "the `HttpClient` of `@effect/platform`, `CohereClient`'s `transformClient`"
  ],
  [
    "iterating over a response that streams",
    "`for await`",
    "a `Stream`, and the folds of `ChatStream`, `ChatStreamV1`, `GenerateStream`"
  ],
  ["`with_raw_response`", "`.withRawResponse()`", "`CohereClient.withResponse`"],
  ["`client.embed` with more than 96 texts", "–", "`Embeddings.all` ([embeddings](embeddings.md))"],
  ["`client.embed_stream`", "–", "`Embeddings.stream`"],
  [
    "`client.wait(…)`",
    "–",
    "`Effect.repeat` until the state is final ([an example](uploads-and-jobs.md#from-a-dataset-to-embeddings))"
  ],
  [
    "a file that is open",
    "`fs.createReadStream(path)`",
    "`UploadNode.fromPath(path)`, `Upload.make` ([files](uploads-and-jobs.md#files))"
  ]
]
