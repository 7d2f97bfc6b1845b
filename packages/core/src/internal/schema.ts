/** Checks values against schemas of wire data, whose decoded and encoded sides are one. */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type { Issue } from "../CohereError.ts"
import * as Fits from "./fits.ts"
import { codeOrMessage } from "./reason.ts"

/** What does not fit of a value; `undefined` if all of it does. */
type Check = (u: unknown) => ReadonlyArray<Issue> | undefined

// Compiling a schema costs more than a call: once each, when it is first used.
const checks = new WeakMap<object, Check>()

const checkOf = (schema: Schema.Schema<unknown>): Check => {
  const known = checks.get(schema)
  if (known !== undefined) return known
  const made = compile(schema)
  checks.set(schema, made)
  return made
}

const compile = (schema: Schema.Schema<unknown>): Check => {
  const fits = Fits.compile(SchemaAST.typeAST(schema.ast))
  let validate: ((u: unknown) => Either.Either<unknown, ParseResult.ParseIssue>) | undefined
  return (u) => {
    try {
      if (fits(u)) return undefined
    } catch {
      // A getter has thrown, or the value is deeper than the stack: that is for ParseResult to say.
    }
    try {
      validate ??= ParseResult.validateEither(schema, Fits.options)
      const result = validate(u)
      return Either.isRight(result) ? undefined : safeIssuesOf(result.left)
    } catch (error) {
      // ParseResult makes a text of a variant's tag, and not everything lets it: not even `{"type":{"toString":1}}`.
      return [{ path: "", message: `cannot be checked: ${codeOrMessage(error)}` }]
    }
  }
}

const maxIssues = 8
const maxMessage = 160

const pathOf = (path: ReadonlyArray<PropertyKey>): string =>
  path.reduce<string>(
    (out, key) => typeof key === "number" ? `${out}[${key}]` : out === "" ? String(key) : `${out}.${String(key)}`,
    ""
  )

const alternative = /^Expected (.+?), actual (.+)$/s

/** One message for one place. A union reports each of its members; an optional field is one with undefined or null. */
const merge = (messages: ReadonlyArray<string>): string => {
  const parts = messages.map((message) => alternative.exec(message))
  const expected = [...new Set(parts.map((part) => part?.[1] ?? ""))].filter((one) =>
    !/^(undefined|null|Other|)$/.test(one)
  )
  const other = messages.find((_, i) => parts[i] === null)
  return other ??
    (expected.length === 0 ? messages[0] ?? "" : `Expected ${expected.join(" or ")}, actual ${parts[0]?.[2]}`)
}

const issuesOf = (issue: ParseResult.ParseIssue): ReadonlyArray<Issue> => {
  const places = new Map<string, Array<string>>()
  for (const { message, path } of ParseResult.ArrayFormatter.formatIssueSync(issue)) {
    const place = pathOf(path)
    const messages = places.get(place)
    if (messages === undefined) places.set(place, [message])
    else messages.push(message)
  }
  // An optional field that is wrong inside is reported as not being null, too.
  const isMere = (messages: ReadonlyArray<string>) =>
    messages.every((message) => /^Expected (null|undefined), /.test(message))
  const isDeeper = (path: string) => (other: string) => other.startsWith(path) && /^[.[]/.test(other.slice(path.length))
  return [...places]
    // However many there are: each is compared with each below.
    .slice(0, 8 * maxIssues)
    .filter(([path, messages], _, all) => !isMere(messages) || !all.some(([other]) => isDeeper(path)(other)))
    .slice(0, maxIssues)
    .map(([path, messages]) => ({ path, message: merge(messages) }))
}

const safeIssuesOf = (issue: ParseResult.ParseIssue): ReadonlyArray<Issue> => {
  try {
    return issuesOf(issue)
  } catch {
    // The formatter shows values by recursion, which ends where the stack does.
    return [{ path: "", message: "does not fit, and is nested too deeply to say where" }]
  }
}

const shorten = (text: string): string => text.length > maxMessage ? text.slice(0, maxMessage) + "…" : text

/** Places whose values must not be seen. */
const secretPlace = /(^|\.)(token|api_key|client_secret|user_access_token|service_auth|oauth|wandb)($|[.[])/

const discreet = ({ message, path }: Issue): Issue =>
  secretPlace.test(path) ? { path, message: message.replace(/, actual .*$/s, "") } : { path, message }

/**
 * Makes the check of a schema: it gives the value itself if it fits, so that nothing of it is copied, reordered or lost;
 * else what does not fit, and where. `excerpt` shortens the messages, which repeat parts of the value.
 */
export const checker = <A>(
  schema: Schema.Schema<A>,
  excerpt: (text: string) => string = shorten
): (u: unknown) => Either.Either<A, ReadonlyArray<Issue>> => {
  const check = checkOf(schema as Schema.Schema<unknown>)
  return (u) => {
    const problems = check(u)
    return problems === undefined
      // The check has just shown it: wire schemas transform nothing.
      ? Either.right(u as A)
      : Either.left(
        problems.map(discreet).map(({ message, path }) => ({ path: excerpt(path), message: excerpt(message) }))
      )
  }
}

/** Checks one value: see {@link checker}. */
export const check = <A>(
  schema: Schema.Schema<A>,
  u: unknown,
  excerpt?: (text: string) => string
): Either.Either<A, ReadonlyArray<Issue>> => checker(schema, excerpt)(u)
