import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { isWholeStackDemanded, loaderEnvironment } from './config.ts'

/** The root of the project. */
export const ROOT = join(import.meta.dirname, '..', '..')

/** A service as the loader gives it: normalised, everything interpolated. */
export interface ComposeService {
  readonly image: string
  readonly command?: readonly string[] | null
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly user?: string
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly profiles?: readonly string[]
  /** Null: a name alone, of which nothing was said. */
  readonly environment?: Readonly<Record<string, string | null>>
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly ports?: readonly { readonly host_ip?: string; readonly target: number; readonly published: string }[]
  readonly volumes?: readonly { readonly type: string; readonly source: string; readonly target: string }[]
}

/** A Compose file as the loader gives it. */
export interface ComposeProject {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: Readonly<Record<string, unknown>>
}

/** Loads Compose files of this project. @throws {Error} with the loader's own words when they are wrong */
export type Loader = (files: readonly string[], settings: Readonly<Record<string, string>>) => ComposeProject

// Not among the packages: a part of the machine.
const GO = 'go'
const BUILD_MS_MAX = 240_000

/**
 * Builds the Compose specification's own loader, which needs Go and its module proxy.
 *
 * @returns undefined, after a line that says why, where it cannot be had and need not be
 */
export function buildLoader(folder: string): Loader | undefined {
  const program = join(folder, 'compose-loader')
  try {
    execFileSync(GO, ['build', '-o', program, '.'], {
      cwd: join(import.meta.dirname, 'loader'),
      env: loaderEnvironment({}),
      stdio: 'pipe',
      timeout: BUILD_MS_MAX,
    })
  } catch (cause) {
    const { code, stderr } = cause as { readonly code?: string; readonly stderr?: Buffer }
    const why = code === 'ENOENT' ? 'Go is not installed' : `its loader cannot be built: ${stderr}`
    if (isWholeStackDemanded()) throw new Error(`docker-compose.yml cannot be checked: ${why}`, { cause })
    process.stderr.write(`left out: the checks of docker-compose.yml (${why.split('\n')[0]})\n`)
    return undefined
  }
  return (files, settings) => JSON.parse(load(program, files, settings)) as ComposeProject
}

function load(program: string, files: readonly string[], settings: Readonly<Record<string, string>>): string {
  return execFileSync(program, [...files], {
    cwd: ROOT,
    env: loaderEnvironment(settings),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
