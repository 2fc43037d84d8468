import type { Reader, Unit } from '#platform/database'
import { continues, joined, lineOf, type Occurrence } from '../domain/occurrence.ts'
import { type OccurrenceRow, occurrenceFrom, saveOccurrences } from './occurrence-rows.ts'

/**
 * Adds records to the ledger, those of one job in the order of their times. Runs of equal skips that go on
 * where the last record ended make it longer: a pause of a year is one row, however it was told.
 *
 * That each is told once is the inbox's promise: adding the same run twice would count it twice.
 */
export async function addOccurrences(unit: Unit, table: string, told: readonly Occurrence[]): Promise<void> {
  if (told.length === 0) return
  const lasts = await lastsOf(unit, table, told)
  const saved = new Map<string, Occurrence>()
  for (const next of told) {
    const line = `${next.jobId} ${lineOf(next)}`
    const last = lasts.get(line)
    const record = last && continues(last, next) ? joined(last, next) : next
    lasts.set(line, record)
    saved.set(`${line} ${record.scheduledFor.getTime()}`, record)
  }
  await saveOccurrences(unit, table, [...saved.values()])
}

const LINES_A_QUERY = 16

/** The last records of those lines that a skip may go on. Fires need none: an ordinary batch reads nothing. */
async function lastsOf(unit: Unit, table: string, told: readonly Occurrence[]): Promise<Map<string, Occurrence>> {
  const lines = new Map<string, { readonly jobId: string; readonly line: string }>()
  for (const { jobId, cause, outcome } of told) {
    const line = lineOf({ cause, outcome })
    if (outcome !== 'FIRED' && outcome !== 'SKIPPED_DST') lines.set(`${jobId} ${line}`, { jobId, line })
  }
  const lasts = await lastRecords(unit, table, [...lines.values()])
  return new Map(lasts.map((last) => [`${last.jobId} ${lineOf(last)}`, last]))
}

/** The last records of lines of jobs, those that have none left out. */
export async function lastRecords(
  reader: Reader,
  table: string,
  lines: readonly { readonly jobId: string; readonly line: string }[],
): Promise<readonly Occurrence[]> {
  const found: Occurrence[] = []
  for (let start = 0; start < lines.length; start += LINES_A_QUERY) {
    const some = lines.slice(start, start + LINES_A_QUERY)
    const each = some.map(
      (_line, index) => `select * from (select * from ${table}${reader.dialect.alongIndex('primary')}
        where job_id = ? and line = ? order by scheduled_for desc limit 1) last_${index}`,
    )
    const params = some.flatMap(({ jobId, line }) => [jobId, line])
    for (const row of await reader.all<OccurrenceRow>(each.join(' union all '), params)) found.push(occurrenceFrom(row))
  }
  return found
}
