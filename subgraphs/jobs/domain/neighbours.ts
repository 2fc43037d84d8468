import { lastAtOrBefore, nextAfter } from '#platform/schedule'
import { type Definition, startOf, timetableIn } from './definition.ts'

/** The last nominal time before an instant, by what the job was then; null when there is none. */
export function previousBefore(definitions: readonly Definition[], at: Date): Date | null {
  const before = new Date(at.getTime() - 1)
  for (const [index, definition] of [...definitions.entries()].reverse()) {
    const end = definitions[index + 1]?.since ?? before
    if (!hasTimes(definition)) continue
    const found = lastAtOrBefore(timetableIn(definition), end < before ? end : before, startOf(definition))
    if (found !== null) return found
  }
  return null
}

/** The first nominal time after an instant, by what the job is then; null when there is none. */
export function nextOf(definitions: readonly Definition[], at: Date): Date | null {
  for (const [index, definition] of definitions.entries()) {
    const end = definitions[index + 1]?.since
    if (!hasTimes(definition) || (end && end <= at)) continue
    const start = startOf(definition)
    const found = nextAfter(timetableIn(definition), at > start ? at : start)
    if (found !== null && (!end || found <= end)) return found
  }
  return null
}

function hasTimes({ job: { state } }: Definition): boolean {
  return state === 'ACTIVE' || state === 'PAUSED'
}
