import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { composeServices } from '@apollo/composition'
import { parse, printSchema } from 'graphql'
import { readTypeDefs } from '#platform/graphql'

/** One subgraph's SDL. */
export interface SubgraphSource {
  readonly name: string
  readonly typeDefs: string
}

/** What composition made of the subgraphs, and what it has to say about them. */
export interface Composition {
  /** What the gateway loads. Its access rules keep their SECURITY mark: see gateway/graph/access.ts. */
  readonly supergraph: string
  /** What clients see. */
  readonly api: string
  readonly hints: readonly string[]
}

const SCHEMAS = new URL('../schemas/', import.meta.url)
const HEADER = '# Composed from schemas/*.graphql by `node scripts/compose.ts`. Do not edit.\n'

/**
 * Composes subgraphs into a supergraph.
 *
 * @throws {Error} with one line for each reason why they do not fit together
 */
export function compose(sources: readonly SubgraphSource[]): Composition {
  // The url is only a label: a gateway knows each subgraph by its name, wherever it runs.
  const services = sources.map(({ name, typeDefs }) => ({ name, url: `subgraph:${name}`, typeDefs: parse(typeDefs) }))
  const { supergraphSdl, schema, hints, errors } = composeServices(services)
  if (errors) throw new Error(errors.map(({ message, extensions }) => `${extensions.code}: ${message}`).join('\n'))
  return {
    supergraph: `${HEADER}${supergraphSdl}\n`,
    api: `${HEADER}${printSchema(schema.toAPISchema().toGraphQLJSSchema())}\n`,
    hints: hints.map((hint) => `${hint.definition.code}: ${hint.message}`),
  }
}

/** The names of the files under `folder` whose text is not `expected`. A file that is missing differs too. */
export function drifted(folder: URL, expected: Readonly<Record<string, string>>): string[] {
  const current = new Map(readdirSync(folder).map((file) => [file, readFileSync(new URL(file, folder), 'utf8')]))
  return Object.keys(expected).filter((file) => current.get(file) !== expected[file])
}

function main(checkOnly: boolean): void {
  const files = readdirSync(SCHEMAS).filter((file) => file.endsWith('.graphql'))
  const { supergraph, api, hints } = compose(
    files.sort().map((file) => ({
      name: file.replace('.graphql', ''),
      typeDefs: readTypeDefs(new URL(file, SCHEMAS)),
    })),
  )
  for (const hint of hints) console.log(`hint ${hint}`)

  const generated = new URL('generated/', SCHEMAS)
  mkdirSync(generated, { recursive: true })
  const expected = { 'supergraph.graphql': supergraph, 'api.graphql': api }
  const stale = drifted(generated, expected)
  if (checkOnly && stale.length > 0) {
    console.error(`schemas/generated is out of date: ${stale.join(', ')}. Run: node scripts/compose.ts`)
    process.exitCode = 1
    return
  }
  for (const file of stale) writeFileSync(new URL(file, generated), expected[file as keyof typeof expected])
  console.log(`${files.length} subgraphs composed, ${stale.length} files changed`)
}

if (import.meta.main) main(process.argv.includes('--check'))
