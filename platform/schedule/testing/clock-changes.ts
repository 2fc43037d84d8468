/** A change of a zone's clocks. */
export interface ClockChange {
  readonly timeZone: string
  readonly atMs: number
  /** How far the clocks were put forward; negative when they were put back. */
  readonly jumpMs: number
  /** The hour that they showed before. */
  readonly hour: number
}

const FROM = Temporal.Instant.from('2000-01-01T00:00Z')
const TO_MS = Date.UTC(2038, 0, 1)
const HOUR_MS = 3_600_000

/** Every change of the clocks of every zone from 2000 to 2037. */
export function clockChanges(): readonly ClockChange[] {
  return Intl.supportedValuesOf('timeZone').flatMap((timeZone) => {
    const changes: ClockChange[] = []
    let at = FROM.toZonedDateTimeISO(timeZone).getTimeZoneTransition('next')
    while (at !== null && at.epochMilliseconds < TO_MS) {
      const before = at.subtract({ milliseconds: 1 })
      const jumpMs = (at.offsetNanoseconds - before.offsetNanoseconds) / 1_000_000
      changes.push({ timeZone, atMs: at.epochMilliseconds, jumpMs, hour: before.hour })
      at = at.getTimeZoneTransition('next')
    }
    return changes
  })
}

/** Of each zone one change forward and one back, drawn; and of each unusual jump, not of an hour, the last one. */
export function someClockChanges(draw: () => number): readonly ClockChange[] {
  const kinds = Map.groupBy(clockChanges(), ({ timeZone, jumpMs }) => `${timeZone} ${jumpMs}`)
  return [...kinds.values()].flatMap((changes) => {
    const isUsual = Math.abs(changes[0]?.jumpMs ?? 0) === HOUR_MS
    return changes.at(isUsual ? Math.floor(draw() * changes.length) : -1) ?? []
  })
}
