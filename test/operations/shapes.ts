/**
 * The fields inside of requests and answers, as the API reference has them, written as paths: `a.b`, `list[].field`,
 * `map.*.field`, `union<tag>.field` for one variant, `{a,b}` for several fields.
 */

const expand = (path: string): ReadonlyArray<string> => {
  const braces = /^(.*?)\{([^{}]*)\}(.*)$/.exec(path)
  return braces === null
    ? [path]
    : (braces[2] ?? "").split(",").flatMap((name) => expand(`${braces[1]}${name}${braces[3]}`))
}

const under = (prefix: string, paths: ReadonlyArray<string>): ReadonlyArray<string> =>
  paths.map((path) => `${prefix}.${path}`)

const fields = (...paths: ReadonlyArray<string>): ReadonlyArray<string> => paths.flatMap(expand)

// ---------------------------------------------------------------------------------------------------------------------
// Shared
// ---------------------------------------------------------------------------------------------------------------------

const meta = fields(
  "meta.api_version.{version,is_deprecated,is_experimental}",
  "meta.billed_units.{images,input_tokens,image_tokens,output_tokens,search_units,classifications,pages}",
  "meta.tokens.{input_tokens,output_tokens}",
  "meta.{cached_tokens,warnings}"
)

const usage = fields(
  "billed_units.{input_tokens,output_tokens,search_units,classifications}",
  "tokens.{input_tokens,output_tokens,image_tokens,reasoning_tokens}",
  "cached_tokens"
)

const logprob = fields("{text,token_ids,logprobs}")

const citation = fields(
  "{start,end,text,content_index,type}",
  "sources[]<tool>.{id,tool_output}",
  "sources[]<document>.{id,document}"
)

const toolCallV2 = fields("{id,type}", "function.{name,arguments}")

const messageV1 = (prefix: string) =>
  fields(
    `${prefix}<USER>.message`,
    `${prefix}<SYSTEM>.message`,
    `${prefix}<CHATBOT>.message`,
    `${prefix}<CHATBOT>.tool_calls[].{name,parameters}`,
    `${prefix}<TOOL>.tool_results[].call.{name,parameters}`,
    `${prefix}<TOOL>.tool_results[].outputs`
  )

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

const chatV1Request = fields(
  ...messageV1("chat_history[]"),
  "connectors[].{id,user_access_token,continue_on_failure,options}",
  "tools[].{name,description}",
  "tools[].parameter_definitions.*.{type,description,required}",
  "tool_results[].call.{name,parameters}",
  "tool_results[].outputs",
  "response_format<json_object>.schema"
)

const chatV2Request = fields(
  "messages[]<user>.content[]<text>.text",
  "messages[]<user>.content[]<image_url>.image_url.{url,detail}",
  "messages[]<assistant>.content[]<text>.text",
  "messages[]<assistant>.content[]<thinking>.thinking",
  "messages[]<assistant>.tool_plan",
  ...under("messages[]<assistant>.tool_calls[]", toolCallV2),
  ...under("messages[]<assistant>.citations[]", citation),
  "messages[]<system>.content[]<text>.text",
  "messages[]<tool>.tool_call_id",
  "messages[]<tool>.content[]<text>.text",
  "messages[]<tool>.content[]<document>.document.{data,id}",
  "tools[].type",
  "tools[].function.{name,description,parameters}",
  "documents[].{data,id}",
  "citation_options.mode",
  "response_format<json_object>.json_schema",
  "thinking.{type,token_budget}"
)

const connectorRequest = fields(
  "oauth.{client_id,client_secret,authorize_url,token_url,scope}",
  "service_auth.{type,token}"
)

const hyperparameters = fields(
  "{early_stopping_patience,early_stopping_threshold,train_batch_size,train_epochs,learning_rate}",
  "{lora_alpha,lora_rank,lora_target_modules}"
)

const finetunedSettings = fields(
  "settings.base_model.{name,version,base_type,strategy}",
  "settings.dataset_id",
  ...under("settings.hyperparameters", hyperparameters),
  "settings.multi_label",
  "settings.wandb.{project,api_key,entity}"
)

const finetunedModel = fields(
  "{id,name,creator_id,organization_id,status,created_at,updated_at,completed_at,last_used}",
  ...finetunedSettings
)

/** What is inside of parameters; the body of `finetuning.createFinetunedModel` as a whole. */
export const requests: Readonly<Record<string, ReadonlyArray<string>>> = {
  "v1.chat": chatV1Request,
  "v1.chatStream": chatV1Request,
  "v1.classify": fields("examples[].{text,label}"),
  "v2.chat": chatV2Request,
  "v2.chatStream": chatV2Request,
  "v2.embed": fields("inputs[].content[]<text>.text", "inputs[].content[]<image_url>.image_url.url"),
  "v2.parse": fields("document<image_url>.image_url"),
  "connectors.create": connectorRequest,
  "connectors.update": connectorRequest,
  "finetuning.createFinetunedModel": finetunedModel,
  "finetuning.updateFinetunedModel": finetunedSettings
}

