import { type DocumentNode, type GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'

/** A document that fits the schema, or what is wrong with it. */
export type CheckedDocument = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] }

const DOCUMENTS_MAX = 1_000
const CACHED_CHARS_MAX = 20_000

/**
 * Parses and validates, and remembers the documents that were used last: a gateway sends the same few again and again.
 *
 * Bounded in number and in the length of each. What is wrong is not remembered, so that nobody can push out the rest with it.
 */
export function documentCache(schema: GraphQLSchema, documentsMax = DOCUMENTS_MAX): (query: string) => CheckedDocument {
  const known = new Map<string, CheckedDocument>()

  return (query) => {
    const cached = known.get(query)
    if (cached) {
      if (known.size === documentsMax) {
        known.delete(query)
        known.set(query, cached)
      }
      return cached
    }
    const checked = check(schema, query)
    if ('errors' in checked || query.length > CACHED_CHARS_MAX) return checked
    for (const oldest of known.keys()) {
      if (known.size < documentsMax) break
      known.delete(oldest)
    }
    known.set(query, checked)
    return checked
  }
}

function check(schema: GraphQLSchema, query: string): CheckedDocument {
  try {
    const document = parse(query)
    const errors = validate(schema, document)
    return errors.length > 0 ? { errors } : { document }
  } catch (error) {
    return { errors: [error as GraphQLError] }
  }
}
