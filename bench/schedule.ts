import { CronExpressionParser } from 'cron-parser'
import { Cron } from 'croner'
import { nextAfter, parseSchedule } from '#platform/schedule'

/** How often a second one reader reads an expression and finds its next time, in a zone, on one thread. */
export interface ScheduleFigures {
  readonly name: string
  readonly oursPerSecond: number
  readonly cronParserPerSecond: number
  readonly cronerPerSecond: number
}

interface Question {
  readonly text: string
  readonly timeZone: string
  readonly after: Date
}

type Answer = (question: Question) => Date | null

// Lord Howe is left out: cron-parser throws there.
const ZONES = ['America/New_York', 'Europe/Berlin', 'Australia/Sydney', 'Asia/Kolkata', 'America/Santiago']
const FAMILIAR = [
  '*/5 * * * *',
  '0 9 * * MON-FRI',
  '30 2 * * *',
  '0 0 1 * *',
  '15 10 L * *',
  '0 12 * * 2#1',
  '*/15 8-18 * * 1-5',
  '0 */2 * * *',
  '10,40 * * * *',
  '0 4 1,15 * *',
]
const START_MS = Date.UTC(2026, 0, 1)
const HOUR_MS = 3_600_000
const ROUND_MS = 1_500

const EVER = new Date(0)
const answers: readonly Answer[] = [
  ({ text, timeZone, after }) => nextAfter({ schedule: parseSchedule(text), since: EVER, timeZone }, after),
  ({ text, timeZone, after }) => CronExpressionParser.parse(text, { currentDate: after, tz: timeZone }).next().toDate(),
  ({ text, timeZone, after }) => new Cron(text, { timezone: timeZone }).nextRun(after),
]

/** Measures ours and two others in turns: with a few expressions again and again, and with each one once. */
export function scheduleFigures(): readonly ScheduleFigures[] {
  return [
    measured('ten expressions in five zones', (index) => FAMILIAR[index % FAMILIAR.length] ?? ''),
    measured(
      'each expression once',
      (index) => `${index % 60} ${(index >> 2) % 24} ${1 + (index % 28)} ${1 + (index % 12)} *`,
    ),
  ]
}

function measured(name: string, textOf: (index: number) => string): ScheduleFigures {
  let index = 0
  const ask = (): Question => {
    index += 1
    const after = new Date(START_MS + (index % 8_760) * HOUR_MS)
    return { text: textOf(index), timeZone: ZONES[index % ZONES.length] ?? 'UTC', after }
  }
  const [ours = 0, cronParser = 0, croner = 0] = answers.map((answer) => perSecond(answer, ask))
  return { name, oursPerSecond: ours, cronParserPerSecond: cronParser, cronerPerSecond: croner }
}

function perSecond(answer: Answer, ask: () => Question): number {
  const run = (forMs: number): number => {
    const startMs = performance.now()
    let count = 0
    while (performance.now() - startMs < forMs) for (let index = 0; index < 50; index++, count++) answer(ask())
    return (count * 1_000) / (performance.now() - startMs)
  }
  run(ROUND_MS / 3)
  return run(ROUND_MS)
}
