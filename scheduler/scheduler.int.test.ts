import { onMysql } from '#platform/testing'

onMysql()
await import('./scheduler.test.ts')
await import('./parked-jobs.test.ts')
