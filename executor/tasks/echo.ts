import { abortedError } from './aborted.ts'
import { type JsonObject, type Task, type TaskContext, TaskError } from './task.ts'

const MESSAGE_CHARACTERS_MAX = 2000
const TIMES_MAX = 100_000
const LINES_PER_SECOND_MAX = 100_000
// Shorter waits are made up for by the next one.
const WAIT_MS_MIN = 5
const LINES_A_TURN = 100
const SECOND_MS = 1_000

type EchoParams = JsonObject & {
  readonly message?: string
  readonly times?: number
  readonly perSecond?: number
  readonly fail?: boolean
  readonly errorCode?: string
}

/** `ECHO`: the cheapest task, for trying things out and for measuring the system round it. */
export const echo: Task<EchoParams> = {
  name: 'ECHO',
  description: 'Returns its params. Logs `message` when there is one; fails on purpose with `fail` or `errorCode`.',
  place: 'loop',
  paramsSchema: {
    type: 'object',
    properties: {
      message: { type: 'string', maxLength: MESSAGE_CHARACTERS_MAX, description: 'Written to the log.' },
      times: { type: 'integer', minimum: 1, maximum: TIMES_MAX, description: 'Writes it so often, with a number.' },
      perSecond: {
        type: 'integer',
        minimum: 1,
        maximum: LINES_PER_SECOND_MAX,
        description: 'So many lines a second; as fast as it can when left out.',
      },
      fail: { type: 'boolean', description: 'Whether to fail on purpose.' },
      errorCode: { type: 'string', pattern: '^[A-Z][A-Z0-9_]{2,63}$', description: 'Fails with this code.' },
    },
  },
  async run(params, context) {
    if (params.message !== undefined) {
      if (params.times === undefined) context.log('INFO', params.message)
      else await logTimes(params.message, params.times, params.perSecond, context)
    }
    if (params.fail === true || params.errorCode !== undefined) {
      throw new TaskError(params.errorCode ?? 'ECHO_FAILED', params.message ?? 'asked to fail')
    }
    return { result: params, artefacts: [] }
  },
}

async function logTimes(
  message: string,
  times: number,
  perSecond: number | undefined,
  { log, clock, signal }: TaskContext,
): Promise<void> {
  const startedMs = clock.monotonicMs()
  for (let line = 1; line <= times; line++) {
    if (signal.aborted) throw abortedError()
    log('INFO', `${message} ${line}`)
    const dueMs = perSecond === undefined ? 0 : startedMs + (line * SECOND_MS) / perSecond
    const waitMs = dueMs - clock.monotonicMs()
    if (waitMs >= WAIT_MS_MIN) await clock.sleep(waitMs, signal)
    else if (line % LINES_A_TURN === 0) await clock.turn()
  }
}
