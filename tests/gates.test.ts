import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clean, offences } from './planted-offences.ts'
import { command, inPlantedTree, type Planted, ROOT } from './planted-tree.ts'

// A check that looks at nothing is worse than none: every gate of biome.json is shown an offence that it must report,
// and for each kind of file a clean twin that it must let pass.

const CONFIGURATION = [
  'biome.json',
  'biome-cause.grit',
  'biome-clock.grit',
  'biome-domain.grit',
  'package.json',
  '.gitignore',
]

// The other half of the planted cycle; alone it is no offence.
const HALF_CYCLE = { path: 'gateway/cycle-b.ts', source: "export { a as b } from './cycle-a.ts'\n" }

interface Configuration {
  readonly overrides: readonly unknown[]
}

interface Report {
  readonly diagnostics: readonly { readonly category: string; readonly location: { readonly path: string } }[]
}

/** Lints files, in a repository of their own, under the real configuration: the rules reported, by path. */
function lint(files: readonly Planted[], change?: Partial<Configuration>): ReadonlyMap<string, readonly string[]> {
  const changed = { path: 'biome.json', source: JSON.stringify({ ...readConfiguration(), ...change }) }
  return inPlantedTree(CONFIGURATION, [...files, changed], (tree) => {
    const options = ['lint', '--reporter=json', '--max-diagnostics=none', '.']
    const { stdout } = spawnSync(command('biome'), options, { cwd: tree, encoding: 'utf8' })
    const { diagnostics } = JSON.parse(stdout) as Report
    const paths = Map.groupBy(diagnostics, ({ location }) => location.path)
    return new Map([...paths].map(([path, found]) => [path, found.map(({ category }) => category)]))
  })
}

function readConfiguration(): Configuration {
  return JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8')) as Configuration
}

/** Shares files out, so that no layer holds one path twice: a layer is linted in one run. */
function layers<File extends Planted>(files: readonly File[]): readonly (readonly File[])[] {
  const byPath = Map.groupBy(files, (file) => file.path)
  const depth = Math.max(...[...byPath.values()].map((same) => same.length))
  return Array.from({ length: depth }, (_, index) =>
    [...byPath.values()].flatMap((same) => same.slice(index, index + 1)),
  )
}

test('every planted offence is reported by its rule', () => {
  const missed = layers(offences).flatMap((layer) => {
    const found = lint([...layer, HALF_CYCLE])
    return layer.filter(({ path, rule }) => !found.get(path)?.includes(rule))
  })
  expect(missed).toEqual([])
  expect(offences.length).toBeGreaterThan(150)
}, 60_000)

test('no clean twin is reported', () => {
  const reported = layers(clean).flatMap((layer) => {
    const found = lint(layer)
    return layer.flatMap((twin) => (found.get(twin.path) ?? []).map((rule) => ({ ...twin, rule })))
  })
  expect(reported).toEqual([])
  expect(clean.length).toBeGreaterThan(30)
}, 60_000)

test('it is the overrides that guard the rooms: without them nothing is seen', () => {
  const [layer = []] = layers(offences.filter(({ rule }) => rule.endsWith('noRestrictedImports')))
  const seen = [...lint(layer, { overrides: [] }).values()]
    .flat()
    .filter((rule) => rule.endsWith('noRestrictedImports'))
  expect(layer.length).toBeGreaterThan(20)
  expect(seen).toEqual([])
})
