/** undici's `request`, below its fetch, with an Agent of its own. */
import { Agent, request } from "undici"
import type { ClientModule } from "../operations.ts"
import { apiKey } from "../requests.ts"
import * as Wire from "./wire.ts"

export const connect: ClientModule["connect"] = async (base) => {
  const dispatcher = new Agent()
  const post = async (path: string, body: object) => {
    const response = await request(base + path, {
      dispatcher,
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${apiKey}` },
      body: JSON.stringify(body)
    })
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`)
    return response.body
  }
  return Wire.operations({
    json: async (path, body) => JSON.parse(await (await post(path, body)).text()),
    bytes: post
  })
}
