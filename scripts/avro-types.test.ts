import { expect, test } from 'vitest'
import { indexModule, recordModule } from './avro-type-modules.ts'

const file = {
  name: 'thing-changed',
  schema: {
    type: 'record',
    name: 'ThingChanged',
    namespace: 'carillon.things',
    doc: 'A thing changed.',
    fields: [
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When.' },
      { name: 'note', type: ['null', 'string'] },
      { name: 'tags', type: { type: 'array', items: ['null', 'string'] } },
      { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] } },
      { name: 'sizes', type: { type: 'map', values: 'long' } },
    ],
  },
} as const

test('a record becomes a readonly interface with its docs', () => {
  expect(recordModule(file)).toContain(`
/** A thing changed. */
export interface ThingChanged {
  /** When. */
  readonly at: Date
  readonly note: string | null
  readonly tags: readonly (string | null)[]
  readonly kind: Kind
  readonly sizes: Readonly<Record<string, number>>
}

export type Kind = 'A' | 'B'
`)
})

test('the index maps full names to types', () => {
  const text = indexModule([file])
  expect(text).toContain("readonly 'carillon.things.ThingChanged': ThingChanged")
  expect(text).toContain("export type { Kind, ThingChanged } from './thing-changed.ts'")
})
