import { fork } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type Described, described, type Found } from './described.ts'
import type { ForeignTask } from './foreign-task.ts'

/** A folder of tasks holds something that cannot be a job type. The message has a line for each file. */
export class TasksFolderError extends Error {
  override readonly name = 'TasksFolderError'
}

const READER = new URL('./describe-main.ts', import.meta.url)
const TASK_FILE = /^[^._][^/]*(?<!\.d|\.test)\.(?:ts|mts|js|mjs)$/
const FILES_MAX = 200
const READ_MS_MAX = 15_000

/**
 * Reads the tasks of a folder: a file each, in the folder itself. Their code runs in a process that is killed afterwards.
 *
 * @param reserved names that no task may have
 * @throws {TasksFolderError} with everything that is wrong, a line for each file
 */
export async function readTasksFolder(
  directory: string,
  reserved: readonly string[],
  waitMsMax = READ_MS_MAX,
): Promise<readonly ForeignTask[]> {
  const files = taskFiles(directory)
  const found = files.length === 0 ? [] : await describeAll(files, waitMsMax)
  const tasks = found.filter((each) => 'name' in each)
  const refused = [...found.filter((each) => 'reason' in each), ...nameClashes(tasks, reserved)]
  if (refused.length > 0) throw folderError(directory, refused)
  return tasks
}

interface Refused {
  readonly file: string
  readonly reason: string
}

function folderError(directory: string, refused: readonly Refused[]): TasksFolderError {
  const lines = refused.map(({ file, reason }) => `  ${basename(file)}: ${reason}`)
  return new TasksFolderError(`The tasks in ${directory} cannot be used:\n${lines.join('\n')}`)
}

function taskFiles(directory: string): readonly string[] {
  const names = namesIn(directory).filter((name) => TASK_FILE.test(name))
  if (names.length > FILES_MAX)
    throw new TasksFolderError(`The folder of tasks ${directory} has more than ${FILES_MAX} files`)
  return names.sort().map((name) => resolve(join(directory, name)))
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name)
  } catch (cause) {
    throw new TasksFolderError(`The folder of tasks ${directory} cannot be read: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** What each file is. One that hangs, or ends the process, ends the reading. */
function describeAll(files: readonly string[], waitMsMax: number): Promise<readonly Described[]> {
  const reader = fork(READER, files, { env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const found: Described[] = []
  const { promise, resolve: finish, reject } = Promise.withResolvers<readonly Described[]>()
  let reading = files[0] ?? ''
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    reader.kill('SIGKILL')
  }, waitMsMax)
  reader.on('message', (message: Found) => {
    reading = message.file
    if (message.state !== 'reading') found.push(described(message))
  })
  reader.on('error', reject)
  reader.on('close', (exitCode, signal) => {
    clearTimeout(timer)
    if (found.length === files.length) return finish(found)
    const reason = isLate
      ? `was not read within ${waitMsMax} ms: what it does when it is imported does not end`
      : `ended the process that read it (${signal ?? `exit code ${exitCode}`})`
    return finish([...found, { file: reading, reason }])
  })
  return promise
}

/** Two tasks of one name, or one that is ours. */
function nameClashes(tasks: readonly ForeignTask[], reserved: readonly string[]): readonly Refused[] {
  const owners = new Map<string, string>()
  return tasks.flatMap(({ name, file }) => {
    if (reserved.includes(name)) return [{ file, reason: `${name} is a job type of Carillon's own` }]
    const owner = owners.get(name)
    owners.set(name, owner ?? file)
    return owner === undefined ? [] : [{ file, reason: `${name} is the name of the task in ${basename(owner)}, too` }]
  })
}
