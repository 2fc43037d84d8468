import type { Migration } from '#platform/database'

/** The tables of auth, beside those of the platform's rooms. */
export const authMigrations: readonly Migration[] = [
  {
    name: 'auth-0001-users',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('users')
        .addColumn('user_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('username', types.key, (column) => column.notNull())
        .addColumn('username_key', types.key, (column) => column.notNull())
        .addColumn('personal_workspace_id', types.key, (column) => column.notNull())
        .addColumn('created_at', types.time, (column) => column.notNull()),
      builder.schema.createIndex('users_username_key').unique().on('users').columns(['username_key']),
      builder.schema
        .createTable('workspaces')
        .addColumn('workspace_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('name', types.key, (column) => column.notNull())
        .addColumn('created_at', types.time, (column) => column.notNull()),
      builder.schema
        .createTable('memberships')
        .addColumn('user_id', types.key, (column) => column.notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('role', types.key, (column) => column.notNull())
        .addPrimaryKeyConstraint('memberships_pk', ['user_id', 'workspace_id']),
      builder.schema.createIndex('memberships_workspace').on('memberships').columns(['workspace_id', 'user_id']),
    ],
  },
  {
    name: 'auth-0002-sessions',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('sessions')
        .addColumn('session_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('user_id', types.key, (column) => column.notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('started_at', types.time, (column) => column.notNull())
        .addColumn('expires_at', types.time, (column) => column.notNull())
        .addColumn('revoked_at', types.time)
        .addColumn('reason', types.key),
      builder.schema.createIndex('sessions_open').on('sessions').columns(['revoked_at', 'expires_at']),
      builder.schema
        .createTable('refresh_tokens')
        .addColumn('token_hash', types.key, (column) => column.primaryKey().notNull())
        .addColumn('session_id', types.key, (column) => column.notNull()),
      builder.schema.createIndex('refresh_tokens_session').on('refresh_tokens').columns(['session_id']),
    ],
  },
  {
    name: 'auth-0003-credentials',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('passwords')
        .addColumn('user_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('hash', types.key, (column) => column.notNull())
        .addColumn('updated_at', types.time, (column) => column.notNull()),
      builder.schema
        .createTable('signing_keys')
        .addColumn('kid', types.key, (column) => column.primaryKey().notNull())
        .addColumn('activates_at', types.time, (column) => column.notNull())
        .addColumn('public_jwk', types.text, (column) => column.notNull())
        .addColumn('private_jwk', types.text, (column) => column.notNull()),
      builder.schema
        .createTable('secrets')
        .addColumn('name', types.key, (column) => column.primaryKey().notNull())
        .addColumn('secret', types.bytes, (column) => column.notNull())
        .addColumn('created_at', types.time, (column) => column.notNull()),
    ],
  },
]
