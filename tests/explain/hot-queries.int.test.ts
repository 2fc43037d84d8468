import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { type Database, type Migration, migrate, mysqlDialect } from '#platform/database'
import { eventStoreMigrations } from '#platform/event-store'
import { inboxMigrations } from '#platform/messaging'
import { outboxMigrations } from '#platform/outbox'
import { changesMigrations } from '#platform/projections'
import { onMysql, openTestDatabase } from '#platform/testing'
import { schedulerMigrations } from '../../scheduler/migrations/index.ts'
import { dueRows, rowsOfOtherTzdb } from '../../scheduler/projections/timetable.ts'
import { firstInOrder, OPEN_ROWS } from '../../subgraphs/executions/commands/claim.ts'
import { dueTimers } from '../../subgraphs/executions/commands/fire-timers.ts'
import { DUE_KEYS } from '../../subgraphs/executions/commands/look-at-flow.ts'
import { endedAfter } from '../../subgraphs/executions/commands/sweep-workspace.ts'
import { executionsMigrations } from '../../subgraphs/executions/migrations/index.ts'
import { firstWaits } from '../../subgraphs/executions/projections/flow-waits.ts'
import { dueReplays } from '../../subgraphs/executions/projections/replays.ts'
import { endedPauses } from '../../subgraphs/jobs/commands/end-pauses.ts'
import { jobsMigrations } from '../../subgraphs/jobs/migrations/index.ts'
import { dueStatuses, statusesWithoutNext } from '../../subgraphs/jobs/projections/overdue-jobs.ts'
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
  'select * from events where id > 3900 or id between 5 and 9 or id between 20 and 20 order by id limit 50',
  `select position, body from outbox where position > 0 and position <= 3900 and partition_no % 4 in (1, 3)
     order by position limit 50`,
  'select max(position) as position from outbox',
  'select position, state from changes where position > 3900 order by position limit 50',
  `select stream, version, waiting from inbox_marks where consumer = ${AT} and stream in (${AT}, '00002')`,
]

const flowQueries: readonly string[] = [
  `select execution_id from queue where executor_id = '' and place = ${AT} limit 1`,
  `select fair_tag from queue where executor_id = '' and place = ${AT} and priority_rank = 4 order by fair_tag limit 1`,
  `select next_tag from fair_shares where place = ${AT} and priority_rank = 1 order by next_tag desc limit 1`,
  `select workspace_id, next_tag from fair_shares where workspace_id in (${AT}, '00002') and place = ${AT} and priority_rank = 1 for update`,
  `select slot_no from slots where execution_id = ${AT} and limit_key = ${AT} and slot_no <= 9
   order by slot_no limit 9 for update skip locked`,
  `select count(*) as slots from slots where limit_key = ${AT} and slot_no > 1 and execution_id > ''`,
  `select limit_key, slot_no from slots where limit_key in (${AT}, '00002') and execution_id > ''`,
  `select limit_key, slot_no from slots where execution_id in (${AT}, '00002') for update`,
  `select * from flow_keys where limit_key in (${AT}, '00002') for update skip locked`,
  'select look_at from flow_keys order by look_at limit 1',
  `${withValues(DUE_KEYS, 20, 10)} for update skip locked`,
  withValues(firstWaits(' for update skip locked'), AT, AT, 10),
  `select execution_id, kind from flow_waits where execution_id in (${AT}, '00002')`,
  `select limit_max from flow_waits where limit_key = ${AT} and kind = ${AT}
   order by priority_rank, fair_tag, execution_id limit 1`,
  `select limit_key from flow_waits where limit_key > ${AT} order by limit_key limit 1`,
]

