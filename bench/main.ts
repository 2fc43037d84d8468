import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { useStack } from '#platform/testing'
import { logTail } from './log-tail.ts'
import { type RawFigures, rawSqlite } from './raw-sqlite.ts'
import { rawKafka, rawMysql } from './raw-stack.ts'
import { rivalsPerSecond } from './rivals.ts'
import { scheduleFigures } from './schedule.ts'
import { withSystem } from './system.ts'
import { ticks } from './tick.ts'
import { manyAtOnce } from './w1-many-at-once.ts'
import { oneByOne } from './w2-one-by-one.ts'
import { recurring } from './w3-recurring.ts'
import { creating } from './w4-creating.ts'
import { limited } from './w5-limited.ts'
import { besideBacklog } from './w6-fairness.ts'

// Measures the system as a user meets it: through the gateway, over HTTP, with what is acknowledged on disk. With
// `--stack` the services are processes of their own on Kafka, the registry and MySQL, which must be up.
const { values } = parseArgs({
  options: {
    stack: { type: 'boolean', default: false },
    tick: { type: 'boolean', default: false },
    only: { type: 'string' },
    runs: { type: 'string', default: '3' },
    jobs: { type: 'string', default: '10000' },
  },
})
if (values.stack) useStack()
const runs = Number(values.runs)
const jobs = Number(values.jobs)
const wanted = (name: string): boolean =>
  values.only === undefined ? !values.tick : values.only.split(',').includes(name)
const round = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 })
/** What else the machine had to do stands beside each figure: on a busy one, read the ratios. */
const say = (line: string): boolean => process.stdout.write(`${line} (load ${round(loadavg()[0] ?? 0)})\n`)
const spread = (figures: readonly number[]): string => {
  const sorted = figures.toSorted((one, other) => one - other)
  return [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)]
    .map((figure) => round(figure ?? 0))
    .join(' / ')
}
const several = async <Figure>(measure: () => Promise<Figure>): Promise<Figure[]> => {
  const figures: Figure[] = []
  for (let run = 0; run < runs; run++) figures.push(await measure())
  return figures
}

if (wanted('schedule')) {
  const times = (ours: number, other: number): string => `${round(ours / other)} times`
  for (let run = 0; run < runs; run++) {
    for (const { name, oursPerSecond, cronParserPerSecond, cronerPerSecond } of scheduleFigures()) {
      say(
        `schedule, parse and next in a zone, ${name}: ${round(oursPerSecond)}/s; cron-parser ${round(cronParserPerSecond)}/s (ours ${times(oursPerSecond, cronParserPerSecond)}), croner ${round(cronerPerSecond)}/s (${times(oursPerSecond, cronerPerSecond)})`,
      )
    }
  }
}
if (values.only === 'schedule') process.exit()

const raw: RawFigures = values.stack ? await rawMysql() : rawSqlite()
const rawName = values.stack ? 'MySQL' : 'SQLite'
const records = values.stack ? await rawKafka(jobs) : undefined
const ofRaw = (perSecond: number): string => {
  const ofRows = `${(perSecond / raw.rowsPerSecond).toFixed(3)} of raw rows/s`
  return records === undefined ? ofRows : `${ofRows}, ${(perSecond / records).toFixed(3)} of raw Kafka`
}
say(
  `raw ${rawName}: ${round(raw.commitsPerSecond)} commits/s of a row, ${round(raw.rowsPerSecond)} rows/s by a thousand a commit`,
)
if (records !== undefined) say(`raw Kafka: ${round(records)} records/s produced and consumed`)

