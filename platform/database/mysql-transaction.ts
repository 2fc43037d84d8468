import type { Unit, Write } from './database.ts'
import type { Dialect } from './dialect.ts'
import { LostCommitError, OutageError } from './errors.ts'
import { mayHaveCommitted } from './mysql-errors.ts'
import { feedTexts } from './mysql-feeds.ts'
import type { Answer, Session } from './mysql-session.ts'
import { type MysqlUnit, mysqlUnit } from './mysql-unit.ts'

/** What came of a member of a transaction. */
export type Outcome = { readonly unit: MysqlUnit; readonly value: unknown } | { readonly error: unknown }

/** How a transaction runs. */
export interface TransactionOptions {
  readonly dialect: Dialect
  /** After how long without a word the server undoes it: its process is frozen, or gone without saying so. */
  readonly idleSecondsMax: number
  readonly statementCharactersMax: number
  /** Runs a statement outside of the transaction: one that makes or drops a table would commit it. */
  readonly runBeside: (sql: string) => Promise<Answer>
  /** Called just before and just after a commit. */
  readonly committing: () => void
  readonly committed: (writes: ReadonlySet<Write>) => void
  readonly dropFailed: (error: unknown) => void
}

/** Thrown by `runTogether` when it could not even begin. */
export class NotBegunError extends OutageError {}

const IDLE_SECONDS_BETWEEN = 8 * 60 * 60
/** How long a statement that changes tables may take: the transaction is silent meanwhile, and must keep its locks. */
const CHANGE_SECONDS_MAX = 60 * 60
const COMMIT = `commit; set session wait_timeout = ${IDLE_SECONDS_BETWEEN}`
const ROLLBACK = `rollback; set session wait_timeout = ${IDLE_SECONDS_BETWEEN}`

/**
 * Runs works one after another in one transaction, each in a savepoint when there are several, and commits. Of round
 * trips it takes one to begin and to ask for the time, one to commit, and those of the works: a savepoint goes before
 * the first statement of its work that writes.
 *
 * @throws {OutageError} when nothing was committed; {LostCommitError} when that is not known
 */
export async function runTogether(
  session: Session,
  works: readonly ((unit: Unit) => Promise<unknown>)[],
  options: TransactionOptions,
): Promise<readonly Outcome[]> {
  const now = await begin(session, options.idleSecondsMax)
  const outcomes: Outcome[] = []
  let failure: OutageError | undefined
  // After a deadlock the server has no transaction any more, and would commit each statement by itself: none may follow.
  async function run(sql: string): Promise<Answer> {
    if (failure) throw failure
    try {
      return await session.run(sql)
    } catch (error) {
      if (error instanceof OutageError) failure ??= error
      throw error
    }
  }

  async function runBeside(sql: string): Promise<Answer> {
    await run(`set session wait_timeout = ${CHANGE_SECONDS_MAX}`)
    const answer = await options.runBeside(sql)
    await run(`set session wait_timeout = ${options.idleSecondsMax}`)
    return answer
  }

  for (const work of works) {
    const unit = mysqlUnit({ ...options, now, run, runBeside, inSavepoint: works.length > 1 })
    outcomes.push(await outcomeOf(unit, work, run))
    // The work may have swallowed it.
    if (failure) {
      await session.run(ROLLBACK).catch(() => undefined)
      throw failure
    }
  }
  if (outcomes.every((outcome) => 'error' in outcome)) await session.run(ROLLBACK).catch(() => undefined)
  else {
    const units = outcomes.flatMap((outcome) => ('error' in outcome ? [] : [outcome.unit]))
    options.committing()
    await commit(session, units, options)
    for (const unit of units) await dropLeftovers(unit, session, options)
    options.committed(new Set(units.flatMap((unit) => [...unit.writes()])))
  }
  return outcomes
}

async function begin(session: Session, idleSecondsMax: number): Promise<Date> {
  try {
    const { rows } = await session.run(
      `set session wait_timeout = ${idleSecondsMax}; start transaction;
       select cast(unix_timestamp(now(3)) * 1000 as signed) as now_ms`,
    )
    return new Date(Number(rows[0]?.now_ms))
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new NotBegunError(error.message, { cause: error })
  }
}

async function outcomeOf(
  unit: MysqlUnit,
  work: (unit: Unit) => Promise<unknown>,
  run: (sql: string) => Promise<Answer>,
): Promise<Outcome> {
  try {
    const value = await work(unit)
    await unit.flush()
    return { unit, value }
  } catch (error) {
    if (!(error instanceof OutageError) && unit.hasSavepoint()) {
      // A failure of this one is kept by `run`, and ends the whole.
      await run('rollback to savepoint member').catch(() => undefined)
    }
    return { error }
  }
}

/** Writes what the units add to feeds, and commits: in one go, unless it is more than the server takes in one. */
async function commit(
  session: Session,
  units: readonly MysqlUnit[],
  { statementCharactersMax }: TransactionOptions,
): Promise<void> {
  const appended = units.flatMap((unit) => unit.appended())
  try {
    let text = ''
    for (const sql of feedTexts(appended, statementCharactersMax)) {
      if (text !== '' && text.length + sql.length > statementCharactersMax) {
        await session.run(text)
        text = ''
      }
      text += `${sql};`
    }
    await session.run(text + COMMIT)
  } catch (error) {
    throw await uncommitted(session, error, units.length)
  }
}

/** What a commit that failed means. Where the server has refused it, the transaction is undone. */
async function uncommitted(session: Session, error: unknown, units: number): Promise<unknown> {
  if (!(error instanceof Error)) return error
  const { message, cause } = error
  if (error instanceof OutageError && cause instanceof Error && mayHaveCommitted(cause))
    return new LostCommitError(`the server was lost while it committed: ${message}`, { cause: error })
  await session.run(ROLLBACK).catch(() => undefined)
  // A row of one of several units was refused: alone, each hears of its own.
  return error instanceof OutageError || units === 1 ? error : new OutageError(message, { cause: cause ?? error })
}

async function dropLeftovers(unit: MysqlUnit, session: Session, { dropFailed }: TransactionOptions): Promise<void> {
  for (const sql of unit.afterwards()) await session.run(sql).catch(dropFailed)
}
