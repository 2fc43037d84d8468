import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { openCatalogue, reservedNames } from '../catalogue.ts'
import { taskContext } from '../testing/task-context.ts'
import { openTaskWorkers } from '../worker/task-workers.ts'
import { readTasksFolder } from './read-tasks-folder.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const PAGE = readFileSync(join(ROOT, 'docs/write-a-task.md'), 'utf8')
const [, CODE = ''] = /```ts\n([\s\S]*?)```/.exec(PAGE) ?? []

/** The code of the page, as it stands, in a folder that knows nothing of this one. */
function folderOfThePage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-page-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'disk-space.ts'), CODE)
  return folder
}

test('the task of docs/write-a-task.md runs as it stands, and fails with its own code', async () => {
  const tasks = { foreign: await readTasksFolder(folderOfThePage(), reservedNames) }
  const { taskNamed, checkParams, jobTypes } = openCatalogue(tasks)
  const workers = openTaskWorkers({ clock: systemClock(), tasks })
  onTestFinished(workers.close)
  const diskSpace = taskNamed('DISK_SPACE')!
  expect(jobTypes.map(({ name }) => name)).toContain('DISK_SPACE')
  expect(checkParams('DISK_SPACE', { path: '/', freePercentMin: 0 })).toEqual([
    { path: 'params.freePercentMin', message: 'must be >= 1' },
  ])

  const reports: unknown[] = []
  const context = taskContext({ progress: (report) => reports.push(report) })
  const { result, artefacts } = await workers.runTask(diskSpace, { path: '/', freePercentMin: 1 }, context)
  expect(result).toEqual({ path: '/', freePercent: expect.any(Number) })
  expect(artefacts).toEqual([])
  expect(reports).toEqual([{ step: 'looking', data: { path: '/' } }])
  expect(context.lines).toEqual([['INFO', expect.stringMatching(/^attempt 2: \d+ % of \/ are free$/)]])
  await expect(workers.runTask(diskSpace, { path: '/proc', freePercentMin: 99 }, taskContext())).rejects.toMatchObject({
    code: 'DISK_NEARLY_FULL',
    retryAfterMs: 60_000,
  })
})

test('its types are those of its author: strict, and outside of this folder', () => {
  const folder = folderOfThePage()
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
  symlinkSync(ROOT, join(folder, 'node_modules/carillon'))
  symlinkSync(join(ROOT, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'))
  const compilerOptions = { strict: true, noEmit: true, module: 'nodenext', erasableSyntaxOnly: true, types: ['node'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const check = () => execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' })
  expect(check()).toBe('')
  writeFileSync(join(folder, 'disk-space.ts'), CODE.replace('return { result:', 'return { reslut:'))
  expect(check).toThrow(/Command failed/)
})

const PLAIN = `
let deep = null
for (let level = 0; level < 5_000; level++) deep = [deep]
const runs = {
  logs({ log }) { log('INFO', 'a'); log('info', 'b'); log('FATAL', 3); log(); return { result: 1 } },
  isDeep: () => ({ result: deep }),
  returnsNothing: () => undefined,
  returnsText: () => 'text',
  hasFunctions: () => ({ result: { call: () => 1, rows: 2 }, artefacts: null }),
  reportsNothing({ progress }) { progress(null) },
  reportsText({ progress }) { progress('50%') },
  reportsDepth({ progress }) { progress({ data: deep.flat(4_000) }) },
}
export default {
  name: 'PLAIN', description: 'Plain.', paramsSchema: { type: 'object' }, run: async ({ does }, context) => runs[does](context),
}`

test('a task in plain JavaScript is told what is wrong with what it says, and loses no line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-plain-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'plain.mjs'), PLAIN)
  const tasks = { foreign: await readTasksFolder(folder, reservedNames) }
  const plain = openCatalogue(tasks).taskNamed('PLAIN')!
  const workers = openTaskWorkers({ clock: systemClock(), tasks })
  onTestFinished(workers.close)
  const context = taskContext()
  await workers.runTask(plain, { does: 'logs' }, context)
  const messages = ['a', 'b', '3', 'undefined']
  expect(context.lines).toEqual(messages.map((message) => ['INFO', message]))
  const run = (does: string) => workers.runTask(plain, { does }, taskContext())
  expect(await run('hasFunctions')).toEqual({ result: { rows: 2 }, artefacts: [] })
  for (const [does, code] of [
    ['isDeep', 'TASK_RESULT_TOO_LARGE'],
    ['returnsNothing', 'TASK_RESULT_NOT_JSON'],
    ['returnsText', 'TASK_RESULT_NOT_JSON'],
    ['reportsNothing', 'TASK_PROGRESS_INVALID'],
    ['reportsText', 'TASK_PROGRESS_INVALID'],
    ['reportsDepth', 'TASK_PROGRESS_INVALID'],
  ] as const)
    await expect(run(does)).rejects.toMatchObject({ code })
})
