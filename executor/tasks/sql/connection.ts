/** A database that the operator lets SQL jobs read. Plain data: it travels to the process in which the query runs. */
export type SqlConnection = (MysqlConnection | SqliteConnection) & {
  /** Whose jobs may use it; all when null. */
  readonly workspaceIds: readonly string[] | null
}

/** A server that speaks MySQL's protocol. */
export type MysqlConnection = {
  readonly kind: 'MYSQL'
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** Whether it is spoken to over TLS, its certificate checked. */
  readonly isEncrypted: boolean
}

/** A file. */
export type SqliteConnection = {
  readonly kind: 'SQLITE'
  readonly path: string
}

/** The connections of an operator, by the name that jobs write. */
export type SqlConnections = Readonly<Record<string, SqlConnection>>
