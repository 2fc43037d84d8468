import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './loader.ts'
import { SERVER_SETTINGS, SYSTEM_SETTINGS } from './settings.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const dockerfile = read('deploy/Dockerfile')
const allowed = read('.dockerignore')
  .split('\n')
  .flatMap((line) => /^!(.+)$/.exec(line)?.[1] ?? [])

test('what the image copies exists, and reaches the engine', () => {
  const copies = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, words]) =>
    words?.split(' ').slice(0, -1),
  )
  expect(copies.length).toBeGreaterThan(8)
  for (const source of copies) {
    expect(existsSync(join(ROOT, source ?? '')), source).toBe(true)
    expect(allowed).toContain(source)
  }
})

test('every folder that package.json gives a name to is in the image', () => {
  const { imports } = JSON.parse(read('package.json')) as { readonly imports: Readonly<Record<string, string>> }
  const folders = new Set(Object.values(imports).map((path) => path.split('/')[1]))
  expect(folders.size).toBeGreaterThan(4)
  for (const folder of folders) expect(dockerfile).toContain(`COPY ${folder} ./${folder}\n`)
})

test('the image is pinned, runs as a plain user, and asks a path that the code answers', () => {
  for (const [, image] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(image).toMatch(/^[\w/-]+:\d[\w.-]+$/)
  expect(dockerfile).toMatch(/^USER node$/m)
  expect(dockerfile).toMatch(/^HEALTHCHECK /m)
  expect(dockerfile).toContain('/health/live')
  // One image is the gateway and every other service, and each answers by its own door.
  for (const door of ['gateway/http', 'platform/graphql/http'])
    expect(read(`${door}/operator-routes.ts`)).toContain("path: '/health/live'")
})

test('the shipped dashboard and the docs ask only for metrics that exist', () => {
  const sources = globSync('{gateway,scheduler,executor,subgraphs,platform,runtime}/**/*.ts', { cwd: ROOT })
  const code = sources.filter((path) => !path.endsWith('.test.ts')).map(read)
  const text = read('deploy/grafana/dashboards/carillon.json') + read('docs/operations.md')
  const asked = new Set([...text.matchAll(/\bcarillon_[a-z]+_[a-z_]*[a-z]\b/g)].map(([name]) => name))
  expect(asked.size).toBeGreaterThan(5)
  const missing = [...asked].filter((name) => {
    const plain = name.replace(/_(?:bucket|count|sum)$/, '')
    return !code.some((source) => source.includes(`'${plain}'`))
  })
  expect(missing).toEqual([])
})

test('the docs name every variable that is read, and no other', () => {
  const [, settings = ''] = /^## Settings$(.*?)^## /ms.exec(read('docs/operations.md')) ?? []
  const cells = [...settings.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell]) => cell ?? '')
  const named = cells.flatMap((cell) => [...cell.matchAll(/`([A-Z\d_]+)`/g)].map(([, name]) => name ?? ''))
  expect(named.toSorted()).toEqual([...SYSTEM_SETTINGS, ...SERVER_SETTINGS].toSorted())
})
