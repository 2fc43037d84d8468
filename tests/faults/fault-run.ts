import { join } from 'node:path'
import { attemptFailPoints, failPoints } from '#platform/fail-points'
import { type ApiClient, openApiClient, type SystemProcess, startSystem } from '#platform/testing'
import { check, type Finding, type RecordedRun, type Skipped, type Target } from './checker.ts'
import { CATCHING_UP, caughtUp, everyTargets, readRuns, readSkips } from './history.ts'
import { LIMITED, LIMITED_JOB, limitFindings } from './limits.ts'
import { restart } from './restarts.ts'
import { openSink, type Sink } from './sink.ts'
import { type Acknowledged, work } from './workload.ts'

/** How much to try. */
export interface FaultRunOptions {
  readonly folder: string
  readonly random: () => number
  readonly killsMin: number
  readonly firesMin: number
  /** How often it is told to end in order, once the kills are over. */
  readonly restarts: number
  say(line: string): void
}

const JOBS = 20
const EVERY_MS = 1_000
const LIFE_MS_MAX = 5_000
const HIT_MAX = 40
const HEAL_MS_MAX = 30_000
/** Places that each attempt or claim passes. */
const OFTEN = new Set([
  'executions.after-claim',
  'executor.before-start',
  'executor.after-effect',
  'executor.before-result',
  'executor.after-result',
])
const PLACE_MS_MAX = 15_000
const ENDS = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED'])
const CREDENTIALS = { username: 'faults', password: 'correct horse battery' }

