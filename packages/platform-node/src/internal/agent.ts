/**
 * undici's agent, by its own module: the entry of undici also loads fetch, WebSocket, caches and mocks, a third of a start,
 * and gives Node's own fetch another agent. See docs/decisions/0030-the-agent-by-its-own-module.md.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Undici from "undici"
// @ts-expect-error undici declares types for its entry only, which exports the same class.
import UndiciAgent from "undici/lib/dispatcher/agent.js"

const Agent: typeof Undici.Agent = UndiciAgent

/** Keeps connections alive until the scope closes: then, it ends whatever is left. */
export const make: Effect.Effect<Undici.Dispatcher, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => new Agent()),
  (agent) => Effect.promise(() => agent.destroy())
)
