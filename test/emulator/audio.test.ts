import type { Transcription } from "@effect-cohere/core/Audio"
import { assert, describe, it } from "@effect/vitest"
import { form, ok, refused } from "./api.ts"

const path = "/v2/audio/transcriptions"

const parts = (more: Readonly<Record<string, File | string>> = {}) =>
  form({ model: "cohere-transcribe-03-2026", language: "en", file: new File(["12345"], "call.mp3"), ...more })

describe("a transcription", () => {
  it("tells what came", async () => {
    const { text } = await ok<Transcription>(path, { form: parts({ temperature: "0.5" }) })
    for (const part of ["call.mp3", "5 bytes", "“en”"]) assert.include(text, part)
    const arabic = await ok<Transcription>(path, {
      form: parts({ model: "cohere-transcribe-arabic-07-2026", language: "ar" })
    })
    assert.include(arabic.text, "“ar”")
  })

  for (const extension of ["flac", "mp3", "mpeg", "mpga", "ogg", "wav", "WAV"]) {
    it(`can be of a .${extension} file`, async () => {
      await ok(path, { form: parts({ file: new File(["1"], `a.${extension}`) }) })
    })
  }

  it("cannot be of other files, of too large ones, or in no language", async () => {
    const reason = (more: Readonly<Record<string, File | string>>) => refused(path, { form: parts(more) })
    assert.match(await reason({ file: new File(["1"], "a.txt") }), /^400 .*'txt' is not supported/)
    assert.match(await reason({ file: new File(["1"], "mp3") }), /^400 .*is not supported/)
    const mega = 1024 * 1024
    assert.match(await reason({ file: new File([new Uint8Array(25 * mega + 1)], "a.wav") }), /^400 .*25 MB/)
    await ok(path, { form: parts({ file: new File([new Uint8Array(25 * mega)], "a.wav") }) })
    assert.match(await reason({ language: "english" }), /^400 .*ISO-639-1/)
    assert.match(await reason({ temperature: "1.5" }), /^400 .*temperature must be between 0 and 1/)
    assert.match(await reason({ temperature: "warm" }), /^400 invalid request: temperature: /)
    assert.match(await reason({ file: "not a file" }), /^400 invalid request: file: /)
    assert.match(await reason({ model: "nope" }), /^404 model 'nope' not found/)
    assert.match(await reason({ model: "command-a-03-2025" }), /^400 .*not supported by the transcriptions API/)
    assert.strictEqual(await reason({ model: "" }), "400 a model parameter is required for this endpoint.")
  })

  it("knows no other fields", async () => {
    assert.match(await refused(path, { form: parts({ prompt: "a" }) }), /^422 unknown field: parameter prompt is not/)
  })
})
