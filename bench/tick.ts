import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#platform/clock'
import { type Database, migrate, openSqlite } from '#platform/database'
import { eventStoreMigrations } from '#platform/event-store'
import { outboxMigrations } from '#platform/outbox'
import { embeddedSchemas } from '#platform/schemas'
import { isOnStack, temporaryMysql } from '#platform/testing'
import { fireDue } from '../scheduler/commands/fire-due.ts'
import { schedulerMigrations } from '../scheduler/migrations/index.ts'

const TICKS = 40
const WARM_TICKS = 10
const SETTLE_MS = 5_000
const DUE_JOBS = 100
const ROWS_A_UNIT = 5_000
const DAY_MS = 86_400_000
const FAR_MS = 365 * DAY_MS
const COLUMNS = [
  'job_id',
  'workspace_id',
  'job_version',
  'job_type',
  'schedule',
  'params',
  'state',
  'scheduled_since',
  'decided_through',
  'next_fire_at',
  'waiting',
  'stream_version',
  'stream_hash',
  'fire_count',
]
const clock = systemClock()
const ports = { schemas: embeddedSchemas(), clock }

/**
 * Timetables of different sizes, of each of which a hundred other jobs fall due each time. They take turns, so that a busy
 * machine is as busy for all.
 *
 * @returns for each size, the milliseconds of each claim, decision and commit
 */
export async function ticks(sizes: readonly number[]): Promise<readonly (readonly number[])[]> {
  const tables = await Promise.all(sizes.map(open))
  try {
    for (const [index, { database }] of tables.entries()) {
      await migrate(database, [...eventStoreMigrations, ...outboxMigrations, ...schedulerMigrations])
      await fill(database, sizes[index] ?? 0)
    }
    // What was filled is still being written to its place.
    await clock.sleep(SETTLE_MS)
    const figures: number[][] = sizes.map(() => [])
    for (let turn = 0; turn < WARM_TICKS + TICKS; turn++) {
      for (const [index, { database }] of tables.entries()) {
        const ms = await tick(database, turn)
        if (turn >= WARM_TICKS) figures[index]?.push(ms)
      }
    }
    return figures
  } finally {
    for (const { drop } of tables) await drop()
  }
}

async function tick(database: Database, turn: number): Promise<number> {
  const jobIds = Array.from({ length: DUE_JOBS }, (_, job) => jobIdOf(turn * DUE_JOBS + job))
  await moveTo(database, jobIds, Date.now() - 1_500)
  const startedMs = performance.now()
  const { fires } = await fireDue(database, ports)
  const tickMs = performance.now() - startedMs
  if (fires < DUE_JOBS) throw new Error(`${fires} of ${DUE_JOBS} jobs fired`)
  await moveTo(database, jobIds, Date.now() + FAR_MS)
  return tickMs
}

const jobIdOf = (index: number): string => `job-${String(index).padStart(8, '0')}`

async function open(): Promise<{ readonly database: Database; drop(): Promise<void> }> {
  if (isOnStack()) return temporaryMysql(clock, 'scheduler')
  const folder = mkdtempSync(join(tmpdir(), 'carillon-bench-tick-'))
  const database = openSqlite({ name: 'scheduler', path: join(folder, 'scheduler.sqlite'), clock })
  return {
    database,
    async drop() {
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function fill(database: Database, rows: number): Promise<void> {
  const atMs = Date.now()
  for (let start = 0; start < rows; start += ROWS_A_UNIT) {
    const some = Array.from({ length: Math.min(ROWS_A_UNIT, rows - start) }, (_, index) => [
      ...[jobIdOf(start + index), 'workspace', 1, 'ECHO', '@every 1s', '{"message":"tick"}', 'ACTIVE'],
      ...[atMs - DAY_MS, atMs, atMs + FAR_MS + start + index, null, 0, null, 0],
    ])
    await database.unit([], (unit) => unit.insertMany('timetable', COLUMNS, some))
  }
}

async function moveTo(database: Database, jobIds: readonly string[], atMs: number): Promise<void> {
  const marks = jobIds.map(() => '?').join(', ')
  await database.unit([], (unit) =>
    unit.run(`update timetable set decided_through = ?, next_fire_at = ? where job_id in (${marks})`, [
      atMs,
      atMs,
      ...jobIds,
    ]),
  )
}
