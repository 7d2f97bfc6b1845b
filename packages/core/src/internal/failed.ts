/** Which turns of v1 have failed. Apart from the schemas of v1, so that whoever reads streams loads none of them. */
import type { FinishReason } from "../V1.ts"

const reasons: ReadonlyArray<FinishReason> = ["ERROR", "ERROR_TOXIC", "ERROR_LIMIT", "USER_CANCEL", "TIMEOUT"]

/** Whether a reason to finish means that the model failed. */
export const isFailed = (reason: string | null | undefined): boolean => reason != null && reasons.includes(reason)
