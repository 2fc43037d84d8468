import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { type Database, type Migration, migrate, mysqlDialect } from '#platform/database'
import { eventStoreMigrations } from '#platform/event-store'
import { inboxMigrations } from '#platform/messaging'
import { outboxMigrations } from '#platform/outbox'
import { changesMigrations } from '#platform/projections'
import { onMysql, openTestDatabase } from '#platform/testing'
import { schedulerMigrations } from '../../scheduler/migrations/index.ts'
import { dueRows } from '../../scheduler/projections/timetable.ts'
import { OPEN_ROWS } from '../../subgraphs/executions/commands/claim.ts'
import { executionsMigrations } from '../../subgraphs/executions/migrations/index.ts'
import { jobsMigrations } from '../../subgraphs/jobs/migrations/index.ts'
import { costs, fill } from './plan.ts'

onMysql()

const AT = "'00001'"
const platform = [...eventStoreMigrations, ...outboxMigrations, ...inboxMigrations, ...changesMigrations]

async function filled(migrations: readonly Migration[]): Promise<Database> {
  const database = await openTestDatabase({ name: 'explain', clock: systemClock() })
  await migrate(database, [...platform, ...migrations])
  await fill(database)
  return database
}

const withValues = (sql: string, ...values: readonly (string | number)[]): string =>
  values.reduce<string>((text, value) => text.replace('?', String(value)), sql)

const everywhere: readonly string[] = [
  `select * from events where stream in (${AT}) and version <= 100001 order by stream, version`,
  `select * from events where stream in (${AT}, '00002', '00003') and version <= 100001 order by stream, version`,
  'select * from events where position > 3900 order by position limit 50',
  'select id from events where position is null order by id limit 1000',
  `select position, body from outbox where topic = ${AT} and partition_no = 1 and position > 0 order by position limit 50`,
  'select id from outbox where position is null order by id limit 1000',
  'update outbox set position = id + 0 where id between 10 and 20',
  'select position, state from changes where position > 3900 order by position limit 50',
  `select stream, version, waiting from inbox_marks where consumer = ${AT} and stream in (${AT}, '00002')`,
]

test.each([
  {
    context: 'scheduler',
    migrations: schedulerMigrations,
    queries: [
      `${withValues(dueRows(mysqlDialect()), 4_000, 500)} for update skip locked`,
      'select next_fire_at from timetable where next_fire_at is not null order by next_fire_at limit 1',
      `select t.*, p.parked_at from timetable t left join parked_jobs p on p.job_id = t.job_id
       where t.job_id in (${AT}, '00002') for update`,
    ],
  },
  {
    context: 'executions',
    migrations: executionsMigrations,
    queries: [
      `${OPEN_ROWS} where q.executor_id = '00007' and q.place = '00007' order by q.execution_id limit 10 for update skip locked`,
      `${OPEN_ROWS} where q.executor_id = '00007' and q.execution_id in (${AT}, '00002') for update skip locked`,
      `select * from queue where execution_id in (${AT}, '00002') for update`,
      `delete from queue where execution_id in (${AT}, '00002')`,
      `select * from executions where workspace_id in (${AT}) order by id desc limit 50`,
      `select * from executions where workspace_id in (${AT}) and job_id = ${AT} order by id desc limit 50`,
      `select first_seq, "lines" from log_chunks where execution_id = ${AT} and last_seq > 0 order by first_seq limit 50`,
    ],
  },
  {
    context: 'jobs',
    migrations: jobsMigrations,
    queries: [
      `select * from jobs where workspace_id in (${AT}) and id in (${AT}, '00002')`,
      `select * from jobs where workspace_id in (${AT}) and id < '03000' order by id desc limit 50`,
      `select * from job_status where job_id in (${AT}, '00002') for update`,
      `select job_count from workspace_jobs where workspace_id = ${AT}`,
    ],
  },
])('no hot query of $context reads a whole table, or sorts one', async ({ migrations, queries }) => {
  const database = await filled(migrations)
  const found: Record<string, readonly string[]> = {}
  for (const sql of [...everywhere, ...queries]) {
    const grown = await costs(database, sql)
    if (grown.length > 0) found[sql] = grown
  }
  expect(found).toEqual({})
  await database.close()
})

test('planted: a query without an index is caught', async () => {
  const database = await filled(schedulerMigrations)
  const sql = "select * from timetable where job_type = '00007' order by schedule"
  expect(await costs(database, sql)).toHaveLength(2)
  await database.close()
})
