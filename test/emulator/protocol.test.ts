import * as Endpoints from "@effect-cohere/core/Endpoints"
import type { ListModelsResponse, Model } from "@effect-cohere/core/Models"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import type { ChatStreamEvent } from "@effect-cohere/core/V2"
import { assert, describe, it } from "@effect/vitest"
import { vi } from "vitest"
import { call, type ErrorBody, events, model, refusal, request } from "./api.ts"

const hello = { model, messages: [{ role: "user", content: "Hello!" }] }

describe("the emulator's wire", () => {
  it("answers every operation of the registry", async () => {
    const bodies: Record<string, unknown> = {
      "v2.chat": hello,
      "v2.chatStream": hello,
      "v2.embed": { model: "embed-v4.0", input_type: "search_query", texts: ["a"] },
      "v2.rerank": { model: "rerank-v3.5", query: "a", documents: ["a"] },
      "apiKey.check": {}
    }
    for (const endpoint of Endpoints.all) {
      const body = bodies[endpoint.id]
      const response = await Emulator.make().fetch(request(endpoint.path.replace("{model}", "embed-v4.0"), {
        method: endpoint.method,
        ...(body === undefined ? {} : { body: { ...body, ...endpoint.constants } })
      }))
      assert.strictEqual(response.status, 200, endpoint.id)
      const type = endpoint.kind === "stream" ? "text/event-stream" : "application/json"
      assert.strictEqual(response.headers.get("content-type"), type, endpoint.id)
      await response.text()
    }
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
