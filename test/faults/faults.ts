/**
 * What servers and networks do wrong, and what must come of it. Each fault is played on every attempt, under a policy of
 * two retries: three attempts are the most.
 */
import type { CohereError, RequestTimeout } from "@effect-cohere/core/CohereError"
import type * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import type * as Timeouts from "@effect-cohere/core/Timeouts"
import { brotliCompressSync, gzipSync } from "node:zlib"
import type { identities } from "./certificates.ts"
import type { Answer, Name } from "./families.ts"
import type { Script, Step } from "./server.ts"

/** What a call ends with. */
export interface Outcome {
  readonly outcome: "ok" | CohereError["_tag"]
  readonly isRetryable: boolean | undefined
  /** Of operations that are always repeated, and of those only that the server has refused. */
  readonly attempts: readonly [always: number, refused: number]
  readonly status: number | undefined
  readonly phase: RequestTimeout["phase"] | undefined
  /** Whether the server's name for the request is kept. */
  readonly requestId: boolean
  /** Milliseconds that the server asked to wait. */
  readonly retryAfter: number | undefined
  /** How many events of a stream came out before; `all` is what a sound answer has. */
  readonly delivered: number | "all"
}

/** That of each call; or those of calls in succession. */
export type Outcomes = Outcome | ReadonlyArray<Outcome>

export type Transport = "CohereNode" | "fetch"

/** An outcome that is another one in some cells of the table. */
export interface Exception {
  readonly transport?: Transport
  readonly families?: ReadonlyArray<Name | Answer["kind"]>
  readonly outcome: Outcomes
  /** How many requests reach the server in each attempt. Default: as without the exception. */
  readonly sent?: number
  readonly because: string
}

export interface Fault {
  readonly name: string
  /** What the server does, given what it should have answered; nothing where there is no server. */
  readonly script: ((answer: Answer) => Script) | "nobody listens" | "no such host"
  /** Default `http`. */
  readonly scheme?: "https"
  /** Who a server that speaks TLS is. Default: it does not speak it. */
  readonly identity?: keyof typeof identities
  /** How often the operation is called in succession, each time with the same outcome. Default 1. */
  readonly calls?: number
  /** Those that are not left out are long. */
  readonly deadlines?: Timeouts.Settings
  /** What the client has for retries. Default: enough. */
  readonly budget?: RetryPolicy.BudgetOptions
  /** Default: all. */
  readonly families?: ReadonlyArray<Name>
  /** How many requests reach the server in each attempt. Default 1. */
  readonly sent?: number
  /** How many requests in all come on connections that have brought one before. Default: that is no matter. */
  readonly kept?: number
  /** What the error's message holds. */
  readonly says?: string
  /** Why each attempt leaves its socket behind. Default: none does. */
  readonly lingers?: string
  /** What the values of a sound answer become. */
  readonly alters?: (body: string, answer: Answer) => string
  /** Nothing where the fault makes no sense. */
  readonly unary?: Outcomes
  readonly stream?: Outcomes
  readonly except?: ReadonlyArray<Exception>
}

// ---------------------------------------------------------------------------------------------------------------------
// Outcomes
// ---------------------------------------------------------------------------------------------------------------------

const ok: Outcome = {
  outcome: "ok",
  isRetryable: undefined,
  attempts: [1, 1],
  status: 200,
  phase: undefined,
  requestId: true,
  retryAfter: undefined,
  delivered: "all"
}

const failure = (
  outcome: CohereError["_tag"],
  isRetryable: boolean,
  attempts: Outcome["attempts"],
  more: Partial<Outcome> = {}
): Outcome => ({ ...ok, outcome, isRetryable, attempts, delivered: 0, ...more })

const noStatus = { status: undefined, requestId: false }

/** No response. */
const unreachable = failure("ConnectionFailed", true, [3, 1], noStatus)
/** Its body broke off. */
const broken = failure("ConnectionFailed", true, [3, 1])
const unusable = failure("UnexpectedResponse", false, [1, 1])
const late = failure("RequestTimeout", true, [3, 1], { ...noStatus, phase: "attempt" })
/** The same after the headers. */
const unfinished = failure("RequestTimeout", true, [3, 1], { phase: "attempt" })
const noEvent = failure("RequestTimeout", true, [3, 1], { phase: "firstEvent" })

const once = (delivered: number): Partial<Outcome> => ({ delivered })
const interrupted = (delivered: number) =>
  delivered === 0
    ? failure("StreamInterrupted", true, [3, 3])
    : failure("StreamInterrupted", false, [1, 1], once(delivered))
const truncated = (delivered: number) =>
  delivered === 0
    ? failure("StreamTruncated", true, [3, 3])
    : failure("StreamTruncated", false, [1, 1], once(delivered))
const malformed = (delivered: number) => failure("MalformedEvent", false, [1, 1], once(delivered))
const idle = (delivered: number) => failure("StreamIdle", false, [1, 1], once(delivered))

/** The same for every operation. */
const both = (outcome: Outcomes) => ({ unary: outcome, stream: outcome })

// ---------------------------------------------------------------------------------------------------------------------
// Scripts
// ---------------------------------------------------------------------------------------------------------------------

const traced = "x-debug-trace-id: trace-of-fault\r\n"

const head = (status: number | string, headers: Readonly<Record<string, string | number>> = {}) =>
  `HTTP/1.1 ${status} Some Reason\r\n${traced}${
    Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("")
  }\r\n`

const bytes = (...parts: ReadonlyArray<string | Uint8Array>) =>
  Buffer.concat(parts.map((part) => typeof part === "string" ? Buffer.from(part) : part))

/** A response with all its body. */
const whole = (
  contentType: string,
  body: string | Uint8Array,
  { headers = {}, status = 200 }: {
    readonly status?: number
    readonly headers?: Readonly<Record<string, string | number>>
  } = {}
) => bytes(head(status, { "content-type": contentType, "content-length": bytes(body).length, ...headers }), body)

