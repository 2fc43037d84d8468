import { type GraphQLNamedType, type GraphQLSchema, isAbstractType, isEnumType, isObjectType } from 'graphql'
import { invariant } from '#platform/domain'

/** Resolvers by type, then field. Their own types come from the code generator, hence no more is said here. */
export type Resolvers = { readonly [typeName: string]: object | undefined }

const META_RESOLVERS: ReadonlySet<string> = new Set(['__resolveReference', '__resolveType', '__isTypeOf'])

/**
 * Refuses resolvers that no field would ever call: `@apollo/subgraph` skips them in silence, and a misspelt one
 * shows as nulls.
 *
 * @throws {Error} naming the first resolver without a place in the schema
 */
export function assertResolversFit(subgraph: string, schema: GraphQLSchema, resolvers: Resolvers): void {
  for (const [typeName, fields] of Object.entries(resolvers)) {
    if (!fields) continue
    const type = schema.getType(typeName)
    invariant(type, `${subgraph} resolves ${typeName}, which its schema lacks`)
    for (const name of Object.keys(fields)) {
      if (META_RESOLVERS.has(name)) continue
      invariant(hasPlaceFor(type, name), `${subgraph} resolves ${typeName}.${name}, which its schema lacks`)
    }
  }
}

function hasPlaceFor(type: GraphQLNamedType, name: string): boolean {
  if (isObjectType(type)) return name in type.getFields()
  if (isEnumType(type)) return type.getValue(name) !== undefined
  return !isAbstractType(type)
}
