import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  type ApiClient,
  dropStackSystem,
  isOnStack,
  openApiClient,
  signUp,
  stackRows,
  startSystem,
} from '#platform/testing'

/** A fresh system with one user. */
export interface BenchSystem {
  readonly client: ApiClient
  /** Somebody else, in a workspace of their own. */
  user(name: string): Promise<ApiClient>
  /** Rows of a service's database, read from beside, once the measuring is over. */
  rows<R>(database: string, sql: string): Promise<readonly R[]>
}

/** Starts a system on an empty folder, measures, and removes it. */
export async function withSystem<Figure>(
  measure: (system: BenchSystem) => Promise<Figure>,
  settings: Readonly<Record<string, string>> = {},
): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-bench-'))
  const environment = { AUTH_SIGN_UPS_PER_NETWORK_MAX: '1000', ...settings }
  const system = await startSystem({ dataDirectory: folder, environment })
  const anonymous = openApiClient(system.url)
  try {
    const client = await signUp(anonymous, 'bench')
    return await measure({
      client,
      user: (name) => signUp(anonymous, name),
      async rows<R>(name: string, sql: string) {
        if (isOnStack()) return stackRows<R>(folder, name, sql)
        const database = new DatabaseSync(join(folder, `${name}.sqlite`), { readOnly: true })
        const rows = database.prepare(sql).all() as R[]
        database.close()
        return rows
      },
    })
  } finally {
    anonymous.close()
    await system.stop()
    if (isOnStack()) await dropStackSystem(folder)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The value that a share of the sorted figures does not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
