import { existsSync, readdirSync, readFileSync } from 'node:fs'

/**
 * The SDL of a subgraph: its file, and where it grew beyond one, the files in the folder of the same name beside it
 * (`jobs.graphql`, `jobs/history.graphql`).
 */
export function readTypeDefs(file: URL): string {
  return typeDefFiles(file)
    .map((part) => readFileSync(part, 'utf8'))
    .join('\n')
}

/** The files of which it consists, its own first. */
export function typeDefFiles(file: URL): readonly URL[] {
  const folder = new URL(file.href.replace(/\.graphql$/, '/'))
  if (!existsSync(folder)) return [file]
  const parts = readdirSync(folder).filter((name) => name.endsWith('.graphql'))
  return [file, ...parts.sort().map((name) => new URL(name, folder))]
}
