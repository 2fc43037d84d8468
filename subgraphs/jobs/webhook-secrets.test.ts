import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Database } from '#platform/database'
import { type Log, silentLog } from '#platform/telemetry'
import { movedClock, openTestDatabase } from '#platform/testing'
import { openReceiver, openWebhookStage, SET } from './webhooks.fixture.ts'

/** Every row of every table. */
async function rowsOf(database: Database): Promise<string> {
  const tables = await database.reader.all<{ name: string }>("select name from sqlite_master where type = 'table'")
  const rows: unknown[] = []
  for (const { name } of tables) {
    for (const row of await database.reader.all(`select * from ${name}`)) {
      rows.push([name, ...Object.values(row).map((value) => (value instanceof Uint8Array ? latin1(value) : value))])
    }
  }
  return JSON.stringify(rows)
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** Which of the secrets stand in a text, in any usual spelling. */
function found(secrets: Readonly<Record<string, Uint8Array>>, text: string): readonly string[] {
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const bytes = Buffer.from(secret)
    const spellings = [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex'), latin1(bytes)]
    return [...spellings, JSON.stringify(latin1(bytes)).slice(1, -1)].some((each) => text.includes(each)) ? [name] : []
  })
}

const ROTATE = 'mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret } }'
const bytesOf = (secret: string): Uint8Array => Buffer.from(secret.replace('whsec_', ''), 'base64')

test('no secret of a webhook stands in any table, event, file, log line, answer or request, but once where it is made', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'webhooks-'))
  const lines: string[] = []
  const keep = (event: string, fields: Record<string, unknown> = {}): void => {
    const { err } = fields
    lines.push(JSON.stringify([event, fields]), err instanceof Error ? `${err.stack} ${JSON.stringify(err.cause)}` : '')
  }
  const log: Log = { ...silentLog(), debug: keep, info: keep, warn: keep, error: keep, with: () => log }
  const clock = movedClock(new Date('2026-12-01T09:00:00Z'))
  const database = await openTestDatabase({ name: 'jobs', path: join(folder, 'jobs.db'), clock })
  const stage = await openWebhookStage({ database, clock, log })
  const sink = await openReceiver()

  const { id, secret } = await stage.makeWebhook(sink.url)
  const { secret: next } = await stage.ask<{ secret: string }>(ROTATE, { id })
  const gone = await stage.makeWebhook(sink.url)
  await stage.ask('mutation ($id: ID!) { deleteWebhook(id: $id) }', { id: gone.id })
  const secrets = { first: bytesOf(secret), next: bytesOf(next), gone: bytesOf(gone.secret) }
  const answers: unknown[] = []
  for (const status of [200, 500, 410]) {
    sink.answer = { status }
    await stage.miss()
    await stage.pass()
    answers.push(await stage.deliveries(id))
  }
  answers.push(await stage.ask(SET, { input: { id, url: sink.url, kinds: ['LATE'] } }))
  // A key that does not fit: the error is told, the secret is not.
  await database.unit([], (unit) => unit.run("update webhook_secrets set sealed = x'00112233445566778899'"))
  await stage.miss()
  await stage.pass()
  answers.push(await stage.deliveries(id))
  answers.push(await stage.ask(ROTATE, { id: 'none' }).catch((error: Error) => error.message))

  const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'))
  const rows = await rowsOf(database)
  const kept = [rows, ...files, ...lines, JSON.stringify(answers), JSON.stringify(sink.received)].join('\n')
  expect(lines.filter((line) => line.includes('webhook.attempted')).length).toBeGreaterThan(3)
  expect(lines.some((line) => line.includes('webhook.secret-unreadable'))).toBe(true)
  expect(found(secrets, kept)).toEqual([])
  // Secrets of others travel in the query of an address: neither a log line nor a cause may show it.
  expect(lines.join('\n')).not.toContain('url-canary')
  // The key that seals lies in the table of keys, and nowhere else in what is told.
  const [key] = await database.reader.all<{ secret: Uint8Array }>('select secret from webhook_keys')
  const key0 = { key: key?.secret ?? new Uint8Array() }
  expect(found(key0, rows)).toEqual(['key'])
  expect(found(key0, [...lines, JSON.stringify(answers), JSON.stringify(sink.received)].join('\n'))).toEqual([])

  // The check itself finds what is there.
  for (const planted of [next, Buffer.from(secrets.first).toString('hex'), latin1(secrets.gone)]) {
    await database.unit([], (unit) => unit.run("update jobs set name = ? where name <> ''", [planted]))
    expect(found(secrets, await rowsOf(database))).toHaveLength(1)
  }
  await sink.close()
  await stage.close()
  await database.close()
  rmSync(folder, { recursive: true })
})
