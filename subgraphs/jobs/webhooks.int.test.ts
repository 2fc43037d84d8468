import { onMysql } from '#platform/testing'

onMysql({
  webhooks: () => import('./webhooks.test.ts'),
  'webhooks/deliver': () => import('./webhooks/deliver.test.ts'),
  'webhooks/receivers': () => import('./webhooks/receivers.test.ts'),
  'webhooks/limits': () => import('./webhooks/limits.test.ts'),
})
