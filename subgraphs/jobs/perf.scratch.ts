import { rmSync, mkdtempSync } from 'node:fs'
import { systemClock } from '#platform/clock'
import { openSqlite } from '#platform/database'
import { embeddedSchemas } from '#platform/schemas'
import { openEmbeddedMessaging } from '#platform/messaging'
import { silentLog } from '#platform/telemetry'
import { checkParams, jobTypes } from '../../executor/tasks/index.ts'
import { createJobs, openJobs } from './main.ts'
import { applyDeliveries } from './messaging/status-topics.ts'

const clock = systemClock()
const dir = mkdtempSync('/tmp/jobsperf/d')
const schemas = embeddedSchemas()
const messaging = await openEmbeddedMessaging({ clock, schemas })
const database = openSqlite({ name: 'jobs', path: `${dir}/jobs.sqlite`, clock })
const types = { names: jobTypes.map((t) => t.name), describe: () => jobTypes, checkParams }
const jobs = await openJobs({ database, messaging, schemas, clock, log: silentLog(), verifier: undefined as never, jobTypes: types })
const caller = { userId: clock.newId(), username: 'u', sessionId: 's', workspaceIds: [clock.newId()], expiresAt: new Date() }
const N = 10_000
const inputs = Array.from({ length: N }, () => ({ jobType: 'ECHO', schedule: '@now', params: { message: 'hello' } }))
for (let round = 0; round < 4; round++) {
  let c0 = process.cpuUsage(), t = performance.now()
  const made = await createJobs(jobs.parts, caller, inputs)
  const cu = (n: number) => { const c = process.cpuUsage(c0); const r = `${((performance.now() - t) * 1000 / n).toFixed(1)} µs wall, ${((c.user + c.system) / n).toFixed(1)} µs cpu`; c0 = process.cpuUsage(); t = performance.now(); return r }
  console.log('create', cu(N))
  const at = new Date()
  const exec = made.map(() => clock.newId())
  const base = { producedAt: at, correlationId: 'c', topic: 'x' }
  const sa = made.map((j, i) => ({ ...base, key: j.id, stream: 's' + j.id, version: 1, name: 'carillon.scheduler.ScheduleAdvanced', value: { jobId: j.id, workspaceId: j.workspaceId, appliedVersion: 1, fired: [{ executionId: exec[i]!, cause: 'schedule', scheduledFor: at }], nextFireAt: null, exhausted: true, decidedAt: at } }) as const)
  const ex = (from: 'NONE' | 'RUNNING', to: 'RUNNING' | 'SUCCEEDED') => made.map((j, i) => ({ ...base, key: j.id, stream: 'e' + j.id, version: 1, name: 'carillon.executions.ExecutionChanged', value: { jobId: j.id, workspaceId: j.workspaceId, executionId: exec[i]!, previousStatus: from, status: to, attempt: 1, scheduledFor: at, errorCode: null, changedAt: at } }) as const)
  const feed = async (name: string, all: readonly any[], size = 500) => { cu(1); for (let s = 0; s < all.length; s += size) await database.unit([], (u) => applyDeliveries(u, all.slice(s, s + size))); console.log(name, cu(all.length)) }
  await feed('schedule', sa)
  await feed('running', ex('NONE', 'RUNNING'))
  await feed('succeeded+complete', ex('RUNNING', 'SUCCEEDED'))
}
await jobs.stop(); await messaging.close(); await database.close()
rmSync(dir, { recursive: true })
