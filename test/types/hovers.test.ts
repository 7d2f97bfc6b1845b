/**
 * What an editor shows when the pointer rests on a name of this library.
 *
 * The rule: the displayed signature has at most 3 lines, as the editor breaks them itself, each of at most 160
 * characters; and there is documentation. So a type reads as `Effect<ChatResponse, ChatError, CohereClient>`, and not
 * as the forty lines which that stands for.
 */
import * as path from "node:path"
import ts from "typescript"
import { describe, expect, it } from "vitest"
import { compilerOptions, directory } from "./compiler.ts"

const maxLines = 3
const maxColumns = 160

const fixture = path.join(directory, "hovers.fixture.ts")

/** A file in the editor that nobody has saved. */
const draft = path.join(directory, "draft.ts")
let draftText = ""
let draftVersion = 0

const draftImports = [
  `import * as Audio from "@effect-cohere/core/Audio"`,
  `import * as Batches from "@effect-cohere/core/Batches"`,
  `import * as Connectors from "@effect-cohere/core/Connectors"`,
  `import * as Datasets from "@effect-cohere/core/Datasets"`,
  `import * as EmbedJobs from "@effect-cohere/core/EmbedJobs"`,
  `import * as Embeddings from "@effect-cohere/core/Embeddings"`,
  `import * as Finetuning from "@effect-cohere/core/Finetuning"`,
  `import * as Models from "@effect-cohere/core/Models"`,
  `import * as Tokens from "@effect-cohere/core/Tokens"`,
  `import * as V1 from "@effect-cohere/core/V1"`,
  `import * as CohereTest from "@effect-cohere/core/testing/CohereTest"`,
  `import * as V2 from "@effect-cohere/core/V2"`,
  `import * as Effect from "effect/Effect"`,
  ""
].join("\n")

const edit = (code: string): void => {
  draftText = draftImports + code
  draftVersion++
}

const options = compilerOptions()
const service = ts.createLanguageService({
  getCompilationSettings: () => options,
  getScriptFileNames: () => [fixture, draft],
  getScriptVersion: (name) => path.normalize(name) === draft ? String(draftVersion) : "0",
  getScriptSnapshot: (name) => {
    const text = path.normalize(name) === draft ? draftText : ts.sys.readFile(name)
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
  },
  getCurrentDirectory: () => directory,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (name) => path.normalize(name) === draft || ts.sys.fileExists(name),
  readFile: (name) => path.normalize(name) === draft ? draftText : ts.sys.readFile(name)
})

const source = (): ts.SourceFile => {
  const file = service.getProgram()?.getSourceFile(fixture)
  if (file === undefined) throw new Error("the fixture is not in the program")
  return file
}

interface Hover {
  readonly signature: string
  readonly documentation: string
}

const hoverAt = (file: string, position: number): Hover => {
  const info = service.getQuickInfoAtPosition(file, position)
  return {
    signature: ts.displayPartsToString(info?.displayParts),
    documentation: ts.displayPartsToString(info?.documentation)
  }
}

/** The first use of each `Module.name` outside of imports. */
const uses = (): ReadonlyMap<string, number> => {
  const found = new Map<string, number>()
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
      const name = `${node.expression.text}.${node.name.text}`
      if (!found.has(name)) found.set(name, node.name.getStart())
    }
    ts.forEachChild(node, visit)
  }
  visit(source())
  return found
}

/** What a module of this library exports to be called, run or provided: no schemas, no classes, no types. */
const exported = (): ReadonlyArray<string> => {
  const checker = service.getProgram()?.getTypeChecker()
  return source().statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || checker === undefined) return []
    const specifier = statement.moduleSpecifier
    const name = statement.importClause?.namedBindings
    if (!ts.isStringLiteral(specifier) || !specifier.text.startsWith("@effect-cohere/")) return []
    const module = checker.getSymbolAtLocation(specifier)
    if (module === undefined || name === undefined || !ts.isNamespaceImport(name)) return []
    return checker.getExportsOfModule(module).flatMap((symbol) => {
      const origin = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      if ((origin.flags & ts.SymbolFlags.Variable) === 0) return []
      const type = checker.getTypeOfSymbol(origin)
      const runs = type.getCallSignatures().length > 0 && type.getConstructSignatures().length === 0
      const isProvided = /^(Effect|Stream|Layer)\b/.test(checker.typeToString(type))
      return runs || isProvided ? [`${name.name.text}.${symbol.name}`] : []
    })
  })
}

