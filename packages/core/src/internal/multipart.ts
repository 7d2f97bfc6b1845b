/** A form with files in it, written as it is read. */
import * as HttpBody from "@effect/platform/HttpBody"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { UploadFailed } from "../CohereError.ts"
import { isFile, type Progress, type StreamedFile, Upload } from "../Upload.ts"
import { codeOrMessage } from "./reason.ts"

/** The error of a call of which a file could not be read. */
export type Broken = (endpoint: string, attempts: number) => UploadFailed

const unreadable = ({ name }: Upload, error: unknown): Broken => (endpoint, attempts) =>
  UploadFailed.of(name, codeOrMessage(error), endpoint, attempts)

/** A form, and what is wrong with its files. */
export interface Form {
  readonly body: HttpBody.HttpBody
  /** After a request failed: its error, if a file is to blame. Made here, so that only forms have to carry it. */
  readonly broken: Effect.Effect<Option.Option<Broken>>
  /** Ends the reading of files that a transport has given up without saying so, as Node's `fetch` does. */
  readonly stop: Effect.Effect<void>
}

/** A value of a form: a text or a file. */
export type Value = string | Upload

const encoder = new TextEncoder()

const randomBoundary = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** A name between quotes, as browsers write the name of a file: what would end it, or its line, is escaped. */
const quoted = (name: string): string => `"${name.replace(/[\r\n"]/g, encodeURIComponent)}"`

