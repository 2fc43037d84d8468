const isLong = process.env['CARILLON_LONG'] === '1'

/** How long the rivals are disturbed: what a change is checked with, or more (`CARILLON_LONG=1`, `.ci/run --long`). */
export const SCALE = isLong ? { rounds: 30, frozenMs: 30_000 } : { rounds: 6, frozenMs: 6_500 }
