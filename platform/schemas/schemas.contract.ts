import { describe, expect, test } from 'vitest'
import { type JobChanged, jobChangedDefaults, schemaText } from '#avro'
import { IncompatibleSchemaError, SchemaMismatchError, UndecodableError } from './errors.ts'
import type { Schemas } from './schemas.ts'

/** An adapter with an empty registry, and the way in which another build would add a version to it. */
export interface SchemasUnderTest {
  readonly schemas: Schemas
  registerSchema(subject: string, avsc: string): Promise<number>
}

const JOB = 'carillon.jobs.JobChanged'

const changed: JobChanged = {
  jobId: 'job-1',
  workspaceId: 'workspace-1',
  ownerId: 'user-1',
  version: 1,
  change: 'CREATED',
  name: 'a name that is longer than sixty-four characters, with ünïcödé and 🎐, to leave every short path',
  jobType: 'ECHO',
  schedule: '@now',
  params: '{}',
  state: 'ACTIVE',
  scheduledSince: new Date('2026-11-23T10:00:00.123Z'),
  trigger: null,
  ...jobChangedDefaults,
  recordedAt: new Date(0),
}

interface SchemaJson {
  name: string
  fields: { name: string; type: unknown; default?: unknown }[]
}

/** The schema of jobs after a change to its JSON. */
function variant(change: (schema: SchemaJson) => void): string {
  const schema = JSON.parse(schemaText(JOB)) as SchemaJson
  change(schema)
  return JSON.stringify(schema)
}

const withNote = variant((schema) => schema.fields.push({ name: 'note', type: 'string', default: 'none' }))

