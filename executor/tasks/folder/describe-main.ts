import type { Found } from './described.ts'
import { exportedTask } from './load-task.ts'

// A process that reads the files of a folder and says what they export: they may hang, exit or crash here.
const send = (found: Found): void => void process.send?.(found)

for (const file of process.argv.slice(2)) {
  send({ file, state: 'reading' })
  try {
    const task = (await exportedTask(file)) as Readonly<Record<string, unknown>> | undefined
    const { name, description, paramsSchema, run } = task ?? {}
    const shape = JSON.stringify({ name, description, paramsSchema, run: typeof run })
    send({ file, state: 'read', shape: task === undefined ? undefined : shape })
  } catch (error) {
    send({ file, state: 'failed', reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })
  }
}
process.disconnect?.()
// What it imported may have left something that would keep this process.
process.exit()
