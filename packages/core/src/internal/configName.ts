/** Where a value of Config came from. A Config with a default does not tell. */
import type * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"

/** The name that a Config reads, for errors about its value; of several, the last. Reads it again. */
export const nameOf = (config: Config.Config<unknown>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.configProviderWith(({ flattened }) => {
    let name: ReadonlyArray<string> = []
    const listening = ConfigProvider.fromFlat(ConfigProvider.makeFlat({
      load: (path, primitive, split) =>
        Effect.suspend(() => {
          name = path
          return flattened.load(path, primitive, split)
        }),
      enumerateChildren: flattened.enumerateChildren,
      patch: flattened.patch
    }))
    return Effect.map(Effect.ignore(listening.load(config)), () => name)
  })
