/** A file of this repository, its path from the root. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** What a rule says of a file: nothing, or one line for each offence. */
export type TidyRule = (file: SourceFile) => readonly string[]

const LINES_MAX = 300
// Put together, so that this file does not trip over itself.
const LEFTOVERS = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK', 'WI' + 'P']
const EMPTY_NAMES = ['utils', 'util', 'helpers', 'helper', 'common', 'manager', 'base', 'misc', 'shared']

const isScript = (path: string): boolean => path.endsWith('.ts')
const isTest = (path: string): boolean => /\.(test|contract|fixture)\.ts$/.test(path)
const isGenerated = (path: string): boolean => /(^|\/)generated\/|\.generated\.ts$|(^|\/)released\//.test(path)

/** What no linter checks and STYLE.md asks for, by name. After TigerBeetle's tidy test. */
export const tidyRules: Readonly<Record<string, TidyRule>> = {
  'a file has at most 300 lines': ({ path, text }) => {
    const lines = text.trimEnd().split('\n').length
    return /\.(ts|graphql|avsc|grit)$/.test(path) && !isGenerated(path) && lines > LINES_MAX
      ? [`has ${lines} lines`]
      : []
  },

  'nothing is left over': ({ text }) => matches(text, new RegExp(`\\b(${LEFTOVERS.join('|')})\\b`)),

  'a name has an idea behind it': ({ path }) =>
    path.split(/[/.]/).flatMap((part) => (EMPTY_NAMES.includes(part) ? [`"${part}" says nothing`] : [])),

  'a platform room says what it does and what it never does': ({ path, text }) => {
    if (!/^platform\/[^/]+\/index\.ts$/.test(path)) return []
    return /^\/\/ \S.*\n\/\/ .*\b([Nn]ever|[Nn]o|[Nn]ot)\b/.test(text) ? [] : ['its index.ts opens otherwise']
  },

  'every export has a docstring': ({ path, text }) => {
    if (!isScript(path) || isTest(path) || isGenerated(path)) return []
    const undocumented =
      /(?<!\*\/\n)^export (?:declare )?(?:abstract )?(?:async )?(function\*?|const|let|class|interface|type) (\w+)/gm
    return [...text.matchAll(undocumented)].map(([, kind, name]) => `${kind} ${name}`)
  },

  'a test is named by its claim': ({ path, text }) =>
    isTest(path) ? matches(text, /\b(?:test|it)(?:\.each\(.*\))?\(\s*['"`](?:should|tests?|works|correctly)\b/i) : [],

  // A clock that is moved may sleep; whoever waits for the world polls it, within a limit.
  'no test sleeps': ({ path, text }) =>
    isTest(path) ? matches(text, /timers\/promises|setTimeout\((?:resolve|done|r)\b|\bdelay\(\d/) : [],

  'the database gives the time, not its SQL': ({ path, text }) =>
    isScript(path) && !isTest(path) && /^(subgraphs|scheduler|executor|platform)\//.test(path)
      ? matches(text, /(?<![.\w])NOW\(|\bCURRENT_TIMESTAMP\b|\bunixepoch\(|\bjulianday\(|datetime\('now/)
      : [],

  // Addresses come from users there: whoever calls out by themselves has no guard.
  'a service calls out through #platform/outbound alone': ({ path, text }) =>
    isScript(path) && !isTest(path) && /^(subgraphs|scheduler|executor)\/(?!.*\btesting\/)/.test(path)
      ? matches(text, /^import (?!type ).*'(?:undici|(?:node:)?https?)'|\bimport\('undici'\)|(?<![.\w])fetch\(/)
      : [],

  'no check of types is switched off': ({ path, text }) =>
    isScript(path) ? matches(text, /@ts-(?:ignore|nocheck|expect-error)\b/) : [],
}

function matches(text: string, pattern: RegExp): readonly string[] {
  return text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`line ${index + 1}: ${line.trim()}`] : []))
}
