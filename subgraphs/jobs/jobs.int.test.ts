import { onMysql } from '#platform/testing'

onMysql()
await import('./create-jobs.test.ts')
await import('./change-job.test.ts')
await import('./saved-jobs.test.ts')
await import('./status-topics.test.ts')
await import('./visibility.test.ts')
await import('./graphql/resolvers.test.ts')
await import('./projections/jobs.test.ts')