/** Functions whose signature repeats that of another function, or all the types of what they are given. */
const asLongAsTheirArgument = ["CohereClient.bind", "Embeddings.all", "Embeddings.batches", "Embeddings.stream"]

/** Names of the API's own, of a service that is retired: to shorten them would help nobody. */
const longNames = /\bFinetuning\.(\w*FinetunedModel|ListTrainingStepMetrics|TrainingStepMetrics)\w*/g

const tooLong = (signature: string): boolean => {
  const lines = signature.replace(longNames, "Finetuning.Name").split("\n")
  return signature === "" || lines.length > maxLines || lines.some((line) => line.length > maxColumns)
}

/** How long a signature is, and the signature. */
const measured = (name: string, signature: string): string => {
  const lines = signature.split("\n")
  return `${name} shows ${lines.length} lines, the longest of ${
    Math.max(...lines.map((line) => line.length))
  }:\n${signature}`
}

const modules = [
  "ApiKey",
  "Audio",
  "Batches",
  "Chat",
  "ChatStream",
  "ChatStreamV1",
  "CohereBrowser",
  "CohereClient",
  "CohereNode",
  "Connectors",
  "Credentials",
  "Datasets",
  "Deployment",
  "EmbedJobs",
  "Embeddings",
  "Finetuning",
  "GenerateStream",
  "Models",
  "RateLimits",
  "RequestOptions",
  "RetryPolicy",
  "Telemetry",
  "Timeouts",
  "Timestamp",
  "Tokens",
  "Upload",
  "UploadNode",
  "V1",
  "V2"
]

/** The fields of a type of the library, and what is said about each. */
const fieldsOf = (qualified: string): ReadonlyArray<readonly [field: string, documentation: string]> => {
  edit(`declare const value: ${qualified}\nvalue`)
  const program = service.getProgram()
  const checker = program?.getTypeChecker()
  const last = program?.getSourceFile(draft)?.statements.at(-1)
  if (checker === undefined || last === undefined || !ts.isExpressionStatement(last)) return []
  return checker.getTypeAtLocation(last.expression).getProperties().map((property) =>
    [property.name, ts.displayPartsToString(property.getDocumentationComment(checker))] as const
  )
}

/** What is offered at the `|` of a piece of code. */
const complete = (code: string): ReadonlyArray<string> => {
  const at = draftImports.length + code.indexOf("|")
  edit(code.replace("|", ""))
  return service.getCompletionsAtPosition(draft, at, {})?.entries.map((entry) => entry.name) ?? []
}

describe("hovering over a function", () => {
  it("is tried on every function that the modules export", { timeout: 60_000 }, () => {
    const used = uses()
    expect(exported().length).toBeGreaterThan(90)
    expect(exported().filter((name) => !used.has(name))).toEqual([])
    expect([...new Set(exported().map((name) => name.split(".")[0]))].sort()).toEqual(modules)
  })

  for (const module of modules) {
    it(`of ${module} shows a signature of at most 3 lines of 160 characters`, { timeout: 60_000 }, () => {
      const long = exported().filter((name) => name.startsWith(`${module}.`) && !asLongAsTheirArgument.includes(name))
        .map((name) => ({ name, ...hoverAt(fixture, uses().get(name) ?? 0) }))
        .filter(({ signature }) => tooLong(signature))
      expect(long.map(({ name, signature }) => measured(name, signature))).toEqual([])
    })

    it(`of ${module} shows what it does`, { timeout: 60_000 }, () => {
      const silent = exported().filter((name) =>
        name.startsWith(`${module}.`) && hoverAt(fixture, uses().get(name) ?? 0).documentation === ""
      )
      expect(silent).toEqual([])
    })
  }
})

describe("hovering over a generic function that is called", () => {
  for (const name of ["collect", "text", "thinking", "toolCalls", "citations"]) {
    it(`names what ChatStream.${name} got, instead of the contents of that`, { timeout: 60_000 }, () => {
      const text = source().text
      const at = text.indexOf(`ChatStream.${name}(events)`) + "ChatStream.".length
      expect(hoverAt(fixture, at).signature).toContain(
        "(self: Stream.Stream<V2.ChatStreamEvent, V2.ChatStreamError, CohereClient.CohereClient>)"
      )
    })
  }
})