// ---------------------------------------------------------------------------------------------------------------------
// Answers
// ---------------------------------------------------------------------------------------------------------------------

const searchV1 = fields(
  "search_results[].search_query.{text,generation_id}",
  "search_results[].connector.id",
  "search_results[].{document_ids,error_message,continue_on_failure}"
)

const chatV1 = fields(
  "{text,generation_id,response_id,documents,is_search_required,finish_reason,prompt}",
  "citations[].{start,end,text,document_ids,type}",
  "search_queries[].{text,generation_id}",
  ...searchV1,
  "tool_calls[].{name,parameters}",
  ...messageV1("chat_history[]"),
  "token_count.{prompt_tokens,response_tokens,total_tokens,billed_tokens,search_query_tokens}",
  ...meta
)

const generations = fields(
  "generations[].{id,text,index,finish_reason,likelihood}",
  "generations[].token_likelihoods[].{token,likelihood}"
)

const embeddings = fields("embeddings.{float,int8,uint8,binary,ubinary,base64}")
const embedded = fields("{response_type,id,texts}", "images[].{width,height,format,bit_depth}", ...meta)

const reranked = fields("id", "results[].{index,relevance_score,document}", ...meta)

const boxes = (prefix: string) =>
  fields(
    `${prefix}.{bounding_box,bounding_box_normalized}.top_left_x`,
    `${prefix}.{bounding_box,bounding_box_normalized}.top_left_y`,
    `${prefix}.{bounding_box,bounding_box_normalized}.bottom_right_x`,
    `${prefix}.{bounding_box,bounding_box_normalized}.bottom_right_y`
  )

const parseImage = (prefix: string) => fields(`${prefix}.{id,description,category}`, ...boxes(prefix))

const model = fields(
  "{name,is_deprecated,endpoints,finetuned,context_length,tokenizer_url,default_endpoints,features,supports_vision}",
  "sampling_defaults.{temperature,k,p,frequency_penalty,presence_penalty,max_tokens_per_doc}"
)

const embedJob = fields(
  "{job_id,name,status,created_at,input_dataset_id,output_dataset_id,model,truncate}",
  ...meta
)

const counted = "metrics.finetune_dataset_metrics"
const dataset = fields(
  "{id,name,created_at,updated_at,dataset_type,validation_status,validation_error,schema,required_fields}",
  "{preserve_fields,validation_warnings}",
  "dataset_parts[].{id,name,url,index,size_bytes,num_rows,original_url,samples}",
  "parse_info.{separator,delimiter}",
  `${counted}.{trainable_token_count,total_examples,train_examples,train_size_bytes,eval_examples,eval_size_bytes}`,
  `${counted}.reranker_data_metrics.{num_train_queries,num_train_relevant_passages,num_train_hard_negatives}`,
  `${counted}.reranker_data_metrics.{num_eval_queries,num_eval_relevant_passages,num_eval_hard_negatives}`,
  `${counted}.chat_data_metrics.{num_train_turns,num_eval_turns,preamble}`,
  `${counted}.classify_data_metrics.label_metrics[].{total_examples,label,samples}`,
  "metrics.embed_data.fields[].{name,count}"
)

const connector = fields(
  "{id,organization_id,name,description,url,created_at,updated_at,excludes,auth_type,auth_status,active}",
  "continue_on_failure",
  "oauth.{client_id,client_secret,authorize_url,token_url,scope}"
)

const batch = fields(
  "{id,name,creator_id,org_id,status,created_at,updated_at,input_dataset_id,output_dataset_id,input_tokens}",
  "{output_tokens,model,num_records,num_successful_records,num_failed_records,status_reason}"
)

