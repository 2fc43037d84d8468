import avro from 'avsc'
import { expect, test } from 'vitest'
import { embeddedSchemas } from './embedded-schemas.ts'
import { describeSchemas } from './schemas.contract.ts'
import type { RecordName } from './schemas.ts'

describeSchemas('embedded', async () => {
  const schemas = embeddedSchemas()
  return { schemas, registerSchema: schemas.registerSchema }
})

test('ids are the same in every process, whatever was registered before', async () => {
  const names: RecordName[] = ['carillon.jobs.JobChanged', 'carillon.auth.SessionRevoked']
  const [one, two] = [embeddedSchemas(), embeddedSchemas()]
  const forwards = [await one.register(names[0]!), await one.register(names[1]!)]
  const backwards = [await two.register(names[1]!), await two.register(names[0]!)]
  expect(forwards).toEqual(backwards.toReversed())
})

test('a record is read before its writer has registered again', async () => {
  const writer = embeddedSchemas()
  const revoked = { userId: 'u', sessionId: 's', reason: 'LOGGED_OUT', revokedAt: new Date(5) } as const
  const id = await writer.register('carillon.auth.SessionRevoked')
  const wire = writer.frame(id, writer.encode('carillon.auth.SessionRevoked', revoked))
  expect((await embeddedSchemas().decode(wire)).value).toEqual(revoked)
})

test('a record of a subject that this build does not read is of an unknown schema', async () => {
  const schemas = embeddedSchemas()
  const id = await schemas.registerSchema('other.Thing', '{"type":"record","name":"other.Thing","fields":[]}')
  await expect(schemas.decode(schemas.frame(id, new Uint8Array()))).rejects.toMatchObject({ reason: 'UNKNOWN_SCHEMA' })
})

test('bytes go to and fro without a copy of the caller being needed', async () => {
  const schemas = embeddedSchemas()
  const name = 'carillon.platform.RecordQuarantined'
  const quarantined = {
    consumer: 'jobs',
    topic: 'job-events',
    partition: 0,
    offset: '7',
    key: null,
    value: Buffer.from([1, 2, 3]),
    schemaId: null,
    reason: 'UNDECODABLE',
    message: 'truncated',
    quarantinedAt: new Date(1),
    ...{ quarantineId: 7, sizeBytes: 3, state: 'PARKED' as const, note: '', redrives: 0 },
    ...{ decidedBy: null, decidedAt: null },
  }
  const wire = schemas.frame(await schemas.register(name), schemas.encode(name, quarantined))
  // As SQLite gives it: a plain Uint8Array.
  expect((await schemas.decode(Uint8Array.from(wire))).value).toEqual(quarantined)
})

test('arrays in blocks with their length, as other writers make them, are read', async () => {
  const schemas = embeddedSchemas()
  const id = await schemas.register('carillon.scheduler.ScheduleAdvanced')
  const long = avro.Type.forSchema('long')
  const fire = Buffer.concat([Buffer.of(2, 0x61, 2, 0x62), long.toBuffer(1_000), Buffer.of(0, 0, 0, 0)])
  const blocks = [long.toBuffer(-2), long.toBuffer(fire.length * 2), fire, fire, long.toBuffer(1), fire, Buffer.of(0)]
  const body = Buffer.concat([Buffer.of(0, 0, 2), ...blocks, Buffer.of(0, 0, 0, 0, 0, 0), long.toBuffer(5)])
  const { value } = await schemas.decode(schemas.frame(id, body))
  const item = { executionId: 'a', cause: 'b', scheduledFor: new Date(1_000) }
  expect(value).toMatchObject({
    appliedVersion: 1,
    fired: [item, item, item],
    nextFireAt: null,
    decidedAt: new Date(5),
  })
})
