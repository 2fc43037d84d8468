import { DomainError } from '#platform/domain'
import { signedIn } from './authorize.ts'
import type { Caller } from './caller.ts'

/** Who runs the installation: ids of users. A name could be taken by somebody else before its owner signs up. */
export type Operators = readonly string[]

/** Lets operators through, whatever workspaces they are in. @throws {DomainError} `UNAUTHENTICATED`, `FORBIDDEN` */
export function asOperator(caller: Caller | null, operators: Operators): Caller {
  const known = signedIn(caller)
  if (operators.includes(known.userId)) return known
  throw new DomainError('FORBIDDEN', 'this is for the operators of the installation: see OPERATORS')
}
