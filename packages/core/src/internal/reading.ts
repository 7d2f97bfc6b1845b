/** What reads streams of events: reached through the descriptors of streams, so that nobody else has to carry it. */
import { open } from "./events.ts"
import { byContentType } from "./framing.ts"

export const reading = { byContentType, open }
