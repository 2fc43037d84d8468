import { onMysql } from '#platform/testing'

onMysql({
  'feed-migrations': () => import('./feed-migrations.test.ts'),
})
