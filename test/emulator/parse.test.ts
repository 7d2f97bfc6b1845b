import type { ParseResponse } from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import { ok, refusal } from "./api.ts"

const png =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="

const request = (image_url: string, more: object = {}) => ({
  model: "parse-v5.0",
  document: { type: "image_url", image_url },
  ...more
})

const parse = (image_url: string, more: object = {}) =>
  ok<ParseResponse>("/v2/parse", { body: request(image_url, more) })

describe("parse", () => {
  it("gives a page of markdown that refers to its images", async () => {
    for (const more of [{}, { output_format: "markdown" }]) {
      const { meta, pages } = await parse(png, more)
      const [page] = pages
      if (page?.type !== "markdown") throw new Error("no markdown")
      assert.strictEqual(page.index, 0)
      const [image] = page.markdown?.images ?? []
      assert.include(page.markdown?.content ?? "", `![${image?.description}](${image?.id})`)
      assert.deepStrictEqual(image?.bounding_box, {
        top_left_x: 0,
        top_left_y: 0,
        bottom_right_x: 1,
        bottom_right_y: 1
      })
      assert.deepStrictEqual(meta?.billed_units, { pages: 1 })
    }
  })

  it("gives a page of blocks in reading order", async () => {
    const { pages } = await parse("https://example.com/invoice.png", { output_format: "blocks" })
    const [page] = pages
    if (page?.type !== "blocks") throw new Error("no blocks")
    assert.deepStrictEqual(page.blocks?.map(({ type }) => type), ["text", "image"])
    const [, block] = page.blocks ?? []
    if (block?.type !== "image") throw new Error("no image")
    assert.include(block.image?.description ?? "", "invoice.png")
    // Nobody has looked at it.
    assert.notProperty(block.image, "bounding_box")
  })

  it("needs an image, of a size that can be read, and its model", async () => {
    assert.match(await refusal("/v2/parse", request("invoice.png")), /^400 invalid request: .*web URL or a base64/)
    assert.match(await refusal("/v2/parse", request("data:text/plain;base64,YQ==")), /^400 invalid request: /)
    const large = `data:image/png;base64,${"A".repeat(28 * 1024 * 1024)}`
    assert.match(await refusal("/v2/parse", request(large)), /^400 invalid request: .*20 MB/)
    const huge = Buffer.from(png.slice(png.indexOf(",") + 1), "base64")
    huge.writeUInt32BE(10_000, 16)
    huge.writeUInt32BE(10_000, 20)
    assert.match(
      await refusal("/v2/parse", request(`data:image/png;base64,${huge.toString("base64")}`)),
      /^400 invalid request: .*50 megapixels/
    )
    assert.match(await refusal("/v2/parse", request(png, { model: "nope" })), /^404 model 'nope'/)
    assert.match(await refusal("/v2/parse", request(png, { model: "embed-v4.0" })), /^400 .*the parse API/)
    assert.match(
      await refusal("/v2/parse", request(png, { pages: 1 })),
      /^422 unknown field: parameter pages .*\/parse$/
    )
    assert.match(
      await refusal("/v2/parse", request(png, { output_format: "html" })),
      /^400 invalid request: output_format/
    )
  })
})
