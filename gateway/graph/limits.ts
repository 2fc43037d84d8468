import type { ApolloServerOptions, ApolloServerPlugin } from '@apollo/server'
import { ApolloArmor } from '@escape.tech/graphql-armor'
import type { GatewayContext } from './context.ts'
import { costPlugin } from './cost.ts'

/** What one operation may be, whoever sends it. Variables count for nothing here: see the limits of a body. */
export const LIMITS = {
  depthMax: 15,
  /** Few enough that aliases of logIn bring nothing over one attempt after another. */
  aliasesMax: 15,
  directivesMax: 50,
  /** Of the document: the introspection of tools has about 250. */
  tokensMax: 2_000,
  /** Values that an answer may hold at most, see cost.ts. */
  costMax: 50_000,
  /** After fragments are spread: what the planner would have to walk. */
  selectionsMax: 5_000,
} as const

type LimitOptions = Required<
  Pick<
    ApolloServerOptions<GatewayContext>,
    'allowBatchedHttpRequests' | 'maxRecursiveSelections' | 'parseOptions' | 'plugins' | 'validationRules'
  >
>

/**
 * The limits as options of Apollo Server. All hold before anything is planned or executed.
 *
 * Tokens are counted by graphql-js as it parses: graphql-armor would parse a second time, and answer 500.
 */
export function limits(isProduction: boolean): LimitOptions {
  const { plugins, validationRules } = new ApolloArmor({
    maxTokens: { enabled: false },
    // Suggestions show a schema word by word; where introspection is on, they help.
    blockFieldSuggestion: { enabled: isProduction },
    costLimit: { enabled: false },
    maxDepth: { n: LIMITS.depthMax, flattenFragments: true },
    maxAliases: { n: LIMITS.aliasesMax },
    maxDirectives: { n: LIMITS.directivesMax },
  }).protect()
  return {
    // Armor's plugins are for any context.
    plugins: [...(plugins as unknown as ApolloServerPlugin<GatewayContext>[]), costPlugin(LIMITS.costMax)],
    validationRules,
    parseOptions: { maxTokens: LIMITS.tokensMax },
    maxRecursiveSelections: LIMITS.selectionsMax,
    allowBatchedHttpRequests: false,
  }
}
