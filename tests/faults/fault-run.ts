import { join } from 'node:path'
import { failPoints } from '#platform/fail-points'
import { type ApiClient, openApiClient, type SystemProcess, startSystem } from '#platform/testing'
import { check, type Finding, type RecordedRun, type Target } from './checker.ts'
import { everyTargets, readRuns } from './history.ts'
import { openSink, type Sink } from './sink.ts'

/** How much to try. */
export interface FaultRunOptions {
  readonly folder: string
  readonly random: () => number
  readonly killsMin: number
  readonly firesMin: number
  say(line: string): void
}

const JOBS = 20
const EVERY_MS = 1_000
const LIFE_MS_MAX = 5_000
const HIT_MAX = 40
const HEAL_MS_MAX = 30_000
const CREDENTIALS = { username: 'faults', password: 'correct horse battery' }

interface Acknowledged {
  readonly everyJobs: readonly { id: string; createdAt: string }[]
  /** `@now` jobs whose creation was answered, with their creation time, which is their nominal time. */
  readonly onceJobs: { id: string; createdAt: string }[]
}

/** Lets the system live and die until enough has happened, heals it, and checks what is left. */
export async function faultRun(options: FaultRunOptions): Promise<{ findings: readonly Finding[]; summary: string }> {
  const sink = await openSink(join(options.folder, 'effects.log'))
  const hits = new Map<string, number>()
  try {
    const acknowledged = await firstLife(options, sink)
    let kills = 0
    const startedMs = Date.now()
    while (kills < options.killsMin || ((Date.now() - startedMs) / EVERY_MS) * JOBS < options.firesMin) {
      const place = await oneLife(options, sink, acknowledged)
      kills += 1
      hits.set(place, (hits.get(place) ?? 0) + 1)
      options.say(`kill ${kills}: ${place}`)
    }
    const { targets, runs } = await heal(options, acknowledged)
    const effects = sink.effects()
    const findings = check(targets, runs, effects)
    const second = runs.filter((run) => run.attempts.length > 1).length
    const places = [...hits].map(([name, count]) => `${name} ${count}`).join(', ')
    const lost = findings.filter(({ kind }) => kind === 'LOST' || kind === 'NOT_SUCCEEDED').length
    return {
      findings,
      summary: `${kills} kills (${places}); ${targets.length} nominal times, ${runs.length} runs, ${second} of them with a second attempt, ${effects.length} effects; ${lost} lost, ${findings.length - lost} other findings`,
    }
  } finally {
    sink.close()
  }
}

function start(
  { folder }: FaultRunOptions,
  environment: Readonly<Record<string, string>> = {},
): Promise<SystemProcess> {
  return startSystem({
    dataDirectory: join(folder, 'data'),
    environment: { HTTP_ALLOW_PRIVATE: '127.0.0.0/8', LOG_LEVEL: 'silent', ...environment },
  })
}

async function logIn(system: SystemProcess): Promise<ApiClient> {
  const client = openApiClient(system.url)
  const { body } = await client.rest('POST', '/auth/login', CREDENTIALS)
  return client.as(body.token)
}

async function firstLife(options: FaultRunOptions, sink: Sink): Promise<Acknowledged> {
  const system = await start(options)
  const anonymous = openApiClient(system.url)
  await anonymous.rest('POST', '/auth/signup', CREDENTIALS)
  const client = await logIn(system)
  const input = { jobType: 'HTTP', schedule: `@every ${EVERY_MS / 1_000}s`, params: { method: 'POST', url: sink.url } }
  const { createJobs } = await client.data<{ createJobs: { id: string; createdAt: string }[] }>(
    'mutation ($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id createdAt } }',
    { inputs: Array.from({ length: JOBS }, () => input) },
  )
  await system.kill()
  return { everyJobs: createJobs, onceJobs: [] }
}

/** @returns the place at which it died */
async function oneLife(options: FaultRunOptions, sink: Sink, { onceJobs }: Acknowledged): Promise<string> {
  const { random } = options
  // One life in six dies at any moment at all.
  const place = random() < 1 / 6 ? undefined : failPoints[Math.floor(random() * failPoints.length)]
  // One death in four comes early, while the system starts; the others once it is at work.
  const hit = 1 + Math.floor(random() * (random() < 1 / 4 ? 5 : HIT_MAX))
  const armed: Record<string, string> = place ? { CARILLON_TEST_FAIL_POINT: `${place}@${hit}` } : {}
  const lifeMs = 500 + random() * (LIFE_MS_MAX - 500)
  const system = await start(options, armed).catch(() => undefined)
  if (!system) return `${place} before ready`
  let dead = false
  void system.exited.then(() => {
    dead = true
  })
  const endMs = performance.now() + lifeMs
  const client = await logIn(system).catch(() => undefined)
  while (client && !dead && performance.now() < endMs) await createOnce(client, sink, onceJobs)
  if (dead) return place ?? 'by itself'
  await system.kill()
  return 'anywhere'
}

/** Creates a job that runs once. A creation that was not answered may or may not have happened, so it is not counted on. */
async function createOnce(client: ApiClient, sink: Sink, onceJobs: { id: string; createdAt: string }[]): Promise<void> {
  const input = { jobType: 'HTTP', schedule: '@now', params: { method: 'POST', url: sink.url } }
  const answer = await client
    .graphql<{ createJob: { id: string; createdAt: string } }>(
      'mutation ($input: CreateJobInput!) { createJob(input: $input) { id createdAt } }',
      { input },
    )
    .catch(() => undefined)
  if (answer?.data?.createJob) onceJobs.push(answer.data.createJob)
  await new Promise((resolve) => setTimeout(resolve, 100))
}

/** Starts it for good, archives the jobs, and waits until everything that was due has been done. */
async function heal(
  options: FaultRunOptions,
  { everyJobs, onceJobs }: Acknowledged,
): Promise<{ targets: readonly Target[]; runs: readonly RecordedRun[] }> {
  const system = await start(options)
  const client = await logIn(system)
  const targets: Target[] = []
  for (const { id, createdAt } of everyJobs) {
    const { archiveJob } = await client.data<{ archiveJob: { updatedAt: string } }>(
      'mutation ($id: ID!) { archiveJob(id: $id) { updatedAt } }',
      { id },
    )
    targets.push(...everyTargets(id, EVERY_MS, new Date(createdAt), new Date(archiveJob.updatedAt)))
  }
  for (const { id, createdAt } of onceJobs) targets.push({ jobId: id, nominalAt: createdAt })
  const answered = new Set([...onceJobs, ...everyJobs].map(({ id }) => id))

  const endMs = performance.now() + HEAL_MS_MAX
  let runs: readonly RecordedRun[] = []
  for (;;) {
    runs = await readRuns(client)
    const done = runs.filter(({ status, jobId }) => status === 'SUCCEEDED' && answered.has(jobId)).length
    if (done >= targets.length || performance.now() > endMs) break
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  // A creation whose answer was lost may have happened; then it must have run once, like any other.
  for (const { jobId, nominalAt } of runs) {
    if (answered.has(jobId)) continue
    answered.add(jobId)
    targets.push({ jobId, nominalAt })
  }
  await system.stop()
  return { targets, runs }
}
