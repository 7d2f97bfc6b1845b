/** What an editor shows of every operation: documentation, an example, and what is deprecated. */
import * as path from "node:path"
import ts from "typescript"
import { assert, describe, it } from "vitest"
import { compilerOptions } from "../types/compiler.ts"
import * as Seed from "./seed.ts"

const source = path.join(import.meta.dirname, "../../packages/core/src")

const moduleOf = (id: string): string => {
  const resource = id.split(".")[0] ?? ""
  return resource.charAt(0).toUpperCase() + resource.slice(1)
}

const modules = [...new Set(Seed.all.map(({ id }) => moduleOf(id)))]
const fileOf = (module: string) => path.join(source, `${module}.ts`)

const program = ts.createProgram(modules.map(fileOf), compilerOptions())
const checker = program.getTypeChecker()

/** What a module exports under a name. */
const exported = (module: string, name: string): ts.Symbol => {
  const file = program.getSourceFile(fileOf(module))
  const symbol = file === undefined ? undefined : checker.getSymbolAtLocation(file)
  const found = symbol === undefined
    ? undefined
    : checker.getExportsOfModule(symbol).find((one) => String(one.escapedName) === name)
  if (found === undefined) throw new Error(`${module} does not export ${name}`)
  return found
}

/** The doc comment directly before a declaration. */
const docOf = (symbol: ts.Symbol): string => {
  let node: ts.Node | undefined = symbol.declarations?.[0]
  if (node === undefined) return ""
  while (ts.isVariableDeclaration(node) || ts.isVariableDeclarationList(node)) node = node.parent
  const text = node.getSourceFile().text
  const comments = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []
  const last = comments.map(({ end, pos }) => text.slice(pos, end)).at(-1) ?? ""
  return last.startsWith("/**") ? last : ""
}

const isDeprecated = (symbol: ts.Symbol): boolean => docOf(symbol).includes("* @deprecated ")

/** What an operation takes: the type of its function's argument; none if it takes nothing. */
const requestOf = ({ id }: Seed.Operation): ts.Type | undefined => {
  const symbol = exported(moduleOf(id), id.split(".")[1] ?? "")
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const parameter = checker.getTypeOfSymbol(target).getCallSignatures()[0]?.parameters[0]
  return parameter === undefined ? undefined : checker.getTypeOfSymbol(parameter)
}

/** The operations and, of a list that goes on, the function for all its pages. */
const functions = Seed.all.flatMap((operation) => {
  const module = moduleOf(operation.id)
  const name = operation.id.split(".")[1] ?? ""
  const all = /^list/.test(name) ? [[module, name.replace(/^list/, "listAll"), operation] as const] : []
  return [[module, name, operation] as const, ...all]
})

describe.each(functions)("%s.%s", (module, name, operation) => {
  const doc = docOf(exported(module, name))

  it("says what it does, and where the reference is", () => {
    assert.match(doc, /^\/\*\*\n \*? *\* ?[A-Z]/m)
    assert.match(doc, /@see https:\/\/docs\.cohere\.com\//)
  })

  it(operation.deprecated ? "says that it is deprecated, and what to use" : "has an example that calls it", () => {
    assert.strictEqual(/@deprecated \S/.test(doc), operation.deprecated)
    if (!operation.deprecated) {
      assert.include(doc, "@example")
      assert.include(doc, `${module}.${name}`)
    }
  })
})

describe("of a request, what is deprecated", () => {
  it.each(Seed.all.map((operation) => [operation.id, operation] as const))("says so in %s", (id, operation) => {
    const marked = requestOf(operation)?.getProperties().filter(isDeprecated).map((symbol) => symbol.name) ?? []
    const expected = Seed.deprecatedFields.filter(([one]) => one === id).map(([, field]) => field)
    assert.deepStrictEqual(marked.sort(), [...expected].sort())
  })

  it("is seen where an operation takes something", () => {
    const taking = Seed.all.filter((operation) => requestOf(operation) !== undefined).map(({ id }) => id)
    const without = Seed.all.filter(({ parameters }) => parameters.length === 0).map(({ id }) => id)
    assert.deepStrictEqual(taking.sort(), Seed.all.map(({ id }) => id).filter((id) => !without.includes(id)).sort())
  })
})

describe("of an answer, what is deprecated", () => {
  it.each(Seed.deprecatedAnswers)("says so: %s.%s.%s", (module, type, field) => {
    const property = checker.getDeclaredTypeOfSymbol(exported(module, type)).getProperty(field)
    if (property === undefined) return assert.fail("there is no such field")
    assert.isTrue(isDeprecated(property))
  })
})
