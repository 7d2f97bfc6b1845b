/** What the cause of a failure says, in a few words. */
import { property } from "./json.ts"

/** The first code (`ECONNREFUSED`) on the way to the root cause, else the innermost message. */
export const codeOrMessage = (cause: unknown): string => {
  let message = typeof cause === "string" ? cause : "unknown"
  try {
    let current = cause
    for (let depth = 0; depth < 5 && current !== undefined; depth++) {
      const code = property(current, "code")
      if (typeof code === "string") return code
      const text = property(current, "message")
      if (typeof text === "string" && text !== "") message = text
      const errors = property(current, "errors")
      current = property(current, "cause") ?? (Array.isArray(errors) ? errors[0] : undefined)
    }
  } catch {
    // What was thrown throws again when it is looked at: what is known so far must do.
  }
  return message
}
