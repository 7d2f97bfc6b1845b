/** Who is measured. */

export interface Client {
  /** The module in the folder `clients`. */
  readonly name: string
  readonly title: string
}

/** What ratios are over. */
export const reference = "fetch"
/** Whose targets are looked at. */
export const ours = "effectNode"

export const clients: ReadonlyArray<Client> = [
  { name: "fetch", title: "fetch" },
  { name: "undici", title: "undici" },
  { name: "effectNode", title: "effect-cohere" },
  { name: "effectFetch", title: "effect-cohere (fetch)" },
  { name: "cohereAi", title: "cohere-ai" },
  { name: "aiSdkCohere", title: "@ai-sdk/cohere" },
  { name: "ai", title: "ai" }
]

/** An Effect program without an SDK: what of a start is not ours. */
const floor: Client = { name: "floor", title: "Effect with its HttpClient on undici, alone" }

/** Whose start is measured. */
export const starters: ReadonlyArray<Client> = [...clients, floor]

/** Packages whose versions belong to the results. */
export const packages = [
  ...["effect", "@effect/platform", "@effect/platform-node", "undici"],
  ...["cohere-ai", "@ai-sdk/cohere", "ai", "esbuild"]
]
