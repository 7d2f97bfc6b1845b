/** Parse: the emulator does not read pictures, it makes a page that holds the picture. */
import * as Either from "effect/Either"
import type * as ModelsApi from "../../Models.ts"
import type { ParseImageBlock, ParsePage, ParseRequest } from "../../V2.ts"
import { describe, isImage } from "./embeddings.ts"
import type { HandlersOf } from "./handler.ts"
import { uuid } from "./hash.ts"
import * as Models from "./models.ts"
import { invalid, type Rejection, unless } from "./rejection.ts"

const maxBytes = 20 * 1024 * 1024
const maxPixels = 50_000_000

/** The model that parses. The API lists it nowhere. */
const parsing = "parse-v5.0"

const isWebUrl = (url: string) => /^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : "")

const sizeOf = (url: string) => isImage(url) ? describe(url) : undefined

function* problems({ document: { image_url: url } }: ParseRequest): Iterable<Rejection> {
  if (!isImage(url) && !isWebUrl(url)) yield invalid("document.image_url must be a web URL or a base64 data URI")
  if (isImage(url) && (url.length - url.indexOf(",")) * 3 / 4 > maxBytes) {
    yield invalid("document must be at most 20 MB")
  }
  const { height, width } = sizeOf(url) ?? {}
  if ((width ?? 0) * (height ?? 0) > maxPixels) yield invalid("document must have at most 50 megapixels")
}

/** The whole page as one picture. Where its size cannot be told, nor can its corners. */
const picture = (url: string): ParseImageBlock => {
  const { format = "", height, width } = sizeOf(url) ?? {}
  return {
    id: "img-0",
    description: isImage(url) ? `a picture of the type ${format}` : `the picture at ${url}`,
    category: "other",
    ...(width && height
      ? { bounding_box: { top_left_x: 0, top_left_y: 0, bottom_right_x: width, bottom_right_y: height } }
      : {}),
    bounding_box_normalized: { top_left_x: 0, top_left_y: 0, bottom_right_x: 1, bottom_right_y: 1 }
  }
}

const pageOf = ({ document, output_format = "markdown" }: ParseRequest): ParsePage => {
  const image = picture(document.image_url)
  const title = "A page of the emulator"
  switch (output_format) {
    case "markdown":
      return {
        type: "markdown",
        index: 0,
        markdown: { content: `# ${title}\n\n![${image.description}](${image.id})\n`, images: [image] }
      }
    case "blocks":
      return {
        type: "blocks",
        index: 0,
        blocks: [{ type: "text", text: { content: title } }, { type: "image", image }]
      }
  }
}

/** The function behind the operation. */
export const make = (models: ReadonlyArray<ModelsApi.Model>): HandlersOf<"v2.parse"> => ({
  "v2.parse": (request) => {
    const known: Either.Either<unknown, Rejection> = request.model === parsing
      ? Either.right(parsing)
      : Models.serving(models, request.model, "parse")
    return Either.flatMap(known, () =>
      unless(problems(request), () => ({
        id: uuid(JSON.stringify(request)),
        pages: [pageOf(request)],
        meta: { api_version: { version: "2" }, billed_units: { pages: 1 } }
      })))
  }
})
