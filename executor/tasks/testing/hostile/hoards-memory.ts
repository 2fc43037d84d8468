import type { Task } from 'carillon/task'

/** Takes memory without end. */
export const task: Task = {
  name: 'HOSTILE_HOARDS',
  description: 'Takes memory without end.',
  paramsSchema: { type: 'object' },
  async run(_params, { log }) {
    log('INFO', 'hoarding')
    const hoard: unknown[] = []
    for (;;) hoard.push(new Array(1_000).fill(hoard.length))
  },
}
