import type { GetUsageResponse, ListDatasetsResponse } from "@effect-cohere/core/Datasets"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { call, form, ok, refused, settled, upload } from "./api.ts"

/** The rows that a dataset of this file shows, as far as it shows some. */
const samples = async (text: string, options: Parameters<typeof upload>[2] = {}) => {
  const emulator = Emulator.make()
  const dataset = await settled(emulator, await upload(emulator, text, options))
  return {
    ...dataset,
    rows: (dataset.dataset_parts?.[0]?.samples ?? []).map((row) => JSON.parse(row) as unknown)
  }
}

const list = async (emulator: Emulator.Emulator, query = ""): Promise<ReadonlyArray<string>> =>
  (await ok<ListDatasetsResponse>(`/v1/datasets${query}`, {}, emulator)).datasets?.map(({ id }) => id) ?? []

const cell = FastCheck.string({
  unit: FastCheck.constantFrom("a", "\"", ",", "\n", "\r\n", " ", "é", ";"),
  minLength: 1,
  maxLength: 8
})

const quoted = (text: string) => `"${text.replaceAll("\"", "\"\"")}"`

describe("a dataset", () => {
  it("is processing at the first look and validated at the second, with its parts", async () => {
    const emulator = Emulator.make()
    const id = await upload(emulator, "text,other\nThe Seine,1\nThe Manzanares,2\n")
    const first = await ok<{ dataset: unknown }>(`/v1/datasets/${id}`, {}, emulator)
    assert.deepInclude(first.dataset, {
      id,
      name: "rows",
      dataset_type: "embed-input",
      validation_status: "processing"
    })
    const second = await ok<{ dataset: object }>(`/v1/datasets/${id}`, {}, emulator)
    assert.deepInclude(second.dataset, {
      validation_status: "validated",
      created_at: "2026-01-01T00:00:01.000Z",
      required_fields: ["text"]
    })
    assert.deepInclude((await settled(emulator, id)).dataset_parts?.[0], {
      name: "rows.csv",
      index: 0,
      num_rows: 2,
      size_bytes: 40,
      samples: ["{\"text\":\"The Seine\"}", "{\"text\":\"The Manzanares\"}"]
    })
  })

  it("keeps what was asked for of CSV rows: text, keep_fields, optional_fields", async () => {
    const text = "id,text,lang,note\n1,a,fr,x\n2,b,es,y\n"
    assert.deepStrictEqual((await samples(text)).rows, [{ text: "a" }, { text: "b" }])
    assert.deepStrictEqual(
      (await samples(text, { query: "&keep_fields=id&keep_fields=lang&optional_fields=note" })).rows,
      [{ id: "1", text: "a", lang: "fr", note: "x" }, { id: "2", text: "b", lang: "es", note: "y" }]
    )
  })

  it("reads every CSV file that can be written", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(
        FastCheck.array(FastCheck.tuple(cell, cell), { minLength: 1, maxLength: 3 }),
        FastCheck.constantFrom(",", ";", "\t", "|"),
        FastCheck.constantFrom("\n", "\r\n"),
        async (pairs, delimiter, end) => {
          const rows = [["text", "other"], ...pairs].map((row) => row.map(quoted).join(delimiter) + end)
          const read = await samples(rows.join(""), {
            query: `&keep_fields=other&csv_delimiter=${encodeURIComponent(delimiter)}`
          })
          assert.deepStrictEqual(read.rows, pairs.map(([text, other]) => ({ text, other })))
        }
      ),
      { numRuns: 50 }
    ))

  it("reads JSON lines and separated text", async () => {
    const jsonl = await samples("{\"text\":\"a\",\"n\":1}\n\n{\"text\":\"b\"}", {
      file: "a.jsonl",
      query: "&optional_fields=n"
    })
    assert.deepStrictEqual(jsonl.rows, [{ text: "a", n: 1 }, { text: "b" }])
    const txt = await samples("a\n--b\n--", { file: "a.txt", query: "&text_separator=--" })
    assert.deepStrictEqual(txt.rows, [{ text: "a\n" }, { text: "b\n" }])
  })

  it("fails its check, not its upload, for rows that do not fit", async () => {
    const failure = async (text: string, options?: Parameters<typeof upload>[2]) => {
      const { validation_error, validation_status } = await samples(text, options)
      assert.strictEqual(validation_status, "failed")
      return validation_error ?? ""
    }
    assert.match(await failure("a,b\n1,2\n"), /no column 'text'/)
    assert.match(await failure("text\n"), /no rows/)
    assert.match(await failure("text,b\n1,2,3\n"), /row 1 .* 3 columns/)
    assert.match(await failure("text,b\n,2\n"), /row 1 .* 'text' is empty/)
    assert.match(await failure("{\"text\":\"a\"}\n{\"a\":1}", { file: "a.jsonl" }), /row 2 .* no field 'text'/)
    assert.match(await failure("[1]", { file: "a.jsonl" }), /row 1 .* not a JSON object/)
    assert.match(
      await failure("{\"text\":\"a\"}", { file: "a.jsonl", query: "&keep_fields=lang" }),
      /row 1 .* no field 'lang'/
    )
    assert.match(await failure("…", { file: "a.pdf" }), /neither \.csv nor \.jsonl/)
  })

  it("leaves broken rows out when it shall, and warns of them", async () => {
    const read = await samples("{\"text\":\"a\"}\nnonsense\n{\"text\":\"\"}\n{\"text\":\"b\"}", {
      file: "a.jsonl",
      query: "&skip_malformed_input=true"
    })
    assert.strictEqual(read.validation_status, "validated")
    assert.deepStrictEqual(read.rows, [{ text: "a" }, { text: "b" }])
    assert.deepStrictEqual(read.validation_warnings, [
      "left out row 2 of 'a.jsonl': it is not a JSON object",
      "left out row 3 of 'a.jsonl': its field 'text' is empty"
    ])
  })

  it("of another type than embed-input keeps whole rows, and may have a file to evaluate with", async () => {
    const emulator = Emulator.make()
    const { id } = await ok<{ id: string }>("/v1/datasets?name=a&type=chat-finetune-input", {
      form: form({
        data: new File(["{\"messages\":[]}"], "a.jsonl"),
        eval_data: new File(["{\"messages\":[1]}\n{\"messages\":[2]}"], "b.jsonl")
      })
    }, emulator)
    const { dataset_parts } = await settled(emulator, id)
    assert.deepStrictEqual(dataset_parts?.map(({ index, name, num_rows }) => [index, name, num_rows]), [
      [0, "a.jsonl", 1],
      [1, "b.jsonl", 2]
    ])
  })

  it("is refused without a name, with a long one, of a strange type, with a long delimiter, with other parts", async () => {
    const create = (query: string, parts: Parameters<typeof form>[0] = { data: new File(["text\na"], "a.csv") }) =>
      refused(`/v1/datasets?${query}`, { form: form(parts) })
    assert.match(await create("type=embed-input"), /^400 invalid request: name/)
    assert.match(await create("name=&type=embed-input"), /^400 invalid request: .*name/)
    assert.match(await create(`name=${"a".repeat(50)}&type=embed-input`), /^400 invalid request: name: .*50 characters/)
    assert.match(await create("name=a"), /^400 invalid request: type/)
    assert.match(await create("name=a&type=nonsense"), /^400 invalid request: the dataset type 'nonsense' is not valid/)
    assert.match(await create("name=a&type=embed-input&csv_delimiter=--"), /^400 invalid request: csv_delimiter: /)
    assert.match(
      await create("name=a&type=embed-input", { file: new File(["text\na"], "a.csv") }),
      /^400 invalid request: the part 'file' of the form/
    )
    assert.match(await create("name=a&type=embed-input", { eval_data: new File(["a"], "a.csv") }), /^400 .*data/)
    assert.match(await create("name=a&type=embed-input", { data: "text\na" }), /^400 invalid request: data: /)
    assert.strictEqual(
      (await call(`/v1/datasets?name=${"a".repeat(49)}&type=embed-input`, {
        form: form({ data: new File(["text\na"], "a.csv") })
      })).status,
      200
    )
  })

  it("is deleted for good, and then is not found", async () => {
    const emulator = Emulator.make()
    const id = await upload(emulator, "text\na\n")
    assert.deepStrictEqual(await ok(`/v1/datasets/${id}`, { method: "DELETE" }, emulator), {})
    for (const method of ["GET", "DELETE"]) {
      assert.strictEqual(
        await refused(`/v1/datasets/${id}`, { method }, emulator),
        `404 dataset with id ${id} not found`
      )
    }
    assert.deepStrictEqual(await list(emulator), [])
  })

  it("is an emulator's own", async () => {
    const id = await upload(Emulator.make(), "text\na\n")
    assert.strictEqual(await refused(`/v1/datasets/${id}`), `404 dataset with id ${id} not found`)
  })
})

