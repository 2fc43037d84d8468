import { DomainError, invariant } from '#platform/domain'
import { type Connection, connection, pageOf } from '#platform/graphql'
import { UndecodableError } from '#platform/schemas'
import type { OperatorAnswer } from '../commands/operate.ts'
import {
  countDeadLetters,
  type DeadLetter,
  deadLetterValue,
  findDeadLetter,
  listDeadLetters,
} from '../projections/dead-letters.ts'
import type { Context } from './context.ts'
import type { DeadLetterResolvers, MutationResolvers, QueryResolvers } from './schema.generated.ts'

/** A page of dead letters, and how to count them all if somebody asks. */
export interface DeadLetterPage extends Connection<DeadLetter> {
  countAll(): Promise<number>
}

/** What is read of dead letters: by operators alone, since they may be anybody's. */
export const deadLetterQuery: Pick<QueryResolvers, 'deadLetters' | 'deadLetter'> = {
  async deadLetters(_parent, { filter, ...args }, { database, operator }): Promise<DeadLetterPage> {
    operator()
    const page = pageOf(args)
    const [atMs, id] = page.after ?? []
    const selection = {
      consumer: filter?.consumer ?? undefined,
      topic: filter?.topic ?? undefined,
      reason: filter?.reason ?? undefined,
      states: filter?.states ?? undefined,
    }
    const before = page.after && { atMs: Number(atMs), id: String(id) }
    const letters = await listDeadLetters(database, selection, before, page.first + 1)
    return {
      ...connection(page, letters, (letter) => [letter.quarantinedAtMs, letter.id]),
      countAll: () => countDeadLetters(database, selection),
    }
  },
  deadLetter(_parent, { id }, { database, operator }) {
    operator()
    return findDeadLetter(database.reader, id)
  },
}

/** What is decided of them. */
export const deadLetterMutation: Pick<MutationResolvers, 'redriveDeadLetter' | 'discardDeadLetter'> = {
  redriveDeadLetter: async (_parent, { id }, { operate, operator }) =>
    theLetter(await operate({ kind: 'decide', caller: operator(), id, decision: 'REDRIVE', reason: '' })),
  discardDeadLetter: async (_parent, { id, reason }, { operate, operator }) =>
    theLetter(await operate({ kind: 'decide', caller: operator(), id, decision: 'DISCARD', reason })),
}

const SHOWN_BYTES_MAX = 65_536

const resolvers: DeadLetterResolvers<Context, DeadLetter> = {
  quarantinedAt: ({ quarantinedAtMs }) => new Date(quarantinedAtMs),
  decidedAt: ({ decidedAtMs }) => (decidedAtMs === null ? null : new Date(decidedAtMs)),
  async bytes({ id }, { offset, length }, { database }) {
    if (offset < 0) throw wrong('offset', 'offset is not negative')
    if (length < 1 || length > SHOWN_BYTES_MAX) throw wrong('length', `length is from 1 to ${SHOWN_BYTES_MAX}`)
    const value = await deadLetterValue(database.reader, id)
    return value && Buffer.from(value.subarray(offset, offset + length)).toString('base64')
  },
  async json({ id, sizeBytes }, _args, { database, schemas }) {
    if (sizeBytes > SHOWN_BYTES_MAX) return null
    const value = await deadLetterValue(database.reader, id)
    if (!value) return null
    try {
      const { name, value: fields } = await schemas.decode(value)
      return { schema: name, value: JSON.parse(JSON.stringify(fields, (_key, field) => plain(field))) as unknown }
    } catch (error) {
      if (error instanceof UndecodableError) return null
      throw error
    }
  },
}

/** The types of dead letters. */
export const deadLetterTypes = {
  DeadLetter: resolvers,
  DeadLetterConnection: { totalCount: ({ countAll }: DeadLetterPage) => countAll() },
}

function theLetter({ deadLetter }: OperatorAnswer): DeadLetter {
  invariant(deadLetter, 'what is decided of a dead letter is answered with it')
  return deadLetter
}

/** JSON has neither bytes nor large whole numbers. */
function plain(field: unknown): unknown {
  if (typeof field === 'bigint') return String(field)
  const isBytes = typeof field === 'object' && field !== null && 'type' in field && field.type === 'Buffer'
  return isBytes && 'data' in field ? Buffer.from(field.data as number[]).toString('base64') : field
}

function wrong(argument: string, message: string): DomainError {
  return new DomainError('BAD_USER_INPUT', message, { argument })
}
