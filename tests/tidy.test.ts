import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './planted-tree.ts'
import { type SourceFile, tidyRules } from './tidy-rules.ts'

// The rules' own texts and these examples would trip them.
const ABOUT_THE_RULES = [
  'tests/tidy-rules.ts',
  'tests/tidy.test.ts',
  'tests/planted-offences.ts',
  'tests/checks.test.ts',
]
const NOT_OURS = ['node_modules', 'data', 'coverage', '.stack']
const TEXT = /\.(ts|graphql|avsc|json|grit|md|sh|ya?ml)$|^\.ci\//

/** Every text file of ours. It does not ask Git, which a machine with only Node and npm may lack. */
function repository(): readonly SourceFile[] {
  const all = globSync(['**/*', '.ci/*'], { cwd: ROOT, exclude: (path) => NOT_OURS.includes(path) })
  return all
    .filter((path) => TEXT.test(path) && path !== 'package-lock.json' && !ABOUT_THE_RULES.includes(path))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}

const files = repository()

test('the repository is read', () => {
  expect(files.length).toBeGreaterThan(100)
  expect(files.map(({ path }) => path)).toContain('platform/domain/index.ts')
})

test.each(Object.entries(tidyRules))('%s', (_name, rule) => {
  expect(files.flatMap((file) => rule(file).map((offence) => `${file.path}: ${offence}`))).toEqual([])
})

const marker = 'TO' + 'DO'
const room = 'platform/outbox/index.ts'

test.each<[keyof typeof tidyRules, SourceFile, SourceFile]>([
  [
    'a file has at most 300 lines',
    { path: 'a.ts', text: 'x\n'.repeat(301) },
    { path: 'a.ts', text: 'x\n'.repeat(300) },
  ],
  ['nothing is left over', { path: 'a.md', text: `${marker}: later` }, { path: 'a.md', text: `a ${marker}list` }],
  [
    'a name has an idea behind it',
    { path: 'gateway/utils/a.ts', text: '' },
    { path: 'platform/database/a.ts', text: '' },
  ],
  [
    'a platform room says what it does and what it never does',
    { path: room, text: '// Carries.\nexport {}\n' },
    { path: room, text: '// Carries.\n// Never decides.\nexport {}\n' },
  ],
  [
    'every export has a docstring',
    { path: 'a.ts', text: 'export async function go(): Promise<void> {}\n' },
    { path: 'a.ts', text: '/** Goes. */\nexport async function go(): Promise<void> {}\n' },
  ],
  [
    'a test is named by its claim',
    { path: 'a.test.ts', text: "test('should fire', () => {})" },
    { path: 'a.test.ts', text: "test('fires once', () => {})" },
  ],
  [
    'no test sleeps',
    { path: 'a.test.ts', text: 'await new Promise((resolve) => setTimeout(resolve, 50))' },
    { path: 'a.test.ts', text: 'await clock.sleep(50)' },
  ],
  [
    'the database gives the time, not its SQL',
    { path: 'scheduler/commands/fire.ts', text: 'SELECT NOW()' },
    { path: 'scheduler/commands/fire.ts', text: 'database.now()' },
  ],
  [
    'a service calls out through #platform/outbound alone',
    { path: 'executor/tasks/http.ts', text: "import { request } from 'undici'" },
    { path: 'executor/tasks/http.ts', text: "import type { Dispatcher } from 'undici'" },
  ],
  [
    'no check of types is switched off',
    { path: 'a.ts', text: '// @ts-ignore' },
    { path: 'a.ts', text: '// ts stays on' },
  ],
])('the rule "%s" reports its planted offence, and not its clean twin', (name, offence, twin) => {
  expect(tidyRules[name]?.(offence)).toHaveLength(1)
  expect(tidyRules[name]?.(twin)).toEqual([])
})

test('every rule has a planted offence', () => {
  expect(readFileSync(import.meta.filename, 'utf8')).toSatisfy((text: string) =>
    Object.keys(tidyRules).every((name) => text.includes(`'${name}'`)),
  )
})
