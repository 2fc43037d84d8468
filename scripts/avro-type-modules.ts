/** A schema as JSON has it. */
type AvroSchema = string | readonly AvroSchema[] | AvroNode

interface AvroNode {
  readonly type: AvroSchema
  readonly name?: string
  readonly namespace?: string
  readonly doc?: string
  readonly logicalType?: string
  readonly symbols?: readonly string[]
  readonly items?: AvroSchema
  readonly values?: AvroSchema
  readonly fields?: readonly AvroField[]
}

interface AvroField {
  readonly name: string
  readonly type: AvroSchema
  readonly doc?: string
}

/** A file of avro/, without its ending. */
export interface AvroFile {
  readonly name: string
  readonly schema: AvroNode
}

const NOTICE = '// Made from avro/*.avsc by scripts/avro-types.ts: change the schema, not this file.\n'
const LINE_CHARACTERS_MAX = 120

const PRIMITIVES: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  string: 'string',
  bytes: 'Buffer',
}

/** The types of one schema: its record, and the records and enums inside it. */
export function recordModule({ schema }: AvroFile): string {
  return NOTICE + named(schema).map(declaration).join('')
}

/** All types together, and the map from a record's full name to its type. */
export function indexModule(files: readonly AvroFile[]): string {
  const imports = files.map((file) => `import type { ${file.schema.name} } from './${file.name}.ts'\n`)
  const exports = files.map((file) =>
    exportLine(
      file.name,
      named(file.schema).map((node) => node.name ?? ''),
    ),
  )
  const types = files.map((file) => `  readonly '${fullName(file.schema)}': ${file.schema.name}\n`)
  const paths = files.map((file) => `  '${fullName(file.schema)}': '${file.name}.avsc',\n`)
  return [
    NOTICE,
    ...imports,
    '\n',
    ...exports,
    '\n/** The records that go between services, by the full names of their schemas. */\n',
    `export interface Records {\n${types.join('')}}\n`,
    '\n/** The file of each schema, in avro/. */\n',
    `export const schemaFiles: Readonly<Record<keyof Records, string>> = {\n${paths.join('')}}\n`,
  ].join('')
}

function exportLine(file: string, names: readonly string[]): string {
  const line = `export type { ${names.toSorted().join(', ')} } from './${file}.ts'\n`
  if (line.length <= LINE_CHARACTERS_MAX) return line
  return `export type {\n${names
    .toSorted()
    .map((name) => `  ${name},\n`)
    .join('')}} from './${file}.ts'\n`
}

function fullName({ namespace, name }: AvroNode): string {
  return `${namespace}.${name}`
}

/** The named types in a schema, the outermost first. */
function named(schema: AvroSchema): readonly AvroNode[] {
  if (typeof schema === 'string') return []
  if (isUnion(schema)) return schema.flatMap(named)
  if (schema.type === 'record') return [schema, ...(schema.fields ?? []).flatMap((field) => named(field.type))]
  if (schema.type === 'enum') return [schema]
  return named(schema.items ?? schema.values ?? schema.type)
}

function declaration(node: AvroNode): string {
  const doc = node.doc ? `/** ${node.doc} */\n` : ''
  if (node.type === 'enum') {
    const literals = (node.symbols ?? []).map((symbol) => `'${symbol}'`)
    const line = `export type ${node.name} = ${literals.join(' | ')}\n`
    const broken = `export type ${node.name} =\n${literals.map((literal) => `  | ${literal}\n`).join('')}`
    return `\n${doc}${line.length <= LINE_CHARACTERS_MAX ? line : broken}`
  }
  const fields = (node.fields ?? []).map((field) => {
    const fieldDoc = field.doc ? `  /** ${field.doc} */\n` : ''
    return `${fieldDoc}  readonly ${field.name}: ${typeText(field.type)}\n`
  })
  return `\n${doc}export interface ${node.name} {\n${fields.join('')}}\n`
}

function typeText(schema: AvroSchema): string {
  if (typeof schema === 'string') return PRIMITIVES[schema] ?? schema.split('.').at(-1) ?? schema
  // Null goes last, as one writes it by hand.
  if (isUnion(schema))
    return schema
      .toSorted((a, b) => Number(a === 'null') - Number(b === 'null'))
      .map(typeText)
      .join(' | ')
  if (schema.logicalType === 'timestamp-millis') return 'Date'
  if (schema.type === 'array') return `readonly ${element(schema.items ?? 'null')}[]`
  if (schema.type === 'map') return `Readonly<Record<string, ${typeText(schema.values ?? 'null')}>>`
  if (schema.type === 'record' || schema.type === 'enum') return schema.name ?? ''
  return typeText(schema.type)
}

function element(items: AvroSchema): string {
  const text = typeText(items)
  return text.includes(' ') ? `(${text})` : text
}

function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema)
}
