// Makes avro/generated/ from avro/*.avsc: one file of readonly types a schema, and an index.
// With --check it writes nothing and fails when a file is not what it would write.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AvroFile, indexModule, recordModule } from './avro-type-modules.ts'

const AVRO = join(import.meta.dirname, '../avro')
const GENERATED = join(AVRO, 'generated')

const wanted = generate()
const found = existsSync(GENERATED) ? readdirSync(GENERATED) : []
const stale = found.filter((file) => !wanted.has(file))
const different = [...wanted]
  .filter(([file, text]) => readOrEmpty(join(GENERATED, file)) !== text)
  .map(([file]) => file)

if (!process.argv.includes('--check')) {
  mkdirSync(GENERATED, { recursive: true })
  for (const file of stale) rmSync(join(GENERATED, file))
  for (const file of different) writeFileSync(join(GENERATED, file), wanted.get(file) ?? '')
  console.log(`avro/generated: ${wanted.size} files, ${different.length} written, ${stale.length} removed`)
} else if (stale.length + different.length > 0) {
  console.error(`avro/generated is not what avro/*.avsc say: ${[...different, ...stale].join(', ')}`)
  console.error('run: node scripts/avro-types.ts')
  process.exitCode = 1
}

function generate(): Map<string, string> {
  const files: AvroFile[] = readdirSync(AVRO)
    .filter((file) => file.endsWith('.avsc'))
    .sort()
    .map((file) => ({ name: file.replace(/\.avsc$/, ''), schema: JSON.parse(readFileSync(join(AVRO, file), 'utf8')) }))
  const modules = new Map(files.map((file) => [`${file.name}.ts`, recordModule(file)]))
  return modules.set('index.ts', indexModule(files))
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
