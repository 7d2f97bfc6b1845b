/** Turns an answer into a web `Response`, at the pace of a model. */
import * as Either from "effect/Either"
import { property } from "../../internal/json.ts"
import { uuid } from "./hash.ts"
import type { Rejection } from "./rejection.ts"
import type { Answer, Routed } from "./router.ts"

/** Waits in milliseconds. */
export interface Pace {
  readonly firstByte: number
  readonly betweenEvents: number
}

/** Waits, unless the signal fires: then it fails with the signal's reason. */
const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop)
      resolve()
    }, ms)
    signal.addEventListener("abort", stop, { once: true })
  })

type Events = Extract<Answer, { readonly kind: "events" }>

const contentTypes = { sse: "text/event-stream", ndjson: "application/stream+json" }

function* lines({ events, framing, tag }: Events): Iterable<string> {
  for (const event of events) {
    const json = JSON.stringify(event)
    yield framing === "ndjson" ? `${json}\n` : `event: ${String(property(event, tag))}\ndata: ${json}\n\n`
  }
  // Streams of v2 end so; those of v1 end with their last event.
  if (tag === "type") yield "data: [DONE]\n\n"
}

/** A body that makes its next piece when somebody reads, and stops when nobody will. */
const streamed = (pieces: Iterable<string>, gap: number, signal: AbortSignal): ReadableStream<Uint8Array> => {
  const iterator = pieces[Symbol.iterator]()
  const encoder = new TextEncoder()
  const stopped = new AbortController()
  let isFirst = true
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const abort = () => {
        if (stopped.signal.aborted) return
        controller.error(signal.reason)
        stopped.abort(signal.reason)
      }
      signal.addEventListener("abort", abort, { once: true, signal: stopped.signal })
    },
    async pull(controller) {
      if (!isFirst && gap > 0) await sleep(gap, stopped.signal)
      isFirst = false
      const next = iterator.next()
      if (next.done !== true) return controller.enqueue(encoder.encode(next.value))
      controller.close()
      stopped.abort()
    },
    cancel(reason) {
      stopped.abort(reason)
    }
  }, { highWaterMark: 0 })
}

const refuse = (rejection: Rejection, { isPlain, traceId }: Routed): Response =>
  rejection.plain === true
    ? new Response(rejection.message, { status: rejection.status, headers: { "content-type": "text/plain" } })
    : json(rejection.status, { "x-debug-trace-id": traceId }, {
      ...(isPlain === true ? {} : { id: uuid(traceId) }),
      message: rejection.message,
      ...(rejection.errorType === undefined ? {} : { error_type: rejection.errorType })
    })

const json = (status: number, headers: Readonly<Record<string, string>>, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } })

const accept = (answer: Answer, { traceId, warnings = [] }: Routed, pace: Pace, signal: AbortSignal): Response => {
  const headers = {
    "x-debug-trace-id": traceId,
    ...(warnings.length === 0 ? {} : { "x-api-warning": headerText(warnings.join(", ")) })
  }
  switch (answer.kind) {
    case "json":
      return json(200, headers, answer.body)
    case "nothing":
      return new Response(null, { headers })
    case "events":
      return new Response(streamed(lines(answer), pace.betweenEvents, signal), {
        headers: { "content-type": contentTypes[answer.framing], ...headers }
      })
  }
}

/** What a header can hold of a text: clients take no more than some kilobytes of headers. */
const headerText = (text: string): string => text.slice(0, 4_096).replace(/[^\x20-\x7e]/g, "?")

/** Sends the answer. */
export const respond = async (routed: Routed, pace: Pace, signal: AbortSignal): Promise<Response> => {
  if (pace.firstByte > 0) await sleep(pace.firstByte, signal)
  return Either.match(routed.result, {
    onLeft: (rejection) => refuse(rejection, routed),
    onRight: (answer) => accept(answer, routed, pace, signal)
  })
}
