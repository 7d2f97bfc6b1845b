import * as Endpoints from "@effect-cohere/core/Endpoints"
import type { ListModelsResponse, Model } from "@effect-cohere/core/Models"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import type { ChatStreamEvent } from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import { vi } from "vitest"
import { call, type ErrorBody, events, form, lines, model, ok, refusal, request, settled, upload } from "./api.ts"

const hello = { model, messages: [{ role: "user", content: "Hello!" }] }

describe("the emulator's wire", () => {
  it("answers every operation of the registry", async () => {
    const emulator = Emulator.make({
      models: [
        { name: model, endpoints: ["chat"], default_endpoints: ["chat"] },
        { name: "embed-v4.0", endpoints: ["embed"] },
        { name: "rerank-v3.5", endpoints: ["rerank"] },
        { name: "command", endpoints: ["generate", "summarize"] }
      ]
    })
    const ids = {
      dataset: await upload(emulator, "text\na\n"),
      records: await upload(emulator, "{\"a\":1}", { file: "a.jsonl", type: "batch-chat-v2-input" })
    }
    await settled(emulator, ids.dataset)
    await settled(emulator, ids.records)
    const connector = { name: "Handbook", url: "https://example.com/search" }
    const oauth = { authorize_url: "https://example.com/authorize" }
    const settings = { base_model: { base_type: "BASE_TYPE_CHAT" }, dataset_id: ids.dataset }
    const created = {
      job: (await ok<{ job_id: string }>("/v1/embed-jobs", {
        body: { model: "embed-v4.0", dataset_id: ids.dataset, input_type: "clustering" }
      }, emulator)).job_id,
      batch: (await ok<{ batch: { id: string } }>("/v2/batches", {
        body: { name: "b", model, input_dataset_id: ids.records }
      }, emulator)).batch.id,
      connector: (await ok<{ connector: { id: string } }>("/v1/connectors", {
        body: { ...connector, oauth }
      }, emulator)).connector.id,
      tuned: (await ok<{ finetuned_model: { id: string } }>("/v1/finetuning/finetuned-models", {
        body: { name: "f", settings }
      }, emulator)).finetuned_model.id
    }
    const rows = () => form({ data: new File(["text\nb\n"], "b.csv") })
    const recording = form({ model: "cohere-transcribe-03-2026", language: "en", file: new File(["…"], "a.mp3") })
    const pictured = { model: "parse-v5.0", document: { type: "image_url", image_url: "https://example.com/a.png" } }
    const embedding = { model: "embed-v4.0", input_type: "search_query", texts: ["a"] }
    const ranking = { model: "rerank-v3.5", query: "a", documents: ["a"] }
    const examples = ["good", "great", "bad", "awful"].map((text, i) => ({ text, label: i < 2 ? "+" : "-" }))
    const job = `/v1/embed-jobs/${created.job}`
    const tuned = `/v1/finetuning/finetuned-models/${created.tuned}`
    const of: { readonly [Id in Endpoints.Id]: readonly [path: string, options?: Parameters<typeof request>[1]] } = {
      "v2.chat": ["/v2/chat", { body: hello }],
      "v2.chatStream": ["/v2/chat", { body: { ...hello, stream: true } }],
      "v2.embed": ["/v2/embed", { body: embedding }],
      "v2.rerank": ["/v2/rerank", { body: ranking }],
      "v2.parse": ["/v2/parse", { body: pictured }],
      "v1.chat": ["/v1/chat", { body: { message: "Hello!" } }],
      "v1.chatStream": ["/v1/chat", { body: { message: "Hello!", stream: true } }],
      "v1.generate": ["/v1/generate", { body: { prompt: "a" } }],
      "v1.generateStream": ["/v1/generate", { body: { prompt: "a", stream: true } }],
      "v1.embed": ["/v1/embed", { body: embedding }],
      "v1.rerank": ["/v1/rerank", { body: ranking }],
      "v1.classify": ["/v1/classify", { body: { inputs: ["fine"], examples } }],
      "v1.summarize": ["/v1/summarize", { body: { text: "A sentence. ".repeat(30) } }],
      "tokens.tokenize": ["/v1/tokenize", { body: { text: "a", model } }],
      "tokens.detokenize": ["/v1/detokenize", { body: { tokens: [97], model } }],
      "models.get": [`/v1/models/${model}`],
      "models.list": ["/v1/models"],
      "apiKey.check": ["/v1/check-api-key", { method: "POST" }],
      "datasets.getUsage": ["/v1/datasets/usage"],
      "datasets.list": ["/v1/datasets"],
      "datasets.create": ["/v1/datasets?name=b&type=embed-input", { form: rows() }],
      "datasets.get": [`/v1/datasets/${ids.dataset}`],
      "datasets.delete": [`/v1/datasets/${ids.dataset}`],
      "embedJobs.list": ["/v1/embed-jobs"],
      "embedJobs.create": ["/v1/embed-jobs", {
        body: { model: "embed-v4.0", dataset_id: ids.dataset, input_type: "clustering" }
      }],
      "embedJobs.get": [job],
      "embedJobs.cancel": [`${job}/cancel`],
      "batches.list": ["/v2/batches"],
      "batches.create": ["/v2/batches", { body: { name: "c", model, input_dataset_id: ids.records } }],
      "batches.retrieve": [`/v2/batches/${created.batch}`],
      "batches.cancel": [`/v2/batches/${created.batch}:cancel`],
      "audio.createTranscription": ["/v2/audio/transcriptions", { form: recording }],
      "connectors.list": ["/v1/connectors"],
      "connectors.create": ["/v1/connectors", { body: connector }],
      "connectors.get": [`/v1/connectors/${created.connector}`],
      "connectors.update": [`/v1/connectors/${created.connector}`, { body: { active: false } }],
      "connectors.oAuthAuthorize": [`/v1/connectors/${created.connector}/oauth/authorize`],
      "connectors.delete": [`/v1/connectors/${created.connector}`],
      "finetuning.listFinetunedModels": ["/v1/finetuning/finetuned-models"],
      "finetuning.createFinetunedModel": ["/v1/finetuning/finetuned-models", { body: { name: "g", settings } }],
      "finetuning.getFinetunedModel": [tuned],
      "finetuning.updateFinetunedModel": [tuned, { body: { name: "h", settings } }],
      "finetuning.listEvents": [`${tuned}/events`],
      "finetuning.listTrainingStepMetrics": [`${tuned}/training-step-metrics`],
      "finetuning.deleteFinetunedModel": [tuned]
    }
    const contentTypes: { readonly [id: string]: string | null } = {
      "v2.chatStream": "text/event-stream",
      "v1.chatStream": "application/stream+json",
      "v1.generateStream": "application/stream+json",
      "embedJobs.cancel": null
    }
    // What deletes something comes last, so that the others still find it.
    const inOrder = [...Endpoints.all].sort((a, b) => Number(a.method === "DELETE") - Number(b.method === "DELETE"))
    for (const { id, method } of inOrder) {
      const [path, options] = of[id]
      const response = await emulator.fetch(request(path, { ...options, method }))
      const text = await response.text()
      assert.strictEqual(response.status, 200, `${id}: ${text}`)
      const type = id in contentTypes ? contentTypes[id] : "application/json"
      assert.strictEqual(response.headers.get("content-type"), type, id)
      if (type === "application/json") assert.doesNotThrow(() => JSON.parse(text), id)
      if (type === null) assert.strictEqual(text, "", id)
      assert.isNull(response.headers.get("x-api-warning"), id)
      assert.match(response.headers.get("x-debug-trace-id") ?? "", /^[0-9a-f]{32}$/, id)
    }
  })

  it("tolerates fields that v1 does not know, and warns of them in a header", async () => {
    const body = { message: "Hello!", tempreature: 1, return_prompt: true, "łódź": 1 }
    const { headers, status } = await call("/v1/chat", { body })
    assert.strictEqual(status, 200)
    assert.strictEqual(
      headers.get("x-api-warning"),
      "unknown field: parameter tempreature is not a valid field, " +
        "unknown field: parameter return_prompt is not a valid field, " +
        "unknown field: parameter ??d? is not a valid field"
    )
    const streamed = await Emulator.make().fetch(request("/v1/chat", { body: { ...body, stream: true } }))
    assert.match(streamed.headers.get("x-api-warning") ?? "", /tempreature/)
    await streamed.body?.cancel()
  })

  it("answers errors of fine-tuning and batches with a message alone, whoever refuses", async () => {
    for (const path of ["/v1/finetuning/finetuned-models/nope", "/v2/batches/nope"]) {
      const missing = await call<ErrorBody>(path)
      assert.strictEqual(missing.status, 404)
      assert.deepStrictEqual(Object.keys(missing.body), ["message"])
      const keyless = await call<ErrorBody>(path, { key: null })
      assert.strictEqual(keyless.status, 401)
      assert.deepStrictEqual(Object.keys(keyless.body), ["message"])
    }
  })

  it("frames v1 streams one JSON a line, or as events when the request says Accepts", async () => {
    const body = { message: "Hello!", stream: true }
    const plain = await Emulator.make().fetch(request("/v1/chat", { body }))
    assert.strictEqual(plain.headers.get("content-type"), "application/stream+json")
    const json = lines(await plain.text())
    // `Accept` in the singular is another header, and means nothing here.
    const headers = { accept: "text/event-stream", "content-type": "application/json" }
    const still = await Emulator.make().fetch(request("/v1/chat", { body, headers }))
    assert.strictEqual(still.headers.get("content-type"), "application/stream+json")
    await still.body?.cancel()
    const framed = await Emulator.make().fetch(
      request("/v1/chat", { body, headers: { Accepts: "text/event-stream" } })
    )
    assert.strictEqual(framed.headers.get("content-type"), "text/event-stream")
    const all = events(await framed.text())
    assert.deepStrictEqual(all.map(([, data]) => JSON.parse(data ?? "") as unknown), json)
    for (const [name, data] of all) {
      assert.strictEqual((JSON.parse(data ?? "") as { event_type: string }).event_type, name)
    }
  })

  it("gives a form the same trace id whatever its boundary is, and another form another one", async () => {
    const trace = async (text: string) => {
      const exchange = await call("/v1/datasets?name=a&type=embed-input", {
        form: form({ data: new File([text], "a.csv") })
      })
      return exchange.headers.get("x-debug-trace-id")
    }
    assert.strictEqual(await trace("text\na"), await trace("text\na"))
    assert.notStrictEqual(await trace("text\na"), await trace("text\nb"))
  })

  it("fails as a connection does when the body of a request breaks off", async () => {
    const broken = () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode("{"))
          controller.error(new Error("unplugged"))
        }
      })
    for (const path of ["/v2/chat", "/v1/datasets?name=a&type=embed-input"]) {
      // The types of the DOM do not know `duplex`, without which no stream can be sent.
      const init: RequestInit & { readonly duplex: "half" } = {
        method: "POST",
        headers: { authorization: "Bearer any", "content-type": "multipart/form-data; boundary=a" },
        body: broken(),
        duplex: "half"
      }
      const request = new Request(`https://api.cohere.com${path}`, init)
      const outcome = await Emulator.make().fetch(request).then(() => "answered", (error: Error) => error.message)
      assert.strictEqual(outcome, "unplugged")
    }
  })

  it("refuses a form that is none", async () => {
    assert.match(await refusal("/v2/audio/transcriptions", "{}"), /^400 invalid request: the body must be multipart/)
  })

  it("gives the same request the same answer, ids and all, and different requests different ids", async () => {
    const first = await call<{ id: string }>("/v2/chat", { body: hello })
    const second = await call<{ id: string }>("/v2/chat", { body: hello })
    const other = await call<{ id: string }>("/v2/chat", { body: { ...hello, seed: 1 } })
    assert.deepStrictEqual(first.body, second.body)
    assert.notStrictEqual(first.body.id, other.body.id)
    assert.match(first.body.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.match(first.headers.get("x-debug-trace-id") ?? "", /^[0-9a-f]{32}$/)
    assert.strictEqual(first.headers.get("x-debug-trace-id"), second.headers.get("x-debug-trace-id"))
  })

  it("wants a key, and only one of the given ones", async () => {
    const emulator = Emulator.make({ apiKeys: ["right"] })
    const none = await call<ErrorBody>("/v1/models", { key: null })
    const empty = await call<ErrorBody>("/v1/models", { key: "" })
    const wrong = await call<ErrorBody>("/v1/models", { key: "wrong" }, emulator)
    const right = await call("/v1/models", { key: "right" }, emulator)
    assert.deepStrictEqual([none.status, none.body.message], [401, "no api key supplied"])
    assert.deepStrictEqual([empty.status, empty.body.message], [401, "no api key supplied"])
    assert.deepStrictEqual([wrong.status, wrong.body.message], [401, "invalid api token"])
    assert.strictEqual(right.status, 200)
  })

  it("answers unknown paths and methods with the plain text of a 404", async () => {
    for (const [path, method] of [["/v3/chat", "POST"], ["/v2/chat", "GET"], ["/v1/models/%zz", "GET"]] as const) {
      const response = await Emulator.make().fetch(request(path, { method }))
      assert.strictEqual(response.status, 404)
      assert.strictEqual(await response.text(), "404 page not found")
      assert.strictEqual(response.headers.get("content-type"), "text/plain")
    }
  })

  it("refuses broken JSON, other JSON than objects, wrong types and missing fields", async () => {
    assert.match(await refusal("/v2/chat", "{\"model\":"), /^400 invalid json syntax: /)
    assert.strictEqual(await refusal("/v2/chat", "[]"), "400 invalid request: the body must be an object")
    assert.match(await refusal("/v2/chat", { ...hello, max_tokens: "ten" }), /^400 invalid request: max_tokens: /)
    assert.match(await refusal("/v2/chat", { ...hello, stream: "yes" }), /^400 invalid request: stream/)
    assert.strictEqual(
      await refusal("/v2/rerank", { query: "a", documents: ["a"] }),
      "400 a model parameter is required for this endpoint."
    )
    assert.match(await refusal("/v2/rerank", { model: "rerank-v3.5", query: "a" }), /^400 invalid request: documents: /)
  })

  it("refuses fields that v2 does not know, and those that it forgot", async () => {
    const text = (name: string, page: string) =>
      `422 unknown field: parameter ${name} is not a valid field. ` +
      `For proper usage, please refer to https://docs.cohere.com/reference/${page}`
    assert.strictEqual(await refusal("/v2/chat", { ...hello, preamble: "x" }), text("preamble", "chat"))
    assert.strictEqual(await refusal("/v2/chat", { ...hello, return_prompt: true }), text("return_prompt", "chat"))
    assert.strictEqual(
      await refusal("/v2/rerank", { model: "rerank-v3.5", query: "a", documents: ["a"], return_documents: true }),
      text("return_documents", "rerank")
    )
  })

  it("reads null as absent", async () => {
    const exchange = await call("/v2/chat", { body: { ...hello, tools: null, temperature: null } })
    assert.strictEqual(exchange.status, 200)
  })

  it("tells unknown models from removed ones and from those of another endpoint", async () => {
    assert.strictEqual(
      await refusal("/v2/chat", { ...hello, model: "nope" }),
      "404 model 'nope' not found, make sure the correct model ID was used and that you have access to the model."
    )
    assert.match(
      await refusal("/v2/chat", { ...hello, model: "command-r-plus" }),
      /^404 model 'command-r-plus' was removed/
    )
    assert.strictEqual(
      await refusal("/v2/chat", { ...hello, model: "embed-v4.0" }),
      "400 invalid request: model 'embed-v4.0' is not supported by the chat API"
    )
  })

  it("gives errors an id, a message and the trace id of the request", async () => {
    const { body, headers } = await call<ErrorBody>("/v2/chat", { body: { ...hello, temperature: 2 } })
    assert.deepStrictEqual(Object.keys(body), ["id", "message"])
    assert.strictEqual(headers.get("content-type"), "application/json")
    assert.match(headers.get("x-debug-trace-id") ?? "", /^[0-9a-f]{32}$/)
  })
})

