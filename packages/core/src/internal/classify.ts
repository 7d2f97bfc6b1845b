/** Which error a response stands for. */
import { type CommonError, type ResponseErrorClass, responseErrors, UnexpectedStatus } from "../CohereError.ts"
import type { Rejection } from "./rejection.ts"

/** An endpoint's own classes are tried first, then the common ones. */
export const classify = <E>(rejection: Rejection, own: ReadonlyArray<ResponseErrorClass<E>>): E | CommonError => {
  const common: ReadonlyArray<ResponseErrorClass<CommonError>> = responseErrors
  return (own.find((candidate) => candidate.matches(rejection)) ??
    common.find((candidate) => candidate.matches(rejection)) ??
    UnexpectedStatus).from(rejection)
}
