import { readFileSync, writeFileSync } from 'node:fs'
import { type ClockChange, clockChanges } from '../platform/schedule/testing/clock-changes.ts'
import { causeOf, causes } from './schedule-causes.ts'
import { ours, peers } from './schedule-peers.ts'

// Compares our times with those of cron-parser and croner around the changes of the clocks, and writes what differs into
// docs/daylight-saving.md, by cause. `npm run compare:schedules`; it takes some minutes, nearly all of them theirs.
const PAGE = new URL('../docs/daylight-saving.md', import.meta.url)
const MARK = '<!-- What follows is written by `npm run compare:schedules`. -->'
const HOUR_MS = 3_600_000
const AROUND_MS = 26 * HOUR_MS
const FROM_MS = Date.UTC(2026, 0, 1)
const EXPRESSIONS = [
  ...['*/15 * * * *', '0 * * * *', '30 * * * *', '0 */2 * * *', '*/30 2 * * *'],
  ...['0 0 * * *', '30 0 * * *', '0 1 * * *', '30 1 * * *', '45 1 * * *', '0 2 * * *', '15 2 * * *', '30 2 * * *'],
  ...['0 3 * * *', '0 2,3 * * *', '0 1-2 * * *', '30 23 * * *', '0 12 * * *'],
]

interface Found {
  count: number
  readonly zones: Set<string>
  readonly example: string
}

const changes = [...Map.groupBy(clockChanges(), ({ timeZone, jumpMs }) => `${timeZone} ${jumpMs}`).values()].map(chosen)
const found = new Map<string, Found>()
let compared = 0
for (const change of changes) {
  for (const text of EXPRESSIONS) compareOne(text, change)
}

const zones = new Set(changes.map(({ timeZone }) => timeZone)).size
const intro = `${compared.toLocaleString('en')} comparisons: ${EXPRESSIONS.length} expressions around ${changes.length} changes in ${zones} zones, of each zone and each length of jump the first from 2026 on, or the last one; with tz database ${process.versions['tz']}.`
const rows = causes.flatMap(({ key, what, why }) => {
  const { count, zones: where, example } = found.get(key) ?? { count: 0, zones: new Set(), example: '' }
  return count === 0 ? [] : [`| ${what} | ${count} in ${where.size} zones | ${example} | ${why} |`]
})
const unexplained = [...found.keys()].filter((key) => !causes.some((cause) => cause.key === key))
if (unexplained.length > 0) throw new Error(`no cause is written down for: ${unexplained.join('; ')}`)
const table = ['| what | how often | an example | why ours |', '|---|---|---|---|', ...rows]
const page = readFileSync(PAGE, 'utf8').split(MARK)[0]?.trimEnd()
writeFileSync(PAGE, [page, '', MARK, '', intro, '', ...table, ''].join('\n'))
process.stdout.write(`${intro}\n${rows.length} causes\n`)

/** The first change from this year on, or the last one. */
function chosen(alike: readonly ClockChange[]): ClockChange {
  return (alike.find(({ atMs }) => atMs >= FROM_MS) ?? alike.at(-1)) as ClockChange
}

function compareOne(text: string, change: ClockChange): void {
  const { timeZone, atMs, jumpMs } = change
  const [fromMs, toMs] = [atMs - AROUND_MS, atMs + AROUND_MS]
  const expected = ours(text, timeZone, fromMs, toMs)
  for (const [name, walk] of Object.entries(peers)) {
    compared += 1
    const { times, ended } = walk(text, timeZone, fromMs, toMs)
    const until = ended === null ? toMs : (times.at(-1) ?? fromMs)
    const missing = expected.filter((ms) => ms <= until && !times.includes(ms))
    const extra = times.filter((ms) => !expected.includes(ms))
    if (ended === null && missing.length === 0 && extra.length === 0) continue
    const key = causeOf({ name, text, jumpMs, ended, missing: missing.length, extra: extra.length })
    const known = found.get(key) ?? { count: 0, zones: new Set<string>(), example: '' }
    const differs = `\`${text}\` ${timeZone} ${dayOf(change)}: ours ${textOf(missing, 'also')}, theirs ${ended ?? textOf(extra, 'also')}`
    const example = known.example === '' ? differs : known.example
    found.set(key, { count: known.count + 1, zones: known.zones.add(timeZone), example })
  }
}

function dayOf({ atMs, jumpMs }: ClockChange): string {
  return `${new Date(atMs).toISOString().slice(0, 10)} (${jumpMs > 0 ? '+' : ''}${jumpMs / 60_000} min)`
}

function textOf(times: readonly number[], word: string): string {
  const shown = times.slice(0, 2).map((ms) => new Date(ms).toISOString().slice(5, 16))
  return shown.length === 0 ? 'nothing else' : `${word} ${shown.join(', ')}Z${times.length > 2 ? ' …' : ''}`
}
