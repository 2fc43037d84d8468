import { z } from 'zod'
import { schemaError } from '../check-params.ts'
import type { JsonObject } from '../task.ts'
import type { ForeignTask } from './foreign-task.ts'

/** What the process that reads a folder says of a file. */
export type Found =
  | { readonly file: string; readonly state: 'reading' }
  /** JSON of what it exports, if it exports anything. */
  | { readonly file: string; readonly state: 'read'; readonly shape: string | undefined }
  | { readonly file: string; readonly state: 'failed'; readonly reason: string }

/** A task, or why a file has none. */
export type Described = ForeignTask | { readonly file: string; readonly reason: string }

const SHAPE_CHARACTERS_MAX = 64 * 1024
const REASON_CHARACTERS_MAX = 1_000
const NO_TASK = 'exports no task: it must export one as `task`, or by default'

const Shape = z.object({
  name: z
    .string('name must be a text')
    .regex(/^[A-Z][A-Z0-9_]{1,63}$/, 'name must be 2 to 64 capitals, digits and underscores, such as SEND_INVOICES'),
  description: z
    .string('description must be a text')
    .min(1, 'description must not be empty')
    .max(2_000, 'description must not be longer than 2000 characters'),
  paramsSchema: z
    .looseObject(
      { type: z.literal('object', 'paramsSchema must be a JSON schema with type "object"') },
      'paramsSchema must be a JSON schema with type "object"',
    )
    .superRefine((schema, context) => {
      const message = schemaError(schema as JsonObject)
      if (message !== undefined) context.addIssue({ code: 'custom', message: `paramsSchema is wrong: ${message}` })
    }),
  run: z.literal('function', 'run must be a function'),
})

/** Judges what a file exports. */
export function described(found: Exclude<Found, { state: 'reading' }>): Described {
  const { file } = found
  if (found.state === 'failed') return { file, reason: found.reason.slice(0, REASON_CHARACTERS_MAX) }
  if (found.shape === undefined) return { file, reason: NO_TASK }
  if (found.shape.length > SHAPE_CHARACTERS_MAX)
    return { file, reason: `description and paramsSchema are longer than ${SHAPE_CHARACTERS_MAX} characters` }
  const parsed = Shape.safeParse(JSON.parse(found.shape))
  if (!parsed.success) return { file, reason: parsed.error.issues.map(({ message }) => message).join('; ') }
  const { name, description, paramsSchema } = parsed.data
  return { file, name, description, paramsSchema: paramsSchema as JsonObject }
}
