/** Where the servers are that integration tests run against. */
export interface StackAddresses {
  /** `host:port`, several parted by commas. */
  readonly kafkaBrokers: string
  readonly registryUrl: string
  /** Without a database. */
  readonly mysqlUrl: string
}

/** The servers that the environment names, or those of a stack on this machine. */
export function stackAddresses(): StackAddresses {
  return {
    kafkaBrokers: process.env.KAFKA_BROKERS ?? '127.0.0.1:19092',
    registryUrl: process.env.SCHEMA_REGISTRY_URL ?? 'http://127.0.0.1:18081/apis/ccompat/v7',
    mysqlUrl: process.env.MYSQL_URL ?? 'mysql://root@127.0.0.1:13306',
  }
}
