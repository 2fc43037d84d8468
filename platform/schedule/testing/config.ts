/** How much the comparison with the slow clock looks at: a part of it with each change, or all of it (`CARILLON_LONG=1`). */
export const isLongComparison = process.env['CARILLON_LONG'] === '1'
