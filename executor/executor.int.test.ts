import { onMysql } from '#platform/testing'

onMysql()
await import('./executor.test.ts')
await import('./lost-executors.test.ts')
