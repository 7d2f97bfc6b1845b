/** Every operation. Only tests, docs and fake servers import it: it pulls in all schemas. */
import * as ApiKey from "./ApiKey.ts"
import * as Models from "./Models.ts"
import * as V2 from "./V2.ts"

/** The descriptors of all operations. A new operation is one more line here. */
export const all = [
  V2.chatEndpoint,
  V2.chatStreamEndpoint,
  V2.embedEndpoint,
  V2.rerankEndpoint,
  Models.getEndpoint,
  Models.listEndpoint,
  ApiKey.checkEndpoint
] as const

/** The descriptor of some operation. */
export type All = (typeof all)[number]

/** The id of some operation. */
export type Id = All["id"]

/** The descriptor with this id. */
export type ById<K extends Id> = Extract<All, { readonly id: K }>
