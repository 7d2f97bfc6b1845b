/** What goes wrong with an upload has a name, and leaves nothing open. */
import * as Datasets from "@effect-cohere/core/Datasets"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import * as Upload from "@effect-cohere/core/Upload"
import * as UploadNode from "@effect-cohere/platform-node/UploadNode"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { clients } from "./clients.ts"
import * as Server from "./server.ts"

const mebibyte = 1024 * 1024

/** A file of the disk, gone when the test is over. */
const temporaryFile = (size: number) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "upload-"))),
      (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true }))
    ),
    (folder) => {
      const file = path.join(folder, "rivers.csv")
      fs.writeFileSync(file, "x".repeat(size))
      return file
    }
  )

/** How often this process has the file open, where the system tells that. */
const openHandles = (file: string): number => {
  const folder = "/proc/self/fd"
  if (!fs.existsSync(folder)) return 0
  return fs.readdirSync(folder).filter((fd) => {
    try {
      return fs.readlinkSync(path.join(folder, fd)).startsWith(file)
    } catch {
      // Closed since the folder was read: that of the folder itself.
      return false
    }
  }).length
}

/** A source that counts how often it is open. */
const counted = (content: Stream.Stream<Uint8Array, unknown>) => {
  const count = { opened: 0, closed: 0 }
  return {
    count,
    data: Upload.make(
      "rivers.csv",
      Stream.unwrapScoped(Effect.acquireRelease(
        Effect.sync(() => {
          count.opened++
          return content
        }),
        () => Effect.sync(() => count.closed++)
      ))
    )
  }
}

const piece = new Uint8Array(64 * 1024)
const endless = Stream.repeatEffect(Effect.sync(() => piece))
const create = (data: Upload.Upload) => Datasets.create({ name: "n", type: "embed-input", data })

/** Waits until something holds; fails after a while. */
const eventually = (holds: () => boolean, what: string) =>
  Effect.gen(function*() {
    for (let i = 0; i < 200; i++) {
      if (holds()) return
      yield* Effect.sleep("10 millis")
    }
    assert.fail(`${what} did not happen`)
  })

