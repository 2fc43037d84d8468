const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const
const PART = /(\d{1,11})(ms|d|h|m|s)/y
const ISO =
  /^P(?=\d|T\d)(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,8})H)?(?:(\d{1,9})M)?(?:(\d{1,11})(?:[.,](\d{1,3}))?S)?)?$/

/**
 * Milliseconds of a span such as `2s`, `1m30s` or `24h`, its units from large to small, or of an ISO 8601 duration such as
 * `PT1M30S`; null when it is neither. Years and months have no length, so they are refused.
 */
export function durationMs(text: string): number | null {
  if (text.startsWith('P')) return isoMs(text)
  let totalMs = 0
  let unitsUsed = 0
  let at = 0
  while (at < text.length) {
    PART.lastIndex = at
    const [part, count = '', unit = ''] = PART.exec(text) ?? []
    const order = UNITS.findIndex(([name]) => name === unit)
    if (part === undefined || order < unitsUsed) return null
    totalMs += Number(count) * (UNITS[order]?.[1] ?? 0)
    unitsUsed = order + 1
    at += part.length
  }
  return text === '' ? null : totalMs
}

/** A span as people write it, `1h30m`: what `durationMs` reads back as the same number. */
export function durationText(ms: number): string {
  let leftMs = Math.round(ms)
  let text = ''
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(leftMs / unitMs)
    if (count > 0) text += `${count}${unit}`
    leftMs -= count * unitMs
  }
  return text === '' ? '0s' : text
}

function isoMs(text: string): number | null {
  const [found, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0, fraction = ''] = ISO.exec(text) ?? []
  if (found === undefined) return null
  const wholeMs = Number(weeks) * 604_800_000 + Number(days) * 86_400_000 + Number(hours) * 3_600_000
  return wholeMs + Number(minutes) * 60_000 + Number(seconds) * 1_000 + Number(fraction.padEnd(3, '0'))
}
