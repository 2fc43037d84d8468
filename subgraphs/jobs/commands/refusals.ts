import { DomainError, type ErrorCode, isDomainError } from '#platform/domain'

/** Runs a check and gives its outcome; undefined when it refused, which is kept. */
export type Attempt = <Outcome>(check: () => Outcome) => Outcome | undefined

/** Something wrong with a field of an input. */
export interface InputError {
  /** The field, such as `schedule` or `params.reportType`. */
  readonly path: string
  readonly code: ErrorCode
  readonly message: string
  /** Index of the first wrong character in the field, from 0. */
  readonly position?: number
  /** The whole field as it was probably meant. */
  readonly suggestion?: string
}

/** Gathers what is wrong, so that it is told all together. */
export function gatherRefusals(): { readonly attempt: Attempt; readonly refusals: readonly DomainError[] } {
  const refusals: DomainError[] = []
  return {
    refusals,
    attempt(check) {
      try {
        return check()
      } catch (error) {
        if (!isDomainError(error)) throw error
        refusals.push(error)
        return undefined
      }
    },
  }
}

/** The one refusal of an input, in the words of what is wrong with it, or with all of that beneath `errors`. */
export function refusalOf(refusals: readonly DomainError[]): DomainError {
  const [only] = refusals
  if (only && refusals.length === 1) return only
  const errors = refusals.flatMap(inputErrors)
  const message = `${errors.length} things are wrong: ${errors.map(({ path }) => path).join(', ')}`
  return new DomainError('BAD_USER_INPUT', message, { errors })
}

/** The fields that a refusal of an input is about. */
export function inputErrors({ code, message, details }: DomainError): readonly InputError[] {
  if (code === 'INVALID_PARAMS') {
    const errors = details['errors'] as readonly { readonly path: string; readonly message: string }[]
    return errors.map((error) => ({ ...error, code }))
  }
  const { path, position, suggestion } = details
  return [
    {
      path: String(path),
      code,
      message,
      ...(typeof position === 'number' && { position }),
      ...(typeof suggestion === 'string' && { suggestion }),
    },
  ]
}
