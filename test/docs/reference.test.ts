import * as ApiKey from "@effect-cohere/core/ApiKey"
import * as Audio from "@effect-cohere/core/Audio"
import * as Batches from "@effect-cohere/core/Batches"
import * as Connectors from "@effect-cohere/core/Connectors"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"
import * as Endpoints from "@effect-cohere/core/Endpoints"
import * as Finetuning from "@effect-cohere/core/Finetuning"
import * as Models from "@effect-cohere/core/Models"
import * as Tokens from "@effect-cohere/core/Tokens"
import * as V1 from "@effect-cohere/core/V1"
import * as V2 from "@effect-cohere/core/V2"
import { expect, it } from "vitest"
import * as Seed from "../operations/seed.ts"

type Descriptor = (typeof Endpoints.all)[number]

const modules: Readonly<Record<string, object>> = {
  ApiKey,
  Audio,
  Batches,
  Connectors,
  Datasets,
  EmbedJobs,
  Finetuning,
  Models,
  Tokens,
  V1,
  V2
}

const moduleOf = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1).replace(/\..*/, "")
const functionOf = (id: string): string => `${moduleOf(id)}.${id.replace(/.*\./, "")}`
const allOf = (id: string): string => functionOf(id).replace(/\.list/, ".listAll")

const code = (text: string): string => `\`${text}\``
const listed = (items: ReadonlyArray<string>): string => items.length === 0 ? "–" : items.join(", ")

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")

// ---------------------------------------------------------------------------------------------------------------------
// Operations
// ---------------------------------------------------------------------------------------------------------------------

const styles = { token: "by token", offset: "by offset", none: "one page" }

const answers = (endpoint: Descriptor): string => {
  if (endpoint.kind === "stream") return "a Stream of events"
  return { nothing: "nothing", empty: "an empty object", value: "a value" }[endpoint.answer]
}

const ownErrors = (endpoint: Descriptor): ReadonlyArray<string> => [
  ...endpoint.error.map((error) => "_tag" in error ? String(error._tag) : "?"),
  ...endpoint.form !== undefined ? ["UploadFailed"] : []
]

const row = (endpoint: Descriptor): ReadonlyArray<string> => [
  `[${code(functionOf(endpoint.id))}](${endpoint.docs})`,
  endpoint.method,
  code(endpoint.path),
  answers(endpoint),
  "paging" in endpoint ? `${code(allOf(endpoint.id))}, ${styles[endpoint.paging.style]}` : "–",
  listed(ownErrors(endpoint).map(code)),
  endpoint.retry === "always" ? "yes" : "only when refused",
  endpoint.deployments.join(", "),
  endpoint.deprecated ?? "–"
]

const section = (module: string): string =>
  `### ${module}\n\n${
    table(
      [
        "Function",
        "Method",
        "Path",
        "Answers",
        "All pages",
        "Own errors",
        "Sent again",
        "Deployments",
        "Deprecated for"
      ],
      Endpoints.all.filter(({ id }) => moduleOf(id) === module).map(row)
    )
  }`

const sections = [...new Set(Endpoints.all.map(({ id }) => moduleOf(id)))].map(section).join("\n\n")

// ---------------------------------------------------------------------------------------------------------------------
// The same in the official SDKs
// ---------------------------------------------------------------------------------------------------------------------

const typescriptCall = ({ parameters, positional, typescript }: Seed.Operation): string =>
  `${typescript}(${
    [...positional, ...parameters.length > positional.length || hasBody(parameters) ? ["{ … }"] : []].join(", ")
  })`

const hasBody = (parameters: ReadonlyArray<Seed.Parameter>): boolean =>
  parameters.some(({ wire }) => wire === undefined)

const names = table(
  ["`cohere` for Python: `client.`", "`cohere-ai` for TypeScript: `client.`", "Here"],
  Seed.all.map((operation) => [
    operation.python === undefined ? "–" : code(operation.python),
    code(typescriptCall(operation)),
    code(functionOf(operation.id))
  ])
)

