import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { reservedNames } from '../catalogue.ts'
import { readTasksFolder, TasksFolderError } from './read-tasks-folder.ts'

const GOOD = `{ name: 'GOOD', description: 'd', paramsSchema: { type: 'object' }, async run() { return { result: 1 } } }`
const task = (changes: string): string => `export const task = { ...${GOOD}, ${changes} }`

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-tasks-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

async function refusal(files: Readonly<Record<string, string>>, waitMsMax?: number): Promise<string> {
  const error = await readTasksFolder(folderWith(files), reservedNames, waitMsMax).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(TasksFolderError)
  return (error as TasksFolderError).message
}

test('each file is a task, in TypeScript or JavaScript, exported by name or by default', async () => {
  const folder = folderWith({
    'a.ts': `import type { Task } from 'carillon/task'\nexport const task: Task = ${GOOD}`,
    'b.mjs': `import { TaskError } from 'carillon/task'\nexport default { ...${GOOD}, name: 'B_2', error: TaskError }`,
    'c.js': `import { name } from './lib/name.js'\nexport const task = { ...${GOOD}, name }`,
    'd.test.ts': 'throw new Error()',
    'e.d.ts': 'throw new Error()',
    '_f.ts': 'throw new Error()',
    '.g.ts': 'throw new Error()',
    'notes.md': 'these are no tasks',
  })
  mkdirSync(join(folder, 'lib'))
  writeFileSync(join(folder, 'lib', 'name.js'), `export const name = 'C_3'`)
  const tasks = await readTasksFolder(folder, reservedNames)
  expect(tasks.map(({ name, file }) => [name, file])).toEqual([
    ['GOOD', join(folder, 'a.ts')],
    ['B_2', join(folder, 'b.mjs')],
    ['C_3', join(folder, 'c.js')],
  ])
  expect(tasks[0]).toMatchObject({ description: 'd', paramsSchema: { type: 'object' } })
})

test('an empty folder has none, and one that is not there is refused', async () => {
  expect(await readTasksFolder(folderWith({}), [])).toEqual([])
  await expect(readTasksFolder('/nowhere/tasks', [])).rejects.toThrow(/\/nowhere\/tasks cannot be read: ENOENT/)
})

test('everything that is wrong is said at once, a line for each file with its reason', async () => {
  const message = await refusal({
    '01.ts': 'export const nothing = 1',
    '02.ts': 'export const task = 5',
    '03.ts': task(`name: 'small'`),
    '04.ts': task(`description: ''`),
    '05.ts': task(`paramsSchema: { type: 'string' }`),
    '06.ts': task(`paramsSchema: { type: 'object', properties: { a: { type: 'nope' } } }`),
    '07.ts': task('run: 5'),
    '08.ts': 'export const task = {',
    '09.ts': `throw new TypeError('no tea')`,
    '10.ts': task(`name: 'HTTP'`),
    '11.ts': task(`name: 'SHELL'`),
    '12.ts': task(`name: 'TWICE'`),
    '13.ts': task(`name: 'TWICE'`),
    '14.ts': task(`name: 'FINE'`),
    '15.ts': `import 'no-such-package'`,
  })
  const reasons = [
    /^ {2}01.ts: exports no task/m,
    /^ {2}02.ts: .*name must be a text.*run must be a function/m,
    /^ {2}03.ts: name must be 2 to 64 capitals/m,
    /^ {2}04.ts: description must not be empty/m,
    /^ {2}05.ts: paramsSchema must be a JSON schema with type "object"/m,
    /^ {2}06.ts: paramsSchema is wrong/m,
    /^ {2}07.ts: run must be a function/m,
    /^ {2}08.ts: SyntaxError/m,
    /^ {2}09.ts: TypeError: no tea/m,
    /^ {2}10.ts: HTTP is a job type of Carillon's own/m,
    /^ {2}11.ts: SHELL is a job type of Carillon's own/m,
    /^ {2}13.ts: TWICE is the name of the task in 12.ts, too/m,
    /^ {2}15.ts: Error: Cannot find package 'no-such-package'/m,
  ]
  for (const reason of reasons) expect(message).toMatch(reason)
  expect(message).not.toMatch(/12\.ts:|14\.ts:/)
})

test.each([
  ['for (;;) {}', /b\.ts: was not read within 2000 ms/],
  ['process.exit(0)', /b\.ts: ended the process that read it \(exit code 0\)/],
  ['process.kill(process.pid, "SIGKILL")', /b\.ts: ended the process that read it \(SIGKILL\)/],
  ['setTimeout(() => { throw new Error() }); await new Promise(() => {})', /b\.ts: ended the process that read it/],
])('a file that does `%s` when it is imported is named, and nobody else is harmed', async (text, reason) => {
  expect(await refusal({ 'a.ts': task(''), 'b.ts': text, 'c.ts': task(`name: 'C'`) }, 2_000)).toMatch(reason)
})
