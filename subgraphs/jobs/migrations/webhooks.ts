import type { Migration } from '#platform/database'

/** The tables of webhooks: who is told, by which secret, and how each delivery fared. */
export const webhooksMigrations: readonly Migration[] = [
  {
    name: 'jobs-0031-webhooks',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('webhooks')
        .addColumn('id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('url', types.text, (column) => column.notNull())
        .addColumn('kinds', types.key, (column) => column.notNull())
        .addColumn('is_enabled', types.integer, (column) => column.notNull())
        .addColumn('disabled_reason', types.key)
        .addColumn('disabled_at', types.time)
        .addColumn('secret_generation', types.integer, (column) => column.notNull())
        .addColumn('created_at', types.time, (column) => column.notNull())
        .addColumn('updated_at', types.time, (column) => column.notNull())
        .addColumn('version', types.integer, (column) => column.notNull()),
      builder.schema.createIndex('webhooks_workspace').on('webhooks').columns(['workspace_id', 'id']),
      // A row for each workspace that ever had a webhook: held while they are counted.
      builder.schema
        .createTable('webhook_owners')
        .addColumn('workspace_id', types.key, (column) => column.primaryKey().notNull()),
      // What deliveries found, beside what people decided.
      builder.schema
        .createTable('webhook_health')
        .addColumn('webhook_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('failing_since', types.time)
        .addColumn('last_delivered_at', types.time),
    ],
  },
  {
    name: 'jobs-0032-webhook-secrets',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('webhook_secrets')
        .addColumn('webhook_id', types.key, (column) => column.notNull())
        .addColumn('generation', types.integer, (column) => column.notNull())
        .addColumn('key_id', types.key, (column) => column.notNull())
        .addColumn('sealed', types.bytes, (column) => column.notNull())
        .addColumn('created_at', types.time, (column) => column.notNull())
        // Of one that was rotated: it signs until then, beside the next one.
        .addColumn('expires_at', types.time)
        .addPrimaryKeyConstraint('webhook_secrets_key', ['webhook_id', 'generation']),
      builder.schema
        .createTable('webhook_keys')
        .addColumn('name', types.key, (column) => column.primaryKey().notNull())
        .addColumn('secret', types.bytes, (column) => column.notNull())
        .addColumn('created_at', types.time, (column) => column.notNull()),
    ],
  },
  {
    name: 'jobs-0033-webhook-deliveries',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('webhook_cursor')
        .addColumn('feed', types.key, (column) => column.primaryKey().notNull())
        .addColumn('position', types.integer, (column) => column.notNull()),
      builder.schema
        .createTable('webhook_deliveries')
        .addColumn('id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('webhook_id', types.key, (column) => column.notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        // Null for a test.
        .addColumn('missed_id', types.key)
        .addColumn('type', types.key, (column) => column.notNull())
        .addColumn('host', types.key, (column) => column.notNull())
        .addColumn('body', types.text, (column) => column.notNull())
        .addColumn('state', types.key, (column) => column.notNull())
        // Attempts since it was made, or asked for again.
        .addColumn('tries', types.integer, (column) => column.notNull())
        // Grows with each claim: a result that comes with an old one is another's.
        .addColumn('epoch', types.integer, (column) => column.notNull())
        .addColumn('is_leased', types.integer, (column) => column.notNull())
        // Of what is open: when it is due, or when its lease ends.
        .addColumn('next_attempt_at', types.time)
        .addColumn('created_at', types.time, (column) => column.notNull())
        .addColumn('finished_at', types.time),
      builder.schema
        .createIndex('webhook_deliveries_due')
        .on('webhook_deliveries')
        .columns(['next_attempt_at', 'host', 'workspace_id']),
      builder.schema.createIndex('webhook_deliveries_list').on('webhook_deliveries').columns(['webhook_id', 'id']),
      builder.schema
        .createIndex('webhook_deliveries_open')
        .on('webhook_deliveries')
        .columns(['webhook_id', 'next_attempt_at']),
      builder.schema
        .createIndex('webhook_deliveries_once')
        .unique()
        .on('webhook_deliveries')
        .columns(['webhook_id', 'missed_id']),
      builder.schema.createIndex('webhook_deliveries_finished').on('webhook_deliveries').columns(['finished_at']),
      builder.schema
        .createTable('webhook_attempts')
        .addColumn('delivery_id', types.key, (column) => column.notNull())
        .addColumn('epoch', types.integer, (column) => column.notNull())
        .addColumn('attempted_at', types.time, (column) => column.notNull())
        .addColumn('duration_ms', types.integer, (column) => column.notNull())
        .addColumn('status_code', types.integer)
        .addColumn('error_code', types.key)
        .addPrimaryKeyConstraint('webhook_attempts_key', ['delivery_id', 'epoch']),
    ],
  },
]
