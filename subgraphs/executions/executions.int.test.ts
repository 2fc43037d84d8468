import { onMysql } from '#platform/testing'

onMysql({
  admission: () => import('./admission.test.ts'),
  'cancel-jobs': () => import('./cancel-jobs.test.ts'),
  executions: () => import('./executions.test.ts'),
  fence: () => import('./fence.test.ts'),
  retention: () => import('./retention.test.ts'),
  flow: () => import('./flow.test.ts'),
  history: () => import('./history.test.ts'),
  replays: () => import('./replays.test.ts'),
  retry: () => import('./retry.test.ts'),
  unique: () => import('./unique.test.ts'),
  'graphql/subscriptions': () => import('./graphql/subscriptions.test.ts'),
  'graphql/visibility': () => import('./graphql/visibility.test.ts'),
})