describe("the emulator's models", () => {
  it("are listed in pages", async () => {
    const names: Array<string> = []
    let token: string | undefined = ""
    while (token !== undefined) {
      const page: { readonly body: ListModelsResponse } = await call(
        `/v1/models?page_size=5${token === "" ? "" : `&page_token=${token}`}`
      )
      names.push(...page.body.models.map((each) => each.name ?? ""))
      token = page.body.next_page_token ?? undefined
    }
    assert.strictEqual(names.length, new Set(names).size)
    assert.includeMembers(names, [model, "embed-v4.0", "rerank-v4.0-fast"])
  })

  it("are filtered by endpoint and default", async () => {
    const embed = await call<ListModelsResponse>("/v1/models?endpoint=embed")
    const byDefault = await call<ListModelsResponse>("/v1/models?endpoint=chat&default_only=true")
    const alone = await call<ErrorBody>("/v1/models?default_only=true")
    const broken = await call<ErrorBody>("/v1/models?page_size=many")
    assert.isTrue(embed.body.models.every((each) => each.endpoints?.includes("embed")))
    assert.deepStrictEqual(byDefault.body.models.map((each) => each.name), [model])
    assert.strictEqual(alone.status, 400)
    assert.match(broken.body.message, /^invalid request: page_size: /)
  })

  it("are found by name, however it is spelled in the path", async () => {
    const emulator = Emulator.make({ models: [{ name: "a/b c-ft", endpoints: ["chat"] }] })
    const found = await call<Model>("/v1/models/a%2Fb%20c-ft", {}, emulator)
    const lost = await call<ErrorBody>("/v1/models/embed-v4.0", {}, emulator)
    assert.deepStrictEqual(found.body, { name: "a/b c-ft", endpoints: ["chat"] })
    assert.strictEqual(lost.status, 404)
  })
})

