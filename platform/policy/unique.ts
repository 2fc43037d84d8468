/** At most one execution of a job for each value of a key, in a while. */
export interface Unique {
  /** A path into the params: `customer.id`, `items.0`. */
  readonly key: string
  /** So long after one was taken in, another one with its value is a duplicate. */
  readonly windowMs: number
}

/**
 * The value that an execution is known by, as JSON in one order; null where its params have none, which makes it no
 * duplicate of anything.
 *
 * @param params JSON text
 */
export function uniqueValue({ key }: Pick<Unique, 'key'>, params: string): string | null {
  let value: unknown = JSON.parse(params)
  for (const name of key.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value === null ? null : JSON.stringify(inOneOrder(value))
}

function inOneOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOneOrder)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(fields.map(([name, each]) => [name, inOneOrder(each)]))
}
