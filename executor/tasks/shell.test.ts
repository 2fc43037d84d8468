import { fork } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { openCatalogue } from './catalogue.ts'
import { OUTPUT_BYTES_MAX } from './shell/output.ts'
import { SHELL_OFF, type ShellPolicy } from './shell/policy.ts'
import type { JsonObject, TaskContext, TaskResult } from './task.ts'
import { processesWith, shellPolicies } from './testing/shell-scene.ts'
import { taskContext } from './testing/task-context.ts'
import { openTaskWorkers } from './worker/task-workers.ts'

const clock = systemClock()
const GRACE_MS = 200
const isRoot = process.getuid?.() === 0
let names = 0

/** A text by which a test knows the processes that it made. */
const mark = (): string => `mark-${process.pid}-${names++}`
const script = (text: string, ...args: string[]): JsonObject => ({ argv: ['sh', '-c', text, 'sh', ...args] })
const messages = ({ lines }: { lines: TaskContextLines }): string[] => lines.map(([, message]) => message)
type TaskContextLines = ReturnType<typeof taskContext>['lines']

function shellOf(policy: ShellPolicy) {
  const workers = openTaskWorkers({ clock, graceMs: GRACE_MS, tasks: { shell: policy } })
  const task = openCatalogue({ shell: policy }).taskNamed('SHELL')!
  return {
    close: workers.close,
    run(params: JsonObject, changes: Partial<TaskContext> = {}) {
      const context = taskContext(changes)
      const ended: Promise<TaskResult> = workers.runTask(task, params, context)
      ended.catch(() => undefined)
      return { context, ended }
    },
    /** Runs what says `up` first, and asks it to end then. @returns what came of it, which is an error or a result */
    async cancel(params: JsonObject, graceMs = GRACE_MS) {
      const abort = new AbortController()
      const lines: [string, string][] = []
      const context = taskContext({
        signal: abort.signal,
        log(level, message) {
          lines.push([level, message])
          if (message === 'up') abort.abort()
        },
      })
      const ending = { graceMs, givenUp: new AbortController().signal }
      const end = await workers.runTask(task, params, context, ending).catch((error: unknown) => error)
      return { lines, end }
    },
  }
}