/** What answers have: of a stream, its events. */
export const answers: Readonly<Record<string, ReadonlyArray<string>>> = {
  "v1.chat": chatV1,
  "v1.chatStream": fields(
    "<stream-start>.{is_finished,generation_id}",
    "<search-queries-generation>.search_queries[].{text,generation_id}",
    ...under("<search-results>", searchV1),
    "<search-results>.documents",
    "<text-generation>.{is_finished,text}",
    "<citation-generation>.citations[].{start,end,text,document_ids,type}",
    "<tool-calls-chunk>.tool_call_delta.{name,index,parameters,text}",
    "<tool-calls-chunk>.text",
    "<tool-calls-generation>.tool_calls[].{name,parameters}",
    "<tool-calls-generation>.text",
    "<stream-end>.{is_finished,finish_reason}",
    ...under("<stream-end>.response", chatV1),
    "<debug>.prompt"
  ),
  "v1.generate": fields("{id,prompt}", ...generations, ...meta),
  "v1.generateStream": fields(
    "<text-generation>.{text,index,is_finished}",
    "<stream-end>.{is_finished,finish_reason}",
    "<stream-end>.response.{id,prompt}",
    "<stream-end>.response.generations[].{id,text,index,finish_reason}",
    "<stream-error>.{is_finished,finish_reason,err,index}"
  ),
  "v1.embed": fields(...embedded, "embeddings", ...embeddings),
  "v1.rerank": reranked,
  "v1.classify": fields(
    "id",
    "classifications[].{id,input,prediction,predictions,confidence,confidences,classification_type}",
    "classifications[].labels.*.confidence",
    ...meta
  ),
  "v1.summarize": fields("{id,summary}", ...meta),
  "tokens.tokenize": fields("{tokens,token_strings}", ...meta),
  "tokens.detokenize": fields("text", ...meta),
  "apiKey.check": fields("{valid,organization_id,owner_id}"),
  "v2.chat": fields(
    "{id,finish_reason,prompt}",
    "message.{role,tool_plan}",
    "message.content[]<text>.text",
    "message.content[]<thinking>.thinking",
    ...under("message.tool_calls[]", toolCallV2),
    ...under("message.citations[]", citation),
    ...under("usage", usage),
    ...under("logprobs[]", logprob)
  ),
  "v2.chatStream": fields(
    "<message-start>.id",
    "<message-start>.delta.message.{role,content,tool_plan,tool_calls,citations}",
    "<content-start>.index",
    "<content-start>.delta.message.content.{type,text,thinking}",
    "<content-delta>.index",
    "<content-delta>.delta.message.content.{text,thinking}",
    ...under("<content-delta>.logprobs", logprob),
    "<content-end>.index",
    "<tool-plan-delta>.delta.message.tool_plan",
    "<tool-call-start>.index",
    ...under("<tool-call-start>.delta.message.tool_calls", toolCallV2),
    "<tool-call-delta>.index",
    "<tool-call-delta>.delta.message.tool_calls.function.arguments",
    "<tool-call-end>.index",
    "<citation-start>.index",
    ...under("<citation-start>.delta.message.citations", citation),
    "<citation-end>.index",
    "<message-end>.id",
    "<message-end>.delta.{finish_reason,error,error_type}",
    ...under("<message-end>.delta.usage", usage),
    "<debug>.prompt"
  ),
  "v2.embed": fields(...embedded, ...embeddings),
  "v2.rerank": reranked,
  "v2.parse": fields(
    "id",
    "pages[]<markdown>.index",
    "pages[]<markdown>.markdown.content",
    ...parseImage("pages[]<markdown>.markdown.images[]"),
    "pages[]<blocks>.index",
    "pages[]<blocks>.blocks[]<text>.text.content",
    ...parseImage("pages[]<blocks>.blocks[]<image>.image"),
    "pages[]<blocks>.blocks[]<table>.table.{type,html,title,description}",
    ...boxes("pages[]<blocks>.blocks[]<table>.table"),
    ...meta
  ),
  "embedJobs.list": under("embed_jobs[]", embedJob),
  "embedJobs.create": fields("job_id", ...meta),
  "embedJobs.get": embedJob,
  "embedJobs.cancel": [],
  "datasets.list": under("datasets[]", dataset),
  "datasets.create": fields("id"),
  "datasets.getUsage": fields("organization_usage"),
  "datasets.get": under("dataset", dataset),
  "datasets.delete": [],
  "connectors.list": fields("total_count", ...under("connectors[]", connector)),
  "connectors.create": under("connector", connector),
  "connectors.get": under("connector", connector),
  "connectors.delete": [],
  "connectors.update": under("connector", connector),
  "connectors.oAuthAuthorize": fields("redirect_url"),
  "models.get": model,
  "models.list": fields("next_page_token", ...under("models[]", model)),
  "finetuning.listFinetunedModels": fields(
    "{next_page_token,total_size}",
    ...under("finetuned_models[]", finetunedModel)
  ),
  "finetuning.createFinetunedModel": under("finetuned_model", finetunedModel),
  "finetuning.getFinetunedModel": under("finetuned_model", finetunedModel),
  "finetuning.deleteFinetunedModel": [],
  "finetuning.updateFinetunedModel": under("finetuned_model", finetunedModel),
  "finetuning.listEvents": fields("{next_page_token,total_size}", "events[].{user_id,status,created_at}"),
  "finetuning.listTrainingStepMetrics": fields("next_page_token", "step_metrics[].{created_at,step_number,metrics}"),
  "audio.createTranscription": fields("text"),
  "batches.list": fields("next_page_token", ...under("batches[]", batch)),
  "batches.create": under("batch", batch),
  "batches.retrieve": under("batch", batch),
  "batches.cancel": []
}
