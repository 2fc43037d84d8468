import { parseArgs } from 'node:util'
import { rawSqlite } from './raw-sqlite.ts'
import { withSystem } from './system.ts'
import { manyAtOnce } from './w1-many-at-once.ts'
import { oneByOne } from './w2-one-by-one.ts'
import { recurring } from './w3-recurring.ts'
import { creating } from './w4-creating.ts'

// Measures the embedded system as a user meets it: through the gateway, over HTTP, with what is acknowledged on disk.
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    runs: { type: 'string', default: '3' },
    jobs: { type: 'string', default: '10000' },
  },
})
const runs = Number(values.runs)
const wanted = (name: string): boolean => values.only === undefined || values.only.split(',').includes(name)
const say = (line: string): boolean => process.stdout.write(`${line}\n`)
const round = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 })
const spread = (figures: readonly number[]): string => {
  const sorted = [...figures].sort((one, other) => one - other)
  return [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)]
    .map((figure) => round(figure ?? 0))
    .join(' / ')
}

const raw = rawSqlite()
say(
  `raw SQLite: ${round(raw.commitsPerSecond)} commits/s of a row, ${round(raw.rowsPerSecond)} rows/s by a thousand a commit`,
)

if (wanted('w1')) {
  const figures = []
  for (let run = 0; run < runs; run++)
    figures.push(await withSystem((system) => manyAtOnce(system, Number(values.jobs))))
  const completed = figures.map((figure) => figure.completedPerSecond)
  say(`W1 ${values.jobs} ECHO @now by createJobs, min / median / max of ${runs}:`)
  say(`   enqueued/s  ${spread(figures.map((figure) => figure.enqueuedPerSecond))}`)
  say(`   completed/s ${spread(completed)}, ${(Math.max(...completed) / raw.rowsPerSecond).toFixed(3)} of raw rows/s`)
}
if (wanted('w2')) {
  for (let run = 0; run < runs; run++) {
    const { p50Ms, p99Ms } = await withSystem((system) => oneByOne(system, { perSecond: 20, seconds: 20 }))
    say(
      `W2 20/s one by one, createJob call to task start: p50 ${round(p50Ms)} ms, p99 ${round(p99Ms)} ms, p50 is ${((p50Ms * raw.commitsPerSecond) / 1_000).toFixed(1)} raw commits`,
    )
  }
}
if (wanted('w3')) {
  for (const schedules of [1_000, 5_000]) {
    const figure = await withSystem((system) => recurring(system, { schedules, everySeconds: 10, seconds: 60 }))
    say(
      `W3 ${schedules} schedules @every 10s for 60 s: ${figure.fired} of ${figure.expected} fired, ${figure.missed} missed, ${figure.doubled} doubled; late p50 ${round(figure.p50Ms)} ms, p99 ${round(figure.p99Ms)} ms; fires a second at the peak ${round(figure.peakPerSecond)}, ${(figure.peakPerSecond / raw.rowsPerSecond).toFixed(3)} of raw rows/s`,
    )
  }
}
if (wanted('w4')) {
  for (const atOnce of [1, 32]) {
    const figures: number[] = []
    for (let run = 0; run < runs; run++)
      figures.push(await withSystem((system) => creating(system, { atOnce, seconds: 5 })))
    say(
      `W4 createJob through the gateway, ${atOnce} at once, min / median / max of ${runs}: ${spread(figures)} per second, ${(Math.max(...figures) / raw.commitsPerSecond).toFixed(2)} of raw commits/s`,
    )
  }
}
