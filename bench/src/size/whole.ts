/** effect-cohere: all modules of the core, none left out. */
import * as Cohere from "@effect-cohere/core"
import * as CohereBrowser from "@effect-cohere/platform-browser/CohereBrowser"

console.log(Cohere, CohereBrowser)
