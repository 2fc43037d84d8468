import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isOnStack } from '#platform/testing'
import { createJob, eventually, sharedWorld } from './world.ts'

const world = sharedWorld()

// Between processes only.
const OF_PROCESSES = [
  'carillon_door_request_seconds',
  'carillon_gateway_supergraph_refused',
  'carillon_records_produced_total',
]

/** The metrics for which the shipped dashboard asks. */
function askedFor(): readonly string[] {
  const dashboard = readFileSync(new URL('../../deploy/grafana/dashboards/carillon.json', import.meta.url), 'utf8')
  const names = [...dashboard.matchAll(/\b(?:carillon|nodejs|process)_[a-z\d_]*[a-z\d]\b/g)].map(([name]) => name)
  return [...new Set(names.map((name) => name.replace(/_(?:bucket|count|sum)$/, '')))].toSorted()
}

test('every metric of the shipped dashboard is told by some process, and each has a figure once a job has run', async () => {
  const client = await world.user()
  const id = await createJob(client, { jobType: 'ECHO', schedule: '@now', params: {} })
  await eventually(
    () => client.data<{ job: { state: string } }>('query ($id: ID!) { job(id: $id) { state } }', { id }),
    ({ job }) => job.state === 'COMPLETED',
  )
  const { services } = await client.data<{ services: { instances: { url: string }[] }[] }>(
    '{ services { instances { url } } }',
  )
  const urls = new Set(services.flatMap(({ instances }) => instances.map(({ url }) => url)))
  const texts = await Promise.all([...urls].map(async (url) => (await fetch(new URL('/metrics', url))).text()))
  expect(urls.size).toBe(isOnStack() ? 6 : 1)
  for (const text of texts) {
    const declared = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
    expect(new Set(declared).size).toBe(declared.length)
  }
  const missing = askedFor().filter(
    (name) => !texts.some((text) => new RegExp(`^${name}\\S* [\\d.e+-]+$`, 'm').test(text.replace(/\{[^}]*\}/g, ''))),
  )
  expect(missing).toEqual(isOnStack() ? [] : OF_PROCESSES)
  expect(askedFor().length).toBeGreaterThan(10)
})
