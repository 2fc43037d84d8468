import { UNITS, type Unit, type Word } from './cron-item.ts'

const ORDER: readonly Unit[] = [UNITS.second, UNITS.minute, UNITS.hour, UNITS.dayOfMonth, UNITS.month, UNITS.dayOfWeek]

/** The parts of a schedule's text that white space separates. */
export function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], position: match.index }))
}

/** A field of a cron expression as it is written; an empty one when it is not written, as in `@daily`. */
export function cronWord(text: string, unit: Unit): Word {
  const words = wordsOf(text)
  if (words.length < 5) return { text: '', position: 0 }
  return words.at(ORDER.indexOf(unit) - ORDER.length) ?? { text: '', position: 0 }
}
