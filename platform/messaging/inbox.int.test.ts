import { onMysql } from '#platform/testing'

onMysql({
  'apply-topics': () => import('./apply-topics.test.ts'),
  quarantine: () => import('./quarantine.test.ts'),
})
