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
  { name: "floor", title: "Effect alone" },
  { name: "effectNode", title: "effect-cohere" },
  { name: "effectFetch", title: "effect-cohere (fetch)" },
  { name: "cohereAi", title: "cohere-ai" },
  { name: "aiSdkCohere", title: "@ai-sdk/cohere" },
  { name: "ai", title: "ai" }
]

/** Packages whose versions belong to the results. */
export const packages = [
  ...["effect", "@effect/platform", "@effect/platform-node", "undici"],
  ...["cohere-ai", "@ai-sdk/cohere", "ai", "esbuild"]
]
