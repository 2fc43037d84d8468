import { mkdtempSync, rmSync } from 'node:fs'
import { systemClock } from '#platform/clock'
import { openSqlite } from '#platform/database'
import { openEmbeddedMessaging } from '#platform/messaging'
import { differences, rebuild } from '#platform/projections'
import { embeddedSchemas } from '#platform/schemas'
import { silentLog } from '#platform/telemetry'
import { executionsProjection, openExecutions } from '#services/executions'
import { openExecutor } from '#services/executor'
import { openTaskWorkers, taskNamed } from './executor/tasks/index.ts'
import { takeIn } from './subgraphs/executions/commands/take-in.ts'
const clock = systemClock(), schemas = embeddedSchemas()
const messaging = await openEmbeddedMessaging({ clock, schemas })
const [, , mode = 'mem', path = 'direct', count = '20000', withRebuild] = process.argv
const dir = mkdtempSync('/tmp/bench-')
const database = openSqlite({ name: 'executions', path: mode === 'mem' ? ':memory:' : `${dir}/x.db`, clock })
const placeOf = (t: string) => taskNamed(t)?.place ?? 'loop'
const ex = await openExecutions({ database, messaging, schemas, clock, log: silentLog(), verifier: {}, placeOf } as any)
let local: any
const commands = { ...ex.commands, connect: (l: any) => { local = l; return ex.commands.connect(l) } }
const executor = openExecutor({ executions: commands, clock, log: silentLog(), tasks: { taskNamed, runTask: openTaskWorkers({ clock }).runTask }, httpPolicy: { allowPrivate: false }, capacity: { loop: 3000, worker: 2 } })
await executor.start()
async function round(n: number) {
  const cpu0 = process.cpuUsage(), t0 = performance.now()
  for (let i = 0; i < n; i += 500) {
    const requests = Array.from({ length: 500 }, () => {
      const id = clock.newId(), jobId = clock.newId()
      return { executionId: id, workspaceId: '0192f0a0-0000-7000-8000-000000000001', jobId, jobVersion: 1, jobType: 'ECHO', params: '{"message":"hello","n":1}', cause: 'schedule', scheduledAtMs: Date.now(), correlationId: id, causationId: `timetable-${jobId}/1` }
    })
    await database.unit([], (unit) => takeIn(unit, { schemas, placeOf, onQueued: () => local.wake() }, requests, path === 'direct' ? local : undefined))
  }
  for (;;) { if (!(await database.reader.get<any>('select execution_id from queue limit 1'))) break; await new Promise((r) => setTimeout(r, 2)) }
  const cpu = process.cpuUsage(cpu0), ms = performance.now() - t0
  console.log(`${mode} ${path}: ${(n / ms * 1000).toFixed(0)}/s; cpu ${((cpu.user + cpu.system) / n).toFixed(1)} us/job`)
}
await round(4000); await round(Number(count)); await round(Number(count))
const rows = await database.reader.get<any>(`select (select count(*) from events) e, (select count(*) from outbox) o, (select count(*) from changes) c, (select count(*) from executions) x`)
console.log('per job: events', (rows.e / rows.x).toFixed(2), 'outbox', (rows.o / rows.x).toFixed(2), 'changes', (rows.c / rows.x).toFixed(2))
if (withRebuild) { const t = performance.now(); const d = await rebuild(database, executionsProjection, (unit) => differences(unit, executionsProjection)); console.log('rebuild of', rows.e, 'events:', (performance.now() - t).toFixed(0), 'ms, differences', d.length) }
await executor.stop(); await ex.stop(); await messaging.close(); await database.close(); rmSync(dir, { recursive: true })
process.exit(0)
