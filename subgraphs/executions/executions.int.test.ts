import { onMysql } from '#platform/testing'

onMysql()
await import('./executions.test.ts')
await import('./fence.test.ts')
await import('./graphql/subscriptions.test.ts')
await import('./graphql/visibility.test.ts')