describe("the emulator's streams", () => {
  const stream = (more: object = {}) => request("/v2/chat", { body: { ...hello, stream: true, ...more } })

  it("name each event, carry its JSON, and end in [DONE]", async () => {
    const response = await Emulator.make().fetch(stream())
    const all = events(await response.text())
    assert.deepStrictEqual(all.at(-1), [undefined, "[DONE]"])
    for (const [name, data] of all.slice(0, -1)) {
      const event = JSON.parse(data ?? "") as ChatStreamEvent
      assert.strictEqual(event.type as string, name)
    }
    assert.deepStrictEqual([all[0]?.[0], all.at(-2)?.[0]], ["message-start", "message-end"])
  })

  it("answer a refused request with a status, not with events", async () => {
    const response = await Emulator.make().fetch(stream({ temperature: 7 }))
    assert.strictEqual(response.status, 400)
    assert.strictEqual(response.headers.get("content-type"), "application/json")
  })

  it("keep the given pace, and stop when the reader leaves", async () => {
    vi.useFakeTimers()
    try {
      const emulator = Emulator.make({ latency: { firstByte: "1 second", betweenEvents: "100 millis" } })
      const pending = emulator.fetch(stream())
      await vi.advanceTimersByTimeAsync(999)
      assert.strictEqual(vi.getTimerCount(), 1)
      await vi.advanceTimersByTimeAsync(1)
      const reader = (await pending).body!.getReader()
      await reader.read()
      const second = reader.read()
      await vi.advanceTimersByTimeAsync(99)
      assert.strictEqual(vi.getTimerCount(), 1)
      await vi.advanceTimersByTimeAsync(1)
      assert.isFalse((await second).done)
      void reader.read().catch(() => undefined)
      await vi.advanceTimersByTimeAsync(0)
      assert.strictEqual(vi.getTimerCount(), 1)
      await reader.cancel()
      assert.strictEqual(vi.getTimerCount(), 0)
    } finally {
      vi.useRealTimers()
    }
  })

  it("stop when the request is aborted, before and after the first byte", async () => {
    const early = new AbortController()
    const waiting = Emulator.make({ latency: { firstByte: "1 hour" } }).fetch(
      request("/v2/chat", { body: hello, signal: early.signal })
    )
    early.abort(new Error("enough"))
    assert.strictEqual(await waiting.then(() => "answered", (error: Error) => error.message), "enough")

    const late = new AbortController()
    const response = await Emulator.make({ latency: { betweenEvents: "1 hour" } }).fetch(
      request("/v2/chat", { body: { ...hello, stream: true }, signal: late.signal })
    )
    const reader = response.body!.getReader()
    await reader.read()
    const next = reader.read()
    late.abort(new Error("enough"))
    assert.strictEqual(await next.then(() => "answered", (error: Error) => error.message), "enough")
  })

  it("make an event only when somebody reads", async () => {
    const response = await Emulator.make().fetch(stream())
    const reader = response.body!.getReader()
    const first = new TextDecoder().decode((await reader.read()).value)
    assert.strictEqual(events(first).length, 1)
    await reader.cancel()
  })
})

describe("what nobody can make sense of", () => {
  const schemas = {
    "a pattern that is none": { type: "string", pattern: "(" },
    "a reference that is no address": { $ref: "#/%zz" }
  }
  for (const [what, property] of Object.entries(schemas)) {
    it(`is refused with 400: ${what}`, async () => {
      const response_format = {
        type: "json_object",
        json_schema: { type: "object", properties: { a: property }, required: ["a"] }
      }
      assert.match(await refusal("/v2/chat", { ...hello, response_format }), /^400 /)
    })
  }

  it("does not ask for the moon: lengths have an end", async () => {
    const response_format = {
      type: "json_object",
      json_schema: {
        type: "object",
        properties: { a: { type: "array", minItems: 1e10, items: { type: "string", minLength: 1e9 } } },
        required: ["a"]
      }
    }
    const response = await Emulator.make().fetch(
      request("/v2/chat", { method: "POST", body: { ...hello, response_format } })
    )
    assert.strictEqual(response.status, 200)
    await response.text()
  })
})
