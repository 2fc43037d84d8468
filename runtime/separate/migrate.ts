import { systemClock } from '#platform/clock'
import { openMysql } from '#platform/database'
import { silentLog } from '#platform/telemetry'
import { migrateAuth } from '#services/auth'
import { migrateExecutions } from '#services/executions'
import { migrateJobs } from '#services/jobs'
import { migrateScheduler } from '#services/scheduler'
import type { ServiceConfig } from './config.ts'
import { patiently } from './patience.ts'

const MIGRATIONS = { auth: migrateAuth, jobs: migrateJobs, scheduler: migrateScheduler, executions: migrateExecutions }

/** Brings every service's database up to date, as each service does by itself when it starts, and ends. */
export async function migrateAll({ mysqlUrl, databasePrefix }: ServiceConfig): Promise<void> {
  const clock = systemClock()
  const say = (what: string, reason: string): void => {
    process.stdout.write(`  migrate waits for ${what}: ${reason}\n`)
  }
  for (const [name, migrateOne] of Object.entries(MIGRATIONS)) {
    const url = new URL(mysqlUrl)
    url.pathname = `/${databasePrefix}${name}`
    const options = { clock, say, signal: new AbortController().signal }
    const applied = await patiently(options, `the database at ${url.host}`, async () => {
      const database = await openMysql({ name, url: url.toString(), clock, log: silentLog() })
      try {
        return await migrateOne(database)
      } finally {
        await database.close()
      }
    })
    process.stdout.write(`  ${name}: ${applied.length === 0 ? 'up to date' : applied.join(', ')}\n`)
  }
}
