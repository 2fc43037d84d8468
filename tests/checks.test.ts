import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { command, inPlantedTree, type Planted } from './planted-tree.ts'

// The checks beside Biome, each shown an offence in a small repository of its own, and a clean twin.

/** What a command says about a repository with these files. */
function run(name: string, options: readonly string[], kept: readonly string[], files: readonly Planted[]) {
  return inPlantedTree(kept, files, (tree) => {
    const { status, stdout, stderr } = spawnSync(command(name), options, { cwd: tree, encoding: 'utf8' })
    return { status, said: stdout + stderr }
  })
}

const types = (source: string) => run('tsc', ['-p', '.'], ['tsconfig.json', 'package.json'], [{ path: 'a.ts', source }])

test.each([
  ['an enum', 'export enum Mode {\n  One = 1,\n}\n', 'TS1294'],
  ['an index that may miss', 'export const first = (list: readonly string[]): string => list[0]\n', 'TS2322'],
  [
    'a switch that forgets a case',
    "export function f(a: 'x' | 'y'): number {\n  switch (a) {\n    case 'x':\n      return 1\n  }\n}\n",
    'TS2366',
  ],
  ['an undefined for an optional', 'export const o: { a?: string } = { a: undefined }\n', 'TS2375'],
  ['a value import of a type', "import { Clock } from './b.ts'\nexport type C = Clock\n", 'TS2307'],
  ['a global of browsers', 'export const title = document.title\n', 'TS2584'],
])('tsc refuses %s', (_name, source, code) => {
  const { status, said } = types(source)
  expect(said).toContain(code)
  expect(status).not.toBe(0)
})

test('tsc lets a clean file be', () => {
  expect(types('export const first = (list: readonly string[]): string | undefined => list[0]\n')).toEqual({
    status: 0,
    said: '',
  })
})

test('Knip finds the unused file, the unused export and the unused package, and only these', () => {
  const manifest = {
    name: 'planted',
    type: 'module',
    scripts: { start: 'node main.ts' },
    dependencies: { zod: '4.6.7', ws: '8.23.0' },
  }
  const { status, said } = run(
    'knip',
    ['--no-progress'],
    ['knip.json'],
    [
      { path: 'package.json', source: JSON.stringify(manifest) },
      {
        path: 'main.ts',
        source: "import { z } from 'zod'\nimport { used } from './part.ts'\n\nconsole.log(z, used)\n",
      },
      { path: 'part.ts', source: 'export const used = 1\nexport const idle = 2\n' },
      { path: 'lost.ts', source: 'export const lost = 1\n' },
    ],
  )
  expect(said).toMatch(/Unused files \(1\)\nlost\.ts/)
  expect(said).toMatch(/Unused dependencies \(1\)\nws/)
  expect(said).toMatch(/Unused exports \(1\)\nidle/)
  expect(status).not.toBe(0)
})

const GENERATORS = ['package.json', 'codegen.ts', 'schemas', 'avro', 'scripts', 'subgraphs', 'platform']

test.each([
  ['node', ['scripts/avro-types.ts', '--check'], 'avro/generated/job-changed.ts'],
  ['node', ['scripts/compose.ts', '--check'], 'schemas/generated/api.graphql'],
  ['graphql-codegen', ['--config', 'codegen.ts', '--check'], 'subgraphs/auth/graphql/schema.generated.ts'],
])('%s %j notices when %s has drifted', (name, options, path) => {
  const { status, said } = run(name, options, GENERATORS, [{ path, source: '// drifted\n' }])
  expect(said).toContain(path.split('/').at(-1))
  expect(status).not.toBe(0)
})