/** The names of the fixture's own values, and where they are. */
const values = (): ReadonlyArray<readonly [name: string, position: number]> => {
  const found: Array<readonly [string, number]> = []
  const visit = (path: string) => (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) {
      found.push([`${path}.${node.name.getText()}`, node.name.getStart()])
    }
  }
  for (const statement of source().statements) {
    if (!ts.isVariableStatement(statement)) continue
    for (const { initializer, name } of statement.declarationList.declarations) {
      if (name.getText().startsWith("request") || initializer === undefined) continue
      if (ts.isObjectLiteralExpression(initializer)) ts.forEachChild(initializer, visit(name.getText()))
      else found.push([name.getText(), name.getStart()])
    }
  }
  return found
}

describe("hovering over what a function gave", () => {
  it("shows a type of at most 3 lines of 160 characters", { timeout: 60_000 }, () => {
    expect(values().length).toBeGreaterThan(80)
    const long = values().filter(([name]) => name !== "bound")
      .map(([name, position]) => ({ name, ...hoverAt(fixture, position) }))
      .filter(({ signature }) => tooLong(signature))
    expect(long.map(({ name, signature }) => measured(name, signature))).toEqual([])
  })

  it("names the types of this library instead of their contents", { timeout: 60_000 }, () => {
    const shown = new Map(values().map(([name, position]) => [name, hoverAt(fixture, position).signature]))
    expect(shown.get("answer")).toBe(
      "const answer: Effect.Effect<V2.ChatResponse, V2.ChatError, CohereClient.CohereClient>"
    )
    expect(shown.get("events")).toBe(
      "const events: Stream.Stream<V2.ChatStreamEvent, V2.ChatStreamError, CohereClient.CohereClient>"
    )
    expect(shown.get("answerV1")).toBe(
      "const answerV1: Effect.Effect<V1.ChatResponse, V1.ChatError, CohereClient.CohereClient>"
    )
    expect(shown.get("pieces")).toBe(
      "const pieces: Stream.Stream<V1.GenerateStreamEvent, V1.GenerateStreamError, CohereClient.CohereClient>"
    )
    expect(shown.get("rest.newDataset")).toContain(
      "Effect.Effect<Datasets.CreateDatasetResponse, Datasets.CreateDatasetError, "
    )
    expect(shown.get("rest.cancelledJob")).toContain("Effect.Effect<void, ")
    expect(shown.get("work.models")).toContain("Stream.Stream<Models.Model, ")
    expect(shown.get("many.embedded")).toContain(
      "Stream.Stream<Embeddings.Embedded<\"a river\", \"float\">, V2.EmbedError, CohereClient.CohereClient>"
    )
    expect(shown.get("many.batches")).toContain(
      "Stream.Stream<Embeddings.Batch<\"a river\", \"int8\">, V2.EmbedError, "
    )
    expect(shown.get("settings")).toContain("V2.ChatResponse")
  })
})

describe("the fields of a request", () => {
  for (
    const name of [
      "V2.ChatRequest",
      "V2.EmbedRequest",
      "Embeddings.Request<string, \"float\", never, never>",
      "V2.RerankRequest",
      "V2.ParseRequest",
      "V1.ChatRequest",
      "V1.GenerateRequest",
      "V1.EmbedRequest",
      "V1.RerankRequest",
      "V1.ClassifyRequest",
      "V1.SummarizeRequest",
      "Tokens.TokenizeRequest",
      "Tokens.DetokenizeRequest",
      "Models.ListModelsRequest",
      "Models.GetModelRequest",
      "Audio.CreateTranscriptionRequest",
      "Datasets.ListDatasetsRequest",
      "Datasets.CreateDatasetRequest",
      "Datasets.DatasetRequest",
      "EmbedJobs.CreateEmbedJobRequest",
      "EmbedJobs.EmbedJobRequest",
      "Batches.ListBatchesRequest",
      "Batches.CreateBatchRequest",
      "Batches.BatchRequest",
      "Connectors.ListConnectorsRequest",
      "Connectors.CreateConnectorRequest",
      "Connectors.UpdateConnectorRequest",
      "Connectors.ConnectorRequest",
      "Connectors.OAuthAuthorizeRequest",
      "Finetuning.ListFinetunedModelsRequest",
      "Finetuning.FinetunedModelRequest",
      "Finetuning.ListEventsRequest",
      "Finetuning.ListTrainingStepMetricsRequest"
    ]
  ) {
    it(`${name} are explained`, { timeout: 60_000 }, () => {
      const fields = fieldsOf(name)
      expect(fields.length).toBeGreaterThan(0)
      expect(fields.filter(([, documentation]) => documentation === "").map(([field]) => field)).toEqual([])
    })
  }

  it("are explained where they are written", { timeout: 60_000 }, () => {
    const text = source().text
    const at = (field: string) => hoverAt(fixture, text.indexOf(`${field}:`, text.indexOf("const request")))
    expect(at("max_tokens").documentation).toContain("How many tokens the answer may have")
    expect(at("temperature").documentation).toContain("0 to 1")
    expect(at("mode").documentation).toContain("FAST")
  })
})

