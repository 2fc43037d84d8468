import type { ApolloServerPlugin } from '@apollo/server'
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  parse,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { invariant } from '#platform/domain'
import type { GatewayContext } from './context.ts'

/** A supergraph that the gateway loads, and the plugin without which it must not. */
export interface GuardedSupergraph {
  readonly supergraphSdl: string
  readonly plugin: ApolloServerPlugin<GatewayContext>
}

const AUTHENTICATED_MARK = /(@link\(url: "https:\/\/specs\.apollo\.dev\/authenticated\/v[\d.]+"), for: SECURITY\)/

/**
 * Enforces `@authenticated`: an operation that selects a guarded field or type without a caller is refused whole, 401.
 *
 * @apollo/gateway refuses to load a supergraph with this mark, because it does not enforce it; with the mark gone it
 * serves guarded fields to anybody. So the mark is taken away here and nowhere else, together with the plugin. Marks of
 * other security features stay: a supergraph that uses one does not load.
 */
export function enforceAccess(supergraphSdl: string): GuardedSupergraph {
  const guarded = guardedCoordinates(parse(supergraphSdl))
  const hasMark = AUTHENTICATED_MARK.test(supergraphSdl)
  invariant(hasMark || guarded.size === 0, 'the supergraph uses @authenticated without the mark that we know')
  return { supergraphSdl: supergraphSdl.replace(AUTHENTICATED_MARK, '$1)'), plugin: accessPlugin(guarded) }
}

function accessPlugin(guarded: ReadonlySet<string>): ApolloServerPlugin<GatewayContext> {
  // Documents are kept by Apollo's document store, so each operation is walked once and not with each request.
  const firstGuarded = new WeakMap<OperationDefinitionNode, string | null>()

  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ schema, document, operation, contextValue }) {
          // An operation that is not in the document is refused by whoever executes it.
          if (contextValue.caller || !operation) return
          let coordinate = firstGuarded.get(operation)
          if (coordinate === undefined) {
            coordinate = firstGuardedIn(schema, document, operation, guarded)
            firstGuarded.set(operation, coordinate)
          }
          if (coordinate !== null) throw unauthenticated(`Sign in to use ${coordinate}.`)
        },
      }
    },
  }
}

/** The refusal of somebody who has to sign in, with the status that HTTP has for it. */
export function unauthenticated(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } })
}

/** `Type` and `Type.field` of all that bears `@authenticated`. */
function guardedCoordinates(supergraph: DocumentNode): ReadonlySet<string> {
  const coordinates = new Set<string>()
  for (const definition of supergraph.definitions) {
    if (!('name' in definition) || !definition.name || definition.kind === Kind.DIRECTIVE_DEFINITION) continue
    const typeName = definition.name.value
    if (isMarked(definition)) coordinates.add(typeName)
    if (!('fields' in definition)) continue
    for (const field of definition.fields ?? []) {
      if (isMarked(field)) coordinates.add(`${typeName}.${field.name.value}`)
    }
  }
  return coordinates
}

function isMarked({ directives }: { directives?: readonly { name: { value: string } }[] | undefined }): boolean {
  return directives?.some(({ name }) => name.value === 'authenticated') ?? false
}

function firstGuardedIn(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  guarded: ReadonlySet<string>,
): string | null {
  // Only what this operation reaches: another one in the same document may be for those who are signed in.
  const reached = separateOperations(document)[operation.name?.value ?? ''] ?? document
  const info = new TypeInfo(schema)
  let found: string | null = null
  const enter = (): void => {
    const parent = info.getParentType()
    const field = info.getFieldDef()
    if (found !== null || !parent || !field) return
    const owners = isAbstractType(parent) ? [parent, ...schema.getPossibleTypes(parent)] : [parent]
    const type = getNamedType(field.type)
    const returned = isAbstractType(type) ? [type, ...schema.getPossibleTypes(type)] : [type]
    const candidates = [...owners.map(({ name }) => `${name}.${field.name}`), ...returned.map(({ name }) => name)]
    found = candidates.find((candidate) => guarded.has(candidate)) ?? null
  }
  visit(reached, visitWithTypeInfo(info, { Field: { enter } }))
  return found
}
