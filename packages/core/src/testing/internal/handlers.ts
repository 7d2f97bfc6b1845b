/** What the emulator does for each operation. A new operation is one more function here; without it nothing compiles. */
import * as Either from "effect/Either"
import type * as Endpoints from "../../Endpoints.ts"
import type * as ModelsApi from "../../Models.ts"
import type { ChatRequest } from "../../V2.ts"
import * as ChatEvents from "../ChatEvents.ts"
import * as Audio from "./audio.ts"
import * as Batches from "./batches.ts"
import * as Chat from "./chat.ts"
import * as ChatRules from "./chatRules.ts"
import * as ChatV1 from "./chatV1.ts"
import * as Classify from "./classify.ts"
import * as Clock from "./clock.ts"
import * as Connectors from "./connectors.ts"
import * as Datasets from "./datasets.ts"
import * as Embeddings from "./embeddings.ts"
import * as EmbedJobs from "./embedJobs.ts"
import * as EmbedV1 from "./embedV1.ts"
import * as Finetuning from "./finetuning.ts"
import * as Generate from "./generate.ts"
import type { HandlersOf } from "./handler.ts"
import * as Models from "./models.ts"
import * as Organization from "./organization.ts"
import * as Parsing from "./parsing.ts"
import { type Rejection, unless } from "./rejection.ts"
import * as Rerank from "./rerank.ts"
import * as RerankV1 from "./rerankV1.ts"
import * as Summarize from "./summarize.ts"
import * as Tokenizer from "./tokenizer.ts"

/** The function behind each operation. */
export type Handlers = HandlersOf<Endpoints.Id>

/** Refusals with words of their own for what a schema would refuse with its words. */
export const preflights: {
  readonly [Id in Endpoints.Id]?: (body: Readonly<Record<string, unknown>>) => Iterable<Rejection>
} = {
  "v2.chat": ChatRules.preflight,
  "v2.chatStream": ChatRules.preflight,
  "v2.embed": Embeddings.preflight,
  "v1.embed": Embeddings.preflight,
  "v1.classify": Classify.preflight,
  "v1.summarize": Summarize.preflight,
  "datasets.create": Datasets.preflight
}

/** The functions of an emulator that has these models. What is made with them is kept in here. */
export const make = (models: ReadonlyArray<ModelsApi.Model>): Handlers => {
  const clock = Clock.make()
  const connectors = Connectors.make(clock)
  const datasets = Datasets.make(clock)
  const chat = (request: ChatRequest) =>
    Either.flatMap(
      Models.serving(models, request.model, "chat"),
      (model) => unless(ChatRules.problems(request, model), () => Chat.respond(request, model))
    )
  return {
    "v2.chat": chat,
    "v2.chatStream": (request) =>
      Either.map(chat(request), (response) =>
        ChatEvents.fromResponse(response, {
          citations: request.citation_options?.mode?.toUpperCase() === "FAST" ? "fast" : "accurate"
        })),
    "v2.embed": (request) =>
      Either.flatMap(
        Models.serving(models, request.model, "embed"),
        (model) => unless(Embeddings.problems(request, model), () => Embeddings.respond(request, model))
      ),
    "v2.rerank": (request) =>
      Either.flatMap(
        Models.serving(models, request.model, "rerank"),
        () => unless(Rerank.problems(request), () => Rerank.respond(request))
      ),
    ...Parsing.make(models),
    ...ChatV1.make(models, connectors),
    ...Generate.make(models),
    ...EmbedV1.make(models),
    ...RerankV1.make(models),
    ...Classify.make(models),
    ...Summarize.make(models),
    ...Tokenizer.make(models),
    "models.get": (request) => Models.get(models, request.model),
    "models.list": (request) => Models.list(models, request),
    // A key that does not work gets a 401 before it comes here.
    "apiKey.check": () => Either.right({ valid: true, organization_id: Organization.id, owner_id: Organization.user }),
    ...datasets.handlers,
    ...EmbedJobs.make(models, clock, datasets),
    ...Batches.make(models, clock, datasets),
    ...Audio.make(models),
    ...connectors.handlers,
    ...Finetuning.make(clock, datasets)
  }
}