interface Difference {
  readonly parameter: Seed.Parameter
  readonly byPosition: boolean
  readonly functions: Array<string>
}

/** Parameters that have another name in one of the SDKs, or are not there, each once with the functions that take it. */
const differences = (): ReadonlyArray<Difference> => {
  const found = new Map<string, Difference>()
  for (const { id, parameters, positional } of Seed.all) {
    for (const parameter of parameters) {
      const byPosition = positional.includes(parameter.typescript ?? parameter.name)
      if (!byPosition && parameter.name === parameter.wire && parameter.typescript === parameter.wire) continue
      const key = JSON.stringify([parameter.name, parameter.in, parameter.wire, parameter.typescript, byPosition])
      const known = found.get(key)
      if (known === undefined) found.set(key, { parameter, byPosition, functions: [functionOf(id)] })
      else known.functions.push(functionOf(id))
    }
  }
  return [...found.values()].sort((a, b) => a.parameter.name < b.parameter.name ? -1 : 1)
}

const parameters = table(
  ["Python", "`cohere-ai`", "Here, as on the wire", "Travels in the", "Of"],
  differences().map(({ byPosition, functions, parameter }) => [
    code(parameter.name),
    byPosition
      ? "by position"
      : parameter.wire === undefined
      ? "the object"
      : parameter.typescript === undefined
      ? "–"
      : code(parameter.typescript),
    parameter.wire === undefined ? "its fields" : code(parameter.wire),
    parameter.in,
    functions.map(code).join(", ")
  ])
)

const page = `# Reference of operations

All ${Endpoints.all.length} operations, and how they are called in the official SDKs. This page is made from the
library's descriptors and from \`test/operations/seed.ts\`, by the test \`test/docs/reference.test.ts\`;
\`pnpm test reference -u\` writes it anew. What each function takes and answers stands in its doc comment.

## Operations

Every function can fail with the [common errors](errors.md), too; streams also with the errors of
[streams](streams.md). *Sent again* says whether a request is repeated after a failure that may pass: what creates
something only when the server has refused it ([retries](retries-and-timeouts.md)). *All pages* names the function that
streams the items of all pages. *Deployments* names where Cohere offers the operation: it works on the platform, in a
private deployment and wherever else its path is answered, not yet in the clouds' own formats (azure, bedrock, sagemaker,
oci). Files are made by [\`Upload\`](uploads-and-jobs.md).

${sections}

## From another SDK

### Functions

A function takes one object with all parameters, also those that \`cohere-ai\` takes by position; one without
parameters is an Effect. Of a \`ClientV2\` or \`CohereClientV2\`, read \`chat\`, \`embed\` and \`rerank\` as \`v2.chat\`,
\`v2.embed\` and \`v2.rerank\`.

${names}

### Parameters

Names are those of the wire, in requests and in answers: \`finish_reason\`, not \`finishReason\`. These differ from one
of the SDKs; all others are the same in the three. \`stream\` is no parameter anywhere: the function says it. Times are
strings, which \`Timestamp\` reads and writes, where \`cohere-ai\` has \`Date\`.

${parameters}

### Settings

${
  table(
    ["\`cohere\` for Python", "\`cohere-ai\`", "Here"],
    Seed.settings
  )
}
`

it("docs/reference.md says what the descriptors say (vitest -u writes it)", async () => {
  await expect(page).toMatchFileSnapshot("../../docs/reference.md")
})

it("every operation has an id of its own, and a function of that name", () => {
  const ids = Endpoints.all.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const endpoint of Endpoints.all) {
    const exports = modules[moduleOf(endpoint.id)] ?? {}
    expect(exports).toHaveProperty(functionOf(endpoint.id).replace(/.*\./, ""))
    if ("paging" in endpoint) expect(exports).toHaveProperty(allOf(endpoint.id).replace(/.*\./, ""))
  }
})

it("every class of errors has a name that the table can show", () => {
  for (const endpoint of Endpoints.all) expect(ownErrors(endpoint)).not.toContain("?")
})
