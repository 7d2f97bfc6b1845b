/** Where a conversation stands. */
import type { Message, ToolCall, ToolMessage } from "../../Chat.ts"

/** The text of a message's content. */
export const textOf = (content: Exclude<Message["content"], null | undefined>): string =>
  typeof content === "string"
    ? content
    : (content as ReadonlyArray<unknown>).flatMap((block) =>
      // Blocks of every role in one: what has a text is text.
      typeof block === "object" && block !== null && "text" in block && typeof block.text === "string"
        ? [block.text]
        : []
    ).join("\n")

/** What the last user message asks, and what came after it. */
export interface Conversation {
  readonly question: string
  /** The calls that were made for this question. */
  readonly calls: ReadonlyArray<ToolCall>
  /** Their results. */
  readonly results: ReadonlyArray<ToolMessage>
}

/** Reads a conversation. */
export const read = (messages: ReadonlyArray<Message>): Conversation => {
  const at = messages.map((message) => message.role).lastIndexOf("user")
  const after = messages.slice(at + 1)
  return {
    question: textOf(messages[at]?.content ?? ""),
    calls: after.flatMap((message) => message.role === "assistant" ? message.tool_calls ?? [] : []),
    results: after.filter((message): message is ToolMessage => message.role === "tool")
  }
}
