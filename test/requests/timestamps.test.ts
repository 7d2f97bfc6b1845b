import * as Timestamp from "@effect-cohere/core/Timestamp"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const iso = (text: string) => Option.getOrUndefined(Option.map(Timestamp.parse(text), DateTime.formatIso))

describe("Timestamp.parse", () => {
  it.each([
    ["2026-01-31T09:30:00Z", "2026-01-31T09:30:00.000Z"],
    ["2026-01-31T09:30:00.5Z", "2026-01-31T09:30:00.500Z"],
    ["2026-01-31T09:30:00.123456789Z", "2026-01-31T09:30:00.123Z"],
    ["2026-01-31T09:30:00.000001+02:00", "2026-01-31T07:30:00.000Z"],
    ["2026-01-31T23:30:00-05:30", "2026-02-01T05:00:00.000Z"],
    ["2026-01-31t09:30:00z", "2026-01-31T09:30:00.000Z"],
    ["2026-01-31 09:30:00Z", "2026-01-31T09:30:00.000Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["0050-01-01 00:00:00Z", "0050-01-01T00:00:00.000Z"]
  ])("reads %s", (text, expected) => assert.strictEqual(iso(text), expected))

  it.each([
    "",
    "yesterday",
    "2026-01-31",
    "2026-01-31T09:30:00",
    "2026-02-30T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "2026-04-31T12:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T09:60:00Z",
    "1769851800",
    "Sat, 31 Jan 2026 09:30:00 GMT"
  ])("finds no point of time in %j", (text) => assert.isUndefined(iso(text)))

  it("finds none in what is no text", () => {
    for (const value of [null, undefined, 0, NaN, {}, ["2026-01-31T09:30:00Z"], Symbol("x"), Object.create(null)]) {
      // What a program without types may pass.
      assert.isTrue(Option.isNone(Timestamp.parse(value as string)))
    }
  })
})

it.prop("what Timestamp.format writes, Timestamp.parse reads", [FastCheck.date({
  min: new Date("0001-01-01T00:00:00Z"),
  max: new Date("9999-12-31T23:59:59Z"),
  noInvalidDate: true
})], ([date]) => {
  const time = DateTime.unsafeMake(date)
  assert.strictEqual(iso(Timestamp.format(time)), date.toISOString())
})

it("Timestamp.Timestamp decodes and encodes inside other schemas", () => {
  const Job = Schema.Struct({ created_at: Timestamp.Timestamp })
  const job = Schema.decodeUnknownSync(Job)({ created_at: "2026-01-31T09:30:00.123456789+01:00" })
  assert.strictEqual(DateTime.toEpochMillis(job.created_at), Date.UTC(2026, 0, 31, 8, 30, 0, 123))
  assert.deepStrictEqual(Schema.encodeSync(Job)(job), { created_at: "2026-01-31T08:30:00.123Z" })
  assert.throws(() => Schema.decodeUnknownSync(Job)({ created_at: "soon" }), /expected a time such as/)
})
