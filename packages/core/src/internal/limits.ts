/** Limits that the server enforces for certain: what is above them is refused before it is sent. */
import * as Schema from "effect/Schema"
import { OfLengthAnnotationId } from "./fits.ts"

/** A list of `min` to `max`. */
export const listOf = <A>(
  item: Schema.Schema<A>,
  { max, min = 0, remedy }: { readonly min?: number; readonly max: number; readonly remedy: string }
): Schema.Schema<ReadonlyArray<A>> =>
  Schema.Array(item).pipe(
    Schema.filter((items) =>
      items.length >= min && items.length <= max
        ? undefined
        : `${min > 0 ? `${min} to` : "at most"} ${max} in one call, got ${items.length}: ${remedy}`, {
      [OfLengthAnnotationId]: true
    })
  )

/** How many inputs one call embeds or classifies. */
export const maxInputs = 96

/** A list of so many inputs. */
export const upTo96 = <A>(item: Schema.Schema<A>): Schema.Schema<ReadonlyArray<A>> =>
  listOf(item, { max: maxInputs, remedy: "make several calls" })

/** A text of `min` to `max` characters. Counts code points, of which a text never has more than of anything else. */
export const textOf = (
  { max = Infinity, min = 0, remedy }: { readonly min?: number; readonly max?: number; readonly remedy: string }
): Schema.Schema<string> =>
  Schema.String.pipe(
    Schema.filter((text) => {
      // Only a text near a limit has to be counted.
      if (text.length >= 2 * min && text.length <= max) return undefined
      const length = [...text].length
      return length >= min && length <= max
        ? undefined
        : `${max === Infinity ? `at least ${min}` : `${min} to ${max}`} characters, got ${length}: ${remedy}`
    })
  )
