import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dropStackSystem, inheritedEnvironment, stackSystemEnvironment } from '#platform/testing'

/** The services that are processes of their own. */
export const SERVICES = ['auth', 'jobs', 'executions', 'scheduler', 'executor', 'gateway'] as const

/** One of them. */
export type Service = (typeof SERVICES)[number]

/** The process of a service. */
export interface ServiceProcess {
  readonly service: Service
  readonly url: string
  readonly pid: number
  signal(signal: NodeJS.Signals): void
  /** Ends when it has ended. @returns its exit code; null when a signal ended it */
  exited(): Promise<number | null>
  output(): string
}

/** Any number of processes of each service, on databases and topics of their own. */
export interface Cluster {
  readonly folder: string
  /** @param own what this process alone finds in its environment */
  start(service: Service, own?: Readonly<Record<string, string>>): Promise<ServiceProcess>
  /** Those that were started and have not ended. */
  running(service: Service): readonly ServiceProcess[]
  /** Ends all, and drops what they kept. */
  close(): Promise<void>
}

const MAIN = fileURLToPath(new URL('../../runtime/main.ts', import.meta.url))
// A dozen processes share two cores with whatever else there is. That each is ready soon is e2e's to say.
const READY_MS_MAX = 150_000
const STOP_MS_MAX = 15_000
const OUTPUT_CHARACTERS_MAX = 100_000

/** A cluster without processes. */
export function openCluster(environment: Readonly<Record<string, string>> = {}): Cluster {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-cluster-'))
  const processes = new Set<ServiceProcess>()
  // Whatever went wrong, also in the tidying up: what goes on running disturbs all that comes after.
  process.once('exit', () => {
    for (const each of processes) each.signal('SIGKILL')
  })

  async function start(service: Service, own: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', MAIN, service], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...inheritedEnvironment(),
        ...stackSystemEnvironment(folder),
        // A folder each: what an instance last knew is its own.
        DATA_DIR: mkdtempSync(join(folder, `${service}-`)),
        PORT: '0',
        LOG_LEVEL: 'warn',
        HTTP_ALLOW_PRIVATE: '127.0.0.0/8',
        ...environment,
        ...own,
      },
    })
    const started = await ready(service, child)
    processes.add(started)
    void started.exited().then(() => processes.delete(started))
    return started
  }

  return {
    folder,
    start,
    running: (service) => [...processes].filter((each) => each.service === service),
    async close() {
      await Promise.all(
        [...processes].map(async (each) => {
          each.signal('SIGCONT')
          each.signal('SIGTERM')
          const killer = setTimeout(() => each.signal('SIGKILL'), STOP_MS_MAX)
          await each.exited()
          clearTimeout(killer)
        }),
      )
      await dropStackSystem(folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until a gateway has heard of all that its graph needs. It is there before. */
export async function knowsOthers(gateway: ServiceProcess | undefined): Promise<void> {
  const endMs = performance.now() + READY_MS_MAX
  for (;;) {
    const answer = await fetch(new URL('/health/ready', gateway?.url)).catch(() => undefined)
    const { status } = ((await answer?.json().catch(() => undefined)) ?? {}) as { status?: string }
    if (status === 'ok') return
    if (performance.now() > endMs) throw new Error(`the gateway says ${status}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function ready(service: Service, child: ChildProcess): Promise<ServiceProcess> {
  let output = ''
  const exit = once(child, 'exit').then(() => child.exitCode)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // Nobody else knows of it, so nobody else ends it.
      child.kill('SIGKILL')
      reject(new Error(`${service} is not ready:\n${output}`))
    }, READY_MS_MAX)
    const keep = (text: Buffer): void => {
      output = (output + text).slice(-OUTPUT_CHARACTERS_MAX)
      const url = / is ready at (http:\S+)/.exec(output)?.[1]
      if (!url) return
      clearTimeout(timer)
      resolve({
        service,
        url,
        pid: child.pid ?? 0,
        signal: (signal) => void child.kill(signal),
        exited: () => exit,
        output: () => output,
      })
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    void exit.then((code) => {
      clearTimeout(timer)
      reject(new Error(`${service} ended with ${code}:\n${output}`))
    })
  })
}
