import { onMysql } from '#platform/testing'

onMysql({
  executor: () => import('./executor.test.ts'),
  'lost-executors': () => import('./lost-executors.test.ts'),
})