describe.each(Object.entries(clients))("with %s", (_, client) => {
  describe("a file of the disk", () => {
    it.scopedLive("that has vanished before the call is UploadFailed", () =>
      Effect.gen(function*() {
        const server = yield* Server.listen()
        const file = yield* temporaryFile(mebibyte)
        const data = yield* UploadNode.fromPath(file)
        fs.unlinkSync(file)
        const error = yield* Effect.flip(create(data).pipe(Effect.provide(client(server.url))))
        assert.deepInclude(error, {
          _tag: "UploadFailed",
          file: "rivers.csv",
          reason: "ENOENT",
          endpoint: "datasets.create"
        })
        assert.isFalse(error.isRetryable)
      }))

    it.scopedLive("that has changed before the call is UploadFailed", () =>
      Effect.gen(function*() {
        const server = yield* Server.listen()
        const file = yield* temporaryFile(mebibyte)
        const data = yield* UploadNode.fromPath(file)
        fs.appendFileSync(file, "more")
        const error = yield* Effect.flip(create(data).pipe(Effect.provide(client(server.url))))
        assert.deepInclude(error, { _tag: "UploadFailed", reason: "it changed while it was read" })
        assert.strictEqual(openHandles(file), 0)
      }))

    it.scopedLive("that a pipe has replaced is UploadFailed, and nobody waits for who writes into it", () =>
      Effect.gen(function*() {
        const server = yield* Server.listen()
        const file = yield* temporaryFile(1)
        const data = yield* UploadNode.fromPath(file)
        fs.unlinkSync(file)
        execFileSync("mkfifo", [file])
        const error = yield* Effect.flip(create(data).pipe(Effect.provide(client(server.url))))
        assert.deepInclude(error, { _tag: "UploadFailed", reason: "it changed while it was read" })
      }))

    const changes: ReadonlyArray<readonly [string, (file: string) => void]> = [
      ["grows", (file) => fs.appendFileSync(file, "more")],
      ["is cut", (file) => fs.truncateSync(file, mebibyte)],
      ["is overwritten", (file) => fs.writeFileSync(file, "y".repeat(8 * mebibyte))]
    ]

    it.scopedLive.each(changes)(
      "that %s while it is sent is UploadFailed, and closed",
      ([, change]) =>
        Effect.gen(function*() {
          const server = yield* Server.listen()
          const file = yield* temporaryFile(8 * mebibyte)
          const data = yield* UploadNode.fromPath(file)
          let changed = false
          const error = yield* create(data).pipe(
            Upload.onProgress(({ sent }) =>
              Effect.sync(() => {
                if (!changed && sent > mebibyte / 2) change(file)
                changed ||= sent > mebibyte / 2
              })
            ),
            Effect.provide(client(server.url)),
            Effect.flip
          )
          assert.strictEqual(error._tag, "UploadFailed")
          assert.match(error.message, /changed while it was read/)
          assert.strictEqual(error.attempts, 1)
          yield* eventually(() => server.received[0]?.state === "aborted", "the end of the request")
          yield* eventually(() => openHandles(file) === 0, "closing the file")
        })
    )

    it.scopedLive("is closed when the upload is done, refused or interrupted", () =>
      Effect.gen(function*() {
        const file = yield* temporaryFile(8 * mebibyte)
        const data = yield* UploadNode.fromPath(file)

        const server = yield* Server.listen({ keep: false })
        yield* create(data).pipe(Effect.provide(client(server.url)))
        assert.strictEqual(openHandles(file), 0)

        const refusing = yield* Server.listen({
          keep: false,
          answer: () => ({ status: 400, body: { message: "invalid request: no" } })
        })
        const refused = yield* Effect.flip(create(data).pipe(Effect.provide(client(refusing.url))))
        assert.strictEqual(refused._tag, "InvalidRequest")
        assert.strictEqual(openHandles(file), 0)

        const stalling = yield* Server.listen({ keep: false, stallAfter: mebibyte })
        const fiber = yield* Effect.fork(create(data).pipe(Effect.provide(client(stalling.url))))
        yield* eventually(() => (stalling.received[0]?.length ?? 0) >= mebibyte, "the upload")
        yield* Fiber.interrupt(fiber)
        yield* eventually(() => openHandles(file) === 0, "closing the file")
      }))
  })

  describe("a Stream", () => {
    // Of whatever class: a source is the user's.
    const noDisk: unknown = new Error("no disk")
    const failing: ReadonlyArray<readonly [string, Stream.Stream<Uint8Array, unknown>, string]> = [
      ["that fails at once", Stream.fail(noDisk), "no disk"],
      ["that fails later", Stream.concat(Stream.make(piece, piece), Stream.fail(noDisk)), "no disk"],
      ["that fails with a code", Stream.fail(Object.assign(new Error("x"), { code: "EACCES" })), "EACCES"],
      ["that fails with a text", Stream.fail("out of paper"), "out of paper"],
      ["that fails with nothing", Stream.fail(undefined), "unknown"],
      ["that dies", Stream.concat(Stream.make(piece), Stream.dieMessage("a bug")), "a bug"],
      [
        "of texts",
        // What a program without types may do.
        Stream.make("text") as unknown as Stream.Stream<Uint8Array>,
        "its content is no Stream of Uint8Array"
      ]
    ]

    it.scopedLive.each(failing)(
      "%s is UploadFailed, never sent again, and closed",
      ([, content, reason]) =>
        Effect.gen(function*() {
          const server = yield* Server.listen()
          const { count, data } = counted(content)
          const error = yield* create(data).pipe(
            RetryPolicy.with(RetryPolicy.make({ retries: 3, while: () => true })),
            Effect.provide(client(server.url)),
            Effect.flip
          )
          assert.deepInclude(error, { _tag: "UploadFailed", file: "rivers.csv", reason, attempts: 1 })
          assert.deepStrictEqual(count, { opened: 1, closed: 1 })
        })
    )

    it.scopedLive.each([[2, 3], [4, 3]])(
      "of %i bytes that promised %i is UploadFailed",
      ([length, size]) =>
        Effect.gen(function*() {
          const server = yield* Server.listen()
          const data = Upload.make("rivers.csv", Stream.make(new Uint8Array(length ?? 0)), { size: size ?? 0 })
          const error = yield* Effect.flip(create(data).pipe(Effect.provide(client(server.url))))
          assert.strictEqual(error._tag, "UploadFailed")
          assert.match(error.message, /of 3 bytes|more than 3 bytes/)
          yield* eventually(() => server.received.every(({ state }) => state !== "open"), "the end of the request")
          assert.notInclude(server.received.map(({ state }) => state), "complete")
        })
    )

    it.scopedLive("is run anew for each attempt after a refusal", () =>
      Effect.gen(function*() {
        const server = yield* Server.listen({
          answer: (attempt) =>
            attempt < 3
              ? { status: attempt === 1 ? 429 : 503, body: { message: "Please wait and try again later" } }
              : { status: 200, body: { id: "d-1" } }
        })
        const { count, data } = counted(Stream.make(piece, piece))
        const seen: Array<number> = []
        yield* create(data).pipe(
          Upload.onProgress(({ sent }) => Effect.sync(() => seen.push(sent))),
          RetryPolicy.with(RetryPolicy.make({ baseDelay: "1 millis" })),
          Effect.provide(client(server.url))
        )
        assert.deepStrictEqual(server.received.map(({ state }) => state), ["complete", "complete", "complete"])
        assert.lengthOf(new Set(server.received.map(({ sha256 }) => sha256())), 1)
        assert.deepStrictEqual(count, { opened: 3, closed: 3 })
        assert.lengthOf(seen.filter((sent) => sent === 2 * piece.length), 3)
      }))

    it.scopedLive("is not sent again when it is not known whether it was received", () =>
      Effect.gen(function*() {
        const failing = yield* Server.listen({ answer: () => ({ status: 500, body: { message: "oh" } }) })
        const one = yield* Effect.flip(
          create(Upload.make("a.csv", "text\nx\n")).pipe(Effect.provide(client(failing.url)))
        )
        assert.deepInclude(one, { _tag: "ServerError", attempts: 1 })

        const cutting = yield* Server.listen({ cutAfter: mebibyte, keep: false })
        const { count, data } = counted(endless)
        const other = yield* Effect.flip(create(data).pipe(Effect.provide(client(cutting.url))))
        assert.deepInclude(other, { _tag: "ConnectionFailed", attempts: 1 })
        yield* eventually(() => count.closed === 1, "closing the source")
        assert.lengthOf(cutting.received, 1)
      }))

    it.scopedLive("that the server refuses before it has come is the server's refusal, and closed", () =>
      Effect.gen(function*() {
        const server = yield* Server.listen({
          early: true,
          keep: false,
          answer: () => ({ status: 413, body: { message: "the file is too large" } })
        })
        const { count, data } = counted(endless)
        const error = yield* Effect.flip(create(data).pipe(Effect.provide(client(server.url))))
        assert.deepInclude(error, { _tag: "InvalidRequest", status: 413, attempts: 1 })
        yield* eventually(() => count.closed === 1, "closing the source")
      }))

    it.scopedLive("is closed at once when the call is interrupted, and so is the connection", () =>
      Effect.gen(function*() {
        const server = yield* Server.listen({ keep: false })
        const { count, data } = counted(endless)
        const fiber = yield* Effect.fork(create(data).pipe(Effect.provide(client(server.url))))
        yield* eventually(() => (server.received[0]?.length ?? 0) > mebibyte, "the upload")
        yield* Fiber.interrupt(fiber)
        yield* eventually(() => count.closed === 1, "closing the source")
        yield* eventually(() => server.received[0]?.state === "aborted", "the end of the request")
      }))

    it.scopedLive("is closed when a deadline passes", () =>
      Effect.gen(function*() {
        const server = yield* Server.listen({ keep: false, stallAfter: mebibyte })
        const { count, data } = counted(endless)
        const error = yield* create(data).pipe(
          Timeouts.with({ attempt: "300 millis" }),
          Effect.provide(client(server.url)),
          Effect.flip
        )
        assert.deepInclude(error, { _tag: "RequestTimeout", phase: "attempt", attempts: 1 })
        yield* eventually(() => count.closed === 1, "closing the source")
      }))

    it.scopedLive("that never gives anything is closed when the call is interrupted", () =>
      Effect.gen(function*() {
        const server = yield* Server.listen()
        const { count, data } = counted(Stream.never)
        const fiber = yield* Effect.fork(create(data).pipe(Effect.provide(client(server.url))))
        yield* eventually(() => count.opened === 1, "the upload")
        yield* Effect.sleep("50 millis")
        yield* Fiber.interrupt(fiber)
        yield* eventually(() => count.closed === 1, "closing the source")
      }))
  })

  it.scopedLive("a listener that dies is a defect of the caller's, not a failure of the network", () =>
    Effect.gen(function*() {
      const server = yield* Server.listen()
      const { count, data } = counted(endless)
      const exit = yield* create(data).pipe(
        Upload.onProgress(() => Effect.dieMessage("a bug of the listener")),
        RetryPolicy.with(RetryPolicy.make({ retries: 3, while: () => true })),
        Effect.provide(client(server.url)),
        Effect.exit
      )
      assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause))
      assert.match(String(exit), /a bug of the listener/)
      assert.isAtMost(server.received.length, 1)
      yield* eventually(() => count.closed === 1, "closing the source")
    }))
})

describe("UploadNode.fromPath", () => {
  it.scopedLive("fails with UploadFailed when there is no file", () =>
    Effect.gen(function*() {
      const file = yield* temporaryFile(1)
      for (
        const [bad, reason] of [[`${file}.not`, /^there is no such file$/], [path.dirname(file), /Directory/], [
          "",
          /no such file/
        ], [
          "\0",
          /./
        ]] as const
      ) {
        const error = yield* Effect.flip(UploadNode.fromPath(bad))
        assert.strictEqual(error._tag, "UploadFailed")
        assert.match(error.reason, reason)
      }
    }))

  it.scopedLive("knows name, size and type", () =>
    Effect.gen(function*() {
      const file = yield* temporaryFile(5)
      assert.deepInclude(yield* UploadNode.fromPath(file), { name: "rivers.csv", size: 5 })
      assert.deepInclude(yield* UploadNode.fromPath(file, { name: "a.csv", type: "text/csv" }), {
        name: "a.csv",
        type: "text/csv"
      })
      assert.strictEqual(openHandles(file), 0)
    }))
})
