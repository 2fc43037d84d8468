import { setTimeout as delay } from 'node:timers/promises'
import type { Task } from 'carillon/task'

/** Does what a task should, beside those that do not. */
export const task: Task<{ readonly turns: number }> = {
  name: 'INNOCENT',
  description: 'Does what a task should, beside those that do not.',
  paramsSchema: {
    type: 'object',
    properties: { turns: { type: 'integer', minimum: 1, maximum: 100 } },
    required: ['turns'],
    additionalProperties: false,
  },
  async run({ turns }, { log, signal }) {
    for (let turn = 1; turn <= turns; turn++) {
      await delay(50, undefined, { signal })
      log('INFO', `turn ${turn}`)
    }
    return { result: { turns, pid: process.pid } }
  },
}
