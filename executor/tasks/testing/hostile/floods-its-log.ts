import type { Task } from 'carillon/task'

/** Writes to its log without end, whatever that answers. */
export const task: Task = {
  name: 'HOSTILE_FLOODS',
  description: 'Writes to its log without end, whatever that answers.',
  paramsSchema: { type: 'object' },
  async run(_params, { log, heartbeat }) {
    for (;;) {
      try {
        log('INFO', 'tea '.repeat(100))
      } catch {
        // What refuses a line does not stop it.
      }
      heartbeat()
    }
  },
}
