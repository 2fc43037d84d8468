import type { Task } from 'carillon/task'

/** Blocks its thread for ever. */
export const task: Task = {
  name: 'HOSTILE_BLOCKS',
  description: 'Blocks its thread for ever.',
  paramsSchema: { type: 'object' },
  async run(_params, { log }) {
    log('INFO', 'blocking')
    for (;;) {}
  },
}
