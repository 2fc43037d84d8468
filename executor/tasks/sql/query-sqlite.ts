import { type ChildProcess, fork } from 'node:child_process'
import { abortedError } from '../aborted.ts'
import type { TaskContext } from '../task.ts'
import type { SqliteConnection } from './connection.ts'
import type { SqlQuery } from './query.ts'
import type { RowsFile } from './rows-file.ts'
import { sqlError } from './sql-error.ts'
import type { FromSqlite, ToSqlite } from './sqlite-messages.ts'

const ENTRY = new URL('./sqlite-main.ts', import.meta.url)
const HEAP_MEGABYTES_MAX = 64

/**
 * Runs a query on a file, in a process of its own: whatever it computes ends at its time limit, and at once when the attempt ends.
 *
 * @throws {TaskError} SQL_CONNECTION_FAILED, SQL_FAILED, SQL_ONE_STATEMENT, SQL_REFUSED_WRITE, SQL_TIMED_OUT, TASK_ABORTED
 */
export async function querySqlite(
  { path }: SqliteConnection,
  query: SqlQuery,
  { clock, signal }: Pick<TaskContext, 'clock' | 'signal'>,
): Promise<RowsFile> {
  if (signal.aborted) throw abortedError()
  const over = new AbortController()
  const child = fork(ENTRY, [], {
    execArgv: [`--max-old-space-size=${HEAP_MEGABYTES_MAX}`],
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  try {
    return await Promise.race([
      answerOf(child, { path, query }),
      clock.sleep(query.timeLimitMs, over.signal).then((): never => {
        throw sqlError('SQL_TIMED_OUT')
      }),
      aborted(signal, over.signal),
    ])
  } finally {
    over.abort()
    child.kill('SIGKILL')
  }
}

function answerOf(child: ChildProcess, question: ToSqlite): Promise<RowsFile> {
  return new Promise((resolve, reject) => {
    child.once('message', (answer: FromSqlite) => {
      if (answer.type === 'done') resolve(answer.file)
      else reject(sqlError(answer.code, answer.detail))
    })
    child.once('error', () => reject(sqlError('SQL_FAILED')))
    // It outgrew its memory, or somebody killed it.
    child.once('exit', () => reject(sqlError('SQL_FAILED', 'its process ended')))
    child.send(question, () => undefined)
  })
}

function aborted(signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(abortedError()), { signal: over })
  })
}
