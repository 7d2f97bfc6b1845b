/** What the emulator does for each operation. A new operation is one more function here; without it nothing compiles. */
import * as Either from "effect/Either"
import type * as Schema from "effect/Schema"
import type * as Endpoints from "../../Endpoints.ts"
import type * as ModelsApi from "../../Models.ts"
import type { ChatRequest } from "../../V2.ts"
import * as ChatEvents from "../ChatEvents.ts"
import * as Chat from "./chat.ts"
import * as ChatRules from "./chatRules.ts"
import * as Embeddings from "./embeddings.ts"
import * as Models from "./models.ts"
import { type Rejection, unless } from "./rejection.ts"
import * as Rerank from "./rerank.ts"

type Answer<E extends Endpoints.All> = E extends { readonly kind: "unary"; readonly success: Schema.Schema<infer A> } ?
  A
  : E extends { readonly kind: "stream"; readonly events: Schema.Schema<infer A> } ? Iterable<A>
  : never

/** The function behind each operation. */
export type Handlers = {
  readonly [Id in Endpoints.Id]: (
    request: Schema.Schema.Type<Endpoints.ById<Id>["request"]>
  ) => Either.Either<Answer<Endpoints.ById<Id>>, Rejection>
}

/** Refusals with words of their own for what a schema would refuse with its words. */
export const preflights: {
  readonly [Id in Endpoints.Id]?: (body: Readonly<Record<string, unknown>>) => Iterable<Rejection>
} = {
  "v2.chat": ChatRules.preflight,
  "v2.chatStream": ChatRules.preflight,
  "v2.embed": Embeddings.preflight
}

/** The functions of an emulator that has these models. */
export const make = (models: ReadonlyArray<ModelsApi.Model>): Handlers => {
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
    "models.get": (request) => Models.get(models, request.model),
    "models.list": (request) => Models.list(models, request),
    // A key that does not work gets a 401 before it comes here.
    "apiKey.check": () =>
      Either.right({
        valid: true,
        organization_id: "00000000-0000-4000-a000-000000000001",
        owner_id: "00000000-0000-4000-a000-000000000002"
      })
  }
}