if (values.tick) {
  const [few = [], many = []] = await ticks([10_000, 1_000_000])
  say(`tick of 100 due jobs among 10,000, min / median / max: ${spread(few)} ms; among 1,000,000: ${spread(many)} ms`)
  const middle = (figures: readonly number[]): number => figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? 0
  say(`   the median grows ${(middle(many) / middle(few)).toFixed(2)} times`)
}
if (values.stack && wanted('rivals')) {
  for (const schedulers of [1, 2, 3])
    say(`a backlog on MySQL, by ${schedulers} schedulers: ${round(await rivalsPerSecond(schedulers))} occurrences/s`)
}
if (wanted('w1')) {
  const figures = await several(() => withSystem((system) => manyAtOnce(system, jobs)))
  const completed = figures.map((figure) => figure.completedPerSecond)
  say(`W1 ${jobs} ECHO @now by createJobs, min / median / max of ${runs}:`)
  say(`   enqueued/s  ${spread(figures.map((figure) => figure.enqueuedPerSecond))}`)
  say(`   completed/s ${spread(completed)}, at most ${ofRaw(Math.max(...completed))}`)
}
if (wanted('w2')) {
  const figures = await several(() => withSystem((system) => oneByOne(system, { perSecond: 20, seconds: 20 })))
  const p50s = figures.map(({ p50Ms }) => p50Ms)
  say(
    `W2 20/s one by one, createJob call to task start, min / median / max of ${runs}: p50 ${spread(p50s)} ms, p99 ${spread(figures.map(({ p99Ms }) => p99Ms))} ms, least p50 is ${((Math.min(...p50s) * raw.commitsPerSecond) / 1_000).toFixed(1)} raw commits`,
  )
}
if (wanted('w3')) {
  const all = (schedule: string) => () => schedule
  const loads = [
    { name: '1,000 schedules @every 10s', schedules: 1_000, schedule: all('@every 10s'), everySeconds: 10 },
    { name: '5,000 schedules @every 10s', schedules: 5_000, schedule: all('@every 10s'), everySeconds: 10 },
    {
      name: '5,000 schedules spread over each minute',
      schedules: 5_000,
      schedule: (index: number) => `${index % 60} * * * * *`,
      everySeconds: 60,
    },
  ]
  for (const { name, ...load } of loads) {
    const figure = await withSystem((system) => recurring(system, { ...load, seconds: 60 }))
    say(
      `W3 ${name} for 60 s: ${figure.fired} of ${figure.expected} fired, ${figure.missed} missed, ${figure.doubled} doubled; late p50 ${round(figure.p50Ms)} ms, p99 ${round(figure.p99Ms)} ms; fires a second at the peak ${round(figure.peakPerSecond)}, ${ofRaw(figure.peakPerSecond)}`,
    )
  }
}
if (wanted('w4')) {
  for (const atOnce of [1, 32]) {
    const figures = await several(() => withSystem((system) => creating(system, { atOnce, seconds: 5 })))
    say(
      `W4 createJob through the gateway, ${atOnce} at once, min / median / max of ${runs}: ${spread(figures)} per second, at most ${(Math.max(...figures) / raw.commitsPerSecond).toFixed(2)} of raw commits/s`,
    )
  }
}
if (wanted('w5')) {
  const figures = await several(() => limited(jobs))
  const shares = figures.map(({ openPerSecond, limitedPerSecond }) => (limitedPerSecond / openPerSecond) * 100)
  say(`W5 ${jobs} ECHO @now without and with a limit over all, min / median / max of ${runs}:`)
  say(`   completed/s ${spread(figures.map(({ openPerSecond }) => openPerSecond))} without`)
  say(`   completed/s ${spread(figures.map(({ limitedPerSecond }) => limitedPerSecond))} with: ${spread(shares)} %`)
}
if (wanted('w6')) {
  const { aloneMs, besideMs } = await besideBacklog(jobs * 10)
  say(
    `W6 ten jobs of a workspace, p95 from queue to start: ${round(aloneMs)} ms alone, ${round(besideMs)} ms beside ${round(jobs * 10)} of another one: ${(besideMs / aloneMs).toFixed(2)} times`,
  )
}
if (wanted('log-tail')) {
  for (const perSecond of [10, 100, 1_000]) {
    const figures = await several(() => withSystem((system) => logTail(system, { perSecond, seconds: 10 })))
    const [p50, p95, p99] = [
      figures.map(({ p50Ms }) => p50Ms),
      figures.map(({ p95Ms }) => p95Ms),
      figures.map(({ p99Ms }) => p99Ms),
    ].map(spread)
    say(
      `log tail, ${perSecond} lines/s for 10 s, from the task's write to the subscriber, min / median / max of ${runs}: p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`,
    )
  }
}