const headOf = (boundary: string, name: string, value: Value): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name=${quoted(name)}` + (typeof value === "string"
    ? "\r\n\r\n"
    : `; filename=${quoted(value.name)}\r\nContent-Type: ${mediaType(value)}\r\n\r\n`)

/** What cannot stand in a header is no media type. */
const mediaType = ({ type }: Upload): string =>
  type !== undefined && /^[\x21-\x7e][\x20-\x7e]*$/.test(type) ? type : "application/octet-stream"

const sum = (sizes: ReadonlyArray<number | undefined>): number | undefined =>
  sizes.reduce((all, size) => all === undefined || size === undefined ? undefined : all + size, 0)

const bytesOf = (file: Upload): Stream.Stream<Uint8Array, unknown> =>
  isFile(file)
    ? Stream.fromReadableStream({ evaluate: () => file.stream(), onError: (error) => error, releaseLockOnEnd: true })
    : file.content

/** The bytes of a file, as many as it promises. */
const exactly = (file: StreamedFile | File): Stream.Stream<Uint8Array, unknown> =>
  Stream.suspend(() => {
    const { size } = file
    let length = 0
    const changed = () =>
      `it has ${length > (size ?? 0) ? "more than" : `${length} of`} ${size} bytes: it changed while it was read`
    return bytesOf(file).pipe(
      Stream.mapChunksEffect((chunk) => {
        for (const bytes of chunk) {
          if (!(bytes instanceof Uint8Array)) return Effect.fail("its content is no Stream of Uint8Array")
          length += bytes.length
        }
        // A copy: a source may fill the same bytes again, long before the network has sent them.
        return size !== undefined && length > size
          ? Effect.fail(changed())
          : Effect.succeed(Chunk.map(chunk, (bytes) => bytes.slice()))
      }),
      Stream.concat(Stream.suspend(() => size !== undefined && length < size ? Stream.fail(changed()) : Stream.empty))
    )
  })

const isUpload = (value: Value): value is Upload => typeof value !== "string"

/** Whether this runtime takes a file as part of a Blob: of files of other makes it would make texts. */
const isBlob = (file: File): boolean => {
  try {
    Blob.prototype.slice.call(file, 0, 0)
    return true
  } catch {
    return false
  }
}

/** A body that refers to its files, which the transport reads: the one form that every browser can send. */
const whole = (pieces: ReadonlyArray<string | File>, contentType: string): Form => {
  const blob = new Blob([...pieces])
  return {
    body: HttpBody.raw(blob, { contentType, contentLength: blob.size }),
    stop: Effect.void,
    // The transport does not tell why it could not send: whether a file is still there shows when it is read again.
    broken: Effect.forEach(
      pieces.filter((piece) => typeof piece !== "string"),
      (file) =>
        Effect.tryPromise(() => file.slice(0, 1).arrayBuffer()).pipe(
          Effect.as(Option.none()),
          Effect.catchAll(({ error }) => Effect.succeedSome(unreadable(file, error)))
        )
    ).pipe(Effect.map(Option.firstSomeOf))
  }
}

/** How many milliseconds an upload may keep a program to itself. */
const maxTurn = 10

/** A body that is read from its files while it is sent. */
const streamed = (
  pieces: ReadonlyArray<string | Upload>,
  contentType: string,
  listener: ((progress: Progress) => Effect.Effect<void>) | undefined
): Form => {
  let broken: Broken | undefined
  // A listener that dies is a bug of the caller's: it must not look like a failure of the network.
  let died: Cause.Cause<never> | undefined
  const running = new Map<Deferred.Deferred<never, string>, Fiber.RuntimeFiber<unknown, unknown>>()
  const total = sum(pieces.filter(isUpload).map(({ size }) => size))
  const length = sum(pieces.map((piece) => isUpload(piece) ? piece.size : encoder.encode(piece).length))

  const readBy = (reader: Fiber.RuntimeFiber<unknown, unknown>): Stream.Stream<Uint8Array, unknown> => {
    let sent = 0
    broken = undefined
    const stopped = Deferred.unsafeMake<never, string>(FiberId.none)
    running.set(stopped, reader)
    // A transport that goes on to pull may leave other fibers no time: only the one that is pulled can end that.
    const goOn = Effect.flatMap(Deferred.poll(stopped), Option.getOrElse(() => Effect.void))
    let resumed = 0
    // A source that always has more and a peer that always takes it never wait for each other: without a break, no
    // timer of the whole program would fire, and no deadline end the upload.
    const breathe = Effect.flatMap(
      Clock.currentTimeMillis,
      (now) =>
        now - resumed < maxTurn
          ? Effect.void
          : Effect.zipRight(
            Effect.sleep(0),
            Effect.map(Clock.currentTimeMillis, (later) => {
              resumed = later
            })
          )
    )
    const report = (chunk: Chunk.Chunk<Uint8Array>) => {
      sent = Chunk.reduce(chunk, sent, (all, bytes) => all + bytes.length)
      return listener === undefined ? goOn : Effect.zipRight(
        goOn,
        Effect.tapErrorCause(listener({ sent, total }), (cause) => Effect.sync(() => died = cause))
      )
    }
    const read = (file: Upload): Stream.Stream<Uint8Array, unknown> =>
      exactly(file).pipe(
        Stream.tapErrorCause((cause) =>
          Effect.sync(() => {
            if (!Cause.isInterruptedOnly(cause)) {
              broken ??= unreadable(file, Cause.squash(cause))
            }
          })
        ),
        Stream.chunks,
        Stream.tap((chunk) => Effect.zipRight(breathe, report(chunk))),
        Stream.flattenChunks
      )
    return Stream.fromIterable(pieces).pipe(
      Stream.flatMap((piece) => isUpload(piece) ? read(piece) : Stream.make(encoder.encode(piece))),
      Stream.interruptWhenDeferred(stopped),
      Stream.ensuring(Effect.sync(() => running.delete(stopped)))
    )
  }
  const body = Stream.unwrap(
    Effect.withFiberRuntime<Stream.Stream<Uint8Array, unknown>>((reader) => Effect.sync(() => readBy(reader)))
  )
  return {
    body: HttpBody.stream(body, contentType, length),
    broken: Effect.suspend(() =>
      died !== undefined && !Cause.isInterruptedOnly(died)
        ? Effect.failCause(died)
        : Effect.succeed(Option.fromNullable(broken))
    ),
    stop: Effect.withFiberRuntime((self) =>
      Effect.forEach([...running], ([stopped, reader]) =>
        Effect.zipRight(
          Deferred.fail(stopped, "the call is over"),
          // Who waits to be asked for more is asked no more, and would keep its files open.
          reader === self ? Effect.void : Fiber.interruptFork(reader)
        ), { discard: true })
    )
  }
}

/** Writes the values, in their order, as `multipart/form-data`. */
const write = (
  values: ReadonlyArray<readonly [name: string, value: Value]>,
  listener: ((progress: Progress) => Effect.Effect<void>) | undefined
): Form => {
  const boundary = randomBoundary()
  const contentType = `multipart/form-data; boundary=${boundary}`
  const pieces = [
    ...values.flatMap(([name, value]) => [headOf(boundary, name, value), value, "\r\n"]),
    `--${boundary}--\r\n`
  ]
  const refersOnly = (piece: Value): piece is string | File =>
    typeof piece === "string" || (isFile(piece) && isBlob(piece))
  return listener === undefined && pieces.every(refersOnly)
    ? whole(pieces, contentType)
    : streamed(pieces, contentType, listener)
}

/** The values of a form, in the order of the descriptor; what it does not know follows. A list becomes several values. */
const formValues = (
  known: object,
  fields: Readonly<Record<string, unknown>>
): ReadonlyArray<readonly [string, Value]> =>
  [...new Set([...Object.keys(known), ...Object.keys(fields)])].flatMap((name) =>
    (Array.isArray(fields[name]) ? fields[name] : [fields[name]]).flatMap((value: unknown) =>
      value === undefined ? [] : [[name, isAnyUpload(value) ? value : formText(value)] as const]
    )
  )

const isAnyUpload = (value: unknown): value is Upload => Schema.is(Upload)(value)

const formText = (value: unknown): string => typeof value === "object" ? JSON.stringify(value) : String(value)

/** Makes a form of the fields of a request; `known` are those of the descriptor. */
export const make = (
  known: object,
  fields: Readonly<Record<string, unknown>>,
  listener: ((progress: Progress) => Effect.Effect<void>) | undefined
): Form => write(formValues(known, fields), listener)
