import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { command, inPlantedTree, type Planted, ROOT } from './planted-tree.ts'

// Vitest forgives what Node does not, such as a named import that a CommonJS package lacks, or syntax that is not
// erasable: here every room and every service is loaded by Node alone. The runtime is started by tests/e2e.

const LOAD_ALL = `
  for (const url of process.argv.slice(1)) {
    try {
      await import(url)
    } catch (error) {
      console.log(url, String(error))
    }
  }
  process.exit(0)
`

/** What Node says of the modules that it cannot load. */
function loadAll(root: string, modules: readonly string[]): string {
  const urls = modules.map((module) => pathToFileURL(`${root}/${module}`).href)
  const { stdout } = spawnSync(command('node'), ['--input-type=module', '-e', LOAD_ALL, ...urls], { encoding: 'utf8' })
  return stdout
}

test('Node loads every room and every service as it is', () => {
  const patterns = ['platform/*/index.ts', 'avro/index.ts', '{gateway,scheduler,executor,subgraphs/*}/{main,index}.ts']
  const modules = globSync(patterns, { cwd: ROOT, exclude: (path) => path === 'platform/testing/index.ts' })
  expect(modules.length).toBeGreaterThan(12)
  expect(loadAll(ROOT, modules)).toBe('')
})

test.each([
  ["import { Type } from 'avsc'\n\nexport const all = Type\n", /Named export 'Type' not found/],
  ['export enum Mode {\n  One = 1,\n}\n', /enum is not supported/],
  ["export { gone } from './gone.ts'\n", /Cannot find module/],
])('it notices %j', (source, complaint) => {
  const planted: Planted = { path: 'main.ts', source }
  expect(inPlantedTree(['package.json'], [planted], (tree) => loadAll(tree, ['main.ts']))).toMatch(complaint)
})
