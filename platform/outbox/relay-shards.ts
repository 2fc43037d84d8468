import type { Database, Reader, Unit } from '#platform/database'
import { headPosition } from './feeds.ts'
import { OUTBOX_COLUMNS, type OutboxRecord, type OutboxRow, outboxRecord } from './outbox-record.ts'

/** A part of an outbox: the partitions of all topics that leave the same rest. */
export interface Shard {
  readonly shard: number
  /** Everything of this shard up to this position has reached the broker. */
  readonly sent: number
}

/** The parts of an outbox that are one relay's to send, each under a lease by the database's clock. */
export interface RelayShards {
  /**
   * Saves how far the relay is, renews its leases, and takes or gives up shards, so that all relays have their share.
   *
   * @returns the shards that are its own for the next `LEASE_MS`, and how many relays there are
   */
  renew(held: readonly Shard[]): Promise<{ readonly shards: readonly Shard[]; readonly relays: number }>
  /** What lies in some shards above a position, in order, and how far it was looked at: nothing more comes up to there. */
  read(
    shards: readonly number[],
    afterPosition: number,
    limit: number,
  ): Promise<{ readonly records: readonly OutboxRecord[]; readonly through: number }>
  /** Saves how far the relay is, and leaves its shards to others. */
  leave(held: readonly Shard[]): Promise<void>
}

/** For how long a shard is its relay's. One that dies is replaced after so long. */
export const LEASE_MS = 2_000
/** How many shards there are: as many relays can share an outbox. */
export const SHARDS = 4
const UNIT_KEYS = ['lease:outbox-relays']

interface RelayRow {
  readonly name: string
  readonly sent: number
  readonly holder: string
  readonly lease_until: number
}

const COLUMNS = ['name', 'sent', 'holder', 'lease_until'] as const

/** Opens the shards of an outbox for a relay. */
export function relayShards(database: Database, relay: string): RelayShards {
  return {
    renew: (held) =>
      database.unit(UNIT_KEYS, async (unit) => {
        const until = unit.now.getTime() + LEASE_MS
        await save(unit, relay, held, until)
        await unit.upsertMany('outbox_relays', ['name'], COLUMNS, [[relay, 0, relay, until]])
        return share(unit, relay, until)
      }),
    async read(shards, afterPosition, limit) {
      // First, since to look for none among the records costs far more.
      const head = shards.length === 0 ? afterPosition : await headPosition(database.reader, 'outbox')
      if (head <= afterPosition) return { records: [], through: afterPosition }
      const rows = await database.reader.all<OutboxRow>(
        `select ${OUTBOX_COLUMNS} from outbox
         where position > ? and position <= ? and partition_no % ${SHARDS} in (${shards.map(() => '?').join(', ')})
         order by position limit ?`,
        [afterPosition, head, ...shards, limit],
      )
      const records = rows.map(outboxRecord)
      return { records, through: records.length < limit ? head : (records.at(-1)?.position ?? head) }
    },
    leave: (held) =>
      database.unit(UNIT_KEYS, async (unit) => {
        await save(unit, relay, held, 0)
        await unit.run('delete from outbox_relays where name = ?', [relay])
      }),
  }
}

/** Where the relays of an outbox are at least; undefined when it has none. */
export async function leastSent(reader: Reader): Promise<number | undefined> {
  const row = await reader.get<{ sent: number | null }>(
    `select min(sent) as sent from outbox_relays where name in (${shardNames()})`,
  )
  return row?.sent ?? undefined
}

/** When the oldest record was written that no relay has sent; undefined when there is none, or no relay. */
export async function unsentSince({ reader }: Database): Promise<number | undefined> {
  const least = await leastSent(reader)
  if (least === undefined) return undefined
  const next = await reader.get<{ recorded_at: number }>(
    `select recorded_at from outbox where position > ? and position >
       (select sent from outbox_relays where name = cast(partition_no % ${SHARDS} as char(1))) order by position limit 1`,
    [least],
  )
  return next?.recorded_at
}

/** Only its holder moves a shard, and only forward: one that was away too long moves none that another has taken. */
async function save(unit: Unit, relay: string, held: readonly Shard[], until: number): Promise<void> {
  const bySent = Map.groupBy(held, ({ sent }) => sent)
  for (const [sent, shards] of bySent) {
    const names = shards.map(({ shard }) => String(shard))
    await unit.run(
      `update outbox_relays set sent = case when sent < ? then ? else sent end, lease_until = ?
       where holder = ? and name in (${names.map(() => '?').join(', ')})`,
      [sent, sent, until, relay, ...names],
    )
  }
}

async function share(unit: Unit, relay: string, until: number) {
  const now = unit.now.getTime()
  let rows = await unit.all<RelayRow>(`select ${COLUMNS.join(', ')} from outbox_relays`)
  if (!rows.some(isShard)) {
    const shards = Array.from({ length: SHARDS }, (_, shard) => [String(shard), 0, '', 0])
    await unit.insertMany('outbox_relays', COLUMNS, shards, 'ignore')
    rows = await unit.all<RelayRow>(`select ${COLUMNS.join(', ')} from outbox_relays`)
  }
  const relays = rows.filter((row) => !isShard(row) && row.lease_until >= now).length
  await forgetTheDead(unit, rows, now)
  const shards = rows.filter(isShard)
  const own = shards.filter((row) => row.holder === relay)
  const fairShare = Math.ceil(SHARDS / Math.max(1, relays))
  for (const { name } of own.slice(fairShare)) {
    await unit.run("update outbox_relays set holder = '', lease_until = 0 where name = ? and holder = ?", [name, relay])
  }
  const free = shards.filter((row) => row.holder !== relay && row.lease_until < now)
  for (const { name, holder } of free.slice(0, Math.max(0, fairShare - own.length))) {
    // Another may have taken it since.
    await unit.run('update outbox_relays set holder = ?, lease_until = ? where name = ? and holder = ?', [
      relay,
      until,
      name,
      holder,
    ])
  }
  const held = await unit.all<RelayRow>(
    `select name, sent from outbox_relays where holder = ? and name in (${shardNames()})`,
    [relay],
  )
  return { relays, shards: held.map(({ name, sent }) => ({ shard: Number(name), sent: Number(sent) })) }
}

async function forgetTheDead(unit: Unit, rows: readonly RelayRow[], now: number): Promise<void> {
  // Long enough for none to be forgotten that was only slow.
  const dead = rows.filter((row) => !isShard(row) && row.lease_until < now - 10 * LEASE_MS)
  for (const { name } of dead) {
    await unit.run('delete from outbox_relays where name = ? and lease_until < ?', [name, now])
  }
}

function isShard({ name }: RelayRow): boolean {
  return name.length === 1
}

function shardNames(): string {
  return Array.from({ length: SHARDS }, (_, shard) => `'${shard}'`).join(', ')
}
