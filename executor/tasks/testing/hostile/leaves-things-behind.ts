import { spawn } from 'node:child_process'
import type { Task } from 'carillon/task'

/** Leaves timers and processes behind, and may never settle. */
export const task: Task<{ readonly mark: string; readonly settles: boolean }> = {
  name: 'HOSTILE_LEAVES',
  description: 'Leaves timers and processes behind, and may never settle.',
  paramsSchema: {
    type: 'object',
    required: ['mark', 'settles'],
    properties: { mark: { type: 'string' }, settles: { type: 'boolean' } },
  },
  async run({ mark, settles }, { log }) {
    const start = (detached: boolean) =>
      spawn('/bin/sh', ['-c', 'trap "" TERM HUP; sleep 1000; true', mark], {
        detached,
        stdio: ['ignore', 'inherit', 'inherit'],
      })
    const pids = [start(false), start(true)].map(({ pid }) => pid ?? 0)
    setInterval(() => {
      throw new Error('it has ended long since')
    }, 60_000)
    log('INFO', 'started')
    return settles ? { result: { pid: process.pid, pids } } : new Promise(() => undefined)
  },
}
