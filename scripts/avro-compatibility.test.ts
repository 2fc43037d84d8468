import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Schema } from 'avsc'
import { expect, onTestFinished, test } from 'vitest'
import { avroBreaks, compareFolder } from './avro-compatibility.ts'

const id = { name: 'id', type: 'string' } as const
const note = { name: 'note', type: ['null', 'string'], default: null } as const
const size = { name: 'size', type: 'long' } as const
const kind = (...symbols: string[]) =>
  ({ name: 'kind', type: { type: 'enum', name: 'Kind', symbols, default: 'A' } }) as const

const record = (...fields: object[]) => ({ type: 'record', name: 'Thing', fields }) as Schema
const released = (...fields: object[]) => [{ release: '1.0.0', schema: record(...fields) }]

test('a field with a default may come and go', () => {
  expect(avroBreaks(record(id, note), released(id))).toEqual([])
  expect(avroBreaks(record(id), released(id, note))).toEqual([])
})

test('a symbol may be added to an enum that has a default', () => {
  expect(avroBreaks(record(id, kind('A', 'B')), released(id, kind('A')))).toEqual([])
})

test('a field without a default may neither come nor go', () => {
  expect(avroBreaks(record(id, size), released(id))).toEqual([expect.stringContaining('cannot read what 1.0.0 wrote')])
  expect(avroBreaks(record(id), released(id, size))).toEqual([expect.stringContaining('1.0.0 could not read it')])
})

test('every release counts, not only the last', () => {
  const history = [...released(id, size), { release: '2.0.0', schema: record(id) }]
  expect(avroBreaks(record(id), history)).toHaveLength(1)
})

test('a folder without a release says that nothing was compared', () => {
  expect(compareFolder(folder({ 'thing.avsc': record(id) }))).toEqual({ compared: 0, breaks: [] })
})

test('a planted incompatible schema and a vanished one are found in a folder', () => {
  const avro = folder({
    'thing.avsc': record(id, size),
    'released/1.0.0/thing.avsc': record(id),
    'released/1.0.0/gone.avsc': record(id),
  })
  const { compared, breaks } = compareFolder(avro)
  expect(compared).toBe(2)
  expect(breaks).toEqual([
    expect.stringMatching(/^gone\.avsc: 1\.0\.0 has it/),
    expect.stringMatching(/^thing\.avsc: /),
  ])
})

function folder(files: Readonly<Record<string, Schema>>): string {
  const avro = mkdtempSync(join(tmpdir(), 'carillon-avro-'))
  onTestFinished(() => rmSync(avro, { recursive: true, force: true }))
  mkdirSync(join(avro, 'released/1.0.0'), { recursive: true })
  for (const [path, schema] of Object.entries(files)) writeFileSync(join(avro, path), JSON.stringify(schema))
  return avro
}
