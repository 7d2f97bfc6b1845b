/** cohere-ai: chat. */
import { CohereClientV2 } from "cohere-ai"

const client = new CohereClientV2({ token: "a-token", baseUrl: "/api/cohere" })
const { message } = await client.chat({ model: "command-a-03-2025", messages: [{ role: "user", content: "Hi!" }] })
console.log(message)