describe.each(await shellPolicies())('a command %s', (place, policy) => {
  const shell = shellOf(policy)
  const isSandboxed = place === 'in a sandbox'
  // Without either, a command is the user that its executor is: it may change itself so that nothing knows it.
  const contained = isSandboxed || isRoot ? test : () => undefined
  afterAll(shell.close)

  test('gets its arguments as they are, and what it writes is its log', async () => {
    const { context, ended } = shell.run({ argv: ['printf', '%s\n', '$HOME *', '; id', 'ü'] })
    expect(await ended).toMatchObject({
      result: {
        exitCode: 0,
        signal: null,
        output: { lines: 3, isCut: false },
        sandbox: isSandboxed ? 'bubblewrap' : 'none',
      },
    })
    expect(context.lines.slice(-3)).toEqual([
      ['INFO', '$HOME *'],
      ['INFO', '; id'],
      ['INFO', 'ü'],
    ])
  })

  test('has no variables but its own and those that are documented', async () => {
    const { context, ended } = shell.run({ argv: ['env'], env: { GREETING: 'hello', empty: '' } })
    await ended
    const variables = messages(context).filter((line) => line.includes('='))
    expect(variables).toEqual(expect.arrayContaining(['GREETING=hello', 'empty=', 'CARILLON_ATTEMPT=2']))
    const known = ['GREETING', 'empty', 'PATH', 'HOME', 'TMPDIR', 'PWD']
    const own = variables.map((line) => line.split('=')[0]!).filter((name) => !name.startsWith('CARILLON_'))
    expect(known).toEqual(expect.arrayContaining(own))
  })

  test('has an empty folder of its own, which is gone afterwards', async () => {
    const { context, ended } = shell.run(script('pwd; ls -A; echo x >file; cat file; stat -c %a .'))
    await ended
    const [folder, ...rest] = messages(context).slice(-3)
    expect(rest).toEqual(['x', '700'])
    expect(folder).toContain('carillon-shell-')
    expect(existsSync(folder!)).toBe(false)
  })

  test.each([
    ['exit 3', {}, 'SHELL_EXIT', false],
    ['exit 3', { finalExitCodes: [3] }, 'SHELL_EXIT', true],
    ['exit 0', { expectedExitCodes: [1] }, 'SHELL_EXIT', false],
    ['kill -s USR1 $$', {}, 'SHELL_SIGNAL', false],
    ['kill -s KILL $$', {}, 'SHELL_SIGNAL', false],
  ])('that does `%s` with %j fails as %s', async (text, more, code, isFinal) => {
    const { ended } = shell.run({ ...script(`echo why >&2; ${text}`), ...more })
    await expect(ended).rejects.toMatchObject({ code, isFinal, message: expect.stringContaining('why') })
  })

  test('that ends as it may is a success', async () => {
    const { ended } = shell.run({ ...script('exit 3'), expectedExitCodes: [0, 3] })
    expect((await ended).result).toMatchObject({ exitCode: 3 })
  })

  test('that does not exist fails as SHELL_NOT_FOUND', async () => {
    for (const name of ['no-such-command', '/etc/passwd', './sh', '../bin/sh'])
      await expect(shell.run({ argv: [name] }).ended).rejects.toMatchObject({ code: 'SHELL_NOT_FOUND' })
  })

  test('that writes without end is cut, visibly, and killed', async () => {
    const { context, ended } = shell.run({ argv: ['yes', 'tea'] })
    await expect(ended).rejects.toMatchObject({ code: 'SHELL_OUTPUT_TOO_LARGE' })
    expect(messages(context).at(-1)).toContain('the output is cut here')
    const bytes = messages(context).reduce((sum, line) => sum + line.length, 0)
    expect(bytes).toBeLessThan(2 * OUTPUT_BYTES_MAX)
  })

  test('that writes one line without end is cut as well', async () => {
    const { context, ended } = shell.run(script('yes | tr -d "\\n"'))
    await expect(ended).rejects.toMatchObject({ code: 'SHELL_OUTPUT_TOO_LARGE' })
    expect(messages(context).at(-1)).toContain('the output is cut here')
  })

  test('has the limits that its job asks for', async () => {
    const limits = { cpuSeconds: 7, memoryMegabytes: 512, fileMegabytes: 1, openFiles: 99, processes: 33 }
    const { context, ended } = shell.run({ argv: ['cat', '/proc/self/limits'], limits })
    await ended
    const soft = Object.fromEntries(
      messages(context).map((line) => [line.slice(0, 26).trim(), line.slice(26).split(/\s/)[0]]),
    )
    expect(soft).toMatchObject({
      'Max cpu time': '7',
      'Max address space': `${512 * 1024 * 1024}`,
      'Max file size': `${1024 * 1024}`,
      'Max open files': '99',
      'Max core file size': '0',
    })
    const processes = Number(soft['Max processes'])
    expect(isRoot ? processes === 33 : processes >= 33).toBe(true)
  })

  test('that fills the disk is stopped at its limit', async () => {
    const text = 'head -c 3M /dev/zero >file; stat -c %s file'
    const { context, ended } = shell.run({ ...script(text), limits: { fileMegabytes: 1 } })
    await ended
    expect(messages(context).at(-1)).toBe(`${1024 * 1024}`)
  })

  test('that forks without end is stopped at its limit, and leaves nobody behind', async () => {
    const name = mark()
    const bomb = 'bomb() { bomb | bomb & }; while :; do bomb; done'
    const { ended } = shell.run({ ...script(bomb, name), limits: { processes: 24 } })
    await expect(ended).rejects.toMatchObject({ code: 'SHELL_EXIT' })
    expect(processesWith(name)).toEqual([])
  })

  test('that ignores SIGTERM is killed once its grace is over', async () => {
    const name = mark()
    const { end } = await shell.cancel(script('trap "" TERM; echo up; while :; do sleep 1; done', name))
    expect(end).toMatchObject({ code: 'TASK_ABORTED' })
    // Its worker was killed with it, so nobody waited for the reaper.
    await expect.poll(() => processesWith(name), { timeout: 5_000 }).toEqual([])
  })

  test.each([
    ['exit 0', { result: { exitCode: 0, signal: null } }],
    ['exit 3', { code: 'TASK_ABORTED' }],
  ])('that obeys SIGTERM may say good-bye; by `%s` it ends as %j', async (exit, expected) => {
    const text = `trap "echo bye; sleep 0.1; ${exit}" TERM; echo up; sleep 20 & wait`
    const { lines, end } = await shell.cancel(script(text), 10_000)
    expect(lines.at(-1)).toEqual(['INFO', 'bye'])
    expect(end).toMatchObject(expected)
  })

  test('leaves nobody behind: not its children, not those that left its group and hold its output', async () => {
    const name = mark()
    const child = (start: string) => `${start} sh -c 'sleep 1000; true' ${name} &`
    const { ended } = shell.run(script(`${child('')} ${child('setsid')} ${child('nohup setsid')} true`))
    await ended
    expect(processesWith(name)).toEqual([])
  })

  contained('leaves nobody behind who has changed all that it could of himself', async () => {
    const name = mark()
    const { ended } = shell.run(
      script(`cd /; (env -i setsid sh -c 'sleep 1000; true' ${name} >/dev/null 2>&1 &) & true`),
    )
    await ended
    expect(processesWith(name)).toEqual([])
  })

  contained('reads neither the environment of the service nor the folder of another', async () => {
    const other = mkdtempSync(join(tmpdir(), 'carillon-shell-'))
    try {
      writeFileSync(join(other, 'file'), 'private')
      const text =
        'for file in "$@"; do cat "$file" && echo open; done; cat /proc/$PPID/environ && echo open; echo done'
      const { context, ended } = shell.run(
        script(text, join(other, 'file'), `/proc/${process.pid}/environ`, '/etc/shadow'),
      )
      await ended
      expect(messages(context)).toContain('done')
      const parent = messages(context).filter((line) => line === 'open').length
      // In a sandbox its parent is the sandbox.
      expect(parent).toBeLessThanOrEqual(isSandboxed ? 1 : 0)
      expect(messages(context).join()).not.toMatch(/private|VITEST/)
    } finally {
      rmSync(other, { recursive: true })
    }
  })

  test.each(['the executor', 'the worker'])('dies within 5 s when %s is killed', { timeout: 30_000 }, async (who) => {
    const name = mark()
    const text = `trap "" TERM; setsid sh -c 'sleep 1000; true' ${name} & pwd; sleep 1000; true`
    const executor = startExecutor(policy, script(text, name))
    const folder = await executor.said('/')
    const running = () => processesWith(name).filter((pid) => pid !== executor.pid)
    await expect.poll(() => running().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2)
    process.kill(who === 'the worker' ? Number(await executor.said('worker ')) : executor.pid, 'SIGKILL')
    await expect.poll(running, { timeout: 5_000 }).toEqual([])
    await expect.poll(() => existsSync(folder), { timeout: 5_000 }).toBe(false)
  })
})

