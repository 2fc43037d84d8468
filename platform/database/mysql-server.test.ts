import { describe, expect, test } from 'vitest'
import { AlreadyThereError, OutageError, TransientError, UniqueViolationError, WrongServerError } from './errors.ts'
import { translated } from './mysql-errors.ts'
import { checkServer } from './mysql-server.ts'
import type { Session } from './mysql-session.ts'

const GOOD = { version: '8.4.6', engine: 'InnoDB', mode: 'ANSI_QUOTES,STRICT_ALL_TABLES', packet: 64 * 1024 * 1024 }
const server = (more: Partial<typeof GOOD> = {}): Pick<Session, 'run'> => ({
  run: async () => ({ rows: [{ ...GOOD, ...more }], changed: 0 }),
})

describe('a server', () => {
  test.each(['8.0.11', '8.4.6', '9.7.4-2', '10.6.0-MariaDB', '11.4.5-MariaDB-ubu2404'])(
    '%s is taken',
    async (version) => {
      expect(await checkServer(server({ version }))).toBe(GOOD.packet)
    },
  )

  test.each([
    [{ version: '5.7.44' }, 'too old'],
    [{ version: '10.5.9-MariaDB' }, 'too old'],
    [{ engine: 'MyISAM' }, 'set it to InnoDB'],
    [{ mode: 'ANSI_QUOTES' }, 'STRICT_ALL_TABLES'],
    [{ packet: 1024 * 1024 }, 'max_allowed_packet'],
  ])('that is %o is refused in words', async (more, words) => {
    const refusal = checkServer(server(more))
    await expect(refusal).rejects.toThrow(WrongServerError)
    await expect(refusal).rejects.toThrow(words)
  })
})

describe('an error of the client', () => {
  const error = (errno: number, code = 'ER_SOMETHING') =>
    Object.assign(new Error('what the server says'), { errno, code })

  test.each([
    [1062, UniqueViolationError],
    [1050, AlreadyThereError],
    [1091, AlreadyThereError],
    [1213, TransientError],
    [4031, TransientError],
    [1021, OutageError],
  ])('%i is known by its number', (errno, expected) => {
    const cause = error(errno)
    expect(translated(cause)).toBeInstanceOf(expected)
    expect(translated(cause)).toMatchObject({ cause })
  })

  test('is not known by its name, which the client takes from the list of the other server', () => {
    const check = error(4025, 'ER_INNODB_AUTOEXTEND_SIZE_OUT_OF_RANGE')
    expect(translated(check)).toBe(check)
    expect(translated(error(1062, 'ER_LOCK_DEADLOCK'))).toBeInstanceOf(UniqueViolationError)
  })

  test('is a lost connection when the system says so, and a bug when nobody knows it', () => {
    expect(translated(Object.assign(new Error('reset'), { errno: -104, code: 'ECONNRESET' }))).toBeInstanceOf(
      TransientError,
    )
    const bug = new TypeError('x is not a function')
    expect(translated(bug)).toBe(bug)
  })
})
