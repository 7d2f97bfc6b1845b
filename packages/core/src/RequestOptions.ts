/**
 * What is added to requests beside the operation's own fields: headers, query values, body fields, the name of the
 * calling project.
 *
 * The caller's own (`RequestOptions.with`) are added to those that the client's layer was built with
 * (`RequestOptions.layer`), and win over them.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Provide from "./internal/provide.ts"
import { mergeOptions } from "./internal/settings.ts"

/** What is added to requests. */
export interface Settings {
  /** Headers; an `authorization` here replaces the one of the credentials. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Query values; an array becomes a repeated key. */
  readonly query?: Readonly<Record<string, string | ReadonlyArray<string>>> | undefined
  /**
   * Fields of the JSON body, where the operation has one, for what this version does not know yet. They win over the
   * request's own, but `stream` is the operation's.
   */
  readonly body?: Readonly<Record<string, unknown>> | undefined
  /** The name of your project, for Cohere: sent as `X-Client-Name`. */
  readonly clientName?: string | undefined
}

/** What was set; empty where nothing was. */
export class RequestOptions extends Context.Reference<RequestOptions>()<
  "@effect-cohere/core/RequestOptions",
  Settings
>("@effect-cohere/core/RequestOptions", { defaultValue: () => ({}) }) {}

/** Adds to the requests of a client, or of a whole program. */
export const layer = (settings: Settings): Layer.Layer<never> => Layer.succeed(RequestOptions, settings)

const with_ = (settings: Settings): <Self extends Provide.Runnable>(self: Self) => Self =>
  Provide.update(RequestOptions, (current) => mergeOptions(current, settings))

export {
  /**
   * Adds to the requests of the calls inside.
   *
   * @example
   * ```ts
   * import * as Chat from "@effect-cohere/core/Chat"
   * import * as RequestOptions from "@effect-cohere/core/RequestOptions"
   * import * as V2 from "@effect-cohere/core/V2"
   *
   * const tagged = V2.chat({ model: "command-a-03-2025", messages: [Chat.user("Hi!")] }).pipe(
   *   RequestOptions.with({ clientName: "my-app", headers: { "x-team": "search" } })
   * )
   * ```
   */
  with_ as with
}
