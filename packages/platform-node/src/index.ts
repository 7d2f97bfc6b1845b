export * as CohereNode from "./CohereNode.ts"
export * as EmulatorNode from "./EmulatorNode.ts"
export * as UploadNode from "./UploadNode.ts"
