import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#platform/clock'
import { applyJobChanges } from './commands/apply-job-changes.ts'
import { jobEvents } from './messaging/job-events.ts'
import { created, openWorld, runDry } from './scheduler.fixture.ts'

const clock = systemClock()
const only = process.argv[2]
for (let round = 0; round < 12; round++) {
  const path = join(mkdtempSync(join(tmpdir(), 'measure-')), 's.sqlite')
  const world = await openWorld({ clock, path, mayFire: async () => false })
  const { database, schemas } = world
  const ports = { schemas, clock }
  const now = new Date()
  const deliver = (jobs: ReturnType<typeof created>[]) =>
    jobs.map(
      (value) =>
        ({
          name: 'carillon.jobs.JobChanged',
          value,
          topic: 'job-events',
          key: value.jobId,
          stream: `job-${value.jobId}`,
          version: 1,
          producedAt: now,
          correlationId: clock.newId(),
        }) as never,
    )
  const N = 10_000
  const jobs = Array.from({ length: N }, () =>
    created(clock.newId(), now, '@now', {
      workspaceId: '0193a1f0-0000-7000-8000-000000000000',
      params: '{"message":"hello"}',
    }),
  )
  const apply = jobEvents(async (unit, changes) => void (await applyJobChanges(unit, ports, changes, true)))
  if (only !== 'fire') {
    const batches = []
    for (let i = 0; i < N; i += 500) batches.push(deliver(jobs.slice(i, i + 500)))
    const cpu = process.cpuUsage()
    const t = performance.now()
    for (const b of batches) await database.unit([], (unit) => apply(unit, b))
    const ms = performance.now() - t
    const c = process.cpuUsage(cpu)
    console.log('apply @now us/record', ((ms * 1000) / N).toFixed(1), 'cpu', ((c.user + c.system) / N).toFixed(1))
  }
  if (only !== 'apply') {
    const since = new Date(Math.floor(Date.now() / 3600000) * 3600000 - 10)
    const every = Array.from({ length: 5000 }, () =>
      created(clock.newId(), since, '@every 1h', {
        recordedAt: since,
        workspaceId: '0193a1f0-0000-7000-8000-000000000000',
        params: '{"message":"hello"}',
      }),
    )
    const applyHeld = jobEvents(async (unit, changes) => void (await applyJobChanges(unit, ports, changes, false)))
    for (let i = 0; i < 5000; i += 500)
      await database.unit([], (unit) => applyHeld(unit, deliver(every.slice(i, i + 500))))
    const { openFiring } = await import('./firing.ts')
    const { silentLog } = await import('#platform/telemetry')
    const firing = openFiring({ database, schemas, clock, log: silentLog() })
    const cpu = process.cpuUsage()
    const t = performance.now()
    await runDry(firing as never)
    const ms = performance.now() - t
    const c = process.cpuUsage(cpu)
    const n =
      (await database.reader.get<{ n: number }>(`select count(*) n from occurrences`))!.n - (only === 'fire' ? 0 : N)
    console.log(
      'fire us/fire',
      ((ms * 1000) / n).toFixed(1),
      'cpu',
      ((c.user + c.system) / n).toFixed(1),
      'fires',
      n,
      'ms',
      ms.toFixed(0),
    )
  }
  await world.close()
}
