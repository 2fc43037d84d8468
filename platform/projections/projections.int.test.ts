import { onMysql } from '#platform/testing'

onMysql({
  projections: () => import('./projections.test.ts'),
})
