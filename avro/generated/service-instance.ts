// Made from avro/*.avsc by scripts/avro-types.ts: change the schema, not this file.

/** A process of a service, as it tells of itself with each heartbeat. A tombstone follows when it has stopped. */
export interface ServiceInstance {
  /** New with each start of a process. */
  readonly id: string
  /** The service's name, such as jobs. */
  readonly name: string
  /** Where others reach it, without a path. */
  readonly url: string
  readonly status: ServiceStatus
  readonly startedAt: Date
  readonly version: string
}

export type ServiceStatus = 'UNKNOWN' | 'UP' | 'DOWN' | 'STOPPING'
