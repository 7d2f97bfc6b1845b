/** Which tools a question calls for, and with what. */
import type { Tool, ToolCall } from "../../Chat.ts"
import { suffix } from "./hash.ts"
import * as Hints from "./hints.ts"
import * as JsonSchema from "./jsonSchema.ts"
import { stems } from "./words.ts"

/** Words in names of tools that say nothing about their subject. */
const generic = new Set(stems("get find fetch list search lookup look query tool current data info api call run daily"))

const overlap = (text: string, question: ReadonlySet<string>): ReadonlySet<string> =>
  new Set(stems(text).filter((stem) => question.has(stem)))

interface Candidate {
  readonly tool: Tool
  /** What of the question the name of the tool says. */
  readonly named: ReadonlySet<string>
  readonly score: number
}

const rate = (tool: Tool, question: ReadonlySet<string>): Candidate => {
  const { description, name, parameters } = tool.function
  const named = new Set([...overlap(name, question)].filter((stem) => !generic.has(stem)))
  const described = overlap(`${description ?? ""} ${JSON.stringify(parameters["properties"] ?? {})}`, question)
  return { tool, named, score: named.size * 3 + described.size }
}

/** All tools that the question names, without those whose part another one covers; else the one that fits best. */
const choose = (tools: ReadonlyArray<Tool>, question: string, required: boolean): ReadonlyArray<Tool> => {
  const asked = new Set(stems(question))
  const ranked = tools.map((tool) => rate(tool, asked)).sort((a, b) => b.score - a.score)
  const chosen: Array<Candidate> = []
  for (const candidate of ranked.filter(({ named }) => named.size > 0)) {
    const covered = chosen.some(({ named }) => [...candidate.named].every((stem) => named.has(stem)))
    if (!covered) chosen.push(candidate)
  }
  if (chosen.length > 0) return tools.filter((tool) => chosen.some((candidate) => candidate.tool === tool))
  return ranked.slice(0, 1).flatMap(({ score, tool }) => score > 0 || required ? [tool] : [])
}

/** The calls that a question needs, beside those that were made already. */
export const plan = (options: {
  readonly tools: ReadonlyArray<Tool>
  readonly question: string
  readonly required: boolean
  readonly made: ReadonlyArray<ToolCall>
  /** Makes ids differ from those of earlier turns. */
  readonly turn: number
}): ReadonlyArray<ToolCall> => {
  const made = new Set(options.required ? [] : options.made.map((call) => call.function?.name))
  const names = options.tools.map((tool) => tool.function.name).join(" ")
  return choose(options.tools, options.question, options.required)
    .filter((tool) => !made.has(tool.function.name))
    .map(({ function: { name, parameters } }) => {
      const hints = Hints.make(options.question, names)
      const filled = JSON.stringify(JsonSchema.sample({ type: "object", ...parameters }, { hints, onlyRequired: true }))
      return {
        id: `${name}_${suffix(`${options.turn} ${name} ${filled} ${options.question}`)}`,
        type: "function",
        function: { name, arguments: filled }
      }
    })
}