/** What every schema adapter promises. Each adapter's own test file calls this with itself. */
export function describeSchemas(name: string, open: () => Promise<SchemasUnderTest>): void {
  async function jobs(): Promise<SchemasUnderTest & { id: number; wire: Uint8Array }> {
    const opened = await open()
    const id = await opened.schemas.register(JOB)
    return { ...opened, id, wire: opened.schemas.frame(id, opened.schemas.encode(JOB, changed)) }
  }
  const reasonOf = async (schemas: Schemas, wire: Uint8Array): Promise<string> => {
    const error = await schemas.decode(wire).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UndecodableError)
    return (error as UndecodableError).reason
  }

  describe(`schemas (${name})`, () => {
    test('a record comes back as it was, dates and nulls included', async () => {
      const { schemas, wire } = await jobs()
      expect(await schemas.decode(wire)).toEqual({ name: JOB, value: changed })
      const trigger = {
        executionId: 'e',
        key: 'k',
        params: '{}',
        triggeredAt: new Date(1),
        follows: null,
        overlap: null,
      }
      const triggered = schemas.encode(JOB, { ...changed, trigger })
      expect((await schemas.decode(schemas.frame(schemas.idOf(JOB), triggered))).value).toMatchObject({ trigger })
    })

    test('a record larger than any buffer kept for encoding comes back whole', async () => {
      const { schemas, id } = await jobs()
      const params = JSON.stringify('🎐é-'.repeat(50_000))
      const { value } = await schemas.decode(schemas.frame(id, schemas.encode(JOB, { ...changed, params })))
      expect(value).toMatchObject({ params })
    })

    test('the wire is a zero byte, the id big-endian, then the body', async () => {
      const { schemas, id, wire } = await jobs()
      const view = new DataView(wire.buffer, wire.byteOffset)
      expect([view.getUint8(0), view.getUint32(1)]).toEqual([0, id])
      expect(wire.subarray(5)).toEqual(schemas.encode(JOB, changed))
    })

    test('registering again gives the same id, and idOf knows only what was registered', async () => {
      const { schemas, id } = await jobs()
      expect(await schemas.register(JOB)).toBe(id)
      expect(schemas.idOf(JOB)).toBe(id)
      expect(() => schemas.idOf('carillon.auth.SessionRevoked')).toThrow('not registered')
    })

    test.each([
      ['version', { version: 'one' }, 'expected int, got string'],
      ['state', { state: 'GONE' }, 'expected one of UNKNOWN, ACTIVE'],
      ['recordedAt', { recordedAt: new Date(Number.NaN) }, 'expected a valid Date, got Date'],
      ['trigger.triggeredAt', { trigger: { executionId: 'e', key: 'k', params: '', triggeredAt: 5 } }, 'got number'],
      ['name', { name: undefined }, 'got undefined'],
    ])('a wrong %s is refused by its path, without its value', async (path, wrong, complaint) => {
      const { schemas } = await jobs()
      const encode = (): Uint8Array => schemas.encode(JOB, { ...changed, ...wrong } as unknown as JobChanged)
      expect(encode).toThrow(SchemaMismatchError)
      expect(encode).toThrow(complaint)
      expect(encode).toThrow(expect.objectContaining({ path }))
    })

    test('bytes that are not ours are told apart', async () => {
      const { schemas, id, wire } = await jobs()
      expect(await reasonOf(schemas, Buffer.from('{"jobId":1}'))).toBe('NO_MAGIC_BYTE')
      expect(await reasonOf(schemas, Buffer.alloc(0))).toBe('NO_MAGIC_BYTE')
      expect(await reasonOf(schemas, Buffer.from([0, 0, 0]))).toBe('UNDECODABLE')
      expect(await reasonOf(schemas, schemas.frame(id ^ 0x40_00_00_01, wire.subarray(5)))).toBe('UNKNOWN_SCHEMA')
      expect(await reasonOf(schemas, wire.subarray(0, -1))).toBe('UNDECODABLE')
      expect(await reasonOf(schemas, Buffer.concat([wire, Buffer.of(0)]))).toBe('UNDECODABLE')
      expect(await reasonOf(schemas, schemas.frame(id, Buffer.alloc(0)))).toBe('UNDECODABLE')
    })

    test('an array that claims more items than there are bytes is refused before room is made for it', async () => {
      const { schemas } = await open()
      const id = await schemas.register('carillon.scheduler.ScheduleAdvanced')
      const [empty, manyItems] = [0, Buffer.from('feffffffffff1f', 'hex')]
      const wire = schemas.frame(id, Buffer.concat([Buffer.of(empty, empty, empty), manyItems, Buffer.alloc(9)]))
      expect(await reasonOf(schemas, wire)).toBe('UNDECODABLE')
    })

    test('what an earlier or a later version wrote is read in the shape of this one', async () => {
      const { schemas, registerSchema, wire } = await jobs()
      const later = await registerSchema(JOB, withNote)
      const note = Buffer.from([8, ...Buffer.from('note')])
      expect(await schemas.decode(schemas.frame(later, Buffer.concat([wire.subarray(5), note])))).toEqual({
        name: JOB,
        value: changed,
      })
    })

    test('a symbol that this version does not know is read as the default', async () => {
      const { schemas, registerSchema, wire } = await jobs()
      const later = await registerSchema(
        JOB,
        variant(({ fields }) => {
          const symbols = fields.find((field) => field.name === 'change')?.type as { symbols: string[] }
          symbols.symbols.push('CLONED')
        }),
      )
      const body = Buffer.from(wire.subarray(5))
      const at = 3 + 'job-1workspace-1user-1'.length + 1
      expect(body[at]).toBe(2)
      body[at] = 20
      expect((await schemas.decode(schemas.frame(later, body))).value).toMatchObject({ change: 'UNKNOWN' })
    })

    test('a field without a default is refused, and so is its removal', async () => {
      const { registerSchema } = await jobs()
      const added = variant((schema) => schema.fields.push({ name: 'note', type: 'string' }))
      const removed = variant((schema) => schema.fields.shift())
      const retyped = variant((schema) => Object.assign(schema.fields[0] ?? {}, { type: 'int' }))
      for (const avsc of [added, removed, retyped]) {
        await expect(registerSchema(JOB, avsc)).rejects.toThrow(IncompatibleSchemaError)
      }
    })

    test('compatibility is asked of all earlier versions, not of the last alone', async () => {
      const { registerSchema } = await jobs()
      await registerSchema(JOB, withNote)
      await registerSchema(JOB, schemaText(JOB))
      const noteAsInt = variant((schema) => schema.fields.push({ name: 'note', type: 'int', default: 0 }))
      await expect(registerSchema(JOB, noteAsInt)).rejects.toThrow(IncompatibleSchemaError)
      await expect(registerSchema(JOB, noteAsInt)).rejects.toThrow(JOB)
    })
  })
}
