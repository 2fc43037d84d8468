import { createRequire } from 'node:module'
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import { DomainError } from '#platform/domain'
import { depthExceeds, PARAMS_BYTES_MAX, PARAMS_DEPTH_MAX } from './limits.ts'
import { paramFormats } from './param-formats.ts'
import type { JsonObject, Task } from './task.ts'

/** One thing that is wrong with a job's params. */
export interface ParamsError {
  /** The field, such as `params.reportType` or `params.expectedStatus[2]`. */
  readonly path: string
  /** What must be true of it, fit for people. */
  readonly message: string
}

/** Checks the params of jobs. */
export interface ParamsCheck {
  /**
   * Everything that is wrong with `params`, up to 20 findings; empty when they are good. The schema is compiled once.
   *
   * @throws {DomainError} UNKNOWN_JOB_TYPE
   */
  checkParams(jobType: string, params: unknown): readonly ParamsError[]
}

const ERRORS_MAX = 20
const load = createRequire(import.meta.url)

/** Makes a check by the schemas of these tasks. */
export function openParamsCheck(tasks: ReadonlyMap<string, Task>): ParamsCheck {
  const validators = new Map<string, ValidateFunction>()
  let ajv: Ajv2020 | undefined

  function compiled(jobType: string): ValidateFunction {
    const task = tasks.get(jobType)
    if (task === undefined) {
      const known = [...tasks.keys()]
      throw new DomainError('UNKNOWN_JOB_TYPE', `there is no job type ${jobType}; there are ${known.join(', ')}`, {
        known,
      })
    }
    ajv ??= openAjv()
    const validate = ajv.compile(task.paramsSchema)
    validators.set(jobType, validate)
    return validate
  }

  return {
    checkParams(jobType, params) {
      const validate = validators.get(jobType) ?? compiled(jobType)
      const size = sizeError(params)
      if (size !== undefined) return [{ path: 'params', message: size }]
      if (validate(params)) return []
      return (validate.errors ?? [])
        .filter((error) => error.keyword !== 'propertyNames' && error.keyword !== 'if')
        .slice(0, ERRORS_MAX)
        .map((error) => ({ path: pathOf(error), message: messageOf(error) }))
    },
  }
}

/** What is wrong with a schema of params; undefined when jobs can be checked by it. */
export function schemaError(schema: JsonObject): string | undefined {
  try {
    openAjv().compile(schema)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

// Loaded when the first params come: it takes longer to load than everything else in this room together.
function openAjv(): Ajv2020 {
  const { Ajv2020: Ajv } = load('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js')
  return new Ajv({ allErrors: true, allowUnionTypes: true, strictTuples: false, verbose: true, formats: paramFormats })
}

// Before the schema, whose work grows with what it is given.
function sizeError(params: unknown): string | undefined {
  if (depthExceeds(params, PARAMS_DEPTH_MAX)) return `must not be nested deeper than ${PARAMS_DEPTH_MAX} levels`
  const json = JSON.stringify(params) ?? ''
  const large = json.length > PARAMS_BYTES_MAX || Buffer.byteLength(json) > PARAMS_BYTES_MAX
  return large ? `must not be larger than ${PARAMS_BYTES_MAX} bytes of JSON` : undefined
}

function pathOf(error: ErrorObject): string {
  const steps = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const { missingProperty, additionalProperty } = error.params as {
    missingProperty?: string
    additionalProperty?: string
  }
  const last = missingProperty ?? additionalProperty ?? error.propertyName
  if (last !== undefined) steps.push(last)
  return steps.reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : `${path}.${step}`), 'params')
}

function messageOf(error: ErrorObject): string {
  const { params, parentSchema } = error
  switch (error.keyword) {
    case 'required':
      return 'is required'
    case 'enum':
      return `must be one of ${params.allowedValues.map((value: unknown) => JSON.stringify(value)).join(', ')}`
    case 'additionalProperties':
      return `is not known; known are ${Object.keys((parentSchema?.properties ?? {}) as JsonObject).join(', ')}`
    case 'type':
      return `must be of type ${[params.type].flat().join(' or ')}`
    case 'format':
      return FORMAT_MESSAGES[params.format] ?? 'has the wrong form'
    case 'pattern':
      return `must match ${params.pattern}`
    case 'false schema':
      return 'does not go with the other params'
    default:
      return error.message ?? 'is wrong'
  }
}

const FORMAT_MESSAGES: Readonly<Record<string, string>> = {
  date: 'must be a day of the calendar, such as 2026-11-22',
  'day-or-instant': 'must be a day, such as 2026-11-22, or an instant with its offset, such as 2026-11-22T09:00:00Z',
  'kafka-header-name': 'must be a name of printable ASCII that Carillon does not set',
  'time-zone': 'must be the name of a time zone, such as Europe/Berlin',
  'http-url': 'must be an absolute http or https URL without user name, password or fragment',
  'http-header-name': 'must be the name of a header that is neither about the connection nor set by Carillon',
  'http-header-value': 'must be printable Latin-1 text without line breaks',
  'shell-variable': 'must be the name of a variable that neither Carillon nor the loader of programs reads',
}