const chunk = (body: string) => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`
const lastChunk = "0\r\n\r\n"
const chunkedHead = (answer: Answer, headers: Readonly<Record<string, string>> = {}) =>
  head(200, { "content-type": answer.contentType, "transfer-encoding": "chunked", ...headers })

export const bodyOf = (answer: Answer) => answer.pieces.join("")
const sound = (answer: Answer) => whole(answer.contentType, bodyOf(answer))

const request: Step = { read: "request" }
const write = (...parts: ReadonlyArray<string | Uint8Array>): Step => ({ write: bytes(...parts) })
const close: Step = { then: "close" }
const reset: Step = { then: "reset" }
const stall: Step = { then: "stall" }
const cut: Step = { then: "cut" }

const script = (...steps: ReadonlyArray<Step>): Script => ({ at: "request", requests: [steps] })
/** Reads the request, and then does this. */
const after = (steps: (answer: Answer) => ReadonlyArray<Step>) => (answer: Answer) => script(request, ...steps(answer))
/** Answers this. */
const answers = (response: (answer: Answer) => Uint8Array | string) => after((answer) => [write(response(answer))])

/** Sends so many pieces of a chunked answer, each when the one before has been taken; then does the rest. */
const pieces = (count: number, ...rest: ReadonlyArray<Step>) =>
  after((answer) => [
    write(chunkedHead(answer)),
    { delivered: 0 },
    ...answer.pieces.slice(0, count).flatMap((piece, index): ReadonlyArray<Step> => [
      write(chunk(piece)),
      { delivered: answer.kind === "unary" ? 0 : index + 1 }
    ]),
    ...rest
  ])

const noise = Uint8Array.of(0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa)
const html = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Who are you?</body></html>\n"

/** Bytes at random, by a seed that the name of the fault tells. */
const seed = 20_260_801
const random = (() => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
})()

const atRandom = (all: Uint8Array): ReadonlyArray<Step> => {
  const steps: Array<Step> = []
  for (let start = 0; start < all.length;) {
    const end = Math.min(all.length, start + 1 + Math.floor(random() * 40))
    steps.push({ write: all.slice(start, end) }, { wait: Math.floor(random() * 3) })
    start = end
  }
  return steps
}

const voids = (outcome: Outcomes, because: string): Exception => ({ families: ["void"], outcome, because })
const mayBeDone = "what creates something is sent again only if the server has refused it"
const nothingExpected = "an operation without an answer takes any JSON, and nothing, for its end"
const lastLine = "a last JSON line needs no line end: what stands there is an event, if a broken one"

// ---------------------------------------------------------------------------------------------------------------------
// Faults
// ---------------------------------------------------------------------------------------------------------------------

/** The second request on a connection meets this, before and after it has been read; the third is answered again. */
const kept = (what: string, then: Step): ReadonlyArray<Fault> => {
  const failed = then === stall ? late : unreachable
  return ([["at the first byte of", []], ["after", [request]]] as const).map(([when, read]) => ({
    name: `the kept connection ${what} ${when} the second request`,
    script: (answer) => ({
      at: "request",
      requests: [[request, write(sound(answer))], [...read, then], [request, write(sound(answer))]]
    }),
    ...(then === stall ? { deadlines: { attempt: "4 seconds" } } : {}),
    kept: 1,
    ...both([ok, { ...ok, attempts: [2, 2] }]),
    except: [{ families: ["create", "upload"], outcome: [ok, failed], because: mayBeDone }]
  }))
}

const connections: ReadonlyArray<Fault> = [
  { name: "nobody listens", script: "nobody listens", ...both(unreachable) },
  {
    name: "the connection is reset as soon as it is made",
    script: () => ({ at: "connect", requests: [[reset]] }),
    ...both(unreachable)
  },
  {
    name: "the connection is closed as soon as it is made",
    script: () => ({ at: "connect", requests: [[close]] }),
    ...both(unreachable)
  },
  { name: "reset at the first byte of the request", script: () => script(reset), ...both(unreachable) },
  { name: "reset after the request", script: () => script(request, reset), ...both(unreachable) },
  { name: "closed after the request", script: () => script(request, close), ...both(unreachable) },
  {
    name: "reset inside the headers",
    script: after((answer) => [write(sound(answer).subarray(0, 40)), { delivered: 0 }, reset]),
    ...both(unreachable)
  },
  {
    name: "closed inside the headers",
    script: after((answer) => [write(sound(answer).subarray(0, 40)), { delivered: 0 }, close]),
    ...both(unreachable)
  },
  { name: "reset between headers and body", script: pieces(0, reset), unary: broken, stream: interrupted(0) },
  { name: "closed between headers and body", script: pieces(0, close), unary: broken, stream: interrupted(0) },
  { name: "reset in the body, after 1 piece", script: pieces(1, reset), unary: broken, stream: interrupted(1) },
  { name: "reset in the body, after 2 pieces", script: pieces(2, reset), unary: broken, stream: interrupted(2) },
  { name: "reset in the body, after 3 pieces", script: pieces(3, reset), unary: broken, stream: interrupted(3) },
  { name: "closed in the body, after 2 pieces", script: pieces(2, close), unary: broken, stream: interrupted(2) },
  {
    name: "reset in the middle of a chunk",
    script: pieces(2, { write: "40\r\nhalf of it" }, { delivered: 0 }, reset),
    unary: broken,
    stream: interrupted(2)
  },
  {
    name: "reset after all of the body, before the last chunk",
    script: pieces(4, reset),
    unary: broken,
    // The last event has come: nothing that follows it counts.
    stream: ok
  },
  {
    name: "a plain server is spoken to in TLS",
    scheme: "https",
    script: () => script(write(whole("text/plain", "speak HTTP", { status: 400 })), close),
    ...both(unreachable)
  },
  {
    name: "a TLS handshake that is never answered",
    scheme: "https",
    script: () => script(stall),
    deadlines: { attempt: "1 second" },
    lingers: "undici cannot abort what is no connection yet: it gives up after some 10 seconds, and not before",
    ...both(late)
  },
  {
    name: "the kept connection is closed between two calls",
    script: (answer) => script(request, write(sound(answer)), { wait: 20 }, close),
    calls: 2,
    ...both(ok)
  },
  {
    name: "an answer before the request was read",
    script: (answer) => script({ read: "head" }, write(sound(answer)), { wait: 20 }),
    ...both(ok)
  },
  {
    name: "two answers at once",
    script: after((answer) => [write(sound(answer), whole("application/json", "{\"poison\":true}")), { wait: 20 }]),
    calls: 2,
    ...both(ok)
  },
  { name: "a host that has no address", script: "no such host", says: "ENOTFOUND", ...both(unreachable) },
  {
    name: "the kept connection is reset between two calls",
    script: (answer) => script(request, write(sound(answer)), { wait: 20 }, reset),
    calls: 2,
    kept: 0,
    ...both(ok)
  },
  {
    name: "each answer is the last one of its connection",
    script: (answer) =>
      script(request, write(whole(answer.contentType, bodyOf(answer), { headers: { connection: "close" } })), close),
    calls: 3,
    kept: 0,
    ...both(ok)
  },
  {
    name: "an answer whose connection is kept for a second, which is none when it has arrived",
    script: (answer) =>
      script(request, write(whole(answer.contentType, bodyOf(answer), { headers: { "keep-alive": "timeout=1" } }))),
    calls: 3,
    kept: 0,
    ...both(ok)
  },
  ...kept("is reset", reset),
  ...kept("is closed", close),
  ...kept("stalls", stall)
]

/** A record of TLS by its type. */
const record = (type: number, ...content: ReadonlyArray<number>) =>
  Uint8Array.from([type, 3, 3, content.length >> 8, content.length & 0xff, ...content])
const hello: Step = { read: "bytes" }
const secure = { scheme: "https", identity: "sound" } as const

const tls: ReadonlyArray<Fault> = [
  {
    name: "TLS with a certificate that is trusted",
    ...secure,
    script: answers(sound),
    calls: 2,
    ...both(ok)
  },
  ...([
    ["that nobody trusts", "stranger", "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ["that has expired", "expired", "CERT_HAS_EXPIRED"],
    ["that is not valid yet", "early", "CERT_NOT_YET_VALID"],
    ["of another host", "other", "ERR_TLS_CERT_ALTNAME_INVALID"]
  ] as const).map(([which, identity, says]): Fault => ({
    name: `TLS with a certificate ${which}`,
    scheme: "https",
    identity,
    script: answers(sound),
    sent: 0,
    says,
    ...both(unreachable)
  })),
  {
    name: "a server of TLS is spoken to in plain",
    identity: "sound",
    script: answers(sound),
    sent: 0,
    ...both(unreachable)
  },
  ...([
    ["is closed", [close]],
    ["is reset", [reset]],
    ["is refused", [write(record(21, 2, 40)), close]],
    ["of another version", [write(record(21, 2, 70)), close]],
    ["is answered with garbage", [write(noise), close]],
    ["is answered with a record of garbage", [write(record(22, ...noise)), close]],
    ["is answered with less than it says", [write(record(22, 2, 0, 0, 70).subarray(0, -1)), { wait: 20 }, close]]
  ] as const).map(([what, steps]): Fault => ({
    name: `a TLS handshake ${what}`,
    scheme: "https",
    script: () => script(hello, ...steps),
    ...both(unreachable)
  })),
  {
    name: "TLS that is reset after the request",
    ...secure,
    script: () => script(request, reset),
    ...both(unreachable)
  },
  { name: "TLS that is cut after the request", ...secure, script: () => script(request, cut), ...both(unreachable) },
  {
    name: "TLS that is reset in the body, after 2 pieces",
    ...secure,
    script: pieces(2, reset),
    unary: broken,
    stream: interrupted(2)
  },
  {
    name: "TLS that is cut in the body, after 2 pieces",
    ...secure,
    script: pieces(2, cut),
    unary: broken,
    stream: interrupted(2)
  },
  {
    name: "TLS that is cut in a body without an end, after 2 pieces",
    ...secure,
    script: after((answer) => [
      write(head(200, { "content-type": answer.contentType }), ...answer.pieces.slice(0, 2)),
      { delivered: answer.kind === "unary" ? 0 : 2 },
      cut
    ]),
    unary: unusable,
    stream: truncated(2)
  },
  {
    name: "TLS that is garbage from the body on",
    ...secure,
    script: pieces(2, { raw: noise }, close),
    unary: broken,
    stream: interrupted(2)
  }
]

const http: ReadonlyArray<Fault> = [
  {
    name: "garbage instead of HTTP",
    script: after(() => [write("\u0000\u0001 garbage\r\n\r\n"), close]),
    ...both(unreachable)
  },
  { name: "HTTP/0.9", script: after((answer) => [write(bodyOf(answer)), close]), ...both(unreachable) },
  {
    name: "HTTP/3.7",
    script: after((answer) => [write("HTTP/3.7 200 OK\r\n\r\n", bodyOf(answer)), close]),
    ...both(unreachable)
  },
  {
    name: "another protocol's banner",
    script: after(() => [write("SSH-2.0-OpenSSH_9.6\r\n"), close]),
    ...both(unreachable)
  },
  {
    name: "headers of a megabyte",
    script: after((answer) => [write(head(200, { "x-filler": "x".repeat(1024 * 1024) }), bodyOf(answer)), close]),
    ...both(unreachable)
  },
  {
    name: "a header line without a colon",
    script: after((answer) => [write(`HTTP/1.1 200 OK\r\nno colon here\r\n\r\n`, bodyOf(answer)), close]),
    ...both(unreachable)
  },
  {
    name: "a content length that is no number",
    script: after((answer) => [write(head(200, { "content-length": "many" }), bodyOf(answer)), close]),
    ...both(unreachable)
  },
  {
    name: "two content lengths",
    script: after((
      answer
    ) => [write(head(200, { "content-length": "5\r\ncontent-length: 7" }), bodyOf(answer)), close]),
    ...both(unreachable)
  },
  {
    name: "a content length that is too long",
    script: after((answer) => [
      write(head(200, { "content-type": answer.contentType, "content-length": 10_000 }), ...answer.pieces.slice(0, 2)),
      { delivered: answer.kind === "unary" ? 0 : 2 },
      close
    ]),
    unary: broken,
    stream: interrupted(2)
  },
  {
    name: "a content length that is too short",
    script: after((answer) => [
      write(head(200, {
        "content-type": answer.contentType,
        "content-length": Buffer.byteLength(answer.pieces[0] + answer.pieces[1])
      })),
      write(...answer.pieces),
      close
    ]),
    unary: unusable,
    stream: truncated(2)
  },
  {
    name: "a chunk whose size is no number",
    script: pieces(2, { write: "ZZ\r\nwhat?\r\n" }, { wait: 20 }, close),
    unary: broken,
    stream: interrupted(2)
  },
  {
    name: "a chunk that is longer than it says",
    script: pieces(2, { write: "3\r\nlonger than three\r\n" }, { wait: 20 }, close),
    unary: broken,
    stream: interrupted(2)
  },
  {
    name: "an end of the connection for the end of the body",
    script: after((answer) => [write(head(200, { "content-type": answer.contentType }), bodyOf(answer)), close]),
    ...both(ok)
  },
  {
    name: "100, which nobody waits for",
    script: after((answer) => [write("HTTP/1.1 100 Continue\r\n\r\n", sound(answer))]),
    // Both transports are undici, which takes it for an attack.
    ...both(unreachable)
  },
  {
    name: "102 and 103 before the answer",
    script: after((answer) => [
      write("HTTP/1.1 102 Processing\r\n\r\n"),
      { wait: 5 },
      write("HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n", sound(answer))
    ]),
    ...both(ok)
  },
  {
    name: "103 and then nothing",
    script: after(() => [write("HTTP/1.1 103 Early Hints\r\n\r\n"), stall]),
    deadlines: { attempt: "1 second" },
    ...both(late)
  },
  {
    name: "101, which nobody asked for",
    script: after(
      () => [
        write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h9\r\n\r\n"),
        { wait: 20 },
        close
      ]
    ),
    ...both(unreachable)
  },
  {
    name: `the answer in pieces at random (seed ${seed})`,
    script: after((answer) => atRandom(sound(answer))),
    ...both(ok)
  },
  {
    name: "a slow drip, byte by byte",
    script: after((answer) =>
      [...sound(answer)].flatMap((byte, index): ReadonlyArray<Step> => [
        { write: Uint8Array.of(byte) },
        ...(index % 20 === 0 ? [{ wait: 1 }] : [])
      ])
    ),
    ...both(ok)
  }
]

const gzip = "the platform's fetch unpacks what is called gzip; CohereNode asks for none, and takes it as it is"
const packed = (answer: Answer) => gzipSync(bodyOf(answer))

const bodies: ReadonlyArray<Fault> = [
  ...["text/plain", "application/octet-stream", ""].map((type): Fault => ({
    name: `the content type ${JSON.stringify(type)}`,
    script: answers((answer) => whole(type, bodyOf(answer))),
    ...both(ok)
  })),
  ...["text/html", "application/json; charset=utf-8"].map((type): Fault => ({
    name: `the content type ${JSON.stringify(type)}`,
    script: answers((answer) => whole(type, bodyOf(answer))),
    unary: ok,
    stream: unusable
  })),
  {
    name: "an empty 200",
    script: answers((answer) => whole(answer.contentType, "")),
    unary: unusable,
    stream: truncated(0),
    except: [voids(ok, nothingExpected)]
  },
  {
    name: "204",
    script: answers(() => head(204)),
    unary: { ...unusable, status: 204 },
    stream: { ...truncated(0), status: 204 },
    except: [voids({ ...ok, status: 204 }, nothingExpected)]
  },
  {
    name: "206 with a whole body",
    script: answers((answer) => whole(answer.contentType, bodyOf(answer), { status: 206 })),
    ...both({ ...ok, status: 206 })
  },
  { name: "200 with a page of HTML", script: answers(() => whole("text/html", html)), ...both(unusable) },
  {
    name: "200 with a page of HTML that is called an answer",
    script: answers((answer) => whole(answer.contentType, html)),
    unary: unusable,
    stream: truncated(0),
    except: [{ families: ["ndjson"], outcome: malformed(0), because: "each line should be JSON" }]
  },
  {
    name: "JSON of another shape",
    script: answers((answer) =>
      whole(
        "application/json",
        JSON.stringify({ id: 7, name: 7, datasets: 7, message: 7, job_id: 7, text: answer.kind })
      )
    ),
    unary: unusable,
    stream: unusable,
    except: [voids(ok, nothingExpected)]
  },
  {
    name: "null",
    script: answers((answer) => whole(answer.contentType, answer.frame("null"))),
    unary: unusable,
    stream: malformed(0),
    except: [voids(ok, nothingExpected)]
  },
  {
    name: "a list",
    script: answers((answer) => whole(answer.contentType, answer.frame("[1]"))),
    unary: unusable,
    stream: malformed(0),
    except: [voids(ok, nothingExpected)]
  },
  {
    name: "JSON that is cut",
    script: answers((answer) => whole(answer.contentType, answer.pieces[0])),
    unary: unusable
  },
  {
    name: "a byte order mark",
    script: answers((answer) => whole(answer.contentType, bytes(Uint8Array.of(0xef, 0xbb, 0xbf), bodyOf(answer)))),
    ...both(ok)
  },
  {
    name: "invalid UTF-8 in a text",
    script: answers((answer) =>
      whole(answer.contentType, Buffer.from(bodyOf(answer).replaceAll("Seine", "S\u00ff\u00fene"), "latin1"))
    ),
    alters: (body) => body.replaceAll("Seine", "S\ufffd\ufffdne"),
    ...both(ok)
  },
  {
    name: "gzip that nobody asked for",
    script: answers((answer) => whole(answer.contentType, packed(answer), { headers: { "content-encoding": "gzip" } })),
    unary: unusable,
    stream: truncated(0),
    except: [
      { transport: "fetch", outcome: ok, because: gzip },
      { families: ["ndjson"], outcome: malformed(0), because: lastLine }
    ]
  },
  {
    name: "gzip that does not say so",
    script: answers((answer) => whole(answer.contentType, noise)),
    unary: unusable,
    stream: truncated(0),
    except: [{ families: ["ndjson"], outcome: malformed(0), because: lastLine }]
  },
  {
    name: "garbage that is called gzip",
    script: answers((answer) => whole(answer.contentType, noise, { headers: { "content-encoding": "gzip" } })),
    unary: unusable,
    stream: truncated(0),
    except: [
      { transport: "fetch", families: ["unary"], outcome: broken, because: gzip },
      { transport: "fetch", families: ["sse", "ndjson"], outcome: interrupted(0), because: gzip },
      { families: ["ndjson"], outcome: malformed(0), because: lastLine }
    ]
  },
  {
    name: "an answer that is called gzip and is none",
    script: answers((answer) => whole(answer.contentType, bodyOf(answer), { headers: { "content-encoding": "gzip" } })),
    ...both(ok),
    except: [
      { transport: "fetch", families: ["unary"], outcome: broken, because: gzip },
      { transport: "fetch", families: ["sse", "ndjson"], outcome: interrupted(0), because: gzip }
    ]
  }
]

/** A packed body. `fetch` unpacks it, with these outcomes; CohereNode takes it as it is, and so does `fetch` if there are none. */
const encoded = (
  name: string,
  body: (answer: Answer) => Uint8Array,
  unpacked: { readonly unary: Outcomes; readonly stream: Outcomes } | undefined,
  { coding = "gzip", except = [] }: { readonly coding?: string; readonly except?: ReadonlyArray<Exception> } = {}
): Fault => ({
  name,
  script: answers((answer) => whole(answer.contentType, body(answer), { headers: { "content-encoding": coding } })),
  unary: unusable,
  stream: truncated(0),
  except: [
    ...except,
    ...(unpacked === undefined ? [] : [
      { transport: "fetch", families: ["unary"], outcome: unpacked.unary, because: gzip },
      { transport: "fetch", families: ["sse", "ndjson"], outcome: unpacked.stream, because: gzip }
    ] as const),
    { families: ["ndjson"], outcome: malformed(0), because: lastLine }
  ]
})

/** A body in which all bits of a byte are others; counted from the end, if negative. */
const flipped = (body: Uint8Array, place: number) =>
  Uint8Array.from(body, (byte, index) => index === place || index - body.length === place ? ~byte : byte)

const halved = (body: Uint8Array) => body.subarray(0, body.length / 2)

const spoilt = { unary: broken, stream: interrupted(0) }

const encodings: ReadonlyArray<Fault> = [
  encoded("gzip with another checksum", (answer) => flipped(packed(answer), -8), spoilt),
  encoded("gzip with another length", (answer) => flipped(packed(answer), -1), spoilt),
  encoded("gzip whose first block is of no kind", (answer) => flipped(packed(answer), 10), spoilt),
  encoded("garbage after gzip", (answer) => bytes(packed(answer), "and more"), spoilt),
  encoded("gzip without its last bytes", (answer) => packed(answer).subarray(0, -8), both(ok)),
  encoded("half of gzip", (answer) => halved(packed(answer)), { unary: unusable, stream: truncated(0) }),
  encoded("gzip of nothing", () => gzipSync(""), { unary: unusable, stream: truncated(0) }, {
    except: [{ ...voids(ok, nothingExpected), transport: "fetch" }]
  }),
  encoded("gzip in gzip", (answer) => gzipSync(packed(answer)), both(ok), { coding: "gzip, gzip" }),
  encoded("brotli", (answer) => brotliCompressSync(bodyOf(answer)), both(ok), { coding: "br" }),
  encoded("a coding that nobody knows", packed, undefined, { coding: "rot13" })
]

/** 4 MiB of gzip that unpack to 4 GiB of this text: 16 times as much as a body or an event may have. */
const repeated = (text: string) =>
  Buffer.concat(Array<Uint8Array>(256).fill(gzipSync(Buffer.alloc(16 * 1024 * 1024, text))))

const letters = repeated("x")
const burst = { unary: unusable, stream: malformed(0) }

const packedBombs: ReadonlyArray<Fault> = [
  { ...encoded("a gzip bomb", () => letters, burst), families: ["get", "chat", "chat v1"] },
  {
    ...encoded(
      "a gzip bomb inside of an event",
      (answer) => bytes(gzipSync(answer.pieces[0] + answer.pieces[1].slice(0, -3)), letters),
      {
        unary: unusable,
        stream: malformed(1)
      }
    ),
    families: ["chat", "generate"]
  },
  {
    ...encoded("a gzip bomb in gzip", () => gzipSync(letters), burst, { coding: "gzip, gzip" }),
    families: ["void"]
  },
  { ...encoded("a gzip bomb of lines that never are an event", () => repeated("data:\n"), burst), families: ["chat"] }
]

const refusedBombs = [400, 500].map((status): Fault => ({
  name: `${status} with a gzip bomb`,
  script: answers(() => whole("application/json", letters, { status, headers: { "content-encoding": "gzip" } })),
  ...both(
    status === 400
      ? failure("InvalidRequest", false, [1, 1], { status })
      : failure("ServerError", true, [3, 1], { status })
  )
}))

/** Little that unpacks to more than there is memory for. They need much of it all the same: to be played one by one. */
export const bombs: ReadonlyArray<Fault> = [
  ...packedBombs,
  ...refusedBombs,
  {
    name: "a gzip bomb that is called a page, instead of a stream",
    script: answers(() => whole("text/html", letters, { headers: { "content-encoding": "gzip" } })),
    stream: unusable
  }
]

const redirects: ReadonlyArray<Fault> = [300, 301, 302, 303, 304, 305, 307, 308].map((status) => ({
  name: `${status} to another path`,
  script: answers(() => head(status, { location: "/elsewhere", "content-length": 0 })),
  ...both(failure("UnexpectedStatus", false, [1, 1], { status }))
}))

/** Which error a status stands for, and who repeats it. */
const statuses: ReadonlyArray<
  readonly [status: number, CohereError["_tag"], isRetryable: boolean, Outcome["attempts"]]
> = [
  [400, "InvalidRequest", false, [1, 1]],
  [401, "Unauthorized", false, [1, 1]],
  [402, "BillingLimitReached", false, [1, 1]],
  [403, "PermissionDenied", false, [1, 1]],
  [404, "NotFound", false, [1, 1]],
  [405, "UnexpectedStatus", false, [1, 1]],
  [406, "UnexpectedStatus", false, [1, 1]],
  [407, "UnexpectedStatus", false, [1, 1]],
  [408, "ServerError", true, [3, 1]],
  [409, "Conflict", false, [1, 1]],
  [410, "UnexpectedStatus", false, [1, 1]],
  [413, "InvalidRequest", false, [1, 1]],
  [415, "UnexpectedStatus", false, [1, 1]],
  [418, "UnexpectedStatus", false, [1, 1]],
  [421, "UnexpectedStatus", false, [1, 1]],
  [422, "InvalidRequest", false, [1, 1]],
  [424, "ServerError", true, [3, 1]],
  [425, "UnexpectedStatus", false, [1, 1]],
  [426, "UnexpectedStatus", false, [1, 1]],
  [428, "UnexpectedStatus", false, [1, 1]],
  [429, "RateLimited", true, [3, 3]],
  [431, "UnexpectedStatus", false, [1, 1]],
  [451, "UnexpectedStatus", false, [1, 1]],
  [498, "ContentBlocked", false, [1, 1]],
  [499, "RequestCancelled", false, [1, 1]],
  [500, "ServerError", true, [3, 1]],
  [501, "NotImplemented", false, [1, 1]],
  [502, "ServerError", true, [3, 1]],
  [503, "ServerError", true, [3, 3]],
  [504, "ServerError", true, [3, 1]],
  [505, "ServerError", false, [1, 1]],
  [507, "ServerError", false, [1, 1]],
  [511, "ServerError", false, [1, 1]],
  [520, "ServerError", false, [1, 1]],
  [529, "ServerError", false, [1, 1]],
  [599, "ServerError", false, [1, 1]]
]

/** What the rules for fetch say of a status. */
const ruled: { readonly [status: number]: Omit<Exception, "transport"> } = {
  407: { outcome: unreachable, because: "fetch makes a network error of it" },
  421: {
    outcome: failure("UnexpectedStatus", false, [1, 1], { status: 421 }),
    sent: 2,
    because: "fetch asks once more by itself, over another connection"
  }
}

const says = JSON.stringify({ message: "no" })

const errorBodies: ReadonlyArray<readonly [string, (status: number) => ReadonlyArray<Step>]> = [
  ["JSON", (status) => [write(whole("application/json", says, { status }))]],
  ["a page", (status) => [write(whole("text/html", html, { status }))]],
  ["nothing", (status) => [write(head(status, { "content-length": 0 }))]],
  ["half of a body", (status) => [
    write(head(status, { "content-type": "application/json", "content-length": 100 }), says.slice(0, 10)),
    { delivered: 0 },
    close
  ]]
]

const refusals: ReadonlyArray<Fault> = statuses.flatMap(([status, tag, isRetryable, attempts]) =>
  errorBodies
    // Of the statuses that are treated alike, one is enough for the rarer bodies.
    .filter(([body]) => body === "JSON" || [400, 401, 404, 422, 429, 500, 503].includes(status))
    .map(([body, steps]): Fault => ({
      name: `${status} with ${body}`,
      script: after(() => steps(status)),
      ...both(failure(tag, isRetryable, attempts, { status })),
      except: [ruled[status]].flatMap((rule) => rule === undefined ? [] : [{ ...rule, transport: "fetch" }])
    }))
)

const endless: ReadonlyArray<Step> = Array.from({ length: 64 }, () => ({ write: "x".repeat(64 * 1024) }))

const oddities: ReadonlyArray<Fault> = [
  {
    name: "500 with a body that is too long to read",
    script: after(() => [write(head(500, { "content-length": 2 ** 40 })), ...endless, stall]),
    // Who reads on until it stalls has three times 5 seconds to wait.
    deadlines: { total: "12 seconds" },
    ...both(failure("ServerError", true, [3, 1], { status: 500 }))
  },
  {
    name: "a page that is too long to read, instead of a stream",
    script: after(
      () => [write(head(200, { "content-type": "text/html", "content-length": 2 ** 40 })), ...endless, stall]
    ),
    deadlines: { total: "4500 millis" },
    stream: unusable
  },
  {
    name: "999",
    script: answers(() => whole("application/json", says, { status: 999 })),
    ...both(failure("UnexpectedStatus", false, [1, 1], { status: 999 }))
  }
]

const waits: ReadonlyArray<readonly [string, Readonly<Record<string, string>>, number | undefined]> = [
  ["seconds", { "retry-after": "0" }, 0],
  ["a fraction of a second", { "retry-after": "0.004" }, 4],
  ["more than the policy's longest delay", { "retry-after": "3600" }, 3_600_000],
  ["milliseconds, which win", { "retry-after": "3600", "retry-after-ms": "3" }, 3],
  ["a date that has passed", { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }, 0],
  ["a reset that has passed", { "x-ratelimit-reset": "1445412480" }, 0],
  ["a word", { "retry-after": "soon" }, undefined],
  ["a negative number", { "retry-after": "-5" }, undefined],
  ["nothing", { "retry-after": "" }, undefined]
]

const retryAfters: ReadonlyArray<Fault> = waits.map(([form, headers, retryAfter]) => ({
  name: `429 that says when to come back: ${form}`,
  script: answers(() => whole("application/json", says, { status: 429, headers })),
  ...both(failure("RateLimited", true, [3, 3], { status: 429, retryAfter }))
}))

/** A stream of these events, ended in good order. */
const events = (list: (answer: Answer) => ReadonlyArray<string>) =>
  after((answer) => [
    write(chunkedHead(answer)),
    write(...list(answer).map(chunk)),
    write(lastChunk)
  ])

/** All of a chunked answer, with so many milliseconds between its pieces. */
const slowly = (millis: number) =>
  after((answer) => [
    write(chunkedHead(answer)),
    ...answer.pieces.flatMap((piece): ReadonlyArray<Step> => [write(chunk(piece)), { wait: millis }]),
    write(lastChunk)
  ])

/** What a server says of another attempt itself, by `x-should-retry`; and what that makes of a status. */
const verdicts: ReadonlyArray<Fault> = [
  ...([
    [300, "true", "UnexpectedStatus", true, [3, 3]],
    [400, "true", "InvalidRequest", true, [3, 3]],
    [401, "true", "Unauthorized", true, [3, 3]],
    [404, "true", "NotFound", true, [3, 3]],
    [409, "true", "Conflict", true, [3, 3]],
    [418, "true", "UnexpectedStatus", true, [3, 3]],
    [422, "TRUE", "InvalidRequest", false, [1, 1]],
    [429, "false", "RateLimited", false, [1, 1]],
    [500, "true", "ServerError", true, [3, 3]],
    [500, "false", "ServerError", false, [1, 1]],
    [501, "true", "NotImplemented", true, [3, 3]],
    [503, "false", "ServerError", false, [1, 1]],
    [503, "maybe", "ServerError", true, [3, 3]],
    [505, "true", "ServerError", true, [3, 3]]
  ] as const).map(([status, verdict, tag, isRetryable, attempts]): Fault => ({
    name: `${status} that says ${verdict} to another attempt`,
    script: answers(() => whole("application/json", says, { status, headers: { "x-should-retry": verdict } })),
    ...both(failure(tag, isRetryable, attempts, { status }))
  })),
  ...([["true", [3, 1]], ["false", [1, 1]]] as const).map(([verdict, attempts]): Fault => ({
    name: `200 with a page of HTML that says ${verdict} to another attempt`,
    script: answers(() => whole("text/html", html, { headers: { "x-should-retry": verdict } })),
    ...both(failure("UnexpectedResponse", verdict === "true", attempts))
  })),
  {
    name: "200 that says true to another attempt, and is sound",
    script: answers((answer) => whole(answer.contentType, bodyOf(answer), { headers: { "x-should-retry": "true" } })),
    ...both(ok)
  },
  {
    name: "200 that says false to another attempt, and breaks off",
    script: after((answer) => [
      write(chunkedHead(answer, { "x-should-retry": "false" })),
      { delivered: 0 },
      close
    ]),
    // It said so of an answer, not of a refusal.
    unary: broken,
    stream: interrupted(0)
  }
]

const serverError = (attempts: Outcome["attempts"]) => failure("ServerError", true, attempts, { status: 500 })

/** What a client does with few tokens: a retry costs 14, after 429 it costs 5. */
const budgets: ReadonlyArray<Fault> = [
  ...([
    [0, 500, [1, 1]],
    [13, 500, [1, 1]],
    [14, 500, [2, 1]],
    [28, 503, [3, 3]],
    [27, 503, [2, 2]]
  ] as const).map(([capacity, status, attempts]): Fault => ({
    name: `${status}, and a budget of ${capacity}`,
    script: answers(() => whole("application/json", says, { status })),
    budget: { capacity },
    ...both(failure("ServerError", true, attempts, { status }))
  })),
  ...([[4, [1, 1]], [5, [2, 2]], [10, [3, 3]]] as const).map(([capacity, attempts]): Fault => ({
    name: `429, and a budget of ${capacity}`,
    script: answers(() => whole("application/json", says, { status: 429 })),
    budget: { capacity },
    ...both(failure("RateLimited", true, attempts, { status: 429 }))
  })),
  {
    name: "nobody listens, and a budget for one retry",
    script: "nobody listens",
    budget: { capacity: 14 },
    ...both({ ...unreachable, attempts: [2, 1] })
  },
  {
    name: "a stall, and a budget for one retry",
    script: () => script(request, stall),
    deadlines: { attempt: "1 second" },
    budget: { capacity: 14 },
    ...both({ ...late, attempts: [2, 1] })
  },
  {
    name: "a stream without events, and a budget for one retry",
    script: events(() => []),
    budget: { capacity: 14 },
    stream: { ...truncated(0), attempts: [2, 2] }
  },
  {
    name: "500 always, and a budget that the first two calls use up",
    script: answers(() => whole("application/json", says, { status: 500 })),
    budget: { capacity: 45 },
    ...both([serverError([3, 1]), serverError([2, 1]), serverError([1, 1])])
  },
  {
    name: "503 before each success, and a budget for one retry, which comes back",
    script: (answer) => ({
      at: "request",
      requests: Array.from({ length: 3 }, (): ReadonlyArray<ReadonlyArray<Step>> => [
        [request, write(whole("application/json", says, { status: 503 }))],
        [request, write(sound(answer))]
      ]).flat()
    }),
    budget: { capacity: 14 },
    calls: 3,
    ...both({ ...ok, attempts: [2, 2] })
  }
]

const stalls: ReadonlyArray<Fault> = [
  {
    name: "a stall before the headers",
    script: () => script(request, stall),
    deadlines: { attempt: "1 second" },
    ...both(late)
  },
  {
    name: "a stall that reads nothing",
    script: () => script(stall),
    deadlines: { attempt: "1 second" },
    ...both(late)
  },
  {
    name: "a stall inside the headers",
    script: after((answer) => [write(sound(answer).subarray(0, 40)), stall]),
    deadlines: { attempt: "1 second" },
    ...both(late)
  },
  {
    name: "a stall between headers and body",
    script: pieces(0, stall),
    deadlines: { attempt: "1 second" },
    unary: unfinished
  },
  {
    name: "a stall before the first event",
    script: pieces(0, stall),
    deadlines: { firstEvent: "1 second" },
    stream: noEvent
  },
  { name: "a stall in the body", script: pieces(2, stall), deadlines: { attempt: "1 second" }, unary: unfinished },
  ...[1, 2, 3].map((count): Fault => ({
    name: `a stall in the stream, after ${count}`,
    script: pieces(count, stall),
    deadlines: { idle: "500 millis" },
    stream: idle(count)
  })),
  {
    name: "a stall inside an event",
    script: pieces(2, { write: "40\r\nhalf of it" }, stall),
    deadlines: { idle: "500 millis" },
    stream: idle(2)
  },
  {
    name: "a stall after the last event",
    script: pieces(4, stall),
    stream: ok
  },
  {
    name: "a stall, and a call that has no more time",
    script: () => script(request, stall),
    deadlines: { total: "1 second" },
    ...both(failure("RequestTimeout", false, [1, 1], { ...noStatus, phase: "total" }))
  },
  {
    name: "a stall in the body of a 500",
    script: after(() => [write(head(500, { "content-length": 100 }), "half of "), stall]),
    deadlines: { attempt: "3 seconds" },
    ...both(failure("ServerError", true, [3, 1], { status: 500 }))
  },
  {
    name: "a slow drip beyond the deadline",
    script: after((answer) => [
      write(chunkedHead(answer)),
      ...Array.from({ length: 400 }, (): ReadonlyArray<Step> => [{ write: chunk(" ") }, { wait: 10 }]).flat()
    ]),
    deadlines: { attempt: "1 second" },
    unary: unfinished
  },
  {
    name: "comments that never become an event",
    script: after((answer) => [
      write(chunkedHead(answer)),
      ...Array.from({ length: 400 }, (): ReadonlyArray<Step> => [{ write: chunk(": still here\n\n") }, { wait: 10 }])
        .flat()
    ]),
    deadlines: { firstEvent: "1 second" },
    stream: noEvent
  },
  {
    name: "a stall before the headers, which have a deadline",
    script: () => script(request, stall),
    deadlines: { headers: "1 second" },
    ...both({ ...late, phase: "headers" })
  },
  {
    name: "a stall inside the headers, which have a deadline",
    script: after((answer) => [write(sound(answer).subarray(0, 40)), stall]),
    deadlines: { headers: "1 second" },
    ...both({ ...late, phase: "headers" })
  },
  {
    name: "headers of 102, 103 and no end, which have a deadline",
    script: after(() => [
      ...Array.from({ length: 150 }, (_, index): ReadonlyArray<Step> => [
        write(`HTTP/1.1 10${2 + index % 2} Some Reason\r\n\r\n`),
        { wait: 10 }
      ]).flat(),
      stall
    ]),
    deadlines: { headers: "1 second" },
    ...both({ ...late, phase: "headers" })
  },
  {
    name: "a body that takes longer than the headers may",
    script: slowly(1_500),
    deadlines: { headers: "4 seconds" },
    ...both(ok)
  },
  {
    name: "a stall between headers and body, which has a deadline",
    script: pieces(0, stall),
    deadlines: { body: "1 second" },
    unary: { ...unfinished, phase: "body" }
  },
  {
    name: "a stall in the body, which has a deadline",
    script: pieces(2, stall),
    deadlines: { body: "1 second" },
    unary: { ...unfinished, phase: "body" }
  },
  {
    name: "a stall after all of the body, before the last chunk, and a deadline",
    script: pieces(4, stall),
    deadlines: { body: "1 second" },
    unary: { ...unfinished, phase: "body" },
    stream: ok
  },
  {
    name: "a slow drip of a body, which has a deadline",
    script: after((answer) => [
      write(chunkedHead(answer)),
      ...Array.from({ length: 400 }, (): ReadonlyArray<Step> => [{ write: chunk(" ") }, { wait: 10 }]).flat()
    ]),
    deadlines: { body: "1 second" },
    unary: { ...unfinished, phase: "body" }
  },
  {
    name: "a stream that takes longer than other bodies may",
    script: slowly(500),
    deadlines: { body: "1 second" },
    stream: ok
  },
  {
    name: "a stall inside the first event",
    script: pieces(0, { write: "40\r\nhalf of it" }, stall),
    deadlines: { firstEvent: "1 second" },
    stream: noEvent
  },
  {
    name: "headers that take longer than the first event may",
    script: after((answer) => [{ wait: 3_500 }, write(sound(answer))]),
    deadlines: { firstEvent: "3 seconds" },
    ...both(ok)
  },
  {
    name: "a first event that takes longer than those after it may",
    script: after((
      answer
    ) => [write(chunkedHead(answer)), { wait: 3_500 }, write(...answer.pieces.map(chunk), lastChunk)]),
    deadlines: { idle: "3 seconds" },
    ...both(ok)
  },
  {
    name: "comments while nothing happens",
    script: after((answer) => [
      write(chunkedHead(answer), chunk(answer.pieces[0])),
      ...Array.from({ length: 40 }, (): ReadonlyArray<Step> => [{ write: chunk(": still here\n\n") }, { wait: 100 }])
        .flat(),
      write(...answer.pieces.slice(1).map(chunk), lastChunk)
    ]),
    deadlines: { idle: "3 seconds" },
    stream: ok
  },
  {
    name: "comments, and then a stall",
    script: pieces(2, { write: chunk(": still here\n\n") }, { wait: 100 }, { write: chunk(": still\n\n") }, stall),
    deadlines: { idle: "500 millis" },
    stream: idle(2)
  },
  {
    name: "a stall between headers and body, and a call that has no more time",
    script: pieces(0, stall),
    deadlines: { total: "1 second" },
    ...both(failure("RequestTimeout", false, [1, 1], { phase: "total" }))
  },
  {
    name: "a stream that takes longer than the call may until it begins",
    script: slowly(1_500),
    deadlines: { total: "3 seconds" },
    stream: ok
  },
  {
    name: "503 and then a stall, and a call that has no more time",
    script: () => ({
      at: "request",
      requests: [[request, write(whole("application/json", says, { status: 503 }))], [request, stall]]
    }),
    deadlines: { total: "3 seconds" },
    ...both(failure("RequestTimeout", false, [2, 2], { ...noStatus, phase: "total" }))
  },
  {
    name: "a stall, and several deadlines of which the first wins",
    script: () => script(request, stall),
    deadlines: { total: "20 seconds", attempt: "10 seconds", headers: "1 second", body: "500 millis" },
    ...both({ ...late, phase: "headers" })
  }
]

const streams: ReadonlyArray<Fault> = [
  { name: "no events", script: events(() => []), stream: truncated(0) },
  { name: "comments only", script: events(() => [": one\n\n", ": two\n\n"]), stream: truncated(0) },
  { name: "[DONE] only", script: events(({ frame }) => [frame("[DONE]")]), stream: truncated(0) },
  ...[1, 2, 3].map((count): Fault => ({
    name: `an end in good order after ${count}`,
    script: events((answer) => answer.pieces.slice(0, count)),
    stream: truncated(count)
  })),
  {
    name: "[DONE] before the last event",
    script: events((answer) => [...answer.pieces.slice(0, 3), answer.frame("[DONE]"), answer.pieces[3]]),
    stream: truncated(3)
  },
  {
    name: "an end in the middle of an event",
    script: events((answer) => [answer.pieces[0], answer.pieces[1], answer.pieces[2].slice(0, -20)]),
    stream: truncated(2)
  },
  {
    name: "an error instead of the first event",
    script: events(({ frame }) => [frame(`{"error":"overloaded"}`)]),
    stream: interrupted(0)
  },
  {
    name: "an error inside the stream",
    script: events((
      answer
    ) => [answer.pieces[0], answer.pieces[1], answer.frame(`{"error":{"message":"overloaded"}}`)]),
    stream: interrupted(2)
  },
  {
    name: "an event that is called error",
    script: events((
      answer
    ) => [answer.pieces[0], answer.pieces[1], `event: error\n${answer.frame(`{"message":"overloaded"}`)}`]),
    stream: interrupted(2)
  },
  {
    name: "an event that is no JSON",
    script: events((answer) => [answer.pieces[0], answer.frame(`{"type":`), answer.pieces[1]]),
    stream: malformed(1)
  },
  {
    name: "an event that lacks what it needs",
    script: events((answer) => [answer.pieces[0], answer.pieces[1], answer.frame(answer.lacking), answer.pieces[3]]),
    stream: malformed(2)
  },
  {
    name: "an event without a type",
    script: events((answer) => [answer.pieces[0], answer.pieces[1], answer.frame("{}"), answer.pieces[3]]),
    stream: malformed(2)
  },
  {
    name: "an event of a type that nobody knows",
    script: events((answer) => [answer.pieces[0], answer.pieces[1], answer.frame(answer.unknown), answer.pieces[3]]),
    alters: (_, answer) => answer.pieces[0] + answer.pieces[1] + answer.frame(answer.unknown) + answer.pieces[3],
    stream: ok
  },
  {
    name: "events after the last one",
    script: events((answer) => [...answer.pieces, answer.pieces[1], answer.frame("{"), answer.pieces[3]]),
    stream: ok
  },
  {
    name: "a last event that says that it failed",
    script: events((answer) => [answer.pieces[0], answer.pieces[1], answer.frame(answer.failedEnd)]),
    alters: (_, answer) => answer.pieces[0] + answer.pieces[1] + answer.frame(answer.failedEnd),
    stream: ok
  },
  {
    name: "blank lines and comments between the events",
    script: events((answer) => answer.pieces.flatMap((piece) => ["\n\n", ": ping\n\n", piece])),
    stream: ok
  },
  {
    name: "a stream in the other framing",
    script: after((answer) => [
      write(whole(answer.kind === "sse" ? "application/x-ndjson" : "text/event-stream", bodyOf(answer)))
    ]),
    stream: truncated(0),
    except: [{ families: ["sse"], outcome: ok, because: "lines of JSON may be written as server-sent events" }]
  }
]

const all = [
  ...connections,
  ...tls,
  ...http,
  ...bodies,
  ...encodings,
  ...redirects,
  ...refusals,
  ...oddities,
  ...retryAfters,
  ...verdicts,
  ...budgets,
  ...stalls,
  ...streams
]

const waiting = all.filter((fault) => fault.deadlines !== undefined)
const busy = all.filter((fault) => fault.deadlines === undefined)
const share = Math.floor(busy.length / waiting.length)

/** Those that wait for a deadline are spread among the others, which keep the processor busy meanwhile. */
export const faults: ReadonlyArray<Fault> = waiting.flatMap((fault, index) => [
  ...busy.slice(index * share, index === waiting.length - 1 ? undefined : (index + 1) * share),
  fault
])
