import { globSync, readFileSync } from 'node:fs'

/** A Debian mirror as the machine has it set up. */
export interface AptMirror {
  readonly uri: string
  /** The keyring that signs it. */
  readonly keyring: string
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const SOURCES = ['/etc/apt/sources.list', '/etc/apt/sources.list.d/*.{list,sources}']

/** The first mirror of Debian proper among the machine's own sources. */
export function machineMirror(): AptMirror | undefined {
  for (const file of SOURCES.flatMap((pattern) => globSync(pattern))) {
    const mirror = mirrorIn(readFileSync(file, 'utf8'), file.endsWith('.sources') ? 'deb822' : 'lines')
    if (mirror) return mirror
  }
  return undefined
}

/** The first mirror of Debian proper in a file of sources; its security archive and other vendors' are none. */
export function mirrorIn(text: string, format: 'deb822' | 'lines'): AptMirror | undefined {
  const uris = format === 'deb822' ? urisOfStanzas(text) : urisOfLines(text)
  const uri = uris.find((candidate) => /\/debian\/?$/.test(candidate))
  return uri === undefined ? undefined : { uri, keyring: KEYRING }
}

function urisOfStanzas(text: string): readonly string[] {
  const stanzas = text.replaceAll(/^#.*\n/gm, '').split(/\n\s*\n/)
  return stanzas
    .filter((stanza) => /^Types:(?:.*[ \t])?deb(?:[ \t]|$)/im.test(stanza) && !/^Enabled:\s*no\b/im.test(stanza))
    .flatMap((stanza) => /^URIs:\s*(.+)$/im.exec(stanza)?.[1]?.trim().split(/\s+/) ?? [])
}

function urisOfLines(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)/.exec(line)?.[1] ?? [])
}
