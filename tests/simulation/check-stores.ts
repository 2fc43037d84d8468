import type { Database } from '#platform/database'
import { brokenLinks } from '#platform/event-store'
import { differences, type Projection, rebuild } from '#platform/projections'
import { executionsProjection } from '#services/executions'
import { jobStatusProjection, jobsProjection, rebuildJobStatus } from '#services/jobs'
import { occurrences } from '#services/scheduler'
import type { World } from './world.ts'

/** Looks at the stores themselves: unbroken chains, no gap in what was sent or taken, nothing parked, and live = rebuilt. */
export async function checkStores(world: World): Promise<readonly string[]> {
  const { time, databases } = world
  const findings: string[] = []
  for (const database of Object.values(databases)) {
    const tell = (what: string): void => void findings.push(`${database.name}: ${what}`)
    for (const stream of await streamsOf(world, database)) {
      const broken = await time.finish(brokenLinks(database.reader, stream))
      if (broken.length > 0) tell(`the chain of ${stream} is broken at ${broken.join()}`)
    }
    for (const what of await checkOutbox(world, database)) tell(what)
    for (const table of ['inbox_waiting', 'quarantine']) {
      const [row] = await time.finish(database.reader.all(`select stream, version from ${table} limit 1`))
      if (row) tell(`${table} holds ${JSON.stringify(row)}`)
    }
  }
  return [...findings, ...(await checkMarks(world)), ...(await checkLogs(world)), ...(await liveAgainstRebuilt(world))]
}

/** Makes every projection again. @returns the rows in which it is not what the live one is */
export async function liveAgainstRebuilt(world: World): Promise<readonly string[]> {
  const { time, databases, broker } = world
  const found: string[] = []
  const compare = async <Event>(database: Database, projection: Projection<Event>): Promise<void> => {
    const rows = await time.finish(rebuild(database, projection, (unit) => differences(unit, projection)))
    for (const row of rows) found.push(`live is not rebuilt: ${JSON.stringify(row)}`)
  }
  await compare(databases.jobs, jobsProjection)
  await compare(databases.scheduler, occurrences)
  await compare(databases.executions, executionsProjection)
  const parts = world
    .alive('jobs')
    .find((jobs) => jobs.parts())
    ?.parts()
  if (!parts) throw new Error('there are no jobs to rebuild')
  const finish = rebuildJobStatus({ ...parts, database: databases.jobs }, broker.messaging, (unit) =>
    differences(unit, jobStatusProjection),
  )
  for (const row of await time.finish(finish)) found.push(`live is not rebuilt: ${JSON.stringify(row)}`)
  return found
}

async function streamsOf({ time }: World, database: Database): Promise<readonly string[]> {
  const rows = await time.finish(database.reader.all<{ stream: string }>('select distinct stream from events'))
  return rows.map(({ stream }) => stream)
}

/** Each record names the one of its stream that was sent to its topic before it. */
async function checkOutbox({ time }: World, database: Database): Promise<readonly string[]> {
  const rows = await time.finish(
    database.reader.all<{ topic: string; stream: string; version: number; previous: number }>(
      'select topic, stream, version, previous from outbox order by position',
    ),
  )
  const sent = new Map<string, number>()
  return rows.flatMap(({ topic, stream, version, previous }) => {
    const key = `${topic}/${stream}`
    const last = sent.get(key) ?? 0
    sent.set(key, version)
    return previous === last && version > last ? [] : [`${key}: ${version} names ${previous} before it, not ${last}`]
  })
}

const TAKEN = [
  { from: 'jobs', topics: ['job-events'], by: 'scheduler', consumer: 'scheduler' },
  { from: 'scheduler', topics: ['job-execute'], by: 'executions', consumer: 'executions' },
  { from: 'scheduler', topics: ['schedule-events'], by: 'jobs', consumer: 'jobs' },
  { from: 'executions', topics: ['execution-events'], by: 'jobs', consumer: 'jobs' },
] as const

/** Whoever takes a topic has taken the last record of each stream. */
async function checkMarks({ time, databases }: World): Promise<readonly string[]> {
  const findings: string[] = []
  for (const { from, topics, by, consumer } of TAKEN) {
    const sent = await time.finish(
      databases[from].reader.all<{ stream: string; version: number }>(
        `select topic || '/' || stream as stream, max(version) as version from outbox where topic = ? group by topic, stream`,
        topics,
      ),
    )
    const marks = await time.finish(
      databases[by].reader.all<{ stream: string; version: number }>(
        'select stream, version from inbox_marks where consumer = ?',
        [consumer],
      ),
    )
    const reached = new Map(marks.map(({ stream, version }) => [stream, version]))
    for (const { stream, version } of sent) {
      const mark = reached.get(stream) ?? 0
      if (mark !== version) findings.push(`${by} has taken ${stream} up to ${mark} of ${version}`)
    }
  }
  return findings
}

/** The lines of an execution are numbered without a gap over all its attempts. */
async function checkLogs({ time, databases }: World): Promise<readonly string[]> {
  const chunks = await time.finish(
    databases.executions.reader.all<{ execution_id: string; first_seq: number; last_seq: number }>(
      'select execution_id, first_seq, last_seq from log_chunks order by execution_id, first_seq',
    ),
  )
  const last = new Map<string, number>()
  return chunks.flatMap(({ execution_id: id, first_seq, last_seq }) => {
    const expected = (last.get(id) ?? 0) + 1
    last.set(id, last_seq)
    return first_seq === expected ? [] : [`the log of ${id} goes on at ${first_seq} instead of ${expected}`]
  })
}
