/** What is checked is what is sent, whatever the parts of a request are made of. */
import * as Connectors from "@effect-cohere/core/Connectors"
import * as Datasets from "@effect-cohere/core/Datasets"
import * as V1 from "@effect-cohere/core/V1"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { errorOf, over } from "../client/support/samples.ts"
import * as Transport from "../support/transport.ts"

const connector = Transport.json({ connector: { id: "c" } })

it.effect("a part whose values JSON does not see is refused, not sent without them", () =>
  Effect.gen(function*() {
    class Auth {
      get type() {
        return "bearer" as const
      }
      get token() {
        return "t"
      }
    }
    const error = yield* errorOf(Connectors.create({ name: "n", url: "u", service_auth: new Auth() }), connector)
    if (error._tag !== "InvalidRequest") return assert.fail(error._tag)
    assert.strictEqual(error.attempts, 0)
    assert.include(error.issues.map((issue) => issue.path), "service_auth.type")
  }))

it.effect("an instance whose values JSON sees is sent", () =>
  Effect.gen(function*() {
    class Auth {
      readonly type = "bearer"
      readonly token = "t"
    }
    const transport = Transport.make(() => connector)
    yield* Connectors.create({ name: "n", url: "u", service_auth: new Auth() }).pipe(over(transport))
    assert.deepStrictEqual(JSON.parse(transport.requests[0]?.body ?? "").service_auth, { type: "bearer", token: "t" })
  }))

it.effect("a function in a request is no data, and cannot speak for the rest", () =>
  Effect.gen(function*() {
    const transport = Transport.make(() => Transport.json({ text: "" }))
    for (const toJSON of [() => ({ stream: true }), () => undefined]) {
      // More than the type allows.
      yield* V1.chat({ message: "Hi!", toJSON } as V1.ChatRequest).pipe(over(transport))
    }
    for (const { body } of transport.requests) assert.strictEqual(body, "{\"message\":\"Hi!\",\"stream\":false}")
  }))

it.effect("a getter that throws something that throws is InvalidRequest", () =>
  Effect.gen(function*() {
    const nasty = {
      get message(): string {
        throw new Error("no")
      }
    }
    const request = {
      get message(): string {
        throw Object.assign(new Error(), { message: nasty })
      }
    }
    const exit = yield* Effect.exit(V1.chat(request).pipe(over(() => Transport.json({ text: "" }))))
    assert.isTrue(Exit.isFailure(exit))
    const error = yield* errorOf(V1.chat(request), Transport.json({ text: "" }))
    assert.strictEqual(error._tag, "InvalidRequest")
  }))

it.effect.each([{ status: 204 }, { body: "" }, { body: " \n" }, { body: "{}" }])(
  "a deletion that is answered by %j is done",
  (reply) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* Datasets.delete({ id: "d" }).pipe(over(() => reply)), {})
    })
)
