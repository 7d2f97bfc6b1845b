/** Reading JSON that may be none. */
import * as Option from "effect/Option"

/** The value of a JSON text, if it is one. */
export const parse = (text: string): Option.Option<unknown> => {
  try {
    return Option.some(JSON.parse(text))
  } catch {
    return Option.none()
  }
}

/** Whether something is an object of JSON: neither null nor a list. */
export const isObject = (u: unknown): u is { readonly [key: string]: unknown } =>
  typeof u === "object" && u !== null && !Array.isArray(u)

/** A property of something, if it has it. */
export const property = (u: unknown, key: string): unknown =>
  typeof u === "object" && u !== null && key in u ? (u as Record<string, unknown>)[key] : undefined

/** The text of a JSON value; of one that is nested too deeply for that, a remark. */
export const show = (json: unknown): string => {
  try {
    return JSON.stringify(json)
  } catch {
    return "(nested too deeply to show)"
  }
}
