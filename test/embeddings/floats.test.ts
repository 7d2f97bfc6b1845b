/** Floats come as they were sent, to the last bit, on every platform. */
import type * as Embeddings from "@effect-cohere/core/Embeddings"
import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { over } from "../client/support/samples.ts"
import { seed } from "../support/seed.ts"
import * as Transport from "../support/transport.ts"
import * as Server from "./support/server.ts"

const NodeBuffer = Buffer

/** The file whose code calls this function's caller. */
const reader = (of: () => unknown): string => {
  const { prepareStackTrace } = Error
  const seen: { readonly stack?: string } = {}
  Error.prepareStackTrace = (_, [frame]) => frame?.getFileName() ?? ""
  Error.captureStackTrace(seen, of)
  const { stack = "" } = seen
  Error.prepareStackTrace = prepareStackTrace
  return stack
}

/** Hides `Buffer` from the one module that looks for it: Vitest itself imports nothing without. */
const hideBuffer = () => {
  const get = () => reader(get).endsWith("internal/base64.ts") ? undefined : NodeBuffer
  Object.defineProperty(globalThis, "Buffer", { configurable: true, get })
}

afterEach(() => {
  Object.defineProperty(globalThis, "Buffer", { configurable: true, writable: true, value: NodeBuffer })
  vi.restoreAllMocks()
})

/** The bits of floats. */
const bitsOf = (floats: Float32Array): ReadonlyArray<number> => [
  ...new Uint32Array(floats.buffer, floats.byteOffset, floats.length)
]

/** Bits as they travel. */
const base64Of = (bits: ReadonlyArray<number>): string => {
  const bytes = NodeBuffer.alloc(bits.length * 4)
  bits.forEach((n, i) => bytes.writeUInt32LE(n, i * 4))
  return bytes.toString("base64")
}

/** Zeros, infinities, the least, the greatest, the subnormal, and NaNs that are not all alike. */
const odd = [
  0x00000000,
  0x80000000,
  0x7f800000,
  0xff800000,
  0x00000001,
  0x807fffff,
  0x00800000,
  0x7f7fffff,
  0xff7fffff,
  0x7fc00000,
  0xffc00000,
  0x7fc12345,
  0x7f800001,
  0xffffffff
]

const bit32 = FastCheck.oneof(FastCheck.nat(0xffffffff), FastCheck.constantFrom(...odd))

/** Embeddings of one length, as bits: lengths that need each kind of padding. */
const matrix = FastCheck.tuple(FastCheck.integer({ min: 1, max: 20 }), FastCheck.integer({ min: 1, max: 5 })).chain(
  ([length, count]) =>
    FastCheck.array(FastCheck.array(bit32, { minLength: length, maxLength: length }), {
      minLength: count,
      maxLength: count
    })
)

type Module = typeof Embeddings

/** The floats of an answer with these bits. */
const received = ({ all }: Module, rows: ReadonlyArray<ReadonlyArray<number>>) =>
  all({ ...Server.fields, inputs: Server.texts(rows.length) }).pipe(
    Effect.map(({ embeddings }) => embeddings.float.map(bitsOf)),
    over(Transport.make(({ body }) => Server.answer(body, { embeddings: { base64: rows.map(base64Of) } })))
  )

for (const hidden of [false, true]) {
  describe(`Floats as base64, ${hidden ? "without Buffer, as in a browser," : "with Buffer, as on Node.js,"}`, () => {
    /** The library anew, since it looks for what there is when it is imported. */
    const imported = async (): Promise<Module> => {
      vi.resetModules()
      if (hidden) hideBuffer()
      return import("@effect-cohere/core/Embeddings")
    }

    it("come bit for bit, the odd ones, too", async () => {
      const module = await imported()
      const atob = vi.spyOn(globalThis, "atob")
      assert.deepStrictEqual(await Effect.runPromise(received(module, [odd, odd])), [odd, odd])
      // That what is meant to be tested is.
      assert.strictEqual(atob.mock.calls.length, hidden ? 2 : 0)
      for (const bits of odd) assert.deepStrictEqual(await Effect.runPromise(received(module, [[bits]])), [[bits]])
    })

    it("come bit for bit, whatever they are", async () => {
      const module = await imported()
      await FastCheck.assert(
        FastCheck.asyncProperty(matrix, async (rows) => {
          assert.deepStrictEqual(await Effect.runPromise(received(module, rows)), rows)
        }),
        { seed, numRuns: 100 }
      )
    })

    it("are refused where they are none", async () => {
      const { all } = await imported()
      for (const text of ["AAAA", "AAAAAA=A", "AACAvw=", "====", "AACAvw==="]) {
        const error = await Effect.runPromise(
          all({ ...Server.fields, inputs: ["a"] }).pipe(
            over(Transport.make(({ body }) => Server.answer(body, { embeddings: { base64: [text] } }))),
            Effect.flip
          )
        )
        assert.strictEqual(error._tag, "UnexpectedResponse", text)
      }
    })
  })
}

it("Floats as base64 are little endian, also where numbers are not", async () => {
  vi.resetModules()
  // How numbers lie in memory there. All else is as it is here.
  const of = vi.spyOn(Uint32Array, "of").mockReturnValue(new Uint32Array(Uint8Array.of(0, 0, 0, 1).buffer))
  const module = await import("@effect-cohere/core/Embeddings")
  assert.strictEqual(of.mock.calls.length, 1)
  of.mockRestore()
  const numbers = odd.filter((bits) => !Number.isNaN(new Float32Array(Uint32Array.of(bits).buffer)[0]))
  assert.deepStrictEqual(await Effect.runPromise(received(module, [numbers])), [numbers])
})

it("Floats as numbers are those of 32 bits that are nearest", async () => {
  const { all } = await import("@effect-cohere/core/Embeddings")
  const float = FastCheck.double({ noNaN: true, min: -3.4028234663852886e38, max: 3.4028234663852886e38 })
  await FastCheck.assert(
    FastCheck.asyncProperty(FastCheck.array(float, { minLength: 1 }), async (row) => {
      const { embeddings } = await Effect.runPromise(
        all({ ...Server.fields, inputs: ["a"], floats: "json" }).pipe(
          over(Transport.make(({ body }) => Server.answer(body, { embeddings: { float: [row] } })))
        )
      )
      // What JSON says of a number is a number again; but for the sign of zero.
      assert.deepStrictEqual([...embeddings.float[0] ?? []], row.map((n) => Math.fround(Object.is(n, -0) ? 0 : n)))
    }),
    { seed, numRuns: 100 }
  )
})