/** An executor in a process of its own, gone with the test. */
function startExecutor(policy: ShellPolicy, params: JsonObject) {
  const file = new URL('./testing/killed-shell-executor.ts', import.meta.url)
  const args = [JSON.stringify(policy), JSON.stringify(params)]
  const child = fork(file, args, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const lines: string[] = []
  child.on('message', (line) => lines.push(String(line)))
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    pid: child.pid ?? 0,
    /** The first line that begins so, as soon as it is there. */
    async said(beginning: string): Promise<string> {
      const find = () => lines.find((line) => line.startsWith(beginning))
      await expect.poll(find, { timeout: 20_000 }).toBeDefined()
      return find()!.replace('worker ', '')
    },
  }
}

describe('an operator', () => {
  test('who says nothing has no SHELL jobs: none can be made, and those that are there fail', async () => {
    const catalogue = openCatalogue()
    expect(catalogue.jobTypes.map(({ name }) => name)).not.toContain('SHELL')
    expect(() => catalogue.checkParams('SHELL', { argv: ['true'] })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_JOB_TYPE' }),
    )
    const ended = catalogue.taskNamed('SHELL')!.run({ argv: ['true'] }, taskContext())
    await expect(ended).rejects.toMatchObject({ code: 'SHELL_DISABLED', isFinal: true })
  })

  test('who names commands allows no others, when a job is made and when it runs', async () => {
    const { checkParams, taskNamed } = openCatalogue({
      shell: { ...SHELL_OFF, mode: 'on', commands: ['/bin/true', 'date'] },
    })
    expect(checkParams('SHELL', { argv: ['date', '-u'] })).toEqual([])
    expect(checkParams('SHELL', { argv: ['/bin/sh', '-c', 'date'] })).toEqual([
      { path: 'params.argv[0]', message: 'must be one of "/bin/true", "date"' },
    ])
    const ended = taskNamed('SHELL')!.run({ argv: ['true'] }, taskContext())
    await expect(ended).rejects.toMatchObject({ code: 'SHELL_NOT_ALLOWED', isFinal: true })
  })

  test('who wants a sandbox gets it or a failure', async () => {
    const shell: ShellPolicy = { ...SHELL_OFF, mode: 'sandboxed', bubblewrap: '/nowhere/bwrap' }
    const ended = openCatalogue({ shell })
      .taskNamed('SHELL')!
      .run({ argv: ['true'] }, taskContext())
    await expect(ended).rejects.toMatchObject({ code: 'SHELL_NO_SANDBOX', isFinal: true })
  })
})
