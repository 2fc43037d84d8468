import { enableCompileCache } from 'node:module'

// What was compiled once is loaded from a cache the next time: half of the start would be spent on it.
enableCompileCache()
const [command] = process.argv.slice(2)
if (command === undefined) {
  const { run } = await import('./run.ts')
  await run()
} else {
  const { runCommand } = await import('./separate/run-command.ts')
  await runCommand(command)
}
