import type { Draw } from './draw.ts'

/** What becomes of a unit of work. */
export type UnitFault =
  | 'none'
  /** The database is away: nothing is done. */
  | 'refused'
  /** It fails just before its commit. */
  | 'rolled back'
  /** It is committed, and an error is all that its caller hears. */
  | 'answer lost'
  /** The process dies just before the commit, or just after it. */
  | 'killed before commit'
  | 'killed after commit'

/** What becomes of a batch of records: handled slowly, or well and then delivered again. */
export type BatchFault = 'none' | 'slow' | 'again'

/** How often what fails by itself, in [0, 1]. */
export interface Climate {
  readonly unit: number
  readonly read: number
  readonly slowBatch: number
  readonly batchAgain: number
}

/** A climate in which nothing fails. */
export const CALM: Climate = { unit: 0, read: 0, slowBatch: 0, batchAgain: 0 }

/** What fails in one process. */
export interface Faults {
  /** What becomes of the next unit. */
  unit(): UnitFault
  /** Whether the next read fails. */
  read(): boolean
  batch(): BatchFault
  /** Lets a unit have this fault: the next one, or one soon after. */
  arm(fault: UnitFault): void
  /** Nothing reaches the database until told otherwise. */
  cutOff(isCutOff: boolean): void
  /** Lets the process freeze when it next hands in a result. */
  armFreeze(): void
  /** Whether it is to, which is once. */
  freezesAtResult(): boolean
  /** Takes back what was armed, and the cut. */
  heal(): void
}

/** The database did not answer. */
export class OutageError extends Error {
  override readonly name = 'OutageError'
}

const ARMED_UNITS_MAX = 4

/** The faults of a process. `climate` is asked each time: it may change. */
export function openFaults(draw: Draw, climate: () => Climate, told: (fault: string) => void): Faults {
  let armed: { readonly fault: UnitFault; unitsLeft: number } | undefined
  let isCutOff = false
  let isFreezeArmed = false

  function drawn(): UnitFault {
    if (armed && --armed.unitsLeft <= 0) {
      const { fault } = armed
      armed = undefined
      return fault
    }
    const { unit } = climate()
    return unit > 0 && draw.chance(unit) ? draw.pick(['refused', 'rolled back', 'answer lost']) : 'none'
  }

  return {
    unit() {
      if (isCutOff) return 'refused'
      const fault = drawn()
      if (fault !== 'none') told(fault)
      return fault
    },
    read() {
      const { read } = climate()
      return isCutOff || (read > 0 && draw.chance(read))
    },
    batch() {
      const { slowBatch, batchAgain } = climate()
      if (slowBatch > 0 && draw.chance(slowBatch)) return 'slow'
      return batchAgain > 0 && draw.chance(batchAgain) ? 'again' : 'none'
    },
    arm(fault) {
      armed = { fault, unitsLeft: draw.int(1, ARMED_UNITS_MAX) }
    },
    cutOff(next) {
      isCutOff = next
    },
    armFreeze() {
      isFreezeArmed = true
    },
    freezesAtResult() {
      const isArmed = isFreezeArmed
      isFreezeArmed = false
      return isArmed
    },
    heal() {
      armed = undefined
      isFreezeArmed = false
      isCutOff = false
    },
  }
}
