import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { openMysql } from '#platform/database'
import { stackAddresses, stackSystemEnvironment, temporaryMysql } from '#platform/testing'
import { costs, fill } from '../explain/plan.ts'
import { type Recorded, shapeOf, startRecording, stopRecording } from '../explain/recorded.ts'
import { signedUp, useEverything } from '../explain/use-everything.ts'
import { openCluster, SERVICES } from './cluster.ts'

const TEST_MS_MAX = 400_000

/** Tables that do not grow with what users do: a few rows a process, partition or setting. They are read as a whole. */
const SMALL = new Set([
  'feed_heads',
  'outbox_relays',
  'outbox_schemas',
  'executors',
  'inbox_locks',
  'migrations',
  'signing_keys',
])

/** What may cost more, and why. */
const EXCEPTIONS: readonly { readonly shape: RegExp; readonly why: string }[] = [
  {
    shape: /^update\s+`?quarantine`?\s+set\s+`?announced_at`?\s*=\s*null\s+where/i,
    why: 'a migration, once: what was parked before is told of anew',
  },
  {
    shape: /^update\s+queue\s+set\s+job_id\s*=\s*\(/i,
    why: 'a migration, once: what was open before gets its job',
  },
  {
    shape:
      /^(update `?\w+`?\s+join \(select id, row_number|insert into missed_feed \(position, job_id|insert into `?feed_heads`? \(feed, position\) select)/,
    why: 'migrations, once: what was not followed by its position before gets one',
  },
  {
    shape: /from information_schema\./,
    why: 'asked once, when a process starts',
  },
  {
    shape: /from \(select position, recorded_at from (outbox|changes) order by position limit \d+\) oldest/,
    why: 'once a minute, along the primary key from its oldest row, as far as the limit',
  },
  {
    shape: /from quarantine where consumer = '[^']*' and announced_at is null order by id/,
    why: 'sorts what was parked and not told yet: a handful, found by an index',
  },
  {
    shape: /^update jobs set pause_by = [\s\S]*select max\(recorded_at\) from events/i,
    why: 'once, by a migration',
  },
  {
    shape: /from slots s (force index \(slots_holder\) )?left join queue q/,
    why: 'reads what is held along its index: as many as run at a time',
  },
  {
    shape: /select '?\d+'? as is_there from calendar_roll_outs limit \d+/,
    why: 'ends with the first row of its index, if there is any',
  },
]

test('no statement that the services were seen to send reads a whole table that grows, or sorts one', {
  timeout: TEST_MS_MAX,
}, async () => {
  const clock = systemClock()
  const operator = await temporaryMysql(clock)
  onTestFinished(() => operator.drop())
  const cluster = openCluster()
  onTestFinished(() => cluster.close())
  const prefix = stackSystemEnvironment(cluster.folder).MYSQL_DATABASE_PREFIX ?? ''

  await startRecording(operator.operate)
  let recorded: readonly Recorded[] = []
  try {
    for (const service of SERVICES) if (service !== 'gateway') await cluster.start(service)
    const { url } = await cluster.start('gateway')
    await useEverything(await signedUp(url))
  } finally {
    recorded = await stopRecording(operator.operate, prefix)
  }
  for (const service of SERVICES) for (const each of cluster.running(service)) each.signal('SIGTERM')
  for (const service of SERVICES) for (const each of cluster.running(service)) await each.exited()

  const byDatabase = Map.groupBy(recorded, ({ database }) => database.slice(prefix.length))
  expect([...byDatabase.keys()].toSorted()).toEqual(['auth', 'executions', 'jobs', 'scheduler'])
  const found: Record<string, readonly string[]> = {}
  for (const [name, statements] of byDatabase) {
    const url = new URL(stackAddresses().mysqlUrl)
    url.pathname = `/${prefix}${name}`
    const database = await openMysql({ name, url: url.toString(), clock })
    onTestFinished(() => database.close())
    await fill(database, (table) => !SMALL.has(table))
    // So many that a recording which saw but a part would be noticed.
    expect(statements.length).toBeGreaterThan(10)
    for (const { sql } of statements) {
      if (EXCEPTIONS.some(({ shape }) => shape.test(sql))) continue
      const grown = (await costs(database, sql)).filter((cost) => !isSmall(cost))
      if (grown.length > 0) found[`${name}: ${shapeOf(sql)}`] = grown
    }
  }
  expect(found).toEqual({})
})

/** Of a small table, or of the few rows that an inner LIMIT let through: the tables within are looked at themselves. */
function isSmall(cost: string): boolean {
  const table = cost.split(':')[0] ?? ''
  return SMALL.has(table) || table.startsWith('<')
}
