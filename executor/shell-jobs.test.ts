import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { member, request } from '../subgraphs/executions/executions.fixture.ts'
import { asking, lines, shown, stage } from './executor.fixture.ts'
import { openCatalogue, openTaskWorkers } from './tasks/index.ts'
import { SHELL_OFF } from './tasks/shell/policy.ts'

test.each([
  ['exit 0', 'SUCCEEDED'],
  ['exit 1', 'CANCELLED'],
])('a command that is cancelled and ends by `%s` within its grace is %s', async (exit, expected) => {
  const given = await stage()
  const options = { shell: { ...SHELL_OFF, mode: 'on' } } as const
  const workers = openTaskWorkers({ clock: systemClock(), tasks: options })
  try {
    const { taskNamed } = openCatalogue(options)
    await given.executor({ tasks: { taskNamed, runTask: workers.runTask } })
    const script = `trap "sleep 0.2; ${exit}" TERM; echo up; sleep 20 & wait`
    const asked = {
      ...asking('SHELL', { cancelGraceMs: 600_000 }),
      params: JSON.stringify({ argv: ['sh', '-c', script] }),
    }
    const [executionId = ''] = await request(given.world, asked)
    // The worker lives in real time, what is written in moved time.
    const later = async <T>(look: () => Promise<T>): Promise<T> => {
      await given.clock.advance(100)
      return look()
    }
    await expect.poll(() => later(() => lines(given)), { timeout: 10_000 }).toContainEqual(expect.stringMatching(/up$/))
    const { operate } = given.world.executions.commands
    await operate({ kind: 'cancel', caller: member, executionId, reason: 'enough' })
    const status = async () => (await shown(given, executionId)).status
    await expect.poll(() => later(status), { timeout: 10_000 }).toBe(expected)
  } finally {
    await workers.close()
  }
})
