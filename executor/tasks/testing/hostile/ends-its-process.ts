import type { Task } from 'carillon/task'

/** Ends the process that it is in. */
export const task: Task = {
  name: 'HOSTILE_EXITS',
  description: 'Ends the process that it is in.',
  paramsSchema: { type: 'object' },
  async run(_params, { log }) {
    log('INFO', 'leaving')
    process.exit(7)
  },
}
