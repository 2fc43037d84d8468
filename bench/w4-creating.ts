import type { BenchSystem } from './system.ts'

/** createJob by single calls through the gateway, some at a time. @returns jobs a second */
export async function creating(
  { client }: BenchSystem,
  { atOnce, seconds }: { atOnce: number; seconds: number },
): Promise<number> {
  const input = { jobType: 'ECHO', schedule: '@manually', params: { message: 'w4' } }
  const query = 'mutation ($input: CreateJobInput!) { createJob(input: $input) { id } }'
  const create = async (untilMs: number): Promise<number> => {
    let count = 0
    for (; performance.now() < untilMs; count++) await client.data(query, { input })
    return count
  }
  await create(performance.now() + 2_000)
  const startedMs = performance.now()
  const endMs = startedMs + seconds * 1_000
  const created = await Promise.all(Array.from({ length: atOnce }, () => create(endMs)))
  const total = created.reduce((sum, count) => sum + count, 0)
  return (total / (performance.now() - startedMs)) * 1_000
}
