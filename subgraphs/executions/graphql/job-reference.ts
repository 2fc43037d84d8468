/** A job as this subgraph knows it: by its id alone. */
export interface JobReference {
  readonly id: string
}
