import type { Draw } from './draw.ts'

/** Draws a schedule that has something to do within a minute or so; some of them at once or once. */
export function drawSchedule(draw: Draw, nowMs: number): string {
  switch (draw.weighted({ every: 6, cron: 4, now: 3, at: 2, manually: 1 })) {
    case 'every':
      return `@every ${draw.pick([1, 2, 3, 5, 7, 10])}s`
    case 'cron':
      return draw.pick(['*/4 * * * * *', '5,11,29,47 * * * * *', '10-50/8 * * * * *', '* * * * *', '*/15 */2 * * * *'])
    case 'now':
      return '@now'
    case 'at':
      // To the second, as people write it: from half a minute ago to half a minute ahead.
      return `@at ${new Date(nowMs + draw.int(-30, 30) * 1_000).toISOString().slice(0, 19)}Z`
    case 'manually':
      return '@manually'
  }
}
