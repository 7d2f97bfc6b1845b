/** v1 embed: that of v2, whose answers are plain floats unless forms are asked for. */
import * as Either from "effect/Either"
import type * as ModelsApi from "../../Models.ts"
import type { EmbedRequest, EmbedResponse } from "../../V1.ts"
import type * as V2 from "../../V2.ts"
import * as Embeddings from "./embeddings.ts"
import type { HandlersOf } from "./handler.ts"
import * as Models from "./models.ts"
import { unless } from "./rejection.ts"

const translate = (request: EmbedRequest, model: ModelsApi.Model): V2.EmbedRequest => ({
  ...request,
  model: model.name ?? "",
  // Without one, the request was refused before.
  input_type: request.input_type ?? "search_document"
})

const back = (request: EmbedRequest, { embeddings, ...rest }: V2.EmbedResponse): EmbedResponse => {
  const meta = { ...rest.meta, api_version: { version: "1" } }
  return request.embedding_types === undefined
    ? { ...rest, response_type: "embeddings_floats", embeddings: embeddings.float ?? [], meta }
    : { ...rest, embeddings, meta }
}

/** The function behind the operation. */
export const make = (models: ReadonlyArray<ModelsApi.Model>): HandlersOf<"v1.embed"> => ({
  "v1.embed": (request) =>
    Either.flatMap(Models.orDefault(models, request.model, "embed"), (model) => {
      const v2 = translate(request, model)
      return unless(Embeddings.problems(v2, model), () => back(request, Embeddings.respond(v2, model)))
    })
})
