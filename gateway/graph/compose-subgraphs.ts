import { parse } from 'graphql'

/**
 * Composes the SDL of subgraphs, by their names, into a supergraph.
 *
 * @throws {Error} with one line for each reason why they do not fit together
 */
export async function composeSubgraphs(subgraphs: ReadonlyMap<string, string>): Promise<string> {
  // Large, and of no use to a gateway that only serves what was composed before.
  const { composeServices } = await import('@apollo/composition')
  const services = [...subgraphs]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, sdl]) => ({ name, url: `subgraph:${name}`, typeDefs: parse(sdl) }))
  const { supergraphSdl, errors } = composeServices(services)
  if (errors) throw new Error(errors.map(({ message, extensions }) => `${extensions.code}: ${message}`).join('\n'))
  return supergraphSdl
}
