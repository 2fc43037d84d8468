import { WrongServerError } from './errors.ts'
import { type Address, openSession, type Session } from './mysql-session.ts'

const PACKET_BYTES_MIN = 8 * 1024 * 1024
// ER_DBACCESS_DENIED_ERROR: whoever may not make databases finds one that an operator has made.
const ACCESS_DENIED = 1044

/**
 * Makes the database when it is missing, and looks whether the server is one on which this runs.
 *
 * @returns how large a statement may be, in bytes
 * @throws {WrongServerError} @throws {OutageError} when the server is not there
 */
export async function prepareServer(address: Address): Promise<{ readonly packetBytesMax: number }> {
  const session = await openSession(address, false)
  try {
    const packetBytesMax = await checkServer(session)
    await session
      .run(`create database if not exists ${address.database} character set utf8mb4 collate utf8mb4_bin`)
      .catch((error: { errno?: number }) => {
        if (error.errno !== ACCESS_DENIED) throw error
      })
    return { packetBytesMax }
  } finally {
    await session.end()
  }
}

/**
 * Whether this runs on the server of a session, whose own settings must have been made.
 *
 * @returns how large a statement may be, in bytes
 * @throws {WrongServerError} that says what to set
 */
export async function checkServer(session: Pick<Session, 'run'>): Promise<number> {
  const { rows } = await session.run(
    `select @@version as version, @@default_storage_engine as engine, @@sql_mode as mode,
            @@max_allowed_packet as packet, @@lower_case_table_names as folds`,
  )
  const { version, engine, mode, packet } = rows[0] as Record<string, string | number>
  const refuse = (why: string): never => {
    throw new WrongServerError(`MySQL ${version} at this address ${why}`)
  }
  if (!isKnown(String(version))) refuse('is too old: MySQL 8.0 or MariaDB 10.6 is the oldest with SKIP LOCKED')
  if (String(engine).toLowerCase() !== 'innodb') refuse(`has ${engine} as its default engine: set it to InnoDB`)
  if (!String(mode).includes('STRICT_ALL_TABLES')) refuse('does not let sql_mode be set to STRICT_ALL_TABLES')
  if (Number(packet) < PACKET_BYTES_MIN)
    refuse(`has max_allowed_packet ${packet}: set it to ${PACKET_BYTES_MIN} at least`)
  return Number(packet)
}

function isKnown(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  return /mariadb/i.test(version) ? major > 10 || (major === 10 && minor >= 6) : major >= 8
}
