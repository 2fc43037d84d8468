import { sql } from 'kysely'
import type { Migration } from '#platform/database'

/** A feed of what was missed, for who shares it out; before, `missed` was one itself. */
export const missedFeedMigrations: readonly Migration[] = [
  {
    name: 'jobs-0051-missed-feed',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('missed_feed')
        .addColumn('position', types.feedPosition)
        .addColumn('job_id', types.key, (column) => column.notNull())
        .addColumn('subject', types.key, (column) => column.notNull()),
    ],
  },
  {
    name: 'jobs-0052-missed-feed-filled',
    up: ({ writersAreSerial }) => [
      sql`insert into missed_feed (position, job_id, subject)
          select row_number() over (order by case when position is null then 1 else 0 end, position, id), job_id, subject
          from missed where position is null
            or position > coalesce((select max(position) from webhook_cursor where feed = 'missed'), 0)`,
      sql`update webhook_cursor set position = 0 where feed = 'missed'`,
      ...(writersAreSerial
        ? []
        : [
            sql`insert into feed_heads (feed, position) select 'missed_feed', count(*) from missed_feed
                on duplicate key update position = values(position)`,
          ]),
    ],
  },
  {
    name: 'jobs-0053-missed-no-position',
    up: ({ builder, writersAreSerial }) =>
      writersAreSerial
        ? [builder.schema.alterTable('missed').dropColumn('position')]
        : [sql`alter table missed drop index missed_position, drop column position`],
  },
]
