import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { isOnStack, stackSystemEnvironment } from './stack-system.ts'

/** A whole Carillon as a user starts it: `npm start`, or `npm run start:stack` where `CARILLON_SYSTEM=stack`. */
export interface SystemProcess {
  /** The gateway's address, such as `http://127.0.0.1:4000`. */
  readonly url: string
  readonly pid: number
  /** From the start of the process until it said that it is ready. */
  readonly readyMs: number
  /** Everything that it has printed. */
  output(): string
  /** Ctrl-C. @returns the exit code */
  stop(): Promise<number | null>
  /** kill -9. */
  kill(): Promise<void>
  /** Ends when the process has, however it did. */
  readonly exited: Promise<void>
}

/** How to start it. Everything else is as a new user finds it. */
export interface SystemOptions {
  readonly dataDirectory: string
  readonly environment?: Readonly<Record<string, string>>
  readonly readyMsMax?: number
  /** On processes of its own; as `CARILLON_SYSTEM` says when left out. */
  readonly onStack?: boolean
}

const MAIN = fileURLToPath(new URL('../../runtime/main.ts', import.meta.url))
const READY_MS_MAX = 60_000
const OUTPUT_CHARACTERS_MAX = 200_000

/** Starts a system on a free port. @throws {Error} when it exits, or is not ready in time, with what it printed */
export async function startSystem(options: SystemOptions): Promise<SystemProcess> {
  const { dataDirectory, environment = {}, readyMsMax = READY_MS_MAX, onStack = isOnStack() } = options
  const startedMs = performance.now()
  const child = spawn(process.execPath, onStack ? [MAIN, 'all'] : [MAIN], {
    env: {
      ...process.env,
      ...(onStack ? stackSystemEnvironment(dataDirectory) : {}),
      NODE_ENV: 'development',
      DATA_DIR: dataDirectory,
      PORT: '0',
      DASHBOARD_PORT: '0',
      LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const keep = (text: Buffer): void => {
    output = (output + text).slice(-OUTPUT_CHARACTERS_MAX)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const exited = once(child, 'exit').then(() => undefined)
  const url = await readyUrl(child, () => output, readyMsMax)
  return {
    url,
    pid: child.pid ?? 0,
    readyMs: performance.now() - startedMs,
    output: () => output,
    exited,
    async stop() {
      child.kill('SIGINT')
      await exited
      return child.exitCode
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

function readyUrl(child: ChildProcess, output: () => string, readyMsMax: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${why}\n${output()}`))
    const timer = setTimeout(() => fail(`not ready within ${readyMsMax} ms`), readyMsMax)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      fail(`exited with ${code ?? signal} before it was ready`)
    })
    child.stdout?.on('data', () => {
      const url = /GraphQL\s+(http:\/\/[^\s]+)\/graphql/.exec(output())?.[1]
      if (!url) return
      clearTimeout(timer)
      resolve(url)
    })
  })
}
