import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Database } from '#platform/database'
import { type Log, silentLog } from '#platform/telemetry'
import { movedClock } from '#platform/testing'
import { LOG_IN, LOG_OUT, openStage, REFRESH, type SessionAnswer, SIGN_UP } from './auth.fixture.ts'

const password = 'canary-password-7f3a'
const wrongPassword = 'canary-wrong-7f3a'

/** Every row of every table, and every byte of every file of the database. */
async function everythingKept(database: Database, folder: string): Promise<string> {
  const tables = await database.reader.all<{ name: string }>("select name from sqlite_master where type = 'table'")
  const rows: unknown[] = []
  for (const { name } of tables) {
    for (const row of await database.reader.all(`select * from ${name}`)) {
      rows.push(
        Object.values(row).map((value) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
        ),
      )
    }
  }
  const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'))
  return [JSON.stringify(rows), ...files].join('\n')
}

/** Which of the secrets stand in a text, as they are or in another usual spelling. */
function found(secrets: Readonly<Record<string, string>>, text: string): readonly string[] {
  return Object.entries(secrets)
    .filter(([, secret]) => {
      const bytes = Buffer.from(secret)
      return [
        secret,
        bytes.toString('base64url'),
        bytes.toString('hex'),
        Buffer.from(secret, 'base64url').toString('latin1'),
      ]
        .filter((spelling) => spelling.length >= 16)
        .some((spelling) => text.includes(spelling))
    })
    .map(([name]) => name)
}

test('no password and no token stands in any table, event, file, log line or error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'auth-'))
  const lines: string[] = []
  const keep = (event: string, fields?: object): void => void lines.push(JSON.stringify([event, fields]))
  const log: Log = { ...silentLog(), debug: keep, info: keep, warn: keep, error: keep }
  const clock = movedClock(new Date('2026-11-23T12:00:00Z'))
  const { ask, refusalOf, auth, database, close } = await openStage(clock, { path: join(folder, 'auth.db'), log })

  const first = await ask<SessionAnswer>(SIGN_UP, { username: 'canary', password })
  const second = await ask<SessionAnswer>(LOG_IN, { username: 'canary', password })
  const third = await ask<SessionAnswer>(REFRESH, { refreshToken: second.refreshToken })
  const errors = [
    await refusalOf(LOG_IN, { username: 'canary', password: wrongPassword }),
    await refusalOf(SIGN_UP, { username: 'canary', password: wrongPassword }),
    await refusalOf(SIGN_UP, { username: 'not a name', password: wrongPassword }),
  ]
  await clock.advance(60_000)
  errors.push(await refusalOf(REFRESH, { refreshToken: second.refreshToken }))
  await ask(LOG_OUT, {}, { token: first.accessToken })

  const secrets: Record<string, string> = { password, wrongPassword }
  for (const [name, session] of Object.entries({ first, second, third })) {
    secrets[`${name} access token`] = session.accessToken
    secrets[`${name} signature`] = session.accessToken.split('.')[2] ?? ''
    secrets[`${name} refresh token`] = session.refreshToken
  }
  expect(lines.length).toBeGreaterThan(3)
  expect(found(secrets, [await everythingKept(database, folder), ...lines, JSON.stringify(errors)].join('\n'))).toEqual(
    [],
  )

  // What may be kept, but not told: hashes of passwords, private keys and the secret behind successors.
  const told = await database.reader.all('select payload from events union all select hex(body) from outbox')
  const keys = await database.reader.all<{ private_jwk: string }>('select private_jwk from signing_keys')
  const privateKey = (JSON.parse(keys[0]?.private_jwk ?? '{}') as { d: string }).d
  expect(privateKey).toHaveLength(43)
  const shown = JSON.stringify([told, auth.jwks(), lines])
  expect(shown).not.toContain('argon2')
  expect(shown).not.toContain(privateKey)

  // The check itself finds what is there.
  for (const planted of [
    password,
    third.refreshToken,
    Buffer.from(third.refreshToken, 'base64url').toString('latin1'),
  ]) {
    await database.unit(['events'], (unit) => unit.run('update events set payload = ? where id = 1', [planted]))
    expect(found(secrets, await everythingKept(database, folder))).not.toEqual([])
  }
  await close()
  rmSync(folder, { recursive: true })
})
