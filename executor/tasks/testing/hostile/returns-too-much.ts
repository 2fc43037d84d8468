import type { Task } from 'carillon/task'

/** Returns more than a result may be. */
export const task: Task = {
  name: 'HOSTILE_RETURNS',
  description: 'Returns more than a result may be.',
  paramsSchema: { type: 'object' },
  async run() {
    return { result: 'x'.repeat(1_000_000) }
  },
}
