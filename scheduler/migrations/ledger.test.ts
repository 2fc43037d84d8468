import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { migrate } from '#platform/database'
import { openTestDatabase } from '#platform/testing'
import { schedulerMigrations } from './index.ts'

test('what was in the ledger before it had ranges is in it still, once, and as firmly', async () => {
  const database = await openTestDatabase({ name: 'scheduler', clock: systemClock() })
  const first = schedulerMigrations.findIndex(({ name }) => name.startsWith('scheduler-0004'))
  await migrate(database, schedulerMigrations.slice(0, first))
  const before = [
    'job_id',
    'cause',
    'nominal_at',
    'workspace_id',
    'outcome',
    'execution_id',
    'job_version',
    'decided_at',
  ]
  const rows = [1, 2, 3].map((second) => ['job', 'schedule', second, 'workspace', 'FIRED', `e${second}`, 1, second + 1])
  await database.unit([], (unit) => unit.insertMany('occurrences', before, rows))
  await migrate(database, schedulerMigrations)

  const kept = await database.reader.all('select * from occurrences order by nominal_at')
  expect(kept).toMatchObject(
    [1, 2, 3].map((second) => ({ nominal_at: second, execution_id: `e${second}`, slot_count: 1, wall_key: '' })),
  )
  const again = database.unit([], (unit) => unit.insertMany('occurrences', before, rows.slice(0, 1)))
  await expect(again).rejects.toMatchObject({ name: 'UniqueViolationError' })
  await database.close()
})
