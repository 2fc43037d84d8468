import { onMysql } from '#platform/testing'

onMysql()
await import('./apply-topics.test.ts')
await import('./quarantine.test.ts')
