/** What reads streams of events: reached through the descriptors of streams, so that nobody else has to carry it. */
import { open } from "./events.ts"
import { byContentType } from "./framing.ts"
import { observeStream } from "./observe.ts"

export const reading = { observe: observeStream, byContentType, open }
