/** Node's own fetch and JSON.parse: what every ratio is over. */
import type { ClientModule } from "../operations.ts"
import { apiKey } from "../requests.ts"
import * as Wire from "./wire.ts"

export const connect: ClientModule["connect"] = async (base) => {
  const post = async (path: string, body: object): Promise<Response> => {
    const response = await fetch(base + path, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${apiKey}` },
      body: JSON.stringify(body)
    })
    if (response.status !== 200) throw new Error(`status ${response.status}`)
    return response
  }
  return Wire.operations({
    json: async (path, body) => JSON.parse(await (await post(path, body)).text()),
    bytes: async (path, body) => {
      const { body: bytes } = await post(path, body)
      if (bytes === null) throw new Error("no body")
      return bytes
    }
  })
}
