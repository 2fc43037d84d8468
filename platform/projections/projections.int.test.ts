import { onMysql } from '#platform/testing'

onMysql()
await import('./projections.test.ts')
