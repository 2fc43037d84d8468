import type { Task } from 'carillon/task'

/** Knows that it is to end, and goes on. */
export const task: Task = {
  name: 'HOSTILE_IGNORES',
  description: 'Knows that it is to end, and goes on.',
  paramsSchema: { type: 'object' },
  async run(_params, { log, signal, heartbeat }) {
    log('INFO', 'going on')
    signal.addEventListener('abort', () => log('INFO', 'no'))
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined)
    setInterval(heartbeat, 10)
    return new Promise(() => undefined)
  },
}
