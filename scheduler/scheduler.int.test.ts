import { onMysql } from '#platform/testing'

onMysql({
  scheduler: () => import('./scheduler.test.ts'),
  orders: () => import('./orders.test.ts'),
  'parked-jobs': () => import('./parked-jobs.test.ts'),
  ledger: () => import('./ledger.test.ts'),
  'migrations/ledger': () => import('./migrations/ledger.test.ts'),
})
