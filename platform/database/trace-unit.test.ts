import { afterEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { currentTraceparent, span } from '#platform/telemetry'
import { type EndedSpan, installSink } from '../telemetry/trace/span.ts'
import { openSqlite } from './sqlite.ts'

afterEach(() => installSink(undefined))

test('units that share a commit are each in the trace of who asked for them, and one without stays without', async () => {
  const clock = systemClock()
  const ended: EndedSpan[] = []
  installSink({ clock, take: (each) => ended.push(each) })
  const database = openSqlite({ name: 'things', path: ':memory:', clock })
  const seen = async (): Promise<string | undefined> => database.unit([], async () => currentTraceparent())
  // The first one wakes the queue, in whose context all others are run.
  const [first, second, without] = await Promise.all([
    span('first', { parent: 'new' }, seen),
    span('second', { parent: 'new' }, seen),
    seen(),
  ])
  const commits = ended.filter(({ name }) => name === 'commit things')
  expect([first, second]).toEqual(commits.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`))
  expect(new Set(commits.map(({ traceId }) => traceId)).size).toBe(2)
  expect(without).toBeUndefined()
  await database.close()
})
