/** Lists in pages. */
import * as Either from "effect/Either"
import { invalid, type Rejection, unless } from "./rejection.ts"

/** A part of a list, and the token of the next one. */
export interface Page<A> {
  readonly items: ReadonlyArray<A>
  readonly next: { readonly next_page_token?: string }
}

/** A page of a list. The token of a page is the position of its first item. */
export const byToken = <A>(
  all: ReadonlyArray<A>,
  token: string | undefined,
  size: number
): Either.Either<Page<A>, Rejection> => {
  if (token !== undefined && !/^\d*$/.test(token)) return Either.left(invalid("page_token is not valid"))
  const start = Number(token ?? 0)
  const end = start + size
  return Either.right({
    items: all.slice(start, end),
    next: end < all.length ? { next_page_token: String(end) } : {}
  })
}

/** Part of a list by position. */
export const byOffset = <A>(
  all: ReadonlyArray<A>,
  request: { readonly limit?: number | undefined; readonly offset?: number | undefined },
  { maxLimit = Infinity, usual = Infinity }: { readonly usual?: number; readonly maxLimit?: number } = {}
): Either.Either<ReadonlyArray<A>, Rejection> => {
  const { limit = usual, offset = 0 } = request
  function* problems(): Iterable<Rejection> {
    if (limit < 0 || limit > maxLimit) {
      yield invalid(
        `limit must be ${maxLimit === Infinity ? "at least 0" : `between 0 and ${maxLimit}`} - received ${limit}`
      )
    }
    if (offset < 0) yield invalid(`offset must be at least 0 - received ${offset}`)
  }
  return unless(problems(), () => all.slice(offset, offset + limit))
}

/** A list by some of its times: names of fields with commas between, each perhaps with ` desc` behind it. */
export const ordered = <A>(
  all: ReadonlyArray<A>,
  orderBy: string | undefined,
  fields: { readonly [name: string]: (a: A) => string }
): Either.Either<ReadonlyArray<A>, Rejection> => {
  const keys = (orderBy ?? "").split(",").map((part) => part.trim()).filter((part) => part !== "").map((part) => {
    const [name = "", direction = "asc", ...rest] = part.split(/\s+/)
    const sign = rest.length > 0 ? 0 : direction === "desc" ? -1 : direction === "asc" ? 1 : 0
    return { name, sign, read: Object.hasOwn(fields, name) ? fields[name] : undefined }
  })
  const wrong = keys.find(({ read, sign }) => sign === 0 || read === undefined)
  if (wrong !== undefined) {
    return Either.left(
      invalid(`order_by must name ${Object.keys(fields).join(" or ")}, perhaps with desc - received ${wrong.name}`)
    )
  }
  return Either.right([...all].sort((a, b) => {
    for (const { read, sign } of keys) {
      const [x, y] = [read?.(a) ?? "", read?.(b) ?? ""]
      if (x !== y) return x < y ? -sign : sign
    }
    return 0
  }))
}
