/** Whatever a file comes from, its bytes arrive, and no more of it is read than is sent. */
import * as Audio from "@effect-cohere/core/Audio"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as Upload from "@effect-cohere/core/Upload"
import * as UploadNode from "@effect-cohere/platform-node/UploadNode"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { clients } from "./clients.ts"
import * as Server from "./server.ts"

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

/** Bytes that look like nothing in particular, and like everything that a form is made of. */
const content = Buffer.concat([
  Buffer.from("--boundary\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n"),
  Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) % 256)),
  Buffer.from("\r\n--boundary--\r\n")
])

const temporaryFile = (bytes: Uint8Array) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "upload-"))),
      (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true }))
    ),
    (folder) => {
      const file = path.join(folder, "rivers.jsonl")
      fs.writeFileSync(file, bytes)
      return file
    }
  )

const stream = (size: number): Stream.Stream<Uint8Array> =>
  Stream.range(0, Math.ceil(content.length / size) - 1).pipe(
    Stream.map((n) => content.subarray(n * size, (n + 1) * size))
  )

const sources = {
  "bytes": Effect.sync(() => Upload.make("rivers.jsonl", new Uint8Array(content))),
  "a Blob": Effect.sync(() => Upload.make("rivers.jsonl", new Blob([new Uint8Array(content)]))),
  "a File": Effect.sync(() => new File([new Uint8Array(content)], "rivers.jsonl")),
  "a Stream of unknown size": Effect.sync(() => Upload.make("rivers.jsonl", stream(10_000))),
  "a Stream of known size": Effect.sync(() => Upload.make("rivers.jsonl", stream(777), { size: content.length })),
  "a Stream in one piece": Effect.sync(() => Upload.make("rivers.jsonl", Stream.make(new Uint8Array(content)))),
  "a path": Effect.flatMap(temporaryFile(content), (file) => UploadNode.fromPath(file)),
  "a file of the disk as a Blob": Effect.flatMap(
    temporaryFile(content),
    (file) => Effect.promise(async () => Upload.make("rivers.jsonl", await fs.openAsBlob(file)))
  )
}

/** The one file of a form, as a strict reader of forms finds it. */
const fileOf = (received: Server.Received, name: string) =>
  Effect.promise(async () => {
    const form = await new Response(new Uint8Array(received.body()), {
      headers: { "content-type": received.headers["content-type"] ?? "" }
    }).formData()
    const file = form.get(name)
    if (!(file instanceof File)) return assert.fail(`${name} is no file`)
    return {
      name: file.name,
      type: file.type,
      bytes: new Uint8Array(await file.arrayBuffer()),
      fields: [...form.keys()]
    }
  })

