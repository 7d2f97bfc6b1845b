import * as Endpoints from "@effect-cohere/core/Endpoints"
import { expect, it } from "vitest"

const moduleOf: Record<string, string> = { v2: "V2", models: "Models", apiKey: "ApiKey" }

const row = (endpoint: (typeof Endpoints.all)[number]): string => {
  const [resource = "", operation = ""] = endpoint.id.split(".")
  const own = endpoint.error.map((error) => "_tag" in error ? `\`${String(error._tag)}\`` : "?")
  return `| [\`${moduleOf[resource]}.${operation}\`](${endpoint.docs}) | ${endpoint.method} | \`${endpoint.path}\` | ${
    endpoint.kind === "stream" ? "a Stream of events" : "a value"
  } | ${own.join(", ") || "–"} | ${endpoint.retry === "always" ? "yes" : "only when refused"} | ${
    endpoint.deprecated ?? "–"
  } |`
}

const page = `# Operations

Every operation of this version, made from its descriptors. All can fail with the common errors, too.

| Operation | Method | Path | Answers | Own errors | Sent again after a failure | Deprecated |
| --- | --- | --- | --- | --- | --- | --- |
${Endpoints.all.map(row).join("\n")}
`

it("docs/operations.md lists every operation as its descriptor says (vitest -u writes it)", async () => {
  await expect(page).toMatchFileSnapshot("../../docs/operations.md")
})

it("every operation has an id of its own, and a module that the table can name", () => {
  const ids = Endpoints.all.map((endpoint) => endpoint.id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(moduleOf).toHaveProperty(id.split(".")[0] ?? "")
})
