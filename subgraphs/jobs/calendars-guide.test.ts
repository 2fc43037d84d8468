import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { calendarVerdict } from '#platform/schedule'
import { movedClock } from '#platform/testing'
import { callerNamed, openStage } from './jobs.fixture.ts'
import { findJob } from './projections/find-jobs.ts'

const guide = readFileSync(new URL('../../docs/calendars.md', import.meta.url), 'utf8')
const requests = [...guide.matchAll(/^```graphql\n([\s\S]*?)^```/gm)].map(([, request = '']) => request)

/** What the guide of calendars says can be done, and is done. */
test('every request of the guide is answered, and its jobs run when it says', async () => {
  const stage = await openStage(movedClock(new Date('2026-11-23T12:00:00Z')))
  const ids: string[] = []
  for (const request of requests) {
    const answer = await stage.ask<{ id?: string }>(request)
    if (answer.id) ids.push(answer.id)
  }
  const [payments, report, both] = await Promise.all(
    ids.map((id) => findJob(stage.database.reader, callerNamed('alice').workspaceIds, id)),
  )
  const runs = (job: typeof payments, at: string): boolean =>
    calendarVerdict(job?.timing.calendars ?? [], new Date(at), job?.timing.timeZone ?? 'UTC') === null
  expect([requests.length, ids.length]).toEqual([6, 3])
  expect(
    ['2026-12-24', '2026-12-25', '2027-03-29', '2027-03-30'].map((day) => runs(payments, `${day}T08:00:00Z`)),
  ).toEqual([true, false, false, true])
  const lastDays = ['2027-12-30', '2027-12-31', '2027-05-28', '2027-05-31']
  expect(lastDays.map((day) => runs(report, `${day}T17:00:00Z`))).toEqual([false, true, false, true])
  const freeze = ['2026-12-18T16:00:00Z', '2026-12-18T18:00:00Z', '2027-01-04T06:00:00Z', '2027-01-04T08:00:00Z']
  expect(freeze.map((at) => runs(both, at))).toEqual([true, false, false, true])
  await stage.close()
})
