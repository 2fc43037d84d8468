import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql'
import { durationMs, durationText } from '#platform/schedule'

const RFC_3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/i
const JSON_DEPTH_MAX = 64
const DURATION_LENGTH_MAX = 64
const ZONE_LENGTH_MAX = 64

/** `DateTime`: a `Date` inside, RFC 3339 in UTC with milliseconds outside. Any offset is taken, none is not. */
export const dateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'An instant, as RFC 3339 in UTC with milliseconds.',
  serialize(value) {
    if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString()
    throw new TypeError(`DateTime is resolved to ${typeof value}, not to a valid Date`)
  },
  parseValue: instantOf,
  parseLiteral: (node) => instantOf(node.kind === Kind.STRING ? node.value : undefined, node),
})

/** `JSON`: any JSON value, nested at most 64 deep. */
export const jsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue(value) {
    assertDepth(value)
    return value
  },
  parseLiteral(node, variables) {
    const value = valueFromASTUntyped(node, variables)
    assertDepth(value, node)
    return value
  },
})

/** `Duration`: milliseconds inside, `1h30m` outside. ISO 8601 is read as well; years and months have no length. */
export const durationScalar = new GraphQLScalarType<number, string>({
  name: 'Duration',
  description: 'A span: 30s, 1h30m or ISO 8601 (PT1H30M) is read, 1h30m is written.',
  serialize(value) {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return durationText(value)
    throw new TypeError(`Duration is resolved to ${typeof value}, not to whole milliseconds`)
  },
  parseValue: spanOf,
  parseLiteral: (node) => spanOf(node.kind === Kind.STRING ? node.value : undefined, node),
})

/** `TimeZone`: a name. Whether the time-zone database knows it is for the command that takes it to say. */
export const timeZoneScalar = new GraphQLScalarType<string, string>({
  name: 'TimeZone',
  description: 'A name of the IANA time-zone database, such as Europe/Berlin.',
  serialize: String,
  parseValue: zoneNameOf,
  parseLiteral: (node) => zoneNameOf(node.kind === Kind.STRING ? node.value : undefined, node),
})

function spanOf(value: unknown, node?: ValueNode): number {
  const ms = typeof value === 'string' && value.length <= DURATION_LENGTH_MAX ? durationMs(value) : null
  if (ms !== null && Number.isSafeInteger(ms)) return ms
  throw refusal('Duration must be a span such as 30s, 1h30m or PT1H30M; years and months have no length.', node)
}

function zoneNameOf(value: unknown, node?: ValueNode): string {
  if (typeof value === 'string' && value.length <= ZONE_LENGTH_MAX) return value
  throw refusal(`TimeZone must be a name of up to ${ZONE_LENGTH_MAX} characters, such as Europe/Berlin.`, node)
}

function instantOf(value: unknown, node?: ValueNode): Date {
  const match = typeof value === 'string' ? RFC_3339.exec(value) : null
  if (match) {
    const [, date = '', time = '', fraction = '', offset = 'Z'] = match
    const instant = new Date(`${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${offset.toUpperCase()}`)
    // `Date` takes 30 February for 2 March; the day must come back as it went in.
    const day = new Date(`${date}T00:00:00.000Z`)
    if (!Number.isNaN(instant.getTime()) && day.toISOString().startsWith(date)) return instant
  }
  throw refusal('DateTime must be an RFC 3339 instant with an offset, such as 2026-12-01T09:00:00Z.', node)
}

/** A value nested without end would overflow the stack of whoever writes it down later. */
function assertDepth(value: unknown, node?: ValueNode): void {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > JSON_DEPTH_MAX) throw refusal(`JSON must not be nested deeper than ${JSON_DEPTH_MAX} levels.`, node)
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []))
  }
}

function refusal(message: string, node: ValueNode | undefined): GraphQLError {
  return new GraphQLError(message, { ...(node ? { nodes: node } : {}), extensions: { code: 'BAD_USER_INPUT' } })
}
