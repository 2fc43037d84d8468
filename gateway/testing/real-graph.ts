import { DomainError, type ErrorCode } from '#platform/domain'
import {
  dateTimeScalar,
  durationScalar,
  jsonScalar,
  makeSubgraph,
  readTypeDefs,
  type Subgraph,
  timeZoneScalar,
} from '#platform/graphql'
import { silentLog } from '#platform/telemetry'

type Args = Readonly<Record<string, unknown>>
type Answer = (field: string, args: Args) => unknown

const FIELDS = {
  auth: { Mutation: ['signUp', 'logIn', 'refreshSession', 'logOut'] },
  jobs: { Query: ['job', 'jobs'], Mutation: ['createJob', 'triggerJob'] },
  executions: {
    Query: ['execution'],
    Mutation: ['cancelExecution', 'failExecution', 'releaseExecution', 'retryExecution'],
  },
} as const

const SCALARS = {
  auth: { DateTime: dateTimeScalar },
  jobs: { DateTime: dateTimeScalar, JSON: jsonScalar, Duration: durationScalar, TimeZone: timeZoneScalar },
  executions: { DateTime: dateTimeScalar, JSON: jsonScalar, Duration: durationScalar },
} as const

/**
 * Subgraphs with the schemas that Carillon really has, whose root fields a test answers: what is tried is that the
 * stored operations of the REST routes fit the graph.
 */
export function realGraph(answer: Answer): readonly Subgraph[] {
  return Object.entries(FIELDS).map(([name, roots]) => {
    const resolvers = Object.entries<readonly string[]>(roots).map(([root, fields]) => [
      root,
      Object.fromEntries(fields.map((field) => [field, (_: unknown, args: Args) => answer(field, args)])),
    ])
    return makeSubgraph({
      name,
      typeDefs: readTypeDefs(new URL(`../../schemas/${name}.graphql`, import.meta.url)),
      resolvers: { ...SCALARS[name as keyof typeof SCALARS], ...Object.fromEntries(resolvers) },
      contextFor: async () => ({}),
      log: silentLog(),
    })
  })
}

/** An answer that refuses. */
export function refusing(code: ErrorCode, details: Args = {}): Answer {
  return () => {
    throw new DomainError(code, `refused as ${code}`, details)
  }
}
