/**
 * Answers questions about this project from its own documentation: embeds the docs, finds what is near the question,
 * reranks it, and streams a cited answer.
 */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Path from "@effect/platform/Path"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Answer from "./answer.ts"
import * as Cohere from "./cohere.ts"
import * as Docs from "./docs.ts"
import * as Models from "./models.ts"
import * as Screen from "./screen.ts"
import * as Search from "./search.ts"

const defaultQuestions = ["Which failed calls are retried, and how often?", "How do I stream an answer?"]

const help = `Answers questions about this project from its own documentation.

  pnpm demo "how do retries work?"   asks this; several questions are asked one after the other
  pnpm demo                          asks: ${defaultQuestions.join(" ")}

CO_API_KEY   a Cohere API key. Without one, an emulator answers, on a port of this machine.
NO_COLOR     if set, no colours.
`

class WrongUsage extends Data.TaggedError("WrongUsage")<{ readonly message: string }> {}

const answerAll = (questions: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const root = yield* path.fromFileUrl(new URL("../../../", import.meta.url))
    const { files, passages } = yield* Docs.load(root)
    const index = yield* Screen.withProgress("Indexing", passages.length, (onProgress) =>
      Search.index(passages, onProgress))
    yield* Screen.write(`Indexed ${passages.length} passages of ${files.length} files with ${Models.embed}.\n`)
    for (const question of questions) {
      yield* Answer.show(question, yield* Search.retrieve(index, question))
    }
  }).pipe(Effect.provide(Cohere.layer))

const main = Effect.gen(function*() {
  // pnpm hands a `--` on.
  const args = process.argv.slice(2).filter((arg) => arg !== "--")
  if (args.includes("--help") || args.includes("-h")) return yield* Screen.write(help)
  const unknown = args.find((arg) => arg.startsWith("-"))
  if (unknown !== undefined) return yield* new WrongUsage({ message: `There is no option ${unknown}: see --help.` })
  const questions = args.filter((arg) => arg.trim() !== "")
  yield* answerAll(questions.length > 0 ? questions : defaultQuestions)
})

// A reader that has seen enough, such as `head`, ends the program: without this, by an uncaught exception.
process.stdout.once("error", () => process.exit(1))

main.pipe(
  // The message of an error says what to do; only a bug needs its stack trace.
  Effect.tapErrorCause((cause) =>
    Cause.isInterruptedOnly(cause)
      ? Effect.void
      : Console.error(Either.match(Cause.failureOrCause(cause), {
        onLeft: (error) => `\n${error.message}`,
        onRight: Cause.pretty
      }))
  ),
  // The shell's prompt begins on a line of its own.
  Effect.onInterrupt(() => Console.error("")),
  Effect.provide(NodeContext.layer),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    // What a shell expects of a program that Ctrl-C has ended.
    teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) ? 0 : Cause.isInterruptedOnly(exit.cause) ? 130 : 1)
  })
)
