import type { ApolloServerPlugin } from '@apollo/server'
import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import type { GatewayContext } from './context.ts'

type Variables = Readonly<Record<string, unknown>>

const FIRST_MAX = 100

/**
 * Refuses an operation that may ask for more than `costMax` values.
 *
 * Each field counts one, times the `first` of each list around it: the literal, the variable as it was sent, or the
 * schema's default. graphql-armor's rule counts literals only, and `first: $n` or no `first` at all passes it.
 */
export function costPlugin(costMax: number): ApolloServerPlugin<GatewayContext> {
  // An operation without a variable in any `first` costs the same each time.
  const fixed = new WeakMap<OperationDefinitionNode, number>()

  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ schema, document, operation, request }) {
          if (!operation) return
          let cost = fixed.get(operation)
          if (cost === undefined) {
            const fragments = new Map<string, FragmentDefinitionNode>()
            for (const definition of document.definitions) {
              if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
            }
            const count = new CostCount(schema, fragments, operation, request.variables ?? {})
            cost = count.operation()
            if (!count.dependsOnVariables) fixed.set(operation, cost)
          }
          if (cost <= costMax) return
          throw new GraphQLError(`The operation may cost ${cost}, more than the limit of ${costMax}.`, {
            extensions: { code: 'LIMIT_EXCEEDED', details: { cost, costMax }, http: { status: 400 } },
          })
        },
      }
    },
  }
}

class CostCount {
  dependsOnVariables = false
  readonly #schema: GraphQLSchema
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly #operation: OperationDefinitionNode
  readonly #variables: Variables
  /** Each fragment is counted once, so that fragments of fragments do not double the work. */
  readonly #fragmentCosts = new Map<string, number>()

  constructor(
    schema: GraphQLSchema,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    operation: OperationDefinitionNode,
    variables: Variables,
  ) {
    this.#schema = schema
    this.#fragments = fragments
    this.#operation = operation
    this.#variables = variables
  }

  operation(): number {
    const root = this.#schema.getRootType(this.#operation.operation) ?? undefined
    return this.#selections(this.#operation.selectionSet, root)
  }

  #selections({ selections }: SelectionSetNode, parent: GraphQLNamedType | undefined): number {
    let cost = 0
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) cost += this.#field(selection, parent)
      else if (selection.kind === Kind.FRAGMENT_SPREAD) cost += this.#fragment(selection.name.value)
      else cost += this.#selections(selection.selectionSet, this.#typeNamed(selection.typeCondition) ?? parent)
    }
    return cost
  }

  #field(node: FieldNode, parent: GraphQLNamedType | undefined): number {
    // The schema is asked for by tools, and of a size that does not grow.
    if (node.name.value.startsWith('__')) return 1
    const fields = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields() : {}
    const field = fields[node.name.value]
    const type = field ? getNamedType(field.type) : undefined
    const children = node.selectionSet ? this.#selections(node.selectionSet, type) : 0
    const first = field?.args.find(({ name }) => name === 'first')
    return 1 + (first ? this.#first(node, first.defaultValue) : 1) * children
  }

  #first(node: FieldNode, defaultValue: unknown): number {
    const value = node.arguments?.find(({ name }) => name.value === 'first')?.value
    if (value?.kind === Kind.INT) return Number(value.value)
    if (value?.kind !== Kind.VARIABLE) return sizeOf(defaultValue)
    this.dependsOnVariables = true
    return sizeOf(this.#variables[value.name.value])
  }

  #fragment(name: string): number {
    const known = this.#fragmentCosts.get(name)
    if (known !== undefined) return known
    const fragment = this.#fragments.get(name)
    const cost = fragment ? this.#selections(fragment.selectionSet, this.#typeNamed(fragment.typeCondition)) : 0
    this.#fragmentCosts.set(name, cost)
    return cost
  }

  #typeNamed(condition: { name: { value: string } } | undefined): GraphQLNamedType | undefined {
    return condition && this.#schema.getType(condition.name.value)
  }
}

/** Whatever is no number is refused later, or replaced by a default that is not above the longest page. */
function sizeOf(first: unknown): number {
  return typeof first === 'number' && first >= 0 ? first : FIRST_MAX
}
