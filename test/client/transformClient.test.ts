import * as CohereClient from "@effect-cohere/core/CohereClient"
import * as Credentials from "@effect-cohere/core/Credentials"
import * as Deployment from "@effect-cohere/core/Deployment"
import * as Models from "@effect-cohere/core/Models"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Transport from "../support/transport.ts"

type Transform = (client: Parameters<NonNullable<CohereClient.Options["transformClient"]>>[0]) => typeof client

const get = (transformClient: Transform) => {
  const transport = Transport.make(() => Transport.json({ name: "m" }))
  return Models.get({ model: "m" }).pipe(
    Effect.provide(
      CohereClient.layerWith({ transformClient }).pipe(
        Layer.provide(Deployment.layerPlatform),
        Layer.provide(Credentials.layer("canary-key")),
        Layer.provide(transport.layer)
      )
    ),
    Effect.as(transport.requests)
  )
}

describe("transformClient", () => {
  const ways = {
    mapRequestInput: (look) => HttpClient.mapRequestInput((request) => look(request)),
    mapRequest: (look) => HttpClient.mapRequest((request) => look(request)),
    tapRequest: (look) => HttpClient.tapRequest((request) => Effect.sync(() => look(request))),
    transform: (look) =>
      HttpClient.transform((effect, request) => {
        look(request)
        return effect
      })
  } satisfies Record<
    string,
    (look: (request: HttpClientRequest.HttpClientRequest) => HttpClientRequest.HttpClientRequest) => Transform
  >

  for (const [name, way] of Object.entries(ways)) {
    it.effect(`sees the canonical request, without host and key, by ${name}`, () =>
      Effect.gen(function*() {
        const seen: Array<HttpClientRequest.HttpClientRequest> = []
        const requests = yield* get(way((request) => {
          seen.push(request)
          return request
        }))
        assert.deepStrictEqual(seen.map((request) => request.url), ["/v1/models/m"])
        assert.notInclude(JSON.stringify(seen), "canary-key")
        assert.strictEqual(requests[0]?.headers["authorization"], "Bearer canary-key")
      }))
  }

  it.effect("can change the request before it is addressed", () =>
    Effect.gen(function*() {
      const requests = yield* get(
        HttpClient.mapRequest((request) => HttpClientRequest.setUrl(request, request.url.replace("/v1", "")))
      )
      assert.strictEqual(requests[0]?.url, "https://api.cohere.com/models/m")
    }))
})
