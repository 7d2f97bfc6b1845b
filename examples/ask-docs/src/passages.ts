/** Splits Markdown into passages: short enough to be found and cited one by one, never in the middle of code. */

/** A part of a document that is embedded, ranked and cited as one. */
export interface Passage {
  /** The file and the anchor of the heading, and a number from the second passage under one heading on. */
  readonly id: string
  /** Relative to the repository, with slashes. */
  readonly file: string
  /** The headings above it, outermost first. */
  readonly headings: ReadonlyArray<string>
  readonly text: string
}

/** Cohere advises to keep documents under 300 words. */
const maxWords = 250

const countWords = (text: string) => text.split(/\s+/).length

/** What a reader sees of links. */
const withoutTargets = (prose: string) => prose.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")

/** What a reader sees of a heading: no link targets, code marks and emphasis. */
const plain = (heading: string) => withoutTargets(heading).replace(/[`*]/g, "")

/** The anchor that GitHub gives a heading. */
const slug = (heading: string) => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-")

interface Section {
  readonly anchor: string
  readonly headings: ReadonlyArray<string>
  /** Paragraphs, lists, tables and code blocks. */
  readonly blocks: Array<{ text: string; readonly isCode: boolean }>
}

const sections = (markdown: string): ReadonlyArray<Section> => {
  const seen = new Map<string, number>()
  const path: Array<string> = []
  let section: Section = { anchor: "", headings: [], blocks: [] }
  const out = [section]
  let fence: string | undefined
  let isNewBlock = true

  for (const line of markdown.split(/\r?\n/)) {
    const last = section.blocks.at(-1)
    const marks = /^\s*(`{3,}|~{3,})/.exec(line)?.[1]
    const heading = /^(#{1,6})\s+(.*?)[\s#]*$/.exec(line)
    if (fence !== undefined && last !== undefined) {
      last.text += `\n${line}`
      // A code block ends with at least as many marks as it began with.
      if (marks?.startsWith(fence) && line.trim() === marks) fence = undefined
      isNewBlock = true
    } else if (marks !== undefined) {
      fence = marks
      section.blocks.push({ text: line, isCode: true })
    } else if (heading?.[1] !== undefined && heading[2] !== undefined) {
      const title = plain(heading[2])
      path.length = Math.min(path.length, heading[1].length - 1)
      path.push(title)
      const count = seen.get(slug(title)) ?? 0
      seen.set(slug(title), count + 1)
      section = { anchor: `#${slug(title)}${count === 0 ? "" : `-${count}`}`, headings: [...path], blocks: [] }
      out.push(section)
      isNewBlock = true
    } else if (line.trim() === "") {
      isNewBlock = true
    } else if (isNewBlock || last === undefined) {
      section.blocks.push({ text: line.trim(), isCode: false })
      isNewBlock = false
    } else {
      // Lines of a paragraph are one; items of a list and rows of a table are not.
      last.text += (/^\s*([-*+>|]|\d+\.)/.test(line) ? "\n" : " ") + line.trim()
    }
  }
  return out
}

/** A paragraph that is too long alone is cut between its sentences; code is not cut. */
const pieces = (section: Section): ReadonlyArray<string> =>
  section.blocks.flatMap((block) => {
    if (block.isCode) return [block.text]
    const text = withoutTargets(block.text)
    return countWords(text) <= maxWords ? [text] : text.split(/(?<=[.!?])\s+|\n/)
  })

/** The passages of a Markdown file. */
export const split = (file: string, markdown: string): ReadonlyArray<Passage> =>
  sections(markdown).flatMap((section) => {
    const texts: Array<string> = []
    for (const piece of pieces(section)) {
      const current = texts.at(-1)
      if (current === undefined || countWords(current) + countWords(piece) > maxWords) texts.push(piece)
      else texts[texts.length - 1] = `${current}\n\n${piece}`
    }
    return texts.map((text, index) => ({
      id: `${file}${section.anchor}${index === 0 ? "" : `:${index + 1}`}`,
      file,
      headings: section.headings,
      text
    }))
  })

/** What a passage is about, in one line. */
export const title = (passage: Passage): string => passage.headings.join(" › ") || passage.file
