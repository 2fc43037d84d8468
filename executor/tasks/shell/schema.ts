import type { Json, JsonObject } from '../task.ts'
import { SHELL_LIMITS, SHELL_LIMITS_MAX, type ShellLimits } from './policy.ts'

/** What a SHELL job asks for. */
export type ShellParams = JsonObject & {
  readonly argv: readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
  readonly limits?: Partial<ShellLimits> & JsonObject
  readonly expectedExitCodes?: readonly number[]
  readonly finalExitCodes?: readonly number[]
}

const ARGUMENTS_MAX = 256
const TEXT_CHARACTERS_MAX = 8_192
const VARIABLES_MAX = 64
const EXIT_CODE_MAX = 255
const WITHOUT_NUL = '^[^\\u0000]*$'
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/
// They are ours, or say which code a program loads before its own.
const TAKEN = /^(?:CARILLON_.*|LD_.*|DYLD_.*|GCONV_PATH|PATH|HOME|TMPDIR|ENV|BASH_ENV|BASH_FUNC.*|IFS)$/

/** Whether a job may set a variable of this name. */
export function isShellVariable(name: string): boolean {
  return NAME.test(name) && !TAKEN.test(name)
}

/** The schema of SHELL jobs' params where these commands are allowed; any when there are none. */
export function shellSchema(commands: readonly string[]): JsonObject {
  const text = { type: 'string', maxLength: TEXT_CHARACTERS_MAX, pattern: WITHOUT_NUL }
  const command = commands.length > 0 ? { type: 'string', enum: commands } : { ...text, minLength: 1 }
  const exitCodes = { type: 'array', maxItems: 32, items: { type: 'integer', minimum: 0, maximum: EXIT_CODE_MAX } }
  return {
    type: 'object',
    properties: {
      argv: {
        type: 'array',
        minItems: 1,
        maxItems: ARGUMENTS_MAX,
        prefixItems: [command],
        items: text,
        description: 'The command, a path or a name to look for, and its arguments. No shell reads them.',
      },
      env: {
        type: 'object',
        maxProperties: VARIABLES_MAX,
        propertyNames: { format: 'shell-variable' },
        additionalProperties: text,
        description: 'Variables. Beside them there are PATH, HOME, TMPDIR and those that begin with CARILLON_.',
      },
      limits: {
        type: 'object',
        properties: Object.fromEntries(
          Object.entries(SHELL_LIMITS_MAX).map(([name, maximum]): [string, Json] => [
            name,
            { type: 'integer', minimum: 1, maximum, default: SHELL_LIMITS[name as keyof ShellLimits] },
          ]),
        ),
        additionalProperties: false,
      },
      expectedExitCodes: { ...exitCodes, minItems: 1, description: 'What is a success; 0 when left out.' },
      finalExitCodes: { ...exitCodes, description: 'Failures after which no attempt follows.' },
    },
    required: ['argv'],
    additionalProperties: false,
  }
}
