import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { fakedTimeLibrary, stackAddresses } from '#platform/testing'

// `npm test`: every project that this machine can run. What needs the stack is left out, in words, while it is not up.
const WITHOUT_STACK = ['unit', 'simulation', 'e2e'] as const
// Wall clocks that are wrong, by a library that only Debian and its like have.
const WITH_FAKED_TIME = ['clocks'] as const
const WITH_STACK = ['int', 'e2e-stack', 'stack'] as const
const CONNECT_MS_MAX = 1_000

const { kafkaBrokers, registryUrl, mysqlUrl } = stackAddresses()
const registry = new URL(registryUrl)
const mysql = new URL(mysqlUrl)
const answers = await Promise.all([
  isListening(kafkaBrokers.split(',')[0] ?? ''),
  isListening(registry.host),
  isListening(mysql.host),
])
const isUp = answers.every(Boolean)
const isFakeable = fakedTimeLibrary() !== undefined
const names = [...WITHOUT_STACK, ...(isFakeable ? WITH_FAKED_TIME : []), ...(isUp ? WITH_STACK : [])]
const projects = names.flatMap((name) => ['--project', name])
const { status } = spawnSync('vitest', ['run', ...projects, ...process.argv.slice(2)], { stdio: 'inherit' })
if (!isUp) process.stdout.write(`left out: ${WITH_STACK.join(', ')}, since the stack is not up (npm run stack:up)\n`)
if (!isFakeable)
  process.stdout.write(
    `left out: ${WITH_FAKED_TIME.join(', ')}, since libfaketime is not there (apt-get install faketime)\n`,
  )
process.exitCode = status ?? 1

function isListening(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: CONNECT_MS_MAX })
    const say = (is: boolean): void => {
      socket.destroy()
      resolve(is)
    }
    socket
      .once('connect', () => say(true))
      .once('error', () => say(false))
      .once('timeout', () => say(false))
  })
}
