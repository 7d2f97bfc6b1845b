import * as Chat from "@effect-cohere/core/Chat"
import * as CohereClient from "@effect-cohere/core/CohereClient"
import { TooManyTokens } from "@effect-cohere/core/CohereError"
import * as ChatEvents from "@effect-cohere/core/testing/ChatEvents"
import * as CohereTest from "@effect-cohere/core/testing/CohereTest"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Terminal from "@effect/platform/Terminal"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Answer from "../../examples/ask-docs/src/answer.ts"
import * as Docs from "../../examples/ask-docs/src/docs.ts"
import * as Screen from "../../examples/ask-docs/src/screen.ts"
import * as Search from "../../examples/ask-docs/src/search.ts"

const files = {
  "README.md": "# Tea house\n\nA small shop for tea, with a garden behind it.\n",
  "docs/opening.md":
    "# Opening hours\n\nThe shop opens at nine in the morning.\n\n## Holidays\n\nOn holidays it stays closed.\n",
  "docs/brewing/green.md": "# Green tea\n\n## Temperature\n\nBrew green tea with water of seventy degrees.\n",
  "docs/brewing/black.md": "# Black tea\n\n## Temperature\n\nBrew black tea with boiling water, for four minutes.\n",
  "docs/brewing/notes.txt": "Brew green tea with milk.\n"
}

/** A folder with these documents. */
const repository = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const root = yield* fs.makeTempDirectoryScoped()
  yield* fs.makeDirectory(`${root}/docs/brewing`, { recursive: true })
  for (const [file, text] of Object.entries(files)) yield* fs.writeFileString(`${root}/${file}`, text)
  return root
})

/** A terminal that remembers what is written on it. */
const terminal = (isTTY = false) => {
  const written: Array<string> = []
  const layer = Layer.succeed(Terminal.Terminal, {
    columns: Effect.succeed(80),
    rows: Effect.succeed(24),
    isTTY: Effect.succeed(isTTY),
    readInput: Effect.dieMessage("nobody types"),
    readLine: Effect.dieMessage("nobody types"),
    display: (text) =>
      Effect.sync(() => {
        written.push(text)
      })
  })
  return { layer, text: () => written.join("") }
}

const emulator = CohereClient.layerConfig({ apiKey: Config.succeed(Redacted.make("test")) }).pipe(
  Layer.provide(Emulator.layer())
)

const passage = (id: string) => ({ id, file: `${id}.md`, headings: [id], text: `About ${id}.` })

const tooMany = new TooManyTokens({
  endpoint: "v2.chatStream",
  attempts: 1,
  status: 400,
  detail: "too many tokens",
  message: "too many tokens"
})

