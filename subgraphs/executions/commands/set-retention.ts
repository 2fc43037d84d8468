import { DomainError } from '#platform/domain'
import { type Caller, signedIn } from '#platform/identity'
import { durationText } from '#platform/schedule'
import { type Spans, writeRetention } from '../projections/retention.ts'
import type { CommandPorts } from './ports.ts'

/** Spans from here on are promises that can be kept; the longest is a hundred years. */
export const KEPT_MS = { min: 3_600_000, max: 36_500 * 24 * 3_600_000 } as const

/**
 * Says how long a workspace keeps what has ended. Null is as the system has it.
 *
 * @throws {DomainError} UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT
 */
export async function setRetention(
  { database }: Pick<CommandPorts, 'database'>,
  caller: Caller | null,
  workspaceId: string | null,
  spans: Spans,
): Promise<void> {
  const { userId } = signedIn(caller, 'change')
  const chosen = workspaceOf(caller, workspaceId)
  checkSpan('executionsFor', spans.executionsMs)
  checkSpan('logsFor', spans.logsMs)
  await database.unit(['retention'], (unit) => writeRetention(unit, chosen, spans, userId))
}

/** The workspace that a caller names, or the first one of theirs. @throws {DomainError} */
export function workspaceOf(caller: Caller | null, workspaceId: string | null): string {
  const { workspaceIds } = signedIn(caller)
  const chosen = workspaceId ?? workspaceIds[0]
  if (chosen !== undefined && workspaceIds.includes(chosen)) return chosen
  throw new DomainError('FORBIDDEN', 'you are not in this workspace')
}

function checkSpan(path: string, valueMs: number | null): void {
  if (valueMs === null || (valueMs >= KEPT_MS.min && valueMs <= KEPT_MS.max)) return
  const message = `${path} is from ${durationText(KEPT_MS.min)} to ${durationText(KEPT_MS.max)}`
  throw new DomainError('BAD_USER_INPUT', message, { path })
}
