const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }
const PART = /(\d{1,11})(ms|d|h|m|s)/y
const UNITS_IN_ORDER = ['d', 'h', 'm', 's', 'ms']

/** Milliseconds of a span such as `2s`, `1m30s` or `24h`, its units from large to small; null when it is not one. */
export function durationMs(text: string): number | null {
  let totalMs = 0
  let unitsUsed = 0
  let at = 0
  while (at < text.length) {
    PART.lastIndex = at
    const [part, count = '', unit = ''] = PART.exec(text) ?? []
    const order = UNITS_IN_ORDER.indexOf(unit)
    if (part === undefined || order < unitsUsed) return null
    totalMs += Number(count) * (UNIT_MS[unit] ?? 0)
    unitsUsed = order + 1
    at += part.length
  }
  return text === '' ? null : totalMs
}