test.each([
  {
    context: 'scheduler',
    migrations: schedulerMigrations,
    queries: [
      `${withValues(dueRows(mysqlDialect()), 4_000, 500)} for update skip locked`,
      'select next_fire_at from timetable where next_fire_at is not null order by next_fire_at limit 1',
      `${withValues(rowsOfOtherTzdb(mysqlDialect(), 'newer'), "'00100'", 500)} for update skip locked`,
      `${withValues(rowsOfOtherTzdb(mysqlDialect(), 'older'), "'03000'", 500)} for update skip locked`,
      `select nominal_at from occurrences where job_id = ${AT} and (cause = 'schedule' or cause like 'backfill:%')
       and nominal_at > 0 and nominal_at <= 4000 and outcome = 'FIRED'`,
      `update occurrences set through_at = 1, slot_count = slot_count + 1, decided_at = 1
       where job_id = ${AT} and cause = 'schedule' and nominal_at = 1 and wall_key = ''`,
      `select t.*, p.parked_at from timetable t left join parked_jobs p on p.job_id = t.job_id
       where t.job_id in (${AT}, '00002') for update`,
    ],
  },
  {
    context: 'executions',
    migrations: executionsMigrations,
    queries: [
      `${withValues(firstInOrder(mysqlDialect()), "'00007'", 10)} for update skip locked`,
      ...flowQueries,
      'select timer_at from queue where timer_at is not null order by timer_at limit 1',
      `${withValues(dueTimers(mysqlDialect()), 4_000, 500)} for update skip locked`,
      'select due_at from replays where due_at is not null order by due_at limit 1',
      `${withValues(dueReplays(mysqlDialect()), 4_000, 1)} for update skip locked`,
      `select origin_id, execution_id from replay_items where workspace_id = ${AT} and replay_id = ${AT} and origin_id > ''
       order by origin_id limit 50`,
      `select r.execution_id from repeats r join queue q on q.execution_id = r.execution_id
       where r.origin_id = ${AT} order by r.execution_id limit 1`,
      `select execution_id, epoch, cancel from queue where executor_id = '00007'`,
      `update queue set timer_at = 1 where execution_id = ${AT}`,
      `update queue set heartbeat_at = 1 where execution_id in (${AT}, '00002')`,
      `select execution_id, job_id, executor_id, waiting_since from queue force index (queue_job)
       where job_id in (${AT}, '00002')`,
      `select job_id from queue force index (queue_job)
       where job_id in (${AT}, '00002') and waiting_since is not null group by job_id`,
      `select execution_id, job_id, executor_id, waiting_since from queue force index (queue_job)
       where job_id = ${AT} and waiting_since is not null order by waiting_since, execution_id limit 1`,
      `select execution_id from queue force index (queue_job) where job_id = ${AT} and cancel is null
       order by waiting_since desc, execution_id desc limit 200`,
      'select job_id, ordered_by from job_cancels order by job_id limit 1',
      `select id, execution_id, until_at from unique_keys where id in (${AT}, '00002')`,
      'select id from unique_keys force index (unique_keys_until) where until_at <= 20 order by until_at limit 500',
      `delete from unique_keys where until_at <= 4000 and id in (${AT}, '00002')`,
      `select job_id from queue waiting force index (queue_order)
       where executor_id = '00007' and waiting_since is not null and not exists (
         select 1 from queue admitted where admitted.job_id = waiting.job_id and admitted.waiting_since is null
       ) limit 100`,
      `${OPEN_ROWS} where q.executor_id = '00007' and q.execution_id in (${AT}, '00002') for update skip locked`,
      `select * from queue where execution_id in (${AT}, '00002') for update`,
      `delete from queue where execution_id in (${AT}, '00002')`,
      withValues(endedAfter(mysqlDialect()), AT, 0, 4_000, 0, AT, 50),
      `select workspace_id from executions where workspace_id > ${AT} order by workspace_id limit 1`,
      'select execution_id from kept_apart where logs_due <= 4000 order by logs_due limit 50',
      `select execution_id from tombstones where execution_id in (${AT}, '00002')`,
      `select * from executions where workspace_id in (${AT}) order by id desc limit 50`,
      `select * from executions where workspace_id in (${AT}) and job_id = ${AT} order by id desc limit 50`,
      `select first_seq, "lines" from log_chunks where execution_id = ${AT} and last_seq > 0 order by first_seq limit 50`,
      `select first_seq, attempt, "lines" from log_chunks
       where execution_id = ${AT} and workspace_id = ${AT} and last_seq > 0 and attempt = 1 order by first_seq limit 16`,
      `select execution_id, attempt, reported_at, report from execution_progress where execution_id in (${AT}, '00002')`,
      `select execution_id, sha256 from artefacts where execution_id in (${AT}, '00002')`,
    ],
  },
  {
    context: 'jobs',
    migrations: jobsMigrations,
    queries: [
      `select * from jobs where workspace_id in (${AT}) and id in (${AT}, '00002')`,
      `select * from jobs where workspace_id in (${AT}) and id < '03000' order by id desc limit 50`,
      `select * from jobs force index (jobs_after_job) where workspace_id in (${AT}) and after_job_id in (${AT}, '00002')`,
      `select job_count from workspace_jobs where workspace_id = ${AT} for update`,
      `select command_id, request_hash, answer from commands where command_id in (${AT}, '00002')`,
      `select * from job_status where job_id in (${AT}, '00002') for update`,
      `select job_id, cause, scheduled_for, reason, detail from missed
       where (job_id = ${AT} and subject = ${AT}) or (job_id = '00002' and subject = '00002')`,
      `update occurrences set outcome = 'EXPIRED', reason = 'r', detail = 'd', shelf = case is_late when 1 then 28 else 24 end
       where job_id = ${AT} and line = ${AT} and scheduled_for = 1 and outcome = 'FIRED'`,
      `select job_count from workspace_jobs where workspace_id = ${AT}`,
      `${withValues(endedPauses(mysqlDialect()), 4_000, 200)} for update skip locked`,
      `select * from events where stream = ${AT} and version > 1 and version <= 9 order by version limit 1000`,
      `select max(version) as version from events where stream = ${AT} and recorded_at <= 4000`,
      `select * from webhook_deliveries force index (webhook_deliveries_due) where next_attempt_at <= 4000
       and host not in (${AT}) order by next_attempt_at limit 50 for update skip locked`,
      `select * from webhook_deliveries force index (webhook_deliveries_list) where webhook_id = ${AT} and id < '03000'
       order by id desc limit 50`,
      `select id from webhook_deliveries where finished_at <= 20 order by finished_at limit 50`,
      `select * from webhook_attempts where delivery_id in (${AT}, '00002') order by delivery_id, epoch`,
      `select * from webhooks where is_enabled = 1 and workspace_id in (${AT}, '00002')`,
      `select * from occurrences force index (occurrences_of_job)
       where job_id = ${AT} and workspace_id in (${AT}) and shelf = 1 and scheduled_for <= 4000
       order by scheduled_for desc, job_id desc, line desc limit 50`,
      `select * from occurrences force index (occurrences_of_workspace)
       where workspace_id = ${AT} and shelf = 1 and through > 1 and scheduled_for > 0 and scheduled_for < 4000
       order by scheduled_for desc, job_id desc, line desc limit 50`,
      `select * from occurrences force index (primary) where job_id = ${AT} and line = 'schedule'
       order by scheduled_for desc limit 1`,
      `select * from occurrences force index (primary) where job_id = ${AT} and line = 'backfill:b'
       and workspace_id in (${AT}) and scheduled_for < 4000 order by scheduled_for desc limit 50`,
      `select stream, version, payload from events where workspace_id in (${AT}) and type not in ('JobTriggered')
       and payload is not null and stream in (${AT}) order by stream, version`,
      `select position, missed.* from missed_feed
       join missed on missed.job_id = missed_feed.job_id and missed.subject = missed_feed.subject
       where position > 3900 order by position limit 50`,
      `select job_id, scheduled_for from missed where kind = 'OVERDUE' and job_id in (${AT}, '00002')`,
      withValues(dueStatuses(mysqlDialect()), 4_000, 1, 1, "''", 500),
      withValues(statusesWithoutNext(mysqlDialect()), "'03000'", 500),
      `select * from backfills where job_id = ${AT} and workspace_id in (${AT}) order by id desc limit 21`,
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
