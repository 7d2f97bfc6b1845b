/** Turns an answer into a web `Response`, at the pace of a model. */
import * as Either from "effect/Either"
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

function* lines(events: Iterable<{ readonly type: unknown }>): Iterable<string> {
  for (const event of events) yield `event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`
  yield "data: [DONE]\n\n"
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

const refuse = (rejection: Rejection, traceId: string): Response =>
  rejection.plain === true
    ? new Response(rejection.message, { status: rejection.status, headers: { "content-type": "text/plain" } })
    : json(rejection.status, traceId, {
      id: uuid(traceId),
      message: rejection.message,
      ...(rejection.errorType === undefined ? {} : { error_type: rejection.errorType })
    })

const json = (status: number, traceId: string, body: unknown): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", "x-debug-trace-id": traceId }
  })

const accept = (answer: Answer, traceId: string, pace: Pace, signal: AbortSignal): Response =>
  answer.kind === "json"
    ? json(200, traceId, answer.body)
    : new Response(streamed(lines(answer.events), pace.betweenEvents, signal), {
      headers: { "content-type": "text/event-stream", "x-debug-trace-id": traceId }
    })

/** Sends the answer. */
export const respond = async ({ result, traceId }: Routed, pace: Pace, signal: AbortSignal): Promise<Response> => {
  if (pace.firstByte > 0) await sleep(pace.firstByte, signal)
  return Either.match(result, {
    onLeft: (rejection) => refuse(rejection, traceId),
    onRight: (answer) => accept(answer, traceId, pace, signal)
  })
}
