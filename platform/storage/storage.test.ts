import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { migrate } from '#platform/database'
import { openTestDatabase } from '#platform/testing'
import { databaseStorage } from './database-storage.ts'
import { fileStorage } from './file-storage.ts'
import { storageMigrations } from './migrations.ts'
import { type S3Config, s3Storage } from './s3-storage.ts'
import { describeStorage } from './storage.contract.ts'
import { expectedSignature, openS3Server } from './testing/s3-server.ts'

const clock = systemClock()
const credentials = { accessKeyId: 'carillon', secretAccessKey: 'not/a+secret', region: 'eu-central-1' }

describeStorage('database', async () => {
  const database = await openTestDatabase({ name: 'storage', clock })
  await migrate(database, storageMigrations)
  return { storage: databaseStorage(database), close: () => database.close() }
})

describeStorage('files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-storage-'))
  return {
    storage: fileStorage(folder, clock),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  }
})

describeStorage('S3', async () => {
  const server = await openS3Server(credentials, () => clock.now())
  const storage = s3Storage(configOf(server.port), clock)
  return {
    storage,
    async close() {
      await storage.close()
      await server[Symbol.asyncDispose]()
    },
  }
})

function configOf(port: number): S3Config {
  return { endpoint: `http://127.0.0.1:${port}`, bucket: 'files', prefix: 'carillon/', ...credentials }
}

test('the server of these tests computes the signature of the example in the manual of S3', () => {
  // "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk", example GET Object.
  const headers = {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'x-amz-date': '20130524T000000Z',
  }
  const keys = { accessKeyId: '', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', region: 'us-east-1' }
  expect(expectedSignature({ method: 'GET', url: '/test.txt', headers }, Object.keys(headers), keys)).toBe(
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  )
})

test.each([
  ['another secret', { secretAccessKey: 'other' }, 0],
  ['another key', { accessKeyId: 'other' }, 0],
  ['another region', { region: 'us-east-1' }, 0],
  ['a clock that is an hour ahead', {}, 3_600_000],
] as const)('S3 refuses %s, and the storage says so', async (_name, change, aheadMs) => {
  await using server = await openS3Server(credentials, () => new Date(clock.now().getTime() + aheadMs))
  const storage = s3Storage({ ...configOf(server.port), ...change }, clock)
  const put = storage.put('019ab000-a/1', Buffer.from('x'))
  await expect(put).rejects.toMatchObject({ name: 'StorageRefusedError', message: 'the storage answered 403' })
  await storage.close()
})

test('a bucket is shared by prefix: nobody lists what is not theirs', async () => {
  await using server = await openS3Server(credentials, () => clock.now())
  const [mine, theirs] = ['mine/', 'theirs/'].map((prefix) => s3Storage({ ...configOf(server.port), prefix }, clock))
  await mine!.put('019ab000-a/1', Buffer.from('x'))
  expect([await mine!.list('', 10), await theirs!.list('', 10)]).toEqual([['019ab000-a/1'], []])
  await Promise.all([mine!.close(), theirs!.close()])
})

test('a file that was half written when its process died is never read, and dropped a day later', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-storage-'))
  const storage = fileStorage(folder, clock)
  await storage.put('019ab000-a/1', Buffer.from('x'))
  const partials = join(folder, '.partial')
  for (const name of ['old', 'new']) writeFileSync(join(partials, name), 'half')
  utimesSync(join(partials, 'old'), new Date(0), new Date(0))
  expect(await storage.list('', 10)).toEqual(['019ab000-a/1'])
  expect(readdirSync(partials)).toEqual(['new'])
  rmSync(folder, { recursive: true, force: true })
})