describe.each(Object.entries(clients))("%s", (clientName, client) => {
  describe.each(Object.entries(sources))("sends %s", (name, source) => {
    it.scopedLive("byte for byte", () =>
      Effect.gen(function*() {
        const server = yield* Server.listen()
        const data = yield* source
        const { id } = yield* Datasets.create({ name: "n", type: "embed-input", data }).pipe(
          Effect.provide(client(server.url))
        )
        assert.strictEqual(id, "d-1")
        assert.lengthOf(server.received, 1)
        const [received] = server.received
        if (received === undefined) return assert.fail("nothing was received")
        const file = yield* fileOf(received, "data")
        assert.deepStrictEqual(
          { ...file, bytes: sha256(file.bytes) },
          { name: "rivers.jsonl", type: "application/octet-stream", bytes: sha256(content), fields: ["data"] }
        )
        assert.strictEqual(received.url, "/v1/datasets?name=n&type=embed-input")
        assert.strictEqual(received.headers.authorization, "Bearer test-key-of-nobody")
        // `fetch` tells the length of no stream.
        const tells = data.size !== undefined && (clientName === "CohereNode" || data instanceof File)
        assert.strictEqual(received.headers["content-length"], tells ? String(received.length) : undefined, name)
      }))

    it.scopedLive("and tells how far it is, up to all of it", () =>
      Effect.gen(function*() {
        const server = yield* Server.listen()
        const seen: Array<Upload.Progress> = []
        const data = yield* source
        yield* Datasets.create({ name: "n", type: "embed-input", data }).pipe(
          Upload.onProgress((progress) => Effect.sync(() => seen.push(progress))),
          Effect.provide(client(server.url))
        )
        const file = yield* fileOf(server.received[0] ?? assert.fail("nothing was received"), "data")
        assert.strictEqual(sha256(file.bytes), sha256(content))
        assert.isNotEmpty(seen)
        assert.deepStrictEqual(seen.map(({ sent }) => sent), seen.map(({ sent }) => sent).sort((a, b) => a - b))
        assert.strictEqual(seen.at(-1)?.sent, content.length)
        assert.strictEqual(seen.at(-1)?.total, data.size)
      }))
  })

  it.scopedLive("sends what a Stream gave, though it fills the same bytes again", () =>
    Effect.gen(function*() {
      const server = yield* Server.listen()
      const buffer = new Uint8Array(64 * 1024)
      const data = Upload.make(
        "big.csv",
        Stream.unfoldEffect(0, (n) => Effect.sync(() => n < 200 ? Option.some([buffer.fill(n), n + 1]) : Option.none()))
      )
      yield* Datasets.create({ name: "n", type: "embed-input", data }).pipe(Effect.provide(client(server.url)))
      const { bytes } = yield* fileOf(server.received[0] ?? assert.fail("nothing was received"), "data")
      assert.strictEqual(bytes.length, 200 * buffer.length)
      for (let n = 0; n < 200; n++) {
        const piece = bytes.subarray(n * buffer.length, (n + 1) * buffer.length)
        assert.isTrue(piece.every((byte) => byte === n), `piece ${n}`)
      }
    }))

  it.scopedLive("sends a File of another make, such as a polyfill's", () =>
    Effect.gen(function*() {
      const server = yield* Server.listen()
      const blob = new Blob(["text\nhello\n"])
      const file = { name: "a.csv", size: blob.size, type: "text/csv", stream: () => blob.stream() }
      // It has all that an upload needs of a File.
      yield* Datasets.create({ name: "n", type: "embed-input", data: file as File }).pipe(
        Effect.provide(client(server.url))
      )
      const { bytes, type } = yield* fileOf(server.received[0] ?? assert.fail("nothing was received"), "data")
      assert.strictEqual(Buffer.from(bytes).toString(), "text\nhello\n")
      assert.strictEqual(type, "text/csv")
    }))

  it.scopedLive("reads no more of a file than the server takes", () =>
    Effect.gen(function*() {
      const server = yield* Server.listen({ keep: false })
      const piece = new Uint8Array(64 * 1024)
      let read = 0
      let ahead = 0
      const data = Upload.make(
        "big.csv",
        Stream.repeatValue(piece).pipe(
          Stream.take(2_048),
          Stream.tap((bytes) =>
            Effect.sync(() => {
              read += bytes.length
              ahead = Math.max(ahead, read - (server.received[0]?.length ?? 0))
            })
          ),
          // As a file comes: piece by piece, not all at once.
          Stream.rechunk(1)
        )
      )
      yield* Datasets.create({ name: "n", type: "embed-input", data }).pipe(Effect.provide(client(server.url)))
      assert.strictEqual(read, 128 * 1024 * 1024)
      // What the buffers of both ends take is not the reader's business.
      assert.isBelow(ahead, 32 * 1024 * 1024)
    }), 60_000)

  it.scopedLive("stops reading when the server does", () =>
    Effect.gen(function*() {
      const server = yield* Server.listen({ keep: false, stallAfter: 1024 * 1024 })
      let read = 0
      const data = Upload.make(
        "endless.csv",
        Stream.repeatEffect(Effect.sync(() => {
          read += 64 * 1024
          return new Uint8Array(64 * 1024)
        }))
      )
      yield* Datasets.create({ name: "n", type: "embed-input", data }).pipe(
        Effect.provide(client(server.url)),
        Effect.timeoutOption("1 second")
      )
      assert.isAbove(read, 1024 * 1024 - 1)
      assert.isBelow(read, 64 * 1024 * 1024)
    }))

  it.scopedLive("sends texts and files together, in the order of the API", () =>
    Effect.gen(function*() {
      const server = yield* Server.listen({ answer: () => ({ status: 200, body: { text: "Hello." } }) })
      const { text } = yield* Audio.createTranscription({
        file: Upload.make("a.mp3", stream(5_000)),
        temperature: 0.5,
        language: "en",
        model: "cohere-transcribe-03-2026"
      }).pipe(Effect.provide(client(server.url)))
      assert.strictEqual(text, "Hello.")
      const received = server.received[0] ?? assert.fail("nothing was received")
      assert.strictEqual(received.url, "/v2/audio/transcriptions")
      const file = yield* fileOf(received, "file")
      assert.deepStrictEqual(file.fields, ["model", "language", "temperature", "file"])
      assert.strictEqual(sha256(file.bytes), sha256(content))
    }))
})

it.effect("Upload.make makes a Stream of a Stream, and a File of all else", () =>
  Effect.gen(function*() {
    const file = Upload.make("a.csv", new Blob(["x"], { type: "text/csv" }))
    assert.instanceOf(file, File)
    assert.strictEqual(file.type, "text/csv")
    assert.strictEqual(Upload.make("a.csv", "äx").size, 3)
    assert.strictEqual(Upload.make("a.csv", "x", { type: "text/csv" }).type, "text/csv")
    const streamed = Upload.make("a.csv", stream(100), { size: content.length })
    if (!("content" in streamed)) return assert.fail("it is no StreamedFile")
    const bytes = yield* Stream.runCollect(streamed.content)
    assert.strictEqual(sha256(Buffer.concat(Chunk.toReadonlyArray(bytes))), sha256(content))
  }))
