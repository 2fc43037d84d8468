import type { OutboxSource } from '#platform/outbox'
import type { RecordName, Schemas } from '#platform/schemas'

/** The ids of the schemas that the records of an outbox were written with, whichever build wrote them. */
export interface WriterIds {
  /** @param written as `OutboxRecord.schema` has it */
  known(written: string): number | undefined
  /**
   * Asks for an id, and remembers it.
   *
   * @throws {Error} when the schema is not kept, or the registry does not answer: never another schema's id
   */
  learn(written: string): Promise<number>
}

/** Opens the ids for an outbox. */
export function writerIds(outbox: Pick<OutboxSource, 'name' | 'schemas'>, schemas: Schemas): WriterIds {
  const ids = new Map<string, number>()

  async function register(written: string): Promise<number> {
    // Records of before versions were kept have the name alone: they count as this build's.
    const own = written.includes('@') ? schemas.nameOf(written) : (written as RecordName)
    if (own !== undefined) return schemas.register(own)
    const kept = (await outbox.schemas()).find(({ version }) => version === written)
    if (!kept) throw new Error(`the outbox ${outbox.name} has not kept the schema ${written}`)
    return schemas.registerSchema(kept.name, kept.avsc)
  }

  return {
    known: (written) => ids.get(written),
    async learn(written) {
      const id = await register(written)
      ids.set(written, id)
      return id
    },
  }
}