describe("completion", () => {
  const cases: ReadonlyArray<readonly [what: string, code: string, offered: ReadonlyArray<string>]> = [
    [
      "finish reasons, of which there may be new ones",
      `declare const response: V2.ChatResponse\nresponse.finish_reason === "|"`,
      ["COMPLETE", "STOP_SEQUENCE", "MAX_TOKENS", "TOOL_CALL", "ERROR", "TIMEOUT"]
    ],
    [
      "citation modes, of which there may be new ones",
      `V2.chat({ model: "m", messages: [], citation_options: { mode: "|" } })`,
      ["FAST", "ACCURATE", "OFF"]
    ],
    [
      "what a model can be used for",
      `Models.list({ endpoint: "|" })`,
      ["chat", "embed", "rerank"]
    ],
    [
      "safety modes",
      `V2.chat({ model: "m", messages: [], safety_mode: "|" })`,
      ["CONTEXTUAL", "STRICT", "OFF"]
    ],
    [
      "roles",
      `V2.chat({ model: "m", messages: [{ role: "|" }] })`,
      ["user", "assistant", "system", "tool"]
    ],
    [
      "types of events",
      `declare const event: V2.ChatStreamEvent\nif (event.type === "|") {}`,
      ["message-start", "content-delta", "message-end"]
    ],
    [
      "types of events of v1",
      `declare const event: V1.ChatStreamEvent\nif (event.event_type === "|") {}`,
      ["stream-start", "text-generation", "tool-calls-generation", "stream-end"]
    ],
    [
      "finish reasons of v1, of which there may be new ones",
      `declare const response: V1.ChatResponse\nresponse.finish_reason === "|"`,
      ["COMPLETE", "MAX_TOKENS", "ERROR_TOXIC", "USER_CANCEL"]
    ],
    [
      "roles of v1",
      `V1.chat({ message: "m", chat_history: [{ role: "|" }] })`,
      ["USER", "CHATBOT", "SYSTEM", "TOOL"]
    ],
    [
      "types of datasets",
      `declare const data: File\nDatasets.create({ name: "n", data, type: "|" })`,
      ["embed-input", "batch-chat-v2-input"]
    ],
    [
      "the status of a job, of which there may be new ones",
      `declare const job: EmbedJobs.EmbedJob\njob.status === "|"`,
      ["processing", "complete", "failed"]
    ],
    [
      "tags of errors of an upload",
      `Audio.createTranscription({ model: "m", language: "en", file: new File([], "a.wav") }).pipe(Effect.catchTag("|", () => Effect.void))`,
      ["UploadFailed", "RateLimited"]
    ],
    [
      "tags of errors",
      `V2.chat({ model: "m", messages: [] }).pipe(Effect.catchTag("|", () => Effect.void))`,
      ["TooManyTokens", "RateLimited", "Unauthorized"]
    ],
    [
      "operations of the fake client",
      `CohereTest.layer({ "|": () => null })`,
      ["v2.chat", "v2.chatStream", "v1.generateStream", "models.list", "datasets.create", "embedJobs.cancel"]
    ]
  ]
  for (const [what, code, offered] of cases) {
    it(`offers ${what}`, { timeout: 60_000 }, () => {
      expect(complete(code)).toEqual(expect.arrayContaining([...offered]))
    })
  }

  it("offers the fields of a request", { timeout: 60_000 }, () => {
    expect(complete(`V2.chat({ model: "m", | })`)).toEqual(expect.arrayContaining(["messages", "max_tokens", "tools"]))
  })
})
