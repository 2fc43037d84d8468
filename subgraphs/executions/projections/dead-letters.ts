import type { Compilable } from 'kysely'
import type { QuarantineState } from '#avro'
import type { Database, Reader, Unit, Value } from '#platform/database'

/** A record that a consumer of some service could not take, and what became of it. */
export interface DeadLetter {
  readonly id: string
  readonly consumer: string
  readonly quarantineId: number
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly key: string | null
  readonly sizeBytes: number
  readonly schemaId: number | null
  readonly reason: string
  readonly message: string
  readonly quarantinedAtMs: number
  readonly state: DeadLetterState
  readonly note: string
  readonly decidedBy: string | null
  readonly decidedAtMs: number | null
  readonly redrives: number
  readonly pending: DeadLetterDecision | null
}

/** What became of it. */
export type DeadLetterState = Exclude<QuarantineState, 'UNKNOWN'>

/** What may be done with it. */
export type DeadLetterDecision = 'REDRIVE' | 'DISCARD'

/** Which of them. */
export interface DeadLetterSelection {
  readonly consumer?: string | undefined
  readonly topic?: string | undefined
  readonly reason?: string | undefined
  readonly states?: readonly DeadLetterState[] | undefined
}

interface DeadLetterRow {
  readonly id: string
  readonly consumer: string
  readonly quarantine_id: number
  readonly topic: string
  readonly partition_no: number
  readonly record_offset: string
  readonly record_key: string | null
  readonly size_bytes: number
  readonly schema_id: number | null
  readonly reason: string
  readonly message: string
  readonly quarantined_at: number
  readonly state: DeadLetterState
  readonly note: string
  readonly decided_by: string | null
  readonly decided_at: number | null
  readonly redrives: number
  readonly pending: DeadLetterDecision | null
  readonly decisions: number | null
}

// The value is read only where somebody asks for it.
const SHOWN = [
  'id',
  'consumer',
  'quarantine_id',
  'topic',
  'partition_no',
  'record_offset',
  'record_key',
  'size_bytes',
  'schema_id',
  'reason',
  'message',
  'quarantined_at',
  'state',
  'note',
  'decided_by',
  'decided_at',
  'redrives',
  'pending',
  'decisions',
] as const satisfies readonly (keyof DeadLetterRow)[]
const TOLD = [...SHOWN.filter((column) => column !== 'decisions'), 'value'] as const

/** Keeps dead letters as their consumers tell of them: a decision that was pending is carried out, or was refused. */
export async function saveDeadLetters(
  unit: Unit,
  letters: readonly (DeadLetter & { readonly value: Uint8Array | null })[],
): Promise<void> {
  const rows = letters.map((letter): Value[] => [
    ...[letter.id, letter.consumer, letter.quarantineId, letter.topic, letter.partition, letter.offset, letter.key],
    ...[letter.sizeBytes, letter.schemaId, letter.reason, letter.message, letter.quarantinedAtMs, letter.state],
    ...[letter.note, letter.decidedBy, letter.decidedAtMs, letter.redrives, letter.pending, letter.value],
  ])
  await unit.upsertMany('dead_letters', ['id'], TOLD, rows)
}

/** Notes a decision that is on its way. @returns the number of decisions before it */
export async function notePending(unit: Unit, id: string, pending: DeadLetterDecision): Promise<number> {
  const row = await unit.get<Pick<DeadLetterRow, 'decisions'>>('select decisions from dead_letters where id = ?', [id])
  const before = row?.decisions ?? 0
  await unit.run('update dead_letters set pending = ?, decisions = ? where id = ?', [pending, before + 1, id])
  return before
}

/** One of them. With a lock it is held until the unit commits. */
export async function findDeadLetter(reader: Reader, id: string, lock = ''): Promise<DeadLetter | null> {
  const sql = `select ${SHOWN.join(', ')} from dead_letters where id = ?${lock}`
  const row = await reader.get<DeadLetterRow>(sql, [id])
  return row ? deadLetterOf(row) : null
}

/** The bytes of one; null where it has none, or they were too large to be told. */
export async function deadLetterValue(reader: Reader, id: string): Promise<Uint8Array | null> {
  const row = await reader.get<{ value: Uint8Array | null }>('select value from dead_letters where id = ?', [id])
  return row?.value ?? null
}

/** The newest first, from before one; at most `limit`. */
export async function listDeadLetters(
  { reader, dialect }: Database,
  selection: DeadLetterSelection,
  before: { readonly atMs: number; readonly id: string } | null,
  limit: number,
): Promise<readonly DeadLetter[]> {
  let query = selected(dialect, selection)
    .select([...SHOWN])
    .orderBy('quarantined_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  if (before) {
    const { atMs, id } = before
    query = query.where(({ eb, or, and }) =>
      or([eb('quarantined_at', '<', atMs), and([eb('quarantined_at', '=', atMs), eb('id', '<', id)])]),
    )
  }
  const rows = await reader.query(query as unknown as Compilable<DeadLetterRow>)
  return rows.map(deadLetterOf)
}

/** How many there are. */
export async function countDeadLetters({ reader, dialect }: Database, selection: DeadLetterSelection): Promise<number> {
  const query = selected(dialect, selection).select(dialect.builder.fn.countAll().as('total'))
  const [row] = await reader.query(query as Compilable<{ total: number }>)
  return Number(row?.total ?? 0)
}

function selected({ builder }: Database['dialect'], { consumer, topic, reason, states }: DeadLetterSelection) {
  let query = builder.selectFrom('dead_letters')
  if (consumer !== undefined) query = query.where('consumer', '=', consumer)
  if (topic !== undefined) query = query.where('topic', '=', topic)
  if (reason !== undefined) query = query.where('reason', '=', reason)
  if (states !== undefined) query = query.where('state', 'in', states.length > 0 ? states : [''])
  return query
}

function deadLetterOf(row: DeadLetterRow): DeadLetter {
  return {
    ...{ id: row.id, consumer: row.consumer, quarantineId: row.quarantine_id },
    ...{ topic: row.topic, partition: row.partition_no, offset: row.record_offset, key: row.record_key },
    ...{ sizeBytes: row.size_bytes, schemaId: row.schema_id, reason: row.reason, message: row.message },
    ...{ quarantinedAtMs: row.quarantined_at, state: row.state, note: row.note, redrives: row.redrives },
    ...{ decidedBy: row.decided_by, decidedAtMs: row.decided_at, pending: row.pending },
  }
}
