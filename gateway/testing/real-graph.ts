import { readFileSync } from 'node:fs'
import { DomainError, type ErrorCode } from '#platform/domain'
import { dateTimeScalar, jsonScalar, makeSubgraph, type Subgraph } from '#platform/graphql'
import { silentLog } from '#platform/telemetry'

type Args = Readonly<Record<string, unknown>>
type Answer = (field: string, args: Args) => unknown

const FIELDS = {
  auth: { Mutation: ['signUp', 'logIn', 'refreshSession', 'logOut'] },
  jobs: { Query: ['job', 'jobs'], Mutation: ['createJob', 'triggerJob'] },
  executions: { Query: ['execution'] },
} as const

/**
 * Subgraphs with the schemas that Carillon really has, whose root fields a test answers: what is tried is that the
 * stored operations of the REST routes fit the graph.
 */
export function realGraph(answer: Answer): readonly Subgraph[] {
  return Object.entries(FIELDS).map(([name, roots]) => {
    const scalars = name === 'auth' ? { DateTime: dateTimeScalar } : { DateTime: dateTimeScalar, JSON: jsonScalar }
    const resolvers = Object.entries<readonly string[]>(roots).map(([root, fields]) => [
      root,
      Object.fromEntries(fields.map((field) => [field, (_: unknown, args: Args) => answer(field, args)])),
    ])
    return makeSubgraph({
      name,
      typeDefs: readFileSync(new URL(`../../schemas/${name}.graphql`, import.meta.url), 'utf8'),
      resolvers: { ...scalars, ...Object.fromEntries(resolvers) },
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
