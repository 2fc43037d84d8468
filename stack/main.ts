// The three servers that a distributed Carillon needs, on this machine: `node stack/main.ts up|status|down|reset`.
// It never touches what the machine itself runs, and never ends a process that it did not start.
import { rmSync } from 'node:fs'
import { systemClock } from '#platform/clock'
import { environmentLines, stackFolders } from './addresses.ts'
import { downCompose, isComposed, isDockerThere, upCompose } from './compose.ts'
import { readStackConfig, type StackConfig, StackError } from './config.ts'
import { downNative, runningNative, type StackContext, upNative } from './native.ts'
import { holdStack } from './stack-lock.ts'
import { stackStatus, statusLine } from './status.ts'

const USAGE = 'usage: node stack/main.ts up|status|down|reset'
const EXIT_NOT_READY = 1
const EXIT_USAGE = 2

const commands: Readonly<Record<string, (context: StackContext) => Promise<void>>> = {
  up: (context) => holding(context, up),
  down: (context) => holding(context, (held) => down(held, { withData: false })),
  reset: (context) => holding(context, (held) => down(held, { withData: true })),
  status,
}

await main(process.argv[2] ?? '')

async function main(name: string): Promise<void> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    process.stderr.write(`${USAGE}\n`)
    process.exitCode = EXIT_USAGE
    return
  }
  try {
    await command({ config: readStackConfig(), clock: systemClock(), say })
  } catch (error) {
    if (!(error instanceof StackError)) throw error
    process.stderr.write(`\n${error.message}\n`)
    process.exitCode = EXIT_NOT_READY
  }
}

async function up(context: StackContext): Promise<void> {
  const { config, clock } = context
  const startedMs = clock.monotonicMs()
  if (await isForDocker(config)) await upCompose(context)
  else await upNative(context)
  const seconds = ((clock.monotonicMs() - startedMs) / 1_000).toFixed(1)
  print([
    '',
    `The stack is up (${seconds} s). Data, logs and pids: ${config.directory}`,
    '',
    ...environmentLines(config),
  ])
}

async function down(context: StackContext, { withData }: { readonly withData: boolean }): Promise<void> {
  const { config } = context
  if (isComposed(config)) await downCompose(context, { withData })
  await downNative(context)
  if (!withData) return print(['The stack is down; its data stays.'])
  const { data, logs } = stackFolders(config)
  for (const folder of [data, logs]) rmSync(folder, { recursive: true, force: true })
  print([`The stack is down, its data deleted. Downloads stay in ${config.cacheDirectory}.`])
}

async function status({ config }: StackContext): Promise<void> {
  const servers = await stackStatus(config)
  print(servers.map((server) => statusLine(server, isComposed(config))))
  if (!servers.every(({ isReady }) => isReady)) process.exitCode = EXIT_NOT_READY
}

/** As it was brought up before; else as the settings say; else by whether an engine answers. */
async function isForDocker(config: StackConfig): Promise<boolean> {
  if (Object.keys(runningNative(config)).length > 0) return false
  if (config.engine !== 'auto') return config.engine === 'docker'
  return isComposed(config) || (await isDockerThere())
}

async function holding(context: StackContext, work: (context: StackContext) => Promise<void>): Promise<void> {
  const lock = holdStack(stackFolders(context.config).run)
  try {
    await work(context)
  } finally {
    lock.release()
  }
}

function say(about: string, text: string): void {
  print([`${about.padEnd(10)}${text}`])
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
