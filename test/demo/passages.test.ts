import { assert, describe, it } from "@effect/vitest"
import * as Passages from "../../examples/ask-docs/src/passages.ts"

const words = (count: number, word = "word") => Array.from({ length: count }, (_, i) => `${word}${i}`).join(" ")

const markdown = (...lines: ReadonlyArray<string>) => lines.join("\n")

describe("the passages of a Markdown file", () => {
  it("have the headings above them, and the anchor of the nearest as id", () => {
    const passages = Passages.split(
      "docs/a.md",
      markdown(
        "Intro.",
        "# Title",
        "First.",
        "## Part `one`",
        "Second.",
        "### Deep",
        "Third.",
        "## Part two!",
        "Fourth."
      )
    )
    assert.deepStrictEqual(passages, [
      { id: "docs/a.md", file: "docs/a.md", headings: [], text: "Intro." },
      { id: "docs/a.md#title", file: "docs/a.md", headings: ["Title"], text: "First." },
      { id: "docs/a.md#part-one", file: "docs/a.md", headings: ["Title", "Part one"], text: "Second." },
      { id: "docs/a.md#deep", file: "docs/a.md", headings: ["Title", "Part one", "Deep"], text: "Third." },
      { id: "docs/a.md#part-two", file: "docs/a.md", headings: ["Title", "Part two!"], text: "Fourth." }
    ])
    assert.deepStrictEqual(passages.map(Passages.title).slice(0, 3), ["docs/a.md", "Title", "Title › Part one"])
  })

  it("have ids of their own, also under equal headings and when a section has several", () => {
    const passages = Passages.split(
      "a.md",
      markdown("# Same", words(200), "", words(200), "", words(200), "# Same", "End.")
    )
    assert.deepStrictEqual(passages.map(({ id }) => id), ["a.md#same", "a.md#same:2", "a.md#same:3", "a.md#same-1"])
  })

  it("join the lines of a paragraph, but not those of a list or a table", () => {
    const [passage] = Passages.split(
      "a.md",
      markdown("One", "sentence.", "", "- first", "  goes on", "- second", "", "| a | b |", "| - | - |", "| 1 | 2 |")
    )
    assert.strictEqual(
      passage?.text,
      markdown("One sentence.", "", "- first goes on", "- second", "", "| a | b |", "| - | - |", "| 1 | 2 |")
    )
  })

  it("keep the text of links, and drop their targets", () => {
    const [passage] = Passages.split(
      "a.md",
      markdown("# About [this](https://example.com)", "See [streams](streams.md#x).")
    )
    assert.deepStrictEqual(passage?.headings, ["About this"])
    assert.strictEqual(passage?.text, "See streams.")
  })

  it("keep code as it is: blank lines, hashes, links and shorter fences are part of it", () => {
    const code = markdown("````md", "# no heading", "", "```ts", "a[0](b)", "```", "", "  indented", "````")
    const passages = Passages.split("a.md", markdown("# Title", "Before.", "", code, "After."))
    assert.deepStrictEqual(passages.map(({ text }) => text), [markdown("Before.", "", code, "", "After.")])
  })

  it("never cut code, however long, and end before it when it does not fit", () => {
    const code = markdown("```ts", ...Array.from({ length: 400 }, (_, i) => `const x${i} = ${i}`), "```")
    const passages = Passages.split("a.md", markdown("# Title", words(100), "", code, "", words(100)))
    assert.deepStrictEqual(passages.map(({ text }) => text), [words(100), code, words(100)])
  })

  it("have at most 250 words, and lose none", () => {
    const sentences = Array.from({ length: 90 }, (_, i) => `${words(9, `s${i}x`)} end${i}.`).join(" ")
    const passages = Passages.split("a.md", markdown("# Title", sentences, "", words(30), "", words(30)))
    for (const { text } of passages) assert.isAtMost(text.split(/\s+/).length, 250)
    assert.strictEqual(
      passages.flatMap(({ text }) => text.split(/\s+/)).join(" "),
      `${sentences} ${words(30)} ${words(30)}`
    )
  })

  it("are none where there are only headings, or nothing at all", () => {
    assert.deepStrictEqual(Passages.split("a.md", "# Title\n\n## Empty\n"), [])
    assert.deepStrictEqual(Passages.split("a.md", ""), [])
  })

  it("are the same with the line ends of Windows", () => {
    const text = markdown("# Title", "One", "line.", "", "```", "code", "```")
    assert.deepStrictEqual(Passages.split("a.md", text.replaceAll("\n", "\r\n")), Passages.split("a.md", text))
  })

  it("end with an unclosed code block at the end of the file", () => {
    assert.deepStrictEqual(Passages.split("a.md", "```\n# code\n").map(({ text }) => text.trim()), ["```\n# code"])
  })
})