describe("the datasets", () => {
  it("are listed newest first, in parts", async () => {
    const emulator = Emulator.make()
    const ids: Array<string> = []
    for (const text of ["a", "b", "c", "d", "e"]) ids.unshift(await upload(emulator, `text\n${text}\n`))
    assert.deepStrictEqual(await list(emulator), ids)
    assert.deepStrictEqual(await list(emulator, "?limit=2"), ids.slice(0, 2))
    assert.deepStrictEqual(await list(emulator, "?limit=2&offset=1"), ids.slice(1, 3))
    assert.deepStrictEqual(await list(emulator, "?offset=4"), ids.slice(4))
    assert.match(await refused("/v1/datasets?limit=-1", {}, emulator), /^400 invalid request: limit/)
    assert.match(await refused("/v1/datasets?offset=-1", {}, emulator), /^400 invalid request: offset/)
  })

  it("are chosen by type, status and time; names of filters are in camel case", async () => {
    const emulator = Emulator.make()
    const old = await upload(emulator, "text\na\n")
    const chat = await upload(emulator, "{\"a\":1}", { file: "a.jsonl", type: "batch-chat-v2-input" })
    const broken = await upload(emulator, "other\na\n")
    assert.deepStrictEqual(await list(emulator, "?validationStatus=processing"), [broken, chat, old])
    await settled(emulator, broken)
    await settled(emulator, old)
    assert.deepStrictEqual(await list(emulator, "?validationStatus=failed"), [broken])
    assert.deepStrictEqual(await list(emulator, "?validationStatus=validated"), [old])
    assert.deepStrictEqual(await list(emulator, "?datasetType=batch-chat-v2-input"), [chat])
    assert.deepStrictEqual(await list(emulator, "?dataset_type=batch-chat-v2-input"), [broken, chat, old])
    const { created_at } = await settled(emulator, chat)
    assert.deepStrictEqual(await list(emulator, `?before=${created_at}`), [old])
    assert.deepStrictEqual(await list(emulator, `?after=${created_at}`), [broken])
    assert.match(await refused("/v1/datasets?before=yesterday", {}, emulator), /^400 invalid request: before /)
  })

  it("take as many bytes as their files; the word usage is no dataset", async () => {
    const emulator = Emulator.make()
    const usage = async () => (await ok<GetUsageResponse>("/v1/datasets/usage", {}, emulator)).organization_usage
    assert.strictEqual(await usage(), 0)
    const id = await upload(emulator, "text\né\n")
    await upload(emulator, "text\na\n")
    assert.strictEqual(await usage(), 8 + 7)
    await ok(`/v1/datasets/${id}`, { method: "DELETE" }, emulator)
    assert.strictEqual(await usage(), 7)
  })

  it("are the same for the same requests in another emulator", async () => {
    const story = async () => {
      const emulator = Emulator.make()
      await settled(emulator, await upload(emulator, "text\na\n"))
      await upload(emulator, "text\nb\n")
      return ok<ListDatasetsResponse>("/v1/datasets", {}, emulator)
    }
    assert.deepStrictEqual(await story(), await story())
  })
})
