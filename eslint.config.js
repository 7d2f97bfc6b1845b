import effect from "@effect/eslint-plugin"
import { defineConfig, globalIgnores } from "eslint/config"
import { builtinModules } from "node:module"
import ts from "typescript-eslint"

// The format (Effect's house style, by dprint) and a few rules, each against a mistake that the other guards do not
// see: `pnpm check` finds wrong types and what is unused, `pnpm effect-diagnostics` finds misused Effects.
// `pnpm format` mends what can be mended.

/** Their modules (`effect/Effect`) load what is used, they themselves everything: 82 KB against 170 KB in a browser. */
const barrels = [
  "effect",
  "@effect/platform",
  "@effect/platform-browser",
  "@effect/platform-node",
  "@effect-cohere/core"
]

const noBarrels = {
  paths: barrels.map((name) => ({ name, message: `Import the module, "${name}/…": the barrel loads everything.` })),
  patterns: [{ regex: "^\\.{1,2}/(.*/)?index\\.ts$", message: "Import the module that has it, not the barrel." }]
}

const noNodeModules = {
  paths: builtinModules.map((name) => ({ name, message: "This package runs outside of Node.js, too." })),
  patterns: [{ regex: "^node:", message: "This package runs outside of Node.js, too." }]
}

const platformGlobals = ["process", "Buffer", "global", "__dirname", "__filename", "window", "document"]
const platformGlobalsMessage = "Not every platform of this package has it: browsers, workers, Node.js."

export default defineConfig(
  globalIgnores(["**/dist/", "**/coverage/", "**/.docs-examples/"]),
  {
    files: ["**/*.{ts,mts,cts,js,mjs,cjs}"],
    plugins: { "@effect": effect, "@typescript-eslint": ts.plugin },
    languageOptions: { parser: ts.parser },
    linterOptions: { reportUnusedDisableDirectives: "error", reportUnusedInlineConfigs: "error" },
    rules: {
      "@effect/dprint": ["error", {
        config: {
          indentWidth: 2,
          lineWidth: 120,
          semiColons: "asi",
          quoteStyle: "alwaysDouble",
          trailingCommas: "never",
          operatorPosition: "maintain",
          "arrowFunction.useParentheses": "force"
        }
      }],
      "@typescript-eslint/ban-ts-comment": ["error", {
        "ts-expect-error": "allow-with-description",
        "ts-ignore": true,
        "ts-nocheck": true
      }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-expressions": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-debugger": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": ["error", { destructuring: "all" }]
    }
  },
  {
    // A promise that nobody waits for loses its error. Not for tests: their types alone would take longer than all else.
    files: ["{packages,examples,scripts,bench}/**/*.ts"],
    languageOptions: { parserOptions: { projectService: true } },
    rules: { "@typescript-eslint/no-floating-promises": "error" }
  },
  {
    files: ["packages/*/src/**/*.ts"],
    rules: {
      // Mends `import { A } from "effect"`; the second also sees `import * as` and `export … from`.
      "@effect/no-import-from-barrel-package": ["error", { packageNames: barrels }],
      "no-restricted-imports": ["error", noBarrels],
      "no-console": "error"
    }
  },
  {
    files: ["packages/core/src/**/*.ts", "packages/platform-browser/src/**/*.ts"],
    rules: {
      "no-restricted-imports": ["error", {
        paths: [...noBarrels.paths, ...noNodeModules.paths],
        patterns: [...noBarrels.patterns, ...noNodeModules.patterns]
      }],
      "no-restricted-globals": ["error", {
        globals: platformGlobals.map((name) => ({ name, message: platformGlobalsMessage })),
        checkGlobalObject: true
      }]
    }
  },
  {
    files: ["packages/*/src/index.ts"],
    rules: {
      "no-restricted-syntax": ["error", {
        selector: "Program > :not(ExportAllDeclaration[exported])",
        message: "The barrel holds only `export * as Module from \"./Module.ts\"`."
      }]
    }
  }
)
