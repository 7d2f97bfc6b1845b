/** The side of a child: answers questions, one after the other, until the process that started it lets go. */
import type { Handlers, Question, Reply } from "./protocol.ts"

export const serve = <P>(handlers: Handlers<P>): void => {
  const reply = (reply: Reply) => process.send?.(reply)
  process.on("message", (question: Question) => {
    // Questions come from `children.ts`, whose types say that they are of this protocol.
    const handler = handlers[question.kind as keyof P] as (ask: object) => Promise<unknown>
    handler(question.ask).then(
      (answer) => reply({ answer }),
      (error: unknown) => reply({ failure: error instanceof Error ? error.stack ?? error.message : String(error) })
    )
  })
  process.on("disconnect", () => process.exit())
}
