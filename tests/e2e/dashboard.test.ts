import { expect, inject, test } from 'vitest'
import { isOnStack } from '#platform/testing'
import { eventually, sharedWorld } from './world.ts'

const SERVICES = ['auth', 'executions', 'executor', 'gateway', 'jobs', 'scheduler']
const dashboardUrl = inject('sharedDashboardUrl')

interface Instance {
  readonly name: string
  readonly url: string
  readonly status: string
}

async function instances(): Promise<readonly Instance[]> {
  const response = await fetch(new URL('/instances', dashboardUrl))
  return ((await response.json()) as { readonly instances: readonly Instance[] }).instances
}

test('the dashboard shows each service, up, at the address that the graph gives', async () => {
  const shown = await eventually(instances, (all) => all.length === SERVICES.length)
  expect(shown.map(({ name }) => name).toSorted()).toEqual(SERVICES)
  expect(new Set(shown.map(({ status }) => status))).toEqual(new Set(['UP']))
  const client = await sharedWorld().user()
  const { services } = await client.data<{ services: { instances: { url: string }[] }[] }>(
    '{ services { instances { url } } }',
  )
  const urls = services.flatMap((service) => service.instances.map(({ url }) => url))
  expect(shown.map(({ url }) => url).toSorted()).toEqual(urls.toSorted())
  expect(new Set(urls).size).toBe(isOnStack() ? SERVICES.length : 1)
  const page = await fetch(dashboardUrl)
  expect(page.headers.get('content-type')).toContain('text/html')
  expect(await page.text()).toContain('JOBS')
})
