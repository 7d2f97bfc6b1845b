/** What a call is going to use of the limits, read from its request. */
import type { Demand } from "../RateLimits.ts"
import { property } from "./json.ts"

const listOf = (request: unknown, name: string): ReadonlyArray<unknown> => {
  const value = property(request, name)
  return Array.isArray(value) ? value : []
}

const hasImage = (input: unknown): boolean =>
  listOf(input, "content").some((part) => property(part, "type") === "image_url")

const nothing = { model: undefined, inputs: 0, images: 0 }

/**
 * An input with an image in it counts as an image: that is the scarcer of the two. What throws when it is read uses
 * nothing: it was read before, to be sent.
 */
export const demandOf = (endpoint: string, request: unknown): Demand => {
  try {
    const model = property(request, "model")
    const inputs = listOf(request, "inputs")
    const withImages = inputs.filter(hasImage).length
    return {
      endpoint,
      model: typeof model === "string" ? model : undefined,
      inputs: listOf(request, "texts").length + inputs.length - withImages,
      images: listOf(request, "images").length + withImages
    }
  } catch {
    return { endpoint, ...nothing }
  }
}
