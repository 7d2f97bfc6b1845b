/** Every operation. Only tests, docs and fake servers import it: it pulls in all schemas. */
import * as ApiKey from "./ApiKey.ts"
import * as Audio from "./Audio.ts"
import * as Batches from "./Batches.ts"
import * as Connectors from "./Connectors.ts"
import * as Datasets from "./Datasets.ts"
import * as EmbedJobs from "./EmbedJobs.ts"
import * as Finetuning from "./Finetuning.ts"
import * as Models from "./Models.ts"
import * as Tokens from "./Tokens.ts"
import * as V1 from "./V1.ts"
import * as V2 from "./V2.ts"

/** The descriptors of all operations. A new operation is one more line here. */
export const all = [
  V2.chatEndpoint,
  V2.chatStreamEndpoint,
  V2.embedEndpoint,
  V2.rerankEndpoint,
  V2.parseEndpoint,
  V1.chatEndpoint,
  V1.chatStreamEndpoint,
  V1.generateEndpoint,
  V1.generateStreamEndpoint,
  V1.embedEndpoint,
  V1.rerankEndpoint,
  V1.classifyEndpoint,
  V1.summarizeEndpoint,
  Tokens.tokenizeEndpoint,
  Tokens.detokenizeEndpoint,
  Models.getEndpoint,
  Models.listEndpoint,
  ApiKey.checkEndpoint,
  // Before `get`, whose path fits, too.
  Datasets.getUsageEndpoint,
  Datasets.listEndpoint,
  Datasets.createEndpoint,
  Datasets.getEndpoint,
  Datasets.deleteEndpoint,
  EmbedJobs.listEndpoint,
  EmbedJobs.createEndpoint,
  EmbedJobs.getEndpoint,
  EmbedJobs.cancelEndpoint,
  Batches.listEndpoint,
  Batches.createEndpoint,
  Batches.retrieveEndpoint,
  Batches.cancelEndpoint,
  Audio.createTranscriptionEndpoint,
  Connectors.listEndpoint,
  Connectors.createEndpoint,
  Connectors.getEndpoint,
  Connectors.deleteEndpoint,
  Connectors.updateEndpoint,
  Connectors.oAuthAuthorizeEndpoint,
  Finetuning.listFinetunedModelsEndpoint,
  Finetuning.createFinetunedModelEndpoint,
  Finetuning.getFinetunedModelEndpoint,
  Finetuning.deleteFinetunedModelEndpoint,
  Finetuning.updateFinetunedModelEndpoint,
  Finetuning.listEventsEndpoint,
  Finetuning.listTrainingStepMetricsEndpoint
] as const

/** The descriptor of some operation. */
export type All = (typeof all)[number]

/** The id of some operation. */
export type Id = All["id"]

/** The descriptor with this id. */
export type ById<K extends Id> = Extract<All, { readonly id: K }>