describe("the demo", () => {
  it.scoped("reads the README and every Markdown file under docs", () =>
    Effect.gen(function*() {
      const docs = yield* Docs.load(yield* repository)
      assert.deepStrictEqual(docs.files, [
        "README.md",
        "docs/brewing/black.md",
        "docs/brewing/green.md",
        "docs/opening.md"
      ])
      assert.includeMembers(docs.passages.map(({ id }) => id), [
        "docs/brewing/green.md#temperature",
        "docs/opening.md#holidays"
      ])
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("says where it found no documentation", () =>
    Effect.gen(function*() {
      const root = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
      const error = yield* Effect.flip(Docs.load(root))
      assert.strictEqual(error._tag, "NoDocs")
      assert.include(error.message, root)
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("cites the file that has the answer, in the text and in the list", () => {
    const screen = terminal()
    return Effect.gen(function*() {
      const { passages } = yield* Docs.load(yield* repository)
      let progress = 0
      const index = yield* Search.index(passages, (count) =>
        Effect.sync(() => {
          progress += count
        }))
      assert.strictEqual(progress, passages.length)
      const questions = {
        "docs/brewing/green.md": "Which temperature has the water for green tea?",
        "docs/brewing/black.md": "How many minutes for black tea?",
        "docs/opening.md": "When does the shop open in the morning?"
      }
      for (const [file, question] of Object.entries(questions)) {
        const found = yield* Search.retrieve(index, question)
        assert.strictEqual(found[0]?.file, file)
        const { cited, response } = yield* Answer.show(question, found).pipe(Effect.provide(screen.layer))
        assert.strictEqual(cited[0]?.passage.file, file)
        // Each citation points into the document that it names.
        for (const { passage, words } of cited) {
          for (const each of words) {
            assert.include(passage.text, each)
            assert.include(Chat.text(response.message), each)
            assert.include(screen.text(), `“${each}”`)
          }
        }
        assert.include(screen.text(), `[1] ${file}`)
        assert.match(screen.text(), /\w\[1\]\./)
        assert.match(screen.text(), /\d+ tokens read, \d+ written\n$/)
      }
      assert.notInclude(screen.text(), "\x1b")
    }).pipe(Effect.provide([emulator, NodeContext.layer]))
  })

  it.effect("indexes more passages than fit into one call, in order", () =>
    Effect.gen(function*() {
      const passages = Array.from({ length: 200 }, (_, i) => passage(`topic ${i}`))
      const index = yield* Search.index(passages, () => Effect.void)
      assert.deepStrictEqual(index.map((entry) => entry.passage), passages)
      const found = yield* Search.retrieve(index, "topic 137")
      assert.strictEqual(found.length, 5)
      assert.strictEqual(found[0]?.id, "topic 137")
    }).pipe(Effect.provide(emulator)))

  it.effect("asks again with the better half of the passages when all are too long together", () =>
    Effect.gen(function*() {
      const passages = ["a", "b", "c", "d", "e"].map(passage)
      const events = yield* Stream.runCollect(Answer.ask("About?", passages))
      assert.strictEqual(events.length > 0, true)
      const calls = yield* CohereTest.calls
      assert.deepStrictEqual(
        calls.map((call) => call.endpoint === "v2.chatStream" ? call.request.documents?.length : undefined),
        [5, 3, 2]
      )
    }).pipe(Effect.provide(CohereTest.layer({
      "v2.chatStream": ({ documents = [] }) =>
        documents.length > 2 ? Stream.fail(tooMany) : ChatEvents.fromResponse(CohereTest.chatResponse("Yes."))
    }))))

  it.effect("fails when even one passage is too long", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Stream.runDrain(Answer.ask("About?", [passage("a"), passage("b")])))
      assert.strictEqual(error, tooMany)
    }).pipe(Effect.provide(CohereTest.layer({ "v2.chatStream": () => Stream.fail(tooMany) }))))

  it.effect("fails when the model gives up, after what it had written", () => {
    const screen = terminal()
    return Effect.gen(function*() {
      const error = yield* Effect.flip(Answer.show("About?", [passage("a")]))
      assert.strictEqual(error._tag, "GenerationFailed")
      assert.include(screen.text(), "Half an answer")
      assert.notInclude(screen.text(), "Sources")
    }).pipe(Effect.provide([
      screen.layer,
      CohereTest.layer({
        "v2.chatStream": () =>
          ChatEvents.fromResponse(CohereTest.chatResponse("Half an answer", { finish_reason: "ERROR" }))
      })
    ]))
  })
})

describe("the screen", () => {
  const withVariables = (variables: Readonly<Record<string, string>>) =>
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables))))

  it.effect("has colours on a terminal only, and not with NO_COLOR", () =>
    Effect.gen(function*() {
      const sample = (isTTY: boolean, variables: Readonly<Record<string, string>>) =>
        Screen.style.pipe(
          Effect.map((style) => style.bold("x")),
          Effect.provide(terminal(isTTY).layer),
          withVariables(variables)
        )
      assert.strictEqual(yield* sample(true, {}), "\x1b[1mx\x1b[22m")
      assert.strictEqual(yield* sample(true, { NO_COLOR: "1" }), "x")
      assert.strictEqual(yield* sample(true, { NO_COLOR: "" }), "\x1b[1mx\x1b[22m")
      assert.strictEqual(yield* sample(false, {}), "x")
    }))

  it.effect("shows a bar on a terminal and clears it, also after a failure", () => {
    const screen = terminal(true)
    return Effect.gen(function*() {
      yield* Effect.flip(
        Screen.withProgress("Indexing", 4, (onProgress) => Effect.zipRight(onProgress(2), Effect.fail("no")))
      )
      assert.include(screen.text(), `Indexing ${"█".repeat(15)}${"░".repeat(15)} 2/4`)
      assert.isTrue(screen.text().endsWith("\r\x1b[2K"))
    }).pipe(Effect.provide(screen.layer))
  })

  it.effect("shows no bar elsewhere", () => {
    const screen = terminal(false)
    return Effect.gen(function*() {
      yield* Screen.withProgress("Indexing", 4, (onProgress) => onProgress(4))
      assert.strictEqual(screen.text(), "")
    }).pipe(Effect.provide(screen.layer))
  })
})
