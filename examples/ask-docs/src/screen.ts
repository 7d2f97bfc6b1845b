/** What is written on the terminal: text, colours where they are wanted, a progress bar where it can be seen. */
import * as Terminal from "@effect/platform/Terminal"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"

/** Text in colours, or as it is. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly cyan: (text: string) => string
}

const colour = (on: number, off: number) => (text: string) => `\x1b[${on}m${text}\x1b[${off}m`

const colours: Style = { bold: colour(1, 22), dim: colour(2, 22), cyan: colour(36, 39) }

const noColours: Style = { bold: String, dim: String, cyan: String }

const isTTY = Effect.flatMap(Terminal.Terminal, (terminal) => terminal.isTTY)

/** Colours on a terminal, unless `NO_COLOR` is set. */
export const style: Effect.Effect<Style, never, Terminal.Terminal> = Effect.gen(function*() {
  const noColour = yield* Effect.orElseSucceed(Config.string("NO_COLOR"), () => "")
  return (yield* isTTY) && noColour === "" ? colours : noColours
})

/** Writes text as it is, without a line break. */
export const write = (text: string): Effect.Effect<void, never, Terminal.Terminal> =>
  text === "" ? Effect.void : Effect.flatMap(Terminal.Terminal, (terminal) => Effect.orDie(terminal.display(text)))

/** Goes to the beginning of the line and clears it. */
const clearLine = "\r\x1b[2K"

const bar = (done: number, total: number, width = 30) => {
  const filled = Math.round(width * done / total)
  return `${"█".repeat(filled)}${"░".repeat(width - filled)} ${done}/${total}`
}

/** Shows a bar while `work` runs, which tells how many steps it has made. Without a terminal, shows nothing. */
export const withProgress = <A, E, R>(
  label: string,
  total: number,
  work: (onProgress: (count: number) => Effect.Effect<void>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R | Terminal.Terminal> =>
  Effect.gen(function*() {
    const terminal = yield* Terminal.Terminal
    const onTerminal = yield* terminal.isTTY
    const show = (text: string) => onTerminal ? Effect.orDie(terminal.display(clearLine + text)) : Effect.void
    let done = 0
    const onProgress = (count: number) => show(`${label} ${bar(done += count, total)}`)
    return yield* onProgress(0).pipe(Effect.zipRight(work(onProgress)), Effect.ensuring(show("")))
  })
