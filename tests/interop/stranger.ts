import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { stackAddresses } from '#platform/testing'

/** A record as the stranger decodes it. */
export interface StrangersRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** The full name of its schema. */
  readonly schema: string
  readonly value: Readonly<Record<string, unknown>>
}

/** Programs in Python that know nothing of our code. */
export interface Stranger {
  /** Decodes every record of every topic whose name starts so. Throws when there is one that it cannot. */
  read(prefix: string): Promise<readonly StrangersRecord[]>
  /** Sends a value by a subject's last schema, and after it one that is cut short. */
  write(topic: string, subject: string, value: object): Promise<void>
}

const run = promisify(execFile)
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const ENVIRONMENT = fileURLToPath(new URL('../../data/interop', import.meta.url))

/** Opens the stranger's Python, which is made at the first use: it takes what `requirements.txt` names from PyPI. */
export async function openStranger(): Promise<Stranger> {
  const python = `${ENVIRONMENT}/bin/python`
  if (!existsSync(`${ENVIRONMENT}/bin/pip`)) await run('python3', ['-m', 'venv', ENVIRONMENT])
  await run(python, ['-m', 'pip', 'install', '--quiet', '--requirement', fileOf('requirements.txt')])
  const { kafkaBrokers, registryUrl } = stackAddresses()
  const servers = ['--brokers', kafkaBrokers, '--registry', registryUrl]

  async function program(args: readonly string[], input = ''): Promise<string> {
    const child = spawn(python, [fileOf('stranger.py'), ...args, ...servers], { stdio: ['pipe', 'pipe', 'pipe'] })
    const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
    child.stdin.end(input)
    const [output, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), exited])
    if (code !== 0) throw new Error(`the stranger ended with ${code}: ${complaint}`)
    return output
  }

  return {
    async read(prefix) {
      const lines = (await program(['read', '--prefix', prefix])).split('\n').filter((line) => line !== '')
      return lines.map((line) => JSON.parse(line) as StrangersRecord)
    },
    async write(topic, subject, value) {
      await program(['write', '--topic', topic, '--subject', subject], JSON.stringify(value))
    },
  }
}