/** Lets the system live and die until enough has happened, heals it, and checks what is left. */
export async function faultRun(options: FaultRunOptions): Promise<{ findings: readonly Finding[]; summary: string }> {
  const sink = await openSink(join(options.folder, 'effects.log'))
  const hits = new Map<string, number>()
  const findings: Finding[] = []
  try {
    const acknowledged = await firstLife(options, sink)
    let kills = 0
    const startedMs = Date.now()
    while (kills < options.killsMin || ((Date.now() - startedMs) / EVERY_MS) * JOBS < options.firesMin) {
      // First each place on the way of an attempt, once.
      const toured = attemptFailPoints[kills]
      const place = toured
        ? await onePlace(options, sink, acknowledged, toured)
        : await oneLife(options, sink, acknowledged)
      if (toured && place !== toured) findings.push({ kind: 'NEVER_HIT', what: toured })
      kills += 1
      hits.set(place, (hits.get(place) ?? 0) + 1)
      options.say(`kill ${kills}: ${place}`)
    }
    const restarts = await restart({ ...options, start: (more) => start(options, more), logIn }, sink, acknowledged)
    findings.push(...restarts.findings)
    const { targets, runs, skips } = await heal(options, acknowledged)
    const effects = sink.effects()
    const limits = limitFindings(join(options.folder, 'data', 'executions.sqlite'))
    findings.push(...check(targets, runs, effects, skips, acknowledged.cancelled), ...limits)
    const second = runs.filter((run) => run.attempts.length > 1).length
    const places = [...hits].map(([name, count]) => `${name} ${count}`).join(', ')
    const lost = findings.filter(({ kind }) => kind === 'LOST' || kind === 'NOT_SUCCEEDED').length
    return {
      findings,
      summary: `${kills} kills (${places}); ${restarts.summary}; ${targets.length} nominal times, ${runs.length} runs, ${second} of them with a second attempt, ${acknowledged.cancelled.size} cancelled, ${effects.length} effects; ${lost} lost, ${findings.length - lost} other findings`,
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
    environment: { HTTP_ALLOW_PRIVATE: '127.0.0.0/8', LOG_LEVEL: 'silent', ...LIMITED, ...environment },
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
  const schedule = `@every ${EVERY_MS / 1_000}s`
  const input = { jobType: 'HTTP', schedule, params: { method: 'POST', url: sink.url }, ...CATCHING_UP }
  const { createJobs } = await client.data<{ createJobs: { id: string; createdAt: string }[] }>(
    'mutation ($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id createdAt } }',
    { inputs: Array.from({ length: JOBS }, (_, index) => ({ ...input, ...(index % 2 === 0 && LIMITED_JOB) })) },
  )
  await system.kill()
  return { everyJobs: createJobs, onceJobs: [], cancelled: new Set() }
}

/** Lives until it dies at a place; it has its time for it. @returns the place at which it died */
function onePlace(options: FaultRunOptions, sink: Sink, acknowledged: Acknowledged, place: string): Promise<string> {
  return liveAndDie(options, sink, acknowledged, {
    place,
    // Those in front must come through now and then: who has lost five executors in a row has failed.
    hit: (OFTEN.has(place) ? 5 : 1) + Math.floor(options.random() * 2),
    lifeMs: PLACE_MS_MAX,
  })
}

/** @returns the place at which it died */
function oneLife(options: FaultRunOptions, sink: Sink, acknowledged: Acknowledged): Promise<string> {
  const { random } = options
  // One life in six dies at any moment at all.
  const place = random() < 1 / 6 ? undefined : failPoints[Math.floor(random() * failPoints.length)]
  // One death in four comes early, while the system starts; the others once it is at work.
  const hit = 1 + Math.floor(random() * (random() < 1 / 4 ? 5 : HIT_MAX))
  return liveAndDie(options, sink, acknowledged, { place, hit, lifeMs: 500 + random() * (LIFE_MS_MAX - 500) })
}

async function liveAndDie(
  options: FaultRunOptions,
  sink: Sink,
  acknowledged: Acknowledged,
  { place, hit, lifeMs }: { readonly place: string | undefined; readonly hit: number; readonly lifeMs: number },
): Promise<string> {
  const armed: Record<string, string> = place ? { CARILLON_TEST_FAIL_POINT: `${place}@${hit}` } : {}
  const system = await start(options, armed).catch(() => undefined)
  // An armed process that ends by itself has ended at its place.
  if (!system) return place ?? 'before ready'
  let dead = false
  void system.exited.then(() => {
    dead = true
  })
  const endMs = performance.now() + lifeMs
  const client = await logIn(system).catch(() => undefined)
  if (client) await work(client, sink, acknowledged, () => !dead && performance.now() < endMs)
  // It may die of what it catches up with, before anybody could log in.
  const leftMs = Math.max(0, endMs - performance.now())
  if (!dead) await Promise.race([system.exited, new Promise((resolve) => setTimeout(resolve, leftMs))])
  if (dead) return place ?? 'by itself'
  await system.kill()
  return 'anywhere'
}

/** Starts it for good, lets it catch up, archives the jobs, and waits until everything that was due has been done. */
async function heal(
  options: FaultRunOptions,
  { everyJobs, onceJobs }: Acknowledged,
): Promise<{ targets: readonly Target[]; runs: readonly RecordedRun[]; skips: readonly Skipped[] }> {
  const system = await start(options)
  const client = await logIn(system)
  await caughtUp(
    client,
    everyJobs.map(({ id }) => id),
    HEAL_MS_MAX,
  )
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

  // However much has queued up: as long as it goes on, it heals.
  let endMs = performance.now() + HEAL_MS_MAX
  let doneBefore = 0
  let runs: readonly RecordedRun[] = []
  let skips: readonly Skipped[] = []
  for (;;) {
    runs = await readRuns(client)
    // None, but on a machine that stood still while the jobs were archived.
    skips = await readSkips(client)
    const hasEnded = ({ status, jobId }: RecordedRun): boolean => ENDS.has(status) && answered.has(jobId)
    const done = runs.filter(hasEnded).length
    if (done + skips.length >= targets.length || performance.now() > endMs) break
    if (done > doneBefore) endMs = performance.now() + HEAL_MS_MAX
    doneBefore = done
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  // A creation whose answer was lost may have happened; then it must have run once, like any other.
  for (const { jobId, nominalAt } of runs) {
    if (answered.has(jobId)) continue
    answered.add(jobId)
    targets.push({ jobId, nominalAt })
  }
  await system.stop()
  return { targets, runs, skips }
}
