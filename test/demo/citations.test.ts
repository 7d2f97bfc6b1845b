import type { Citation } from "@effect-cohere/core/Chat"
import * as ChatEvents from "@effect-cohere/core/testing/ChatEvents"
import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
import type * as V2 from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import * as Answer from "../../examples/ask-docs/src/answer.ts"
import * as Citations from "../../examples/ask-docs/src/citations.ts"

const text = "Calls are retried twice. Streams are not, once they have begun."

/** A citation of these words of the text. */
const cite = (words: string, ...ids: ReadonlyArray<string>): Citation => ({
  start: text.indexOf(words),
  end: text.indexOf(words) + words.length,
  text: words,
  sources: ids.map((id) => ({ type: "document", id, document: { id } }))
})

describe("markers", () => {
  it("stand right behind the words that they belong to, numbered in the order of citation", () => {
    assert.strictEqual(
      Citations.mark(text, [cite("retried twice", "b"), cite("Streams are not", "a"), cite("have begun", "b")]),
      "Calls are retried twice[1]. Streams are not[2], once they have begun[1]."
    )
  })

  it("are one for each source", () => {
    assert.strictEqual(
      Citations.mark(text, [cite("retried twice", "a", "b")]),
      "Calls are retried twice[1][2]. Streams are not, once they have begun."
    )
  })

  it("of overlapping citations stand at the end of each", () => {
    assert.strictEqual(
      Citations.mark(text, [
        cite("are retried twice. Streams", "a"),
        cite("retried twice", "b"),
        cite("twice. Streams are", "c")
      ]),
      "Calls are retried twice[2]. Streams[1] are[3] not, once they have begun."
    )
  })

  it("of the same source at the same place are one", () => {
    assert.strictEqual(
      Citations.mark(text, [cite("retried twice", "a"), cite("twice", "a", "b")]),
      "Calls are retried twice[1][2]. Streams are not, once they have begun."
    )
  })

  it("may stand at the very end, and of citations that say less or too much, too", () => {
    const end = { sources: [{ type: "document", id: "a" }] } as const
    assert.strictEqual(Citations.mark(text, [end]), `${text}[1]`)
    assert.strictEqual(Citations.mark(text, [{ ...end, end: 1000 }]), `${text}[1]`)
    assert.strictEqual(Citations.mark(text, [{}, { end: 5, sources: null }]), text)
  })
})

describe("the list of sources", () => {
  const passage = (id: string) => ({ id, file: `${id}.md`, headings: [], text: "" })

  it("has each cited passage once, by number, with all words that it supports", () => {
    const citations = [cite("retried twice", "b"), cite("Streams are not", "a", "b"), cite("retried twice", "b")]
    assert.deepStrictEqual(Citations.list(text, citations, [passage("a"), passage("b"), passage("c")]), [
      { number: 1, passage: passage("b"), words: ["retried twice", "Streams are not"] },
      { number: 2, passage: passage("a"), words: ["Streams are not"] }
    ])
  })

  it("finds the words where a citation has none, and leaves out what it does not know", () => {
    const { text: _, ...citation } = cite("retried twice", "a", "unknown")
    assert.deepStrictEqual(Citations.list(text, [citation], [passage("a")]), [
      { number: 1, passage: passage("a"), words: ["retried twice"] }
    ])
  })
})

describe("an answer as it comes", () => {
  /** What is written for each event. */
  const writes = (events: ReadonlyArray<V2.ChatStreamEvent>): ReadonlyArray<string> => {
    let progress = Answer.start
    return events.map((event) => {
      const [next, out] = Answer.advance(progress, event)
      progress = next
      return out
    })
  }

  const answered = (citations: ReadonlyArray<Citation>, answer = text) =>
    CohereTest.chatResponse(answer, {
      message: { role: "assistant", content: [{ type: "text", text: answer }], citations }
    })

  const citations = [cite("are retried twice", "a"), cite("retried twice", "b"), cite("have begun", "a")]
  const marked = "Calls are retried twice[1][2]. Streams are not, once they have begun[1]."

  it("is marked like the whole, in pieces, when citations come between the text", () => {
    const out = writes(ChatEvents.fromResponse(answered(citations), { citations: "fast" }))
    assert.strictEqual(out.join(""), marked)
    assert.isAbove(out.filter((piece) => piece !== "").length, 5)
  })

  it("is marked when each citation comes some words after its own", () => {
    const events = ChatEvents.fromResponse(answered(citations), { citations: "fast" })
    const isCitation = (event: V2.ChatStreamEvent) => event.type === "citation-start"
    const others = events.filter((event) => !isCitation(event))
    // The next one is `citation-end`, after that one comes text.
    const late = others.flatMap((other, i) => [
      other,
      ...events.filter((event, at) =>
        isCitation(event) && events.slice(0, at).filter((each) => !isCitation(each)).length + 2 === i
      )
    ])
    assert.strictEqual(late.length, events.length)
    assert.strictEqual(writes(late).join(""), marked)
  })

  it("has no marker in a wrong place when citations come after all of the text", () => {
    const longer = `${text} What has begun is sent once, whatever the policy says.`
    const events = ChatEvents.fromResponse(
      answered([...citations, { ...citations[0], end: longer.length - 1 }], longer),
      {
        citations: "accurate"
      }
    )
    // What was on the screen already stays as it was; the words are in the list.
    assert.strictEqual(writes(events).join(""), `${longer.slice(0, -1)}[1].`)
  })

  it("is whole when nothing is cited, and when the last word is cited", () => {
    assert.strictEqual(writes(ChatEvents.fromResponse(answered([]))).join(""), text)
    assert.strictEqual(writes(ChatEvents.fromResponse(answered([cite("begun.", "a")]))).join(""), `${text}[1]`)
  })

  it("never writes half a character", () => {
    const answer = "😀".repeat(40)
    const out = writes(ChatEvents.fromResponse(answered([], answer)))
    assert.strictEqual(out.join(""), answer)
    for (const piece of out) assert.isFalse(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/.test(piece))
  })
})
