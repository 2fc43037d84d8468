import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** The repository that these tests belong to. */
export const ROOT = join(import.meta.dirname, '..')

/** A file to be planted. */
export interface Planted {
  readonly path: string
  readonly source: string
}

/**
 * Makes a small repository of its own with our packages, lets `look` at it, and takes it away.
 *
 * @param kept files and folders of this repository that go along
 */
export function inPlantedTree<Result>(
  kept: readonly string[],
  files: readonly Planted[],
  look: (tree: string) => Result,
): Result {
  const tree = mkdtempSync(join(tmpdir(), 'carillon-planted-'))
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
    for (const path of kept) cpSync(join(ROOT, path), join(tree, path), { recursive: true })
    for (const { path, source } of files) {
      mkdirSync(dirname(join(tree, path)), { recursive: true })
      writeFileSync(join(tree, path), source)
    }
    return look(tree)
  } finally {
    rmSync(tree, { recursive: true, force: true })
  }
}

/** The path of a command that a package brings. */
export function command(name: string): string {
  return join(ROOT, 'node_modules/.bin', name)
}
