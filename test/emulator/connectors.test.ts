import type {
  Connector,
  ConnectorResponse,
  ListConnectorsResponse,
  OAuthAuthorizeResponse
} from "@effect-cohere/core/Connectors"
import * as Emulator from "@effect-cohere/core/testing/Emulator"
import { assert, describe, it } from "@effect/vitest"
import { call, ok, refusal, refused } from "./api.ts"

const base = { name: "Our Handbook", url: "https://search.example.com/handbook" }

const create = async (emulator: Emulator.Emulator, more: object = {}): Promise<Connector> =>
  (await ok<ConnectorResponse>("/v1/connectors", { body: { ...base, ...more } }, emulator)).connector

const update = async (emulator: Emulator.Emulator, id: string, body: object): Promise<Connector> =>
  (await ok<ConnectorResponse>(`/v1/connectors/${id}`, { method: "PATCH", body }, emulator)).connector

describe("a connector", () => {
  it("has an id made of its name, and defaults", async () => {
    const emulator = Emulator.make()
    const connector = await create(emulator, { description: "about us", excludes: ["secret"] })
    assert.match(connector.id, /^our-handbook-/)
    assert.deepInclude(connector, {
      ...base,
      description: "about us",
      excludes: ["secret"],
      active: true,
      continue_on_failure: false
    })
    assert.notStrictEqual((await create(emulator)).id, connector.id)
    assert.deepStrictEqual(await ok(`/v1/connectors/${connector.id}`, {}, emulator), { connector })
  })

  it("never tells a secret, whether created, read, listed or changed", async () => {
    const emulator = Emulator.make()
    const oauth = {
      client_id: "me",
      client_secret: "hush-1",
      authorize_url: "https://example.com/a",
      token_url: "https://example.com/t"
    }
    const first = await create(emulator, { oauth })
    const second = await create(emulator, { service_auth: { type: "bearer", token: "hush-2" } })
    const changed = await update(emulator, second.id, { oauth: { ...oauth, client_secret: "hush-3" } })
    const back = await update(emulator, first.id, { service_auth: { type: "basic", token: "hush-4" } })
    const listed = await ok("/v1/connectors", {}, emulator)
    assert.notInclude(JSON.stringify([first, second, changed, back, listed]), "hush")
    assert.deepStrictEqual([first.auth_type, second.auth_type], ["oauth", "service_auth"])
    assert.deepStrictEqual([changed.auth_type, back.auth_type], ["oauth", "service_auth"])
    assert.strictEqual(changed.oauth?.client_id, "me")
    assert.isNull(back.oauth)
  })

  it("changes only what is given", async () => {
    const emulator = Emulator.make()
    const before = await create(emulator, { description: "about us" })
    const after = await update(emulator, before.id, { active: false })
    assert.deepStrictEqual(after, { ...before, active: false, updated_at: after.updated_at })
    assert.isAbove(Date.parse(after.updated_at ?? ""), Date.parse(before.updated_at ?? ""))
  })

  it("keeps its description, which cannot be changed, and nothing that the server does not know", async () => {
    const emulator = Emulator.make()
    const before = await create(emulator, { description: "about us", secret: "hush" })
    assert.notProperty(before, "secret")
    const { body, headers } = await call<ConnectorResponse>(
      `/v1/connectors/${before.id}`,
      { method: "PATCH", body: { description: "about them" } },
      emulator
    )
    assert.strictEqual(body.connector.description, "about us")
    assert.strictEqual(
      headers.get("x-api-warning"),
      "unknown field: parameter description is not a valid field"
    )
  })

  it("is deleted for good", async () => {
    const emulator = Emulator.make()
    const { id } = await create(emulator)
    assert.deepStrictEqual(await ok(`/v1/connectors/${id}`, { method: "DELETE" }, emulator), {})
    for (const options of [{}, { method: "DELETE" }, { method: "PATCH", body: {} }]) {
      assert.strictEqual(await refused(`/v1/connectors/${id}`, options, emulator), `404 connector '${id}' not found.`)
    }
  })

  it("is listed, 30 on a page unless told otherwise, with the number of all", async () => {
    const emulator = Emulator.make()
    const ids: Array<string> = []
    for (let i = 0; i < 32; i++) ids.push((await create(emulator, { name: `c${i}` })).id)
    const list = async (query: string) => {
      const { connectors, total_count } = await ok<ListConnectorsResponse>(`/v1/connectors${query}`, {}, emulator)
      assert.strictEqual(total_count, 32)
      return connectors?.map(({ id }) => id)
    }
    assert.deepStrictEqual(await list(""), ids.slice(0, 30))
    assert.deepStrictEqual(await list("?offset=30"), ids.slice(30))
    assert.deepStrictEqual(await list("?limit=100"), ids)
    assert.deepStrictEqual(await list("?limit=0"), [])
    assert.match(await refused("/v1/connectors?limit=101", {}, emulator), /^400 .*between 0 and 100/)
  })

  it("sends users to its authorization page if it has one", async () => {
    const emulator = Emulator.make()
    const path = (id: string) =>
      `/v1/connectors/${id}/oauth/authorize?after_token_redirect=https%3A%2F%2Fapp.example.com%2Fdone`
    const oauth = { client_id: "me", authorize_url: "https://example.com/authorize?v=2", scope: "read write" }
    const { id } = await create(emulator, { oauth })
    const { redirect_url } = await ok<OAuthAuthorizeResponse>(path(id), { method: "POST" }, emulator)
    const url = new URL(redirect_url ?? "")
    assert.strictEqual(url.origin + url.pathname, "https://example.com/authorize")
    assert.deepInclude(Object.fromEntries(url.searchParams), {
      v: "2",
      client_id: "me",
      scope: "read write",
      after_token_redirect: "https://app.example.com/done"
    })
    const plain = await create(emulator)
    assert.match(await refused(path(plain.id), { method: "POST" }, emulator), /^400 .*does not use oauth/)
    assert.match(await refused(path("nope"), { method: "POST" }, emulator), /^404 connector 'nope' not found\./)
  })

  it("is refused with both kinds of authorization, a bad URL, or no name", async () => {
    const reason = (more: object) => refusal("/v1/connectors", { ...base, ...more })
    assert.match(
      await reason({ oauth: {}, service_auth: { type: "bearer", token: "a" } }),
      /^400 .*only one of oauth and service_auth/
    )
    assert.match(await reason({ url: "nowhere" }), /^400 invalid request: url /)
    assert.match(await reason({ name: " " }), /^400 invalid request: the name/)
    assert.match(await reason({ service_auth: { type: "digest", token: "a" } }), /^400 invalid request: service_auth/)
  })
})
