/** Requests and answers of every operation. */
import type { Operation } from "./fixture.ts"
import { datasets } from "./fixtures/datasets.ts"
import { retired } from "./fixtures/retired.ts"
import { small } from "./fixtures/small.ts"
import { v1 } from "./fixtures/v1.ts"
import { v2 } from "./fixtures/v2.ts"

/** One for each operation. */
export const fixtures: ReadonlyArray<Operation> = [...v2, ...v1, ...small, ...datasets, ...retired]
