/** An event as its row is stored. */
export interface EventRow {
  readonly id: number
  readonly stream: string
  readonly version: number
  readonly type: string
  readonly workspace_id: string
  readonly actor: string
  readonly correlation_id: string
  readonly causation_id: string
  readonly recorded_at: number
  /** The event as JSON; null when it was erased. */
  readonly payload: string | null
  readonly payload_hash: string
  readonly hash: string
}
