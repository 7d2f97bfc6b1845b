export * as CohereBrowser from "./CohereBrowser.ts"
