import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { OUTPUT_BYTES_MAX, OUTPUT_FLOOD_BYTES, OUTPUT_LINES_MAX, openShellOutput } from './output.ts'

function opened() {
  const lines: [string, string][] = []
  let floods = 0
  const output = openShellOutput({ log: (level, message) => lines.push([level, message]), onFlood: () => floods++ })
  const streams = { INFO: new PassThrough(), WARN: new PassThrough() }
  output.read(streams.INFO, 'INFO')
  output.read(streams.WARN, 'WARN')
  /** Reading a stream by hand makes it give what was written, at once. */
  const write = (level: 'INFO' | 'WARN', bytes: string | Buffer): void => void streams[level].emit('data', bytes)
  return { lines, output, write, floods: () => floods }
}

test('lines are put together from pieces, each end of the command apart from the other', () => {
  const { lines, output, write } = opened()
  write('INFO', 'one\ntw')
  write('WARN', 'oh\r\n')
  write('INFO', 'o\n\nthr')
  output.end()
  expect(lines).toEqual([
    ['INFO', 'one'],
    ['WARN', 'oh'],
    ['INFO', 'two'],
    ['INFO', ''],
    ['INFO', 'thr'],
  ])
  expect(output.lastWarning()).toBe('oh')
})

test('the line after the last one, and the byte after the last one, cut the log once and visibly', () => {
  for (const text of ['x\n'.repeat(OUTPUT_LINES_MAX + 1), `${'x'.repeat(OUTPUT_BYTES_MAX + 1)}\n`]) {
    const { lines, output, write, floods } = opened()
    write('INFO', text)
    write('INFO', 'more\n')
    output.end()
    expect(output.isCut()).toBe(true)
    expect(lines.length).toBeLessThanOrEqual(OUTPUT_LINES_MAX + 1)
    expect(lines.filter(([, line]) => line.includes('is cut here'))).toEqual([lines.at(-1)])
    expect(floods()).toBe(0)
  }
})

test('what goes on for ever is told of once', () => {
  const { output, write, floods } = opened()
  const chunk = 'x'.repeat(OUTPUT_FLOOD_BYTES / 4)
  for (let count = 0; count < 4; count++) write('WARN', chunk)
  expect(floods()).toBe(0)
  write('WARN', 'x')
  write('WARN', 'x')
  expect(floods()).toBe(1)
  expect(output.bytes()).toBe(OUTPUT_FLOOD_BYTES + 2)
})
