import { type JsonObject, type Task, TaskError } from './task.ts'

const MESSAGE_CHARACTERS_MAX = 2000

type EchoParams = JsonObject & { readonly message?: string; readonly fail?: boolean; readonly errorCode?: string }

/** `ECHO`: the cheapest task, for trying things out and for measuring the system round it. */
export const echo: Task<EchoParams> = {
  name: 'ECHO',
  description: 'Returns its params. Logs `message` when there is one; fails on purpose with `fail` or `errorCode`.',
  place: 'loop',
  paramsSchema: {
    type: 'object',
    properties: {
      message: { type: 'string', maxLength: MESSAGE_CHARACTERS_MAX, description: 'Written to the log.' },
      fail: { type: 'boolean', description: 'Whether to fail on purpose.' },
      errorCode: { type: 'string', pattern: '^[A-Z][A-Z0-9_]{2,63}$', description: 'Fails with this code.' },
    },
  },
  async run(params, context) {
    if (params.message !== undefined) context.log('INFO', params.message)
    if (params.fail === true || params.errorCode !== undefined) {
      throw new TaskError(params.errorCode ?? 'ECHO_FAILED', params.message ?? 'asked to fail')
    }
    return { result: params, artefacts: [] }
  },
}
