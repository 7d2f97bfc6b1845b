/** Servers of lists whose pages follow one another. */
import * as Transport from "../../support/transport.ts"

/** Who asks more often goes round in a circle. */
const patience = 20

/** A page: its items by name, and the token of the next page. */
export interface Page {
  readonly items: ReadonlyArray<string>
  readonly next?: string | null
}

/** An answer with a page, whose items stand in a field of this name. */
export const reply = (field: string, itemOf: (name: string) => unknown, page: Page): Transport.Reply =>
  Transport.json({
    [field]: page.items.map(itemOf),
    ...page.next === undefined ? {} : { next_page_token: page.next }
  })

/** A server whose pages are found by their token; the first by none. */
export const byToken = (
  field: string,
  itemOf: (name: string) => unknown,
  pages: Readonly<Record<string, Page>>
): Transport.Transport =>
  Transport.make(({ url }, attempt) => {
    const page = pages[new URL(url).searchParams.get("page_token") ?? ""]
    return page === undefined || attempt > patience ? { status: 404 } : reply(field, itemOf, page)
  })

/** A server of one list, which gives `limit` items from `offset` on; if no limit is asked for, `usual` ones. */
export const byOffset = (
  field: string,
  itemOf: (name: string) => unknown,
  names: ReadonlyArray<string>,
  options: {
    readonly usual: number
    readonly total?: boolean | number
    readonly ignoresOffset?: boolean
    /** The server gives no more at a time, whatever is asked for. */
    readonly most?: number
  }
): Transport.Transport =>
  Transport.make(({ url }, attempt) => {
    if (attempt > patience) return { status: 404 }
    const asked = new URL(url).searchParams
    const offset = options.ignoresOffset === true ? 0 : Number(asked.get("offset") ?? 0)
    const limit = Math.min(Number(asked.get("limit") ?? options.usual), options.most ?? Infinity)
    return Transport.json({
      [field]: names.slice(offset, offset + limit).map(itemOf),
      ...options.total === undefined ? {} : { total_count: options.total === true ? names.length : options.total }
    })
  })

/** What was asked for: path and query. */
export const asked = (transport: Transport.Transport): ReadonlyArray<string> =>
  transport.requests.map(({ url }) => url.replace("https://api.cohere.com", ""))
