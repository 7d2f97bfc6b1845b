export * as CohereNode from "./CohereNode.ts"
