import type { Unit } from '#platform/database'
import { append, type NewEvents, type StoredEvent, type StreamHead } from '#platform/event-store'
import type { SessionEvent } from '../domain/session.ts'
import type { UserEvent } from '../domain/user.ts'
import { sessionsProjection } from '../projections/sessions.ts'
import { usersProjection } from '../projections/users.ts'

/** What is true of all events of one command. */
export type EventContext = Pick<NewEvents, 'workspaceId' | 'actor' | 'correlationId' | 'causationId'>

/** Appends to streams and projects, in the caller's unit: whoever reads next sees what was written. */
export async function recordEvents(
  unit: Unit,
  context: EventContext,
  appends: readonly { readonly head: StreamHead; readonly events: readonly (SessionEvent | UserEvent)[] }[],
): Promise<void> {
  await append(
    unit,
    appends.map(({ head, events }) => ({ ...context, head, events })),
  )
  for (const { head, events } of appends) await projectEvents(unit, context, head, events)
}

/** Projects events that were appended after `head`. */
export async function projectEvents(
  unit: Unit,
  { workspaceId, actor }: EventContext,
  { stream, version }: StreamHead,
  events: readonly (SessionEvent | UserEvent)[],
): Promise<void> {
  const stored = events.map((event, index) => {
    return { event, stream, version: version + index + 1, workspaceId, actor, recordedAt: unit.now }
  })
  const live = (table: string): string => table
  await usersProjection.apply(unit, stored as readonly StoredEvent<UserEvent>[], live)
  await sessionsProjection.apply(unit, stored as readonly StoredEvent<SessionEvent>[], live)
}
